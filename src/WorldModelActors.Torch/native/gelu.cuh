// GELU in its erf form, for kernels.
#pragma once

#include <cuda_runtime.h>

namespace wma::kernels {

// x Phi(x) = max(x, 0) - |x| Phi(-|x|), log2 Phi(-z) as a polynomial: within 4e-7 of the function, and within 4e-6 of its value as long as
// float16 holds it, far below half precision's rounding. One exponential and no division: libtorch's erf takes more instructions than
// the memory takes time.
__device__ __forceinline__ float gelu(float x) {
    const float z = fabsf(x);
    float tail = fmaf(z, -1.5867076e-6f, 5.7595629e-5f);
    tail = fmaf(tail, z, -9.0555183e-4f);
    tail = fmaf(tail, z, 8.4320828e-3f);
    tail = fmaf(tail, z, -5.3844661e-2f);
    tail = fmaf(tail, z, -0.45854566f);
    tail = fmaf(tail, z, -1.1512303f);
    tail = fmaf(tail, z, -0.99999613f);
    asm("ex2.approx.ftz.f32 %0, %0;" : "+f"(tail));
    return fmaf(-z, tail, fmaxf(x, 0.f));
}

} // namespace wma::kernels
