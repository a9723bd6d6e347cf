#!/bin/sh
# What the decomposer accepts, bash, dash and zsh run as it says.
# SHELL_TEXTS scripts (2000), SHELL_SEED to repeat a run.
set -u
cd "$(dirname "$0")/../.." || exit 1
tool=${B:-build}/tests/shell_main
if [ ! -x "$tool" ]; then
  echo "not ok 1 - $tool is not built"
  echo 1..1
  exit 1
fi
if ! command -v python3 >/dev/null; then
  echo 'ok 1 - shell text against real shells # SKIP no python3'
  echo 1..1
  exit 0
fi
exec python3 tests/shell/differential.py --tool "$(realpath "$tool")" \
  --count "${SHELL_TEXTS:-2000}" --seed "${SHELL_SEED:-1}"
