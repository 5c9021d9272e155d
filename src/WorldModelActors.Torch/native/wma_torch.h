// C ABI of the tensor shim: everything that managed code needs of libtorch, and nothing of diffusion.
//
// Conventions
//  * A tensor handle is a TensorImpl* that owns one reference; wma_tensor_release gives it back.
//  * Functions that can fail return 0 on success; the text of a failure is wma_last_error() of the same thread.
//  * No C++ exception crosses this boundary.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum WmaTag : int32_t {
    WMA_NONE = 0,
    WMA_TENSOR = 1,                // p: TensorImpl*, borrowed as an argument, owned as a result
    WMA_INT = 2,                   // i; also ScalarType, MemoryFormat and Layout arguments
    WMA_DOUBLE = 3,                // d
    WMA_BOOL = 4,                  // i
    WMA_INT_LIST = 5,              // p: int64_t[extra]
    WMA_TENSOR_LIST = 6,           // p: TensorImpl*[extra]; as a result the array is freed with wma_free
    WMA_STRING = 7,                // p: UTF-8, extra bytes
    WMA_DEVICE = 8,                // i: type * 256 + (index + 1)
    WMA_DOUBLE_LIST = 9,           // p: double[extra]
    WMA_OPTIONAL_TENSOR_LIST = 10, // p: TensorImpl*[extra], null entries are None
    WMA_GENERATOR = 11,            // p: GeneratorImpl*, borrowed
    WMA_DEFAULT = 12,              // the schema's default value
    WMA_NUMBER = 13,               // d where extra is 1, else i: for a tensor argument, as ATen wraps numbers
};

typedef struct WmaValue {
    int32_t tag;
    int32_t extra;
    union {
        int64_t i;
        double d;
        void* p;
    };
} WmaValue;

typedef struct WmaTensorInfo {
    int32_t ndim;
    int32_t dtype;        // c10::ScalarType
    int32_t device_type;  // c10::DeviceType
    int32_t device_index; // -1 where the device has no index
    int64_t numel;
    int64_t sizes[12];
    int64_t strides[12];
} WmaTensorInfo;

typedef void (*WmaDeleter)(void* context);

#ifdef __cplusplus
}
#endif
