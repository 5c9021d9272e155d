// Layer normalisation of short rows: a row is held in the registers of a few lanes, read once and written once.
#include "kernels.cuh"

namespace wma::kernels {
namespace {

constexpr int kThreads = 256;

// Lanes a row, vectors of eight a lane: 8 * Lanes * Each channels.
template <typename T, int Lanes, int Each>
__global__ void normalise(const Eight<T>* x, const float* shift, const Eight<T>* weight, const Eight<T>* bias, Eight<T>* y, int64_t rows, float eps) {
    constexpr int kVectors = Lanes * Each;
    constexpr float kCount = 8 * kVectors;
    const int lane = threadIdx.x % Lanes;
    const int64_t row = static_cast<int64_t>(blockIdx.x) * (kThreads / Lanes) + threadIdx.x / Lanes;
    // Whole rows leave together, and the lanes of a row only talk to each other.
    if (row >= rows) return;
    const unsigned lanes = (Lanes == 32 ? ~0u : ((1u << Lanes) - 1) << (threadIdx.x % 32 / Lanes * Lanes));
    Eight<T> e[Each];
#pragma unroll
    for (int j = 0; j < Each; j++) e[j] = x[row * kVectors + j * Lanes + lane];
    float f[Each][8], sum = 0, square = 0;
#pragma unroll
    for (int j = 0; j < Each; j++) {
        e[j].load(f[j]);
        float s[8] = {};
        if (shift) load_floats(shift + (j * Lanes + lane) * 8, s);
#pragma unroll
        for (int i = 0; i < 8; i++) sum += f[j][i] += s[i];
    }
#pragma unroll
    for (int o = Lanes / 2; o > 0; o /= 2) sum += __shfl_xor_sync(lanes, sum, o);
    const float mean = sum / kCount;
#pragma unroll
    for (int j = 0; j < Each; j++)
#pragma unroll
        for (int i = 0; i < 8; i++) {
            f[j][i] -= mean;
            square += f[j][i] * f[j][i];
        }
#pragma unroll
    for (int o = Lanes / 2; o > 0; o /= 2) square += __shfl_xor_sync(lanes, square, o);
    const float rstd = rsqrtf(square / kCount + eps);
#pragma unroll
    for (int j = 0; j < Each; j++) {
        float w[8], b[8];
        weight[j * Lanes + lane].load(w);
        bias[j * Lanes + lane].load(b);
#pragma unroll
        for (int i = 0; i < 8; i++) f[j][i] = f[j][i] * rstd * w[i] + b[i];
        y[row * kVectors + j * Lanes + lane] = Eight<T>::store(f[j]);
    }
}

template <int Lanes, int Each>
int launch(Type type, const void* x, const float* shift, const void* weight, const void* bias, void* y, int64_t rows, float eps, Stream stream) {
    constexpr int kRows = kThreads / Lanes;
    return dispatch(type, [&](auto t) {
        using T = decltype(t);
        using E = Eight<T>;
        normalise<T, Lanes, Each><<<static_cast<unsigned>((rows + kRows - 1) / kRows), kThreads, 0, stream>>>(
            static_cast<const E*>(x), shift, static_cast<const E*>(weight), static_cast<const E*>(bias), static_cast<E*>(y), rows, eps);
    });
}

} // namespace

bool layer_norm_fits(int channels) {
    return channels == 64 || channels == 128 || channels == 256 || channels == 320 || channels == 512 || channels == 640 || channels == 1024 || channels == 1280;
}

int layer_norm(Type type, const void* x, const float* shift, const void* weight, const void* bias, void* y, int64_t rows, int channels, float eps, Stream stream) {
#define WMA_CASE(C, LANES, EACH) \
    case C: return launch<LANES, EACH>(type, x, shift, weight, bias, y, rows, eps, stream)
    switch (channels) {
        WMA_CASE(64, 4, 2);
        WMA_CASE(128, 4, 4);
        WMA_CASE(256, 8, 4);
        WMA_CASE(320, 8, 5);
        WMA_CASE(512, 16, 4);
        WMA_CASE(640, 16, 5);
        WMA_CASE(1024, 32, 4);
        WMA_CASE(1280, 32, 5);
        default: return static_cast<int>(cudaErrorInvalidValue);
    }
#undef WMA_CASE
}

} // namespace wma::kernels
