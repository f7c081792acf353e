#!/usr/bin/env bash
# Installs a build into an empty folder, as a package would, and reads a page back from there.
#   check_install.sh BUILD
set -euo pipefail
build=$1
root=$(mktemp -d "${TMPDIR:-/tmp}/sotto-install.XXXXXX")
trap 'rm -rf "$root"' EXIT
DESTDIR=$root cmake --install "$build" --prefix /usr >/dev/null
fail() { echo "install: $*" >&2; exit 1; }
for program in sottod sottoctl sotto; do
    [ -x "$root/usr/bin/$program" ] || fail "$program is missing"
    "$root/usr/bin/$program" --version | grep >/dev/null "^$program [0-9]" || fail "$program does not run where it was put"
done
# The one that reads pictures is started by sotto; it says so by how it ends. What it is linked to is
# what strangers attack, and has no place where the keys are.
status=0
"$root/usr/bin/../libexec/sotto/sotto-picture" >/dev/null 2>&1 </dev/null || status=$?
[ "$status" = 64 ] || fail "sotto-picture is not where sotto looks for it"
nm -D --undefined-only "$root/usr/libexec/sotto/sotto-picture" | grep >/dev/null 'chafa_' || fail "sotto-picture draws nothing"
for program in sotto sottod; do
    ! nm -D --undefined-only "$root/usr/bin/$program" | grep -E ' (png_|tj[A-Z]|WebP|chafa_|g_)' || fail "$program reads pictures itself"
done
for page in man1/sotto.1 man5/sottod.json.5 man5/sotto-json.5 man5/sotto-config.5 man5/sotto-themes.5 man7/sotto-keys.7 man7/sotto-protocol.7 man7/sotto-security.7 man8/sottod.8 man8/sottoctl.8; do
    [ -f "$root/usr/share/man/$page" ] || fail "$page is missing"
done
[ "$(find "$root/usr/share/sotto/themes" -name '*.json' | wc -l)" = 11 ] || fail "there are not eleven themes"
[ -f "$root/usr/lib/systemd/system/sottod.service" ] || fail "the unit is missing"
for program in sotto sottod sottoctl; do
    [ -f "$root/usr/share/bash-completion/completions/$program" ] || fail "completions of $program are missing"
done
if command -v mandoc >/dev/null; then
    mandoc -T utf8 "$root/usr/share/man/man8/sottod.8" | sed 's/.\x08//g' | grep "check-config" >/dev/null || fail "sottod.8 does not read well"
else
    echo "mandoc is not here: the page was not read"
fi
echo "install: fine"
