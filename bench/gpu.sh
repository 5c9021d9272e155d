#!/usr/bin/env bash
# Tests and measures on a GPU machine that has PyTorch (with CUDA) for python3 and a C++ compiler, but needs neither .NET
# nor the internet.
#
#   bench/gpu.sh pack [DIR]           on a machine with the .NET SDK: fills DIR (default carry/) with the .NET runtime, the
#                                     tests, the benchmarks and the shim's sources: about 30 MB. WMA_ENGINE=akka packs a build
#                                     with Akka.NET, whose tests and actors run on it
#   DIR/gpu.sh run [WHAT...]          on the GPU machine: builds the shim against python3's torch and runs what is asked for:
#                                     tests (those of CUDA in Torch, Models and Rollout), gpu (wma bench gpu), quick (the same in
#                                     200 s), devices (scaling over the GPUs), cold (11 iterations from a cold start, checkpoint read),
#                                     binding (default: tests gpu). Results go to $OUT (default: DIR/results)
#   DIR/gpu.sh shell 'COMMANDS'       the same preparation, then a shell with the environment to run the packed assemblies:
#                                     DIR/gpu.sh shell 'dotnet $APPS/bench/wma-bench.dll binding --device cuda'
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

say() { printf '%s\n' "gpu.sh: $*" >&2; }

