#!/bin/sh
# Goal of this test: --permission-profile and --sandbox-policy, every form.
. "$(dirname "$0")/../lib.sh"
probe_to "$W"
echo secret >"$T/secret"

with() { # with PROFILE CMD...
  json=$1
  shift
  csb --permission-profile "$json" -- "$@"
}

mkdir -p "$W/blocked"
echo secret >"$W/blocked/secret"
p=$(profile restricted read=minimal "write=$W" "deny=$W/blocked")
with "$p" sh -c 'echo x >blocked/secret'
fails 'case 25: sandbox_blocks_explicit_split_policy_carveouts_under_bwrap'
is 'case 25: the file is as before' "$(cat "$W/blocked/secret")" secret
with "$p" sh -c 'echo x >allowed && cat allowed'
works 'case 25: beside it the workspace is writable'
with "$p" cat blocked/secret
fails 'case 25: nor is it readable'

mkdir -p "$W/b/allowed"
echo hidden >"$W/b/hidden"
p=$(profile restricted read=minimal "write=$W" "deny=$W/b" "write=$W/b/allowed")
with "$p" sh -c 'echo x >b/allowed/note && cat b/allowed/note'
works 'case 27: sandbox_reenables_writable_subpaths_under_unreadable_parents'
is 'case 27: it is on the host' "$(cat "$W/b/allowed/note")" x
with "$p" cat b/hidden
fails 'case 27: its siblings stay hidden'
with "$p" sh -c 'ls b'
hasnt 'case 27: also by name' "$out" hidden

with "$(profile restricted read=root)" cat "$T/secret"
is 'case 28: without the deny it is readable' "$out" secret
with "$(profile restricted read=root "deny=$T")" cat "$T/secret"
fails 'case 28: sandbox_blocks_root_read_carveouts_under_bwrap'
hasnt 'case 28: nothing was printed' "$out" secret

# case 26, the part that concerns us: a denied /tmp starts.
echo tmpsecret >"/tmp/csb-test-secret.$$"
for base in root minimal; do
  with "$(profile restricted read=$base "write=$W" deny=/tmp)" \
    sh -c "cat /tmp/csb-test-secret.$$; ls /tmp; echo started"
  has "case 26: a denied /tmp starts ($base)" "$out" started
  hasnt "case 26: its secret is unreadable ($base)" "$out" tmpsecret
done
rm -f "/tmp/csb-test-secret.$$"

# The tagged forms.
with '{"type":"disabled"}' sh -c "echo x >'$T/disabled'"
works 'disabled: no sandbox'
with '{"type":"external","network":"restricted"}' sh -c "echo x >'$T/ext'"
works 'external: files as they are'
with '{"type":"external","network":"restricted"}' ./probe socket 2 1
fails 'external restricted: no internet sockets'
with '{"type":"external","network":"enabled"}' ./probe socket 2 1
works 'external enabled: internet sockets'
with '{"type":"managed","network":"restricted","file_system":{"type":"unrestricted"}}' \
  sh -c "echo x >'$T/unrestricted'"
works 'managed unrestricted: files as they are'
with '{"type":"managed","network":"restricted","file_system":{"type":"unrestricted"}}' \
  ./probe tcp 192.0.2.1 80
fails 'managed unrestricted, network restricted: no way out'
with '{"file_system":{"entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"}]},"network":{"enabled":false}}' \
  sh -c 'cat probe >/dev/null && echo x >in'
fails 'the older untagged form: read-only'
has 'the older untagged form: the command ran' "$err" 'cannot create'

# Every kind of entry.
with "$(profile restricted read=minimal read=project_roots)" sh -c 'cat probe >/dev/null'
works 'project_roots: read'
with "$(profile restricted read=minimal read=project_roots)" sh -c 'echo x >in'
fails 'project_roots: read is not write'
with "$(profile restricted read=minimal write=project_roots)" sh -c 'echo x >in'
works 'project_roots: write'
with "$(profile restricted read=minimal write=current_working_directory)" sh -c 'echo x >in'
works 'current_working_directory is the same'
mkdir -p "$W/sub"
sub='{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"},{"path":{"type":"special","value":{"kind":"project_roots","subpath":"sub"}},"access":"write"}]}}'
with "$sub" sh -c 'echo x >sub/in'
works 'project_roots with a sub-path: it is writable'
with "$sub" sh -c 'echo x >in3'
fails 'project_roots with a sub-path: the rest is not'
tmpfile=csb-test-slash.$$
with "$(profile restricted read=root write=slash_tmp)" sh -c "echo x >/tmp/$tmpfile"
works 'slash_tmp: write'
yes 'slash_tmp is the host'"'"'s' rm "/tmp/$tmpfile"
with "$(profile restricted read=root)" sh -c "echo x >/tmp/$tmpfile"
fails 'slash_tmp: without it not'
mkdir "$T/tmp"
run env TMPDIR="$T/tmp" "$CSB" exec -C "$W" --permission-profile \
  "$(profile restricted read=root write=tmpdir)" -- sh -c "echo x >'$T/tmp/in'"
