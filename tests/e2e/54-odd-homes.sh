#!/bin/sh
# Goal of this test: no rule of ours that stands for everybody ends a run because of
# what one person has in the place: names that are kept or hidden may be missing,
# empty, of another kind, unreadable or links. A rule that somebody gave says what is
# wrong with it, in one line.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
H=$TEST_DIR/home
mkdir "$H"
in_home() { # in_home [OPTION...] -- CMD
  run env HOME="$H" "$CSB" exec -C "$W" "$@"
}
secrets='.ssh .gnupg .aws .kube .netrc .npmrc .config/gh .docker/config.json .mozilla .bash_history'
# place KIND PATH
place() {
  rm -rf "${2:?}"
  mkdir -p "$(dirname "$2")"
  case $1 in
  missing) ;;
  'empty file') : >"$2" ;;
  file) echo secret >"$2" ;;
  'unreadable file') echo secret >"$2" && chmod 0 "$2" ;;
  directory) mkdir "$2" && echo secret >"$2/f" ;;
  'unreadable directory') mkdir "$2" && chmod 0 "$2" ;;
  fifo) mkfifo "$2" ;;
  'link to nothing') ln -s nothing-at-all "$2" ;;
  'link outside') ln -s "$T" "$2" ;;
  esac
}
for kind in missing 'empty file' file 'unreadable file' directory 'unreadable directory' fifo \
  'link to nothing' 'link outside'; do
  chmod -R u+rwx "$H"
  for s in $secrets; do
    place "$kind" "$H/$s"
  done
  in_home -- sh -c 'for s in $1; do cat "$HOME/$s" "$HOME/$s/f" 2>/dev/null; done; echo ran' sh "$secrets"
  is "secrets, $kind: it runs, and nothing is read" "$out$code" ran0
  for engine in init bwrap; do
    for name in .git .codex .agents .aws; do
      chmod -R u+rwx "$W/$name" 2>/dev/null
      place "$kind" "$W/$name"
    done
    before=$(find "$W" | sort)
    in_home --mount-engine $engine -- sh -c 'for n in .git .codex .agents .aws; do
      (echo pwned >$n/f; mkdir $n/d; rm -rf $n; mkdir $n) 2>/dev/null; done; echo ran'
    case $engine,$kind,$code in
    bwrap,link*,125) has "names, $kind, $engine: told in one line" "$(printf '%s\n' "$err" | wc -l)$err" 'symlink' ;;
    *) is "names, $kind, $engine: it runs" "$out$code" ran0 ;;
    esac
    is "names, $kind, $engine: all is as before" "$(find "$W" | sort)" "$before"
  done
done
chmod -R u+rwx "$H" "$W"
rm -rf "$H" "$W"
mkdir "$H" "$W"
# What somebody asked for by name is an error, and it is told which.
: >"$W/file"
for rule in "-w $T/missing" "--ro $W/file/below" "-w /proc/self/x"; do
  # shellcheck disable=SC2086 # words
  in_home $rule -- echo ran
  refused "$rule: told" 125 "${rule##* }"
  is "$rule: in one line" "$(printf '%s\n' "$err" | wc -l)" 1
done
finish