pack() {
    local root target dotnet version room project
    root=$(cd "$here/.." && pwd)
    mkdir -p "${1:-$root/carry}"
    target=$(cd "${1:-$root/carry}" && pwd)
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    version=$(ls "$dotnet/shared/Microsoft.NETCore.App" | grep '^10\.' | sort -V | tail -n 1)
    rm -rf "$target/apps" "$target/native"
    mkdir -p "$target/native"
    cp "$root"/src/WorldModelActors.Torch/native/* "$target/native/"
    cp "${BASH_SOURCE[0]}" "$target/gpu.sh"
    local publish=(-c Release --nologo -v q -p:DebugType=none -p:RunAnalyzers=false)
    # WMA_ENGINE=akka: tests and actors run on Akka.NET there, too.
    rm -f "$target/engine"
    if [ "${WMA_ENGINE:-embedded}" != embedded ]; then
        publish+=(-p:Engine="$WMA_ENGINE")
        printf '%s\n' "$WMA_ENGINE" >"$target/engine"
    fi
    for project in bench/WorldModelActors.Bench src/WorldModelActors.Cli; do
        dotnet publish "$root/$project" -o "$target/apps/bench" "${publish[@]}"
    done
    # Nodes that serve files need ASP.NET Core, benchmarks do not, and it would double what is packed.
    cp "$target/apps/bench/wma-bench.runtimeconfig.json" "$target/apps/bench/wma.runtimeconfig.json"
    # Into one folder: what they share is there once.
    for room in Torch Models Rollout; do
        dotnet publish "$root/tests/WorldModelActors.$room.Tests" -o "$target/apps/tests" "${publish[@]}"
    done
    # Native libraries of other rooms and of other systems are of no use there.
    find "$target/apps" \( -name 'libwma_*.so' -o -name '*.xml' -o -path '*/runtimes/*' \) -type f -delete
    tar -C "$target" -cf - apps | xz -6 >"$target/apps.tar.xz"
    rm -rf "$target/apps"
    if [ ! -f "$target/runtime-$version.tar.xz" ]; then
        rm -f "$target"/runtime-*.tar.xz
        tar -C "$dotnet" --exclude='libmscor*' --exclude='*traceptprovider*' --exclude=createdump --exclude='Microsoft.VisualBasic*' \
            -cf - dotnet host "shared/Microsoft.NETCore.App/$version" | xz -9e >"$target/runtime-$version.tar.xz"
    fi
    say "$(du -sh "$target" | cut -f1) in $target: copy it to the GPU machine and run gpu.sh run there"
}

# The .NET runtime, the shim and the environment for them.
prepare() {
    command -v python3 >/dev/null || { say "python3 is not installed"; exit 3; }
    torch=$(python3 -c 'import importlib.util as u, os; s = u.find_spec("torch"); print(os.path.dirname(s.origin) if s else "")')
    [ -n "$torch" ] || { say "python3 has no torch"; exit 3; }
    # Inside a checkout where there is one: tests look for the repository above themselves.
    local beside=${TMPDIR:-/tmp}/wma-gpu
    [ ! -f "$here/../WorldModelActors.sln" ] || beside=$here/work
    work=${WMA_GPU_DIR:-$beside}
    mkdir -p "$work/native"
    if [ ! -x "$work/dotnet/dotnet" ]; then
        mkdir -p "$work/dotnet"
        xz -dc "$here"/runtime-*.tar.xz | tar -C "$work/dotnet" -xf -
    fi
    rm -rf "$work/apps"
    xz -dc "$here/apps.tar.xz" | tar -C "$work" -xf -
    export APPS=$work/apps
    [ ! -f "$here/engine" ] || { WMA_ENGINE=$(cat "$here/engine"); export WMA_ENGINE; }
    local library folder folders=$torch/lib
    for folder in "$torch"/../nvidia/*/lib; do
        [ ! -d "$folder" ] || folders=$folders:$folder
    done
    export LD_LIBRARY_PATH=$folders${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export DOTNET_ROOT=$work/dotnet PATH=$work/dotnet:$PATH WMA_NATIVE_DIR=$work/native
    library=$work/native/libwma_torch.so
    if [ ! -f "$library" ] || [ -n "$(find "$here/native" -newer "$library" -print -quit)" ]; then
        say "building the shim against $torch"
        # For the chip that is here only.
        CUDAARCHS=${CUDAARCHS:-$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ' || true)}
        [ -n "$CUDAARCHS" ] && export CUDAARCHS || unset CUDAARCHS
        build_shim "$library"
    fi
}

build_shim() {
    if command -v cmake >/dev/null; then
        LIBTORCH=$torch sh "$here/native/build.sh" "$work/native" || exit 3
        return
    fi
    # Without CMake: the compiler alone, with the CUDA runtime that torch itself brings, or the toolkit's.
    local includes=() candidate cudart="" linker=(-L"$torch/lib" "-Wl,-rpath,$torch/lib" -Wl,--no-as-needed -ltorch_cpu -lc10)
    local flags=(-std=c++20 -O3 -Wall -Wno-psabi -fPIC -shared -fvisibility=hidden -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include")
    grep -q NSt7__cxx1112basic_string "$torch/lib/libc10.so" || flags+=(-D_GLIBCXX_USE_CXX11_ABI=0)
    ! grep -q 'define TORCH_VERSION_MAJOR 1' "$torch/include/torch/csrc/api/include/torch/version.h" || flags+=(-fopenmp)
    if [ -f "$torch/lib/libtorch_cuda.so" ]; then
        for candidate in "$torch"/../nvidia/cu[0-9]* "$torch"/../nvidia/cuda_runtime ${CUDA_HOME:-} /usr/local/cuda /usr/local/cuda-*; do
            [ ! -d "$candidate/include" ] || includes+=(-isystem "$candidate/include")
            [ -n "$cudart" ] || cudart=$(find "$candidate"/lib* -name 'libcudart.so*' 2>/dev/null | head -n 1 || true)
        done
        [ -n "$cudart" ] || { say "no libcudart beside torch nor in a CUDA toolkit: set CUDA_HOME"; exit 3; }
        flags+=(-DWMA_CUDA "${includes[@]}")
        linker+=(-ltorch -ltorch_cuda -lc10_cuda "$cudart" "-Wl,-rpath,$(dirname "$cudart")")
    fi
    local nvcc objects=() chip
    nvcc=$(command -v nvcc || ls /usr/local/cuda*/bin/nvcc 2>/dev/null | tail -n 1 || true)
    if [ -n "$nvcc" ]; then
        flags+=(-DWMA_CUDA_KERNELS)
        for candidate in "$here"/native/*.cu; do
            objects+=("$work/native/$(basename "$candidate").o")
            chip=(-arch=native)
            # Hopper's own instructions are in code for sm_90a only.
            [ "$(basename "$candidate"):${CUDAARCHS:-}" != linear_geglu.cu:90 ] || chip=(-gencode=arch=compute_90a,code=sm_90a -DWMA_HOPPER)
            "$nvcc" -std=c++17 -O3 "${chip[@]}" -Xcompiler -fPIC,-fvisibility=hidden -c "$candidate" -o "${objects[-1]}" &
        done
        wait
    fi
    "${CXX:-g++}" "${flags[@]}" "$here"/native/*.cpp "${objects[@]}" -o "$1" "${linker[@]}" || exit 3
}

run() {
    local what room how status=0 config=${WMA_CONFIG:-$here/../assets/configs/world_model_interaction.yaml}
    [ $# -gt 0 ] || set -- tests gpu
    prepare
    out=${OUT:-$here/results}
    mkdir -p "$out"
    for what in "$@"; do
        say "$what"
        case "$what" in
            tests)
                for room in Torch Models Rollout; do
                    say "$room"
                    timeout "${WMA_TEST_SECONDS:-150}" dotnet "$APPS/tests/WorldModelActors.$room.Tests.dll" -noLogo -noColor -class '*Cuda*' -class '*FusedKernel*' </dev/null \
                        >"$out/${room,,}-tests.txt" 2>&1 || status=1
                    grep -v '^ *$' "$out/${room,,}-tests.txt" | tail -n "${WMA_TEST_LINES:-25}" | cut -c1-300
                done
                ;;
            gpu | quick | devices)
                case "$what" in
                    quick) how=(--quick --batches 1 2 4 8) ;;
                    devices) how=(--parts peaks devices) ;;
                    *) how=() ;;
                esac
                timeout "${WMA_BENCH_SECONDS:-3600}" dotnet "$APPS/bench/wma.dll" bench gpu --config "$config" --out "$out/$what" "${how[@]}" 2>"$out/$what-log.txt" || status=1
                tail -n 40 "$out/$what-log.txt" | cut -c1-400
                ;;
            cold)
                # What is written last is in the page cache, as a model is that was loaded before.
                [ -f "$work/cold.safetensors" ] || dotnet "$APPS/bench/wma.dll" bench cold --config "$config" --write "$work/cold.safetensors" || status=1
                timeout "${WMA_COLD_SECONDS:-600}" dotnet "$APPS/bench/wma.dll" bench cold --config "$config" --ckpt "$work/cold.safetensors" --json "$out/gpu-cold.json" || status=1
                ;;
            binding)
                dotnet "$APPS/bench/wma-bench.dll" binding --json "$out/binding-cpu.json" || status=1
                dotnet "$APPS/bench/wma-bench.dll" binding --device cuda:0 --json "$out/binding-cuda.json" || status=1
                ;;
            *)
                say "nothing is called $what: tests, gpu, quick, devices, cold, binding"
                exit 2
                ;;
        esac
    done
    return $status
}

case "${1:-}" in
    pack)
        pack "${2:-}"
        ;;
    run)
        shift
        run "$@"
        ;;
    shell)
        shift
        prepare
        exec bash -c "$*"
        ;;
    *)
        sed -n '2,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        [ "${1:-}" = --help ] || [ "${1:-}" = -h ] || exit 2
        ;;
esac
