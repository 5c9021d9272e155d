// y = (x Wv^T + bv) GELU(x Wg^T + bg): a matrix product whose epilogue is the gate. For Hopper only.
#include "kernels.h"

#ifdef WMA_HOPPER
#include "gelu.cuh"
#include "hopper.cuh"

#include <algorithm>

namespace wma::kernels {

struct Tuning { int variant, group, lag, chunks; } tuning{0, 8, 3, 0};

namespace {

constexpr int kDepth = 64, kTurn = 1;
constexpr int kRowBytes = 2 * kDepth;

struct Arguments {
    const void* bias;
    void* y;
    int64_t rows;
    int steps, channels;
    int tiles, chunks;
    int group, lag;
};

// What a consumer sums up: Parts times 64 rows, by 256 / Parts columns, half of them values and half the gates of the same outputs.
template <int Parts> struct Tile {
    static constexpr int kRows = 64 * Parts, kColumns = 256 / Parts, kOutputs = kColumns / 2, kGroups = kOutputs / 32;
    static constexpr int kLeft = kRows * kRowBytes, kRight = kColumns * kRowBytes;
};

template <typename T, int Parts> __device__ __forceinline__ void multiply_step(float (&sum)[Parts][128 / Parts], unsigned left, unsigned right, bool add) {
    const uint64_t a = tile_descriptor(left), b = tile_descriptor(right);
    products_begin();
#pragma unroll
    for (int k = 0; k < kDepth / 16; k++)
#pragma unroll
        for (int p = 0; p < Parts; p++) product<T>(sum[p], a + p * (64 * kRowBytes / 16) + 2 * k, b + 2 * k, add || k > 0);
    products_commit();
}

// Weight rows are loaded so that a thread has, of every 32 outputs, eight that follow one another: in a tile, column
// ((2 j + gate) * kOutputs / 8 + c) * 2 + e is of output 8 c + 2 j + e.
template <typename T, int Groups> struct Bias {
    Eight<T> value[Groups], gate[Groups];

    __device__ __forceinline__ void load(const void* bias, int first, int channels) {
        const T* at = static_cast<const T*>(bias) + first + threadIdx.x % 4 * 8;
#pragma unroll
        for (int i = 0; i < Groups; i++) {
            value[i] = *reinterpret_cast<const Eight<T>*>(at + 32 * i);
            gate[i] = *reinterpret_cast<const Eight<T>*>(at + 32 * i + channels);
        }
    }
};

// Writes a tile's outputs, from a row and a channel on.
template <typename T, int Parts> __device__ __forceinline__ void store(const float (&sum)[Parts][128 / Parts], const Bias<T, 4 / Parts>& bias, const Arguments& a, int64_t row, int first) {
    constexpr int kGroups = Tile<Parts>::kGroups;
    const int thread = threadIdx.x % 128;
    row += thread / 32 * 16 + thread % 32 / 4;
    T* to = static_cast<T*>(a.y) + row * a.channels + first + thread % 4 * 8;
#pragma unroll
    for (int i = 0; i < kGroups; i++) {
        float value[8], gate[8];
        bias.value[i].load(value);
        bias.gate[i].load(gate);
#pragma unroll
        for (int half = 0; half < 2 * Parts; half++) {
            const int down = half / 2 * 64 + half % 2 * 8;
            float out[8];
#pragma unroll
            for (int o = 0; o < 8; o++) {
                const int at = (o / 2 * 2 * kGroups + i) * 4 + 2 * (half % 2) + o % 2;
                out[o] = (sum[half / 2][at] + value[o]) * gelu(sum[half / 2][at + 4 * kGroups] + gate[o]);
            }
            if (row + down < a.rows) *reinterpret_cast<uint4*>(to + down * static_cast<int64_t>(a.channels) + 32 * i) = Eight<T>::store(out).bits;
        }
    }
}

// A block keeps the weights of its columns in shared memory (kKept steps) for all rows of a chunk. Its two consumers take tiles in
// turns: while one multiplies, the other gates and writes.
template <int Parts> struct Resident {
    static constexpr int kKept = 5 * Parts, kRing = 8 / Parts, kThreads = 3 * 128;
    static constexpr int kBytes = kKept * Tile<Parts>::kRight + kRing * Tile<Parts>::kLeft + 1024;
};

template <typename T, int Parts>
__global__ void __launch_bounds__(Resident<Parts>::kThreads, 1) resident(const __grid_constant__ CUtensorMap x, const __grid_constant__ CUtensorMap weight, const __grid_constant__ Arguments a) {
    using Size = Tile<Parts>;
    constexpr int kKept = Resident<Parts>::kKept, kRing = Resident<Parts>::kRing;
    extern __shared__ char raw[];
    __shared__ uint64_t barriers[2 * kKept + 2 * kRing];
    const unsigned weights = (shared_address(raw) + 1023) & ~1023u, ring = weights + kKept * Size::kRight;
    const unsigned loaded = shared_address(barriers), spent = loaded + kKept * 8, full = spent + kKept * 8, empty = full + kRing * 8;
    const int columns = a.channels / Size::kOutputs, units = columns * a.chunks, stride = gridDim.x;
    const auto begin = [&](int chunk) { return static_cast<int>(static_cast<int64_t>(chunk) * a.tiles / a.chunks); };

    if (threadIdx.x == 0) {
        for (int i = 0; i < kKept; i++) {
            barrier_init(loaded + 8 * i, 1);
            barrier_init(spent + 8 * i, 2);
        }
        for (int i = 0; i < kRing; i++) {
            barrier_init(full + 8 * i, 1);
            barrier_init(empty + 8 * i, 1);
        }
        barrier_init_done();
    }
    __syncthreads();

    const int warpgroup = threadIdx.x / 128;
    if (warpgroup == 0) {
        fewer_registers<24>();
        if (threadIdx.x == 0) {
            int slot = 0, parity = 1, unit_parity = 1;
            for (int unit = blockIdx.x; unit < units; unit += stride, unit_parity ^= 1) {
                const int column = unit % columns, first = begin(unit / columns), end = begin(unit / columns + 1);
                for (int tile = first; tile < end; tile++)
                    for (int k = 0; k < a.steps; k++) {
                        if (tile == first) {
                            barrier_wait(spent + 8 * k, unit_parity);
                            barrier_expect(loaded + 8 * k, Size::kRight);
                            copy_tile(weights + k * Size::kRight, weight, loaded + 8 * k, k * kDepth, 0, column * (Size::kOutputs / 8), 0, 0);
                        }
                        barrier_wait(empty + 8 * slot, parity);
                        barrier_expect(full + 8 * slot, Size::kLeft);
                        copy_tile(ring + slot * Size::kLeft, x, full + 8 * slot, k * kDepth, tile * Size::kRows);
                        if (++slot == kRing) slot = 0, parity ^= 1;
                    }
            }
        }
    } else {
        more_registers<240>();
        const int me = warpgroup - 1;
        const bool tells = threadIdx.x % 128 == 0;
        if (me == 1) turn_give(kTurn, 256);
        float sum[Parts][128 / Parts];
        int turns = 0, unit_parity = 0;
        for (int unit = blockIdx.x; unit < units; unit += stride, unit_parity ^= 1) {
            const int column = unit % columns, first = begin(unit / columns), end = begin(unit / columns + 1), mine = first + ((turns ^ me) & 1);
            Bias<T, Size::kGroups> bias;
            bias.load(a.bias, column * Size::kOutputs, a.channels);
            if (mine >= end && tells)
                for (int k = 0; k < a.steps; k++) {
                    // Not before the last unit's were spent: that would count for it.
                    barrier_wait(loaded + 8 * k, unit_parity);
                    barrier_arrive(spent + 8 * k);
                }
            for (int tile = mine; tile < end; tile += 2) {
                turn_wait(kTurn + me, 256);
                const bool last = tile + 2 >= end;
                int step = (turns + tile - first) * a.steps;
                const auto release = [&](int k) {
                    if (!tells) return;
                    barrier_arrive(empty + 8 * ((step - 1) % kRing));
                    if (last) barrier_arrive(spent + 8 * k);
                };
                for (int k = 0; k < a.steps; k++, step++) {
                    if (tile == mine) barrier_wait(loaded + 8 * k, unit_parity);
                    barrier_wait(full + 8 * (step % kRing), step / kRing % 2);
                    multiply_step<T, Parts>(sum, ring + step % kRing * Size::kLeft, weights + k * Size::kRight, k > 0);
                    products_wait<1>();
                    if (k > 0) release(k - 1);
                }
                if (tile + 1 < end || unit + stride < units) turn_give(kTurn + 1 - me, 256);
                products_wait<0>();
                products_done(sum);
                release(a.steps - 1);
                store<T, Parts>(sum, bias, a, static_cast<int64_t>(tile) * Size::kRows, column * Size::kOutputs);
            }
            turns += end - first;
        }
    }
}

// Both factors come by a ring of steps: 64 rows of each consumer by 256 columns. Consumers start `lag` steps after one another, so that
// some multiply while another gates and writes.
template <int Consumers> struct Streaming {
    static constexpr int kStages = 4, kThreads = 128 * (Consumers + 1), kStage = Consumers * Tile<1>::kLeft + Tile<1>::kRight;
    static constexpr int kBytes = kStages * kStage + 1024;
};

template <typename T, int Consumers>
__global__ void __launch_bounds__(Streaming<Consumers>::kThreads, 1) streaming(const __grid_constant__ CUtensorMap x, const __grid_constant__ CUtensorMap weight, const __grid_constant__ Arguments a) {
    using Size = Tile<1>;
    constexpr int kStages = Streaming<Consumers>::kStages, kStage = Streaming<Consumers>::kStage;
    extern __shared__ char raw[];
    __shared__ uint64_t barriers[2 * kStages];
    const unsigned ring = (shared_address(raw) + 1023) & ~1023u;
    const unsigned full = shared_address(barriers), empty = full + kStages * 8;
    const int columns = a.channels / Size::kOutputs, total = a.tiles * columns;

    if (threadIdx.x == 0) {
        for (int i = 0; i < kStages; i++) {
            barrier_init(full + 8 * i, 1);
            barrier_init(empty + 8 * i, Consumers);
        }
        barrier_init_done();
    }
    __syncthreads();

    // Tiles go down a group of rows column by column, so that what blocks read at a time is near a square.
    const auto place = [&](int tile, int& row, int& column) {
        const int group = tile / (a.group * columns), within = tile % (a.group * columns), height = min(a.group, a.tiles - group * a.group);
        row = (group * a.group + within % height) * Consumers * Size::kRows;
        column = within / height;
    };

    const int warpgroup = threadIdx.x / 128;
    if (warpgroup == 0) {
        fewer_registers<24>();
        if (threadIdx.x == 0) {
            int slot = 0, parity = 1;
            for (int tile = blockIdx.x; tile < total; tile += gridDim.x) {
                int row, column;
                place(tile, row, column);
                for (int k = 0; k < a.steps; k++) {
                    const unsigned to = ring + slot * kStage;
                    barrier_wait(empty + 8 * slot, parity);
                    barrier_expect(full + 8 * slot, kStage);
                    copy_tile(to, x, full + 8 * slot, k * kDepth, row);
                    copy_tile(to + Consumers * Size::kLeft, weight, full + 8 * slot, k * kDepth, 0, column * (Size::kOutputs / 8), 0, 0);
                    if (++slot == kStages) slot = 0, parity ^= 1;
                }
            }
        }
    } else {
        more_registers<Consumers == 2 ? 240 : 160>();
        const int me = warpgroup - 1, lag = min(a.lag, a.steps);
        const bool tells = threadIdx.x % 128 == 0;
        int slot = 0, parity = 0;
        float sum[1][128];
        bool gave = lag == 0 || me == Consumers - 1, began = lag == 0 || me == 0;
        for (int tile = blockIdx.x; tile < total; tile += gridDim.x) {
            int row, column;
            place(tile, row, column);
            if (!began) turn_wait(kTurn + me, 256), began = true;
            int last = 0;
            for (int k = 0; k < a.steps; k++) {
                const unsigned from = ring + slot * kStage;
                barrier_wait(full + 8 * slot, parity);
                multiply_step<T, 1>(sum, from + me * Size::kLeft, from + Consumers * Size::kLeft, k > 0);
                products_wait<1>();
                if (k > 0 && tells) barrier_arrive(empty + 8 * last);
                if (!gave && k + 1 == lag) turn_give(kTurn + me + 1, 256), gave = true;
                last = slot;
                if (++slot == kStages) slot = 0, parity ^= 1;
            }
            Bias<T, Size::kGroups> bias;
            bias.load(a.bias, column * Size::kOutputs, a.channels);
            products_wait<0>();
            products_done(sum);
            if (tells) barrier_arrive(empty + 8 * last);
            store<T, 1>(sum, bias, a, row + me * Size::kRows, column * Size::kOutputs);
        }
    }
}

using Encode = decltype(&cuTensorMapEncodeTiled);

// The driver's, without linking it.
Encode encoder() {
    static const Encode encode = [] {
        void* function = nullptr;
        cudaDriverEntryPointQueryResult result{};
#if CUDART_VERSION >= 12050
        const auto error = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &result);
#else
        const auto error = cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &function, cudaEnableDefault, &result);
#endif
        return error == cudaSuccess && result == cudaDriverEntryPointSuccess ? reinterpret_cast<Encode>(function) : nullptr;
    }();
    return encode;
}

