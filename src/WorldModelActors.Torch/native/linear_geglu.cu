// The gated product of gate_tile.cuh. It exists in code for sm_90a alone, so that this file is compiled for that and nothing else where
// WMA_HOPPER is defined; elsewhere no shape fits.
#include "kernels.h"

#include <cuda_runtime_api.h>

#ifdef WMA_HOPPER
#include "gate_resident.cuh"
#include "gate_streaming.cuh"
#include "tensor_map.h"

#include <algorithm>

namespace wma::kernels {
namespace {

template <typename F>
int launch(F* kernel, int blocks, int threads, int bytes, const CUtensorMap& x, const CUtensorMap& weight, const GateArguments& a, Stream stream) {
    if (const auto error = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes); error != cudaSuccess) return error;
    kernel<<<blocks, threads, bytes, stream>>>(x, weight, a);
    return cudaGetLastError();
}

// Chunks of the rows, so that every block has about the same work: a unit is a chunk's tiles, and new weights, which take as long as
// some 24 steps.
int best_chunks(int tiles, int columns, int steps, int blocks) {
    int best = 1;
    int64_t least = INT64_MAX;
    for (int chunks = 1; chunks <= std::min(tiles, 64); chunks++) {
        const int64_t turns = (static_cast<int64_t>(columns) * chunks + blocks - 1) / blocks, cost = turns * (static_cast<int64_t>((tiles + chunks - 1) / chunks) * steps + 24);
        if (cost < least) least = cost, best = chunks;
    }
    return best;
}

template <int Rows, int Outputs> bool maps(CUtensorMap& x_map, CUtensorMap& weight_map, Type type, const void* x, const void* weight, uint64_t rows, uint64_t depth, uint64_t channels) {
    const uint64_t row = 2 * depth;
    const cuuint64_t x_sizes[] = {depth, rows}, x_strides[] = {row};
    const cuuint32_t x_box[] = {kDepth, Rows};
    // Weight row gate C + 8 c + 2 j + e as [j, gate, c, e]: the order that a thread of store wants, without a copy of the weights.
    const cuuint64_t sizes[] = {depth, 2, channels / 8, 2, 4}, strides[] = {row, 8 * row, channels * row, 2 * row};
    const cuuint32_t box[] = {kDepth, 2, Outputs / 8, 2, 4};
    return tensor_map(x_map, type, x, 2, x_sizes, x_strides, x_box) && tensor_map(weight_map, type, weight, 5, sizes, strides, box);
}

template <typename T, int Parts>
int run_resident(Type type, const void* x, const void* weight, GateArguments a, int64_t depth, int multiprocessors, Stream stream) {
    using Size = Tile<Parts>;
    const int columns = a.channels / Size::kOutputs;
    a.tiles = static_cast<int>((a.rows + Size::kRows - 1) / Size::kRows);
    a.chunks = best_chunks(a.tiles, columns, a.steps * Parts, multiprocessors);
    CUtensorMap x_map, weight_map;
    if (!maps<Size::kRows, Size::kOutputs>(x_map, weight_map, type, x, weight, a.rows, depth, a.channels)) return cudaErrorInvalidValue;
    return launch(resident<T, Parts>, std::min(multiprocessors, columns * a.chunks), Resident<Parts>::kThreads, Resident<Parts>::kBytes, x_map, weight_map, a, stream);
}

template <typename T> int run_streaming(Type type, const void* x, const void* weight, GateArguments a, int64_t depth, int multiprocessors, Stream stream) {
    using Size = Tile<1>;
    constexpr int kRows = Streaming::kConsumers * Size::kRows;
    const int columns = a.channels / Size::kOutputs;
    a.tiles = static_cast<int>((a.rows + kRows - 1) / kRows);
    CUtensorMap x_map, weight_map;
    if (!maps<kRows, Size::kOutputs>(x_map, weight_map, type, x, weight, a.rows, depth, a.channels)) return cudaErrorInvalidValue;
    const auto blocks = static_cast<int>(std::min<int64_t>(multiprocessors, static_cast<int64_t>(columns) * a.tiles));
    return launch(streaming<T>, blocks, Streaming::kThreads, Streaming::kBytes, x_map, weight_map, a, stream);
}

} // namespace

bool linear_geglu_fits(int depth, int channels) { return depth > 0 && depth % kDepth == 0 && channels > 0 && channels % 128 == 0; }

int linear_geglu(Type type, const void* x, const void* weight, const void* bias, void* y, int64_t rows, int depth, int channels, int multiprocessors, Stream stream) {
    int error = 0;
    const GateArguments a{bias, y, rows, depth / kDepth, channels, 0, 0};
    dispatch(type, [&](auto t) {
        using T = decltype(t);
        if (a.steps <= Resident<1>::kKept)
            error = run_resident<T, 1>(type, x, weight, a, depth, multiprocessors, stream);
        else if (a.steps <= Resident<2>::kKept)
            error = run_resident<T, 2>(type, x, weight, a, depth, multiprocessors, stream);
        else
            error = run_streaming<T>(type, x, weight, a, depth, multiprocessors, stream);
    });
    return error;
}

} // namespace wma::kernels
#else

namespace wma::kernels {

bool linear_geglu_fits(int, int) { return false; }
int linear_geglu(Type, const void*, const void*, const void*, void*, int64_t, int, int, int, Stream) { return cudaErrorNotSupported; }

} // namespace wma::kernels
#endif
