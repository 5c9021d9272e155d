// Scaled dot product attention on the CPU for many small problems, as operator wma::attention. libtorch 1.13 has none; composed
// of batched matrix products it spends most of its time between the products, on copies, and in one thread.
#include "common.h"
#include "simd.h"

#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

struct Problem {
    int64_t heads, queries, keys, dim, value_dim;
    float scale;
    const float *q, *k, *v, *mask; // mask may be null
    int64_t q_stride[3], k_stride[3], v_stride[3], mask_stride[4]; // batch, head, row[, key]; the last axis of q, k, v is dense
    float* out; // [batch, queries, heads, value_dim]
};

int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

constexpr int64_t MaxWidth = 16;
constexpr int64_t Rows = 8;

int64_t scratch_floats(const Problem& p) {
    int64_t keys = round_up(p.keys, MaxWidth), value_dim = round_up(p.value_dim, MaxWidth);
    return p.dim * keys + p.keys * value_dim + keys + Rows * keys + Rows * p.dim + Rows * MaxWidth;
}

// R query rows from row on: scores, softmax, weighted sum of the values.
template <int W, int R>
WMA_INLINE void attend_rows(
    const Problem& p, int64_t n, int64_t h, int64_t row, int64_t keys, const float* kt, const float* vp, const float* bias,
    float* weights, float* qs, float* spill) {
    using F = typename wma::Vector<W>::F;
    const F zero = {};
    const int64_t padded = round_up(keys, W), value_dim = round_up(p.value_dim, W);
    for (int r = 0; r < R; r++) {
        const float* q = p.q + n * p.q_stride[0] + h * p.q_stride[1] + (row + r) * p.q_stride[2];
        for (int64_t c = 0; c < p.dim; c++) qs[c * R + r] = q[c] * p.scale;
    }
    F top[R];
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) top[r] = zero - std::numeric_limits<float>::infinity();
    for (int64_t j = 0; j < padded; j += W) {
        F acc[R];
        const F b = wma::load<W>(bias + j);
#pragma GCC unroll 8
        for (int r = 0; r < R; r++) acc[r] = b;
        for (int64_t c = 0; c < p.dim; c++) {
            const F key = wma::load<W>(kt + c * padded + j);
#pragma GCC unroll 8
            for (int r = 0; r < R; r++) acc[r] += key * qs[c * R + r];
        }
#pragma GCC unroll 8
        for (int r = 0; r < R; r++) {
            wma::store<W>(weights + r * padded + j, acc[r]);
            top[r] = acc[r] > top[r] ? acc[r] : top[r];
        }
    }
    float inverse[R];
    for (int r = 0; r < R; r++) {
        float most = top[r][0];
        for (int i = 1; i < W; i++) most = top[r][i] > most ? top[r][i] : most;
        F sum = zero;
        float* w = weights + r * padded;
        for (int64_t j = 0; j < padded; j += W) {
            F e = wma::exp_nonpositive<W>(wma::load<W>(w + j) - most);
            wma::store<W>(w + j, e);
            sum += e;
        }
        float total = 0;
        for (int i = 0; i < W; i++) total += sum[i];
        inverse[r] = 1.0f / total;
    }
    for (int64_t c = 0; c < value_dim; c += W) {
        F acc[R];
#pragma GCC unroll 8
        for (int r = 0; r < R; r++) acc[r] = zero;
        for (int64_t j = 0; j < keys; j++) {
            const F value = wma::load<W>(vp + j * value_dim + c);
#pragma GCC unroll 8
            for (int r = 0; r < R; r++) acc[r] += value * weights[r * padded + j];
        }
        const int64_t count = p.value_dim - c < W ? p.value_dim - c : W;
        for (int r = 0; r < R; r++) {
            float* out = p.out + ((n * p.queries + row + r) * p.heads + h) * p.value_dim + c;
            wma::store<W>(spill, acc[r] * inverse[r]);
            memcpy(out, spill, sizeof(float) * count);
        }
    }
}

