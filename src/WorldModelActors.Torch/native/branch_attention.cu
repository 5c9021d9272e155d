// Attention of the same queries to several sets of keys, heads 64 wide, whose results are added: out = sum over branches of
// softmax(q kᵀ / 8) v. Queries are read once and the sum is written once; each branch's softmax goes over its keys in pieces (Milakov and
// Gimelshein, "Online normalizer calculation for softmax", 2018; Dao, "FlashAttention-2", 2023), on tensor cores.
#include "mma.cuh"

namespace wma::kernels {
namespace {

constexpr int kWarps = 8, kThreads = 32 * kWarps, kWidth = 64;
// Queries of a block: 16 for each warp.
constexpr int kQueries = 16 * kWarps;
// Keys in shared memory, and keys whose scores are in registers.
constexpr int kChunk = 64, kPiece = 32;
// Rows padded by one 16-byte access, against bank conflicts.
constexpr int kRow = kWidth + 8;

template <typename T> struct Tile {
    T key[kChunk * kRow];
    T value[kChunk * kRow];
};

template <typename T>
__global__ void __launch_bounds__(kThreads, 2) attend_branches(BranchAttention a) {
    __shared__ __align__(16) Tile<T> tiles[2];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, column = lane % 4;
    const int head = blockIdx.y;
    const int64_t n = blockIdx.z, width = static_cast<int64_t>(a.heads) * kWidth;
    const int frame = static_cast<int>(n % a.frames);
    const int row = blockIdx.x * kQueries + warp * 16 + group;

    // Keys of a branch that this row of queries sees.
    const auto seen = [&](int b) { return a.seen[b] > 0 ? min(a.keys[b], (frame + 1) * a.seen[b]) : a.keys[b]; };
    const auto fetch = [&](int stage, int b, int start) {
        const int64_t first = (n / a.shared_by[b] * a.heads + head) * a.keys[b] + start;
        const T *key = static_cast<const T*>(a.key[b]) + first * kWidth, *value = static_cast<const T*>(a.value[b]) + first * kWidth;
        const int count = seen(b) - start;
#pragma unroll
        for (int i = 0; i < kChunk * 8 / kThreads; i++) {
            const int r = (i * kThreads + threadIdx.x) / 8, c = threadIdx.x % 8 * 8;
            // Rows that are not there read the first one's address, and nothing of it.
            const bool there = r < count;
            const int from = there ? r * kWidth + c : 0;
            copy16(&tiles[stage].key[r * kRow + c], key + from, there);
            copy16(&tiles[stage].value[r * kRow + c], value + from, there);
        }
    };

    unsigned query[4][4];
    {
        const T* q = static_cast<const T*>(a.query) + n * a.queries * width + head * kWidth;
#pragma unroll
        for (int k = 0; k < 4; k++)
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int r = row + i % 2 * 8;
                query[k][i] = r < a.queries ? *reinterpret_cast<const unsigned*>(q + r * width + k * 16 + i / 2 * 8 + column * 2) : 0;
            }
    }

