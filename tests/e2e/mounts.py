# SPDX-License-Identifier: Apache-2.0
# mounts.py -- does the cage look as explain said?  mounts.py EXPLAIN.json
# MOUNTINFO: every node of the view is a mount with the rights it names, and no
# mount is writable that the view does not call so (a pin has the rights of what
# it lies in).  Prints what is wrong.
import json, sys

def unescape(text):
    return text.encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")

view = {n["path"]: n["what"] for n in json.load(open(sys.argv[1]))["view"]}
mounts = {}
for line in open(sys.argv[2]):
    left, right = line.split(" - ", 1)
    f = left.split()
    mounts[unescape(f[4])] = (f[5].split(","), right.split()[0])

def own(path):
    return path.startswith(("/dev/", "/proc/")) or path in ("/dev", "/proc")

wrong = []
wanted = {"writable": "rw", "private": "rw", "read-only": "ro", "denied": "ro", "empty": "ro"}
for path, what in view.items():
    if own(path) or what not in wanted:
        continue
    if path not in mounts:
        above = path
        while above not in mounts:
            above = above.rsplit("/", 1)[0] or "/"
        if what not in ("read-only", "writable") or wanted[what] not in mounts[above][0]:
            wrong.append("%s is said to be %s and is no mount" % (path, what))
    elif wanted[what] not in mounts[path][0]:
        wrong.append("%s is said to be %s and is %s" % (path, what, mounts[path][0][0]))
for path, (options, kind) in mounts.items():
    if "rw" in options and not own(path):
        above = path
        while above not in view and above != "/":
            above = above.rsplit("/", 1)[0] or "/"
        while view.get(above) == "pinned" and above != "/":
            above = above.rsplit("/", 1)[0] or "/"
            while above not in view and above != "/":
                above = above.rsplit("/", 1)[0] or "/"
        if view.get(above) not in ("writable", "private"):
            wrong.append("%s is writable and nobody said so" % path)
    if "nosuid" not in options and path != "/dev/console":
        wrong.append("%s honours setuid" % path)
print("\n".join(wrong), end="")
sys.exit(1 if wrong else 0)
