#!/bin/sh
# Goal of this test: the command has a /proc of its own, none, or by name the
# host's, in which it can look and not touch.
. "$(dirname "$0")/../lib.sh"
sleep 600 &
other=$!
ends $other
yes 'outside, a process of ours is open to us' ls "/proc/$other/root/"
yes 'its environment too' test -r "/proc/$other/environ"

for engine in init bwrap; do
  csb --mount-engine $engine -- sh -c 'cat /proc/1/comm; ls -d /proc/[0-9]* | wc -l'
  is "$engine: its own: PID 1 is init" "$(echo "$out" | head -1)" codex-init
  yes "$engine: few processes" test "$(echo "$out" | tail -1)" -lt 8
  csb --mount-engine $engine -- test -e "/proc/$other"
  fails "$engine: nothing of the host"

  csb --mount-engine $engine --proc host -- cat "/proc/$other/comm"
  is "$engine: the host's: its processes are seen" "$out$code" sleep0
  csb --mount-engine $engine --proc host -- ls "/proc/$other/root/"
  fails "$engine: but nothing behind them: root"
  has "$engine: by the kernel" "$err" denied
  csb --mount-engine $engine --proc host -- cat "/proc/$other/environ"
  fails "$engine: nor their environment"
  csb --mount-engine $engine --proc host -- sh -c "echo x >/proc/self/comm"
  fails "$engine: nothing can be written"
  has "$engine: because it is read-only" "$err" 'Read-only'
  csb --mount-engine $engine -- sh -c "echo x >/proc/self/comm"
  works "$engine: which its own can"
  csb --mount-engine $engine --proc host -- sh -c "kill -0 $other"
  fails "$engine: nor signalled by that number"
done
csb --proc none -- sh -c 'ls -A /proc; cat /proc/self/comm'
fails 'none: there is nothing'
is 'none: really' "$out" ''
csb --proc none -- mkdir /proc/x
fails 'none: and nothing can be made'
has 'none: because it is read-only' "$err" 'Read-only'
csb --proc none -- sh -c 'echo it runs; exit 7'
is 'none: commands run' "$out$code" 'it runs7'
csb --proc none --permission-profile "$(profile restricted read=minimal "write=$W")" -- sh -c 'echo /proc/*'
is 'none: with restricted reads too' "$out" '/proc/*'
csb --proc host --permission-profile "$(profile restricted read=minimal "write=$W")" -- cat "/proc/$other/comm"
is 'the host'"'"'s: with restricted reads too' "$out" sleep
csb --proc host --permission-profile "$(profile restricted write=root)" -- sh -c 'echo x >/proc/self/comm'
fails 'the host'"'"'s: read-only below a writable root too'
csb --proc none --mount-engine bwrap -- true
refused 'none: not with bwrap laying the mounts' 125 '--proc none'
csb --proc some -- true
refused 'another word' 2 'own|none|host'
csb --proc none --sandbox danger-full-access -- true
refused 'without a sandboxed filesystem' 2 --proc
run "$CSB" explain -C "$W" --proc host
has 'explain says so' "$out" '--proc host'
run "$CSB" explain -C "$W" --proc none
has 'and so' "$out" '--proc none'

# A host that refuses: parts of its /proc are masked, as in a container.
for place in /proc/bus /proc/fs /proc/irq /proc/acpi; do
  [ ! -d $place ] || break
done
if unshare -rm --propagation private mount -t tmpfs none $place 2>/dev/null; then
  masked() { # masked OPTION...
    run unshare -cm --keep-caps --propagation private sh -c 'mount -t tmpfs none "$1" &&
      shift && exec "$@"' sh $place "$CSB" exec -C "$W" "$@"
  }
  masked -- true
  if [ "$code" = 0 ]; then
    skip 'a refused /proc is told' 'this kernel mounts a procfs although parts are masked'
  else
    refused 'a refused /proc is told, with the mend' 125 '--proc'
    masked --proc none -- echo ran
    is 'which works' "$out$code" ran0
    masked --proc host -- echo ran
    is 'the other one too' "$out$code" ran0
  fi
else
  skip 'a refused /proc is told' 'no mounts in a user namespace here'
fi
finish
