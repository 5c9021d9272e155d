// The CUDA kernels as operators of the dispatcher. They exist where the shim was built with nvcc.
#include "common.h"

#if defined(WMA_CUDA) && defined(WMA_CUDA_KERNELS)
#include "kernels.h"

#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <cuda_runtime_api.h>
#include <torch/library.h>

#include <algorithm>
#include <unordered_map>

namespace {

using wma::optional;
namespace k = wma::kernels;

k::Type type_of(const at::Tensor& x, const char* name) {
    TORCH_CHECK(
        x.is_cuda() && x.is_contiguous() && (x.scalar_type() == at::kHalf || x.scalar_type() == at::kBFloat16) && x.dim() > 0 && x.size(-1) % 8 == 0
            && reinterpret_cast<uintptr_t>(x.data_ptr()) % 16 == 0,
        name, ": takes contiguous, aligned float16 or bfloat16 rows of 8 k channels on CUDA, got ", x.sizes(), " ", x.scalar_type());
    return x.scalar_type() == at::kHalf ? k::kHalf : k::kBFloat16;
}

void require_row(const at::Tensor& x, const at::Tensor& row, const char* name, const char* what) {
    TORCH_CHECK(
        row.scalar_type() == x.scalar_type() && row.is_contiguous() && row.device() == x.device() && row.numel() == x.size(-1),
        name, ": ", what, " ", row.sizes(), " does not fit ", x.sizes());
}

const float* floats(const optional<at::Tensor>& shift, const at::Tensor& x, const char* name) {
    if (!shift.has_value() || !shift->defined()) return nullptr;
    TORCH_CHECK(
        shift->scalar_type() == at::kFloat && shift->is_contiguous() && shift->device() == x.device() && shift->numel() % x.size(-1) == 0,
        name, ": the shift must be contiguous float32 rows of ", x.size(-1), " channels");
    return shift->data_ptr<float>();
}

void check(int error, const char* name) {
    TORCH_CHECK(error == 0, name, ": ", cudaGetErrorString(static_cast<cudaError_t>(error)));
}

// Zeroed counters, which every user leaves zero: kept for the stream of a thread, since uses on one stream follow one another.
at::Tensor counters(const c10::Device& device, int64_t count) {
    // Never freed: a thread may end after the allocator.
    static thread_local auto& kept = *new std::unordered_map<cudaStream_t, at::Tensor>;
    const auto stream = c10::cuda::getCurrentCUDAStream();
    auto& tensor = kept[stream.stream()];
    if (tensor.defined() && tensor.device() == device && tensor.numel() >= count) return tensor;
    auto fresh = at::zeros({std::max<int64_t>(count, 4096)}, at::TensorOptions().device(device).dtype(at::kInt));
    // What a graph records is zeroed by its replays alone, and its memory goes with it.
    if (c10::cuda::currentStreamCaptureStatusMayInitCtx() == c10::cuda::CaptureStatus::None) tensor = fresh;
    return fresh;
}

// x [.., C], its rows in `samples` equal shares [N, P, C]; statistics over P and C / groups.
at::Tensor group_norm_rows(
    const at::Tensor& x, const optional<at::Tensor>& shift, const at::Tensor& weight, const at::Tensor& bias, int64_t samples, int64_t groups, double eps, bool silu) {
    const c10::cuda::CUDAGuard guard(x.device());
    k::GroupNorm a{};
    a.type = type_of(x, "group_norm_rows");
    require_row(x, weight, "group_norm_rows", "weight");
    require_row(x, bias, "group_norm_rows", "bias");
    const int64_t channels = x.size(-1), rows = x.numel() / channels;
    TORCH_CHECK(samples > 0 && rows % samples == 0 && groups > 0 && channels % groups == 0 && channels <= 4096, "group_norm_rows: ", x.sizes(), " in ", samples, " samples and ", groups, " groups");
    a.x = x.data_ptr();
    a.shift = floats(shift, x, "group_norm_rows");
    a.shift_rows = a.shift ? shift->numel() / channels : 0;
    TORCH_CHECK(!a.shift || samples % a.shift_rows == 0, "group_norm_rows: ", a.shift_rows, " shifts for ", samples, " samples");
    a.weight = weight.data_ptr();
    a.bias = bias.data_ptr();
    a.samples = samples;
    a.rows = rows / samples;
    a.channels = static_cast<int>(channels);
    a.groups = static_cast<int>(groups);
    a.eps = static_cast<float>(eps);
    a.silu = silu;
    auto y = at::empty_like(x);
    if (x.numel() == 0) return y;
    const int multiprocessors = at::cuda::getCurrentDeviceProperties()->multiProcessorCount;
    a.splits = k::group_norm_splits(samples, a.rows, a.channels, multiprocessors);
    const auto numbers = x.options().dtype(at::kFloat);
    auto partial = at::empty({samples, a.splits, 2, groups}, numbers), statistics = at::empty({samples, groups, 2}, numbers);
    const auto arrived = counters(x.device(), samples);
    a.y = y.data_ptr();
    a.partial = partial.data_ptr<float>();
    a.statistics = statistics.data_ptr<float>();
    a.arrived = reinterpret_cast<unsigned*>(arrived.data_ptr<int>());
    check(k::group_norm(a, multiprocessors, c10::cuda::getCurrentCUDAStream()), "group_norm_rows");
    return y;
}

bool layer_norm_fits(int64_t channels) { return k::layer_norm_fits(static_cast<int>(channels)); }

at::Tensor layer_norm_rows(const at::Tensor& x, const optional<at::Tensor>& shift, const at::Tensor& weight, const at::Tensor& bias, double eps) {
    const c10::cuda::CUDAGuard guard(x.device());
    const auto type = type_of(x, "layer_norm_rows");
    require_row(x, weight, "layer_norm_rows", "weight");
    require_row(x, bias, "layer_norm_rows", "bias");
    const int64_t channels = x.size(-1);
    TORCH_CHECK(layer_norm_fits(channels), "layer_norm_rows: no kernel for ", channels, " channels");
    const float* row = floats(shift, x, "layer_norm_rows");
    TORCH_CHECK(!row || shift->numel() == channels, "layer_norm_rows: one shift row of ", channels, " channels");
    auto y = at::empty_like(x);
    if (x.numel() > 0)
        check(
            k::layer_norm(type, x.data_ptr(), row, weight.data_ptr(), bias.data_ptr(), y.data_ptr(), x.numel() / channels, static_cast<int>(channels), static_cast<float>(eps), c10::cuda::getCurrentCUDAStream()),
            "layer_norm_rows");
    return y;
}

// qkv [B, 16, P, 3 heads 64] -> [B, 16, P, heads 64]
at::Tensor frame_attention(const at::Tensor& qkv, int64_t heads) {
    const c10::cuda::CUDAGuard guard(qkv.device());
    const auto type = type_of(qkv, "frame_attention");
    TORCH_CHECK(qkv.dim() == 4 && qkv.size(1) == 16 && heads > 0 && qkv.size(3) == 3 * heads * 64, "frame_attention: takes [B, 16, P, 3 x ", heads, " x 64], got ", qkv.sizes());
    auto out = at::empty({qkv.size(0), 16, qkv.size(2), heads * 64}, qkv.options());
    if (qkv.numel() > 0)
        check(k::frame_attention(type, qkv.data_ptr(), out.data_ptr(), qkv.size(0), qkv.size(2), static_cast<int>(heads), c10::cuda::getCurrentCUDAStream()), "frame_attention");
    return out;
}

// query [N, L, heads 64], keys and values [N or a part of it, heads, S, 64]; frames, seen: as BranchAttention says.
at::Tensor branch_attention(const at::Tensor& query, at::TensorList keys, at::TensorList values, at::IntArrayRef seen, int64_t frames) {
    const c10::cuda::CUDAGuard guard(query.device());
    k::BranchAttention a{};
    a.type = type_of(query, "branch_attention");
    TORCH_CHECK(
        query.dim() == 3 && query.size(2) % 64 == 0 && !keys.empty() && keys.size() <= k::kMostBranches && values.size() == keys.size() && seen.size() == keys.size() && frames > 0,
        "branch_attention: takes queries [N, L, heads x 64] and 1 to ", k::kMostBranches, " branches, got ", query.sizes(), " and ", keys.size());
    a.rows = query.size(0);
    a.queries = query.size(1);
    a.heads = static_cast<int>(query.size(2) / 64);
    TORCH_CHECK(a.rows < 65536 && a.queries < (1 << 30), "branch_attention: ", query.sizes(), " is too large");
    a.count = static_cast<int>(keys.size());
    a.frames = static_cast<int>(frames);
    a.scale = 0.125f * 1.44269504088896341f;
    for (int b = 0; b < a.count; b++) {
        const auto &key = keys[b], &value = values[b];
        TORCH_CHECK(
            type_of(key, "branch_attention") == a.type && type_of(value, "branch_attention") == a.type && key.dim() == 4 && key.sizes() == value.sizes() && key.device() == query.device()
                && value.device() == query.device() && key.size(1) == a.heads && key.size(2) > 0 && key.size(3) == 64 && key.size(0) > 0 && a.rows % key.size(0) == 0,
            "branch_attention: keys ", key.sizes(), " and values ", value.sizes(), " do not fit queries ", query.sizes());
        TORCH_CHECK(seen[b] >= 0 && seen[b] <= key.size(2), "branch_attention: ", seen[b], " keys a frame of ", key.size(2));
        a.key[b] = key.data_ptr();
        a.value[b] = value.data_ptr();
        a.keys[b] = static_cast<int>(key.size(2));
        a.seen[b] = static_cast<int>(seen[b]);
        a.shared_by[b] = static_cast<int>(a.rows / key.size(0));
    }
    auto out = at::empty_like(query);
    a.query = query.data_ptr();
    a.out = out.data_ptr();
    if (query.numel() > 0) check(k::branch_attention(a, c10::cuda::getCurrentCUDAStream()), "branch_attention");
    return out;
}

// logits [N, .., K] with P positions, xs and ys float [P], temperature float [1] -> [N, K, 2]
at::Tensor key_points(const at::Tensor& logits, const at::Tensor& xs, const at::Tensor& ys, const at::Tensor& temperature) {
    const c10::cuda::CUDAGuard guard(logits.device());
    const auto type = type_of(logits, "key_points");
    const int64_t rows = logits.size(0), channels = logits.size(-1), positions = rows == 0 ? 0 : logits.numel() / rows / channels;
    for (const auto* t : {&xs, &ys, &temperature})
        TORCH_CHECK(
            t->scalar_type() == at::kFloat && t->is_contiguous() && t->device() == logits.device() && t->numel() == (t == &temperature ? 1 : positions),
            "key_points: float32 coordinates of ", positions, " positions and a temperature, got ", t->sizes());
    TORCH_CHECK(rows < 65536, "key_points: ", logits.sizes(), " has too many rows");
    auto out = at::empty({rows, channels, 2}, logits.options());
    if (rows > 0)
        check(
            k::key_points(type, logits.data_ptr(), xs.data_ptr<float>(), ys.data_ptr<float>(), temperature.data_ptr<float>(), out.data_ptr(), rows, static_cast<int>(positions), static_cast<int>(channels), c10::cuda::getCurrentCUDAStream()),
            "key_points");
    return out;
}

// [.., 2 C] -> [.., C]
at::Tensor geglu(const at::Tensor& x) {
    const c10::cuda::CUDAGuard guard(x.device());
    const auto type = type_of(x, "geglu");
    TORCH_CHECK(x.size(-1) % 16 == 0, "geglu: takes rows of 16 k channels, got ", x.sizes());
    auto shape = x.sizes().vec();
    shape.back() /= 2;
    auto y = at::empty(shape, x.options());
    if (x.numel() > 0) check(k::geglu(type, x.data_ptr(), y.data_ptr(), y.numel() / shape.back(), static_cast<int>(shape.back()), c10::cuda::getCurrentCUDAStream()), "geglu");
    return y;
}

// Whether linear_geglu has a kernel for a weight [2 C, K], on the device that it is on.
bool linear_geglu_fits(const at::Tensor& weight) {
    if (!weight.is_cuda() || (weight.scalar_type() != at::kHalf && weight.scalar_type() != at::kBFloat16) || weight.dim() != 2 || weight.size(0) % 2 != 0) return false;
    const auto* device = at::cuda::getDeviceProperties(weight.device().index());
    const int64_t depth = weight.size(1), channels = weight.size(0) / 2;
    return device->major == 9 && device->minor == 0 && std::max(depth, channels) < (1 << 20) && k::linear_geglu_fits(static_cast<int>(depth), static_cast<int>(channels));
}

// x [.., K], weight [2 C, K], bias [2 C] -> [.., C]
at::Tensor linear_geglu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    const c10::cuda::CUDAGuard guard(x.device());
    const auto type = type_of(x, "linear_geglu");
    const int64_t depth = x.size(-1), channels = weight.dim() == 2 ? weight.size(0) / 2 : 0, rows = depth > 0 ? x.numel() / depth : 0;
    TORCH_CHECK(
        type_of(weight, "linear_geglu") == type && type_of(bias, "linear_geglu") == type && weight.dim() == 2 && weight.size(1) == depth && weight.size(0) == 2 * channels && bias.numel() == 2 * channels
            && weight.device() == x.device() && bias.device() == x.device(),
        "linear_geglu: weight ", weight.sizes(), " and bias ", bias.sizes(), " do not fit ", x.sizes());
    TORCH_CHECK(linear_geglu_fits(weight), "linear_geglu: no kernel for ", depth, " to 2 x ", channels, " channels on this device");
    TORCH_CHECK(rows < (int64_t{1} << 30), "linear_geglu: ", x.sizes(), " has too many rows");
    auto shape = x.sizes().vec();
    shape.back() = channels;
    auto y = at::empty(shape, x.options());
    if (rows > 0)
        check(
            k::linear_geglu(
                type, x.data_ptr(), weight.data_ptr(), bias.data_ptr(), y.data_ptr(), rows, static_cast<int>(depth), static_cast<int>(channels),
                at::cuda::getCurrentDeviceProperties()->multiProcessorCount, c10::cuda::getCurrentCUDAStream()),
            "linear_geglu");
    return y;
}

