#!/bin/sh
# Goal of this test: sockets of other users are as unreachable as one's own, also
# for root, and what another user keeps in a closed directory costs nobody
# anything.  In network and mount namespaces of its own (tests/e2e/15 says why).
if [ "$(id -u)" = 0 ] && [ -z "${CSB_TEST_INSIDE:-}" ]; then
  CSB_TEST_INSIDE=1 exec unshare -nm sh "$0"
fi
CSB_TEST_BASE=/var/tmp
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
U=54321
S=54322
P=$TEST_DIR/programs
mkdir "$P"
cp "$B/codex-sandbox" "$B/codex-sandbox-init" "$B/codex-sandbox-launch" "$P"
chmod 711 "$TEST_DIR" "$P"
chmod 755 "$P"/* "$W" "$T"
chown $U:$U "$W"
export HOME="$W"
PATH=/usr/bin:/bin # none of root's own programs
as() { # as UID CMD...
  as_uid=$1
  shift
  setpriv --reuid "$as_uid" --regid "$as_uid" --clear-groups -- "$@"
}
cage() { # cage UID CMD...
  cage_uid=$1
  shift
  run as "$cage_uid" "$P/codex-sandbox" exec -C "$W" -- "$@"
}

cat >"$TEST_DIR/serve.py" <<'EOF'
# serve.py LOG DIR NAME...: bind the names from DIR, open to everybody.
import os, signal, socket, sys
os.umask(0)
os.chdir(sys.argv[2])
kept = []
for name in sys.argv[3:]:
    s = socket.socket(socket.AF_UNIX)
    s.bind(name)
    s.listen(8)
    kept.append(s)
with open(sys.argv[1], 'w') as log:
    log.write('ready\n')
while True:
    signal.pause()
EOF
cat >"$W/ask.py" <<'EOF'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
if len(sys.argv) > 1:
    s.connect(os.fsencode(sys.argv[1]))
print('reached')
EOF
chmod 644 "$TEST_DIR/serve.py" "$W/ask.py"
mkdir "$TEST_DIR/logs" "$T/open" "$T/shut"
chmod 777 "$TEST_DIR/logs"
chown $S:$S "$T/open" "$T/shut"

serve() { # serve UID DIR NAME...
  serve_uid=$1
  shift
  : >"$TEST_DIR/logs/now"
  chmod 666 "$TEST_DIR/logs/now"
  setpriv --reuid "$serve_uid" --regid "$serve_uid" --clear-groups -- \
    python3 "$TEST_DIR/serve.py" "$TEST_DIR/logs/now" "$@" &
  server=$!
  ends $server
  wait_for 20 grep -q ready "$TEST_DIR/logs/now"
}
stop() {
  kill $server
  wait $server 2>/dev/null
}
# away NAME UID PATH -- reached outside, and not inside
away() {
  run as "$2" python3 "$W/ask.py" "$3"
  is "$1: reached outside" "$out" reached
  cage "$2" python3 ask.py "$3"
  fails "$1: not inside"
}
usual() { # usual NAME UID
  cage "$2" python3 ask.py
  is "$1: unix sockets can be made" "$out" reached
}

serve $S "$T/open" "$T/open/abs"
away 'of another user' $U "$T/open/abs"
away 'of another user, for root' 0 "$T/open/abs"
usual 'of another user' $U
stop

# A relative name of another user's: nobody tells where its server stands, and
# its directory is no place where ours would be sought.
mkdir -p "$T/open/far/away"
chown $S:$S "$T/open/far/away"
serve $S "$T/open/far/away" rel
away 'of another user, relative' $U "$T/open/far/away/rel"
run as $U "$P/codex-sandbox" explain -C "$W" -- true
has 'explain says why' "$out" "the host's socket rel may be in sight"
away 'the same for root, who is told' 0 "$T/open/far/away/rel"
usual 'the same for root, who is told' 0
stop

# Behind a directory of another user's: out of reach, and no mask is tried.
serve $S "$T/shut" "$T/shut/s"
chmod 700 "$T/shut"
usual 'behind a closed directory' $U
cage $U python3 ask.py "$T/shut/s"
fails 'behind a closed directory'
usual 'behind a closed directory, for root' 0
cage 0 python3 ask.py "$T/shut/s"
fails 'behind a closed directory, for root'
stop

# A mail server binds relative names in its own directories.
mount -t tmpfs none /var/spool
mkdir -p /var/spool/postfix/private /var/spool/postfix/public
chmod 755 /var/spool /var/spool/postfix /var/spool/postfix/public
chown $S:$S /var/spool/postfix/private
chmod 700 /var/spool/postfix/private
serve 0 /var/spool/postfix private/smtp public/open
away 'of a mail server, open' $U /var/spool/postfix/public/open
usual 'of a mail server, closed' $U
away 'of a mail server, for root' 0 /var/spool/postfix/public/open
usual 'of a mail server, for root' 0
chown $U /var/spool/postfix
run as $U "$P/codex-sandbox" explain -C "$W" -- true
has 'not in a directory that is not the system'"'"'s' "$out" \
  "the host's socket private/smtp may be in sight"
stop
umount /var/spool || note 'still busy'
finish
