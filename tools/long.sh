#!/usr/bin/env bash
# What takes longer than a coffee: living with another implementation of MLS (tests/interop), storms of people
# with real engines and rooms of two hundred (tests/engine with SOTTO_STORMS=1), a group of SOTTO_STORM_MEMBERS
# (1000) through SOTTO_STORM_OPERATIONS (10000) random operations (an hour; SOTTO_SEED repeats one), and fuzzing
# with libFuzzer, SOTTO_FUZZ_SECONDS (60) per harness. What it finds lies in build/fuzz; what it learns stays in
# build/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
seconds=${SOTTO_FUZZ_SECONDS:-60}

cmake --preset dev >/dev/null
cmake --build build/dev --target mls_peer -j "$(nproc)" | tail -1
interop=0
tests/interop/run.sh build/dev/tests/mls_peer build/dev/interop || interop=$?
[ $interop -eq 0 ] || [ $interop -eq 77 ] || exit $interop # 77: it said that it was skipped, and why

# Without a sanitizer, or a thousand members take all day.
cmake -S . -B build/storm -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
cmake --build build/storm --target storm_mls -j "$(nproc)" | tail -1
cmake --build build/storm --target engine -j "$(nproc)" | tail -1
SOTTO_STORMS=1 build/storm/tests/engine --jobs "$(nproc)" --filter 'engine_@(storm|fault|many)/*'
build/storm/tests/storm_mls "${SOTTO_STORM_MEMBERS:-1000}" "${SOTTO_STORM_OPERATIONS:-10000}" ${SOTTO_SEED:+"$SOTTO_SEED"}

cmake --preset fuzz >/dev/null
cmake --build build/fuzz -j "$(nproc)" | tail -1
cd build/fuzz
for harness in tests/fuzz_*; do
    [ -f "$harness" ] && [ -x "$harness" ] || continue
    name=$(basename "$harness")
    mkdir -p "corpus/$name"
    if ! "$harness" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048 -timeout=20 \
        "corpus/$name" "$root/tests/fuzz/corpus/$name" >"$name.log" 2>&1; then
        grep -E 'ERROR|SUMMARY|Test unit' "$name.log" || tail -20 "$name.log"
        echo "$name: found something, see build/fuzz/$name.log"
        exit 1
    fi
    echo "$name: $(sed -n 's/.*Seed: *\([0-9]*\)/seed \1/p' "$name.log" | head -1)," \
        "$(sed -n 's/stat::number_of_executed_units: *//p' "$name.log") runs," \
        "$(sed -n 's/stat::new_units_added: *//p' "$name.log") new inputs, nothing found"
done
[ $interop -eq 0 ] || echo "interop was SKIPPED, see above"
