#!/bin/sh
# Goal of this test: called codex-linux-sandbox, the program takes the command
# lines of the older helper in both generations, means the same, and refuses
# with a reason what it cannot mean.
. "$(dirname "$0")/../lib.sh"
mkdir "$T/bin"
ln -s "$CSB" "$T/bin/codex-linux-sandbox"
helper=$T/bin/codex-linux-sandbox
cd "$W" || exit 1
mkdir -p .git sub "$T/granted"
echo '[core]' >.git/config

# ---- the second generation: --permission-profile -----------------------------
# What `codex sandbox` passes for workspace-write and for read-only, captured.
workspace_write='{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[
 {"path":{"type":"special","value":{"kind":"root"}},"access":"read"},
 {"path":{"type":"path","path":"'$W'"},"access":"write"},
 {"path":{"type":"special","value":{"kind":"slash_tmp"}},"access":"write"},
 {"path":{"type":"special","value":{"kind":"tmpdir"}},"access":"write"},
 {"path":{"type":"path","path":"'$W'/.git"},"access":"read","missing_path_behavior":"skip"},
 {"path":{"type":"path","path":"'$W'/.agents"},"access":"read","missing_path_behavior":"skip"},
 {"path":{"type":"path","path":"'$W'/.codex"},"access":"read","missing_path_behavior":"skip"},
 {"path":{"type":"path","path":"'$W'/.aws"},"access":"read","missing_path_behavior":"skip"}]}}'
read_only='{"type":"managed","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"}]},"network":"restricted"}'

new() { # new PROFILE OPTION... -- COMMAND
  test_profile=$1
  shift
  run "$helper" --sandbox-policy-cwd "$W" --command-cwd "$W" \
    --permission-profile "$test_profile" "$@"
}
new "$workspace_write" -- sh -c 'echo x >written && cat written'
is 'workspace-write: the workspace is writable' "$out$code" x0
yes 'on the host' test -s "$W/written"
new "$workspace_write" -- sh -c 'echo x >>.git/config'
fails 'workspace-write: .git is not'
new "$workspace_write" -- mkdir .codex
fails 'nor can a missing .codex be made'
no 'and none was left' test -e "$W/.codex"
new "$workspace_write" -- touch "$T/outside"
fails 'nor is anything else'
yes 'which it is outside' touch "$T/outside"
new "$workspace_write" -- sh -c "echo x >/tmp/csb-dropin.$$"
works 'workspace-write: /tmp is the host'"'"'s'
yes 'really' rm "/tmp/csb-dropin.$$"
new "$workspace_write" -- python3 -c 'import socket; socket.create_connection(("127.0.0.1", 9), 2)'
fails 'restricted: no network'
new "$read_only" -- touch "$W/ro"
fails 'read-only: nothing is writable'
new "$read_only" -- cat "$W/written"
is 'read-only: everything is readable' "$out" x
new '{"type":"disabled"}' -- sh -c "cat /proc/1/comm; touch '$T/disabled'"
works 'disabled: no sandbox'
is 'at all' "$out" "$(cat /proc/1/comm)"
new '{"type":"external","network":"restricted"}' -- touch "$T/external"
works 'external: files are left alone'
new '{"type":"external","network":"restricted"}' -- python3 -c 'import socket; socket.socket()'
fails 'external: the network is not'
new '{"type":"external","network":"enabled"}' -- python3 -c 'import socket; socket.socket()'
works 'unless it is enabled'
new '{"file_system":{"entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"}]},"network":{"enabled":true}}' -- true
works 'the untagged shape is read'
new '{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[
 {"path":{"type":"special","value":{"kind":"minimal"}},"access":"read"},
 {"path":{"type":"special","value":{"kind":"project_roots","subpath":"sub"}},"access":"write"},
 {"path":{"type":"special","value":{"kind":"unknown","path":":x"}},"access":"read"},
 {"path":{"type":"glob_pattern","pattern":"**/*.env"},"access":"none"}]}}' -- \
  sh -c "touch $W/sub/x; ls $W"
is 'kinds of places' "$out" sub
new "$(profile restricted read=root "write=$W" "write=$T/missing")" -- true
works 'a missing writable root is skipped'

