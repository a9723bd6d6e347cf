#!/bin/sh
# Goal of this test: whoever asks for a result is told what became of the run,
# whatever became of it, and the command can neither see nor fake it.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
r=$T/result.json

# get WHAT -- a member of the last result: get exit.code
get() {
  python3 -c '
import json, sys
value = json.load(open(sys.argv[1]))
for name in sys.argv[2].split("."):
    value = value[int(name)] if isinstance(value, list) else value[name]
print(json.dumps(value) if isinstance(value, (dict, list)) else value)
' "$r" "$1" 2>&1
}
# said NAME CODE HOW SIGNAL
said() {
  is "$1" "$(get exit.code) $(get exit.how) $(get exit.signal_name)" "$2 $3 $4"
}

csb --result "$r" -- sh -c 'exit 3'
code_is 'the exit code stays' 3
is 'nothing is said' "$out$err" ''
said 'an exit' 3 exit None
is 'the schema' "$(get schema)" 1
is 'it was started' "$(get started)" True
is 'every canary held' "$(get protections.proved)" True
is 'nobody watched for denials, and it says so' "$(get denials.known)" False
is 'no error' "$(get error)" None
is 'it is one line' "$(wc -l <"$r")" 1
is 'and for its owner alone' "$(stat -c %a "$r")" 600
csb --result "$r" -- sh -c 'kill -USR1 $$'
code_is 'a signal' 138
said 'a signal' 138 signal USR1
csb --result "$r" --timeout 100ms -- sleep 60
code_is 'a time-out' 124
said 'a time-out' 124 timeout TERM
csb --result "$r" -- "$T/nowhere"
said 'not found' 127 exit None
csb --result "$r" -w "$T/nowhere" -- true
code_is 'a set-up that fails' 125
said 'a set-up that fails' 125 setup None
is 'is told with its path' "$(get error.thing)" "$T/nowhere"
is 'nothing was started' "$(get started) $(get usage) $(get protections.proved)" \
  'False None False'
csb --result "$r" --no-such-option -- true
said 'a usage error' 2 setup None
csb --result "$r"
said 'no command' 2 setup None
csb --result "$r" --sandbox danger-full-access -- sh -c 'exit 4'
said 'without any cage' 4 exit None
is 'it says that there is none' \
  "$(get protections.active.cage) $(get protections.proved)" 'none False'
csb --result "$r" --sandbox external-sandbox -- sh -c 'exit 5'
said 'the filter alone' 5 exit None
is 'and that it was proved' \
  "$(get protections.active.cage) $(get protections.proved)" 'filter-only True'

# Signals before and during.
"$CSB" exec -C "$W" --result "$r" -- sh -c 'echo >go; exec sleep 60' &
pid=$!
ends $pid
wait_for 10 test -e "$W/go"
kill -TERM $pid
wait $pid
code=$?
code_is 'TERM to the front end' 143
said 'TERM to the front end' 143 signal TERM

# What is in it.
mkdir "$W/hidden" "$W/kept"
csb --result "$r" -- true
denied=$(get protections.active.paths.denied)
csb --result "$r" --deny "$W/hidden" --ro "$W/kept" -- \
  sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'
is 'denied paths are counted' "$(get protections.active.paths.denied)" $((denied + 1))
yes 'read-only ones too' test "$(get protections.active.paths.read_only)" -ge 1
is 'the network' "$(get protections.active.private_network)" True
is 'the engine' "$(get protections.active.mount_engine)" \
  "$("$CSB" explain -C "$W" | sed -n 's/.*laid by \([a-z]*\).*/\1/p')"
yes 'time of the processor is counted' test "$(get usage.user_us)" -gt 0
yes 'memory too' test "$(get usage.max_rss_kib)" -gt 100
yes 'and time of the clock' test "$(get times.wall_us)" -gt 1000
is 'times can be read and are in order' "$(python3 - "$(get times.started)" "$(get times.ended)" <<'PY'
import datetime, sys
a, b = (datetime.datetime.fromisoformat(t.replace("Z", "+00:00")) for t in sys.argv[1:])
now = datetime.datetime.now(datetime.timezone.utc)
print(a <= b <= now and (now - a).total_seconds() < 120)
PY
)" True
csb --result "$r" --mount-engine bwrap -- true
is 'an engine that was asked for is no fallback' \
  "$(get protections.active.mount_engine) $(get fallbacks | grep -c mount-engine)" 'bwrap 0'

# The digests are those of explain.
csb --result "$r" --net full -- true
is 'the policy digest' "$(get policy.digest)" \
  "$("$CSB" explain -C "$W" --net full -- true | sed -n 's/^digest *//p')"
csb --result "$r" -- true
a=$(get policy.instance)
csb --result "$r" -- true
is 'the instance digest is the same twice' "$(get policy.instance)" "$a"

# A descriptor.
is 'a descriptor' "$("$CSB" exec -C "$W" --result-fd 7 -- sh -c 'exit 6' 7>&1 >/dev/null |
  grep -c '"code":6,"how":"exit"')" 1
