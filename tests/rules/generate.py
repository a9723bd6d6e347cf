# SPDX-License-Identifier: Apache-2.0
"""Generated cases: rules files, options and a command.

CaseMaker(seed).case() is one.  Every case has a subject, a construct of
constructs.py or of CLI below, taken in turn; around it is what a random file
holds.
"""
import json
import re

import constructs
from random_rules import Maker

# Characters that JSON, Rust and shells write in ways of their own, and letters
# whose cases are not pairs.
ODD = ["\x01", "\x1f", "\x7f", "\x80", "\u00a0", "\u00ad", "\u0301", "\u2028",
       "\u202e", "\ufeff", "\U0001f600", "\\", "\"", "'", "`", "$", "\n", "\r",
       "\t", "\0", "\x1b", "ß", "ẞ", "ſ", "\u212a", "İ", "ı", "ς", "Σ", "ﬁ",
       "ǆ", "e", "E", " ", "{", "}", "%", "/", "漢"]
DECISIONS = ['"allow"', '"prompt"', '"forbidden"']
VALUES = ["None", "True", "False", "1", "-7", "1.5", "''", "'a'", "[]", "[1, 'a']",
          "(1,)", "()", "{'a': 1}", "{}", "range(3)", "b'a'", "1e20", "len",
          "'git push'", "[None]", "((1, 2), [3])"]

# Options and places of a command line, by the name of a method of Maker.
CLI = [
    ("one file", "loads"), ("several files", "loads"), ("same file twice", "loads"),
    ("names do not cross files", "fails"), ("second file broken", "fails"),
    ("file missing", "fails"), ("file is a directory", "fails"),
    ("file not UTF-8", "fails"), ("file with a mark of order", "fails"),
    ("lines end in CR LF", "loads"), ("lines end in CR", "fails"),
    ("NUL in a comment", "loads"), ("NUL in a string", "both"),
    ("no newline at the end", "loads"), ("empty file", "loads"),
    ("file in a folder", "loads"), ("short option", "loads"),
    ("option with =", "loads"), ("--pretty", "loads"), ("-- before the command", "loads"),
    ("no -- before the command", "loads"), ("option behind the command", "loads"),
    ("no rules", "usage"), ("no command", "usage"), ("value missing", "usage"),
    ("option twice", "usage"), ("option with a value", "usage"),
    ("argument not UTF-8", "usage"), ("settings", "loads"), ("empty command word", "loads"),
    ("command is an option", "loads"), ("odd command words", "loads"),
    ("path of a program", "loads"), ("path and host table", "loads"),
    ("host table of another file", "both"), ("shell text stays closed", "loads"),
]


class Case:
    """files: name -> text or bytes; argv: what follows `check`."""

    def __init__(self, seed, subject):
        self.seed = seed
        self.subject = subject
        self.files = {}
        self.folders = []
        self.options = ["--rules", "a.rules"]
        self.dashes = ["--"]
        self.words = []

    def argv(self):
        return self.options + self.dashes + self.words


def subjects():
    """Name -> outcome of every construct."""
    return dict([(row[0], row[1]) for row in constructs.ROWS] + CLI)


