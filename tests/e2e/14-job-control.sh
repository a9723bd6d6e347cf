#!/bin/sh
# Goal of this test: beside an interactive shell the sandbox is a job like any
# other: ^Z, fg, bg, reading in the background, full-screen programs; and the
# terminal belongs to whom it should at every moment.
. "$(dirname "$0")/../lib.sh"
# Not what this run happens to have: less says RETURN to a dumb one.
TERM=vt100
export TERM
have bash || skip_all 'bash is not installed'
cd "$W" || exit 1
export CSB

# scene NAME CMD... -- play the scene on stdin (tests/e2e/ptyrun.c)
scene() {
  name=$1
  shift
  cat >"$T/scene"
  "$TOOLS/ptyrun" -t 30 "$T/scene" -- "$@" >"$T/seen" 2>"$T/why"
  code=$?
  out=$(tail -c 400 "$T/seen" | tr '\n' '|')
  err=$(cat "$T/why")
  works "$name"
}

# The same below an interactive bash.  What is typed never holds the text that
# is expected: the echo of it would come true before the command says it.
# Commands that get a ^Z do not fork at that time: dash uses vfork, and stopped
# between vfork and exec it never counts as stopped, with and without us.
job() {
  name=$1
  {
    printf '%s\n' "send PS1='out''> '\\n" 'expect out> '
    cat
    printf '%s\n' 'send exit 0\n' 'exit 0'
  } >"$T/job"
  scene "$name" bash --norc --noprofile -i <"$T/job"
}

job '^Z stops the job, fg continues it, the status is kept' <<'EOS'
send "$CSB" exec -- sh -c 'echo go-$((1+1)); read x; echo got-$x; exit 5'\n
expect go-2
until raw
send \x1a
expect Stopped
expect out> 
until cooked
send echo here-$((2+3))\n
expect here-5
send fg\n
until raw
send back\n
expect got-back
expect out> 
send echo status-$?\n
expect status-5
EOS

job 'twice the same' <<'EOS'
send "$CSB" exec -- sh -c 'echo go-$((1+1)); read x; echo got-$x; read x; echo got-$x'\n
expect go-2
until raw
send \x1a
expect Stopped
expect out> 
send fg\n
until raw
send once\n
expect got-once
send \x1a
expect Stopped
expect out> 
send fg\n
until raw
send again\n
expect got-again
expect out> 
EOS

job 'in the background: output comes, reading stops it, fg lets it read' <<'EOS'
send set -b\n
expect out> 
send "$CSB" exec -- sh -c 'echo bg-$((1+1)); read x; echo got-$x; exit 6' &\n
expect bg-2
until cooked
expect Stopped
send fg\n
until raw
send zz\n
expect got-zz
expect out> 
send echo status-$?\n
expect status-6
EOS

job 'brought to the foreground while it runs, ^C reaches it' <<'EOS'
send "$CSB" exec -- sh -c 'trap "echo int-$((3+4)); exit 8" INT; echo run-$((1+1)); while :; do sleep 0.05; done' &\n
expect run-2
send fg\n
until job
send \x03
expect int-7
expect out> 
send echo status-$?\n
expect status-8
EOS

job 'bg: it runs on, and ends there' <<'EOS'
send "$CSB" exec -- sh -c 'trap "exit 9" USR1; sleep 600 & echo x-$((1+1)); wait'\n
expect x-2
until raw
send \x1a
expect Stopped
expect out> 
send bg; echo sent-$((4+5))\n
expect sent-9
send jobs\n
expect Running
send kill -USR1 %1; wait %1; echo status-$?\n
expect status-9
EOS

job 'a command that stops itself: all it wrote is there before' <<'EOS'
send "$CSB" exec -- sh -c 'seq 1 4000; kill -STOP $$; echo x-$((1+1)); exit 12'\n
expect 3999
expect 4000
expect Stopped
expect out> 
until cooked
send fg\n
expect x-2
expect out> 
send echo status-$?\n
expect status-12
EOS

