#!/bin/sh
# Goal of this test: when a system call of launcher or init fails, the command
# does not start, or starts in the full cage; nobody hangs, nobody is left, and
# the reason is one line.  A sample; `make fault` does all calls and errors.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/faults.sh"
# shellcheck disable=SC2086 # words
{
  sweep 'mounts by init' -q "--mount-engine init $rules" $caged net=none
  sweep 'mounts by bwrap' -q "--mount-engine bwrap $rules" $caged net=none
  sweep 'in place' -q '--sandbox external-sandbox'
}
controls
finish
