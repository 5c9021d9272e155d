// y = x W^T + b on the CPU, as operator wma::linear: the rows are shared out over libtorch's own threads, each of which runs a
// single-threaded matrix product. OpenBLAS's threads beside libtorch's (OpenMP) fight for the same cores: with both at two threads
// on two cores, products of this size run several times slower than in one thread.
//
// Where the rows belong to several samples (wma_set_samples), each sample's are a product of their own: BLAS rounds rows otherwise in
// other places of its tiles, and a sample's numbers must not depend on who else is in the batch.
#include "common.h"

#include <ATen/Parallel.h>
#include <torch/library.h>

namespace {

thread_local int64_t samples_in_batch = 1;

// input [.., in], weight [out, in], bias [out] or none -> [.., out]; float32 on the CPU.
at::Tensor linear(const at::Tensor& input, const at::Tensor& weight, const wma::optional<at::Tensor>& bias) {
    TORCH_CHECK(
        weight.dim() == 2 && input.dim() > 0 && input.size(-1) == weight.size(1), "linear: input ", input.sizes(), " and weight ",
        weight.sizes(), " do not fit");
    const bool has_bias = bias.has_value() && bias->defined();
    TORCH_CHECK(!has_bias || (bias->dim() == 1 && bias->size(0) == weight.size(0)), "linear: bias and weight ", weight.sizes(), " do not fit");
    const int64_t in = weight.size(1), out = weight.size(0), count = in == 0 ? 0 : input.numel() / in;
    if (count == 0 || out == 0) return at::linear(input, weight, bias);
    const int64_t samples = count % samples_in_batch == 0 ? samples_in_batch : 1, rows_each = count / samples;
    const int64_t grain = std::max<int64_t>(16, 1000000 / (in * out));
    // One share only: libtorch's own does the same product with fewer views around it, where it folds the leading axes too.
    if (samples == 1 && count <= grain && (!has_bias || input.dim() == 2 || (input.dim() == 3 && input.is_contiguous()))) return at::linear(input, weight, bias);
    auto shape = input.sizes().vec();
    shape.back() = out;
    const auto rows = input.reshape({count, in});
    auto result = at::empty({count, out}, input.options());
    const auto transposed = weight.t();
    const auto multiply = [&](int64_t first, int64_t last) {
        c10::InferenceMode inference; // it belongs to the thread
        auto part = result.narrow(0, first, last - first);
        const auto x = rows.narrow(0, first, last - first);
        if (has_bias)
            at::addmm_out(part, *bias, x, transposed);
        else
            at::mm_out(part, x, transposed);
    };
    // The shares of a sample's rows are the same whether it is alone or not; small samples are shared out whole.
    if (samples == 1 || rows_each > grain) {
        for (int64_t i = 0; i < samples; i++)
            at::parallel_for(0, rows_each, grain, [&](int64_t first, int64_t last) { multiply(i * rows_each + first, i * rows_each + last); });
    } else {
        at::parallel_for(0, samples, std::max<int64_t>(1, grain / rows_each), [&](int64_t first, int64_t last) {
            for (int64_t i = first; i < last; i++) multiply(i * rows_each, (i + 1) * rows_each);
        });
    }
    return result.view(shape);
}

} // namespace

extern "C" {

// Samples that share the rows of linear layers on this thread, 1 for none; returns what it was before.
WMA_API int64_t wma_set_samples(int64_t count) {
    const int64_t before = samples_in_batch;
    samples_in_batch = count < 1 ? 1 : count;
    return before;
}

} // extern "C"

TORCH_LIBRARY_FRAGMENT(wma, library) {
    library.def("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", &linear);
}
