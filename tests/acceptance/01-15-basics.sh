#!/bin/sh
# Goal of this test: cases 1 to 15 of the older helper's own tests, by its name and
# its command line: what is read, written, held, and how it ends.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"
probe_to "$W"

# ---- 1-4: Windows behind Linux ------------------------------------------------
wsl='needs the Windows Subsystem for Linux'
skip 'accept 01: wsl_interop_cannot_run_windows_program_with_network_access' "$wsl"
skip 'accept 02: wsl_interop_bind_alias_cannot_run_windows_program' "$wsl"
# What of 3 and 4 is no Windows: with --no-proc process 1 is not in sight, and the
# user cannot become root.
ro --no-proc -- sh -c 'test -e /proc/1 || echo absent'
is 'accept 03: wsl_no_proc_masks_inherited_procfs: /proc/1 is absent' "$out" absent
ro -- sh -c 'test -e /proc/1 && echo there'
is '... without --no-proc it is there, and the sandbox'"'"'s own' "$out" there
skip 'accept 04: wsl_interop_cannot_reenter_distro_as_root_with_network_access' "$wsl"

for gen in $generations; do
  ro -- ls -l /bin
  works "accept 05: test_root_read ($gen)"

  ws -- sh -c "echo x >'$T/file'"
  fails "accept 06: test_root_write ($gen)"
  has "... because it is read-only ($gen)" "$err" 'Read-only'
  no "... nothing was written ($gen)" test -e "$T/file"
  yes "... outside it can be ($gen)" sh -c "echo x >'$T/file' && rm '$T/file'"

  ro -- sh -c 'echo blah >/dev/null'
  works "accept 07: test_dev_null_write ($gen)"

  ws -- sh -c 'for n in null zero full random urandom tty; do [ -c /dev/$n ] && echo $n; done'
  is "accept 08: bwrap_populates_minimal_dev_nodes ($gen)" "$(echo "$out" | tr '\n' ' ')" \
    'null zero full random urandom tty '
  ws -- sh -c 'for n in /dev/sd* /dev/vd* /dev/kvm /dev/mem /dev/fuse; do [ ! -e "$n" ] || echo $n; done'
  is "... and no other ($gen)" "$out" ''

  shm=/dev/shm/csb-accept.$$
  ws /dev/shm -- sh -c "echo granted >$shm"
  works "accept 09: bwrap_preserves_writable_dev_shm_bind_mount ($gen)"
  is "... it is the host's ($gen)" "$(cat $shm 2>&1)" granted
  rm -f $shm
  ws -- sh -c "echo own >$shm"
  no "... which it is not unless it is granted ($gen)" test -e $shm

  ws "$T" -- sh -c "echo x >'$T/root'"
  works "accept 10: test_writable_root ($gen)"
  is "... on the host ($gen)" "$(cat "$T/root" 2>&1)" x
  rm -f "$T/root"

  ws "$T/missing" -- sh -c 'echo x >in'
  works "accept 11: sandbox_ignores_missing_writable_roots_under_bwrap ($gen)"
  no "... and none is made ($gen)" test -e "$T/missing"

  ws -- ./probe caps
  has "accept 12: test_no_new_privs_is_enabled ($gen)" "$out" 'nnp 1'
  is "accept 13: sandboxed_command_has_no_effective_or_permitted_capabilities ($gen)" \
    "${out% nnp 1}" 'eff 00 prm 00 inh 00 bnd 0 amb 0'
done
run "$TOOLS/probe" caps
has 'accept 12: outside it is not set' "$out" 'nnp 0'

# ---- 14: there is no second stage ------------------------------------------------
if unshare -Ur true 2>/dev/null; then
  run unshare -Ur "$TOOLS/probe" caps
  hasnt 'accept 14: the stand-in holds capabilities' "$out" 'eff 00'
  run unshare -Ur "$helper" --sandbox-policy-cwd "$W" --apply-seccomp-then-exec \
    --permission-profile "$(profile restricted read=root)" -- touch "$W/ran"
  refused 'accept 14: sandbox_inner_stage_rejects_retained_capabilities: there is none to be called' \
    2 --apply-seccomp-then-exec
  no '... nothing ran' test -e "$W/ran"
  run unshare -Ur "$helper" --sandbox-policy-cwd "$W" \
    --permission-profile "$(profile restricted read=root)" -- "$W/probe" caps
  has '... and the one stage drops them' "$out" 'eff 00 prm 00 inh 00 bnd 0 amb 0'
else
  skip 'accept 14: sandbox_inner_stage_rejects_retained_capabilities' 'unshare -Ur does not work here'
fi

# ---- 15: the caller's time limit -----------------------------------------------------
for how in TERM KILL; do
  rm -f started
  timeout -s $how 0.5 "$helper" --sandbox-policy-cwd "$W" --permission-profile \
    "$(profile restricted read=root)" -- sh -c 'exec sleep 1000.4711'"$$" >"$T/out" 2>&1 </dev/null
  code=$?
  is "accept 15: test_timeout ($how): the caller is told" "$code" "$([ $how = TERM ] && echo 124 || echo 137)"
  yes "... and nobody is left ($how)" gone 10 "sleep 1000.4711$$"
done
finish
