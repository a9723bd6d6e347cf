#!/bin/sh
# Goal of this test: make -j2 builds a C project, the same as outside.
. "$(dirname "$0")/../lib.sh"
have gcc && have make || skip_all 'gcc or make is not installed'

mkdir -p "$T/project/src" && cd "$T/project" || exit 1
for n in 1 2 3 4 5 6; do
  printf '#include "all.h"\nint f%d(int x)\n{\n\treturn x + %d;\n}\n' $n $n >src/f$n.c
done
{
  echo '#include <stdio.h>'
  for n in 1 2 3 4 5 6; do echo "int f$n(int x);"; done
} >src/all.h
cat >src/main.c <<'EOF'
#include "all.h"
int main(void)
{
	printf("%d\n", f1(f2(f3(f4(f5(f6(0)))))));
	return 0;
}
EOF
cat >Makefile <<'EOF'
OBJS := $(patsubst src/%.c,out/%.o,$(sort $(wildcard src/*.c)))
out/prog: $(OBJS)
	gcc -o $@ $^
out/%.o: src/%.c src/all.h | out
	gcc -O2 -Wall -c -o $@ $<
out:
	mkdir out
check: out/prog
	test "$$(out/prog)" = 21
	@echo checked
broken:
	@exit 3
.PHONY: check broken
EOF
SEED=$T/project
same 'make check' -- make check
same 'make -j2 --output-sync' -- sh -c 'make -s -j2 -O check && make -s check'
same 'a failing rule' -- make broken
same 'a compiler error' -- sh -c 'echo "int main(void) { return x; }" >src/main.c; gcc -fdiagnostics-color=never -c src/main.c; echo $?'
same 'a jobserver in a sub-make' -- sh -c 'printf "all: a b\na b:\n\t@\$(MAKE) -s --no-print-directory -f sub.mk \$@\n" >m.mk
  printf "a b: x y\nx y:\n\t@true\na b:\n\t@echo made \$@\n" >sub.mk; make -s --no-print-directory -j2 -O -f m.mk | sort'
same 'shared library and dlopen' -- sh -c 'printf "int v(void) { return 5; }\n" >v.c
  gcc -shared -fPIC -o libv.so v.c && printf "int v(void); int main(void) { return v(); }\n" >u.c &&
  gcc -o u u.c -L. -lv -Wl,-rpath,\$ORIGIN && ./u; echo $?'
same 'pipes, temporary files, here documents' -- bash -c 'cat <(echo one) <(echo two); f=$(mktemp); echo x >$f; cat $f; rm $f; cat <<<three'
if have cc && have ar; then
  same 'ar, nm, ld, strip' -- sh -c 'gcc -c src/f1.c -Isrc -o f1.o && ar rcs libf.a f1.o && nm libf.a && strip f1.o && size f1.o | tail -1'
fi
csb -- sh -c "make -C '$T/project' check"
fails 'a project outside the workspace cannot be built in place'
csb -w "$T/project" -- make -s -C "$T/project" check
works 'unless it is granted'
finish