at::Tensor add_with_bias_(at::Tensor self, const at::Tensor& other, const at::Tensor& bias) {
    const c10::cuda::CUDAGuard guard(self.device());
    const auto type = type_of(self, "add_with_bias_");
    TORCH_CHECK(type_of(other, "add_with_bias_") == type && self.numel() == other.numel() && self.size(-1) == other.size(-1), "add_with_bias_: ", self.sizes(), " and ", other.sizes(), " do not fit");
    const float* row = floats(bias, self, "add_with_bias_");
    TORCH_CHECK(bias.numel() == self.size(-1), "add_with_bias_: one bias row of ", self.size(-1), " channels");
    if (self.numel() > 0)
        check(k::add_with_bias(type, self.data_ptr(), other.data_ptr(), row, self.numel() / self.size(-1), static_cast<int>(self.size(-1)), c10::cuda::getCurrentCUDAStream()), "add_with_bias_");
    return self;
}

at::Tensor add_bias_(at::Tensor self, const at::Tensor& bias) {
    const c10::cuda::CUDAGuard guard(self.device());
    const auto type = type_of(self, "add_bias_");
    const float* row = floats(bias, self, "add_bias_");
    TORCH_CHECK(bias.numel() == self.size(-1), "add_bias_: one bias row of ", self.size(-1), " channels, got ", bias.sizes());
    if (self.numel() > 0)
        check(k::add_bias(type, self.data_ptr(), row, self.numel() / self.size(-1), static_cast<int>(self.size(-1)), c10::cuda::getCurrentCUDAStream()), "add_bias_");
    return self;
}

