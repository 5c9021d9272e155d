#pragma once
#include "wma_torch.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#define WMA_API __attribute__((visibility("default")))
#define WMA_TORCH_AT_LEAST(major, minor) \
    (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

#if WMA_TORCH_AT_LEAST(2, 4)
#include <optional>
#endif

namespace wma {

void set_error(const std::exception& e);
void set_error_unknown();

// libtorch had an optional of its own before it took the standard's.
#if WMA_TORCH_AT_LEAST(2, 4)
using std::optional;
#else
using c10::optional;
#endif

// A tensor that shares the caller's reference for the length of a call.
inline at::Tensor borrow(void* handle) {
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
        static_cast<c10::TensorImpl*>(handle)));
}

inline void release(void* handle) {
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
}

inline c10::Device unpack_device(int64_t packed) {
    return c10::Device(static_cast<c10::DeviceType>(packed / 256), static_cast<c10::DeviceIndex>(packed % 256 - 1));
}

// Runs f; returns 0, or 1 with the error text kept for wma_last_error.
template <typename F>
int32_t guarded(F&& f) {
    try {
        f();
        return 0;
    } catch (const std::exception& e) {
        set_error(e);
    } catch (...) {
        set_error_unknown();
    }
    return 1;
}

// As guarded, for functions that return a count; -1 on failure.
template <typename F>
int32_t guarded_count(F&& f) {
    int32_t n = -1;
    if (guarded([&] { n = f(); })) return -1;
    return n;
}

} // namespace wma