job 'a pipeline without a pty: ^Z and ^C' <<'EOS'
send sleep 0.01 | "$CSB" exec -- sh -c 'trap "echo int-$((3+4)); exit 3" INT; sleep 600 & echo run-$((1+1)); wait; wait'\n
expect run-2
send \x1a
expect Stopped
expect out> 
send fg\n
until job
send \x03
expect int-7
send echo status-$?\n
expect status-3
EOS

if have vim; then
  job 'vim: stopped, continued, left' <<'EOS'
send "$CSB" exec -- vim -u NONE -i NONE -N -n file\n
until raw
expect ~
send ihello from vim\e:w\r
expect written
send \x1a
expect Stopped
expect out> 
send cat file; echo\n
expect hello from vim
expect out> 
send fg\n
until raw
send ohello again\e:wq\r
expect written
until cooked
expect out> 
send wc -l <file | sed 's/^/lines /'\n
expect lines 2
EOS
else
  skip 'vim: stopped, continued, left' 'vim is not installed'
fi

if have less; then
  job 'less: keys and the size of the screen' <<'EOS'
send seq 1 900 >many; "$CSB" exec -- less many\n
until raw
expect 23
send G
expect 900
send q
until cooked
expect out> 
EOS
else
  skip 'less: keys and the size of the screen' 'less is not installed'
fi

scene 'a change of size is seen, also one made before the start' \
  bash --norc --noprofile -i <<'EOS'
send PS1='out''> '\n
expect out> 
resize 33 99
send "$CSB" exec -- sh -c 'trap "echo win""ch" WINCH; stty size; echo rs-$((1+1)); while [ "$(stty size)" != "44 111" ]; do sleep 0.02; done; stty size'\n
expect 33 99
expect rs-2
until raw
resize 44 111
expect winch
expect 44 111
expect out> 
send exit 0\n
exit 0
EOS

scene 'and none is told when there was none' "$CSB" exec -- \
  sh -c 'trap "echo win""ch; exit 1" WINCH; echo go; sleep 0.3; exit 0' <<'EOS'
expect go
exit 0
EOS

# The front end as the terminal's session leader, killed while it is raw.
scene 'TERM: the trap runs, the terminal is given back' \
  "$CSB" exec -- sh -c 'trap "echo trapped; exit 11" TERM; echo go; while :; do sleep 0.05; done' <<'EOS'
expect go
until raw
signal TERM
expect trapped
exit 11
until cooked
EOS
scene 'without a trap it is 143' "$CSB" exec -- sh -c 'echo go; sleep 600' <<'EOS'
expect go
until raw
signal TERM
exit 143
until cooked
EOS
scene 'hang-up: the command is hung up' "$CSB" exec -- sh -c 'echo go; sleep 600' <<'EOS'
expect go
until raw
hangup
exit 129
EOS
scene 'hang-up: its trap decides' "$CSB" exec -- \
  sh -c 'trap "exit 4" HUP; echo go; while :; do sleep 0.05; done' <<'EOS'
expect go
until raw
hangup
exit 4
EOS
scene 'hang-up: told once' "$CSB" exec --grace 2 -- \
  sh -c 'trap "echo hup >>hups; sleep 0.2; exit 7" HUP; echo go; while :; do sleep 0.05; done' <<'EOS'
expect go
until raw
hangup
exit 7
EOS
is 'hang-up: the trap ran once' "$(cat hups 2>&1)" hup
scene 'HUP from kill is no hang-up: a command may reload on it' \
  "$CSB" exec --grace 100ms -- \
  sh -c 'trap "echo re""load" HUP; echo go; while :; do sleep 0.05; done' <<'EOS'
expect go
until raw
signal HUP
expect reload
signal HUP
expect reload
send \x03
exit 130
until cooked
EOS
# The command runs, so the terminal is raw when the STOP comes.
job 'stopped behind our back (SIGSTOP), fg makes the terminal raw again' <<'EOS'
send (until [ -e up ]; do sleep 0.05; done; kill -STOP $(pgrep -P $$ -x codex-sandbox)) &\n
expect out> 
send "$CSB" exec -- sh -c 'echo go-$((1+1)); echo >up; exec sleep 600'\n
expect go-2
expect Stopped
expect out> 
send fg\n
until job
until raw
send \x03
expect out> 
send echo status-$?\n
expect status-130
EOS
finish
