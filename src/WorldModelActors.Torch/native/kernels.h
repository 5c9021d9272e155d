// Launchers of the CUDA kernels. They know nothing of libtorch, so that nvcc compiles them in seconds.
//
// Activations are channels last: rows of C channels, C divisible by 8, 16-byte aligned. Element types: 0 float16, 1 bfloat16;
// arithmetic inside is float32. Every launcher returns the error of its launch, cudaSuccess (0) where there is none.
#pragma once

#include <cstdint>

struct CUstream_st;

namespace wma::kernels {

using Stream = CUstream_st*;

enum Type { kHalf = 0, kBFloat16 = 1 };

// Group normalisation over samples of P rows: y = (x + shift - mean) * rstd * weight + bias, then SiLU where asked.
struct GroupNorm {
    Type type;
    const void* x;         // [N, P, C]
    const float* shift;    // [M, C] or null; sample n reads row n * M / N
    int64_t shift_rows;    // M
    const void* weight;    // [C]
    const void* bias;      // [C]
    void* y;               // [N, P, C]
    float* partial;        // [N, splits, 2, G] scratch
    float* statistics;     // [N, G, 2] scratch: mean, rstd
    unsigned* arrived;     // [N] scratch, zero before and after
    int64_t samples, rows; // N, P
    int channels, groups;  // C, G
    int splits;            // as group_norm_splits said
    float eps;
    bool silu;
};

// Blocks that share a sample's statistics; the size of the scratch depends on it.
int group_norm_splits(int64_t samples, int64_t rows, int channels, int multiprocessors);
int group_norm(const GroupNorm& arguments, int multiprocessors, Stream stream);

// Layer normalisation of rows: y = norm(x + shift) * weight + bias; shift [C] float or null. C = 64 k for the k of layer_norm_fits.
bool layer_norm_fits(int channels);
int layer_norm(Type type, const void* x, const float* shift, const void* weight, const void* bias, void* y, int64_t rows, int channels, float eps, Stream stream);

// Self attention over 16 frames at each of P positions: qkv [B, 16, P, 3 H 64] -> [B, 16, P, H 64].
int frame_attention(Type type, const void* qkv, void* out, int64_t batch, int64_t positions, int heads, Stream stream);

// out = sum over the branches of softmax(query keyᵀ / 8) value, heads 64 wide. query and out [N, L, H 64]; a branch's key and value
// [N / shared_by, H, keys, 64]. Row n belongs to frame n mod frames; where seen is not 0, it sees the first (frame + 1) seen keys only.
constexpr int kMostBranches = 4;
struct BranchAttention {
    Type type;
    const void* query;
    void* out;
    const void *key[kMostBranches], *value[kMostBranches];
    int keys[kMostBranches], seen[kMostBranches], shared_by[kMostBranches];
    int count, frames, heads;
    int64_t rows, queries; // N, L
    float scale;           // of scores, times log2 e
};
int branch_attention(const BranchAttention& arguments, Stream stream);

// Expected coordinates under softmax(logits / temperature) over P positions: logits [N, P, K], xs and ys [P] -> [N, K, 2].
int key_points(Type type, const void* logits, const float* xs, const float* ys, const float* temperature, void* out, int64_t rows, int positions, int channels, Stream stream);

// value * GELU(gate) of rows (value [C], gate [C]) -> [C], GELU in its erf form.
int geglu(Type type, const void* x, void* y, int64_t rows, int channels, Stream stream);

// The same of x weight^T + bias in one kernel: x [rows, depth], weight [2 C, depth], bias [2 C] -> [rows, C]. For devices of compute
// capability 9.0; rows < 2^30. Does not fit: no kernel for that, or none in this build.
bool linear_geglu_fits(int depth, int channels);
int linear_geglu(Type type, const void* x, const void* weight, const void* bias, void* y, int64_t rows, int depth, int channels, int multiprocessors, Stream stream);

// self += other + bias [C], rounded once.
int add_with_bias(Type type, void* self, const void* other, const float* bias, int64_t rows, int channels, Stream stream);

// self += bias [C], rounded once.
int add_bias(Type type, void* self, const float* bias, int64_t rows, int channels, Stream stream);

// Rows (a [A] + bias [A], b [B]) -> [A + B]; bias null: nothing is added.
int join_rows(Type type, const void* a, const float* bias, const void* b, void* y, int64_t rows, int a_channels, int b_channels, Stream stream);

// Pictures of rows of so many columns of C channels; every row and every column twice.
int enlarge_rows(Type type, const void* x, void* y, int64_t pixels, int columns, int channels, Stream stream);

// Random numbers of random_numbers.h, from the first of a stream on.
int philox_normal(float* to, int64_t count, uint64_t key, uint32_t x1, uint32_t x2, uint32_t x3, Stream stream);
int splitmix_uniform(float* to, int64_t count, float limit, uint64_t start, Stream stream);

} // namespace wma::kernels
