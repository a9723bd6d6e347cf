#!/bin/sh
# Goal of this test: programs under gcc's sanitizers report as outside; the
# leak detector needs ptrace of its own process, which the cage must not break.
. "$(dirname "$0")/../lib.sh"
have gcc || skip_all 'gcc is not installed'
mkdir "$T/s"
# Many, and not counted: a stale copy of a pointer hides one from the detector.
cat >"$T/s/leak.c" <<'EOF'
#include <stdlib.h>
static void *volatile keep;
int main(void) { for (int i = 0; i < 50; i++) keep = malloc(77); keep = 0; return 0; }
EOF
cat >"$T/s/over.c" <<'EOF'
#include <stdlib.h>
int main(int c, char **v) { (void)v; char *p = malloc(4); int r = p[3 + c]; free(p); return r; }
EOF
cat >"$T/s/undefined.c" <<'EOF'
int main(int c, char **v) { (void)v; return (0x7fffffff + c) == 0; }
EOF
cat >"$T/s/race.c" <<'EOF'
#include <pthread.h>
static int n;
static void *f(void *a) { (void)a; n++; return 0; }
int main(void) { pthread_t t; pthread_create(&t, 0, f, 0); n++; pthread_join(t, 0); return 0; }
EOF
if ! (cd "$T/s" && gcc -fsanitize=address -o t over.c) 2>/dev/null; then
  skip_all 'gcc has no sanitizer runtime here'
fi
rm "$T/s/t"
SEED=$T/s
MASK='s/==[0-9]*==/==N==/g; s/0x[0-9a-f]*/0xN/g; s/([^ ]*+0xN)//; s/in [^ ]* [^ ]*/in/'
export ASAN_OPTIONS=detect_leaks=1:symbolize=0
unset UBSAN_OPTIONS LSAN_OPTIONS
same 'a leak is detected' --env-include ASAN_OPTIONS -- \
  sh -c 'gcc -g -fsanitize=address -o t leak.c && ./t 2>&1 | grep -oE "ERROR.*|SUMMARY: [a-zA-Z]*"; ./t 2>/dev/null; echo $?; rm t'
csb --env-include ASAN_OPTIONS -w "$T/s" --chdir "$T/s" -- \
  sh -c 'gcc -g -fsanitize=address -o t leak.c && ./t'
has 'and named' "$err" 'detected memory leaks'
has 'with its size' "$err" 'Direct leak of 3'
same 'a read behind the end is detected' --env-include ASAN_OPTIONS -- \
  sh -c 'gcc -g -fsanitize=address -o t over.c && ./t 2>&1 | grep -E "ERROR: AddressSanitizer: [a-z-]*" -o; rm t'
same 'undefined behaviour is detected' -- \
  sh -c 'gcc -g -fsanitize=undefined -fno-sanitize-recover=all -o t undefined.c && ./t; echo $?; rm t'
if (cd "$T/s" && gcc -g -fsanitize=thread -o t race.c -lpthread && ./t; [ $? = 66 ]) >/dev/null 2>&1; then
  same 'a data race is detected' -- \
    sh -c 'gcc -g -fsanitize=thread -o t race.c -lpthread && ./t >/dev/null 2>&1; echo $?; rm t'
else
  skip 'a data race is detected' 'the thread sanitizer does not work outside either'
fi
rm -f "$T/s/t"
finish
