# shellcheck shell=sh
# dropin.sh -- source it after tests/lib.sh: codex-sandbox under the name, and with
# the command line, of the older helper, in both of its generations.
#
#   dropin OPTION... -- CMD       the helper; the directory of the policy is $W
#   ro -- CMD                     read-only
#   ws [ROOT...] [OPT..] -- CMD   workspace-write with these roots beside $W; neither
#                                 /tmp nor $TMPDIR, as the helper's own tests have it
#   entries ACCESS=WHAT... -- CMD a list of entries, and no network
#
# ro and ws speak the generation $gen; a test says so in its name, by "($gen)".
mkdir "$T/bin"
helper=$T/bin/codex-linux-sandbox
ln -s "$CSB" "$helper"
# shellcheck disable=SC2034 # for whom sources it
generations='profile policy' # --permission-profile, --sandbox-policy
gen=profile
cd "$W" || exit 1

dropin() {
  run "$helper" --sandbox-policy-cwd "$W" "$@"
}

ro() {
  case $gen in
  profile) dropin --permission-profile "$(profile restricted read=root)" "$@" ;;
  policy) dropin --sandbox-policy '{"type":"read-only"}' "$@" ;;
  esac
}

ws() {
  ws_entries='' ws_roots='' # names of these tests have no blanks
  while :; do
    case $1 in
    /*) ;;
    *) break ;;
    esac
    ws_entries="$ws_entries write=$1"
    ws_roots="$ws_roots,\"$1\""
    shift
  done
  case $gen in
  profile)
    # shellcheck disable=SC2086 # words
    dropin --permission-profile "$(profile restricted read=root write=project_roots $ws_entries)" "$@"
    ;;
  policy)
    dropin --sandbox-policy '{"type":"workspace-write","writable_roots":['"${ws_roots#,}"'],"exclude_tmpdir_env_var":true,"exclude_slash_tmp":true}' "$@"
    ;;
  esac
}

entries() {
  set_entries=''
  while [ "$1" != -- ]; do
    set_entries="$set_entries $1"
    shift
  done
  # shellcheck disable=SC2086 # words
  dropin --permission-profile "$(profile restricted $set_entries)" "$@"
}
