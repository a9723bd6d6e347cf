#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generated rules files and commands: `rules check` beside the real program.

Goal: the same standard output, exit code and leading line of standard error
as `codex execpolicy check`, for N (10000) generated cases, in which every
construct of generate.subjects() comes up with the outcome that it is to have.
$CSB_RULES is our program, $CODEX the original.  Differences are printed and
put into classes; only the class "unexplained" fails.  $SEED repeats a run,
VERBOSE=1 prints all that is not the same, COVERAGE=1 each construct.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import generate
from said import detail, leading, our_command

# Classes of differences: each is a row of "Differences" in docs/RULES.md, by
# the words given here (tests/e2e/75-pages.sh looks for them).
SUBSET = "parts of Starlark listed under"
LIMITS = "limits"
RECURSION = "recursion"
NOT_A_HOST = "network hosts"
FORBIDDEN = "forbidden and `host_executable`"
EXAMPLES = "examples of a forbidden rule"
NUL = "NUL in `host_executable`"
ORDER = "order of `canonical_matching` rules"
BYTES = "a bytes literal in parentheses"
SHAPES = "characters that are no letters"
ENCODED = "control characters in errors"
ROUNDED = "numbers that six digits round"
UNEXPLAINED = "unexplained"
WORDS = "same outcome, other words"
SAME = "same"

# What the three functions themselves say is to be the same to the letter.
OWN_SENTENCE = re.compile(
    r"invalid (decision|rule|pattern element|example)|Missing parameter `(pattern|host|proto"
    r"col|decision|name|paths)`|Found `.*(prefix_rule|network_rule|host_executable)|expected "
    r"(every )?example")


def subset(said):
    """The class of an error by which we refuse what the original takes."""
    if "not supported here" in said or "a rules file stands alone" in said:
        return RECURSION if "recursion" in said else SUBSET
    return LIMITS if "limit reached" in said else None


def unescaped(text):
    """With the escapes of Rust and Starlark read, whichever of them it was."""
    return re.sub(r"\\+u(?:\{([0-9a-f]+)\}|([0-9a-f]{4}))",
                  lambda m: chr(int(m.group(1) or m.group(2), 16)), text)


def shown(text):
    """Our escapes, and what they stand for, as one mark."""
    text = re.sub(r"(?:\\x[0-9a-f]{2})+", "\x7f", unescaped(text).split("\0")[0])
    return re.sub(r"\?+", "?", "".join(
        "?" if unicodedata.category(c)[0] in "CZM" and c != " " else c for c in text))


def rounded(text):
    """Without the digit of 1e+15, for which the original says another."""
    return re.sub(r"(?<![0-9.])[0-9](?:\.0+)?e[+-][0-9]+", "1e0", text)


def other_order(ours, theirs):
    """The same matches; the original has the heads in a table without order."""
    try:
        a, b = json.loads(ours[1]), json.loads(theirs[1])
    except ValueError:
        return False
    for found in a, b:
        found["matchedRules"].sort(key=json.dumps)
    return a == b


def explain(text, ours, theirs, said):
    """The class of a difference between (code, stdout, stderr) of both."""
    if ours[0] == theirs[0] == 0 and unescaped(ours[1]) == unescaped(theirs[1]):
        return SHAPES
    if ours[0] == theirs[0] == 0 and text.count("canonical_matching") > 1 and \
            other_order(ours, theirs):
        return ORDER
    if ours[0] == theirs[0] == 0 and rounded(ours[1]) == rounded(theirs[1]):
        return ROUNDED
    if ours[0] == 1 and subset(said):
        return subset(said)
    if ours[0] == 1 and theirs[0] == 0 and "network_rule host" in said:
        return NOT_A_HOST
    if ours[0] == 1 and "NUL" in said and "host_executable" in said:
        return NUL
    if "host_executable" not in text or "forbidden" not in text:
        return UNEXPLAINED
    if ours[0] == 0 and '"decision":"forbidden"' in re.sub(r"\s", "", ours[1]):
        return FORBIDDEN
    if ours[0] == 1 and said.startswith("expected example to not match"):
        return EXAMPLES
    if ours[0] == 0 and "expected every example to match" in theirs[2]:
        return EXAMPLES
    return UNEXPLAINED


def run(argv, cwd, env):
    """Once more when a loaded machine took too long."""
    try:
        done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, timeout=240)
    return done.returncode, done.stdout.decode("utf-8", "replace"), \
        done.stderr.decode("utf-8", "replace")