bool encode(CUtensorMap& map, Type type, const void* data, int rank, const cuuint64_t* sizes, const cuuint64_t* strides, const cuuint32_t* box) {
    const cuuint32_t ones[5] = {1, 1, 1, 1, 1};
    const auto function = encoder();
    return function
        && function(&map, type == kHalf ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16 : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, rank, const_cast<void*>(data), sizes, strides, box, ones, CU_TENSOR_MAP_INTERLEAVE_NONE,
               CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE)
        == CUDA_SUCCESS;
}

template <typename F> int launch(F* kernel, int blocks, int threads, int bytes, const CUtensorMap& x, const CUtensorMap& weight, const Arguments& a, Stream stream) {
    if (const auto error = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes); error != cudaSuccess) return error;
    kernel<<<blocks, threads, bytes, stream>>>(x, weight, a);
    return cudaGetLastError();
}

// Chunks of the rows, so that every block has about the same work: a unit is a chunk's tiles, and new weights, which take about as long
// as eight steps of a tile.
int best_chunks(int tiles, int columns, int steps, int blocks) {
    int best = 1;
    int64_t least = INT64_MAX;
    for (int chunks = 1; chunks <= std::min(tiles, 64); chunks++) {
        const int64_t turns = (static_cast<int64_t>(columns) * chunks + blocks - 1) / blocks, cost = turns * ((tiles + chunks - 1) / chunks * steps + 8);
        if (cost < least) least = cost, best = chunks;
    }
    return best;
}

} // namespace

