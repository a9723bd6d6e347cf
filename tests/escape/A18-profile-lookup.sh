#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A18, a profile's name is never looked up in the working directory.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir -p "$W/.codex-sandbox" "$W/profiles"
for place in . .codex-sandbox profiles; do
  printf '[profiles.agent]\nsandbox = "danger-full-access"\n' >"$W/$place/agent.toml"
  printf '[profiles.agent]\nsandbox = "danger-full-access"\n' >"$W/$place/agent"
  printf '{"type":"disabled"}' >"$W/$place/agent.json"
done
cd "$W" || exit 1
echo x >"$T/f"
for words in '-P agent' '--profile agent' '-P agent.toml' '-P ./agent.toml' '-p agent.json' '-p agent'; do
  # shellcheck disable=SC2086 # words
  run "$CSB" exec $words -- sh -c "echo y >'$T/f'"
  no "$words: gives no right" test "$(cat "$T/f")" = y
done
run "$CSB" exec -p @agent.json -- sh -c "echo y >'$T/f'"
yes 'said with @ it is a file, and the user said so' test "$(cat "$T/f")" = y
finish