// a [.., A], b [.., B] -> [.., A + B]
at::Tensor join_rows(const at::Tensor& a, const optional<at::Tensor>& bias, const at::Tensor& b) {
    const c10::cuda::CUDAGuard guard(a.device());
    const auto type = type_of(a, "join_rows");
    TORCH_CHECK(
        type_of(b, "join_rows") == type && a.device() == b.device() && a.dim() == b.dim() && a.sizes().slice(0, a.dim() - 1) == b.sizes().slice(0, b.dim() - 1),
        "join_rows: ", a.sizes(), " and ", b.sizes(), " do not fit");
    const float* row = floats(bias, a, "join_rows");
    TORCH_CHECK(!row || bias->numel() == a.size(-1), "join_rows: one bias row of ", a.size(-1), " channels");
    auto shape = a.sizes().vec();
    shape.back() += b.size(-1);
    auto y = at::empty(shape, a.options());
    if (y.numel() > 0)
        check(
            k::join_rows(type, a.data_ptr(), row, b.data_ptr(), y.data_ptr(), y.numel() / y.size(-1), static_cast<int>(a.size(-1)), static_cast<int>(b.size(-1)), c10::cuda::getCurrentCUDAStream()),
            "join_rows");
    return y;
}

// [N, h, w, C] -> [N, 2 h, 2 w, C]
at::Tensor enlarge_rows(const at::Tensor& x) {
    const c10::cuda::CUDAGuard guard(x.device());
    const auto type = type_of(x, "enlarge_rows");
    TORCH_CHECK(x.dim() == 4, "enlarge_rows: takes [N, h, w, C], got ", x.sizes());
    auto y = at::empty({x.size(0), 2 * x.size(1), 2 * x.size(2), x.size(3)}, x.options());
    if (x.numel() > 0)
        check(
            k::enlarge_rows(type, x.data_ptr(), y.data_ptr(), x.numel() / x.size(3), static_cast<int>(x.size(2)), static_cast<int>(x.size(3)), c10::cuda::getCurrentCUDAStream()),
            "enlarge_rows");
    return y;
}

} // namespace

