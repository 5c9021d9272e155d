// A consumer's tile of a matrix product whose epilogue is the GEGLU gate: y = (x Wv^T + bv) GELU(x Wg^T + bg).
#pragma once

#include "gelu.cuh"
#include "hopper.cuh"

namespace wma::kernels {

constexpr int kDepth = 64; // of a step
constexpr int kRowBytes = 2 * kDepth;

struct GateArguments {
    const void* bias;
    void* y;
    int64_t rows;
    int steps, channels;
    int tiles, chunks; // of the rows; streaming needs no chunks
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
template <typename T, int Parts> __device__ __forceinline__ void store(const float (&sum)[Parts][128 / Parts], const Bias<T, 4 / Parts>& bias, const GateArguments& a, int64_t row, int first) {
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

} // namespace wma::kernels
