# Sourced by ./wma and ./test: makes a fresh Debian 12 / Ubuntu machine ready to build. Expects $root.

say() { printf '%s\n' "$*" >&2; }

# What the native parts are built from. LIBTORCH=/dir replaces the system's libtorch. "tests" adds what only tests need.
wma_packages() {
    local packages=(libopenblas0-pthread libopencv-dev libhdf5-dev cmake make g++)
    [ -n "${LIBTORCH:-}" ] || packages+=(libtorch-dev)
    # A private instance of it, see deploy/postgres/private-instance.sh.
    [ "${1:-}" != tests ] || packages+=(postgresql)
    printf '%s\n' "${packages[@]}"
}

wma_missing_packages() {
    local package
    for package in $(wma_packages "${1:-}"); do
        case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
            "install ok installed") ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

# wma_ready [tests]
wma_ready() {
    if ! command -v dotnet >/dev/null || ! grep -q '^10\.' <<<"$(dotnet --list-sdks)"; then
        say "wma: the .NET 10 SDK is missing: install it from https://dot.net (package dotnet-sdk-10.0) and run this again"
        exit 3
    fi
    if ! command -v dpkg-query >/dev/null; then
        # Not Debian: CMake says what it does not find.
        command -v cmake >/dev/null && command -v c++ >/dev/null || {
            say "wma: install cmake, a C++ compiler, libtorch (or set LIBTORCH), OpenCV, HDF5 and OpenBLAS with their headers, and run this again"
            exit 3
        }
        return
    fi
    local missing
    missing=$(wma_missing_packages "${1:-}")
    [ -n "$missing" ] || return 0
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null || { ! [ -t 0 ] && ! sudo -n true 2>/dev/null; }; then
            say "wma: these Debian packages are missing and may not be installed from here; run this once:"
            say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
            exit 3
        fi
        sudo=(sudo)
    fi
    say "wma: installing $missing(once; log: artifacts/apt.log)"
    if ! { "${sudo[@]}" apt-get update &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$root/artifacts/apt.log" 2>&1; then
        tail -n 5 "$root/artifacts/apt.log" >&2
        say "wma: the installation failed; run it by hand to see why: sudo apt-get install -y --no-install-recommends $missing"
        exit 3
    fi
}

# One build at a time, whoever starts it.
wma_lock() {
    mkdir -p "$root/artifacts"
    exec 9>"$root/artifacts/lock"
    flock 9
}

# What the packages' own native libraries ask of the system; where it is not there, one line says so instead of a failing load.
wma_package_needs() {
    local libraries library
    # Whole, before anything looks at it: with pipefail, who stops reading early makes the writer's end a failure.
    libraries=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null || true)
    if [[ $1 == *Tensors=torchsharp* ]]; then
        library=$(sed -n '/libstdc++\.so\.6 .*x86-64/{s/.*=> //p;q}' <<<"$libraries")
        if [ -n "$library" ] && ! grep -qa GLIBCXX_3.4.32 "$library"; then
            say "wma: TorchSharp needs libstdc++ of GCC 13 (GLIBCXX_3.4.32), which this system has not: Ubuntu 24.04 or Debian 13, or build without --tensors"
            exit 3
        fi
    fi
    if [[ -n $libraries && $1 == *Video=opencvsharp* ]] && ! grep -q 'libgtk-3\.so\.0' <<<"$libraries"; then
        say "wma: OpenCvSharp4 needs GTK 3: sudo apt-get install -y libgtk-3-0"
        exit 3
    fi
}

# wma_restore -p:SWITCH=...: restores what a variant needs; where the registry does not have it, one line says what is missing.
wma_restore() {
    local log=$root/artifacts/restore.log
    wma_package_needs "$*"
    dotnet restore "$root/WorldModelActors.sln" --nologo "$@" >"$log" 2>&1 && return
    local missing
    missing=$(grep -oE "(Unable to find package|depends on) [A-Za-z0-9.]*[A-Za-z0-9]( with version \(>= [0-9.]+\))?" "$log" | sed 's/.*package //; s/depends on //; s/ with version (>= \([0-9.]*\))/ \1/' | sort -u | paste -sd, | sed 's/,/, /g')
    say "wma: packages of ${*#-p:} do not restore here: ${missing:-see artifacts/restore.log}"
    exit 3
}
