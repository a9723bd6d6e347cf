#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C12, what the last command left is hostile at the next start.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir "$W/.git" "$W/granted" "$W/hidden"
csb -w "$W/granted" -- sh -c 'rmdir granted && ln -s /etc granted'
if [ -L "$W/granted" ]; then
  csb -w "$W/granted" -- sh -c 'echo x >/etc/csb-escape'
  fails 'a granted directory that became a link to /etc gives no /etc'
  rm "$W/granted"
else
  ok 'a granted directory cannot be replaced'
fi
no 'nothing is in /etc' test -e /etc/csb-escape
csb -- sh -c "rmdir hidden && ln -s '$T' hidden"
echo s >"$T/f"
csb -d "$W/hidden" -- cat "$T/f" hidden/f
if [ "$code" = 125 ]; then
  ok 'a denied directory that became a link: refused'
else
  fails 'a denied directory that became a link: what it leads to is denied'
fi
rm -f "$W/hidden"
csb -- sh -c 'mkdir -p x && cd x && for i in .git .codex; do ln -s /etc $i; done; mkfifo p; mkdir d; chmod 0 d; ln -s l l'
works 'it may leave links, fifos, loops and shut directories'
csb -- echo up
is 'and the next one starts' "$out" up
chmod 700 "$W/x/d"
for kind in 'ln -s ../x' 'mkfifo' ; do
  for name in .codex .agents .aws; do
    rm -rf "${W:?}/$name"
    (cd "$W" && $kind $name)
    run timeout 20 "$CSB" exec -C "$W" -- sh -c "echo up; rm -rf $name; mkdir $name; echo x >$name/f"
    case $code,$out in
    125,* | *,up*) ok "$name made by $kind: it starts or says why" ;;
    *) not_ok "$name made by $kind" "$(told)" ;;
    esac
    rm -rf "${W:?}/$name"
  done
done
finish
