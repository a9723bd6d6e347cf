#!/bin/sh
# Goal of this test: at a terminal the sandbox is a usable shell: job control,
# Ctrl-C, Ctrl-Z, window size; and the terminal is left as it was found.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
have bash || skip_all 'bash is not installed'
probe_to "$W"
cd "$W" || exit 1
tty=$TEST_TREE/tests/e2e/terminal.py

# scene NAME CMD... -- the steps are on stdin
scene() {
  name=$1
  shift
  cat >"$T/steps"
  timeout -k 5 90 python3 "$tty" "$T/steps" -- "$@" >"$T/scene" 2>&1
  code=$?
  out=$(cat "$T/scene")
  err=''
  works "$name"
}

scene 'bash at a terminal has job control' \
  "$CSB" exec -- bash --norc --noprofile -i <<'EOF'
send PS1="rea""dy> "\n
expect ready> 
send sleep 600 & jobs\n
expect Running
send kill %1; wait %1; echo jobs-$?-done\n
expect jobs-143-done
send exit 7\n
exit 7
EOF
hasnt 'and says nothing about missing job control' "$out" 'no job control'

scene 'it has a controlling terminal of its own' \
  "$CSB" exec -- sh -c 'tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all-three; ps -o tty= -p $$ >/dev/null; : </dev/tty && echo has-tty' <<'EOF'
expect /dev/
expect all-three
expect has-tty
exit 0
EOF

scene 'Ctrl-C interrupts the command, not us' \
  "$CSB" exec -- bash --norc --noprofile -i <<'EOF'
send PS1="rea""dy> "\n
expect ready> 
send sh -c 'echo st""arted; exec sleep 600'\n
expect started
send \x03
expect ready> 
send echo status-$?\n
expect status-130
send exit 0\n
exit 0
EOF

scene 'Ctrl-C ends a command without a shell' \
  "$CSB" exec -- sh -c 'trap "echo caught; exit 40" INT; echo go; while :; do sleep 0.05; done' <<'EOF'
expect go
send \x03
expect caught
exit 40
EOF

scene 'Ctrl-Z stops a job of the shell inside, fg continues it' \
  "$CSB" exec -- bash --norc --noprofile -i <<'EOF'
send PS1="rea""dy> "\n
expect ready> 
send sh -c 'echo g""o; read x; echo read-$x'\n
expect go
send \x1a
expect Stopped
expect ready> 
send fg\n
expect read x
send hello\n
expect read-hello
send exit 0\n
exit 0
EOF

scene 'Ctrl-Z stops a command without a shell as a whole; it goes on after fg' \
  "$CSB" exec -- sh -c 'echo go; read x; echo read-$x' <<'EOF'
expect go
send \x1a
stopped
send fg\n
send back\n
expect read-back
exit 0
EOF

scene 'Ctrl-\ quits' \
  "$CSB" exec --limit core=0 -- sh -c 'trap "echo quitting; exit 41" QUIT; echo go; while :; do sleep 0.05; done' <<'EOF'
expect go
send \x1c
expect quitting
exit 41
EOF

scene 'window size is the terminal'"'"'s and follows it' \
  "$CSB" exec -- bash -c 'trap "echo new-$(stty size)-" WINCH; stty size; echo go; for i in $(seq 200); do [ -e stop ] && exit 0; sleep 0.05; stty size | grep -q "40 132" && { echo resized; exit 0; }; done; exit 1' <<'EOF'
expect 24 80
expect go
size 40 132
expect resized
exit 0
EOF

scene 'raw mode reaches the command, and the terminal is sane again after it' \
  "$CSB" exec -- bash -c 'stty raw -echo; echo go; c=$(dd bs=1 count=1 2>/dev/null | od -An -tu1); stty sane; echo byte-$(echo $c)' <<'EOF'
expect go
send \x03
expect byte-3
exit 0
EOF

scene 'the terminal is sane again after a kill in raw mode' \
  "$CSB" exec --timeout 1500ms --grace 200ms -- bash -c 'stty raw -echo; echo go; trap "" TERM; sleep 600' <<'EOF'
expect go
exit 124
EOF

scene 'end of input' "$CSB" exec -- cat <<'EOF'
send hello\n
expect hello
expect hello
send \x04
exit 0
EOF

scene 'a mouthful of output, unmangled' \
  "$CSB" exec -- sh -c 'seq 1 5000; echo last-line' <<'EOF'
expect 4999
expect 5000
expect last-line
exit 0
EOF

scene 'output to a file is the file, the terminal stays for input' \
  sh -c '"$1" exec -- sh -c "[ -t 0 ] && [ ! -t 1 ] && echo redirected" >out.txt; cat out.txt' sh "$CSB" <<'EOF'
expect redirected
exit 0
EOF

scene 'TIOCSTI is refused' "$CSB" exec -- ./probe tiocsti <<'EOF'
expect TIOCSTI: E
exit 1
EOF
scene 'TIOCLINUX is refused' "$CSB" exec -- ./probe tioclinux <<'EOF'
expect TIOCLINUX: E
exit 1
EOF
scene 'TIOCSTI is refused without a pty of ours' "$CSB" exec --no-tty -- ./probe tiocsti <<'EOF'
expect TIOCSTI: E
exit 1
EOF

scene 'exit status at a terminal' "$CSB" exec -- sh -c 'exit 99' <<'EOF'
exit 99
EOF
scene 'not found at a terminal' "$CSB" exec -- no-such-command <<'EOF'
exit 127
EOF
scene 'a set-up error at a terminal' "$CSB" exec -w ./not-there -- true <<'EOF'
expect not-there
exit 125
EOF

# The terminal goes away.
printf 'expect go\nhangup\n' >"$T/steps"
rm -f hung
timeout 30 python3 "$tty" "$T/steps" -- "$CSB" exec --grace 1 -- \
  sh -c 'trap "echo hung >hung; exit 1" HUP; echo go; while :; do sleep 98511.'$$' & wait; done' >/dev/null 2>&1
yes 'a terminal that goes away: HUP reaches the command' wait_for 5 test -s hung
yes 'and nothing is left' gone 5 'sleep 98511.'$$''

# A pty asked for where there is none.
csb --tty -- echo ran
refused '--tty without a terminal is said' 2 --tty
scene '--no-tty passes the terminal on as it is' sh -c \
  'tty >outer; "$1" exec --no-tty -- sh -c "[ -t 0 ] && [ -t 1 ] && echo terminal"' sh "$CSB" <<'EOF'
expect terminal
exit 0
EOF
csb -- sh -c '[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none'
is 'without a terminal there is none' "$out" none
finish
