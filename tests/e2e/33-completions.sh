#!/bin/sh
# Goal of this test: the completions of bash, zsh and fish know the options and
# words of --help, no others, and work where the shell is installed.
. "$(dirname "$0")/../lib.sh"
dir=$TEST_TREE/packaging/completions
{
  "$CSB" exec --help
  "$CSB" explain --help
  "$CSB" doctor --help
  "$CSB" config --help
  echo --version
} >"$T/text"
options() {
  grep -oE -e '--[a-z][a-z-]+' | sort -u
}
options <"$T/text" >"$T/want"
sed -n 's/^ *\(-[a-zA-Z]\), --[a-z-]* [A-Za-z].*/\1/p' "$T/text" | sort -u >"$T/letters"
# The words of the help's own list, those of modes, classes and limits, which
# stand in the explanation, and the groups of protected names.
{
  sed -n 's/^.* --[a-z-]* \([a-z]*|[a-z|]*\)\( .*\)*$/\1/p' "$T/text" | tr '|' '\n'
  sed -n 's/.* MODE  *//p; s/.*device nodes: //p; s/.*resource limit: //p' "$T/text" |
    sed 's/ (default)//; s/, /\n/g'
  sed '/^#/d' "$TEST_TREE/policy/protected-names.tsv" | cut -f1
} | sort -u >"$T/words"
yes 'there are options to compare' test "$(wc -l <"$T/want")" -gt 30
yes 'there are words to compare' test "$(wc -l <"$T/words")" -gt 30

# said SHELL -- the options that its file speaks of
said() {
  case $1 in
  bash) sed '/^ *#/d' "$dir/codex-sandbox.bash" | options ;;
  zsh) sed '/^#/d' "$dir/_codex-sandbox" | options ;;
  fish)
    grep '^complete' "$dir/codex-sandbox.fish" |
      grep -oE -e ' -l [a-z-]+' | sed 's/^ -l /--/' | sort -u
    ;;
  esac
}
for shell in bash zsh fish; do
  case $shell in
  zsh) file=$dir/_codex-sandbox ;;
  *) file=$dir/codex-sandbox.$shell ;;
  esac
  said $shell >"$T/$shell"
  is "$shell: the options are those of --help" \
    "$(diff "$T/want" "$T/$shell" | grep '^[<>]' | tr '\n' ' ')" ''
  is "$shell: every letter that takes a value is there" "$(while read -r letter; do
    case $shell in
    fish) grep -q -e " -s ${letter#-} " "$file" || echo "$letter" ;;
    *) grep -qE -e "[ {(]${letter}[ +,|)]" "$file" || echo "$letter" ;;
    esac
  done <"$T/letters")" ''
  is "$shell: every word is there" "$(while read -r word; do
    grep -qwF -e "$word" "$file" || echo "$word"
  done <"$T/words")" ''
  if have $shell; then
    yes "$shell: it can be read" $shell -n "$file"
  else
    skip "$shell: it can be read" "$shell is not installed"
  fi
done

# What takes a value stands in a list of its own, where the command is looked for.
sed -n 's/^ *\(-[a-zA-Z], \)*\(--[a-z-]*\) [A-Za-z].*/\2/p' "$T/text" >"$T/takes"
cat "$T/letters" >>"$T/takes"
sort -u "$T/takes" >"$T/takes.sorted"
is 'fish: every option that takes a value is known as one' "$(
  sed -n '/contains/,/set takes/p' "$dir/codex-sandbox.fish" | tr ' ' '\n' |
    grep -e '^-' | grep -vxe "--" | sort | diff - "$T/takes.sorted"
)" ''
# shellcheck disable=SC2016,SC2046 # for bash; words
is 'bash: every option that takes a value is known as one' "$(
  bash --norc -c '. "$1"; shift; for o; do _codex_sandbox_takes "$o" || echo "$o"; done
    ! _codex_sandbox_takes --tty || echo --tty' bash "$dir/codex-sandbox.bash" $(cat "$T/takes")
)" ''

# tab WORD... -- what bash offers for the last word, in a line
# shellcheck disable=SC2016 # for bash
tab() {
  bash --norc -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _codex_sandbox; echo "${COMPREPLY[@]}"' bash "$dir/codex-sandbox.bash" \
    codex-sandbox "$@"
}
cd "$W" || exit 1
mkdir some-directory
: >some-file
if have bash; then
  is 'bash: subcommands' "$(tab ex)" 'exec explain'
  is 'bash: what to do with the configuration' "$(tab config sch)" schema
  is 'bash: an option' "$(tab exec --mou)" --mount-engine
  is 'bash: explain has more of them' "$(tab explain --js)" --json
  is 'bash: exec has not' "$(tab exec --js)" ''
  is 'bash: a value' "$(tab exec --net f)" full
  is 'bash: a value behind =' "$(tab exec --net = f)" full
  is 'bash: a directory' "$(tab exec -C some)" some-directory
  is 'bash: a file behind @' "$(tab exec -p @some-f)" @some-file
  has 'bash: the command' "$(tab exec --net full -- ls)" ls
  is 'bash: its words are its own' "$(tab exec -- cp some-f)" some-file
  is 'bash: also without --' "$(tab exec -n none cp some-f)" some-file
fi
if have fish; then
  offered() {
    HOME=$T fish --no-config -c 'source $argv[1]; complete --do-complete=$argv[2]' \
      "$dir/codex-sandbox.fish" "codex-sandbox $1" 2>&1 | cut -f1 | tr '\n' ' '
  }
  is 'fish: subcommands' "$(offered ex)" 'exec explain '
  is 'fish: an option' "$(offered 'exec --mou')" '--mount-engine '
  is 'fish: explain has more of them' "$(offered 'explain --js')" '--json '
  is 'fish: exec has not' "$(offered 'exec --js')" ''
  is 'fish: a value' "$(offered 'exec --net f')" 'full '
  is 'fish: its words are its own' "$(offered 'exec -t 5 -- cp some-f')" 'some-file '
else
  skip 'fish completes' 'fish is not installed'
fi
if have zsh; then
  # A shell at a terminal of its own, and what TAB makes of a line there.
  cat >"$T/complete.zsh" <<'EOF'
zmodload zsh/zpty || exit 3
zpty z zsh -f -i
zpty -w z "PS1=; PS2=; stty -echo; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w z 'unset zle_bracketed_paste
  show() { print -r -- "GOT<$BUFFER>"; BUFFER=; zle redisplay }
  zle -N show; bindkey "^X" show; print REA\DY'
zpty -r z out '*READY*' || exit 4
shift
for line; do
  zpty -w -n z "$line"$'\t\x18'
  zpty -r z out '*GOT<*>*' || exit 5
  print -r -- "${${out##*GOT<}%%>*}"
done
EOF
  HOME=$T run timeout 60 zsh -f "$T/complete.zsh" "$dir" 'codex-sandbox expl' \
    'codex-sandbox exec --mou' 'codex-sandbox exec --net=f' \
    'codex-sandbox exec -n none cp some-f'
  is 'zsh: subcommand, option, value, the command'"'"'s own words' "$out" \
    'codex-sandbox explain 
codex-sandbox exec --mount-engine=
codex-sandbox exec --net=full 
codex-sandbox exec -n none cp some-file '
else
  skip 'zsh completes' 'zsh is not installed'
fi
finish