# ---- the first generation: --sandbox-policy ------------------------------------
old() { # old POLICY OPTION... -- COMMAND
  test_policy=$1
  shift
  run "$helper" --sandbox-policy-cwd "$W" --sandbox-policy "$test_policy" "$@"
}
old '{"type":"workspace-write","writable_roots":["'"$T/granted"'"],"network_access":false,"exclude_tmpdir_env_var":true,"exclude_slash_tmp":true}' \
  --use-bwrap-sandbox -- sh -c "touch old '$T/granted/x'"
works 'workspace-write of the first generation'
old '{"type":"workspace-write","exclude_slash_tmp":true,"exclude_tmpdir_env_var":true}' -- touch "/tmp/csb-dropin.$$"
fails 'without /tmp'
old '{"type":"workspace-write"}' -- sh -c 'echo x >>.git/config'
fails 'with its metadata'
old '{"type":"read-only"}' --use-bwrap-sandbox -- touch "$W/ro"
fails 'read-only of the first generation'
old '{"type":"danger-full-access"}' -- touch "$T/danger"
works 'danger-full-access'
old '{"type":"external-sandbox","network_access":"enabled"}' -- touch "$T/external"
works 'external-sandbox'

# ---- directories ------------------------------------------------------------------
new "$read_only" -- pwd
is 'the command runs in --command-cwd' "$out" "$W"
run "$helper" --sandbox-policy-cwd "$W" --command-cwd "$W/sub" --permission-profile "$read_only" -- pwd
is 'which is only a directory' "$out" "$W/sub"
run "$helper" --sandbox-policy-cwd "$W" --command-cwd "$T" \
  --permission-profile "$(profile restricted read=root write=project_roots)" -- touch "$T/cwd"
fails 'it grants nothing'
run "$helper" --sandbox-policy-cwd "$W" --command-cwd "$T" \
  --permission-profile "$(profile restricted read=root write=project_roots)" -- touch "$W/root"
works 'the directory of the policy does'
ln -s "$W/sub" "$T/link"
run "$helper" --sandbox-policy-cwd "$W" --command-cwd "$T/link" --permission-profile "$read_only" -- pwd -P
is 'a link to a directory' "$out" "$W/sub"
old '{"type":"read-only"}' -- pwd
is 'without it, where the helper was started' "$out" "$W"
(cd sub && run "$helper" --sandbox-policy-cwd .. --permission-profile \
  "$(profile restricted read=root write=project_roots)" -- sh -c 'pwd; touch ../relative')
is 'a relative one' "$(cat "$test_log/out")" "$W/sub"
yes 'is relative to that' test -e "$W/relative"

# ---- environment, descriptors, exit codes ------------------------------------------
MY_TOKEN=secret SOME=thing new "$read_only" -- sh -c 'echo $MY_TOKEN $SOME'
is 'variables are the caller'"'"'s business' "$out" 'secret thing'
new "$read_only" -- sh -c 'exit 42'
code_is 'the exit code of the command' 42
new "$read_only" -- sh -c 'kill -9 $$'
code_is '128 and the signal' 137
new "$read_only" -- "$T/nowhere"
code_is 'not found is 127' 127
new "$read_only" -- "$W"
code_is 'not executable is 126' 126
new "$read_only" --no-proc -- sh -c 'ls -A /proc; echo end'
is '--no-proc: none at all' "$out" end
"$helper" --sandbox-policy-cwd "$W" --permission-profile "$read_only" -- \
  sh -c 'echo x >&7' 7>"$T/seven" 2>/dev/null
is 'no descriptor of the caller gets in' "$(cat "$T/seven")" ''

# ---- what is refused -----------------------------------------------------------------
new "$read_only" --managed-network '{"ports":[1]}' -- touch "$W/ran"
refused '--managed-network {"ports":[1]}' 125 --managed-network
new "$read_only" --inherit-pid-namespace -- touch "$W/ran"
refused --inherit-pid-namespace 125 --inherit-pid-namespace
for option in --apply-seccomp-then-exec '--proxy-route-spec {}' '--verify-fd-mount 3:/x' \
  --no-such --sandbox=read-only --version; do
  # shellcheck disable=SC2086 # words
  new "$read_only" $option -- touch "$W/ran"
  refused "$option" 2 "${option%%[ =]*}"
