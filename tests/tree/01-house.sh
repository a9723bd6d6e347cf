#!/bin/sh
# Goal of this test: the rules of the house that need no analyser hold.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1

run make budget
works 'the room stays within its budget of lines'
run make layers
works 'no include points upwards'
run tests/tools/rules
works 'SPDX lines, room marks, banned functions and words'

# Every source of a program is in a list of GNUmakefile, and no list names a
# file that is not there: the lists are what an auditor reads.
run make -s print-sources
listed=$out
lost=
for f in launcher/*.c netns/*.c policy/*.c supervisor/*.c; do
  [ -e "$f" ] || continue
  case " $listed " in
  *" $f "*) ;;
  *) lost="$lost $f" ;;
  esac
done
for f in $listed; do
  [ -e "$f" ] || lost="$lost $f"
done
is 'the lists of GNUmakefile name every source' "$lost" ''

# The rules themselves can fail.
cp -R launcher policy tests "$T/" 2>/dev/null
cp GNUmakefile "$T/"
cd "$T" || exit 1
printf '#include "policy/buf.h"\n' >>launcher/own.h
run tests/tools/layers.sh
fails 'an include that points upwards is found'
printf '/* no mark */\nint x;\n' >policy/odd.c
run tests/tools/rules
has 'a source without SPDX line and room is found' "$out$err" policy/odd.c
printf 'int f(char *a, char *b) { strcpy(a, b); return 0; }\n' >>policy/odd.c
run tests/tools/rules
has 'a banned function is found' "$out$err" strcpy
run tests/tools/budget.sh 1 policy/odd.c
fails 'a room over its budget is found'
finish
