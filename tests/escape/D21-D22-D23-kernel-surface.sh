#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: D21-D23, keys, bpf, perf, rings, modules: not permitted.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
yes 'outside a key can be added' python3 "$W/act" keys
for words in '--net none' '--net full' '--sandbox read-only' '--sandbox external-sandbox' '--mount-engine bwrap'; do
  # shellcheck disable=SC2086 # words
  csb $words -- $act keys
  is "add_key ($words)" "$out" EPERM
  for call in add_key request_key keyctl perf_event_open bpf userfaultfd kexec_load \
    init_module finit_module delete_module io_uring_setup pidfd_getfd \
    process_madvise swapon quotactl_fd; do
    # shellcheck disable=SC2086 # words
    csb $words -- $act call $call 0 0 0 0 0
    is "$call ($words)" "$out" EPERM
  done
done
run python3 "$W/act" call io_uring_setup 0 0
hasnt 'outside the kernel knows io_uring' "$out" EPERM
finish
