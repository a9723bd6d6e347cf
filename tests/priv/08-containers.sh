#!/bin/sh
# Goal of this test: codex-sandbox as process 1 of a container, under each
# profile, backend, uid and set of capabilities, does what the table of
# packaging/container/README.md says; it reaps, forwards, ends as the command.
. "$(dirname "$0")/../lib.sh"
have podman || skip_all 'podman is not installed'
have runc || skip_all 'runc is not installed'
have busybox || skip_all 'busybox is not installed'
ldd "$(command -v busybox)" >/dev/null 2>&1 && skip_all 'busybox is not static'
D=$(mktemp -d /var/tmp/csb-pod.XXXXXX)
chmod 755 "$D"

# The image, as packaging/container makes it.
root=$D/root
mkdir "$root"
sh "$TEST_TREE/packaging/container/rootfs" "$root" "$B" || skip_all 'no image could be made here'

# All that podman writes lies in $D: nothing is left.
pod="podman --root $D/storage --runroot $D/run --tmpdir $D/tmp --runtime runc --cgroup-manager cgroupfs"
cleanup_pods() {
  $pod rm -fa >/dev/null 2>&1
  $pod umount -a >/dev/null 2>&1
  rm -rf "$D"
  test_cleanup
}
trap cleanup_pods EXIT
common='--rm --network none --ulimit nofile=20000:20000 --ulimit nproc=32768:32768'
entry=/usr/lib/codex-sandbox/codex-sandbox

# inside PODMAN-OPTIONS SANDBOX-OPTIONS CMD...
inside() {
  inside_pod=$1 inside_csb=$2
  shift 2
  # shellcheck disable=SC2086 # words
  run timeout 60 $pod run $common $inside_pod --rootfs "$root" $entry exec -C /job $inside_csb -- "$@"
}
inside '' '--proc none' true
[ "$code" = 0 ] || case $err in
*codex-sandbox:*) ;;
*) skip_all "podman with runc does not work here: $(printf '%s' "$err" | tail -1)" ;;
esac

# Docker's default: no namespaces and no mounts without CAP_SYS_ADMIN.
profile=/usr/share/containers/seccomp.json
docker=
if have python3 && [ -f $profile ]; then
  docker="--security-opt seccomp=$D/docker.json"
  python3 - $profile "$D/docker.json" <<'EOP'
import json, sys
p = json.load(open(sys.argv[1]))
gone = set('''clone clone3 unshare setns mount umount umount2 pivot_root move_mount open_tree fsopen fsconfig
fsmount fspick mount_setattr keyctl add_key request_key pidfd_getfd bpf perf_event_open'''.split())
for s in p['syscalls']:
    s['names'] = [n for n in s['names'] if n not in gone]