    float sum[8][4] = {}, part[8][4] = {}, most[2] = {-INFINITY, -INFINITY}, total[2] = {};
    int branch = 0, start = 0, stage = 0;
    fetch(0, 0, 0);
    asm volatile("cp.async.commit_group;\n");
    while (branch < a.count) {
        const int valid = seen(branch) - start;
        const bool last = valid <= kChunk;
        const int next = last ? branch + 1 : branch, next_start = last ? 0 : start + kChunk;
        if (next < a.count) fetch(stage ^ 1, next, next_start);
        asm volatile("cp.async.commit_group;\n");
        asm volatile("cp.async.wait_group 1;\n");
        __syncthreads();
        const Tile<T>& tile = tiles[stage];
#pragma unroll
        for (int piece = 0; piece < kChunk / kPiece; piece++) {
            const int first = piece * kPiece;
            if (first >= valid) break;
            float score[4][4] = {};
#pragma unroll
            for (int k = 0; k < 4; k++)
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    unsigned b[4];
                    load_matrices(b, &tile.key[(first + j * 16) * kRow + k * 16 + right_rows_at(lane, kRow)]);
                    multiply<T>(score[2 * j], query[k], b[0], b[1]);
                    multiply<T>(score[2 * j + 1], query[k], b[2], b[3]);
                }
            if (first + kPiece > valid) {
#pragma unroll
                for (int j = 0; j < 4; j++)
#pragma unroll
                    for (int i = 0; i < 4; i++)
                        if (first + j * 8 + column * 2 + i % 2 >= valid) score[j][i] = -INFINITY;
            }
#pragma unroll
            for (int h = 0; h < 2; h++) {
                float top = most[h];
#pragma unroll
                for (int j = 0; j < 4; j++) top = fmaxf(top, fmaxf(score[j][2 * h], score[j][2 * h + 1]));
                top = fmaxf(top, __shfl_xor_sync(~0u, top, 1));
                top = fmaxf(top, __shfl_xor_sync(~0u, top, 2));
                const float shrink = exp2f((most[h] - top) * a.scale);
                most[h] = top;
                total[h] *= shrink;
#pragma unroll
                for (int j = 0; j < 8; j++) {
                    part[j][2 * h] *= shrink;
                    part[j][2 * h + 1] *= shrink;
                }
                const float shift = top * a.scale;
#pragma unroll
                for (int j = 0; j < 4; j++)
#pragma unroll
                    for (int i = 2 * h; i < 2 * h + 2; i++) total[h] += score[j][i] = exp2f(score[j][i] * a.scale - shift);
            }
#pragma unroll
            for (int j = 0; j < 2; j++) {
                const unsigned p[4] = {
                    packed<T>(score[2 * j][0], score[2 * j][1]), packed<T>(score[2 * j][2], score[2 * j][3]),
                    packed<T>(score[2 * j + 1][0], score[2 * j + 1][1]), packed<T>(score[2 * j + 1][2], score[2 * j + 1][3])};
#pragma unroll
                for (int d = 0; d < 4; d++) {
                    unsigned b[4];
                    load_matrices_transposed(b, &tile.value[(first + j * 16) * kRow + d * 16 + right_at(lane, kRow)]);
                    multiply<T>(part[2 * d], p, b[0], b[1]);
                    multiply<T>(part[2 * d + 1], p, b[2], b[3]);
                }
            }
        }
        if (last) {
#pragma unroll
            for (int h = 0; h < 2; h++) {
                float all = total[h];
                all += __shfl_xor_sync(~0u, all, 1);
                all += __shfl_xor_sync(~0u, all, 2);
                const float inverse = 1.f / all;
#pragma unroll
                for (int j = 0; j < 8; j++)
#pragma unroll
                    for (int i = 2 * h; i < 2 * h + 2; i++) {
                        sum[j][i] += part[j][i] * inverse;
                        part[j][i] = 0;
                    }
                most[h] = -INFINITY;
                total[h] = 0;
            }
        }
        // Nobody may still read the tile that the next round overwrites.
        __syncthreads();
        branch = next;
        start = next_start;
        stage ^= 1;
    }

    T* out = static_cast<T*>(a.out) + n * a.queries * width + head * kWidth;
#pragma unroll
    for (int h = 0; h < 2; h++) {
        const int r = row + h * 8;
        if (r < a.queries)
#pragma unroll
            for (int j = 0; j < 8; j++) *reinterpret_cast<unsigned*>(out + r * width + j * 8 + column * 2) = packed<T>(sum[j][2 * h], sum[j][2 * h + 1]);
    }
}

} // namespace

int branch_attention(const BranchAttention& a, Stream stream) {
    const dim3 grid(static_cast<unsigned>((a.queries + kQueries - 1) / kQueries), static_cast<unsigned>(a.heads), static_cast<unsigned>(a.rows));
    return dispatch(a.type, [&](auto t) { attend_branches<decltype(t)><<<grid, kThreads, 0, stream>>>(a); });
}

} // namespace wma::kernels
