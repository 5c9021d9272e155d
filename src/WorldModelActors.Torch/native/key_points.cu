// Expected image coordinates under a softmax over all positions of a frame, for every channel: logits [N, P, K] are read once, where they lie.
#include "kernels.cuh"

namespace wma::kernels {
namespace {

// Vectors of eight channels a block, and shares of the positions.
constexpr int kVectors = 4, kShares = 64, kThreads = kVectors * kShares;
constexpr int kUnroll = 4;
// Below every logit, and finite: a share without positions must not make NaN.
constexpr float kLowest = -1e30f;

struct Sums {
    float most, total, x, y;
};

__device__ __forceinline__ Sums joined(const Sums& a, const Sums& b) {
    const float most = fmaxf(a.most, b.most), u = __expf(a.most - most), v = __expf(b.most - most);
    return {most, a.total * u + b.total * v, a.x * u + b.x * v, a.y * u + b.y * v};
}

template <typename T>
__global__ void __launch_bounds__(kThreads) expect(const Eight<T>* logits, const float* xs, const float* ys, const float* temperature, typename Pair<T>::type* out, int positions, int vectors) {
    __shared__ Sums shares[kShares][kVectors * 8 + 1];
    const int lane = threadIdx.x % kVectors, share = threadIdx.x / kVectors, v = blockIdx.x * kVectors + lane;
    const int64_t n = blockIdx.y;
    const float inverse = 1.f / *temperature;
    Sums s[8];
#pragma unroll
    for (int c = 0; c < 8; c++) s[c] = {kLowest, 0, 0, 0};
    if (v < vectors) {
        const Eight<T>* row = logits + n * positions * vectors + v;
        for (int first = share; first < positions; first += kUnroll * kShares) {
            Eight<T> e[kUnroll];
            float x[kUnroll], y[kUnroll], f[kUnroll][8];
#pragma unroll
            for (int i = 0; i < kUnroll; i++) {
                const int p = min(first + i * kShares, positions - 1);
                e[i] = row[static_cast<int64_t>(p) * vectors];
                x[i] = xs[p];
                y[i] = ys[p];
            }
#pragma unroll
            for (int i = 0; i < kUnroll; i++) e[i].load(f[i]);
#pragma unroll
            for (int c = 0; c < 8; c++) {
                float most = s[c].most;
#pragma unroll
                for (int i = 0; i < kUnroll; i++) {
                    f[i][c] = first + i * kShares < positions ? f[i][c] * inverse : kLowest;
                    most = fmaxf(most, f[i][c]);
                }
                const float shrink = __expf(s[c].most - most);
                s[c] = {most, s[c].total * shrink, s[c].x * shrink, s[c].y * shrink};
#pragma unroll
                for (int i = 0; i < kUnroll; i++) {
                    const float w = first + i * kShares < positions ? __expf(f[i][c] - most) : 0.f;
                    s[c].total += w;
                    s[c].x += w * x[i];
                    s[c].y += w * y[i];
                }
            }
        }
    }
#pragma unroll
    for (int c = 0; c < 8; c++) shares[share][lane * 8 + c] = s[c];
    // 32 channels, eight threads each.
    __syncthreads();
    const int channel = threadIdx.x / 8, part = threadIdx.x % 8;
    Sums all = shares[part][channel];
#pragma unroll
    for (int i = 1; i < kShares / 8; i++) all = joined(all, shares[part + 8 * i][channel]);
#pragma unroll
    for (int o = 4; o > 0; o /= 2) {
        const Sums other = {__shfl_xor_sync(~0u, all.most, o), __shfl_xor_sync(~0u, all.total, o), __shfl_xor_sync(~0u, all.x, o), __shfl_xor_sync(~0u, all.y, o)};
        all = joined(all, other);
    }
    const int k = blockIdx.x * kVectors * 8 + channel;
    if (part == 0 && k < vectors * 8) out[n * vectors * 8 + k] = Pair<T>::down(all.x / all.total, all.y / all.total);
}

} // namespace

int key_points(Type type, const void* logits, const float* xs, const float* ys, const float* temperature, void* out, int64_t rows, int positions, int channels, Stream stream) {
    const int vectors = channels / 8;
    const dim3 grid((vectors + kVectors - 1) / kVectors, static_cast<unsigned>(rows));
    return dispatch(type, [&](auto t) {
        using T = decltype(t);
        expect<T><<<grid, kThreads, 0, stream>>>(static_cast<const Eight<T>*>(logits), xs, ys, temperature, static_cast<typename Pair<T>::type*>(out), positions, vectors);
    });
}

} // namespace wma::kernels