works 'tmpdir: write'
csb --permission-profile "$(profile restricted read=root write=tmpdir)" -- \
  sh -c "echo x >'$T/tmp/in2'"
fails 'tmpdir: without TMPDIR it is nothing'
with '{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"},{"path":{"type":"special","value":{"kind":"unknown","path":"x","subpath":"y"}},"access":"read"}]}}' true
works 'unknown special entries are for the future'
with "$(profile restricted read=root "none=$T")" cat "$T/secret"
fails 'access none is deny'

# Deepest wins; at equal depth deny > write > read.
mkdir -p "$T/r/w/d/r2"
echo deep >"$T/r/w/d/r2/f"
echo hid >"$T/r/w/d/f"
p=$(profile restricted read=minimal "read=$W" "read=$T/r" "write=$T/r/w" \
  "deny=$T/r/w/d" "read=$T/r/w/d/r2")
with "$p" sh -c "echo x >'$T/r/x'"
fails 'deepest: read above'
with "$p" sh -c "echo x >'$T/r/w/x'"
works 'deepest: write below it'
with "$p" cat "$T/r/w/d/f"
fails 'deepest: deny below that'
with "$p" cat "$T/r/w/d/r2/f"
is 'deepest: read again at the bottom' "$out" deep
for pair in write,deny read,write deny,read; do
  with "$(profile restricted read=root "${pair%,*}=$T" "${pair#*,}=$T")" echo ran
  refused "one path said twice is refused: $pair" 125 "$T"
done
with "$(profile restricted read=minimal "read=$W")" cat "$T/secret"
fails 'no match is deny'

# Restricted read shows only what was granted.
with "$(profile restricted read=minimal "write=$W")" ls -A /
for there in bin dev etc lib proc usr; do
  has "minimal: /$there is there" "$out" "$there"
done
for gone in var srv opt mnt boot; do
  hasnt "minimal: /$gone is not" "$out" "$gone"
done
with "$(profile restricted read=minimal "write=$W")" gcc --version
if have gcc; then
  works 'minimal is enough for gcc'
else
  skip 'minimal is enough for gcc' 'gcc is not installed'
fi

# Globs: files, directories, symlinks; what does not match stays.
mkdir -p "$W/g/deep/er" "$W/g/secrets.d" "$W/g/plain"
for f in a.env deep/b.env deep/er/c.env .hidden.env plain/d.txt plain/e.txt secrets.d/key; do
  echo "content of $f" >"$W/g/$f"
done
p=$(profile restricted read=root "write=$W" "deny=glob:$W/g/**/*.env" \
  "deny=glob:$W/g/*.d")
for f in a.env deep/b.env deep/er/c.env .hidden.env; do
  with "$p" cat "g/$f"
  fails "glob: the file $f is denied"
done
with "$p" cat g/secrets.d/key
fails 'glob: a directory that matches is denied'
with "$p" cat g/plain/d.txt
is 'glob: what does not match stays' "$out" 'content of plain/d.txt'
p=$(profile restricted read=root "write=$W" 'deny=glob:g/**/*.env')
with "$p" cat g/deep/b.env
fails 'glob: a relative pattern starts at the workspace'
with "$p" cat g/plain/d.txt
works 'glob: and takes only what matches'
depth='{"type":"managed","network":"restricted","file_system":{"type":"restricted","glob_scan_max_depth":1,"entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"},{"path":{"type":"glob_pattern","pattern":"'$W'/g/**/*.env"},"access":"deny"}]}}'
with "$depth" cat g/a.env
fails 'glob: depth 1 reaches the first level'
with "$depth" cat g/deep/er/c.env
works 'glob: and not the third'
csb --deny "$W/g/**/*.env" -- cat g/deep/b.env
fails '--deny takes a glob too'

ln -s plain/e.txt "$W/g/link.env"
p=$(profile restricted read=root "write=$W" "deny=glob:$W/g/**/*.env")
with "$p" cat g/link.env
fails 'glob: a symlink that matches is denied'
hasnt 'glob: nothing of its target is printed' "$out" content
with "$p" cat g/plain/d.txt
works 'glob: and the rest stays'
with "$(profile restricted read=root "deny=glob:$W/g/**/*.env")" cat g/link.env
fails 'glob: a symlink outside the writable roots is denied'
csb --sandbox read-only --deny "$W/g/**/*.env" -- cat g/link.env
fails 'glob: also in read-only'
rm "$W/g/link.env"

# missing_path_behavior
skip_entry='{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"},{"path":{"type":"path","path":"'$W'"},"access":"write"},{"path":{"type":"path","path":"'$W'/nowhere"},"access":"read","missing_path_behavior":"skip"}]}}'
with "$skip_entry" sh -c 'echo x >in'
works 'missing_path_behavior skip: runs'
no 'and leaves no stub' test -e "$W/nowhere"

# From a file.
profile restricted read=root >"$T/profile.json"
csb --permission-profile "@$T/profile.json" -- sh -c 'cat probe >/dev/null; echo x >in4'
fails '@FILE is read'
no '@FILE decides' test -e "$W/in4"

# --sandbox-policy, the older form.
policy() {
  json=$1
  shift
  csb --sandbox-policy "$json" -- "$@"
}
policy '{"type":"danger-full-access"}' sh -c "echo x >'$T/legacy'"
works 'policy danger-full-access'
policy '{"type":"read-only"}' sh -c 'cat probe >/dev/null; echo x >in'
fails 'policy read-only'
policy '{"type":"read-only"}' cat "$T/secret"
works 'policy read-only reads everything'
policy '{"type":"read-only","access":{"type":"restricted","include_platform_defaults":true,"readable_roots":[]}}' \
  cat "$T/secret"
fails 'policy read-only restricted: not outside the workspace'
policy '{"type":"read-only","access":{"type":"restricted","include_platform_defaults":true,"readable_roots":[]}}' \
  cat probe
works 'policy read-only restricted: the workspace'
policy '{"type":"read-only","access":{"type":"restricted","include_platform_defaults":true,"readable_roots":["'"$T"'"]}}' \
  cat "$T/secret"
works 'policy read-only restricted: a readable root'
policy '{"type":"external-sandbox"}' ./probe socket 2 1
fails 'policy external-sandbox: restricted by default'
policy '{"type":"external-sandbox","network_access":"enabled"}' ./probe socket 2 1
works 'policy external-sandbox: network enabled'
policy '{"type":"workspace-write"}' sh -c 'echo x >in'
works 'policy workspace-write'
policy '{"type":"workspace-write"}' sh -c "echo x >'$T/no'"
fails 'policy workspace-write: not elsewhere'
policy '{"type":"workspace-write","writable_roots":["'"$T"'"]}' sh -c "echo x >'$T/yes'"
works 'policy workspace-write: writable_roots'
policy '{"type":"workspace-write"}' sh -c "echo x >/tmp/$tmpfile"
works 'policy workspace-write: /tmp is writable'
rm -f "/tmp/$tmpfile"
policy '{"type":"workspace-write","exclude_slash_tmp":true}' sh -c "echo x >/tmp/$tmpfile"
fails 'policy workspace-write: exclude_slash_tmp'
run env TMPDIR="$T/tmp" "$CSB" exec -C "$W" --sandbox-policy \
  '{"type":"workspace-write"}' -- sh -c "echo x >'$T/tmp/legacy'"
works 'policy workspace-write: $TMPDIR is writable'
run env TMPDIR="$T/tmp" "$CSB" exec -C "$W" --sandbox-policy \
  '{"type":"workspace-write","exclude_tmpdir_env_var":true}' -- \
  sh -c "echo x >'$T/tmp/legacy2'"
fails 'policy workspace-write: exclude_tmpdir_env_var'
policy '{"type":"workspace-write","read_only_access":{"type":"restricted","include_platform_defaults":true,"readable_roots":[]}}' \
  sh -c "echo x >in && ! cat '$T/secret'"
works 'policy workspace-write: restricted read'
finish
