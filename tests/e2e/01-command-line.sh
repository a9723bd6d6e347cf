#!/bin/sh
# Goal of this test: the command line answers people; mistakes are status 2 and
# run nothing.
. "$(dirname "$0")/../lib.sh"

run "$CSB" --version
works '--version ends with 0'
has '--version names the version' "$out" "$(cat "$TEST_TREE/packaging/VERSION")"
run "$CSB" --help
works '--help ends with 0'
for word in exec explain doctor; do
  has "--help names $word" "$out" "$word"
  run "$CSB" "$word" --help
  works "$word --help ends with 0"
  run "$CSB" --help
done
run "$CSB" exec --help
for option in --sandbox --permission-profile --sandbox-policy --workspace \
  --chdir --deny --ro --net --tmp --env-inherit --env-exclude --env-include \
  --env-set --timeout --grace --limit --device --socket --keep-background \
  --die-with-parent --tty --no-tty; do
  has "exec --help names $option" "$out" "$option"
done
is 'help goes to stdout, not to stderr' "$err" ''

# Usage: status 2, one line that names the word, nothing run.
usage() { # usage NAME WORDS OPTION...
  name=$1
  words=$2
  shift 2
  run "$CSB" "$@"
  refused "$name" 2 "$words"
}
usage 'no subcommand' 'codex-sandbox'
usage 'unknown subcommand' 'frobnicate' frobnicate
usage 'unknown option' '--frobnicate' exec --frobnicate -- echo ran
usage 'no command' 'codex-sandbox' exec
usage 'no command after --' 'codex-sandbox' exec --
usage 'option without its value' '--sandbox' exec --sandbox
usage 'unknown sandbox mode' 'sideways' exec --sandbox sideways -- echo ran
usage 'unknown network mode' 'maybe' exec --net maybe -- echo ran
usage 'unknown tmp mode' 'maybe' exec --tmp maybe -- echo ran
usage 'timeout that is no duration' 'soon' exec --timeout soon -- echo ran
usage 'timeout with a sign' '-5' exec --timeout -5 -- echo ran
usage 'limit without a value' 'nofile' exec --limit nofile -- echo ran
usage 'unknown limit' 'colour' exec --limit colour=1 -- echo ran
usage 'unknown device class' 'toaster' exec --device toaster -- echo ran
usage 'environment entry without =' 'NOVALUE' exec --env-set NOVALUE -- echo ran
usage 'unknown environment base' 'some' exec --env-inherit some -- echo ran

# Options end at --; what follows belongs to the command.
csb -- echo --version -x --
is 'words after -- reach the command' "$out" '--version -x --'
csb -- sh -c 'printf "[%s]" "$@"' sh '' ' ' 'a  b' '*' "$(printf 'n\nl')" '\'
is 'words arrive as they are' "$out" "$(printf '[][ ][a  b][*][n\nl][\\]')"

# The escape sequence of an attacker never reaches the terminal.
run "$CSB" exec --sandbox "$(printf 'x\033[2J\007')" -- echo ran
hasnt 'control bytes in messages are encoded' "$err" "$(printf '\033')"
hasnt 'the bell too' "$err" "$(printf '\007')"

# With nothing said: workspace-write on the current directory.
cd "$W" || exit 1
run "$CSB" exec -- sh -c 'echo here >made; pwd'
works 'with no option the current directory is writable'
is 'and is the command'"'"'s directory' "$out" "$W"
is 'the file is there' "$(cat made)" here
run "$CSB" exec -- sh -c 'echo x >../other/made'
fails 'and nothing beside it'
no 'nothing was made there' test -e "$T/made"
yes 'where it may be made outside' touch "$T/made"

# Directories of the command are only directories: roots come from -C.
mkdir "$W/sub"
run "$CSB" exec -C "$W/sub" -- sh -c 'pwd; echo x >in && echo x >../out'
has '-C is where the command starts' "$out" "$W/sub"
yes '-C: inside it was written' test -e "$W/sub/in"
no '-C: its parent was not' test -e "$W/out"
run "$CSB" exec -C "$W/sub" --chdir "$W" -- sh -c 'pwd; echo x >out2; echo x >sub/in2'
has '--chdir is where the command starts' "$out" "$W"
no '--chdir grants nothing' test -e "$W/out2"
yes 'the workspace stays what -C said' test -e "$W/sub/in2"
csb --chdir "$T/missing" -- echo ran
refused '--chdir to what is not there' 125 missing
finish
