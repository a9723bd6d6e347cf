#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""differential.py -- what the decomposer accepts, real shells run as it says.

Generated scripts go through `shell_main decompose`.  Each one it accepts is
evaluated by bash, bash --posix, dash and zsh, in which every command name is a
function (or a file in PATH) that writes its argument vector down instead of
running anything.  Every script runs twice, once with every command succeeding
and once with every command failing, so that both sides of && and || are seen.
The vectors written down must be exactly those the decomposer promised.

TAP on stdout.  --count scripts, --seed to repeat a run; a failure prints the
script.
"""

import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

# No accepted script holds control characters, so these can structure the log.
END, MARK, SEP, LINE = b"\x1d", b"\x1c", b"\x1e", b"\x1f"
BATCH = 400

IDENT = re.compile(rb"^[A-Za-z_][A-Za-z0-9_]*$")

# Names that are looked up: all of them are replaced before anything runs.
NAMES = [b"zz", b"aa", b"f1", b"_x", b"Zz9", b"foo", b"a_b"]
BUILTINS = [
    b"echo", b"test", b"true", b"false", b"cd", b"pwd", b"read", b"kill",
    b"wait", b"type", b"umask", b"getopts", b"jobs", b"fg", b"bg", b"hash",
    b"alias", b"unalias", b"ulimit", b"let", b"pushd", b"popd", b"dirs",
    b"disown", b"enable", b"suspend", b"logout", b"history", b"source",
    b"eval", b"exec", b"exit", b"return", b"break", b"continue", b"set",
    b"shift", b"times", b"trap", b":", b".", b"printf", b"mapfile", b"shopt",
    b"setopt", b"emulate", b"print", b"zmodload", b"bindkey", b"autoload",
    b"caller", b"complete", b"sudo", b"env", b"ls", b"rm", b"git", b"nohup",
]
# Special builtins that no function replaces in dash and in bash --posix.
SPECIAL = {
    b":", b".", b"break", b"continue", b"eval", b"exec", b"exit", b"export",
    b"readonly", b"return", b"set", b"shift", b"times", b"trap", b"unset",
    b"source",
}
KEYWORDS = [
    b"if", b"then", b"elif", b"else", b"fi", b"for", b"while", b"until",
    b"do", b"done", b"case", b"esac", b"in", b"function", b"select", b"time",
    b"coproc", b"!", b"{", b"}", b"[[", b"]]", b"[", b"foreach", b"end",
    b"repeat", b"nocorrect", b"noglob", b"-", b"export", b"local", b"typeset",
    b"declare", b"readonly", b"unset", b"float", b"integer", b"private",
]
ODD = [
    b"a-b", b"a.b", b"a+b", b"a,b", b"a:b", b"a/b", b"./zz", b"d/zz", b"..",
    b"!zz", b"a!b", b"@z", b"+z", b"-z", b"--", b",z", b"2to3", b"1a", b"%z",
    b"z%z", b"z@z", b"a=b", b"a+=b", b"1=x", b"x-=y", b"123",
    "é".encode(), "日本".encode(), "é=x".encode(), "a\u0081\u0083b".encode(),
    "\u2028".encode(), "\u00a0z".encode(),
]
BARE = [bytes([c]) for c in b"abcxyzABZ0189!@%+,:-./_="] + [
    c.encode() for c in "éß日\u00a0\u2028\u0081\u0084\u0088\u00a2\U0001f600"
]
ANY = [bytes([c]) for c in range(1, 256)]
QUOTED = [bytes([c]) for c in range(0x20, 0x7F)] + [
    b"\n", b"\t", "é".encode(), "\u0081".encode(), "\u0090".encode(),
]
NOISE = [
    b"\\\n", b"\\", b"\r", b"\v", b"\f", b"\x01", b"\x7f", b"\xc2\xa0", b"'",
    b'"', b"$", b"`", b"*", b"?", b"[", b"]", b"{", b"}", b"~", b"^", b"#",
    b"(", b")", b"<", b">", b"&", b"|", b";", b"\n", b" ", b"\t", b"=", b"!",
    b"%", b"@", b"+", b"-", b"$'", b'$"', b"=(", b"|&", b";;", b"&&", b"||",
    b"\xff", b"\xc3", b"\x80",
]


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def some(self, alphabet, low, high):
        n = self.r.randint(low, high)
        return b"".join(self.r.choice(alphabet) for _ in range(n))

    def part(self):
        x = self.r.random()
        if x < 0.62:
            return self.some(BARE, 1, 6)
        if x < 0.80:
            return b"'" + self.some(QUOTED, 0, 6).replace(b"'", b"") + b"'"
        return b'"' + self.some(QUOTED, 0, 6).replace(b'"', b"") + b'"'

    def word(self):
        x = self.r.random()
        if x < 0.10:
            return self.r.choice(KEYWORDS + BUILTINS + ODD)
        if x < 0.20:
            return b"-" + self.some(BARE, 1, 3)
        return b"".join(self.part() for _ in range(self.r.choice([1, 1, 1, 2, 3])))

    def name(self):
        x = self.r.random()
        if x < 0.62:
            return self.r.choice(NAMES)
        if x < 0.84:
            return self.r.choice(BUILTINS)
        if x < 0.90:
            return self.r.choice(KEYWORDS)
        if x < 0.97:
            return self.r.choice(ODD)
        return self.some(BARE, 1, 4)

    def command(self):
        words = [self.name()] + [self.word() for _ in range(self.r.choice([0, 1, 1, 2, 3]))]
        blank = lambda: self.r.choice([b" ", b" ", b" ", b"  ", b"\t", b" \t "])
        return blank().join(words)

    def script(self):
        r = self.r
        out = r.choice([b"", b"", b"", b" ", b"\n", b"\t\n "])
        for i in range(r.choice([1, 1, 1, 2, 2, 3, 4])):
            if i:
                op = r.choice([b"&&", b"||", b";", b"\n", b"|", b";", b"\n"])
                pad = [b"", b" ", b"  ", b"\n"] if op in (b"&&", b"||", b"|") else [b"", b" ", b"\n"]
                out += r.choice([b"", b" "]) + op + r.choice(pad)
            out += self.command()
        out += r.choice([b"", b"", b"", b";", b"\n", b" ", b" ; \n"])
        if r.random() < 0.35:
            for _ in range(r.choice([1, 1, 2])):
                at = r.randrange(len(out) + 1)
                what = r.choice([0, 1, 1, 1, 2])
                if what == 0:
                    out = out[:at] + out[at + 1:]
                elif what == 1:
                    out = out[:at] + r.choice(NOISE) + out[at:]
                else:
                    out = out[:at] + r.choice(ANY) + out[at + 1:]
        return out.replace(b"\0", b"")


def decompose(tool, dialect, scripts):
    """One JSON object for each script."""
    data = b"".join(s + b"\0" for s in scripts)
    run = subprocess.run([tool, "decompose", dialect], input=data,
                         stdout=subprocess.PIPE, check=True)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    if len(rows) != len(scripts):
        raise SystemExit("the tool answered %d of %d" % (len(rows), len(scripts)))
    return rows


def expected(commands, status):
    """Vectors that run when every command ends with the status (True = 0)."""
    out, last, runs = [], status, True
    for c in commands:
        if c["join"] != "pipe":
            runs = (c["join"] in ("first", "seq")
                    or (c["join"] == "and") == last)
            if runs:
                last = status
        if runs:
            out.append(tuple(w.encode() for w in c["argv"]))
    return collections.Counter(out)


def quote(b):
    return b"'" + b.replace(b"'", b"'\\''") + b"'"


class Shell:
    def __init__(self, name, argv, dialect):
        self.name, self.argv, self.dialect = name, argv, dialect
        self.posix = name in ("dash", "bash-posix")
        # bash writes line by line, which stages of a pipeline would mix.
        self.args = b'"$@"' if name in ("dash", "zsh") else b'"${@//$__N/$__L}"'
        self.builtin = b"command" if name == "dash" else b"builtin"

    def skips(self, names):
        """Scripts whose names cannot be replaced in this shell."""
        if names & {b"builtin", b"command", b"private"}:
            return True
        return self.posix and bool(names & SPECIAL)

    def returns(self):
        return b"return $__S;" if self.name == "dash" else b"builtin return $__S;"

    def by_function(self, name):
        if self.posix:
            return bool(IDENT.match(name))
        return bool(IDENT.match(name)) or name in (b":", b".")

    def function(self, name):
        body = (b"{ " + self.builtin + b" printf '%s\\036' " + quote(name)
                + b" " + self.args + b' "$__E" >&9; ' + self.returns() + b" }\n")
        if self.posix:
            return name + b"() " + body
        return b"function " + name + b" " + body

    def driver(self, out, scripts, names):
        lines = [b"exec 9>>" + quote(os.fsencode(out)) + b"\n",
                 b"__E='" + END + b"' __L='" + LINE + b"' __N='\n'\n", b"export __S\n"]
        if not self.posix:
            handler = {"bash": b"command_not_found_handle",
                       "zsh": b"command_not_found_handler"}[self.name]
            lines.append(b"function " + handler + b" { builtin printf '%s\\036' "
                         + self.args + b' "$__E" >&9; builtin return $__S; }\n')
        lines += [self.function(n) for n in sorted(names) if self.by_function(n)]
        for i, s in scripts:
            for status in (0, 1):
                lines.append(b"__S=%d\n" % status)
                run = b"eval " if self.name == "dash" else b"builtin eval "
                lines.append(run + quote(b" " + s) + b"\n")  # no option
                lines.append(self.builtin + b" printf '\\034%%s\\034' %d:%d >&9\n"
                             % (i, status))
        return b"".join(lines)


SHELLS = [
    Shell("bash", ["bash", "--norc", "--noprofile"], "bash"),
    Shell("bash-posix", ["bash", "--posix", "--norc", "--noprofile"], "sh"),
    Shell("dash", ["dash"], "sh"),
    Shell("zsh", ["zsh", "-f"], "zsh"),
]

PRINTARGV = r"""
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	static char out[1 << 17];
	size_t n = 0;
	const char *s = getenv("__S");
	for (int i = 0; i < argc; i++) {
		size_t l = strlen(argv[i]);
		if (n + l + 4 > sizeof(out))
			return 99;
		memcpy(out + n, argv[i], l);
		n += l;
		out[n++] = '\036';
	}
	out[n++] = '\035';
	out[n++] = '\036';
	if (write(9, out, n) != (ssize_t)n)
		return 99;
	return s ? atoi(s) : 0;
}
"""


def parse(data):
    """(index, status) -> Counter of vectors."""
    got, at = {}, collections.Counter()
    pieces = data.split(MARK)
    for k in range(0, len(pieces) - 1, 2):
        for record in pieces[k].split(END + SEP):
            if record:
                words = record.replace(LINE, b"\n").split(SEP)[:-1]
                at[tuple(words)] += 1
        i, status = pieces[k + 1].split(b":")
        got[int(i), int(status)] = at
        at = collections.Counter()
    return got


def place_files(folder, names):
    """A file that writes its vector down for every name that is no function."""
    for n in names:
        path = os.path.join(os.fsencode(folder), n if b"/" in n else b".path/" + n)
        if n in (b".", b"..") or n.startswith(b"/") or b".." in n.split(b"/"):
            continue
        if len(os.path.basename(n)) == 0 or os.path.lexists(path):
            continue
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(os.path.join(folder, ".printargv"), path)
        except OSError:
            pass  # a name that is a folder already: the script is skipped


def runnable(folder, shell, names):
    for n in names:
        if shell.by_function(n):
            continue
        if n == b"..":
            return False  # a folder wherever it is looked up
        if b"/" in n:
            path = os.path.join(os.fsencode(folder), n)
            if n.startswith(b"/") or not os.path.isfile(path):
                return False
        elif shell.posix:
            if not os.path.isfile(os.path.join(os.fsencode(folder), b".path", n)):
                return False
    return not shell.skips(names)


def run_batch(folder, shell, batch, locale, fail):
    out = os.path.join(folder, ".out")
    open(out, "wb").close()
    names = set().union(*(n for _, _, _, n in batch))
    drive = os.path.join(folder, ".driver")
    with open(drive, "wb") as f:
        f.write(shell.driver(out, [(i, s) for i, s, _, _ in batch], names))
    path = os.path.join(folder, ".path" if shell.posix else ".none")
    run = subprocess.run(shell.argv + [drive], cwd=folder, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
                         env={"PATH": path, "LC_ALL": locale})
    with open(out, "rb") as f:
        got = parse(f.read())
    for i, script, commands, _ in batch:
        for status in (0, 1):
            want = expected(commands, status == 0)
            have = got.get((i, status))
            if have != want:
                fail(shell, script, want, have, run.stderr[-400:])
                break


def run_plain(folder, shell, todo, fail):
    """The same through `shell -c`, with files in PATH and no function at all."""
    out = os.path.join(folder, ".out")
    path = os.path.join(folder, ".path")
    for i, script, commands, names in todo:
        open(out, "wb").close()
        with open(out, "ab") as f:
            os.dup2(f.fileno(), 9)
            subprocess.run(shell.argv + ["-c", script], cwd=folder, pass_fds=(9,),
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=60,
                           env={"PATH": path, "__S": "0"})
            os.close(9)
        with open(out, "rb") as f:
            have = parse(f.read() + MARK + b"0:0" + MARK)[0, 0]
        want = expected(commands, True)
        if have != want:
            fail(shell, script, want, have, b"-c")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--tool", required=True)
    ap.add_argument("--count", type=int, default=2000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--plain", type=int, default=60)
    ap.add_argument("--cc", default=os.environ.get("CC", "cc"))
    args = ap.parse_args()

    gen = Generator(args.seed)
    scripts = [gen.script() for _ in range(args.count)]
    scripts = [s if s else b"zz" for s in scripts]
    test, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, ".none"))
        os.mkdir(os.path.join(folder, ".path"))
        source = os.path.join(folder, "printargv.c")
        with open(source, "w") as f:
            f.write(PRINTARGV)
        subprocess.run([args.cc, "-O1", "-w", "-o",
                        os.path.join(folder, ".printargv"), source], check=True)
        rows = {d: decompose(args.tool, d, scripts) for d in ("sh", "bash", "zsh")}
        for shell in SHELLS:
            test += 1
            found = shutil.which(shell.argv[0])
            if not found:
                print("ok %d - %s # SKIP no %s here" % (test, shell.name, shell.argv[0]))
                continue
            shell.argv[0] = found  # PATH of the runs holds nothing of the system
            todo, accepted = [], 0
            for i, row in enumerate(rows[shell.dialect]):
                if row["refused"]:
                    continue
                accepted += 1
                names = {c["argv"][0].encode() for c in row["commands"]}
                place_files(folder, [n for n in names if not shell.by_function(n)])
                if runnable(folder, shell, names):
                    todo.append((i, scripts[i], row["commands"], names))
            bad = []

            def fail(sh, script, want, got, note):
                bad.append(script)
                if len(bad) > 10:
                    return
                print("# %s ran %r as %r, not %r (%r)" % (
                    sh.name, script, dict(got or {}), dict(want), note))

            for k in range(0, len(todo), BATCH):
                locale = ("C.UTF-8", "C")[k // BATCH % 2]
                run_batch(folder, shell, todo[k:k + BATCH], locale, fail)
            plain = [t for t in todo if all(n in NAMES for n in t[3])][:args.plain]
            place_files(folder, NAMES)
            run_plain(folder, shell, plain, fail)
            # The comparison must see a promise that the shell does not keep.
            seen = []
            run_batch(folder, shell, [(0, b"zz \\a", [
                {"join": "first", "argv": ["zz", "\\a"]}], {b"zz"})], "C",
                      lambda *a: seen.append(a))
            if not seen:
                bad.append(b"a wrong promise was not seen")
            enough = accepted * 4 > len(scripts) and len(todo) * 2 > accepted
            ok = not bad and enough
            failed += not ok
            print("%sok %d - %s: %d of %d scripts accepted, %d run (%d with -c), "
                  "%d differ (seed %d)" % ("" if ok else "not ", test, shell.name,
                                           accepted, len(scripts), len(todo),
                                           len(plain), len(bad), args.seed),
                  flush=True)
    print("1..%d" % test)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
