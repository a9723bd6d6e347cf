#!/bin/sh
# Goal of this test: what `rules check` prints is what the older program
# printed, but for the listed differences; every row of the recorded cases.
set -u
cd "$(dirname "$0")/../.." || exit 1
skip() {
  echo "ok 1 - recorded rules cases # SKIP $1"
  echo 1..1
  exit 0
}
command -v python3 >/dev/null || skip 'no python3'
[ -n "${CSB_SHARED:-}" ] || skip 'CSB_SHARED names no folder of cases'
[ -e "$CSB_SHARED/cases/execpolicy-cases.jsonl" ] ||
  skip 'CSB_SHARED holds no cases/execpolicy-cases.jsonl'
CSB_RULES="${CSB:-${B:-build}/codex-sandbox} rules"
export CSB_RULES
exec python3 tests/rules/cases.py
