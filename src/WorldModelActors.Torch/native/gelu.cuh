// GELU in its erf form, for kernels.
#pragma once

#include <cuda_runtime.h>

namespace wma::kernels {

// x Phi(x) = max(x, 0) - |x| Phi(-|x|), log2 Phi(-z) as a polynomial: within 2e-5 of the function and 1e-4 of its value, a fifth of half
// precision's rounding, for as long as float16 holds it. One exponential and no division, since in an epilogue every instruction counts:
// two terms more would be within 4e-6 of its value and take 3 % of the product's time.
__device__ __forceinline__ float gelu(float x) {
    const float z = fabsf(x);
    float tail = fmaf(z, -3.1417297e-4f, 5.7647554e-3f);
    tail = fmaf(tail, z, -4.8024133e-2f);
    tail = fmaf(tail, z, -0.46441245f);
    tail = fmaf(tail, z, -1.1490393f);
    tail = fmaf(tail, z, -1.0001307f);
    asm("ex2.approx.ftz.f32 %0, %0;" : "+f"(tail));
    return fmaf(-z, tail, fmaxf(x, 0.f));
}

} // namespace wma::kernels
