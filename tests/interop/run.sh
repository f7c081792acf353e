#!/usr/bin/env bash
# Groups with members of this library and of ts-mls, an implementation that shares nothing with it. What it
# needs is fetched by npm, exactly what package-lock.json names, into FOLDER: nothing of it is in this tree.
#   run.sh MLS_PEER FOLDER [SUITE...]
# 77: node, npm or the registry is not there, and nothing was proven.
set -euo pipefail
program=$(realpath "$1")
folder=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "SKIPPED: interop: $1; nothing was proven"
    exit 77
}
command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || skip "node is version $major, ts-mls wants 20 or newer"
mkdir -p "$folder"
cp "$here"/*.mjs "$here/package.json" "$here/package-lock.json" "$folder"
cd "$folder"
# What was fetched for this very lock is good without the registry.
if ! cmp -s package-lock.json fetched-lock.json; then
    rm -f fetched-lock.json
    if ! npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 1 >npm.log 2>&1; then
        grep -qE 'EINTEGRITY|EUSAGE' npm.log && { cat npm.log; exit 1; }
        skip "npm could not fetch what it needs: $(grep -m1 -E '^npm (ERR!|error)' npm.log || tail -1 npm.log)"
    fi
    cp package-lock.json fetched-lock.json
fi
# Ends what hangs: it takes a few minutes.
exec timeout -k 10 3600 node interop.mjs "$program" "$@"
