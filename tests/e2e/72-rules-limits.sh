#!/bin/sh
# Goal of this test: hostile rules files end with an error that names its
# limit, within 0.1 s of processor time and 64 MiB; loading and deciding are
# as fast as is promised.
set -u
cd "$(dirname "$0")/../.." || exit 1
if ! command -v python3 >/dev/null; then
  echo 'ok 1 - limits of rules # SKIP no python3'
  echo 1..1
  exit 0
fi
CSB_RULES="${CSB:-${B:-build}/codex-sandbox} rules" \
CSB_BENCH="${B:-build}/tests/rules_bench" exec python3 tests/rules/limits.py
