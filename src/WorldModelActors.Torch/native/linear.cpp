// y = x W^T + b on the CPU, as operator wma::linear: the rows are shared out over libtorch's own threads, each of which runs a
// single-threaded matrix product. OpenBLAS's threads beside libtorch's (OpenMP) fight for the same cores: with both at two threads
// on two cores, products of this size run several times slower than in one thread.
#include "common.h"

#include <ATen/Parallel.h>
#include <torch/library.h>

namespace {

// input [.., in], weight [out, in], bias [out] or none -> [.., out]; float32 on the CPU.
at::Tensor linear(const at::Tensor& input, const at::Tensor& weight, const wma::optional<at::Tensor>& bias) {
    TORCH_CHECK(
        weight.dim() == 2 && input.dim() > 0 && input.size(-1) == weight.size(1), "linear: input ", input.sizes(), " and weight ",
        weight.sizes(), " do not fit");
    const bool has_bias = bias.has_value() && bias->defined();
    TORCH_CHECK(!has_bias || (bias->dim() == 1 && bias->size(0) == weight.size(0)), "linear: bias and weight ", weight.sizes(), " do not fit");
    const int64_t in = weight.size(1), out = weight.size(0), count = in == 0 ? 0 : input.numel() / in;
    if (count == 0 || out == 0) return at::linear(input, weight, bias);
    const int64_t grain = std::max<int64_t>(16, 1000000 / (in * out));
    // One share only: libtorch's own does the same product with fewer views around it, where it folds the leading axes too.
    if (count <= grain && (!has_bias || input.dim() == 2 || (input.dim() == 3 && input.is_contiguous()))) return at::linear(input, weight, bias);
    auto shape = input.sizes().vec();
    shape.back() = out;
    const auto rows = input.reshape({count, in});
    auto result = at::empty({count, out}, input.options());
    const auto transposed = weight.t();
    at::parallel_for(0, count, grain, [&](int64_t first, int64_t last) {
        c10::InferenceMode inference; // it belongs to the thread
        auto part = result.narrow(0, first, last - first);
        const auto x = rows.narrow(0, first, last - first);
        if (has_bias)
            at::addmm_out(part, *bias, x, transposed);
        else
            at::mm_out(part, x, transposed);
    });
    return result.view(shape);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(wma, library) {
    library.def("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", &linear);
}
