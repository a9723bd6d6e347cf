# SPDX-License-Identifier: Apache-2.0
"""What both programs say on standard error, reduced to what is compared."""
import os
import re
import shlex
import sys


def our_command():
    """$CSB_RULES, e.g. "build/codex-sandbox rules", to be run from anywhere."""
    rules = shlex.split(os.environ.get("CSB_RULES", ""))
    if not rules:
        print("Bail out! CSB_RULES is not set")
        sys.exit(1)
    rules[0] = os.path.abspath(rules[0])
    return rules


def own_lines(text):
    """Without what codex says of the folder that it was started in."""
    return [l for l in text.split("\n") if not l.startswith("WARNING: proceeding")]


def leading(text):
    """The first line: which file failed, or what is missing."""
    return own_lines(text)[0]


def detail(text):
    """The sentence that names the error; place and traceback left out."""
    lines = own_lines(text)
    for line in lines:
        found = re.match(r" +(?:starlark error: )?error: (.*)$", line)
        if found:
            return found.group(1)
    said = [l.strip() for l in lines if l.strip()]
    if "Caused by:" in said:
        return said[said.index("Caused by:") + 1]
    return said[0] if said else ""
