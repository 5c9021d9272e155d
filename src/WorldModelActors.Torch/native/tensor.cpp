// Tensor handles, storage from host memory, random generators, threads, error text.
#include "common.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>

#include <memory>

namespace {
thread_local std::string last_error;
}

namespace wma {
void set_error(const std::exception& e) {
    // c10::Error carries a C++ backtrace behind what(); users need the message only.
    if (auto* c10_error = dynamic_cast<const c10::Error*>(&e))
        last_error = c10_error->what_without_backtrace();
    else
        last_error = e.what();
}
void set_error_unknown() { last_error = "unknown native error"; }
} // namespace wma

using Impl = c10::TensorImpl;
using wma::borrow;

// libtorch ends the process where the size of foreign memory overflows (a noexcept function throws), so it is checked here.
static void check_layout(const int64_t* sizes, const int64_t* strides, int32_t ndim) {
    int64_t extent = 1;
    for (int32_t k = 0; k < ndim; k++) {
        if (sizes[k] < 0 || (strides && strides[k] < 0)) throw std::runtime_error("sizes and strides must not be negative");
        int64_t step = 0;
        bool overflow = strides ? sizes[k] > 0 && (__builtin_mul_overflow(sizes[k] - 1, strides[k], &step) || __builtin_add_overflow(extent, step, &extent))
                                : __builtin_mul_overflow(extent, sizes[k], &extent);
        // Elements have at most 16 bytes.
        if (overflow || extent > INT64_MAX / 16) throw std::runtime_error("the sizes are larger than any memory");
    }
}

extern "C" {

WMA_API const char* wma_last_error() { return last_error.c_str(); }
WMA_API const char* wma_torch_version() { return TORCH_VERSION; }

WMA_API void wma_tensor_release(void* handle) { wma::release(handle); }

// Another owning handle on the same tensor.
WMA_API void* wma_tensor_retain(void* handle) { return borrow(handle).unsafeReleaseTensorImpl(); }

WMA_API int32_t wma_tensor_info(void* handle, WmaTensorInfo* info) {
    return wma::guarded([&] {
        auto* t = static_cast<Impl*>(handle);
        auto sizes = t->sizes();
        auto strides = t->strides();
        if (sizes.size() > 12) throw std::runtime_error("tensors of more than 12 dimensions are not supported");
        info->ndim = static_cast<int32_t>(sizes.size());
        info->dtype = static_cast<int32_t>(c10::typeMetaToScalarType(t->dtype()));
        info->device_type = static_cast<int32_t>(t->device().type());
        info->device_index = t->device().index();
        info->numel = t->numel();
        for (size_t k = 0; k < sizes.size(); k++) {
            info->sizes[k] = sizes[k];
            info->strides[k] = strides[k];
        }
    });
}

WMA_API void* wma_tensor_data(void* handle) {
    void* p = nullptr;
    wma::guarded([&] { p = borrow(handle).data_ptr(); });
    return p;
}

// 1 when the elements lie in the given memory format (0 contiguous, 2 channels-last, 3 channels-last-3d).
WMA_API int32_t wma_tensor_is_contiguous(void* handle, int32_t memory_format) {
    return wma::guarded_count([&]() -> int32_t {
        return borrow(handle).is_contiguous(static_cast<c10::MemoryFormat>(memory_format)) ? 1 : 0;
    });
}

// A CPU tensor over caller-owned memory; deleter(context) runs when the last reference goes, and not at all on failure.
WMA_API void* wma_tensor_from_blob(void* data, const int64_t* sizes, const int64_t* strides, int32_t ndim, int32_t dtype,
                                   WmaDeleter deleter, void* context) {
    void* result = nullptr;
    wma::guarded([&] {
        c10::InferenceMode inference;
        check_layout(sizes, strides, ndim);
        auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
        // libtorch runs the deleter also when it fails half way; the context stays the caller's until all has gone well.
        auto armed = std::make_shared<bool>(false);
        auto drop = [deleter, context, armed](void*) { if (*armed && deleter) deleter(context); };
        // libtorch 1.13 forgets to call the deleter of a null pointer, which is what an empty tensor may come with.
        static char nothing;
        if (!data) data = &nothing;
        at::IntArrayRef shape(sizes, ndim);
        at::Tensor t = strides ? at::from_blob(data, shape, at::IntArrayRef(strides, ndim), drop, options)
                               : at::from_blob(data, shape, drop, options);
        result = t.unsafeReleaseTensorImpl();
        *armed = true;
    });
    return result;
}

WMA_API void* wma_generator_new(uint64_t seed, int64_t device) {
    void* result = nullptr;
    wma::guarded([&] {
        c10::Device d = wma::unpack_device(device);
        at::Generator g = d.is_cpu() ? at::detail::createCPUGenerator(seed)
                                     : at::globalContext().defaultGenerator(d).clone();
        g.set_current_seed(seed);
        result = g.unsafeReleaseGeneratorImpl();
    });
    return result;
}

WMA_API void wma_generator_release(void* handle) {
    c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(handle));
}

WMA_API int32_t wma_manual_seed(uint64_t seed) {
    return wma::guarded([&] { at::manual_seed(seed); });
}

WMA_API int32_t wma_set_num_threads(int32_t n) {
    return wma::guarded([&] { at::set_num_threads(n); });
}
WMA_API int32_t wma_get_num_threads() { return at::get_num_threads(); }

WMA_API int32_t wma_set_deterministic(int32_t on) {
    return wma::guarded([&] { at::globalContext().setDeterministicAlgorithms(on != 0, false); });
}

// TF32 on matmuls and convolutions, algorithms that cuDNN's autotuner tries for a shape (0: it does not), and half-precision partial sums in
// half-precision matmuls.
WMA_API int32_t wma_set_math_mode(int32_t allow_tf32, int32_t cudnn_trials, int32_t reduced_precision_sums) {
    return wma::guarded([&] {
        at::globalContext().setAllowTF32CuBLAS(allow_tf32 != 0);
        at::globalContext().setAllowTF32CuDNN(allow_tf32 != 0);
        at::globalContext().setBenchmarkCuDNN(cudnn_trials > 0);
        if (cudnn_trials > 0) at::globalContext().setBenchmarkLimitCuDNN(cudnn_trials);
        at::globalContext().setAllowFP16ReductionCuBLAS(reduced_precision_sums != 0);
#if WMA_TORCH_AT_LEAST(2, 0)
        at::globalContext().setAllowBF16ReductionCuBLAS(reduced_precision_sums != 0);
#endif
    });
}

} // extern "C"
