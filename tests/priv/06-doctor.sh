#!/bin/sh
# Goal of this test: doctor says what a setuid launcher is worth where it lies,
# and its command mends what is wrong.
. "$(dirname "$0")/setuid.sh"
says() { # says NAME WORDS -- of the line about the launcher
  run forbidden "$CSB" doctor
  has "$1" "$(echo "$out" | grep -A1 '^[a-z]*  *launcher')" "$2"
}
says 'not setuid' "ok    launcher         $LAUNCH, not setuid"
fails 'where that is not enough: not usable'
mend() { # mend NAME -- its command, which has to mend the thing
  run sh -c "$(echo "$out" | sed -n '/^[a-z]*  *launcher/,/mend:/s/^ *mend: //p' | sed "$2")"
  works "$1: the command that it prints"
}
installed world
says 'setuid' "$LAUNCH, setuid (mode 4755)"
works 'usable'
ln "$LAUNCH" "$LIBEXEC/other-name"
says 'another name' 'has another name, which it refuses'
mend 'another name' 's|find /|find /usr/local|'
has 'another name: it finds it' "$out" "$LIBEXEC/other-name"
rm "$LIBEXEC/other-name"
installed yes
says 'not in the group' "$LAUNCH is setuid, and only for its group"
run "$P/forbid" -g $G $U "$CSB" doctor
works 'in the group: usable'
installed world
mount -o remount,bind,nosuid /usr/local
says 'nosuid' 'is setuid on a file system that is mounted nosuid'
mend 'nosuid' "s|MOUNT-POINT|/usr/local|; s/remount,/remount,bind,/"
says 'after it' 'setuid (mode 4755)'
works 'after it: usable'
run forbidden setpriv --no-new-privs "$CSB" doctor
has 'no_new_privs' "$out" 'we run with no_new_privs'
fails 'no_new_privs: not usable'
finish
