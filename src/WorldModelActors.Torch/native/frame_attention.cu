// Self attention of a position's 16 frames with heads 64 wide: one warp for each position and head reads its queries, keys and values
// straight from the fused projection, whatever the frames' stride, so that nothing is transposed.
#include "mma.cuh"

namespace wma::kernels {
namespace {

constexpr int kWarps = 4, kFrames = 16, kWidth = 64;
// Rows padded by one 16-byte access, against bank conflicts.
constexpr int kRow = kWidth + 8;

template <typename T>
__global__ void __launch_bounds__(32 * kWarps) attend(const uint4* qkv, uint4* out, int64_t positions, int heads, int64_t total, float scale) {
    __shared__ __align__(16) T tiles[kWarps][3][kFrames * kRow];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, column = lane % 4;
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
            copy16(&tile[m][t * kRow + c * 8], qkv + ((batch * kFrames + t) * positions + position) * row + (m * heads + head) * 8 + c, true);
        }
    asm volatile("cp.async.commit_group;\ncp.async.wait_group 0;\n");
    __syncwarp();
    float score[2][4] = {};
#pragma unroll
    for (int k = 0; k < 4; k++) {
        unsigned query[4], key[4];
        load_matrices(query, &tile[0][k * 16 + left_at(lane, kRow)]);
        load_matrices(key, &tile[1][k * 16 + right_rows_at(lane, kRow)]);
        multiply<T>(score[0], query, key[0], key[1]);
        multiply<T>(score[1], query, key[2], key[3]);
    }
#pragma unroll
    for (int h = 0; h < 2; h++) {
        float most = fmaxf(fmaxf(score[0][2 * h], score[0][2 * h + 1]), fmaxf(score[1][2 * h], score[1][2 * h + 1])), sum = 0;
        most = fmaxf(most, __shfl_xor_sync(~0u, most, 1));
        most = fmaxf(most, __shfl_xor_sync(~0u, most, 2));
#pragma unroll
        for (int j = 0; j < 2; j++)
#pragma unroll
            for (int i = 2 * h; i < 2 * h + 2; i++) sum += score[j][i] = exp2f((score[j][i] - most) * scale);
        sum += __shfl_xor_sync(~0u, sum, 1);
        sum += __shfl_xor_sync(~0u, sum, 2);
        const float inverse = 1.f / sum;
#pragma unroll
        for (int j = 0; j < 2; j++)
#pragma unroll
            for (int i = 2 * h; i < 2 * h + 2; i++) score[j][i] *= inverse;
    }
    const unsigned p[4] = {
        packed<T>(score[0][0], score[0][1]), packed<T>(score[0][2], score[0][3]), packed<T>(score[1][0], score[1][1]), packed<T>(score[1][2], score[1][3])};
    // Every lane has read the queries: their tile collects the result.
    __syncwarp();
#pragma unroll
    for (int d = 0; d < 4; d++) {
        unsigned value[4];
        float low[4] = {}, high[4] = {};
        load_matrices_transposed(value, &tile[2][d * 16 + right_at(lane, kRow)]);
        multiply<T>(low, p, value[0], value[1]);
        multiply<T>(high, p, value[2], value[3]);
#pragma unroll
        for (int h = 0; h < 2; h++) {
            T* to = &tile[0][(group + 8 * h) * kRow + d * 16 + column * 2];
            *reinterpret_cast<unsigned*>(to) = packed<T>(low[2 * h], low[2 * h + 1]);
            *reinterpret_cast<unsigned*>(to + 8) = packed<T>(high[2 * h], high[2 * h + 1]);
        }
    }
    __syncwarp();
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const int t = i * 4 + lane / 8, c = lane % 8;
        out[((batch * kFrames + t) * positions + position) * (heads * 8) + head * 8 + c] = *reinterpret_cast<uint4*>(&tile[0][t * kRow + c * 8]);
    }
}

} // namespace

int frame_attention(Type type, const void* qkv, void* out, int64_t batch, int64_t positions, int heads, Stream stream) {
    const int64_t total = batch * positions * heads;
    return dispatch(type, [&](auto t) {
        attend<decltype(t)><<<static_cast<unsigned>((total + kWarps - 1) / kWarps), 32 * kWarps, 0, stream>>>(
            static_cast<const uint4*>(qkv), static_cast<uint4*>(out), positions, heads, total, 0.125f * 1.44269504088896341f);
    });
}

} // namespace wma::kernels
