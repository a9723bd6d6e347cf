#!/bin/sh
# Goal of this test: generated rules files and command lines, with every
# construct of the language, are answered as by the real program, where it is
# installed: in $CSB_PEERS (a folder of npm packages) or on PATH.  RULES_FILES
# of them (340, two of each construct; `make differential` 10000), RULES_SEED.
set -u
cd "$(dirname "$0")/../.." || exit 1
skip() {
  echo "ok 1 - rules beside the real program # SKIP $1"
  echo 1..1
  exit 0
}
command -v python3 >/dev/null || skip 'no python3'
if [ -z "${CODEX:-}" ]; then
  for p in "${CSB_PEERS:-}/node_modules/.bin/codex" "${CSB_PEERS:-}/codex" \
    "$(command -v codex)"; do
    if [ -x "$p" ] && [ ! -d "$p" ]; then
      CODEX=$p
      break
    fi
  done
fi
[ -n "${CODEX:-}" ] || skip 'codex is neither in CSB_PEERS nor on PATH'
export CODEX
CSB_RULES="${CSB:-${B:-build}/codex-sandbox} rules" \
N="${RULES_FILES:-340}" SEED="${RULES_SEED:-1}" \
  exec python3 tests/rules/differential.py
