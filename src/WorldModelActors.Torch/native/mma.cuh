// Tensor core instructions of half-precision tiles (PTX ISA, "Matrix fragments for mma.m16n8k16"). A warp's lane has group = lane / 4 and
// column = lane % 4; of a 16 x 8 result it holds rows group and group + 8, columns 2 column and 2 column + 1.
#pragma once

#include "kernels.cuh"

namespace wma::kernels {

__device__ __forceinline__ unsigned shared_address(const void* p) { return static_cast<unsigned>(__cvta_generic_to_shared(p)); }

// 16 bytes from global to shared memory, zeros where there is nothing.
__device__ __forceinline__ void copy16(void* to, const void* from, bool there) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address(to)), "l"(from), "r"(there ? 16 : 0));
}

__device__ __forceinline__ void load_matrices(unsigned (&r)[4], const void* p) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];\n" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(p)));
}

__device__ __forceinline__ void load_matrices_transposed(unsigned (&r)[4], const void* p) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];\n" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(p)));
}

// c [16, 8] += a [16, 16] b [16, 8].
template <typename T> __device__ __forceinline__ void multiply(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1);
template <> __device__ __forceinline__ void multiply<__half>(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
template <> __device__ __forceinline__ void multiply<__nv_bfloat16>(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

template <typename T> __device__ __forceinline__ unsigned packed(float a, float b) {
    const auto pair = Pair<T>::down(a, b);
    return *reinterpret_cast<const unsigned*>(&pair);
}

// Addresses for load_matrices out of rows of `stride` elements, relative to a tile's first element.
// The left factor [16, 16]: a fragment for multiply.
__device__ __forceinline__ int left_at(int lane, int stride) { return (lane % 16) * stride + lane / 16 * 8; }
// The right factor's transpose [16 columns, 16]: two fragments, for columns 0 to 7 and 8 to 15.
__device__ __forceinline__ int right_rows_at(int lane, int stride) { return (lane % 8 + lane / 16 * 8) * stride + lane / 8 % 2 * 8; }
// The right factor itself [16, 16 columns], for load_matrices_transposed: two fragments likewise.
__device__ __forceinline__ int right_at(int lane, int stride) { return (lane % 16) * stride + lane / 16 * 8; }

} // namespace wma::kernels
