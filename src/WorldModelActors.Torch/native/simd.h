// Vectors of W floats by the compiler's vector extensions, and the functions that the CPU kernels share.
// A kernel is a template over W that is inlined into one function per instruction set (WMA_ISA_CLONES), chosen at run time.
#pragma once
#include <cstdint>
#include <cstring>

#define WMA_INLINE inline __attribute__((always_inline))

namespace wma {

template <int W>
struct Vector {
    typedef float F __attribute__((vector_size(4 * W)));
    typedef int32_t I __attribute__((vector_size(4 * W)));
};

template <int W>
WMA_INLINE typename Vector<W>::F load(const float* p) {
    typename Vector<W>::F v;
    memcpy(&v, p, sizeof v);
    return v;
}

template <int W>
WMA_INLINE void store(float* p, const typename Vector<W>::F& v) {
    memcpy(p, &v, sizeof v);
}

// exp(x) for x <= 88, to about one unit in the last place; 0 below -87. x = n ln 2 + r, |r| <= ln 2 / 2, Taylor series for exp(r).
template <int W>
WMA_INLINE typename Vector<W>::F exp_nonpositive(typename Vector<W>::F x) {
    using F = typename Vector<W>::F;
    using I = typename Vector<W>::I;
    const F zero = {};
    const F round = zero + 12582912.0f; // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    F shifted = x * 1.44269504088896341f + round;
    I n = (I)shifted - (I)round;
    shifted -= round;
    F r = x - shifted * 0.693359375f; // ln 2 in two parts, the first exact in few bits
    r = r + shifted * 2.12194440054690583e-4f;
    F p = zero + 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    F y = (F)((I)p + (n << 23));
    return x < zero - 87.0f ? zero : y;
}

} // namespace wma

// Defines name(args): calls body<W>(args) compiled for the widest vectors that this processor has.
#if defined(__x86_64__)
#define WMA_ISA_CLONES(name, body, params, args)                                                \
    __attribute__((target("avx512f"))) static void name##_avx512 params { body<16> args; }      \
    __attribute__((target("avx2,fma"))) static void name##_avx2 params { body<8> args; }        \
    static void name##_base params { body<4> args; }                                            \
    static void name params {                                                                   \
        static const int level = __builtin_cpu_supports("avx512f") ? 2                          \
            : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;          \
        if (level == 2) name##_avx512 args;                                                     \
        else if (level == 1) name##_avx2 args;                                                  \
        else name##_base args;                                                                  \
    }
#else
#define WMA_ISA_CLONES(name, body, params, args) \
    static void name params { body<4> args; }
#endif
