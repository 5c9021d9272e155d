#pragma once
#include "wma_torch.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#define WMA_API __attribute__((visibility("default")))

namespace wma {

void set_error(const std::exception& e);
void set_error_unknown();

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
