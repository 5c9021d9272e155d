// Group normalisation of channels-last activations in two passes over memory. The sums are added in a fixed order (no atomic adds of
// numbers), so that results are the same on every run.
#include "kernels.cuh"

#include <algorithm>

namespace wma::kernels {
namespace {

constexpr int kUnroll = 4;
// A pass that only reads needs more loads in flight than one that writes too.
constexpr int kSumUnroll = 8;

// Threads of a block: whole rows of C / 8 vectors, a multiple of a warp.
int threads_of(int channels) {
    const int vectors = channels / 8;
    const int rows = std::max(1, (vectors <= 64 ? 256 : 512) / vectors);
    return (rows * vectors + 31) / 32 * 32;
}

int splits_of(int64_t samples, int64_t rows, int channels, int blocks, int unroll) {
    const int in_flight = threads_of(channels) / (channels / 8);
    const int64_t most = (rows + unroll * in_flight - 1) / (unroll * in_flight);
    const int64_t wanted = (blocks + samples - 1) / samples;
    const int64_t splits = std::max<int64_t>(1, std::min(most, wanted));
    const int64_t each = (rows + splits - 1) / splits;
    return static_cast<int>((rows + each - 1) / each);
}

// Sums of x + shift and of its square over a share of a sample's rows; the block that comes last turns all shares into mean and rstd.
template <typename T>
__global__ void sum_groups(GroupNorm a) {
    extern __shared__ float shared[];
    const int vectors = a.channels / 8, per_group = a.channels / a.groups;
    const int in_flight = blockDim.x / vectors, v = threadIdx.x % vectors, slot = threadIdx.x / vectors;
    const int64_t n = blockIdx.y, each = (a.rows + gridDim.x - 1) / gridDim.x;
    const int64_t first = blockIdx.x * each, end = min(a.rows, first + each);
    float sum[8] = {}, square[8] = {}, shift[8] = {};
    if (slot < in_flight) {
        if (a.shift) load_floats(a.shift + (n * a.shift_rows / a.samples) * a.channels + v * 8, shift);
        const auto* x = static_cast<const Eight<T>*>(a.x) + n * a.rows * vectors + v;
        const auto add = [&](const Eight<T>& e) {
            float f[8];
            e.load(f);
#pragma unroll
            for (int i = 0; i < 8; i++) {
                f[i] += shift[i];
                sum[i] += f[i];
                square[i] += f[i] * f[i];
            }
        };
        int64_t r = first + slot;
        for (; r + (kSumUnroll - 1) * in_flight < end; r += kSumUnroll * in_flight) {
            Eight<T> e[kSumUnroll];
#pragma unroll
            for (int i = 0; i < kSumUnroll; i++) e[i] = x[(r + i * in_flight) * vectors];
#pragma unroll
            for (int i = 0; i < kSumUnroll; i++) add(e[i]);
        }
        for (; r < end; r += in_flight) add(x[r * vectors]);
    }
    float *sums = shared, *squares = shared + a.channels;
    for (int turn = 0; turn < in_flight; turn++) {
        if (slot == turn) {
#pragma unroll
            for (int i = 0; i < 8; i++) {
                sums[v * 8 + i] = (turn == 0 ? 0.f : sums[v * 8 + i]) + sum[i];
                squares[v * 8 + i] = (turn == 0 ? 0.f : squares[v * 8 + i]) + square[i];
            }
        }
        __syncthreads();
    }
    float* share = a.partial + (n * gridDim.x + blockIdx.x) * 2 * a.groups;
    for (int i = threadIdx.x; i < 2 * a.groups; i += blockDim.x) {
        const float* from = (i < a.groups ? sums : squares) + (i % a.groups) * per_group;
        float total = 0;
        for (int c = 0; c < per_group; c++) total += from[c];
        share[i] = total;
    }
    __threadfence();
    __shared__ bool last;
    __syncthreads();
    if (threadIdx.x == 0) last = atomicAdd(a.arrived + n, 1u) == gridDim.x - 1;
    __syncthreads();
    if (!last) return;
    __threadfence();
    // Neighbouring threads add neighbouring numbers of a share, and several shares are under way at once: this block is what all wait for.
    const float* shares = a.partial + n * gridDim.x * 2 * a.groups;
    const int width = 2 * a.groups, slots = max(1, static_cast<int>(blockDim.x) / width), shares_count = gridDim.x;
    for (int i = threadIdx.x; i < slots * width; i += blockDim.x) {
        float total = 0;
#pragma unroll 8
        for (int s = i / width; s < shares_count; s += slots) total += __ldcg(shares + s * width + i % width);
        shared[i] = total;
    }
    __syncthreads();
    for (int g = threadIdx.x; g < a.groups; g += blockDim.x) {
        float total = 0, squared = 0;
        for (int i = 0; i < slots; i++) {
            total += shared[i * width + g];
            squared += shared[i * width + a.groups + g];
        }
        const float count = static_cast<float>(a.rows) * per_group, mean = total / count;
        const float variance = fmaxf(squared / count - mean * mean, 0.f);
        float* out = a.statistics + (n * a.groups + g) * 2;
        out[0] = mean;
        out[1] = rsqrtf(variance + a.eps);
    }
    if (threadIdx.x == 0) a.arrived[n] = 0;
}

template <typename T, bool Silu>
__global__ void normalise(GroupNorm a) {
    const int vectors = a.channels / 8, per_group = a.channels / a.groups;
    const int in_flight = blockDim.x / vectors, v = threadIdx.x % vectors, slot = threadIdx.x / vectors;
    if (slot >= in_flight) return;
    const int64_t n = blockIdx.y, each = (a.rows + gridDim.x - 1) / gridDim.x;
    const int64_t first = blockIdx.x * each, end = min(a.rows, first + each);
    float scale[8], offset[8], shift[8] = {};
    static_cast<const Eight<T>*>(a.weight)[v].load(scale);
    static_cast<const Eight<T>*>(a.bias)[v].load(offset);
    if (a.shift) load_floats(a.shift + (n * a.shift_rows / a.samples) * a.channels + v * 8, shift);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        const float* s = a.statistics + (n * a.groups + (v * 8 + i) / per_group) * 2;
        scale[i] *= s[1];
        offset[i] += (shift[i] - s[0]) * scale[i];
    }
    const auto* x = static_cast<const Eight<T>*>(a.x) + n * a.rows * vectors + v;
    auto* y = static_cast<Eight<T>*>(a.y) + n * a.rows * vectors + v;
    const auto apply = [&](const Eight<T>& e) {
        float f[8];
        e.load(f);
#pragma unroll
        for (int i = 0; i < 8; i++) {
            f[i] = f[i] * scale[i] + offset[i];
            if (Silu) f[i] = __fdividef(f[i], 1.f + __expf(-f[i]));
        }
        return Eight<T>::store(f);
    };
    int64_t r = first + slot;
    for (; r + (kUnroll - 1) * in_flight < end; r += kUnroll * in_flight) {
        Eight<T> e[kUnroll];
#pragma unroll
        for (int i = 0; i < kUnroll; i++) e[i] = x[(r + i * in_flight) * vectors];
#pragma unroll
        for (int i = 0; i < kUnroll; i++) y[(r + i * in_flight) * vectors] = apply(e[i]);
    }
    for (; r < end; r += in_flight) y[r * vectors] = apply(x[r * vectors]);
}

} // namespace

int group_norm_splits(int64_t samples, int64_t rows, int channels, int multiprocessors) {
    return splits_of(samples, rows, channels, 2 * multiprocessors, kSumUnroll);
}

int group_norm(const GroupNorm& a, int multiprocessors, Stream stream) {
    const int threads = threads_of(a.channels);
    const dim3 sums(a.splits, a.samples), all(splits_of(a.samples, a.rows, a.channels, 8 * multiprocessors, kUnroll), a.samples);
    return dispatch(a.type, [&](auto t) {
        using T = decltype(t);
        sum_groups<T><<<sums, threads, std::max(2 * a.channels, threads) * sizeof(float), stream>>>(a);
        if (a.silu)
            normalise<T, true><<<all, threads, 0, stream>>>(a);
        else
            normalise<T, false><<<all, threads, 0, stream>>>(a);
    });
}

} // namespace wma::kernels
