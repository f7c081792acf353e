#!/usr/bin/env bash
# Installs the library into an empty folder and builds the example against it the way a stranger
# would: by pkg-config, with nothing of this source tree in reach.
#   check_library.sh BUILD SOURCE CC SANITIZE
set -euo pipefail
build=$1 source=$2 cc=$3 sanitize=$4
root=$(mktemp -d "${TMPDIR:-/tmp}/sottomls.XXXXXX")
trap 'rm -rf "$root"' EXIT
fail() { echo "library: $*" >&2; exit 1; }
DESTDIR=$root cmake --install "$build" --prefix /usr >/dev/null
pc=$(find "$root/usr" -name sottomls.pc)
[ -n "$pc" ] || fail "no pkg-config file"
export PKG_CONFIG_PATH=${pc%/*}
flags=$(pkg-config --cflags --libs sottomls)
case $flags in *"$source"*) fail "the flags point into the source tree: $flags" ;; esac
lines=$(wc -l <"$source/examples/two_people.c")
[ "$lines" -le 60 ] || fail "the example has $lines lines, more than the 60 it promises"
# shellcheck disable=SC2086
"$cc" -std=gnu2x -Wall -Wextra ${sanitize:+-fsanitize=$sanitize} -o "$root/two_people" "$source/examples/two_people.c" $flags
lib=${pc%/*}/..
said=$(LD_LIBRARY_PATH=$lib "$root/two_people")
[ "$said" = "bob reads: tea at five" ] || fail "the example says: $said"
# Nothing shows but what the map names, and nothing is needed but libcrypto and libc.
others=$(nm -D --defined-only "$lib/libsottomls.so" | awk '{print $3}' | sed 's/@.*//' |
    grep -vE '^(mls_|safety_|sign_|SIGN_|buf_|hash_|HASH_ALG_|err_str$|rand_bytes$|SOTTOMLS_0$|__asan|__ubsan|__odr_asan)' || true)
[ -z "$others" ] || fail "names that should be hidden: $others"
needs=$(readelf -d "$lib/libsottomls.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libcrypto|libc|libasan|libubsan|ld-linux|libm|libpthread|libgcc)' || true)
[ -z "$needs" ] || fail "it needs more than libcrypto: $needs"
echo "library: fine"