// Batch entries times heads, first..last.
template <int W>
WMA_INLINE void attend_pairs(const Problem& p, int64_t first, int64_t last, float* scratch) {
    const int64_t value_dim = round_up(p.value_dim, W);
    for (int64_t pair = first; pair < last; pair++) {
        const int64_t n = pair / p.heads, h = pair % p.heads;
        const bool bias_per_row = p.mask && p.mask_stride[2] != 0;
        const float* mask = p.mask ? p.mask + n * p.mask_stride[0] + h * p.mask_stride[1] : nullptr;
        int64_t keys = p.keys;
        // Keys at the end that no query may see cost nothing.
        if (mask && !bias_per_row)
            while (keys > 1 && mask[(keys - 1) * p.mask_stride[3]] == -std::numeric_limits<float>::infinity()) keys--;
        const int64_t padded = round_up(keys, W);
        float* kt = scratch;
        float* vp = kt + p.dim * padded;
        float* bias = vp + keys * value_dim;
        float* weights = bias + padded;
        float* qs = weights + Rows * padded;
        float* spill = qs + Rows * p.dim;
        const float* k = p.k + n * p.k_stride[0] + h * p.k_stride[1];
        const float* v = p.v + n * p.v_stride[0] + h * p.v_stride[1];
        for (int64_t j = 0; j < keys; j++) {
            for (int64_t c = 0; c < p.dim; c++) kt[c * padded + j] = k[j * p.k_stride[2] + c];
            memcpy(vp + j * value_dim, v + j * p.v_stride[2], sizeof(float) * p.value_dim);
            for (int64_t c = p.value_dim; c < value_dim; c++) vp[j * value_dim + c] = 0;
        }
        for (int64_t c = 0; c < p.dim; c++)
            for (int64_t j = keys; j < padded; j++) kt[c * padded + j] = 0;
        for (int64_t j = 0; j < padded; j++) bias[j] = j < keys ? 0 : -std::numeric_limits<float>::infinity();
        if (mask && !bias_per_row)
            for (int64_t j = 0; j < keys; j++) bias[j] = mask[j * p.mask_stride[3]];
        int64_t row = 0;
        if (bias_per_row) {
            for (; row < p.queries; row++) {
                for (int64_t j = 0; j < keys; j++) bias[j] = mask[row * p.mask_stride[2] + j * p.mask_stride[3]];
                attend_rows<W, 1>(p, n, h, row, keys, kt, vp, bias, weights, qs, spill);
            }
        }
        for (; row + 8 <= p.queries; row += 8) attend_rows<W, 8>(p, n, h, row, keys, kt, vp, bias, weights, qs, spill);
        for (; row + 4 <= p.queries; row += 4) attend_rows<W, 4>(p, n, h, row, keys, kt, vp, bias, weights, qs, spill);
        for (; row < p.queries; row++) attend_rows<W, 1>(p, n, h, row, keys, kt, vp, bias, weights, qs, spill);
    }
}

WMA_ISA_CLONES(attend, attend_pairs, (const Problem& p, int64_t first, int64_t last, float* scratch), (p, first, last, scratch))

at::Tensor dense_rows(const at::Tensor& t) { return t.stride(3) == 1 || t.size(3) == 1 ? t : t.contiguous(); }

// query [N, H, L, d], key [N, H, S, d], value [N, H, S, e], attn_mask broadcastable to [N, H, L, S] and added -> [N, H, L, e].
at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const wma::optional<at::Tensor>& attn_mask) {
    for (const auto* t : {&query, &key, &value})
        TORCH_CHECK(t->dim() == 4 && t->device().is_cpu() && t->scalar_type() == at::kFloat, "attention: needs four axes of float32 on the CPU");
    TORCH_CHECK(
        query.size(0) == key.size(0) && query.size(1) == key.size(1) && query.size(3) == key.size(3) && key.size(0) == value.size(0)
            && key.size(1) == value.size(1) && key.size(2) == value.size(2),
        "attention: query ", query.sizes(), ", key ", key.sizes(), " and value ", value.sizes(), " do not fit");
    const auto q = dense_rows(query), k = dense_rows(key), v = dense_rows(value);
    Problem p{};
    const int64_t batch = q.size(0);
    p.heads = q.size(1);
    p.queries = q.size(2);
    p.keys = k.size(2);
    p.dim = q.size(3);
    p.value_dim = v.size(3);
    TORCH_CHECK(p.keys > 0 && p.dim > 0 && p.value_dim > 0, "attention: no keys, or no width");
    p.scale = 1.0f / std::sqrt(static_cast<float>(p.dim));
    auto out = at::empty({batch, p.queries, p.heads, p.value_dim}, q.options());
    at::Tensor mask;
    if (attn_mask.has_value() && attn_mask->defined()) {
        TORCH_CHECK(attn_mask->device().is_cpu() && attn_mask->scalar_type() == at::kFloat, "attention: the mask must be float32 on the CPU");
        mask = attn_mask->expand({batch, p.heads, p.queries, p.keys});
        p.mask = mask.data_ptr<float>();
        for (int i = 0; i < 4; i++) p.mask_stride[i] = mask.stride(i);
    }
    p.q = q.data_ptr<float>();
    p.k = k.data_ptr<float>();
    p.v = v.data_ptr<float>();
    p.out = out.data_ptr<float>();
    for (int i = 0; i < 3; i++) {
        p.q_stride[i] = q.stride(i);
        p.k_stride[i] = k.stride(i);
        p.v_stride[i] = v.stride(i);
    }
    // A share of work below some ten microseconds is not worth another thread.
    const int64_t cost = p.queries * p.keys * (p.dim + p.value_dim) + 1;
    at::parallel_for(0, batch * p.heads, std::max<int64_t>(1, 400000 / cost), [&](int64_t first, int64_t last) {
        std::vector<float> scratch(scratch_floats(p));
        attend(p, first, last, scratch.data());
    });
    return out.transpose(1, 2);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(wma, library) {
    library.def("attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None) -> Tensor", &attention);
}
