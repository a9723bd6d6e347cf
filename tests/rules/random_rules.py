# SPDX-License-Identifier: Apache-2.0
"""Random parts of rules files: words, expressions, calls, whole files."""
import json
import random

WORDS = ["git", "GIT", "Git", "push", "status", "-f", "a b", "", "é", "É", "ß",
         "SS", "\\n", "x\"y", "./git", "/usr/bin/git", "/opt/git", "bin/git",
         "~/git", "ls", "*", "/usr/bin/../bin/git", "/usr/bin/GIT", "k", "\u212a"]
TEXT_METHODS = ["upper()", "lower()", "strip()", "split()", "split('i')",
                "replace('g', 'b')", "startswith('g')", "title()", "elems()",
                "find('t')", "partition('i')", "join(['a', 'b'])", "isalpha()",
                "rsplit('t', 1)", "splitlines()", "count('g')", "rfind('t')",
                "capitalize()", "removeprefix('g')", "lstrip('g')",
                "format(1, b=2)", "islower()", "rpartition('i')"]
FUNCTIONS = ["len", "str", "repr", "list", "tuple", "sorted", "reversed", "bool",
             "type", "any", "all", "max", "min", "enumerate", "int", "dict",
             "zip", "range", "abs", "chr", "ord", "float"]
