#!/bin/sh
# Goal of this test: the programs as they are built: hardened, whatever the flags
# were meant to do, and the launcher calls nothing of its C library but what is
# written here.
. "$(dirname "$0")/../lib.sh"
have readelf || skip_all 'readelf is not installed'
have nm || skip_all 'nm is not installed'

# weak PROGRAM -- what is not as it should be, a word each.
weak() {
  readelf -hlWd "$1" >"$T/elf" 2>/dev/null
  grep -q 'Type: *DYN' "$T/elf" || echo no-pie
  grep -q '^  GNU_RELRO' "$T/elf" || echo no-relro
  grep -qE 'BIND_NOW|FLAGS_1.*NOW' "$T/elf" || echo lazy
  grep -qE '^  GNU_STACK .* RW  ' "$T/elf" || echo executable-stack
  ! grep -qE '^  LOAD .* (RWE|WE) ' "$T/elf" || echo writable-and-executable
  ! grep -qE '\((RPATH|RUNPATH)\)' "$T/elf" || echo rpath
  ! grep -q '(TEXTREL)' "$T/elf" || echo text-relocations
}
# loaded PROGRAM -- what has to be found when it starts.
loaded() {
  readelf -lWd "$1" | sed -n 's/.*interpreter: \(.*\)\]/\1/p; s/.*(NEEDED).*\[\(.*\)\]/\1/p'
}
for program in codex-sandbox codex-sandbox-launch codex-sandbox-init; do
  is "$program: hardened" "$(weak "$B/$program")" ''
done
for program in codex-sandbox-launch codex-sandbox-init; do
  if grep -q '^ROOM_LINK := .*static' "$B/config.mk"; then
    is "$program: static, no loader reads the caller's environment" "$(loaded "$B/$program")" ''
  else
    skip "$program: static" 'no static C library here (packaging/probe)'
  fi
done

# What the launcher's sources take from the C library.  No name service, locale,
# stdio, heap, environment, path search, loader: nothing that reads a file or
# believes a caller.
allowed='__errno_location __stack_chk_fail _exit chdir close dup2 environ fcntl fstat getauxval getgid
getresgid getresuid getuid ioctl lstat memchr memcpy memset mmap open personality prctl pwrite read
signal socket socketpair stat strcmp strcspn strlen strncmp syscall umask unshare waitid waitpid write'
# taken OBJECT... -- imported by them, and by none of them defined.
taken() {
  nm --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u >"$T/defined"
  nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u | comm -23 - "$T/defined"
}
more() { # more OBJECT... -- but not allowed
  taken "$@" | while read -r name; do
    # With fortification and on other libraries: the same under other names.
    plain=$(echo "$name" | sed 's/^__\(.*\)_chk$/\1/; s/^__isoc[0-9]*_//; s/64$//')
    case " $(echo "$allowed" | tr '\n' ' ') __stack_chk_guard _GLOBAL_OFFSET_TABLE_ " in
    *" $name "* | *" $plain "*) ;;
    *) echo "$name" ;;
    esac
  done
}
objects=$(ls "$B"/room/launcher/*.o)
# shellcheck disable=SC2086 # words
{
  is 'the launcher imports what is allowed' "$(more $objects)" ''
  has 'and that is looked at' "$(taken $objects)" personality
}

# These can fail.
have gcc || {
  skip 'controls' 'gcc is not installed'
  finish
}
cat >"$T/odd.c" <<'END'
#include <stdlib.h>
int main(void) { return getenv("HOME") == 0; }
END
gcc -no-pie -Wl,-z,norelro,-z,lazy,-z,execstack,-rpath,/tmp -o "$T/odd" "$T/odd.c"
is 'control: a weak program is seen' "$(weak "$T/odd" | tr '\n' ' ')" \
  'no-pie no-relro lazy executable-stack rpath '
has 'control: so is a loader' "$(loaded "$T/odd")" ld
gcc -c -o "$T/odd.o" "$T/odd.c"
# shellcheck disable=SC2086 # words
is 'control: so is a call that is not allowed' "$(more $objects "$T/odd.o")" getenv
finish
