#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every recorded case of `codex execpolicy check` against `rules check`.

Goal: standard output byte for byte, the exit code, and the leading sentence of
standard error.  Reads $CSB_SHARED/cases/execpolicy-cases.jsonl; $CSB_RULES is
the program to run, e.g. "build/codex-sandbox rules".  TAP, one line a row.
"""
import json
import os
import subprocess
import sys
import tempfile

from said import detail, leading, our_command

# Deliberate differences: (id, exit code, what stdout must be or None, reason).
# The same table is in docs/RULES.md.
FORBIDDEN_HOLDS = "forbidden holds whatever host_executable says (#37079)"
NOT_A_HOST = "a rule on what cannot be a host protects nothing"
DIFFERENT = {
    "abs-host-unlisted": (0, '"decision":"forbidden"', FORBIDDEN_HOLDS),
    "canon-host": (0, '"decision":"forbidden"', FORBIDDEN_HOLDS),
    "canon-host-2": (0, '"decision":"forbidden"', FORBIDDEN_HOLDS),
    "net-host-10": (1, None, NOT_A_HOST + " (empty port)"),
    "net-host-11": (1, None, NOT_A_HOST + " (port that is no number)"),
    "net-host-12": (1, None, NOT_A_HOST + " (port without a host)"),
    "net-host-24": (1, None, NOT_A_HOST + " (backslash)"),
    "net-host-25": (1, None, NOT_A_HOST + " (user information)"),
    "net-host-26": (1, None, NOT_A_HOST + " (several colons, no address)"),
    "net-host-28": (1, None, NOT_A_HOST + " (leading dot)"),
}
# `--compat` keeps the original's semantics: there is no difference then.


def run(rules, row, extra):
    with tempfile.TemporaryDirectory(prefix="csb-rules-") as top:
        cwd = os.path.join(top, row["id"])
        os.mkdir(cwd)
        for name, text in row["files"].items():
            path = os.path.join(cwd, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(text.encode("utf-8", "surrogateescape"))
        if row["id"] == "nonutf8":
            with open(os.path.join(cwd, "a.rules"), "wb") as f:
                f.write(b"\xff\n")
        argv = rules + ["check"] + extra + row["argv"][3:]
        env = {"PATH": os.environ["PATH"], "HOME": os.path.join(top, "home")}
        done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True,
                              timeout=60)
        return done.returncode, done.stdout.decode(), \
            done.stderr.decode("utf-8", "replace"), cwd, env["HOME"]


def recorded(row, cwd, home):
    """The recorded output, with the paths of this run."""
    text = row["stdout"]
    text = text.replace("/home/user/xph/corpus/" + row["id"], cwd)
    return text.replace("/home/user/xph/chome", home)


def main():
    shared = os.environ.get("CSB_SHARED", "")
    path = os.path.join(shared, "cases", "execpolicy-cases.jsonl")
    if not shared or not os.path.exists(path):
        print("1..0 # SKIP CSB_SHARED does not hold cases/execpolicy-cases.jsonl")
        return 0
    rules = our_command()
    failed = n = 0
    with open(path, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    for row in rows:
        for extra in [], ["--compat"]:
            n += 1
            name = row["id"] + (" --compat" if extra else "")
            code, out, err, cwd, home = run(rules, row, extra)
            want = recorded(row, cwd, home)
            if row["id"] in DIFFERENT and not extra:
                want_code, part, reason = DIFFERENT[row["id"]]
                ok = code == want_code and (part is None or part in out)
                name += " # differs: " + reason
            else:
                ok = code == row["exit_code"] and out == want and \
                    leading(err) == leading(row["stderr"])
            if not ok:
                failed += 1
                print("# code %d, recorded %d" % (code, row["exit_code"]))
                print("# out  %r\n# want %r" % (out, want))
                print("# err  %r\n# want %r" % (leading(err),
                                                leading(row["stderr"])))
            elif row["exit_code"] == 1 and detail(err) != detail(row["stderr"]):
                print("# %s says %r, the original %r" %
                      (row["id"], detail(err), detail(row["stderr"])))
            print("%sok %d - %s" % ("" if ok else "not ", n, name))
    with open("docs/RULES.md", encoding="utf-8") as f:
        manual = f.read()
    for case in DIFFERENT:
        n += 1
        ok = case in manual
        failed += not ok
        print("%sok %d - docs/RULES.md lists %s" % ("" if ok else "not ", n, case))
    print("1..%d" % n)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
