#!/bin/sh
# Goal of this test: B8, D2, D6, J10: no process of a run behind a privileged
# launcher holds a capability outside or another id than the caller's, nobody can
# trace the launcher, and tracing takes its privilege away.
. "$(dirname "$0")/setuid.sh"
installed yes
is 'SETUID=yes: 4750 root:codex-sandbox' "$(stat -c '%a %u:%G' "$LAUNCH")" '4750 0:codex-sandbox'
cage forbidden echo ran
refused 'not for those outside the group' 125 'may not be run by you'
run "$P/forbid" -g $G $U "$CSB" exec -C "$W" -- ./probe caps
is 'for those inside' "$out$err" "$none"
installed no
is 'SETUID=no: 755' "$(stat -c '%a %u:%g' "$LAUNCH")" '755 0:0'
run make -s -C "$TEST_TREE" -o all B="$B" install DESTDIR="$TEST_DIR/root" SETUID=maybe
has 'SETUID=maybe: an error' "$err" 'SETUID=maybe: no such kind; give no, yes or world'
installed world
is 'SETUID=world: 4755' "$(stat -c '%a %u:%g' "$LAUNCH")" '4755 0:0'

# /proc of every process: ids, every set, no_new_privs.
"$P/forbid" $U "$CSB" exec -C "$W" -- sh -c ': >up; exec sleep 600' &
pid=$!
ends $pid
wait_for 20 test -e "$W/up"
ids='' caps='' free='' seen=0
for p in $pid $(descendants $pid); do
  seen=$((seen + 1))
  ids=$ids$(awk '/^[UG]id:/ { for (i = 2; i <= 5; i++) if ($i != '$U') print }' /proc/"$p"/status)
  caps=$caps$(awk '/^Cap(Inh|Prm|Eff|Amb)/ && $2 !~ /^0*$/' /proc/"$p"/status)
  # The front end has never been more than the caller.
  [ "$p" = $pid ] || free=$free$(awk '/^NoNewPrivs:/ && $2 != 1' /proc/"$p"/status)
done
kill $pid
wait $pid 2>/dev/null
yes 'the chain is there' test $seen -ge 3
is 'every process of it is the caller' "$ids" ''
is 'none holds a capability, wherever' "$caps" ''
is 'all behind the launcher have no_new_privs' "$free" ''

# Under a debugger a program gets no privilege by its file.
hostile 'traced over the exec' 'making a user namespace: not permitted' traced
# At each of its system calls the launcher cannot be looked into by its caller.
run "$TOOLS/stops" $U "$P/forbid" $U "$CSB" exec -C "$W" -- true
works 'at no stop can the caller look into launcher or holder'
# What exec gave is put away by the seventh call or so; behind that a capability
# is in effect for one call of the child and while the bounding set is emptied.
is 'with a capability in effect, later: only to put it away' "$(echo "$out" | sed -n 's/^later: //p')" \
  'capset prctl'
is 'and in the child: one' "$(echo "$out" | sed -n 's/^child: //p')" 'unshare'
first=$(echo "$out" | sed -n 's/^at first: //p' | tr ' ' '\n' |
  grep -vxE 'arch_prctl|set_tid_address|poll|fcntl|close_range|getuid|getgid|capget|prctl|setresgid|setresuid|capset')
is 'before that no call but those of the first steps' "$first" ''
finish
