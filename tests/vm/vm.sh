# shellcheck shell=sh
# vm.sh -- source it first in a row, behind append='WORDS' for the kernel, and
# kernel=newer for that of Debian's backports.
# Outside it boots a virtual machine that runs the same row, hands on what that
# prints, and ends.  `share=yes`, before it too, gives the machine a directory of this one
# by 9p, by the name `share`.  Inside, where the row is root, it brings:
#
#   user CMD...           CMD as an ordinary user in the group codex-sandbox
#   other CMD...          CMD as one who is in no group
#   cage CMD...           `run user codex-sandbox exec` in the workspace $W
#   launcher MODE [GROUP] how the launcher is installed
#   suite PATTERN...      those of tests/run as the user, one test a script
#   full PATTERN...       the same, only with CSB_VM=full
. "$(dirname "$0")/../lib.sh"

if [ -z "${CSB_IN_VM:-}" ]; then
  vm=$B/vm
  [ ! -e "$vm/why" ] || skip_all "$(cat "$vm/why")"
  : "${kernel:=stock}"
  [ ! -e "$vm/why-$kernel" ] || skip_all "no newer kernel: $(cat "$vm/why-$kernel")"
  [ -e "$vm/initrd" ] || skip_all 'no image of a virtual machine (make check-vm)'
  said=$TEST_DIR/said
  # A processor that is interpreted: every check of its mitigations is wasted.
  set --
  [ -z "${share:-}" ] ||
    set -- -virtfs "local,path=$T,mount_tag=share,security_model=mapped-xattr"
  qemu-system-x86_64 "$@" -accel tcg,thread=multi -cpu max -m 1536 -nodefaults -display none \
    -no-reboot -kernel "$vm/$kernel.vmlinuz" -initrd "$vm/initrd" \
    -drive "file=$vm/disk,format=raw,if=virtio,snapshot=on" \
    -serial "file:$TEST_DIR/console" -serial "file:$said" \
    -append "console=ttyS0 quiet panic=-1 random.trust_cpu=on mitigations=off csb.row=${0##*/} csb.vm=${CSB_VM:-sample} ${append:-}" \
    </dev/null >"$TEST_DIR/qemu" 2>&1
  tr -d '\r' <"$said"
  if ! grep -q '^# end of the row, status 0' "$said"; then
    note "$(cat "$TEST_DIR/qemu")
$(tail -20 "$TEST_DIR/console")"
    echo 'not ok 999 - the virtual machine came to the end of the row'
  fi
  exit 0
fi

CSB=/usr/local/bin/codex-sandbox
LAUNCH=/usr/local/libexec/codex-sandbox/codex-sandbox-launch
export HOME=/home/user
chmod 755 "$TEST_DIR"
chown -R 1000:1000 "$W"
note "$(uname -r), $(cat /sys/kernel/security/lsm), up for $(cut -d' ' -f1 /proc/uptime) s"

as() { # as GROUPS CMD...
  as_groups=$1
  shift
  setsid -w setpriv --reuid 1000 --regid 1000 --groups "$as_groups" env -i HOME=$HOME \
    USER=user LOGNAME=user LC_ALL=C PATH="$PATH" B="$B" CSB="$CSB" JOBS=1 "$@"
}
user() { as 1000,900 "$@"; }
other() { as 1000 "$@"; }

cage() {
  run user "$CSB" exec -C "$W" -- "$@"
}

launcher() {
  chown "0:${2:-0}" "$LAUNCH"
  chmod "$1" "$LAUNCH"
}

knob() { # knob NAME VALUE
  sysctl -q -w "$1=$2" || not_ok "$1 can be set"
}

# What is skipped inside, and why, is printed.
suite() {
  (cd /src && user env RESULTS=/tmp/results tests/run "$@" >/tmp/suite 2>&1)
  while read -r suite_state suite_kind suite_what suite_counts; do
    case $suite_state in
    ok) ok "$suite_kind $suite_what: $suite_counts" ;;
    FAIL)
      not_ok "$suite_kind $suite_what: $suite_counts"
      grep -h -A 12 '^not ok' "/tmp/results/$suite_kind-$(
        echo "${suite_what%.sh}" | sed 's@^tests/@@; s@/@-@g').tap" | sed 's/^/# /' | head -60
      ;;
    esac
  done </tmp/suite
  sed -n '/^skipped$/,/^$/s/^ /#/p' /tmp/suite
  grep -q '^[0-9]* passed' /tmp/suite || not_ok "the suite ran: $*" "$(tail -5 /tmp/suite)"
}
full() {
  [ "$CSB_VM" != full ] || suite "$@"
}