int linear_geglu(Type type, const void* x, const void* weight, const void* bias, void* y, int64_t rows, int depth, int channels, int multiprocessors, Stream stream) {
    // Variants: 0 resident 1 part, 1 resident 2 parts, 2 streaming with 2 consumers, 3 with 3
    const int parts = tuning.variant == 1 ? 2 : 1, outputs = 128 / parts, tile_rows = tuning.variant < 2 ? 64 * parts : 64 * tuning.variant;
    const uint64_t k = depth, c = channels, row = 2 * k;
    CUtensorMap x_map, weight_map;
    const cuuint64_t x_sizes[] = {k, static_cast<cuuint64_t>(rows)}, x_strides[] = {row};
    const cuuint32_t x_box[] = {kDepth, static_cast<cuuint32_t>(tile_rows)};
    // Weight row gate C + 8 c + 2 j + e as [j, gate, c, e]: the order that store wants.
    const cuuint64_t sizes[] = {k, 2, c / 8, 2, 4}, strides[] = {row, 8 * row, c * row, 2 * row};
    const cuuint32_t box[] = {kDepth, 2, static_cast<cuuint32_t>(outputs / 8), 2, 4};
    if (!encode(x_map, type, x, 2, x_sizes, x_strides, x_box) || !encode(weight_map, type, weight, 5, sizes, strides, box)) return cudaErrorInvalidValue;
    Arguments a{bias, y, rows, depth / kDepth, channels, static_cast<int>((rows + tile_rows - 1) / tile_rows), 0, tuning.group, tuning.lag};
    a.chunks = tuning.chunks > 0 ? std::min(tuning.chunks, a.tiles) : best_chunks(a.tiles, channels / outputs, a.steps * parts, multiprocessors);
    const int blocks = std::min(multiprocessors, channels / outputs * (tuning.variant < 2 ? a.chunks : a.tiles));
    int error = 0;
    dispatch(type, [&](auto t) {
        using T = decltype(t);
        if (tuning.variant == 0)
            error = launch(resident<T, 1>, blocks, Resident<1>::kThreads, Resident<1>::kBytes, x_map, weight_map, a, stream);
        else if (tuning.variant == 1)
            error = launch(resident<T, 2>, blocks, Resident<2>::kThreads, Resident<2>::kBytes, x_map, weight_map, a, stream);
        else if (tuning.variant == 2)
            error = launch(streaming<T, 2>, blocks, Streaming<2>::kThreads, Streaming<2>::kBytes, x_map, weight_map, a, stream);
        else
            error = launch(streaming<T, 3>, blocks, Streaming<3>::kThreads, Streaming<3>::kBytes, x_map, weight_map, a, stream);
    });
    return error;
}

} // namespace wma::kernels
#endif