p['syscalls'] = [s for s in p['syscalls'] if s['names']] + [
    {'names': ['clone'], 'action': 'SCMP_ACT_ALLOW',
     'args': [{'index': 0, 'value': 0x7e020000, 'valueTwo': 0, 'op': 'SCMP_CMP_MASKED_EQ'}]},
    {'names': ['clone3'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 38}]
json.dump(p, open(sys.argv[2], 'w'))
EOP
fi

# --- the matrix -----------------------------------------------------------------
# What ran shows that the workspace is written and nothing else is.
act='echo "uid $(id -u)"; echo x >/job/new && echo wrote; touch /etc/new 2>/dev/null || echo kept; echo x 2>/dev/null >/job/../new || echo kept'
spaces='--no-protect all --proc none'
landlock='--backend landlock --sandbox read-only --no-protect all -w /job --proc host'
auto='--backend auto --sandbox read-only --no-protect all -w /job --proc none'
cell() { # cell NAME PODMAN-OPTIONS SANDBOX-OPTIONS UID WANT -- runs, or the words of the refusal
  rm -f "$root/job/new"
  inside "$2" "$3" sh -c "$act"
  case $5 in
  runs) is "$1: runs" "$out" "uid $4
wrote
kept
kept" ;;
  *) refused "$1: refused" 125 "$5" ;;
  esac
  [ ! -e "$root/new" ] || not_ok "$1: nothing outside" "it wrote"
}
masked='does not let a sandbox mount its own'
for uid in 0 1001; do
  chown $uid "$root/job"
  for caps in '' '--cap-drop ALL' '--cap-add SYS_ADMIN'; do
    as="--user $uid $caps"
    want=runs
    # The kernel lets nobody map uid 0 without that capability (since 5.12).
    [ "$uid $caps" != '0 --cap-drop ALL' ] || want='uid 0 needs cap_setfcap'
    cell "default profile, uid $uid $caps: namespaces" "$as" "$spaces" $uid "$want"
    cell "default profile, uid $uid $caps: landlock" "$as" "$landlock" $uid runs
  done
  as="--user $uid"
  cell "default profile, uid $uid: a /proc of its own" "$as" '--no-protect all' $uid "$masked"
  cell "default profile, uid $uid: the container's /proc" "$as" '--no-protect all --proc host' $uid runs
  cell "unmasked /proc, uid $uid: a /proc of its own" "$as --security-opt unmask=ALL" '--no-protect all' $uid runs
  cell "no new privileges, uid $uid" "$as --security-opt no-new-privileges" "$spaces" $uid runs
  cell "no filter, uid $uid" "$as --security-opt seccomp=unconfined" "$spaces" $uid runs
  cell "privileged, uid $uid" "$as --privileged" '--no-protect all' $uid runs
  cell "default profile, uid $uid: auto" "$as" "$auto" $uid runs
  is 'auto takes namespaces in silence' "$err" ''
  if [ -n "$docker" ]; then
    for caps in '' '--cap-drop ALL'; do
      cell "Docker's profile, uid $uid $caps: namespaces" "$as $caps $docker" '--no-protect all --proc host' \
        $uid 'user namespace'
      cell "Docker's profile, uid $uid $caps: landlock" "$as $caps $docker" "$landlock" $uid runs
    done
    cell "Docker's profile, uid $uid: auto" "$as $docker" "$auto -r /etc" $uid runs
    has 'auto says that it is Landlock' "$err" 'so Landlock is the cage'
    # As somebody would who begins with nothing: each message has what comes next.
    cell "Docker's profile, uid $uid: the default policy" "$as $docker" '' $uid 'in a container, use --backend auto'
    cell "Docker's profile, uid $uid: auto with the default policy" "$as $docker" '--backend auto' $uid \
      'which Landlock alone cannot do'
    add=$(printf '%s\n' "$err" | sed -n 's/.*; add \(.*\) to do without, .*/\1/p')
    has "Docker's profile, uid $uid: the message has options" "$add" '--proc none --tmp host --no-protect all'
    cell "Docker's profile, uid $uid: with those it" "$as $docker" "--backend auto $add" $uid runs
    # shellcheck disable=SC2086 # words
    run timeout 60 $pod run $common $as $docker --rootfs "$root" $entry doctor
    has "Docker's profile, uid $uid: doctor names the filter" "$out" 'by the filter of a container or service'
    add=$(printf '%s\n' "$out" | sed -n 's/.*weaker: codex-sandbox exec \(.*\) -- COMMAND$/\1/p')
    inside "$as $docker" "${add:-nothing}" sh -c 'echo ran'
    is "Docker's profile, uid $uid: doctor's command runs ($add)" "$out" ran
  else
    skip "Docker's profile, uid $uid" "no python3, or no $profile to make one from"
  fi
done
chown 1001 "$root/job"
rm -f "$root/job/new"

# --- capabilities and what uid 0 is --------------------------------------------
hosts='--no-protect all --proc host'
for options in "$hosts" "$landlock"; do
  for caps in '' '--cap-add SYS_ADMIN,MKNOD,SYS_PTRACE' --privileged; do
    inside "--user 0 $caps" "$options" grep -E '^Cap(Prm|Eff|Amb|Inh)|NoNewPrivs' /proc/self/status
    is "uid 0 $caps holds nothing inside (${options%% --*})" "$(printf '%s\n' "$out" | tr -d '\t')" \
      'CapInh:0000000000000000