OPERATORS = ["+", "-", "*", "//", "%", "==", "!=", "<", "<=", ">", "in",
             "not in", "and", "or", "&", "|", "^", "<<", ">>", "/"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        # Two files of three are free of errors, or nearly nothing would load.
        self.clean = self.r.random() < 0.66

    def one(self, *choices):
        return self.r.choice(choices)

    def good(self, valid, *wrong):
        """One of the valid choices, and in a file with errors any."""
        return self.r.choice(valid if self.clean else valid + list(wrong))

    def word(self):
        return self.r.choice(WORDS)

    def string(self):
        r = self.r.random()
        if r < 0.75:
            return json.dumps(self.word(), ensure_ascii=False)
        return self.good(["'git'", '"""git"""', 'r"a\\b"', '"\\x67it"', '"gi\\\nt"',
                          '"\\147it"', '"\\u0067it"', '"\\q"', '"a\\tb"', "''",
                          'f"g{"it"}"', 'f"{1}"', '"g" + "it"', '"%st" % "gi"',
                          '"{}t".format("gi")', '"git".upper()', 'str(1)'],
                         'b"git"', '"\\ud800"', '"a" "b"', '"git', "u'git'", "1",
                         "None")

    def token(self):
        if self.r.random() < 0.75:
            return self.string()
        n = self.good([1, 1, 2, 2, 2, 3], 0)
        return "[" + ", ".join(self.string() for _ in range(n)) + "]"

    def pattern(self):
        if not self.clean and self.r.random() < 0.1:
            return self.one("[]", '"git"', "None", "()", '("git",)', "{}",
                            '[["git", ["a"]]]', "[1]", "[None]", "[True]")
        n = self.one(1, 1, 1, 2, 2, 3)
        return "[" + ", ".join(self.token() for _ in range(n)) + "]"

    def example(self):
        return self.one('"git"', '"git push -f"', '["git", "push"]', '""', "[]",
                        '"git \'a b\'"', '"ls # x"', "1", '["git", 1]',
                        '"/usr/bin/git x"', '"git \\"x"', '"GIT push"', '"# x"')

    def prefix(self):
        args = ["pattern=" + self.pattern()]
        maybe = [
            ("decision", lambda: self.good(['"allow"', '"prompt"', '"forbidden"'],
                                           '"deny"', '"Allow"', "1", '""',
                                           "None"), 0.6),
            ("justification", lambda: self.good(['"why"', '"a\\nb"', '"é"'],
                                                '"  "', '""', "3", "None"), 0.2),
            ("canonical_matching", lambda: self.good(["True", "True", "False"],
                                                     "1", "None"), 0.25),
            ("match", lambda: "[" + self.example() + "]",
             0.02 if self.clean else 0.2),
            ("not_match", lambda: "[" + self.example() + "]",
             0.04 if self.clean else 0.2),
            ("reviewer", lambda: '"user"', 0 if self.clean else 0.03),
        ]
        for name, make, chance in maybe:
            if self.r.random() < chance:
                args.append("%s=%s" % (name, make()))
        if self.r.random() < 0.2:
            self.r.shuffle(args)
        if args[0].startswith("pattern") and self.r.random() < 0.1:
            args[0] = args[0].split("=", 1)[1]
        if not self.clean and self.r.random() < 0.05:
            args.append(self.r.choice(args))
        return "prefix_rule(%s)" % ", ".join(args)

    def host(self):
        paths = self.good(['"/usr/bin/git"', '"/opt/git"', "",
                           '"/usr/bin/git", "/opt/git"'],
                          '"git"', '"/usr/bin/rg"', '"/usr/bin/GIT"', "1")
        name = self.good(["git"], "git", "GIT", "", ".", "a/b", "ls")
        if paths == "" and self.r.random() < 0.5:
            name = "GIT"
        return 'host_executable(name="%s", paths=[%s])' % (name, paths)

    def network(self):
        host = self.good(["x.com", "[::1]:80", "x.com:80", "::1", "EXAMPLE.com.",
                          "[x]"], "*", "", "a b", "h/p", "http://x", "[::1", "x?y",
                         "x.com:", "u@x", ":80", ".x", "a:b:c")
        proto = self.good(["http", "https", "socks5_tcp", "http-connect"], "ssh")
        dec = self.good(["allow", "prompt", "forbidden", "deny"], "ask")
        return 'network_rule("%s", "%s", "%s")' % (host, proto, dec)

    def expr(self, depth=0):
        r = self.r.random()
        if depth > 3 or r < 0.3:
            return self.one("1", "2", "0", "-3", '"git"', '"a"', "True", "None",
                            "[]", "[1, 2]", "(1,)", '{"a": 1}', "1.5", "x",
                            "range(3)", '["git", "push"]', "y", "0x10", "z")
        e = [self.expr(depth + 1) for _ in range(3)]
        if r < 0.5:
            return "(%s %s %s)" % (e[0], self.r.choice(OPERATORS), e[1])
        if r < 0.6:
            return "%s(%s)" % (self.r.choice(FUNCTIONS), e[0])
        if r < 0.68:
            return "%s.%s" % (self.one('"git"', "x", '"a i t"'),
                              self.r.choice(TEXT_METHODS))
        if r < 0.74:
            return "(%s if %s else %s)" % tuple(e)
        if r < 0.8:
            return "[%s for i in %s if %s]" % (self.one("i", e[0]), e[1], e[2])
        if r < 0.84:
            return "%s[%s]" % (e[0], self.one("0", "-1", "1:", ":2", "::-1", e[1]))
        if r < 0.88:
            return "{%s: %s}" % (e[0], e[1])
        if r < 0.92:
            return "[%s, %s]" % (e[0], e[1])
        if r < 0.95:
            return "(lambda a, b=2: %s)(%s)" % (self.one("a", "b", e[0]), e[1])
        return "not %s" % e[0] if r < 0.98 else "(%s, %s)" % (e[0], e[1])

    def language(self):
        lines = ["x = %s" % self.one('"git"', "1", '["git"]', '{"a": 2}'),
                 "y = %s" % self.one("2", '"push"', "[1, 2]")]
        form = self.r.randrange(8)
        if form < 4:
            lines.append("z = 3\nw = %s" % self.expr())
            lines.append('prefix_rule(pattern=["git"], justification=repr(w))')
        elif form == 4:
            lines.append("z = 1\nfor i in %s:\n    if i == 1: %s\n    "
                         "prefix_rule(pattern=[str(i)])" %
                         (self.one("range(4)", "[0, 1, 2]", "x", '{"a": 1}'),
                          self.one("continue", "break", "pass", "z += 1")))
        elif form == 5:
            lines.append("z = 1\ndef f(a, b=%s, *c, **d):\n    %s\n    return a" %
                         (self.expr(3), self.one("pass", "a = a", "return [a, b, c, d]",
                                                 "b += 1", "for q in c: pass")))
            lines.append('prefix_rule(pattern=["git"], justification=str(f(%s)))' %
                         self.one("1", "1, 2, 3", "a=1", "b=2", "1, k=2", "*[1, 2]",
                                  '**{"a": 1}', ""))
        elif form == 6:
            lines.append("z = 0\n" + self.one(
                "a, b = x, y", "a, b = [1, 2]", "(a, b), c = (1, 2), 3",
                "x += y", 'x["a"] = 1', "x.append(1)", "a = b", "while True: pass",
                "import os", "x = y = 1", "x := 1", "del x", "assert x", "x = [*y]",
                "load('a', 'b')", "return", "break", "x = 01", "a: int = 1",
                "a: str = 1", "def f(a: int) -> str: return 'a'\nf(1)",
                "def f(a: int): pass\nf('a')", "x = 1 < 2 < 3", "class A: pass",
                "global x", "if x:\npass", "\tx = 1", "  x = 1", "x = (1,\n 2)",
                "f(1, a=2, 3)", "def f(a=1, b): pass", "x = {1: 2, 1: 3}"))
            lines.append('prefix_rule(pattern=["git"])')
        else:
            lines.append('z = 1\n[prefix_rule(pattern=[p]) for p in %s]' %
                         self.one('["git", "ls"]', '("git",)', "y", '{"git": 1}'))
        return "\n".join(lines)

    def rules(self):
        if self.r.random() < 0.4:
            return self.language() + "\n"
        n = self.one(1, 1, 2, 2, 3, 5)
        lines = []
        for _ in range(n):
            r = self.r.random()
            lines.append(self.prefix() if r < 0.8 else
                         self.host() if r < 0.93 else self.network())
            if self.r.random() < 0.1:
                lines.append("# comment")
        return self.one("\n", "\n", "\n", "\r\n", "; ").join(lines) + \
            self.one("\n", "\n", "")

    def command(self):
        n = self.one(1, 2, 2, 3, 4)
        words = [self.one("git", "git", "GIT", "/usr/bin/git", "./git", "ls",
                          "/opt/git", "/usr/bin/GIT", self.word())]
        return words + [self.word() for _ in range(n - 1)]
