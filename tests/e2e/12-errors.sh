#!/bin/sh
# Goal of this test: a policy that is wrong runs nothing and says what is wrong
# with which part of it: 2 for the command line and its JSON, 125 for set-up.
. "$(dirname "$0")/../lib.sh"
echo x >"$W/file"

either() { # either NAME WORDS OPTION... -- 2 or 125, never run
  name=$1
  words=$2
  shift 2
  csb "$@" -- echo ran
  case $code in
  2 | 125) refused "$name" "$code" "$words" ;;
  *) not_ok "$name" "want status 2 or 125
$(told)" ;;
  esac
  if [ "$(printf '%s\n' "$err" | wc -l)" -ne 1 ]; then
    not_ok "$name: one line" "$(told)"
  fi
}

# Paths.
either 'relative -r' 'not/there' -r not/there
either 'empty -w' '-w' -w ''
either 'empty --deny' '--deny' --deny ''
either 'missing -w' 'nowhere' -w "$T/nowhere"
either 'missing -r' 'nowhere' -r "$T/nowhere"
either 'missing --ro' 'nowhere' --ro "$T/nowhere"
run "$CSB" exec -C "$T/nowhere" -- echo ran
refused 'missing -C' 125 nowhere
run "$CSB" exec -C "$W/file" -- echo ran
refused '-C is a file' 125 file
long=/$(head -c 5000 /dev/zero | tr '\0' a)
either 'over-long path' 'aaaa' -w "$long"
either 'over-long component' 'aaaa' -w "/$(head -c 300 /dev/zero | tr '\0' a)"
mkdir "$T/shut"
echo x >"$T/shut/in"
chmod 000 "$T/shut"
if [ "$(id -u)" != 0 ]; then
  either 'unreadable' 'shut' -w "$T/shut/in"
else
  skip 'unreadable' 'root reads everything'
fi
chmod 755 "$T/shut"

# JSON of a permission profile.
entry() { # entry JSON -- a managed profile with that one entry
  printf '{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[%s]}}' "$1"
}
bad() { # bad NAME WORDS JSON
  either "profile: $1" "$2" --permission-profile "$3"
}
bad 'empty' 'permission-profile' ''
bad 'not JSON' 'permission-profile' '{'
bad 'trailing bytes' 'permission-profile' '{"type":"disabled"} x'
bad 'an array' 'permission-profile' '[]'
bad 'unknown type' 'sideways' '{"type":"sideways"}'
bad 'unknown member' 'colour' '{"type":"disabled","colour":1}'
bad 'duplicate member' 'type' '{"type":"disabled","type":"disabled"}'
bad 'no network' 'network' '{"type":"managed","file_system":{"type":"unrestricted"}}'
bad 'no file_system' 'file_system' '{"type":"managed","network":"restricted"}'
bad 'unknown network' 'network' '{"type":"managed","network":"maybe","file_system":{"type":"unrestricted"}}'
bad 'network of a wrong type' 'network' '{"type":"managed","network":7,"file_system":{"type":"unrestricted"}}'
bad 'unknown access' 'access' "$(entry '{"path":{"type":"path","path":"/etc"},"access":"maybe"}')"
bad 'no access' 'access' "$(entry '{"path":{"type":"path","path":"/etc"}}')"
bad 'no path' 'path' "$(entry '{"access":"read"}')"
bad 'relative path' 'relative/path' "$(entry '{"path":{"type":"path","path":"relative/path"},"access":"read"}')"
bad 'path with ~' '~' "$(entry '{"path":{"type":"path","path":"~/x"},"access":"read"}')"
bad 'empty path' 'path' "$(entry '{"path":{"type":"path","path":""},"access":"read"}')"
bad 'NUL in a path' 'u0000' "$(entry '{"path":{"type":"path","path":"/a\u0000b"},"access":"read"}')"
bad 'over-long path' 'path' "$(entry '{"path":{"type":"path","path":"'"$long"'"},"access":"read"}')"
bad 'unknown special' 'toaster' "$(entry '{"path":{"type":"special","value":{"kind":"toaster"}},"access":"read"}')"
bad 'unknown path type' 'elsewhere' "$(entry '{"path":{"type":"elsewhere","path":"/x"},"access":"read"}')"
bad 'glob with read' 'pattern' "$(entry '{"path":{"type":"glob_pattern","pattern":"/etc/*"},"access":"read"}')"
bad 'glob from the root' 'non-root directory prefix' "$(entry '{"path":{"type":"glob_pattern","pattern":"/**/*.env"},"access":"deny"}')"
bad 'unknown missing_path_behavior' 'missing_path_behavior' "$(entry '{"path":{"type":"path","path":"/etc"},"access":"read","missing_path_behavior":"explode"}')"
bad 'negative depth' 'glob_scan_max_depth' '{"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[],"glob_scan_max_depth":-1}}'
bad 'duplicate in an entry' 'access' "$(entry '{"path":{"type":"path","path":"/etc"},"access":"read","access":"write"}')"
deep=$(head -c 400 /dev/zero | tr '\0' '[')
bad 'deep nesting' 'permission-profile' "$deep"
bad 'file that is not there' 'nowhere' "@$T/nowhere"
head -c 3000000 /dev/zero | tr '\0' ' ' >"$T/huge"
bad 'file that is too large' 'huge' "@$T/huge"

# --sandbox-policy
worse() {
  either "policy: $1" "$2" --sandbox-policy "$3"
}
worse 'unknown type' 'sideways' '{"type":"sideways"}'
worse 'unknown member' 'colour' '{"type":"read-only","colour":1}'
worse 'relative root' 'relative/root' '{"type":"workspace-write","writable_roots":["relative/root"]}'
worse 'wrong type' 'writable_roots' '{"type":"workspace-write","writable_roots":7}'
worse 'not JSON' 'sandbox-policy' 'read-only'

# Contradictions.
either 'two policies' '--sandbox' --sandbox read-only --permission-profile '{"type":"disabled"}'
either 'two policies of two kinds' '--sandbox-policy' \
  --sandbox-policy '{"type":"read-only"}' --permission-profile '{"type":"disabled"}'
either 'twice the same question' '--net' --net none --net full
either 'grants without a sandbox' '-w' --sandbox danger-full-access -w "$T"
csb --tty --no-tty -- echo ran
code_is '--tty and --no-tty' 2

# Nothing was run, nothing was made.
is 'the workspace is as it was' "$(ls -A "$W")" file
finish
