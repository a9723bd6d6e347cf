#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C20, without openat2 nothing is weaker.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
python3 - >"$T/shim.py" <<'PY'
print('''import ctypes, os, platform, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
arch = 0xc00000b7 if platform.machine() == "aarch64" else 0xc000003e
code = [(0x20, 0, 0, 0), (0x15, 0, 2, 437), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7fff0000), (0x06, 0, 0, 0x7fff0000)]
prog = b"".join(struct.pack("HBBI", *c) for c in code)
buf = ctypes.create_string_buffer(prog)
class F(ctypes.Structure):
    _fields_ = [("n", ctypes.c_ushort), ("p", ctypes.c_void_p)]
f = F(len(code), ctypes.addressof(buf))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(f), 0, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])''')
PY
shim="python3 $T/shim.py"
cat >"$T/try.py" <<'PY'
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(437, -100, b"/", (ctypes.c_uint64 * 3)(), 24)
print(errno.errorcode.get(ctypes.get_errno(), "ok"))
PY
is 'the shim: no openat2' "$($shim python3 "$T/try.py")" ENOSYS
is 'without it there is one' "$(python3 "$T/try.py")" ok
mkdir -p "$W/.git" "$W/hide"
echo s >"$W/hide/f"
ln -s "$T" "$W/.codex"
for engine in init bwrap auto; do
  run $shim "$CSB" exec -C "$W" --mount-engine $engine -d "$W/hide" -- sh -c \
    "echo up; cat hide/f; echo x >.git/f; echo x >'$T/new'; echo x >.codex/new; echo x >mine"
  case $code in
  125) has "refused, with a reason ($engine)" "$err" codex-sandbox ;;
  *) is "all rules hold ($engine)" "$out" up ;;
  esac
  no "nothing outside ($engine)" test -e "$T/new"
done
rm "$W/.codex"
run $shim "$CSB" exec -C "$W" -d "$W/hide" -- sh -c 'echo up; cat hide/f; echo x >.git/f'
is 'without the link as well' "$out" up
finish