"$CSB" exec -C "$W" --result-fd 3 -- sh -c 'ls /proc/self/fd; echo x 2>/dev/null >&3 || echo closed' \
  3>"$r" >"$T/fds"
is 'the command does not have it' "$(tail -1 "$T/fds")" closed
has 'the result is there all the same' "$(cat "$r")" '"schema"'
"$CSB" exec -C "$W" --result-fd 9 --sandbox danger-full-access -- \
  sh -c 'echo x 2>/dev/null >&9 || echo closed' 9>"$r" >"$T/fds"
is 'nor without a cage' "$(cat "$T/fds")" closed
run "$CSB" exec -C "$W" --result-fd 9 -- true
refused 'one that is not open' 2 'is not open'
for bad in 0 2 x -1 '' 99999999999; do
  run "$CSB" exec -C "$W" --result-fd "$bad" -- true
  refused "no descriptor: '$bad'" 2 'no descriptor'
done
run "$CSB" exec -C "$W" --result-fd 9 --result "$r" -- true 9>/dev/null
refused 'both' 2 contradicts

# Files that are refused, before anything runs.
echo kept >"$T/target"
ln -s "$T/target" "$T/link"
csb --result "$T/link" -- touch "$W/ran"
refused 'a link' 125 'symbolic link'
ln "$T/target" "$T/hard"
csb --result "$T/hard" -- touch "$W/ran"
refused 'a file with two names' 125 'another name'
csb --result "$T" -- touch "$W/ran"
refused 'a directory' 125 "$T"
is 'what is behind the names is kept' "$(cat "$T/target")" kept
no 'and nothing was run' test -e "$W/ran"

# Where the command can write.
csb --result "$W/mine.json" -- true
has 'a result that the command can write is told' "$err" 'the command can write to the file'
is 'in the result too' "$(r=$W/mine.json get writable_by_command)" True
csb --result "$r" -- true
is 'and otherwise not' "$err$(get writable_by_command)" False
csb --result "$W/mine.json" -- sh -c 'rm mine.json; echo "{}" >mine.json'
code_is 'one that was replaced does not change the exit code' 0
has 'but is told' "$err" 'was replaced or removed'
csb --result "$W/mine.json" -- sh -c 'echo "{\"schema\":9}" >mine.json'
is 'what was written into it goes' "$(r=$W/mine.json get schema)" 1
rm "$W/mine.json"

# A reader that is gone.
csb_gone() {
  "$CSB" exec -C "$W" --result-fd 9 -- sh -c 'exit 8' 9>&1 >/dev/null 2>"$T/gone"
  echo $? >"$T/code"
}
csb_gone | true
wait_for 5 test -s "$T/code"
is 'a reader that is gone changes no exit code' "$(cat "$T/code")" 8

# Files that run once they are trusted.
mkdir -p "$W/sub/.vscode" "$W/old/.husky"
for f in Makefile build.rs sub/.vscode/tasks.json old/.husky/pre-commit; do
  echo old >"$W/$f"
done
# The clock of files stands still for some milliseconds.
tick() {
  touch "$T/tick.1"
  wait_for 5 sh -c 'touch "$1.2" && [ -n "$(find "$1.2" -newer "$1.1")" ]' sh "$T/tick"
}
tick
csb --result "$r" -- true
is 'nothing was changed' "$(get trusted_code.changed) $(get trusted_code.complete)" '0 True'
tick
csb --result "$r" -- sh -c 'echo new >Makefile; echo x >sub/package.json; echo x >notes.txt
  touch -d 2001-01-01 build.rs; mv old/.husky .husky; mkdir -p .github/workflows
  echo x >.github/workflows/ci.yml; cat sub/.vscode/tasks.json'
is 'five were' "$(get trusted_code.changed)" 5
paths=$(get trusted_code.paths)
for f in Makefile sub/package.json build.rs .husky/pre-commit .github/workflows/ci.yml; do
  has "$f is named" "$paths" "\"$W/$f\""
done
hasnt 'what was only read is not' "$paths" tasks.json
hasnt 'nor what nobody trusts' "$paths" notes.txt
has 'the reason is there' "$(get trusted_code.by_pattern)" 'make runs it'
tick
csb --result "$r" --ro "$W/sub" -- sh -c 'echo x >sub/package.json'
is 'what could not be written was not changed' "$(get trusted_code.changed)" 0
csb --result "$r" -- sh -c 'echo x >/tmp/Makefile'
is 'nor is what goes with the sandbox' "$(get trusted_code.changed)" 0
tick
csb --result "$r" --sandbox read-only -w "$W/Makefile" -- sh -c 'echo x >>Makefile'
is 'a single file that is writable' "$(get trusted_code.changed)" 1
tick
csb --result "$r" -- sh -c 'mkdir shut && echo x >shut/Makefile && chmod 0 shut'
is 'what the command shut makes it incomplete' "$(get trusted_code.complete)" False
chmod 700 "$W/shut"
finish
