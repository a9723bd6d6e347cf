#!/bin/sh
# Goal of this test: settings of a container's image are read by its process 1
# and by nobody else, and process 1 waits for whoever nobody else waits for.
# The container itself is tests/priv/08-containers.sh.
. "$(dirname "$0")/../lib.sh"

run env CODEX_SANDBOX_MODE=danger-full-access "$CSB" exec -C "$W" -- echo ran
refused 'another process refuses a setting' 2 'CODEX_SANDBOX_MODE: is a setting of a container'
run env CODEX_SANDBOX_MODE=danger-full-access "$CSB" explain -C "$W"
code_is 'and so does explain' 2
run env CODEX_SANDBOX=1 CODEX_SANDBOX_NETWORK_DISABLED=1 CODEX_SANDBOX_OTHER=1 "$CSB" exec -C "$W" -- echo ran
is 'what a sandbox sets, and what is nobody'"'"'s, changes nothing' "$out" ran

first="unshare -cpf --kill-child --mount-proc"
if $first true 2>/dev/null; then
  # shellcheck disable=SC2086 # words
  {
    run $first env CODEX_SANDBOX_MODE=read-only "$CSB" exec -C "$W" -- sh -c 'echo x >new || echo kept'
    is 'process 1 obeys a setting' "$out" kept
    run $first env CODEX_SANDBOX_MODE=read-only "$CSB" exec -C "$W" --sandbox workspace-write -- \
      sh -c 'echo x >new && echo wrote'
    is 'an option comes first' "$out" wrote
    run $first env CODEX_SANDBOX_OTHER=1 "$CSB" exec -C "$W" -- echo ran
    refused 'process 1 refuses what is no setting' 2 'CODEX_SANDBOX_OTHER: is no setting'
    run $first env CODEX_SANDBOX_ALLOW_SECRETS=yes "$CSB" exec -C "$W" -- echo ran
    refused 'and a value that is none' 2 'yes: switches nothing on'
    run $first env CODEX_SANDBOX_TIMEOUT=200ms "$CSB" exec -C "$W" -- sleep 100
    code_is 'a time limit of the image' 124
    run $first env CODEX_SANDBOX_MODE=read-only "$CSB" exec -C "$W" -e A=1 --env-inherit all -- env
    hasnt 'settings stay outside' "$out" CODEX_SANDBOX_MODE
  }
else
  skip 'as process 1' "$first does not work here"
fi
finish