def put(case, cwd):
    os.mkdir(cwd)
    for name in case.folders:
        os.mkdir(os.path.join(cwd, name))
    for name, text in case.files.items():
        with open(os.path.join(cwd, name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode("utf-8"))


def classify(case, ours, compat, theirs):
    """Ours, ours with --compat, theirs: each (code, stdout, stderr)."""
    text = "".join(t for t in case.files.values() if isinstance(t, str))
    if ours[:2] != theirs[:2] and "unexpected bytes literal" in theirs[2]:
        return BYTES
    if compat[:2] != theirs[:2]:
        kind = explain(text, compat, theirs, detail(compat[2]))
        return kind if kind in (SUBSET, RECURSION, LIMITS, ORDER, SHAPES, ROUNDED) else UNEXPLAINED
    if ours[:2] != theirs[:2]:
        return explain(text, ours, theirs, detail(ours[2]))
    if leading(ours[2]) != leading(theirs[2]):
        return UNEXPLAINED
    said = detail(ours[2]), detail(theirs[2])
    if ours[0] != 1 or said[0] == said[1]:
        return SAME
    if subset(said[0]) or "network_rule host" in said[0]:
        return subset(said[0]) or NOT_A_HOST
    if shown(said[0]) == shown(said[1]):
        return ENCODED
    return UNEXPLAINED if OWN_SENTENCE.match(said[1]) else WORDS


def one_case(task):
    seed, ours, codex, top = task
    case = generate.CaseMaker(seed).case()
    cwd = os.path.join(top, str(seed))
    put(case, cwd)
    env = {"PATH": os.environ["PATH"], "HOME": top, "CODEX_HOME": top}
    done = [run(p + case.argv(), cwd, env)
            for p in (ours + ["check"], ours + ["check", "--compat"],
                      codex + ["execpolicy", "check"])]
    shutil.rmtree(cwd)
    return case, classify(case, *done), done


def outcome(code):
    return {0: "loads", 1: "fails", 2: "usage"}.get(code, "ended by a signal")


class Coverage:
    """How often each construct came up, by what the original made of it."""

    def __init__(self):
        self.wanted = generate.subjects()
        self.seen = {name: {} for name in self.wanted}

    def add(self, case, code):
        seen = self.seen[case.subject]
        seen[outcome(code)] = seen.get(outcome(code), 0) + 1

    def missing(self):
        want = {"both": ["loads", "fails"]}
        return [name for name, result in self.wanted.items()
                if any(w not in self.seen[name] for w in want.get(result, [result]))]

    def show(self):
        for name, seen in self.seen.items():
            print("# %-36s %s" % (name, ", ".join(
                "%d %s" % (seen[k], k) for k in sorted(seen))))


def show(case, kind, done):
    print("# %d, %s: %s\n# files %r\n# argv %r" %
          (case.seed, case.subject, kind, case.files, case.argv()))
    for who, (code, out, err) in zip(("ours", "compat", "theirs"), done):
        print("# %s %d %r %r" % (who, code, out, detail(err)))


def native(codex):
    """The program behind the script of its npm package, which starts in less
    than a third of the time."""
    script = os.path.realpath(codex)
    base = os.path.dirname(os.path.dirname(os.path.dirname(script)))
    if script.endswith(".js"):
        for folder, _, names in os.walk(base):
            program = os.path.join(folder, "codex")
            if folder.endswith("/bin") and "codex" in names and \
                    not os.path.islink(program) and os.access(program, os.X_OK):
                return program
    return codex


def main():
    n = int(os.environ.get("N", "10000"))
    first = int(os.environ.get("SEED", "1")) * 1000000
    ours = our_command()
    codex = shlex.split(os.environ.get("CODEX", ""))
    if not codex:
        print("1..0 # SKIP codex is not installed (set CODEX)")
        return 0
    codex[0] = native(codex[0])
    classes, coverage = {}, Coverage()
    with tempfile.TemporaryDirectory(prefix="csb-diff-") as top:
        tasks = [(first + i, ours, codex, top) for i in range(n)]
        with ThreadPoolExecutor(2) as pool:
            for case, kind, done in pool.map(one_case, tasks):
                classes[kind] = classes.get(kind, 0) + 1
                coverage.add(case, done[2][0])
                if kind == UNEXPLAINED or (kind != SAME and os.environ.get("VERBOSE")):
                    show(case, kind, done)
    for kind in sorted(classes):
        print("# %6d %s" % (classes[kind], kind))
    if os.environ.get("COVERAGE"):
        coverage.show()
    bad = classes.get(UNEXPLAINED, 0)
    print("%sok 1 - %d of %d generated cases: no unexplained difference" %
          ("not " if bad else "", n - bad, n))
    # A sample sees each construct once, and not all that it can end in.
    missing = coverage.missing() if n >= 5000 else \
        [name for name, seen in coverage.seen.items() if not seen and n >= len(coverage.seen)]
    print("%sok 2 - %d of %d constructs reached%s" %
          ("not " if missing else "", len(coverage.seen) - len(missing),
           len(coverage.seen), "".join("\n# not: " + name for name in missing)))
    print("1..2")
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main())