done
new "$read_only" --use-legacy-landlock -- touch "$W/ran"
refused '--use-legacy-landlock with a policy for files' 125 Landlock
new '{"type":"external","network":"restricted"}' --use-legacy-landlock -- true
works 'which it may be without one'
new '{"type":"managed"}' -- touch "$W/ran"
refused 'a policy that is none' 125 --permission-profile
new "@$T/outside" -- touch "$W/ran"
refused 'a policy from a file' 2 'no JSON'
run "$helper" --permission-profile "$read_only" -- touch "$W/ran"
refused 'no directory of the policy' 2 --sandbox-policy-cwd
run "$helper" --sandbox-policy-cwd "$W" -- touch "$W/ran"
refused 'no policy' 2 --permission-profile
new "$read_only"
refused 'no command' 2 COMMAND
run "$helper"
refused 'nothing' 2 --sandbox-policy-cwd
no 'and nothing was run' test -e "$W/ran"
run "$helper" --help
works '--help'
has 'it has the options' "$out" --permission-profile
run "$CSB" --sandbox-policy-cwd "$W" --permission-profile "$read_only" -- true
refused 'by its own name it does not take them' 2 subcommand

# ---- the program itself ----------------------------------------------------------------
codex=$(command -v codex 2>/dev/null)
for place in ${CSB_PEERS:+"$CSB_PEERS/codex" "$CSB_PEERS/node_modules/.bin/codex"}; do
  [ ! -f "$place" ] || codex=$place
done
if [ ! -x "${codex:-/nowhere}" ]; then
  skip 'Codex runs its commands in it' 'codex is neither on PATH nor in $CSB_PEERS'
  finish
fi
unshare -cn true 2>/dev/null || {
  skip 'Codex runs its commands in it' 'unshare -cn does not work here'
  finish
}
# Codex starts a link to itself that it makes anew for each run; what that calls
# is the first bwrap on PATH (docs/DROPIN.md).
cp "$TEST_TREE/packaging/bwrap-for-codex" "$T/bin/bwrap"
mkdir "$TEST_DIR/home"
codex() { # codex OPTION... -- COMMAND: not a packet leaves, whatever it wants
  run env PATH="$T/bin:$PATH" HOME="$TEST_DIR/home" CODEX_HOME="$TEST_DIR/home/.codex" \
    timeout -k 5 60 unshare -cn "$codex" sandbox "$@"
}
mkdir "$TEST_DIR/home/.codex"
codex -c 'sandbox_mode="workspace-write"' -- \
  sh -c 'cat /proc/1/comm; echo x >codex; exit 5'
is 'Codex: the command runs in it' "$out$code" codex-init5
yes 'Codex: the workspace is writable' test -s "$W/codex"
codex -c 'sandbox_mode="workspace-write"' -- sh -c 'echo x >>.git/config'
fails 'Codex: .git is not'
codex -c 'sandbox_mode="workspace-write"' -- mkdir .aws
fails 'Codex: nor is a name that is missing'
is 'Codex: nothing is left behind' "$(ls -A "$W")" "$(printf '%s\n' .git codex old relative root sub written)"
codex -- touch "$W/codex-ro"
fails 'Codex: read-only is'
codex -- cat "$W/codex"
is 'Codex: and readable' "$out" x
codex -c 'sandbox_mode="danger-full-access"' -- cat /proc/1/comm
is 'Codex: without a sandbox there is none' "$out" "$(cat /proc/1/comm)"

# The same command with the helper of its own, to know that it is the difference.
PATH=$(echo "$PATH" | sed "s#$T/bin:##") HOME="$TEST_DIR/home" CODEX_HOME="$TEST_DIR/home/.codex" \
  run timeout -k 5 60 unshare -cn "$codex" sandbox -- cat /proc/1/comm
hasnt 'Codex: by itself it does not' "$out" codex-init
# Called by somebody else, the go-between does nothing.
run "$T/bin/bwrap" --ro-bind / / -- touch "$W/ran"
refused 'bwrap-for-codex is no bwrap' 125 'not how Codex calls it'
run "$T/bin/bwrap"
refused 'nor anything else' 125 'for Codex alone'
no 'and nothing was run' test -e "$W/ran"
finish
