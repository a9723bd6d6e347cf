#!/bin/sh
# Goal of this test: exec asks the rules before anything is made.  What a rule
# forbids does not start, what needs a question starts only when it was
# answered, what is allowed stays in the cage, and rules that cannot be read
# stop the run.  Each refusal stands beside the same act where it is allowed.
. "$(dirname "$0")/../lib.sh"
U=$T/config/codex-sandbox P=$W/.codex-sandbox
HOME=$T/home XDG_STATE_HOME=$T/state XDG_CONFIG_HOME=$T/config
export HOME XDG_CONFIG_HOME XDG_STATE_HOME
mkdir -p "$U" "$W/bin" "$HOME"
for name in ff pp aa zz; do
  printf '#!/bin/sh\necho "ran %s"\n' $name >"$W/bin/$name"
done
chmod +x "$W"/bin/*
usual=$PATH
PATH=$W/bin:$PATH
export PATH
rule() { # rule FILE TEXT
  printf '%s\n' "$2" >"$1"
}
ran() { # ran NAME WORDS: the last run worked and said that
  is "$1" "$code $out" "0 ran $2"
}
no_start() { # no_start NAME WORDS: refused, one line, and nothing was made
  refused "$1" 125 "$2"
  is "$1: in one line" "$(printf '%s\n' "$err" | wc -l)" 1
}

# ---- nobody wrote anything ----
csb -- zz
ran 'without a rule an unknown command runs' zz
csb -- rm -rf gone
works 'and a dangerous one, in its cage'
run "$CSB" explain -C "$W" -- zz
hasnt 'explain says nothing of rules' "$out" "
rules "
csb --result "$T/r.json" -- zz
has 'the result neither' "$(cat "$T/r.json")" '"decision":null'

# ---- forbidden ----
rule "$U/a.rules" 'prefix_rule(["ff"], "forbidden", justification="use aa")
prefix_rule(["pp"], "prompt", justification="others see it")
prefix_rule([["aa", "head"]])'
csb -- ff x
no_start 'forbidden by a rule' "codex-sandbox: ff x: is forbidden by $U/a.rules:1 (user): use aa; run something else, or change that rule"
csb --approved -- ff x
no_start 'whoever approved it' 'is forbidden by'
csb --sandbox danger-full-access -- ff x
no_start 'also where there is no cage' 'is forbidden by'
csb -- aa x
ran 'what a rule allows runs' aa
csb --no-user-config -- ff x
ran 'without the rules it runs' ff
csb -- "$W/bin/ff" x
no_start 'forbidden by its path' "$W/bin/ff x: is forbidden"
csb -- "$W/bin/zz" x
ran 'another path runs' zz
csb -- sh -c 'aa; ff'
no_start 'forbidden in shell text' 'codex-sandbox: ff: is forbidden by'
csb -- sh -c 'aa >/dev/null; zz'
ran 'shell text without it runs' zz
csb -- sh -c 'aa >x; (ff)'
no_start 'forbidden in text that is not certain' 'codex-sandbox: ff: is forbidden by'
csb -- env A=1 ff
no_start 'forbidden behind env' 'is forbidden by'
csb -- env A=1 zz
ran 'another one behind env' zz
csb -- "$(printf 'ff\377')"
code_is 'bytes that are no text are a name like any other' 127
csb -- "$(printf 'ff')" "$(printf '\377\033[31m')"
no_start 'and an argument is shown encoded' "ff '\\xff\\x1b[31m': is forbidden"
csb -- ''
hasnt 'an empty name is judged too' "$err" 'report'

# Nothing was made: no process, nothing in the journal, no mount, no directory.
rm -rf "$T/state"
run strace -f -qq -e trace=clone,clone3,fork,vfork,mkdir,mkdirat,mount,socketpair \
  -o "$T/trace" "$CSB" exec -C "$W" -- ff x
if [ "$code" = 125 ] && [ -e "$T/trace" ]; then
  is 'before anything was made' "$(grep -v -e '+++' "$T/trace")" ''
  no 'not even a directory for the state' test -e "$T/state"
  run strace -f -qq -e trace=clone,clone3,fork,vfork,socketpair \
    -o "$T/trace" "$CSB" exec -C "$W" -- aa x
  has 'and a start makes something' "$(cat "$T/trace")" 'socketpair'
else
  skip 'before anything was made' 'nothing can be traced here'
fi

# ---- a rule asks ----
csb -- pp x
no_start 'a prompt rule: exec asks nobody' "codex-sandbox: pp x: needs approval by $U/a.rules:2 (user): others see it; exec asks nobody: say --approved"
csb --approved -- pp x
ran 'answered it runs' pp
csb -c approval_policy=never -- pp x
no_start 'never: nobody may be asked' 'pp x: needs approval, which nobody may give under approval_policy never (-c option 1:1), by'
csb -c approval_policy=never --approved -- pp x
no_start 'nor have answered' 'nobody may give under approval_policy never'
csb -c approval_policy=never -- aa x
ran 'never: what is allowed runs' aa
granular() { # granular SANDBOX RULES
  echo "approval_policy={granular={sandbox_approval=$1,rules=$2,mcp_elicitations=true}}"
}
csb -c "$(granular true false)" --approved -- pp x
no_start 'granular without rules' 'nobody may give under approval_policy granular -rules'
csb -c "$(granular true true)" --approved -- pp x
ran 'granular with rules' pp
for policy in untrusted on-failure on-request; do
  csb -c approval_policy=$policy -- pp x
  no_start "$policy: a prompt rule" 'needs approval by'
  csb -c approval_policy=$policy --approved -- pp x
  ran "$policy: answered" pp
done
csb -- sh -c 'zz; pp'
no_start 'in shell text' 'codex-sandbox: pp: needs approval by'
if have script; then
  run script -qec "'$CSB' exec -C '$W' -- pp x" /dev/null
  is 'at a terminal the question is no answer either' "$code" 125
  run script -qec "'$CSB' exec -C '$W' --approved -- pp x" /dev/null
  has 'and there --approved says so' "$out" 'ran pp'
else
  skip 'at a terminal' 'script is not installed'
fi

# ---- the policy itself asks: where somebody chose one ----
for policy in on-failure on-request never "granular"; do
  setting=approval_policy=$policy
  [ $policy != granular ] || setting=$(granular true true)
  csb -c "$setting" -- zz
  ran "$policy: a command that no rule knows" zz
  csb -c "$setting" -- sh -c 'for i in 1; do zz; done'
  ran "$policy: text that is not certain" zz
done
csb -c approval_policy=untrusted -- zz x
no_start 'untrusted asks about what no rule allows' 'zz x: is allowed by no rule and needs approval under approval_policy untrusted (-c option 1:1); exec asks nobody'
csb -c approval_policy=untrusted --approved -- zz x
ran 'answered' zz
csb -c approval_policy=untrusted -- sh -c 'for i in 1; do zz; done'
no_start 'and about text that is not certain' 'is allowed by no rule'
csb -c approval_policy=untrusted -- aa
no_start 'a rule on a bare name is not about a program of the workspace' 'aa: is allowed by no rule (those on its name are not about a program that the sandbox can write)'
rule "$U/b.rules" 'prefix_rule(["true"])'
run env PATH="$usual" "$CSB" exec -C "$W" -c approval_policy=untrusted -- true
works 'what a rule allows is not asked about'
csb -c approval_policy=untrusted -- true
no_start 'but for a name that the workspace could give another meaning' 'true: is allowed by no rule (those'
csb -c approval_policy=untrusted --env-set "PATH=$usual" -- true
works 'the PATH that counts is the one of the command'
rm "$U/b.rules"
for policy in untrusted on-failure on-request; do
  csb -c approval_policy=$policy -- rm -rf gone
  no_start "$policy: a dangerous command" 'is on the list of dangerous commands and needs approval under'
  csb -c approval_policy=$policy --approved -- rm -rf gone
  works "$policy: a dangerous command, answered"
done
csb -c approval_policy=never -- rm -rf gone
no_start 'never: a dangerous command' 'which may not be approved under approval_policy never'
csb -c approval_policy=never --approved -- rm -rf gone
no_start 'never: approved or not' 'which may not be approved under'
csb -c approval_policy=never -- rm -r bin/none
fails 'never: one that is not on the list starts'
csb -c approval_policy=never -c rules.danger_list=false -- rm -rf gone
works 'never, and the list of dangerous commands is off'
run env PATH="$usual" "$CSB" exec -C "$W" -c approval_policy=untrusted -- ls bin/zz
no_start 'untrusted: a harmless command' 'ls bin/zz: is allowed by no rule'
run env PATH="$usual" "$CSB" exec -C "$W" -c approval_policy=untrusted -c rules.safe_list=true -- ls bin/zz
works 'where the list of harmless commands is on'
rule "$U/config.toml" 'approval_policy = "untrusted"'
csb -- zz x
no_start 'the same in a file, which is named' "untrusted ($U/config.toml:1"
csb --no-user-config -- zz x
ran 'and without it' zz
run "$CSB" doctor
has 'doctor is asked nothing' "$out" 'a command runs in the sandbox'
rm "$U/config.toml"

# ---- allowed is not free ----
rule "$U/b.rules" 'prefix_rule(["sh"])
prefix_rule(["touch"])'
csb -- touch "$T/outside"
fails 'an allow rule does not lift the cage'
no 'nothing was written' test -e "$T/outside"
csb -- touch "$W/inside"
works 'inside it writes'
rm "$U/b.rules"

# ---- session and project ----
rule "$T/s.rules" 'prefix_rule(["zz"], "forbidden")'
csb --rules "$T/s.rules" -- zz
no_start '--rules' "is forbidden by $T/s.rules:1 (session)"
csb -- zz
ran 'without it' zz
csb --rules "$T/none.rules" -- zz
no_start 'a file that is not there' "$T/none.rules: these rules cannot be read: No such file"
mkdir "$P"
rule "$P/p.rules" 'prefix_rule(["zz"], "prompt")'
csb -- zz
ran 'a project that is not trusted has no say' zz
printf '[projects."%s"]\ntrust_level = "trusted"\n' "$W" >"$U/config.toml"
csb -- zz
no_start 'a trusted one has' "zz: needs approval by $P/p.rules:1 (project)"
csb --approved -- zz
ran 'answered it runs' zz
rm -r "$U/config.toml" "$P"

# ---- what cannot be read stops ----
rule "$U/bad.rules" 'x = 1
prefix_rule(["a")'
csb -- aa
no_start 'a malformed file' "codex-sandbox: $U/bad.rules:2:17: these rules cannot be read: Parse error"
run "$CSB" explain -C "$W" -- aa
is 'explain stops as well' "$code" 125
csb --no-user-config -- aa
ran 'where it is not read the command runs' aa
rule "$U/bad.rules" 'prefix_rule(["a"], match=["b"])'
csb -- aa
no_start 'a rule that fails its example' "$U/bad.rules:1:1: these rules cannot be read"
run "$CSB" doctor
has 'doctor says that nothing runs' "$out" 'these rules cannot be read'
rm "$U/bad.rules"
mkdir "$U/bad.rules"
csb -- aa
no_start 'a directory of that name' 'not a regular file'
rmdir "$U/bad.rules"
chmod g+w "$U/a.rules"
csb -- aa
no_start 'a file that others can write' 'others than its owner can write it'
chmod g-w "$U/a.rules"
csb -- aa
ran 'mended it runs' aa

# ---- what is said ----
run "$CSB" explain -C "$W" -- ff x
works 'explain runs nothing and refuses nothing'
has 'and says it' "$out" "rules        refused: ff x: is forbidden by $U/a.rules:1 (user): use aa"
run env PATH="$usual" "$CSB" explain -C "$W" -- head
has 'and what is allowed' "$out" "rules        is allowed by $U/a.rules:3 (user)"
run "$CSB" explain -C "$W" -- zz
has 'and what no rule knows' "$out" 'rules        no rule decides'
run "$CSB" explain -C "$W" --approved -- pp
has 'and what was answered' "$out" 'rules        needs approval by'
run "$CSB" explain -C "$W" -c approval_policy=untrusted
hasnt 'without a command there is nothing to ask' "$out" 'rules  '
if have python3; then
  member() { # member FILE EXPRESSION
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))["decision"]
print(eval(sys.argv[2]))' "$1" "$2"
  }
  csb --result "$T/r.json" -- sh -c 'zz; ff x'
  is 'the result of what was forbidden' "$(member "$T/r.json" \
    '[d[k] for k in ("verdict", "answer", "decided_on", "row", "approval_policy", "approval_origin")]')" \
    "['forbidden', 'forbid', 'ff x', 'default, caged, forbidden', 'on-request', 'built-in']"
  is 'and its rule' "$(member "$T/r.json" '[d["rule"][k] for k in ("file", "line", "layer", "decision", "justification")]')" \
    "['$U/a.rules', 1, 'user', 'forbidden', 'use aa']"
  has 'and the error' "$(cat "$T/r.json")" '"cause":"is forbidden by'
  csb --result "$T/r.json" --approved -- pp
  is 'of what was approved' "$(member "$T/r.json" 'd["verdict"] + " " + d["answer"]')" 'approved ask'
  csb --result "$T/r.json" -- pp
  is 'of what was not' "$(member "$T/r.json" 'd["verdict"] + " " + d["answer"]')" 'unanswered ask'
  csb --result "$T/r.json" -- zz
  is 'of what no rule knows' "$(member "$T/r.json" '[d["verdict"], d["rule"]]')" "['runs', None]"
  PATH="$usual" "$CSB" explain -C "$W" --json -- head >"$T/r.json"
  is 'explain --json says it too' "$(member "$T/r.json" 'd["verdict"] + " " + d["rule"]["decision"]')" 'runs allow'
else
  skip 'the result' 'no python3'
fi

# ---- the older name: its caller has asked, what is forbidden stays ----
ln -s "$CSB" "$T/codex-linux-sandbox"
older() {
  (cd "$W" && run "$CSB_OLD" --sandbox-policy-cwd "$W" --sandbox-policy '{"type":"read-only"}' -- "$@"
    echo "$code" >"$T/code")
  code=$(cat "$T/code") out=$(cat "$test_log/out") err=$(cat "$test_log/err")
}
CSB_OLD=$B/codex-linux-sandbox
[ -e "$CSB_OLD" ] || CSB_OLD=$T/codex-linux-sandbox
older ff x
no_start 'codex-linux-sandbox: forbidden' 'is forbidden by'
older pp x
ran 'a question counts as answered' pp
older zz
ran 'other commands run' zz

# ---- the administrator's rules, in a namespace with an /etc of its own ----
M=$T/managed
mkdir -p "$M" "$T/up/codex-sandbox" "$T/wk"
managed() { # managed ARG... -- exec there, where we are root
  run unshare -rm sh -c 'mount -t overlay -o "lowerdir=/etc,upperdir=$1/up,workdir=$1/wk" o /etc 2>/dev/null || exit 99
    mount --bind "$1/managed" /etc/codex-sandbox || exit 99; shift; exec "$@"' sh "$T" "$CSB" exec -C "$W" "$@"
}
managed -- zz
if [ "$code" = 99 ] || [ "$code" = 1 ]; then
  skip "the administrator's rules" "this host lays no overlay over /etc for a user: $err"
  finish
fi
ran 'nothing managed' zz
rule "$M/m.rules" 'prefix_rule(["aa"], "forbidden", justification="not here")'
managed -- aa
no_start 'a managed forbid holds over the allow rule of the user' 'is forbidden by /etc/codex-sandbox/m.rules:1 (managed): not here; run something else, or ask the administrator'
managed --no-user-config --approved -- aa
no_start 'whatever the options' '(managed)'
managed --no-user-config -- zz
ran 'others run' zz
rule "$M/bad.rules" 'prefix_rule('
managed --no-user-config -- zz
no_start 'a malformed managed file' '/etc/codex-sandbox/bad.rules:2:1: these rules'
rm "$M/bad.rules"
rule "$M/requirements.toml" '[[rules.prefix_rules]]
pattern = [{ token = "zz" }]
decision = "prompt-user"'
managed -c approval_policy=never -- zz
no_start 'prompt-user: whatever the policy' 'needs the approval of a person by /etc/codex-sandbox/requirements.toml:1 (managed)'
managed -c approval_policy=never --approved -- zz
ran 'a person approved' zz
rule "$M/requirements.toml" 'allowed_approval_policies = ["untrusted", "never"]'
managed -- zz
no_start 'a policy that the administrator excludes' 'does not allow approval_policy "on-request" (built-in)'
managed -c approval_policy=never -- zz
ran 'one that he allows' zz
finish
