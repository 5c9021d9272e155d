#!/bin/sh
# Builds libwma_torch.so into a folder; everything that is said goes to build.log there.
#   build.sh OUT        LIBTORCH=/dir in the environment: see CMakeLists.txt
# On failure the last line of the output says in one line what is wrong.
set -u
source=$(cd "$(dirname "$0")" && pwd)
out=${1%/}
mkdir -p "$out" && cd "$out" || exit 1

need() {
    command -v "$1" >/dev/null || { echo "$1 is not installed" | tee build.log; exit 1; }
}
need cmake
need "${CXX:-c++}"

# A cache of another libtorch, generator or source folder would win over what is asked for now.
rm -f CMakeCache.txt
if cmake -S "$source" -B . -DCMAKE_BUILD_TYPE=Release -DLIBTORCH="${LIBTORCH:-}" >build.log 2>&1 && cmake --build . -j "$(nproc)" >>build.log 2>&1; then
    touch libwma_torch.so
    exit 0
fi
# CMake's message is the paragraph after "CMake Error at"; compilers and linkers put theirs on one line.
reason=$(awk '
    /^CMake Error/ { inside = 1; next }
    inside && /^ *$/ { if (text) exit; next }
    inside { sub(/^ +/, ""); text = text (text ? " " : "") $0; next }
    /error: |undefined reference|cannot find -l/ { text = $0; exit }
    END { print text }' build.log)
echo "${reason:-$(tail -n 1 build.log)} (all of it: $out/build.log)"
exit 1
