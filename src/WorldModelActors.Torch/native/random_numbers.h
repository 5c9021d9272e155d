// Counter-based random numbers, number by number, for the host and for CUDA: the same bits on both. WorldModelActors.Sampling and
// WorldModelActors.Models define them (PhiloxNormals, RandomWeights) and say where they come from.
#pragma once

#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define WMA_HD __host__ __device__ __forceinline__
#else
#include <cmath>
#define WMA_HD inline
#endif

namespace wma::random {

// IEEE operations, each rounded by itself: fused ones would round otherwise.
#ifdef __CUDA_ARCH__
WMA_HD double add(double a, double b) { return __dadd_rn(a, b); }
WMA_HD double sub(double a, double b) { return __dsub_rn(a, b); }
WMA_HD double mul(double a, double b) { return __dmul_rn(a, b); }
WMA_HD double div(double a, double b) { return __ddiv_rn(a, b); }
WMA_HD double root(double a) { return __dsqrt_rn(a); }
WMA_HD float scaled(float limit, float x) { return __fmul_rn(limit, x); }
#else
WMA_HD double add(double a, double b) { return a + b; }
WMA_HD double sub(double a, double b) { return a - b; }
WMA_HD double mul(double a, double b) { return a * b; }
WMA_HD double div(double a, double b) { return a / b; }
WMA_HD double root(double a) { return sqrt(a); }
WMA_HD float scaled(float limit, float x) { return limit * x; }
#endif

WMA_HD uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

WMA_HD double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

// Philox4x32-10 of a counter, in place.
WMA_HD void philox(uint32_t (&x)[4], uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++) {
        const uint64_t a = static_cast<uint64_t>(0xD2511F53u) * x[0], b = static_cast<uint64_t>(0xCD9E8D57u) * x[2];
        const uint32_t y0 = static_cast<uint32_t>(b >> 32) ^ x[1] ^ k0, y2 = static_cast<uint32_t>(a >> 32) ^ x[3] ^ k1;
        x[0] = y0;
        x[1] = static_cast<uint32_t>(b);
        x[2] = y2;
        x[3] = static_cast<uint32_t>(a);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

// sqrt(-2 ln((w + 1/2) / 2^32)).
WMA_HD double radius(uint32_t word) {
    const uint64_t bits = bits_of(static_cast<double>(2 * static_cast<uint64_t>(word) + 1));
    const uint64_t exponent = (bits - 0x3FE6A09E667F3BCDull) >> 52;
    const double m = from_bits(bits - (exponent << 52));
    const double s = div(sub(m, 1), add(m, 1)), z = mul(s, s);
    double series = 1.0 / 19;
    series = add(mul(series, z), 1.0 / 17);
    series = add(mul(series, z), 1.0 / 15);
    series = add(mul(series, z), 1.0 / 13);
    series = add(mul(series, z), 1.0 / 11);
    series = add(mul(series, z), 1.0 / 9);
    series = add(mul(series, z), 1.0 / 7);
    series = add(mul(series, z), 1.0 / 5);
    series = add(mul(series, z), 1.0 / 3);
    series = add(mul(series, z), 1.0);
    const double whole = mul(sub(33.0, static_cast<double>(exponent)), 1.3862943611198906);
    return root(sub(whole, mul(mul(4.0, s), series)));
}

// Cosine and sine of 2 pi (w + 1/2) / 2^32.
WMA_HD void cos_sin(uint32_t word, double& cosine, double& sine) {
    const uint64_t shifted = static_cast<uint64_t>(word) + (1ull << 29), quarter = shifted >> 30;
    const double fraction = sub(static_cast<double>(shifted & ((1ull << 30) - 1)), (1 << 29) - 0.5);
    const double angle = mul(fraction, 1.4629180792671596e-9), z = mul(angle, angle);
    double s = 1 / 355687428096000.0;
    s = sub(mul(s, z), 1 / 1307674368000.0);
    s = add(mul(s, z), 1 / 6227020800.0);
    s = sub(mul(s, z), 1 / 39916800.0);
    s = add(mul(s, z), 1 / 362880.0);
    s = sub(mul(s, z), 1 / 5040.0);
    s = add(mul(s, z), 1 / 120.0);
    s = sub(mul(s, z), 1 / 6.0);
    s = add(mul(mul(s, z), angle), angle);
    double c = 1 / 20922789888000.0;
    c = sub(mul(c, z), 1 / 87178291200.0);
    c = add(mul(c, z), 1 / 479001600.0);
    c = sub(mul(c, z), 1 / 3628800.0);
    c = add(mul(c, z), 1 / 40320.0);
    c = sub(mul(c, z), 1 / 720.0);
    c = add(mul(c, z), 1 / 24.0);
    c = sub(mul(c, z), 0.5);
    c = add(mul(c, z), 1.0);
    const bool odd = quarter & 1;
    cosine = from_bits(bits_of(odd ? s : c) ^ (((quarter + 1) & 2) << 62));
    sine = from_bits(bits_of(odd ? c : s) ^ ((quarter & 2) << 62));
}

// Elements 4 block .. 4 block + 3 of a stream of standard normals.
WMA_HD void normals(uint32_t block, uint64_t key, uint32_t x1, uint32_t x2, uint32_t x3, float (&out)[4]) {
    uint32_t w[4] = {block, x1, x2, x3};
    philox(w, static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32));
    double c, s;
    const double r0 = radius(w[0]), r2 = radius(w[2]);
    cos_sin(w[1], c, s);
    out[0] = static_cast<float>(mul(r0, c));
    out[1] = static_cast<float>(mul(r0, s));
    cos_sin(w[3], c, s);
    out[2] = static_cast<float>(mul(r2, c));
    out[3] = static_cast<float>(mul(r2, s));
}

// Elements 2 pair and 2 pair + 1 of a uniform stream in [-limit, limit): SplitMix64.
WMA_HD void uniforms(uint64_t pair, uint64_t start, float limit, float (&out)[2]) {
    constexpr float kUnit = 1.0f / (1 << 23);
    uint64_t bits = start + (pair + 1) * 0x9E3779B97F4A7C15ull;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ull;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBull;
    bits ^= bits >> 31;
    // Both are exact: 24 bits times a power of two, less one.
    out[0] = scaled(limit, static_cast<float>(static_cast<int32_t>(bits >> 40)) * kUnit - 1);
    out[1] = scaled(limit, static_cast<float>(static_cast<int32_t>(bits & 0xFFFFFF)) * kUnit - 1);
}

} // namespace wma::random
