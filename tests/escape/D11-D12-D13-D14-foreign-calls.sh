#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: D11, D12, D13, D14, foreign call tables, high bits and unknown numbers.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
probe_to "$W"
if "$TOOLS/probe" int80 >/dev/null; then
  for words in '--net none' '--net full' '--sandbox read-only' '--sandbox external-sandbox'; do
    # shellcheck disable=SC2086 # words
    csb $words -- ./probe int80
    is "int 0x80 ($words)" "$out" 'int80: ENOSYS'
  done
else
  skip 'int 0x80' 'this kernel has none'
fi
for words in '--net none' '--net full' '--sandbox external-sandbox'; do
  # shellcheck disable=SC2086 # words
  csb $words -- ./probe x32
  fails "x32 ($words)"
done
echo 'exit 1' >"$T/scene"
on_tty() { # on_tty CMD... -- with a terminal of its own; CMD has to end with 1
  run "$TOOLS/ptyrun" "$T/scene" -- "$@"
}
for number in 0x5412 0x100005412 0xffffffff00005412 0x8000000000005412 0x541c 0x10000541c; do
  on_tty "$CSB" exec -C "$W" --no-tty -- $act ioctl $number
  has "ioctl $number is refused" "$out$err" EPERM
done
on_tty "$CSB" exec -C "$W" -- $act ioctl 0x5490
has 'another unknown ioctl reaches the terminal itself' "$out" ENOTTY
# CLONE_NEWUSER with garbage in the upper half of the word; the kernel looks at
# 64 bits, the filter must not be led by half of them.
for flag in 0x110000000 0x7fffffff10000000; do
  csb -- $act call unshare $flag
  fails "unshare $flag"
done
csb -- python3 -c 'import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
nr = 220 if platform.machine() == "aarch64" else 56
print(libc.syscall(ctypes.c_long(nr), ctypes.c_ulong(0x7fff000010000011), 0, 0, 0, 0), ctypes.get_errno())'
is 'clone with high bits: refused' "$out" '-1 1'
# A listener of its own (D14) decides about the command's own children only.
csb -- grep -c . /proc/self/status
works 'ordinary calls work'
finish
