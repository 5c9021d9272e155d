// Self attention of a position's 16 frames with heads 64 wide: one warp for each position and head reads its queries, keys and values
// straight from the fused projection, whatever the frames' stride, so that nothing is transposed.
#include "kernels.cuh"

#include <mma.h>

namespace wma::kernels {
namespace {

namespace wm = nvcuda::wmma;

constexpr int kWarps = 4, kFrames = 16, kWidth = 64;
// Rows padded by one 16-byte access, against bank conflicts.
constexpr int kRow = kWidth + 8, kScores = kFrames + 4;

template <typename T> __device__ __forceinline__ T narrow(float f);
template <> __device__ __forceinline__ __half narrow(float f) { return __float2half(f); }
template <> __device__ __forceinline__ __nv_bfloat16 narrow(float f) { return __float2bfloat16(f); }

template <typename T>
__global__ void __launch_bounds__(32 * kWarps) attend(const uint4* qkv, uint4* out, int64_t positions, int heads, int64_t total, float scale) {
    __shared__ __align__(16) T tiles[kWarps][3][kFrames * kRow];
    __shared__ __align__(16) float scores[kWarps][kFrames * kScores];
    __shared__ __align__(16) float mixed[kWarps][kFrames * 16];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int64_t id = static_cast<int64_t>(blockIdx.x) * kWarps + warp;
    if (id >= total) return;
    const int64_t head = id % heads, position = id / heads % positions, batch = id / heads / positions;
    const int64_t row = 3 * heads * (kWidth / 8);
    T(&tile)[3][kFrames * kRow] = tiles[warp];
#pragma unroll
    for (int m = 0; m < 3; m++)
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int t = i * 4 + lane / 8, c = lane % 8;
            *reinterpret_cast<uint4*>(&tile[m][t * kRow + c * 8]) = qkv[((batch * kFrames + t) * positions + position) * row + (m * heads + head) * 8 + c];
        }
    __syncwarp();
    wm::fragment<wm::accumulator, 16, 16, 16, float> score;
    wm::fill_fragment(score, 0.f);
#pragma unroll
    for (int k = 0; k < kWidth; k += 16) {
        wm::fragment<wm::matrix_a, 16, 16, 16, T, wm::row_major> query;
        wm::fragment<wm::matrix_b, 16, 16, 16, T, wm::col_major> key;
        wm::load_matrix_sync(query, &tile[0][k], kRow);
        wm::load_matrix_sync(key, &tile[1][k], kRow);
        wm::mma_sync(score, query, key, score);
    }
    wm::store_matrix_sync(scores[warp], score, kScores, wm::mem_row_major);
    __syncwarp();
    {
        // Two lanes a row of 16 scores. The probabilities take the queries' place.
        const int r = lane / 2, c = lane % 2 * 8;
        float p[8], most = -INFINITY, sum = 0;
#pragma unroll
        for (int i = 0; i < 8; i++) most = fmaxf(most, p[i] = scores[warp][r * kScores + c + i] * scale);
        most = fmaxf(most, __shfl_xor_sync(~0u, most, 1));
#pragma unroll
        for (int i = 0; i < 8; i++) sum += p[i] = __expf(p[i] - most);
        sum += __shfl_xor_sync(~0u, sum, 1);
#pragma unroll
        for (int i = 0; i < 8; i++) tile[0][r * kRow + c + i] = narrow<T>(p[i] / sum);
    }
    __syncwarp();
    wm::fragment<wm::matrix_a, 16, 16, 16, T, wm::row_major> probability;
    wm::load_matrix_sync(probability, tile[0], kRow);
#pragma unroll
    for (int n = 0; n < kWidth; n += 16) {
        wm::fragment<wm::matrix_b, 16, 16, 16, T, wm::row_major> value;
        wm::fragment<wm::accumulator, 16, 16, 16, float> sum;
        wm::load_matrix_sync(value, &tile[2][n], kRow);
        wm::fill_fragment(sum, 0.f);
        wm::mma_sync(sum, probability, value, sum);
        wm::store_matrix_sync(mixed[warp], sum, 16, wm::mem_row_major);
        __syncwarp();
        // The keys are done with: their tile collects the result in the output's type.
#pragma unroll
        for (int i = 0; i < 8; i++) tile[1][lane / 2 * kRow + n + lane % 2 * 8 + i] = narrow<T>(mixed[warp][lane / 2 * 16 + lane % 2 * 8 + i]);
        __syncwarp();
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const int t = i * 4 + lane / 8, c = lane % 8;
        out[((batch * kFrames + t) * positions + position) * (heads * 8) + head * 8 + c] = *reinterpret_cast<uint4*>(&tile[1][t * kRow + c * 8]);
    }
}

} // namespace

int frame_attention(Type type, const void* qkv, void* out, int64_t batch, int64_t positions, int heads, Stream stream) {
    const int64_t total = batch * positions * heads;
    return dispatch(type, [&](auto t) {
        attend<decltype(t)><<<static_cast<unsigned>((total + kWarps - 1) / kWarps), 32 * kWarps, 0, stream>>>(
            static_cast<const uint4*>(qkv), static_cast<uint4*>(out), positions, heads, total, 0.125f);
    });
}

} // namespace wma::kernels
