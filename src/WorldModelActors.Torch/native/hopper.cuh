// What Hopper (compute capability 9.0, compiled for sm_90a) has of its own: barriers in shared memory that count bytes, copies of tiles
// by tensor map, and matrix products of a warpgroup with both factors in shared memory (PTX ISA, "Asynchronous warpgroup level matrix
// instructions").
#pragma once

#include "mma.cuh"

#include <cuda.h>

#include <type_traits>

namespace wma::kernels {

// Barriers: addresses are shared_address's.
__device__ __forceinline__ void barrier_init(unsigned barrier, int arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}

// What barrier_init wrote is there for the copies.
__device__ __forceinline__ void barrier_init_done() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

__device__ __forceinline__ void barrier_arrive(unsigned barrier) { asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory"); }

// Arrives, and lets the phase wait for so many bytes too.
__device__ __forceinline__ void barrier_expect(unsigned barrier, int bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}

__device__ __forceinline__ void barrier_wait(unsigned barrier, int parity) {
    unsigned done;
    do {
        asm volatile("{\n.reg .pred p;\nmbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2;\nselp.u32 %0, 1, 0, p;\n}" : "=r"(done) : "r"(barrier), "r"(parity) : "memory");
    } while (!done);
}

// Barriers among warps of a block, by number: who waits goes on when so many threads have waited or given.
__device__ __forceinline__ void turn_wait(int number, int threads) { asm volatile("bar.sync %0, %1;" ::"r"(number), "r"(threads) : "memory"); }
__device__ __forceinline__ void turn_give(int number, int threads) { asm volatile("bar.arrive %0, %1;" ::"r"(number), "r"(threads) : "memory"); }

// Of the registers that a warpgroup was started with some go to another.
template <int N> __device__ __forceinline__ void more_registers() { asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(N)); }
template <int N> __device__ __forceinline__ void fewer_registers() { asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(N)); }

// Copies of a tile, which the barrier counts as they arrive.
__device__ __forceinline__ void copy_tile(unsigned to, const CUtensorMap& from, unsigned barrier, int c0, int c1) {
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], [%2];" ::"r"(to), "l"(&from), "r"(barrier), "r"(c0), "r"(c1) : "memory");
}

__device__ __forceinline__ void copy_tile(unsigned to, const CUtensorMap& from, unsigned barrier, int c0, int c1, int c2, int c3, int c4) {
    asm volatile("cp.async.bulk.tensor.5d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4, %5, %6, %7}], [%2];" ::"r"(to), "l"(&from), "r"(barrier), "r"(c0), "r"(c1), "r"(c2),
                 "r"(c3), "r"(c4)
                 : "memory");
}

// Rows of 64 half-precision numbers in shared memory as copy_tile leaves them with a swizzle of 128 bytes: eight rows are 1024 bytes,
// to which the tile is aligned. A step of 16 numbers along the rows adds 2.
__device__ __forceinline__ uint64_t tile_descriptor(unsigned address) {
    return static_cast<uint64_t>((address & 0x3ffff) >> 4) | uint64_t{1} << 16 | uint64_t{1024 >> 4} << 32 | uint64_t{1} << 62;
}

__device__ __forceinline__ void products_begin() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void products_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int N> __device__ __forceinline__ void products_wait() { asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(N) : "memory"); }

#define WMA_SUM4(i) "+f"(sum[i]), "+f"(sum[i + 1]), "+f"(sum[i + 2]), "+f"(sum[i + 3])
#define WMA_SUM16(i) WMA_SUM4(i), WMA_SUM4(i + 4), WMA_SUM4(i + 8), WMA_SUM4(i + 12)
#define WMA_SUM64(i) WMA_SUM16(i), WMA_SUM16(i + 16), WMA_SUM16(i + 32), WMA_SUM16(i + 48)
#define WMA_PRODUCT_256(types)                                                                                          \
    asm volatile(                                                                                                       \
        "{\n.reg .pred p;\nsetp.ne.b32 p, %130, 0;\n"                                                                   \
        "wgmma.mma_async.sync.aligned.m64n256k16.f32." types " "                                                        \
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                                       \
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "                              \
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "                              \
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "                              \
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "                              \
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "                              \
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "                  \
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "             \
        "%128, %129, p, 1, 1, 0, 0;\n}"                                                                                 \
        : WMA_SUM64(0), WMA_SUM64(64)                                                                                   \
        : "l"(left), "l"(right), "r"(add))
#define WMA_PRODUCT_128(types)                                                                                          \
    asm volatile(                                                                                                       \
        "{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"                                                                    \
        "wgmma.mma_async.sync.aligned.m64n128k16.f32." types " "                                                        \
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                                       \
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "                              \
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "                              \
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "                             \
        "%64, %65, p, 1, 1, 0, 0;\n}"                                                                                   \
        : WMA_SUM64(0)                                                                                                  \
        : "l"(left), "l"(right), "r"(add))

// sum [64, 2 N] = (add ? sum : 0) + left [64, 16] right [2 N, 16]^T. A thread holds of a warp's 16 rows and each block of 8 columns what
// it holds of multiply's result.
template <typename T> __device__ __forceinline__ void product(float (&sum)[128], uint64_t left, uint64_t right, int add) {
    if constexpr (std::is_same_v<T, __half>)
        WMA_PRODUCT_256("f16.f16");
    else
        WMA_PRODUCT_256("bf16.bf16");
}
template <typename T> __device__ __forceinline__ void product(float (&sum)[64], uint64_t left, uint64_t right, int add) {
    if constexpr (std::is_same_v<T, __half>)
        WMA_PRODUCT_128("f16.f16");
    else
        WMA_PRODUCT_128("bf16.bf16");
}

#undef WMA_PRODUCT_128
#undef WMA_PRODUCT_256
#undef WMA_SUM64
#undef WMA_SUM16
#undef WMA_SUM4

// Keeps the compiler from reading sums before products_wait.
template <int Parts, int N> __device__ __forceinline__ void products_done(float (&sum)[Parts][N]) {
#pragma unroll
    for (int p = 0; p < Parts; p++)
#pragma unroll
        for (int i = 0; i < N; i++) asm volatile("" : "+f"(sum[p][i])::"memory");
}

} // namespace wma::kernels
