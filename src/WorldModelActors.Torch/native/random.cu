// Counter-based random numbers on the device.
#include "kernels.cuh"
#include "random_numbers.h"

namespace wma::kernels {
namespace {

constexpr int kThreads = 256;

unsigned blocks(int64_t items) { return static_cast<unsigned>((items + kThreads - 1) / kThreads); }

__global__ void fill_normal(float* to, int64_t count, uint64_t key, uint32_t x1, uint32_t x2, uint32_t x3) {
    const int64_t block = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (4 * block >= count) return;
    float four[4];
    random::normals(static_cast<uint32_t>(block), key, x1, x2, x3, four);
#pragma unroll
    for (int i = 0; i < 4; i++)
        if (4 * block + i < count) to[4 * block + i] = four[i];
}

__global__ void fill_uniform(float* to, int64_t count, float limit, uint64_t start) {
    const int64_t pair = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (2 * pair >= count) return;
    float two[2];
    random::uniforms(static_cast<uint64_t>(pair), start, limit, two);
    to[2 * pair] = two[0];
    if (2 * pair + 1 < count) to[2 * pair + 1] = two[1];
}

} // namespace

int philox_normal(float* to, int64_t count, uint64_t key, uint32_t x1, uint32_t x2, uint32_t x3, Stream stream) {
    fill_normal<<<blocks((count + 3) / 4), kThreads, 0, stream>>>(to, count, key, x1, x2, x3);
    return static_cast<int>(cudaGetLastError());
}

int splitmix_uniform(float* to, int64_t count, float limit, uint64_t start, Stream stream) {
    fill_uniform<<<blocks((count + 1) / 2), kThreads, 0, stream>>>(to, count, limit, start);
    return static_cast<int>(cudaGetLastError());
}

} // namespace wma::kernels
