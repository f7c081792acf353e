#!/usr/bin/env bash
# Runs the public test vectors where they are: they are no part of this repository.
#   run.sh PROGRAM FOLDER      ($SOTTO_VECTORS, when set, is the folder instead)
# 77: there are none, and nothing was proven.
set -euo pipefail
program=$1
folder=${SOTTO_VECTORS:-$2}
if [ -z "${SOTTO_VECTORS:-}" ] && [ ! -d "$folder" ]; then
    echo "SKIPPED: no test vectors at $folder and SOTTO_VECTORS names no other folder; none was run"
    exit 77
fi
exec "$program" -v "$folder"
