#!/usr/bin/env bash
# What takes longer than a coffee: fuzzing with libFuzzer, minutes per harness.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SOTTO_FUZZ_SECONDS:-60}
cmake --preset fuzz >/dev/null
cmake --build build/fuzz -j "$(nproc)"
for harness in build/fuzz/tests/fuzz_*; do
    [ -x "$harness" ] && [ -f "$harness" ] || continue
    name=$(basename "$harness")
    found=build/fuzz/corpus/$name
    mkdir -p "$found"
    echo "== $name for $seconds s, seed printed below"
    "$harness" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048 "$found" "tests/fuzz/corpus/$name" 2>&1 |
        grep -E 'Seed|stat::number_of_executed_units|stat::new_units|ERROR|SUMMARY|Test unit' || true
    if ls crash-* leak-* timeout-* oom-* >/dev/null 2>&1; then
        echo "$name found something: $(ls crash-* leak-* timeout-* oom-* 2>/dev/null)"
        exit 1
    fi
done
