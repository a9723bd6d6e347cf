#!/bin/sh
# Goal of this test: rules of all layers with their trust, nothing skipped
# silently, and `rules explain` says every step.  tests/rules_main is the same
# subcommand with other directories for the managed layer.
. "$(dirname "$0")/../lib.sh"
tool=$B/tests/rules_main
[ -x "$tool" ] || skip_all 'tests/rules_main is not built'
M=$T/managed U=$T/config/codex-sandbox P=$W/.codex-sandbox
mkdir -p "$M" "$U" "$P" "$W/sub/.codex-sandbox"
export TEST_MANAGED_DIR="$M" TEST_PROFILES_DIR="$T/none" XDG_CONFIG_HOME="$T/config"
ASAN_OPTIONS=detect_leaks=1
export ASAN_OPTIONS

explain() {
  run "$tool" explain -C "$W" "$@"
}
answer() { # answer NAME WANT [OPTION...] -- COMMAND
  name=$1 want=$2
  shift 2
  explain "$@"
  is "$name" "$(printf '%s\n' "$out" | sed -n 's/^answer: \([a-z]*\).*/\1/p')" "$want"
}
rule() { # rule FILE TEXT
  printf '%s\n' "$2" >"$1"
}

# ---- no rule, and the options that try other policies ----
answer 'an unknown command runs in the sandbox' runs -- zz
has 'it names the row of the table' "$out" 'row "default, caged, unmatched", column "on-request"'
answer 'untrusted asks' asks --approval-policy untrusted -- zz
has 'and offers the command' "$out" 'offers to remember: zz'
answer 'never does not ask' forbidden --approval-policy never -- rm -rf zz
has 'danger is named' "$out" 'class: danger: rm -f style commands'
answer 'escalation asks' asks --request require_escalated -- zz
answer '-c says the same' asks -c approval_policy=untrusted -- zz
explain --sandbox danger-full-access -- zz
has 'another sandbox' "$out" ':danger-full-access'
has 'is free' "$out" ', free'
explain --approval-policy sometimes -- zz
code_is 'a policy that is none is refused' 125
explain --request more -- zz
code_is 'a request that is none is a usage error' 2

# ---- layers ----
rule "$M/10.rules" 'prefix_rule(["mm"], "forbidden", justification="managed says so")'
rule "$U/u.rules" 'prefix_rule([["uu", "mm", "git"]])'
rule "$P/p.rules" 'prefix_rule(["pp"])
prefix_rule(["uu", "x"], "prompt")'
answer 'a managed forbid holds over a user allow' forbidden -- mm
has 'with its reason' "$out" 'managed says so'
has 'its file, line and layer' "$out" "$M/10.rules:1 (managed): forbidden"
has 'and the rule that lost' "$out" "$U/u.rules:1 (user): allow"
explain -- uu x
has 'a project that is not trusted is named' "$err" 'is not trusted'
hasnt 'its rules are not read' "$out" 'p.rules'
printf '[projects."%s"]\ntrust_level = "trusted"\n' "$W" >"$U/config.toml"
answer 'a trusted project narrows' asks -- uu x
has 'with file, line and layer' "$out" ".codex-sandbox/p.rules:2 (project): prompt"
has 'a rule that asks offers nothing' "$out" 'offers to remember: nothing: a rule asks, and wants to be asked again'
explain --approval-policy untrusted -- pp
has 'and widens nothing' "$out" 'ignored: a project can only narrow'
has 'so the command is unmatched' "$out" 'class: unmatched'
rule "$W/sub/.codex-sandbox/s.rules" 'prefix_rule(["uu", "y"], "forbidden")'
mkdir -p "$W/.git"
run "$tool" explain -C "$W/sub" -- uu y
has 'directories on the way down count as well' "$out" 's.rules:1 (project): forbidden'
rule "$T/s.rules" 'prefix_rule(["ss"])'
answer 'a session rule' runs --rules "$T/s.rules" --approval-policy untrusted -- ss
has 'is shown as one' "$out" 's.rules:1 (session): allow'
explain --no-user-config -- uu x
hasnt 'without the user layer neither user nor project' "$out" '.rules:'
explain --no-user-config -- mm
has 'but the managed one' "$out" '(managed)'
printf '[[rules.prefix_rules]]\npattern = [{ token = "qq" }, { any_of = ["a", "b"] }]\ndecision = "prompt-user"\n' >"$M/requirements.toml"
explain -- qq b
has 'a rule of requirements.toml' "$out" "requirements.toml:1 (managed): prompt-user [\"qq\", [\"a\", \"b\"]]"
has 'asks a person' "$out" 'answer: asks a person, each time'
answer 'and no policy turns it into a refusal' asks --approval-policy never -- qq a

