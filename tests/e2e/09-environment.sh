#!/bin/sh
# Goal of this test: the command's environment is what the options say.
. "$(dirname "$0")/../lib.sh"
cd "$W" || exit 1

env_of() { # env_of OPTION... -- the environment inside, in $out
  run env -i HOME="$HOME" PATH="$PATH" USER=u LOGNAME=u SHELL=/bin/sh LANG=C \
    TERM=dumb FOO_PLAIN=plain FOO_OTHER=other MY_SECRET_TOKEN=hush \
    GITHUB_TOKEN=hush API_KEY=hush DB_PASSWORD=hush LD_PRELOAD= \
    BASH_ENV=/not/there ENV=/not/there ODD="$(printf 'a\nb')" \
    "$CSB" exec "$@" -- /usr/bin/env
}

env_of
for name in HOME PATH USER LOGNAME SHELL LANG; do
  has "core keeps $name" "
$out" "
$name="
done
hasnt 'core drops what it does not know' "$out" FOO_PLAIN
hasnt 'core drops secrets' "$out" hush
has 'CODEX_SANDBOX=1' "$out" CODEX_SANDBOX=1
has 'CODEX_SANDBOX_NETWORK_DISABLED=1' "$out" CODEX_SANDBOX_NETWORK_DISABLED=1
env_of --net full
has 'CODEX_SANDBOX=1 with full network' "$out" CODEX_SANDBOX=1
hasnt 'CODEX_SANDBOX_NETWORK_DISABLED only where true' "$out" NETWORK_DISABLED
env_of --sandbox danger-full-access
hasnt 'nothing is claimed without a sandbox' "$out" CODEX_SANDBOX_NETWORK_DISABLED

env_of --env-inherit core --env-include 'FOO_*'
has '--env-include adds to core' "$out" FOO_PLAIN=plain
has '--env-include takes a pattern' "$out" FOO_OTHER=other
env_of --env-include 'foo_p*'
has '--env-include knows no case' "$out" FOO_PLAIN=plain
hasnt '--env-include takes only what matches' "$out" FOO_OTHER
env_of --env-include GITHUB_TOKEN
has 'an exact name brings a secret' "$out" GITHUB_TOKEN=hush
hasnt 'and only that one' "$out" API_KEY
env_of --env-include '*'
hasnt 'a pattern does not bring secrets in core' "$out" hush

env_of --env-inherit all
has 'all keeps everything' "$out" FOO_PLAIN=plain
has 'all keeps values with a newline' "$out" "$(printf 'ODD=a\nb')"
hasnt 'all drops what loads code into shells' "$out" BASH_ENV
env_of --env-inherit all --env-exclude 'FOO_*'
hasnt '--env-exclude' "$out" FOO_
has '--env-exclude takes only what matches' "$out" HOME=
env_of --env-inherit all --env-exclude '*TOKEN*' --env-exclude '*_KEY'
hasnt 'several excludes' "$out" TOKEN
hasnt 'each of them' "$out" API_KEY

env_of --env-inherit none
hasnt 'none keeps nothing' "$out" FOO_
hasnt 'none: not even HOME' "
$out" "
HOME="
has 'none: ours are there' "$out" CODEX_SANDBOX=1
env_of --env-inherit none --env-set A=1 --env-set B='x y=z' --env-set A=2
has '--env-set, the last one wins' "$out" A=2
has '--env-set keeps everything after the first =' "$out" 'B=x y=z'
is '--env-set sets once' "$(echo "$out" | grep -c '^A=')" 1
env_of --env-set EMPTY=
has '--env-set to nothing' "$out" EMPTY=
for name in CODEX_SANDBOX CODEX_SANDBOX_NETWORK_DISABLED; do
  env_of --env-set $name=0
  refused "ours cannot be forged: $name" 2 $name
done
run env CODEX_SANDBOX=7 "$CSB" exec --env-inherit all -- sh -c 'echo $CODEX_SANDBOX'
is 'nor inherited' "$out" 1

run env PATH="$W/bin:$PATH" sh -c 'mkdir -p bin; printf "#!/bin/sh\necho mine\n" >bin/tool
  chmod +x bin/tool; "$1" exec -- tool' sh "$CSB"
is 'the command is found on its own PATH' "$out" mine
run env TMPDIR=/var/tmp/not-granted "$CSB" exec -- sh -c \
  'f=$(mktemp) && echo x >"$f" && rm "$f"'
works 'mktemp works whatever TMPDIR was'
finish
