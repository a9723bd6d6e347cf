#!/bin/sh
# Goal of this test: C18, what somebody outside replaces during the run: kept in an
# overlay; elsewhere it is said afterwards, and only then.
. "$(dirname "$0")/../lib.sh"
mkdir "$T/d" "$W/.git"
echo first >"$T/secret"
echo k >"$T/d/k"
echo conf >"$W/.envrc"
mkfifo "$T/up" "$T/go"

# during OUTSIDE OPTION... -- INSIDE: OUTSIDE happens while the command waits.
during() {
  outside=$1
  shift
  (
    cd "$W" && exec "$CSB" exec --result "$T/result" -d "$T/secret" -d "$T/d" "$@" \
      <"$T/go" >"$T/up" 2>"$T/err"
  ) &
  ends $!
  pid=$!
  exec 7>"$T/go" 8<"$T/up"
  read -r _ <&8
  sh -c "$outside"
  echo go >&7
  exec 7>&-
  out=$(cat <&8)
  exec 8<&-
  wait "$pid"
  err=$(cat "$T/err")
}
lost() { grep -o '"lost":\[[^]]*\]' "$T/result"; }
inside='echo up; read x; cat "$1" 2>&1; echo evil >>.envrc; true'
csb -- true
have_overlay=false
"$CSB" explain -C "$W" -- true | grep -q 'guards *overlay' && have_overlay=true

during : --protect all -- sh -c "$inside" sh "$T/secret"
has 'nothing is replaced: the secret is denied' "$out" 'Permission denied'
hasnt 'nothing is said' "$err" 'was replaced'
is 'and nothing in the result' "$(lost)" '"lost":[]'
during "echo more >>'$T/secret'" --protect all -- sh -c "$inside" sh "$T/secret"
has 'written to in place: it is denied as before' "$out" 'Permission denied'
is 'and not lost' "$(lost)" '"lost":[]'

during "echo next >'$T/n'; mv '$T/n' '$T/secret'" --protect all -- \
  sh -c "$inside" sh "$T/secret"
has 'replaced by a rename: it is said' "$err" "$T/secret was replaced by somebody outside"
is 'and in the result' "$(lost)" "\"lost\":[\"$T/secret\"]"
during "mv '$T/d' '$T/d2'; mkdir '$T/d'; echo k >'$T/d/k'" --protect all -- \
  sh -c "$inside" sh "$T/d/k"
is 'a directory that was moved away, too' "$(lost)" "\"lost\":[\"$T/d\"]"

save="echo user >'$W/.n'; mv '$W/.n' '$W/.envrc'"
if $have_overlay; then
  during "$save" --protect all -- sh -c "$inside" sh "$T/secret"
  is 'a protected file in an overlay is kept, whoever saves it' "$(cat "$W/.envrc")" user
  is 'and is not lost' "$(lost)" '"lost":[]'
else
  skip 'a protected file in an overlay' 'no overlay can be had here'
fi
during "$save" --protect all --guard journal -- sh -c "$inside" sh "$T/secret"
is 'without an overlay it is lost, and that is said' "$(lost)" "\"lost\":[\"$W/.envrc\"]"
finish
