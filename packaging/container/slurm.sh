#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#SBATCH --job-name=wrapped
#SBATCH --array=0-15%4
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=00:10:00
#
# One command in the sandbox for each task of the array.  Slurm decides where
# and when, and counts processors and memory; the sandbox decides what one
# command may do.  TERM, which comes before the time is over, reaches the command.
set -eu
part=$SLURM_ARRAY_TASK_ID
work=$(mktemp -d "${SLURM_TMPDIR:-/tmp}/part.XXXXXX")
trap 'rm -rf "$work"' EXIT
srun codex-sandbox exec --workspace "$work" --timeout 9m --die-with-parent -- \
  sh -c "echo 'part $part' >result"
cp "$work/result" "$SLURM_SUBMIT_DIR/result.$part"
