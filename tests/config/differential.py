#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""differential.py PROGRAM [N [SEED]] -- our TOML reader against tomllib.

Generates N documents (default 20000) from the grammar of TOML 1.0, damages
half of them, has both readers read them (PROGRAM --dump is ours, see
tests/unit/toml_differential_test.c) and compares values.  Where the two differ,
the difference must be one of those named in KNOWN; they are counted.
TAP on stdout.  Skips without tomllib (python 3.11).
"""
import datetime as dt
import json
import math
import random
import subprocess
import sys

try:
    import tomllib
except ImportError:
    print("1..0 # SKIP python3 has no tomllib (needs 3.11)")
    sys.exit(0)

# What we refuse and tomllib takes, by our message; each with its reason.
KNOWN_STRICTER = {
    "the integer is too large": "TOML asks for 64 bits",
    "the float is too large": "would become inf",
    "is defined already": "dotted key into a table that a header made",
    "containers around a value": "bound of depth",
    "parts in a key": "bound of depth",
    "keys": "bound of keys",
}
# What we take and tomllib refuses: Python has no such date.
KNOWN_WIDER = ("leap second", "year 0000")


class Gen:
    def __init__(self, r):
        self.r = r

    def pick(self, *xs):
        return self.r.choice(xs)

    def blank(self):
        return self.pick("", "", "", " ", "\t", "  ")

    def newline(self):
        return self.pick("\n", "\n", "\n", "\r\n")

    def comment(self):
        return self.pick("", "", "", "# c", "#", "# \u00e9 \U0001f600\t!")

    def text(self, quote, multi):
        atoms = ["a", "B", "7", " ", "\u00e9", "\u20ac", "\U0001f600", "#", "=",
                 "[", "'", '"', "\t", "."]
        if quote == '"':
            atoms += ["\\n", "\\t", "\\\\", '\\"', "\\u00e9", "\\U0001F600",
                      "\\b", "\\f", "\\r", "\\u0000"]
        else:
            atoms += ["\\", "\\n"]
        if multi:
            atoms += ["\n", "\r\n", "\n\n"]
            if quote == '"':
                atoms += ["\\\n   ", "\\  \n\n  ", '""']
            else:
                atoms += ["''"]
        out = "".join(self.r.choice(atoms) for _ in range(self.r.randrange(8)))
        if multi:
            # Three in a row would end it; that is a case of its own, below.
            while quote * 3 in out:
                out = out.replace(quote * 3, quote * 2 + "x")
        else:
            out = out.replace(quote, "") if quote == "'" else \
                out.replace('\\"', "\0").replace('"', "").replace("\0", '\\"')
        return out

    def string(self):
        q = self.pick('"', "'")
        if self.r.random() < .3:
            return q * 3 + self.pick("", "\n", "\r\n") + self.text(q, True) + q * 3
        return q + self.text(q, False) + q

    def key_part(self):
        k = self.r.random()
        if k < .75:
            return self.pick("a", "b", "c", "d", "a-b", "x_1", "1", "true", "3-4")
        if k < .85:
            return "''"
        word = self.pick("a", "b", "k k", "\u00e9")
        return self.pick('"', "'").join(("", word, ""))

    def key(self, deep=True):
        n = self.r.choice((1, 1, 1, 2, 3)) if deep else 1
        dot = self.pick(".", ".", " . ", ".\t")
        return dot.join(self.key_part() for _ in range(n))

    def digits(self, n=4):
        s = "".join(self.r.choice("0123456789") for _ in range(self.r.randint(1, n)))
        if self.r.random() < .2 and len(s) > 1:
            s = s[:1] + "_" + s[1:]
        return s

    def number(self):
        k = self.r.randrange(9)
        sign = self.pick("", "", "+", "-")
        if k == 0:
            return sign + self.pick("0", "1", "9223372036854775807",
                                    "9223372036854775808", "99", "1_000")
        if k == 1:
            return self.pick("0x", "0o", "0b") + self.pick("0", "1", "10", "1_0", "f", "7")
        if k == 2:
            return sign + self.pick("inf", "nan")
        if k == 3:
            return sign + self.pick("0", "1", "12") + "." + self.digits()
        if k == 4:
            return sign + self.pick("0", "1", "12") + self.pick("e", "E") + \
                self.pick("", "+", "-") + self.digits(2)
        if k == 5:
            return sign + "6.02" + "e" + self.pick("23", "+400", "-400", "1_0")
        return sign + self.digits(6)

    def date(self):
        d = "%04d-%02d-%02d" % (self.r.choice((1979, 2000, 2023, 2024, 1900)),
                                self.r.randint(1, 12), self.r.randint(1, 31))
        t = "%02d:%02d:%02d" % (self.r.randint(0, 23), self.r.randint(0, 59),
                                self.r.randint(0, 59))
        t += self.pick("", "", ".5", ".123456", ".999999999", ".0")
        z = self.pick("", "", "Z", "z", "+01:30", "-23:59", "+00:00")
        return self.pick(d, t, d + self.pick("T", "t", " ") + t + z)

    def value(self, depth=0):
        k = self.r.random()
        if depth < 4 and k < .14:
            ws = lambda: self.pick("", " ", "\n", " # c\n", "\r\n\t")
            n = self.r.randrange(4)
            out = "[" + ws()
            for i in range(n):
                out += self.value(depth + 1) + ws()
                if i + 1 < n or self.r.random() < .3:
                    out += "," + ws()
            return out + "]"
        if depth < 4 and k < .26:
            n = self.r.randrange(4)
            return "{" + self.blank() + ",".join(
                self.blank() + self.key() + self.blank() + "=" + self.blank() +
                self.value(depth + 1) + self.blank() for _ in range(n)) + "}"
        if k < .55:
            return self.string()
        if k < .65:
            return self.pick("true", "false")
        if k < .85:
            return self.number()
        return self.date()

    def document(self):
        out = ""
        for _ in range(self.r.randrange(1, 7)):
            k = self.r.random()
            if k < .2:
                line = "[" + self.blank() + self.key() + self.blank() + "]"
            elif k < .3:
                line = "[[" + self.blank() + self.key() + self.blank() + "]]"
            elif k < .35:
                line = ""
            else:
                line = self.key() + self.blank() + "=" + self.blank() + self.value()
            out += self.blank() + line + self.blank() + self.comment() + self.newline()
        return out

    def damage(self, doc):
        b = bytearray(doc.encode())
        for _ in range(self.r.randint(1, 2)):
            i = self.r.randrange(len(b) + 1)
            k = self.r.randrange(4)
            if k == 0 and i < len(b):
                del b[i]
            elif k == 1:
                b[i:i] = self.r.choice(
                    (b'"', b"'", b"[", b"]", b"{", b"}", b".", b",", b"=", b"\n", b"\r",
                     b"#", b"_", b"0", b"-", b":", b"\\", b"\x00", b"\x7f", b"\xff",
                     b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"e", b"T", b" "))
            elif k == 2 and i < len(b):
                j = self.r.randrange(len(b))
                b[i], b[j] = b[j], b[i]
            elif i < len(b):
                b[i:i] = b[i:i + self.r.randrange(6)]
        return bytes(b)


def theirs(doc):
    try:
        return tomllib.loads(doc.decode("utf-8")), None
    except (ValueError, RecursionError) as e:
        return None, str(e) or type(e).__name__


def cut(text):
    """Fractions of seconds: tomllib keeps six digits."""
    out, i = "", 0
    while i < len(text):
        out += text[i]
        if text[i] == ".":
            digits = ""
            while i + 1 < len(text) and text[i + 1].isdigit():
                i += 1
                digits += text[i]
            out += digits[:6].ljust(6, "0")
        i += 1
    return out


def same_scalar(tag, text, v):
    if tag == "s":
        return isinstance(v, str) and v == text
    if tag == "b":
        return isinstance(v, bool) and text == ("true" if v else "false")
    if tag == "i":
        return type(v) is int and v == int(text)
    if tag == "f":
        return type(v) is float and (v == float(text) and
                                     math.copysign(1, v) == math.copysign(1, float(text))
                                     or math.isnan(v) and text == "nan")
    if tag == "dt":
        return isinstance(v, dt.datetime) and v.tzinfo is not None and \
            dt.datetime.fromisoformat(cut(text)) == v and \
            dt.datetime.fromisoformat(cut(text)).utcoffset() == v.utcoffset()
    if tag == "ldt":
        return isinstance(v, dt.datetime) and v.tzinfo is None and \
            dt.datetime.fromisoformat(cut(text)) == v
    if tag == "d":
        return type(v) is dt.date and dt.date.fromisoformat(text) == v
    return isinstance(v, dt.time) and dt.time.fromisoformat(cut(text)) == v


def same(ours, v):
    if isinstance(ours, dict):
        return isinstance(v, dict) and list(ours) and ours.keys() == v.keys() and \
            all(same(ours[k], v[k]) for k in ours) or ours == {} == v
    if ours[0] == "a":
        return isinstance(v, list) and len(ours) - 1 == len(v) and \
            all(same(a, b) for a, b in zip(ours[1:], v))
    return same_scalar(ours[0], ours[1], v)


def judge(doc, mine, theirs_):
    """None: they agree; a known difference by name; else a complaint."""
    value, error = theirs_
    if "error" in mine:
        if error is not None:
            return None
        for text in KNOWN_STRICTER:
            if text in mine["error"]:
                return "stricter: " + KNOWN_STRICTER[text]
        return "!we refuse: " + mine["error"]
    if error is not None:
        if b":60" in doc:
            return "wider: " + KNOWN_WIDER[0]
        if b"0000-" in doc:
            return "wider: " + KNOWN_WIDER[1]
        return "!tomllib refuses: " + error
    return None if same(mine["ok"], value) else "!values differ"


def ask(dump, docs):
    data = b"".join(b"%d\n" % len(d) + d for d in docs)
    p = subprocess.run([dump, "--dump"], input=data, stdout=subprocess.PIPE, check=True)
    lines = p.stdout.split(b"\n")[:-1]
    assert len(lines) == len(docs), (len(lines), len(docs))
    return [json.loads(line) for line in lines]


def main():
    dump = sys.argv[1]
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    g = Gen(random.Random(seed))
    docs = []
    for i in range(n):
        doc = g.document()
        docs.append(g.damage(doc) if i % 2 else doc.encode())
    counts, bad, valid = {}, [], 0
    for doc, mine in zip(docs, ask(dump, docs)):
        t = theirs(doc)
        valid += t[1] is None
        verdict = judge(doc, mine, t)
        if verdict is None:
            continue
        if verdict.startswith("!"):
            bad.append((verdict, doc, mine))
        else:
            counts[verdict] = counts.get(verdict, 0) + 1
    for name, k in sorted(counts.items()):
        print("# %d %s" % (k, name))
    for verdict, doc, mine in bad[:20]:
        print("# %s\n#   %r\n#   %s" % (verdict, doc, json.dumps(mine)[:200]))
    print("%sok 1 - %d documents, %d of them valid: same values, same refusals"
          % ("not " if bad else "", n, valid))
    print("%sok 2 - at least a fifth was valid and a fifth was not"
          % ("" if n // 5 <= valid <= n - n // 5 else "not "))
    print("1..2")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
