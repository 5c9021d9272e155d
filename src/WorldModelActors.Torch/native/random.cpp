// Counter-based random numbers as operators: float32 on the CPU, and on CUDA where the shim was built with nvcc.
#include "common.h"
#include "random_numbers.h"

#include <torch/library.h>

#if defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS)
#include "kernels.h"

#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#endif

namespace {

void require(const at::Tensor& self, const char* name) {
    TORCH_CHECK(
        self.scalar_type() == at::kFloat && self.is_contiguous(), name, ": fills contiguous float32, got ", self.sizes(), " ", self.scalar_type());
#if !(defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS))
    TORCH_CHECK(self.device().is_cpu(), name, ": this build has no kernel for ", self.device());
#endif
}

#if defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS)
void check(int error, const char* name) {
    TORCH_CHECK(error == 0, name, ": ", cudaGetErrorString(static_cast<cudaError_t>(error)));
}
#endif

// Standard normals of the stream (key, x1, x2, x3), from its first element on.
at::Tensor philox_normal_(at::Tensor self, int64_t key, int64_t x1, int64_t x2, int64_t x3) {
    require(self, "philox_normal_");
    const int64_t count = self.numel();
    if (count == 0) return self;
    TORCH_CHECK(count <= (4ll << 32), "philox_normal_: a stream has 2^34 elements");
    const auto word = [](int64_t v) { return static_cast<uint32_t>(v); };
    float* to = self.data_ptr<float>();
#if defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS)
    if (self.is_cuda()) {
        const c10::cuda::CUDAGuard guard(self.device());
        check(wma::kernels::philox_normal(to, count, static_cast<uint64_t>(key), word(x1), word(x2), word(x3), c10::cuda::getCurrentCUDAStream()), "philox_normal_");
        return self;
    }
#endif
    for (int64_t i = 0; i < count; i += 4) {
        float four[4];
        wma::random::normals(word(i / 4), static_cast<uint64_t>(key), word(x1), word(x2), word(x3), four);
        memcpy(to + i, four, sizeof(float) * std::min<int64_t>(4, count - i));
    }
    return self;
}

// Uniform in [-limit, limit), from the stream's first element on.
at::Tensor splitmix_uniform_(at::Tensor self, double limit, int64_t start) {
    require(self, "splitmix_uniform_");
    const int64_t count = self.numel();
    if (count == 0) return self;
    float* to = self.data_ptr<float>();
#if defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS)
    if (self.is_cuda()) {
        const c10::cuda::CUDAGuard guard(self.device());
        check(wma::kernels::splitmix_uniform(to, count, static_cast<float>(limit), static_cast<uint64_t>(start), c10::cuda::getCurrentCUDAStream()), "splitmix_uniform_");
        return self;
    }
#endif
    for (int64_t i = 0; i < count; i += 2) {
        float two[2];
        wma::random::uniforms(static_cast<uint64_t>(i / 2), static_cast<uint64_t>(start), static_cast<float>(limit), two);
        memcpy(to + i, two, sizeof(float) * std::min<int64_t>(2, count - i));
    }
    return self;
}

// Whether CUDA tensors can be filled.
bool random_on_cuda() {
#if defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS)
    return true;
#else
    return false;
#endif
}

} // namespace

TORCH_LIBRARY_FRAGMENT(wma, library) {
    library.def("philox_normal_(Tensor(a!) self, int key, int x1, int x2, int x3) -> Tensor(a!)", &philox_normal_);
    library.def("splitmix_uniform_(Tensor(a!) self, float limit, int start) -> Tensor(a!)", &splitmix_uniform_);
    library.def("random_on_cuda() -> bool", &random_on_cuda);
}
