# shellcheck shell=bash
# What it takes to build and test on Debian 12. Sourced by ./run and ./test; installs what is
# missing and says so. sotto_need LIST... with packages.
SOTTO_BUILD_PACKAGES=(gcc cmake ninja-build pkg-config libc6-dev libssl-dev libevent-dev libncurses-dev
    libsqlite3-dev libutf8proc-dev libseccomp-dev libcjson-dev libqrencode-dev
    libglib2.0-dev libchafa-dev libpng-dev libturbojpeg0-dev libwebp-dev)
SOTTO_TEST_PACKAGES=(clang clang-format clang-tidy libclang-rt-14-dev libcriterion-dev libvterm-dev
    python3 mandoc systemd)

sotto_need() {
    local missing=() package sudo=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null || { echo "missing: ${missing[*]} (only apt is known here: install them yourself)" >&2; return 1; }
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "missing: ${missing[*]}; run as root once, or install sudo" >&2; return 1; }
        sudo=(sudo)
    fi
    echo "installing: ${missing[*]}"
    # An old list of packages is the usual reason for a failure: then it is fetched and tried again.
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
        { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
}
