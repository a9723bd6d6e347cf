#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A4-A7, no variable is read by our static programs, and none by bwrap.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
# Launcher and init are static and clear their environment; bwrap gets an empty
# one.  What a loader or a C library would read is set to something that shows.
INIT=$(dirname "$CSB")/codex-sandbox-init
LAUNCH=$(dirname "$CSB")/codex-sandbox-launch
cat >"$T/lib.c" <<'C'
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void loaded(void)
{
	int fd = open(MARK, O_WRONLY | O_CREAT | O_APPEND, 0666);
	(void)!write(fd, "loaded\n", 7);
	close(fd);
}
C
cc -shared -fPIC -DMARK="\"$T/mark\"" -o "$T/lib.so" "$T/lib.c"
LD_PRELOAD=$T/lib.so /bin/true
yes 'LD_PRELOAD: a dynamic program loads it' test -s "$T/mark"
for program in "$LAUNCH" "$INIT"; do
  rm -f "$T/mark"
  LD_PRELOAD=$T/lib.so LD_AUDIT=$T/lib.so LD_LIBRARY_PATH=$T "$program" >/dev/null 2>&1
  # Not by a shell's fork: the mark would be the shell's.
  no "LD_PRELOAD: ${program##*/} does not" test -s "$T/mark"
  is "${program##*/} asks for no loader" "$(LC_ALL=C readelf -l "$program" | grep -c INTERP)" 0
done
# Through the whole chain: each process that loads it adds a line.
rm -f "$T/mark"
run env -i HOME="$HOME" PATH="$PATH" LD_PRELOAD="$T/lib.so" "$CSB" exec -C "$W" -- /bin/true
works 'LD_PRELOAD: the command runs'
# A front end that was built against shared libraries is the caller's own to
# preload; what comes behind it, bwrap included, is not.
yes 'LD_PRELOAD: nothing behind the front end had it' test "$(cat "$T/mark" 2>/dev/null | wc -l)" -le \
  "$(readelf -l "$CSB" | grep -c INTERP)"
rm -f "$T/mark"
run env -i "GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A" \
  LD_DEBUG=all LD_PROFILE=x MALLOC_TRACE="$T/trace" GCONV_PATH="$T" \
  LOCPATH="$T" NLSPATH="$T/%N" TZ=":$T/tz" TZDIR="$T" HOSTALIASES="$T/h" \
  RESOLV_HOST_CONF=/etc/shadow LC_ALL=../../../../ LANGUAGE=.. \
  HOME="$HOME" PATH="$PATH" "$LAUNCH"
hasnt 'LD_DEBUG and TUNABLES: no word from a loader' "$out$err" 'calling init'
is 'MALLOC_TRACE: no file' "$(ls "$T")" 'lib.c
lib.so'
# The command gets what the contract says, from data, not by inheritance.
run env GCONV_PATH="$T" LD_AUDIT=/nothing-there LOCPATH="$T" "$CSB" exec -C "$W" -- env
hasnt 'GCONV_PATH does not reach the command' "$out" GCONV_PATH
hasnt 'LD_AUDIT neither' "$out" LD_AUDIT
if have strace && strace -o "$T/tr" true 2>/dev/null; then
  # Everything the launcher opens before it has read the plan, by name.
  run strace -f -o "$T/trace" -e trace=open,openat,execve,execveat "$CSB" exec -C "$W" -- true
  is 'no name service, locale, zone or loader file in launcher or init' \
    "$(awk '/execve\("[^"]*codex-sandbox-launch"/ { on[$1] = 1 }
      /execve/ && !/codex-sandbox-launch"/ { on[$1] = 0 } on[$1] && /"\/etc|locale|zoneinfo|ld\.so/' "$T/trace")" ''
else
  skip 'no name service, locale, zone or loader file' 'no strace, or it may not trace'
fi
finish