TORCH_LIBRARY_FRAGMENT(wma, library) {
    library.def("group_norm_rows(Tensor x, Tensor? shift, Tensor weight, Tensor bias, int samples, int groups, float eps, bool silu) -> Tensor", &group_norm_rows);
    library.def("layer_norm_rows(Tensor x, Tensor? shift, Tensor weight, Tensor bias, float eps) -> Tensor", &layer_norm_rows);
    library.def("frame_attention(Tensor qkv, int heads) -> Tensor", &frame_attention);
    library.def("branch_attention(Tensor query, Tensor[] keys, Tensor[] values, int[] seen, int frames) -> Tensor", &branch_attention);
    library.def("key_points(Tensor logits, Tensor xs, Tensor ys, Tensor temperature) -> Tensor", &key_points);
    library.def("geglu(Tensor x) -> Tensor", &geglu);
    library.def("linear_geglu_fits(Tensor weight) -> bool", &linear_geglu_fits);
    library.def("linear_geglu(Tensor x, Tensor weight, Tensor bias) -> Tensor", &linear_geglu);
    library.def("add_with_bias_(Tensor(a!) self, Tensor other, Tensor bias) -> Tensor(a!)", &add_with_bias_);
    library.def("add_bias_(Tensor(a!) self, Tensor bias) -> Tensor(a!)", &add_bias_);
    library.def("join_rows(Tensor a, Tensor? bias, Tensor b) -> Tensor", &join_rows);
    library.def("enlarge_rows(Tensor x) -> Tensor", &enlarge_rows);
}
#endif