# ---- nothing is skipped silently ----
stops() { # stops NAME WORDS
  explain -- zz
  code_is "$1" 1
  has "$1: why" "$err" "$2"
}
for dir in "$M" "$U" "$P"; do
  layer=$(basename "$dir")
  rule "$dir/bad.rules" 'prefix_rule(["a")'
  stops "a malformed file stops ($layer)" 'bad.rules:1:'
  printf '\377\n' >"$dir/bad.rules"
  stops "a file that is not UTF-8 stops ($layer)" 'valid UTF-8'
  rm "$dir/bad.rules"
  mkdir "$dir/bad.rules"
  stops "a directory of that name stops ($layer)" 'not a regular file'
  rmdir "$dir/bad.rules"
  mkfifo "$dir/bad.rules"
  stops "a FIFO stops and does not hang ($layer)" 'not a regular file'
  rm "$dir/bad.rules"
  ln -s gone "$dir/bad.rules"
  stops "a dangling link stops ($layer)" 'bad.rules'
  rm "$dir/bad.rules"
  truncate -s 64M "$dir/bad.rules"
  stops "64 MiB stop ($layer)" 'more than 1048576 bytes'
  rm "$dir/bad.rules"
done
rule "$P/.rules" 'not a rule'
rule "$P/x.rules.bak" 'not a rule'
rule "$P/x.RULES" 'not a rule'
explain -- zz
works 'files of other names are none'

# ---- owners, modes, links ----
chmod g+w "$M/10.rules"
stops 'a managed file that others can write' 'others than its owner'
chmod g-w "$M/10.rules"
chmod o+w "$U/u.rules"
stops 'a user file that others can write' 'others than its owner'
chmod o-w "$U/u.rules"
# Somebody else's: root's file, where a namespace without root looks at it.
ln -s /etc/passwd "$U/link.rules"
stops "a user's link to a file of root's is read" 'link.rules:1:'
if unshare --user --map-current-user true 2>/dev/null; then
  run unshare --user --map-current-user "$tool" explain -- zz
  code_is 'and to a file of somebody else is not' 1
  has 'why' "$err" 'it must belong to you or to root'
else
  skip 'a file of somebody else' 'no user namespaces for an ordinary user'
fi
rm "$U/link.rules"
chmod go+w "$P/p.rules"
explain -- zz
works 'a project file may be written by anybody'
rule "$T/elsewhere.rules" 'prefix_rule(["ll"], "forbidden")'
ln -s "$T/elsewhere.rules" "$M/link.rules"
stops 'a managed link that leads out' 'leads out of the directory'
rm "$M/link.rules"
ln -s 10.rules "$M/link.rules"
answer 'a managed link inside the directory' forbidden -- mm
rm "$M/link.rules"
ln -s "$T/elsewhere.rules" "$U/link.rules"
answer 'a user link is followed' forbidden -- ll
chmod o+w "$T/elsewhere.rules"
stops 'and what it leads to is checked' 'others than its owner'
rm "$U/link.rules"
ln -s "$T/elsewhere.rules" "$P/link.rules"
stops 'a project link is not followed' 'symbolic link'
rm "$P/link.rules"

# ---- shell text ----
explain -- bash -lc 'ls; mm'
has 'shell text is taken apart' "$out" 'shell text: 2 commands'
has 'every part has its rules' "$out" '2. command: mm'
answer 'the strictest part wins' forbidden -- bash -lc 'git status && mm'
explain -- sh -c 'ls >x; (mm)'
has 'opaque text says why and where' "$out" 'taken as one command; line 1, column 4: a redirection'
has 'forbidden words are found in it' "$out" '2. found: mm'
has 'and decide' "$out" 'answer: forbidden'

# ---- programs that the sandbox can write ----
mkdir "$W/bin"
cp /bin/true "$W/bin/git"
explain --approval-policy untrusted -- git x
has 'an allow rule on a bare name' "$out" 'class: allow'
answer 'a path below the workspace is not meant' asks --approval-policy untrusted -- "$W/bin/git" x
has 'and it says so' "$out" 'left out: the sandbox can write'
run env PATH="$W/bin:$PATH" "$tool" explain -C "$W" --approval-policy untrusted -- git x
has 'nor is what PATH finds there' "$out" "program: $W/bin/git"
has 'so it asks' "$out" 'answer: asks'

# ---- JSON ----
explain --json --approval-policy untrusted -- bash -lc 'git x; zz'
works '--json'
if command -v python3 >/dev/null; then
  is 'it is JSON with every step' "$(printf '%s' "$out" | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["version"], d["shell"]["opaque"], [p["class"] for p in d["parts"]],
      d["parts"][0]["rules"][0]["line"], d["decision"]["act"],
      d["decision"]["offer"], d["profile"]["session"])')" \
    "1 False ['allow', 'unmatched'] 1 ask ['zz'] caged"
fi

# ---- amendments go to the user's file ----
run "$tool" add -- zz one
works 'rules add'
has 'writes default.rules of the user' "$(cat "$U/default.rules")" 'prefix_rule(pattern=["zz", "one"], decision="allow")'
no 'no file of the project' test -e "$P/default.rules"
answer 'and the command is allowed' runs --approval-policy untrusted -- zz one
run "$tool" add -- python3 -c
code_is 'a banned prefix is refused' 125
run "$tool" table
works 'rules table'
has 'prints the table' "$out" 'escalated, caged, unmatched'
run "$CSB" rules table
works 'the front end has the same subcommand'
finish
