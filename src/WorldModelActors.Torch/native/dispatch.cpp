// The generic entry point: any ATen operator by name, through the dispatcher's boxed calling convention.
#include "common.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <memory>

using wma::borrow;

namespace {

c10::IValue to_ivalue(const WmaValue& v) {
    switch (v.tag) {
        case WMA_NONE: return c10::IValue();
        case WMA_TENSOR: return c10::IValue(borrow(v.p));
        case WMA_INT: return c10::IValue(v.i);
        case WMA_DOUBLE: return c10::IValue(v.d);
        case WMA_BOOL: return c10::IValue(v.i != 0);
        case WMA_INT_LIST: {
            c10::List<int64_t> list;
            list.reserve(v.extra);
            for (int32_t k = 0; k < v.extra; k++) list.push_back(static_cast<int64_t*>(v.p)[k]);
            return c10::IValue(std::move(list));
        }
        case WMA_DOUBLE_LIST: {
            c10::List<double> list;
            list.reserve(v.extra);
            for (int32_t k = 0; k < v.extra; k++) list.push_back(static_cast<double*>(v.p)[k]);
            return c10::IValue(std::move(list));
        }
        case WMA_TENSOR_LIST: {
            c10::List<at::Tensor> list;
            list.reserve(v.extra);
            for (int32_t k = 0; k < v.extra; k++) list.push_back(borrow(static_cast<void**>(v.p)[k]));
            return c10::IValue(std::move(list));
        }
        case WMA_OPTIONAL_TENSOR_LIST: {
            c10::List<wma::optional<at::Tensor>> list;
            list.reserve(v.extra);
            for (int32_t k = 0; k < v.extra; k++) {
                void* p = static_cast<void**>(v.p)[k];
                list.push_back(p ? wma::optional<at::Tensor>(borrow(p)) : wma::optional<at::Tensor>());
            }
            return c10::IValue(std::move(list));
        }
        case WMA_STRING: return c10::IValue(std::string(static_cast<char*>(v.p), v.extra));
        case WMA_DEVICE: return c10::IValue(wma::unpack_device(v.i));
        case WMA_GENERATOR:
            return c10::IValue(at::Generator(
                c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(v.p))));
        default: throw std::runtime_error("unknown argument tag " + std::to_string(v.tag));
    }
}

// What ATen's Scalar overloads make of a number before they call the Tensor overload. float32 and float64 tensors get it in
// their own type at once: the kernels would convert it, by two more dispatched calls.
at::Tensor wrap_number(const WmaValue& self, const WmaValue& v) {
    c10::Scalar number = v.extra ? c10::Scalar(v.d) : c10::Scalar(v.i);
    c10::ScalarType type = c10::ScalarType::Undefined;
    if (self.tag == WMA_TENSOR) type = c10::typeMetaToScalarType(static_cast<c10::TensorImpl*>(self.p)->dtype());
    bool own = type == c10::ScalarType::Float || type == c10::ScalarType::Double;
    at::Tensor t = own ? at::detail::scalar_tensor_static(number, type, c10::Device(c10::DeviceType::CPU)) : c10::scalar_to_tensor(number);
    t.unsafeGetTensorImpl()->set_wrapped_number(true);
    return t;
}

WmaValue from_ivalue(c10::IValue&& v) {
    WmaValue r{};
    if (v.isTensor()) {
        at::Tensor t = std::move(v).toTensor();
        if (t.defined()) {
            r.tag = WMA_TENSOR;
            r.p = t.unsafeReleaseTensorImpl();
        }
    } else if (v.isInt()) {
        r.tag = WMA_INT;
        r.i = v.toInt();
    } else if (v.isDouble()) {
        r.tag = WMA_DOUBLE;
        r.d = v.toDouble();
    } else if (v.isBool()) {
        r.tag = WMA_BOOL;
        r.i = v.toBool();
    } else if (v.isTensorList()) {
        std::vector<at::Tensor> list = v.toTensorVector();
        v = c10::IValue();
        void** out = static_cast<void**>(malloc(sizeof(void*) * (list.empty() ? 1 : list.size())));
        if (!out) throw std::bad_alloc();
        for (size_t k = 0; k < list.size(); k++) out[k] = list[k].unsafeReleaseTensorImpl();
        r.tag = WMA_TENSOR_LIST;
        r.extra = static_cast<int32_t>(list.size());
        r.p = out;
    } else if (!v.isNone()) {
        throw std::runtime_error("unsupported result type " + v.tagKind());
    }
    return r;
}

// Gives back what from_ivalue took.
void drop(const WmaValue& v) {
    if (v.tag == WMA_TENSOR) {
        wma::release(v.p);
    } else if (v.tag == WMA_TENSOR_LIST) {
        for (int32_t k = 0; k < v.extra; k++) wma::release(static_cast<void**>(v.p)[k]);
        free(v.p);
    }
}

} // namespace

extern "C" {

// The operator aten::name.overload, or null where this libtorch has none. Resolve once and keep: handles never go stale.
WMA_API void* wma_find_operator(const char* name, const char* overload) {
    try {
        auto op = c10::Dispatcher::singleton().findSchema({name, overload});
        return op.has_value() ? new c10::OperatorHandle(*op) : nullptr;
    } catch (const std::exception& e) {
        wma::set_error(e);
        return nullptr;
    }
}

// Calls an operator. Arguments beyond nargs take the schema's defaults. Returns the number of results (<= max_results)
// or -1. max_results 0: the operator is called for its effect and its results are dropped.
WMA_API int32_t wma_call(void* op, const WmaValue* args, int32_t nargs, WmaValue* results, int32_t max_results) {
    return wma::guarded_count([&]() -> int32_t {
        if (!op) throw std::runtime_error("this libtorch has no such operator");
        const auto& handle = *static_cast<c10::OperatorHandle*>(op);
        c10::InferenceMode inference;
        const auto& schema_args = handle.schema().arguments();
        if (static_cast<size_t>(nargs) > schema_args.size())
            throw std::runtime_error("too many arguments for " + handle.schema().name());
        torch::jit::Stack stack;
        stack.reserve(schema_args.size());
        for (size_t k = 0; k < schema_args.size(); k++) {
            if (k < static_cast<size_t>(nargs) && args[k].tag != WMA_DEFAULT) {
                stack.push_back(args[k].tag == WMA_NUMBER ? c10::IValue(wrap_number(args[0], args[k])) : to_ivalue(args[k]));
            } else {
                const auto& def = schema_args[k].default_value();
                if (!def.has_value())
                    throw std::runtime_error("missing argument '" + schema_args[k].name() + "' of " + handle.schema().name());
                stack.push_back(*def);
            }
        }
        handle.callBoxed(stack);
        if (max_results == 0) return 0;
        if (stack.size() > static_cast<size_t>(max_results)) throw std::runtime_error("too many results");
        size_t taken = 0;
        try {
            for (; taken < stack.size(); taken++) results[taken] = from_ivalue(std::move(stack[taken]));
        } catch (...) {
            while (taken > 0) drop(results[--taken]);
            throw;
        }
        return static_cast<int32_t>(stack.size());
    });
}

WMA_API void wma_free(void* p) { free(p); }

} // extern "C"
