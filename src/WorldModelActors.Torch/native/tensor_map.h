// Descriptions of tensors for Hopper's copies of tiles.
#pragma once

#include "kernels.h"

#include <cuda.h>
#include <cuda_runtime_api.h>

namespace wma::kernels {

using EncodeTensorMap = decltype(&cuTensorMapEncodeTiled);

// The driver's, without linking it.
inline EncodeTensorMap tensor_map_encoder() {
    static const EncodeTensorMap encode = [] {
        void* function = nullptr;
        cudaDriverEntryPointQueryResult result{};
#if CUDART_VERSION >= 12050
        const auto error = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &result);
#else
        const auto error = cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &function, cudaEnableDefault, &result);
#endif
        return error == cudaSuccess && result == cudaDriverEntryPointSuccess ? reinterpret_cast<EncodeTensorMap>(function) : nullptr;
    }();
    return encode;
}

// Tiles of half-precision numbers, sizes from the innermost axis on, strides in bytes from the second; rows of a tile are 128 bytes.
inline bool tensor_map(CUtensorMap& map, Type type, const void* data, int rank, const cuuint64_t* sizes, const cuuint64_t* strides, const cuuint32_t* box) {
    const cuuint32_t ones[5] = {1, 1, 1, 1, 1};
    const auto encode = tensor_map_encoder();
    return encode
        && encode(&map, type == kHalf ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16 : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, rank, const_cast<void*>(data), sizes, strides, box, ones, CU_TENSOR_MAP_INTERLEAVE_NONE,
               CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE)
        == CUDA_SUCCESS;
}

} // namespace wma::kernels
