// Element by element, eight at a time.
#include "gelu.cuh"
#include "kernels.cuh"

namespace wma::kernels {
namespace {

constexpr int kThreads = 256;

unsigned blocks(int64_t vectors) { return static_cast<unsigned>((vectors + kThreads - 1) / kThreads); }

template <typename T>
__global__ void gate(const Eight<T>* x, Eight<T>* y, int64_t vectors, int width) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= vectors) return;
    const int64_t row = i / width;
    const int v = i % width;
    float value[8], g[8];
    x[row * 2 * width + v].load(value);
    x[row * 2 * width + width + v].load(g);
#pragma unroll
    for (int k = 0; k < 8; k++) value[k] *= gelu(g[k]);
    y[i] = Eight<T>::store(value);
}

template <typename T>
__global__ void add(Eight<T>* self, const Eight<T>* other, const float* bias, int64_t vectors, int width) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= vectors) return;
    float a[8], b[8], c[8];
    self[i].load(a);
    other[i].load(b);
    load_floats(bias + i % width * 8, c);
#pragma unroll
    for (int k = 0; k < 8; k++) a[k] += b[k] + c[k];
    self[i] = Eight<T>::store(a);
}

} // namespace

int geglu(Type type, const void* x, void* y, int64_t rows, int channels, Stream stream) {
    const int64_t vectors = rows * (channels / 8);
    return dispatch(type, [&](auto t) {
        using E = Eight<decltype(t)>;
        gate<decltype(t)><<<blocks(vectors), kThreads, 0, stream>>>(static_cast<const E*>(x), static_cast<E*>(y), vectors, channels / 8);
    });
}

int add_with_bias(Type type, void* self, const void* other, const float* bias, int64_t rows, int channels, Stream stream) {
    const int64_t vectors = rows * (channels / 8);
    return dispatch(type, [&](auto t) {
        using E = Eight<decltype(t)>;
        add<decltype(t)><<<blocks(vectors), kThreads, 0, stream>>>(static_cast<E*>(self), static_cast<const E*>(other), bias, vectors, channels / 8);
    });
}

} // namespace wma::kernels
