# SPDX-License-Identifier: Apache-2.0
# tree.py DIR -- all there is to say about a tree, a line for each object: name,
# type, mode, content or target, extended attributes but for those that an
# overlay leaves on directories made in it (user.overlay.*).
import hashlib, os, stat, sys

def attributes(path):
    out = []
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except OSError:
        return ""
    for name in sorted(names):
        if not name.startswith("user.overlay."):
            out.append("%s=%r" % (name, os.getxattr(path, name, follow_symlinks=False)))
    return " ".join(out)

def describe(path):
    st = os.lstat(path)
    what = stat.filemode(st.st_mode)
    if stat.S_ISREG(st.st_mode):
        with open(path, "rb") as f:
            what += " " + hashlib.sha256(f.read()).hexdigest()
    elif stat.S_ISLNK(st.st_mode):
        what += " -> " + os.readlink(path)
    return "%s %d %s" % (what, st.st_uid, attributes(path))

top = sys.argv[1]
for here, dirs, files in os.walk(top):
    dirs.sort()
    for name in sorted(dirs + files):
        path = os.path.join(here, name)
        print(repr(os.path.relpath(path, top)), describe(path))
print("'.'", describe(top))
