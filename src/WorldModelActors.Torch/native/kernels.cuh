// What the kernels share: 16 bytes of eight numbers, and their way to float and back.
#pragma once

#include "kernels.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace wma::kernels {

template <typename T> struct Pair;
template <> struct Pair<__half> {
    using type = __half2;
    static __device__ __forceinline__ float2 up(__half2 v) { return __half22float2(v); }
    static __device__ __forceinline__ __half2 down(float a, float b) { return __floats2half2_rn(a, b); }
};
template <> struct Pair<__nv_bfloat16> {
    using type = __nv_bfloat162;
    static __device__ __forceinline__ float2 up(__nv_bfloat162 v) { return __bfloat1622float2(v); }
    static __device__ __forceinline__ __nv_bfloat162 down(float a, float b) { return __floats2bfloat162_rn(a, b); }
};

// The bits are one vector, since pairs would be loaded and stored four bytes at a time.
template <typename T> struct Eight {
    uint4 bits;

    __device__ __forceinline__ void load(float (&f)[8]) const {
        const unsigned words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const float2 v = Pair<T>::up(*reinterpret_cast<const typename Pair<T>::type*>(&words[i]));
            f[2 * i] = v.x;
            f[2 * i + 1] = v.y;
        }
    }

    static __device__ __forceinline__ Eight store(const float (&f)[8]) {
        unsigned words[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const auto pair = Pair<T>::down(f[2 * i], f[2 * i + 1]);
            words[i] = *reinterpret_cast<const unsigned*>(&pair);
        }
        return {make_uint4(words[0], words[1], words[2], words[3])};
    }
};

__device__ __forceinline__ void load_floats(const float* p, float (&f)[8]) {
    const float4 a = reinterpret_cast<const float4*>(p)[0], b = reinterpret_cast<const float4*>(p)[1];
    f[0] = a.x, f[1] = a.y, f[2] = a.z, f[3] = a.w, f[4] = b.x, f[5] = b.y, f[6] = b.z, f[7] = b.w;
}

// Calls f(T{}) with the element type.
template <typename F> int dispatch(Type type, F&& f) {
    if (type == kHalf)
        f(__half{});
    else
        f(__nv_bfloat16{});
    return static_cast<int>(cudaGetLastError());
}

} // namespace wma::kernels
