#!/bin/sh
# Goal of this test: cases 37 to 41, and 51, of the older helper's own tests, by its
# name and its command line: process 1, its filter, orphans, which bwrap, and /dev.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"

# ---- 37, 38: process 1 and the command have one filter more than the caller --------
filters() { # filters -- of the status on stdin; none said = 0
  sed -n 's/^Seccomp_filters:[[:space:]]*//p' | grep . || echo 0
}
before=$(filters </proc/self/status)
look='echo $PPID; cat /proc/1/status; echo ====; cat /proc/self/status'
reaper() { # reaper NAME -- what the last run of $look saw
  is "$1" "$(echo "$out" | head -1)" 1
  for who in '1,/^====/p' '/^====/,$p'; do # process 1, the command
    status=$(echo "$out" | sed -n "$who")
    is "... filtered ($who)" "$(echo "$status" | sed -n 's/^Seccomp:[[:space:]]*//p')" 2
    is "... once more than the caller ($who)" "$(echo "$status" | filters)" $((before + 1))
  done
}
for gen in $generations; do
  ro -- sh -c "$look"
  reaper "accept 37: sandboxed_commands_have_a_seccomp_filtered_namespace_reaper ($gen)"
done
http_proxy=http://127.0.0.1:9 # nobody has to be there
export http_proxy
for kind in "$(profile restricted read=root)" '{"type":"disabled"}'; do
  dropin --permission-profile "$kind" --managed-network '{}' -- sh -c "$look"
  reaper "accept 38: managed_proxy_commands_have_a_seccomp_filtered_namespace_reaper ($(echo "$kind" | cut -c2-19))"
done
for policy in read-only danger-full-access; do
  dropin --sandbox-policy '{"type":"'$policy'"}' --allow-network-for-proxy -- sh -c "$look"
  reaper "accept 38: managed_proxy_commands_have_a_seccomp_filtered_namespace_reaper ($policy)"
done

# ---- 39 --------------------------------------------------------------------------------
for gen in $generations; do
  ws -- sh -c '(sh -c "exit 0" & echo $! >orphan); read -r o <orphan
    i=0; while [ -e /proc/$o ]; do i=$((i + 1)); [ $i -lt 50 ] || exit 1; sleep 0.02; done'
  works "accept 39: namespace_reaper_collects_orphaned_descendants ($gen)"
done

# ---- 40: the bwrap is the one that was compiled in ---------------------------------------
# There is none to fall back to. One on PATH, whatever it can do, is not looked at.
cat >"$T/bin/bwrap" <<EOP
#!/bin/sh
touch "$T/called"
exec /usr/bin/bwrap "\$@"
EOP
chmod 755 "$T/bin/bwrap"
unset http_proxy
PATH=$T/bin:$PATH ro -- echo ran
is 'accept 40: unsupported_system_bwrap_falls_back_to_bundled_bwrap: it runs' "$out" ran
no '... and the bwrap on PATH was not called' test -e "$T/called"
PATH=$T/bin:$PATH run bwrap --version
yes '... which it is when somebody does' test -e "$T/called"

# ---- 41 ------------------------------------------------------------------------------------
http_proxy=http://127.0.0.1:9
export http_proxy
outside=$(stat -c %d:%i /dev)
shm=/dev/shm/csb-accept.$$
for kind in profile policy; do
  case $kind in
  profile) set -- --permission-profile '{"type":"disabled"}' --managed-network '{}' ;;
  policy) set -- --sandbox-policy '{"type":"danger-full-access"}' --allow-network-for-proxy ;;
  esac
  dropin "$@" -- sh -c "stat -c %d:%i /dev; echo x >$shm
    for n in null zero full random urandom tty; do [ -c /dev/\$n ] || echo no \$n; done
    echo x >/dev/null && head -c 1 /dev/urandom | wc -c; touch '$T/full'"
  is "accept 41: managed_proxy_full_filesystem_uses_minimal_dev_nodes ($kind)" \
    "$(echo "$out" | tail -n +2)" 1
  no "... it is not the host's /dev ($kind)" test "$(echo "$out" | head -1)" = "$outside"
  is "... /dev/shm is ($kind)" "$(cat $shm 2>&1)" x
  yes "... and all files ($kind)" rm "$T/full"
  rm -f $shm
done

skip 'accept 51: bazel_build_rejects_tampered_bundled_bwrap' \
  'nothing is bundled: bwrap is the distribution'"'"'s, and is refused when others may write to it (tests/escape/A12-A13-path.sh)'
finish