CapPrm:0000000000000000
CapEff:0000000000000000
CapAmb:0000000000000000
NoNewPrivs:1'
    inside "--user 0 $caps" "$options" sh -c 'echo 1 >/proc/sys/kernel/core_pattern'
    fails "uid 0 $caps: kernel settings are not written (${options%% --*})"
  done
done
inside '--user 0' "$hosts" cat /proc/self/uid_map
skip_map=$(printf '%s' "$out" | tr -s ' ')
is 'uid 0: the namespace maps uid 0 and nothing else' "${skip_map# }" '0 0 1'

# --- read-only root, no /tmp -----------------------------------------------------
inside '--user 1001 --read-only' "$landlock" sh -c 'echo ran'
is 'read-only root: landlock' "$out" ran
inside '--user 1001 --read-only' "$spaces" sh -c 'echo ran'
is 'read-only root: namespaces' "$out" ran
rm -rf "$root/tmp" # with what the front end keeps there
none='--user 1001 --read-only --read-only-tmpfs=false'
inside "$none" "$landlock" sh -c 'echo ran'
is 'no /tmp: landlock' "$out" ran
inside "$none" "$spaces" sh -c 'echo ran'
refused 'no /tmp: bwrap needs the directory, and it is said' 125 '/tmp'
mkdir -m 1777 "$root/tmp"

# --- configuration by the image ---------------------------------------------------
inside '-e CODEX_SANDBOX_PROC=none -e CODEX_SANDBOX_NO_PROTECT=all' '' sh -c 'echo ran $CODEX_SANDBOX_PROC'
is 'settings of the image hold, and stay outside' "$out" ran
chown 0 "$root/job" # uid 0 without capabilities is an owner like others
inside '-e CODEX_SANDBOX_BACKEND=landlock -e CODEX_SANDBOX_MODE=read-only -e CODEX_SANDBOX_PROC=host -e CODEX_SANDBOX_WRITE=/job -e CODEX_SANDBOX_NO_PROTECT=all' \
  '' sh -c 'echo x >new && echo ran'
is 'a whole policy of the image' "$out" ran
inside '-e CODEX_SANDBOX_PROC=host' '--proc none' ls /proc
is 'options come first' "$out" ''
inside '-e CODEX_SANDBOX_PROFIL=strict' '--proc none' sh -c 'echo ran'
refused 'a slip is refused' 2 'CODEX_SANDBOX_PROFIL: is no setting'
inside '-e CODEX_SANDBOX_NET=nonsense' '--proc none' sh -c 'echo ran'
refused 'a wrong value is refused' 2 'nonsense'
# Not of another process: the front end started by a shell is not process 1.
# shellcheck disable=SC2086 # words
run timeout 60 $pod run $common --rootfs "$root" /bin/sh -c \
  "export CODEX_SANDBOX_MODE=danger-full-access; $entry exec -C /job --proc none -- echo ran; exit \$?"
refused 'a variable that somebody else set is neither obeyed nor ignored' 2 \
  'CODEX_SANDBOX_MODE: is a setting of a container'

# --- the image of packaging/container -------------------------------------------
chown 0:0 "$root/job" # what an owner there is worth: nothing
if $pod build --network none -f "$TEST_TREE/packaging/container/Containerfile.minimal" -t sandboxed "$root" \
  >"$D/built" 2>&1; then
  image() { # image PODMAN-OPTIONS CMD...
    image_pod=$1
    shift
    # shellcheck disable=SC2086 # words
    run timeout 60 $pod run $common $image_pod localhost/sandboxed "$@"
  }
  install -d -o 1001 "$D/volume"
  for how in '' "--security-opt no-new-privileges --cap-drop ALL --read-only --tmpfs /tmp --volume $D/volume:/job" \
    ${docker:+"$docker"} ${docker:+"$docker --security-opt no-new-privileges --cap-drop ALL"}; do
    image "$how" sh -c 'id -u; echo x >made && cat made; echo x 2>/dev/null >/etc/made || echo kept; exit 7'
    is "minimal image, ${how:-as it comes}" "$code $out" '7 1001