class CaseMaker(Maker):
    def __init__(self, seed):
        super().__init__(seed)
        self.seed = seed

    # ---- constructs -----------------------------------------------------------

    def odd(self):
        text = "".join(self.one(*ODD) for _ in range(self.r.randrange(6)))
        return json.dumps(text, ensure_ascii=self.r.random() < 0.3 and
                          max(map(ord, text + " ")) < 0x10000) \
            .replace("\\u0000", "\\0")

    def words_list(self):
        return "[%s]" % ", ".join(self.string() for _ in range(self.one(1, 2, 3)))

    def hole(self, found):
        kind = found.group(1)
        if kind == "$":
            return "$"
        if kind == "B":
            return self.one("True", "False", "1", "0", "not []", "1 < 2", "'a' in 'b'")
        return {
            "W": lambda: json.dumps(self.word(), ensure_ascii=False),
            "S": self.string, "U": self.odd, "P": self.pattern,
            "D": lambda: self.one(*DECISIONS), "T": self.words_list,
            "L": lambda: "[%s]" % ", ".join(
                self.one(*VALUES) for _ in range(self.one(1, 2, 3))),
            "I": lambda: str(self.r.randrange(9)),
            "F": lambda: "%.*g" % (self.r.randrange(1, 18), self.r.choice([-1, 1, 1]) *
                                   10 ** self.r.uniform(-9, 20)), "X": lambda: self.one(*VALUES),
            "E": self.expr, "K": lambda: self.one("{'a': 1}", "{'b': [2], 1: 'c'}", "{}"),
        }[kind]()

    def construct(self, row):
        """Its text; a last line =VALUE becomes a rule that shows the value."""
        text = re.sub(r"\$(.)", self.hole, self.one(*row[2]))
        lines = text.split("\n=")
        if text.startswith("="):
            lines = ["", text[1:]]
        if len(lines) == 2:
            text = (lines[0] + "\n").lstrip("\n") + \
                'prefix_rule(["git"], justification="v " + repr(%s))' % lines[1]
        return text

    def around(self, text):
        """The construct, mostly with rules before and behind it."""
        lines = []
        if self.r.random() < 0.4 and not text.startswith((" ", "\t")):
            lines.append(self.prefix())
        lines.append(text)
        if self.r.random() < 0.4:
            lines.append(self.prefix())
        return "\n".join(lines) + self.one("\n", "\n", "")

    def case(self):
        names = list(subjects())
        name = names[self.seed % len(names)]
        rows = {row[0]: row for row in constructs.ROWS}
        turn = self.seed // len(names)
        # Now and then a file without order, errors on top of errors.
        mixed = turn % 4 == 3
        self.clean = self.clean if mixed else True
        case = Case(self.seed, name)
        case.words = self.command()
        if self.r.random() < 0.5:
            case.words[0] = "git"  # or too little of what was made is shown
        if self.r.random() < 0.5:
            case.options.append("--resolve-host-executables")
        if name in rows:
            text = self.around(self.construct(rows[name]))
            if mixed and self.r.random() < 0.5:
                text = text.rstrip("\n") + "\n" + self.rules()
            case.files["a.rules"] = text
        else:
            case.files["a.rules"] = self.rules() if mixed else \
                self.around("prefix_rule(['git'], $D)".replace(
                    "$D", self.one(*DECISIONS)))
            getattr(self, "cli_" + re.sub("[^a-z]+", "_", name.lower()).strip("_"))(case)
        return case

    # ---- command lines: one method for each name in CLI --------------------------

    def cli_one_file(self, case):
        pass

    def cli_several_files(self, case):
        for name in self.one(["b.rules"], ["b.rules", "c.rules"]):
            case.files[name] = self.around(self.prefix())
            case.options[self.one(0, 2):0] = ["--rules", name]

    def cli_same_file_twice(self, case):
        case.options += ["--rules", self.one("a.rules", "./a.rules")]

    def cli_names_do_not_cross_files(self, case):
        case.files["a.rules"] += "\nnamed = ['git']\n"
        case.files["b.rules"] = "prefix_rule(named)\n"
        case.options += ["-r", "b.rules"]

    def cli_second_file_broken(self, case):
        case.files["b.rules"] = self.one("prefix_rule(", "prefix_rule([])", "nothing",
                                         "prefix_rule(['a'], match=['b'])")
        case.files["c.rules"] = self.one("also(", "")
        case.options += ["-r", "b.rules", "-r", "c.rules"]

    def cli_file_missing(self, case):
        case.options += ["-r", self.one("none.rules", "no/where", "é.rules", "a.rules/x")]

    def cli_file_is_a_directory(self, case):
        case.folders.append("d.rules")
        case.options += ["-r", self.one("d.rules", ".", "/")]

    def cli_file_not_utf(self, case):
        case.files["a.rules"] = self.one(b"\xff\n", b"# \xc3\n", b"x = '\xed\xa0\x80'\n",
                                         b"\xc0\x80", b"\xf4\x90\x80\x80")

    def cli_file_with_a_mark_of_order(self, case):
        case.files["a.rules"] = "\ufeff" + case.files["a.rules"]

    def cli_lines_end_in_cr_lf(self, case):
        case.files["a.rules"] = case.files["a.rules"].replace("\n", "\r\n")

    def cli_lines_end_in_cr(self, case):
        case.files["a.rules"] = "x = 1\r" + case.files["a.rules"]

    def cli_nul_in_a_comment(self, case):
        case.files["a.rules"] = "# a\0b\n" + case.files["a.rules"]

    def cli_nul_in_a_string(self, case):
        case.files["a.rules"] = self.one("prefix_rule(['git'], justification='a\0b')\n",
                                         "x = 1\0\n", "prefix_rule(['a\\0'])\n")

    def cli_no_newline_at_the_end(self, case):
        case.files["a.rules"] = case.files["a.rules"].rstrip("\n")

    def cli_empty_file(self, case):
        case.files["a.rules"] = self.one("", "\n", " ", "  \n", "# only")

    def cli_file_in_a_folder(self, case):
        case.folders.append("sub")
        case.files["sub/a.rules"] = self.around(self.prefix())
        case.options += ["-r", "sub/" + self.one("", "../sub/", "./") + "a.rules"]

    def cli_short_option(self, case):
        case.options[0] = "-r"

    def cli_option_with(self, case):
        case.options[0:2] = ["--rules=a.rules"]

    def cli_pretty(self, case):
        case.options[self.one(0, 2):0] = ["--pretty"]

    def cli_before_the_command(self, case):
        case.words = [self.one("--pretty", "--", "-r", "git")] + case.words

    def cli_no_before_the_command(self, case):
        case.dashes = []
        case.words[0] = "git"

    def cli_option_behind_the_command(self, case):
        case.dashes = []
        case.words = ["git"] + self.one(["--pretty"], ["--rules", "x"], ["--", "a"], ["-h"],
                                        ["--resolve-host-executables"], ["-r"])

    def cli_no_rules(self, case):
        case.options = self.one([], ["--pretty"])

    def cli_no_command(self, case):
        case.words = []

    def cli_value_missing(self, case):
        case.options += self.one(["--rules"], ["-r"], ["--rules="], ["--rules", ""])

    def cli_option_twice(self, case):
        case.options += ["--pretty", "--pretty"]

    def cli_option_with_a_value(self, case):
        case.options.append(self.one("--pretty=true", "--resolve-host-executables=1",
                                     "--pretty="))

    def cli_argument_not_utf(self, case):
        case.words = ["git", "a\udcff"]

    def cli_settings(self, case):
        case.options[self.one(0, 2):0] = self.one(
            ["-c", "model=x"], ["--config", "a.b=1"], ["--config=a=b"],
            ["--enable", "web_search"], ["--disable=web_search"], ["-c", "x=1", "-c", "y=2"])

    def cli_empty_command_word(self, case):
        case.words = self.one([""], ["git", ""], ["", "git"])
        case.files["a.rules"] = "prefix_rule([['', 'git']])\nprefix_rule(['git', ''])\n"

    def cli_command_is_an_option(self, case):
        case.dashes = []
        case.words = [self.one("-", "-x", "--x", "-V", "--version", "-pretty", "--prett",
                               "-x=1")] + case.words
        case.files["a.rules"] += "\nprefix_rule([%s])\n" % json.dumps(case.words[0])

    def cli_odd_command_words(self, case):
        odd = [json.loads(self.odd().replace("\\0", "")).replace("\0", "") for _ in "ab"]
        case.words = ["git"] + odd
        case.files["a.rules"] = "prefix_rule(['git', %s], canonical_matching=%s)\n" \
            "prefix_rule(['git', %s])\n" % (
                json.dumps(odd[0], ensure_ascii=False), self.one("True", "False"),
                json.dumps(self.one(odd[0].upper(), odd[0].lower()), ensure_ascii=False))
        case.files["a.rules"] += "prefix_rule(['git', %s], canonical_matching=True)\n" % \
            json.dumps(self.one(odd[0].upper(), odd[0].lower()), ensure_ascii=False)

    def program(self):
        return self.one("/usr/bin/git", "./git", "bin/git", "~/git", "~root/git", "../git",
                        "../../../../../../../git", "/usr//bin/./git", "/usr/bin/git/",
                        "/../git", "git/", "/", "~", "~/", ".", "./", "..", "/usr/bin/GIT",
                        "/opt/../usr/bin/git", "//git", "a/../git", "/usr/bin/..", "git/.",
                        "~/../git", "./~/git", "/é/git")

    def cli_path_of_a_program(self, case):
        case.options = ["--rules", "a.rules"] + \
            self.one(["--resolve-host-executables"], ["--resolve-host-executables"], [])
        case.words[0] = self.program()
        case.files["a.rules"] += "\n" + self.one(
            "prefix_rule(['git'], 'prompt')", "prefix_rule([%s])" % json.dumps(case.words[0]),
            "prefix_rule([[%s, 'git']], 'prompt')" % json.dumps(case.words[0]),
            "prefix_rule(['GIT'], canonical_matching=True)")

    def cli_path_and_host_table(self, case):
        self.cli_path_of_a_program(case)
        case.files["a.rules"] += "\n" + "\n".join(self.host() for _ in "ab"[:self.one(1, 2)])

    def cli_host_table_of_another_file(self, case):
        self.cli_path_of_a_program(case)
        case.files["b.rules"] = "host_executable('git', [%s])\n" % \
            self.one("'/usr/bin/git'", "", "'/opt/git', '/usr/bin/git'")
        case.files["c.rules"] = "prefix_rule(['git'], %s, %s=['/usr/bin/git x'])\n" % (
            self.one(*DECISIONS), self.one("match", "match", "not_match"))
        case.options += self.one(["-r", "b.rules", "-r", "c.rules"],
                                 ["-r", "c.rules", "-r", "b.rules"])

    def cli_shell_text_stays_closed(self, case):
        case.words = [self.one("bash", "sh", "/bin/sh"), self.one("-c", "-lc"),
                      self.one("git push", "git status; ls", "rm -rf /")]
        case.files["a.rules"] += "\nprefix_rule(['git'], 'forbidden')\n" + \
            self.one("prefix_rule(['bash', '-lc'])", "prefix_rule(['bash'])", "")
