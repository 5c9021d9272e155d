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

template <typename T>
__global__ void add_row(Eight<T>* self, const float* bias, int64_t vectors, int width) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= vectors) return;
    float a[8], c[8];
    self[i].load(a);
    load_floats(bias + i % width * 8, c);
#pragma unroll
    for (int k = 0; k < 8; k++) a[k] += c[k];
    self[i] = Eight<T>::store(a);
}

template <typename T, bool Bias>
__global__ void join(const Eight<T>* a, const float* bias, const Eight<T>* b, Eight<T>* y, int64_t vectors, int a_width, int b_width) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= vectors) return;
    const int width = a_width + b_width, v = static_cast<int>(i % width);
    const int64_t row = i / width;
    if (v >= a_width) {
        y[i] = b[row * b_width + v - a_width];
        return;
    }
    auto e = a[row * a_width + v];
    if (Bias) {
        float f[8], c[8];
        e.load(f);
        load_floats(bias + v * 8, c);
#pragma unroll
        for (int k = 0; k < 8; k++) f[k] += c[k];
        e = Eight<T>::store(f);
    }
    y[i] = e;
}

// A vector of a small picture goes to four places of the large one.
template <typename T>
__global__ void enlarge(const Eight<T>* x, Eight<T>* y, int64_t vectors, int columns, int width) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= vectors) return;
    const int64_t pixel = i / width, line = pixel / columns;
    const int v = static_cast<int>(i % width);
    const int64_t column = pixel % columns, first = (line * 4 * columns + 2 * column) * width + v, below = first + 2 * static_cast<int64_t>(columns) * width;
    const auto e = x[i];
    y[first] = e;
    y[first + width] = e;
    y[below] = e;
    y[below + width] = e;
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

int add_bias(Type type, void* self, const float* bias, int64_t rows, int channels, Stream stream) {
    const int64_t vectors = rows * (channels / 8);
    return dispatch(type, [&](auto t) {
        add_row<decltype(t)><<<blocks(vectors), kThreads, 0, stream>>>(static_cast<Eight<decltype(t)>*>(self), bias, vectors, channels / 8);
    });
}

int join_rows(Type type, const void* a, const float* bias, const void* b, void* y, int64_t rows, int a_channels, int b_channels, Stream stream) {
    const int64_t vectors = rows * ((a_channels + b_channels) / 8);
    return dispatch(type, [&](auto t) {
        using T = decltype(t);
        using E = Eight<T>;
        const auto *from = static_cast<const E*>(a), *beside = static_cast<const E*>(b);
        if (bias)
            join<T, true><<<blocks(vectors), kThreads, 0, stream>>>(from, bias, beside, static_cast<E*>(y), vectors, a_channels / 8, b_channels / 8);
        else
            join<T, false><<<blocks(vectors), kThreads, 0, stream>>>(from, bias, beside, static_cast<E*>(y), vectors, a_channels / 8, b_channels / 8);
    });
}

int enlarge_rows(Type type, const void* x, void* y, int64_t pixels, int columns, int channels, Stream stream) {
    const int64_t vectors = pixels * (channels / 8);
    return dispatch(type, [&](auto t) {
        using E = Eight<decltype(t)>;
        enlarge<decltype(t)><<<blocks(vectors), kThreads, 0, stream>>>(static_cast<const E*>(x), static_cast<E*>(y), vectors, columns, channels / 8);
    });
}

} // namespace wma::kernels