x
kept'
  done
  image '' # its CMD: a shell, which reads nothing
  works 'minimal image: without a command'
  image '-e CODEX_SANDBOX_TIMEOUT=200ms' sleep 100
  code_is 'minimal image: a setting from outside' 124
else
  not_ok 'the minimal image is built' "$(tail -5 "$D/built")"
fi
chown 0 "$root/job"

# --- process 1 -----------------------------------------------------------------------
for options in "$spaces" "$landlock"; do
  name=${options%% --sandbox*}
  inside '' "$options" sh -c 'exit 7'
  code_is "exit status ($name)" 7
  inside '' "$options" sh -c 'kill -9 $$'
  code_is "death by a signal ($name)" 137
  inside '' "$options" /job/nothing
  code_is "not found ($name)" 127
  # shellcheck disable=SC2086 # words
  timeout 60 $pod run $common --name one --rootfs "$root" $entry exec -C /job $options -- \
    sh -c 'trap "echo term >/job/term; exit 9" TERM; echo up >/job/up; while :; do sleep 1; done' \
    >"$D/log" 2>&1 &
  ends $!
  wait_for 30 test -e "$root/job/up" || note "$(cat "$D/log")"
  # Somebody enters the container and leaves a child behind: process 1 gets it.
  $pod exec one /bin/sh -c '(/bin/sh -c "echo \$\$ >/job/pid; exit 3" &) ; true' >/dev/null 2>&1
  wait_for 10 test -s "$root/job/pid"
  lost=$(cat "$root/job/pid" 2>/dev/null)
  no_zombie() {
    ! $pod exec one /bin/ps -o pid,stat 2>/dev/null | grep -E "^ *$lost +Z"
  }
  if wait_for 10 no_zombie && [ -n "$lost" ]; then
    ok "orphans of the container are reaped ($name)"
  else
    not_ok "orphans of the container are reaped ($name)"
  fi
  $pod kill --signal TERM one >/dev/null 2>&1
  wait_for 20 test -e "$root/job/term"
  yes "TERM reaches the command, which is process 1's ($name)" test -e "$root/job/term"
  wait %1 2>/dev/null || wait $! 2>/dev/null
  is "and its status is the container's ($name)" $? 9
  rm -f "$root/job/up" "$root/job/term" "$root/job/pid" "$root/job/new"
done

# --- rootless -----------------------------------------------------------------------
user=$(cut -d: -f1 /etc/subuid 2>/dev/null | while read -r name; do
  id "$name" >/dev/null 2>&1 && echo "$name" && break
done)
if [ -n "$user" ] && have newuidmap && have setpriv; then
  mkdir -m 700 "$D/less"
  chown "$user:" "$D/less"
  # Its own copy: what is root's there is not root's in its namespace.
  less() { # less SANDBOX-OPTIONS CMD... -- the image is a tar file that it unpacks
    less_csb=$1
    shift
    # shellcheck disable=SC2086 # words
    (cd / && run timeout 100 setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
      env -i HOME="$D/less" XDG_RUNTIME_DIR="$D/less" PATH="$PATH" \
      podman --root "$D/less/storage" --runroot "$D/less/run" --runtime runc --cgroup-manager cgroupfs \
      run --rm --network none --ulimit host --rootfs "$D/less/root" $entry exec -C /job $less_csb -- "$@"
      printf '%s\n' "$code" >"$test_log/less")
    code=$(cat "$test_log/less")
    out=$(cat "$test_log/out")
    err=$(grep -v level=warning "$test_log/err")
  }
  cp -a "$root" "$D/less/root"
  chown -R "$user:" "$D/less/root"
  less "$spaces" sh -c 'echo x >new && echo ran'
  is 'rootless: namespaces' "$out" ran
  less "$landlock" sh -c 'echo x >new && echo ran'
  is 'rootless: landlock' "$out" ran
  less '--no-protect all' true
  refused 'rootless: a /proc of its own' 125 "$masked"
else
  skip 'rootless' 'nobody has subordinate ids (/etc/subuid), or newuidmap is missing'
fi
finish
