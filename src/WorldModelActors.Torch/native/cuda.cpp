// Devices, streams, events, CUDA graphs, memory statistics. Built against a libtorch without CUDA every function is a
// clear error.
#include "common.h"

#ifdef WMA_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_profiler_api.h>
using c10::cuda::CUDAStream;
#endif

namespace {
[[noreturn]] [[maybe_unused]] void no_cuda() {
    throw std::runtime_error(
        "this libtorch has no CUDA; set LIBTORCH to a CUDA build of libtorch (or a PyTorch installation) and build again");
}

#ifdef WMA_CUDA
CUDAStream stream_of(int32_t device, int64_t id) {
    return CUDAStream(c10::Stream(c10::Stream::UNSAFE, c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)), id));
}

// The caching allocator and the generators are there from the first use of a device on, which may be this one.
void lazy_init() {
#if WMA_TORCH_AT_LEAST(2, 8)
    at::globalContext().lazyInitDevice(at::kCUDA);
#else
    at::globalContext().lazyInitCUDA();
#endif
}

using Pool = decltype(std::declval<at::cuda::CUDAGraph&>().pool());

// Thread-local where libtorch can: other threads may go on allocating and copying meanwhile.
void capture_begin(at::cuda::CUDAGraph& graph, Pool pool) {
#if WMA_TORCH_AT_LEAST(2, 1)
    graph.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
#else
    graph.capture_begin(pool);
#endif
}
#endif
} // namespace

#ifdef WMA_CUDA
#define CUDA_BODY(...) return wma::guarded([&] { __VA_ARGS__ })
#else
#define CUDA_BODY(...) return wma::guarded([&] { no_cuda(); })
#endif

extern "C" {

WMA_API int32_t wma_cuda_device_count() {
#ifdef WMA_CUDA
    return c10::cuda::device_count();
#else
    return 0;
#endif
}

WMA_API int32_t wma_cuda_built() {
#ifdef WMA_CUDA
    return 1;
#else
    return 0;
#endif
}

WMA_API int32_t wma_cuda_set_device(int32_t index) { CUDA_BODY(c10::cuda::set_device(static_cast<c10::DeviceIndex>(index));); }

WMA_API int32_t wma_cuda_current_device(int32_t* index) { CUDA_BODY(*index = c10::cuda::current_device();); }

WMA_API int32_t wma_cuda_synchronize(int32_t index) {
    CUDA_BODY(c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index)); c10::cuda::device_synchronize(););
}

// The device's name (UTF-8, truncated to capacity) and its total memory in bytes.
WMA_API int32_t wma_cuda_device_properties(int32_t index, char* name, int32_t capacity, int64_t* total_memory, int32_t* sm_count) {
    CUDA_BODY(auto* p = at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(index));
              snprintf(name, capacity, "%s", p->name); *total_memory = static_cast<int64_t>(p->totalGlobalMem);
              *sm_count = p->multiProcessorCount;);
}

// A stream of the device's pool as c10's packed stream id. priority as in CUDA: 0 is normal, lower numbers go first
// (libtorch before 2.1 has two levels only).
WMA_API int32_t wma_cuda_stream_new(int32_t device, int32_t priority, int64_t* id) {
#if WMA_TORCH_AT_LEAST(2, 1)
    CUDA_BODY(*id = c10::cuda::getStreamFromPool(static_cast<int>(priority), static_cast<c10::DeviceIndex>(device)).id(););
#else
    CUDA_BODY(*id = c10::cuda::getStreamFromPool(priority < 0, static_cast<c10::DeviceIndex>(device)).id(););
#endif
}

WMA_API int32_t wma_cuda_stream_default(int32_t device, int64_t* id) {
    CUDA_BODY(*id = c10::cuda::getDefaultCUDAStream(static_cast<c10::DeviceIndex>(device)).id(););
}

WMA_API int32_t wma_cuda_stream_current(int32_t device, int64_t* id) {
    CUDA_BODY(*id = c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(device)).id(););
}

// Makes the stream current on the calling thread; later operator calls of this thread run on it.
WMA_API int32_t wma_cuda_stream_set_current(int32_t device, int64_t id) {
    CUDA_BODY(c10::cuda::set_device(static_cast<c10::DeviceIndex>(device)); c10::cuda::setCurrentCUDAStream(stream_of(device, id)););
}

WMA_API int32_t wma_cuda_stream_synchronize(int32_t device, int64_t id) { CUDA_BODY(stream_of(device, id).synchronize();); }

WMA_API int32_t wma_cuda_stream_query(int32_t device, int64_t id, int32_t* done) {
    CUDA_BODY(*done = stream_of(device, id).query() ? 1 : 0;);
}

// Tells the caching allocator that the tensor is in use on the stream, so that its memory is not reused too early.
WMA_API int32_t wma_cuda_record_stream(void* tensor, int32_t device, int64_t id) {
    CUDA_BODY(auto t = wma::borrow(tensor);
              TORCH_CHECK(t.is_cuda(), "record_stream needs a CUDA tensor");
              c10::cuda::CUDACachingAllocator::recordStream(t.storage().data_ptr(), stream_of(device, id)););
}

// kind: 0 plain, 1 with time stamps, 2 plain, and a host that waits for it sleeps.
WMA_API int32_t wma_cuda_event_new(int32_t kind, void** event) {
    CUDA_BODY(*event = new at::cuda::CUDAEvent(
                  kind == 1 ? cudaEventDefault : kind == 2 ? cudaEventDisableTiming | cudaEventBlockingSync : cudaEventDisableTiming););
}
// From now on a host that waits for the device sleeps instead of spinning; where the driver does not take it any more, it spins.
WMA_API int32_t wma_cuda_sleep_while_waiting(int32_t device) {
    CUDA_BODY(c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(device));
              if (cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync) != cudaSuccess) cudaGetLastError(););
}
WMA_API void wma_cuda_event_release(void* event) {
#ifdef WMA_CUDA
    wma::guarded([&] { delete static_cast<at::cuda::CUDAEvent*>(event); });
#endif
}
WMA_API int32_t wma_cuda_event_record(void* event, int32_t device, int64_t stream) {
    CUDA_BODY(static_cast<at::cuda::CUDAEvent*>(event)->record(stream_of(device, stream)););
}
// Work submitted to the stream from now on waits for the event; the host does not.
WMA_API int32_t wma_cuda_event_block(void* event, int32_t device, int64_t stream) {
    CUDA_BODY(static_cast<at::cuda::CUDAEvent*>(event)->block(stream_of(device, stream)););
}
WMA_API int32_t wma_cuda_event_query(void* event, int32_t* done) {
    CUDA_BODY(*done = static_cast<at::cuda::CUDAEvent*>(event)->query() ? 1 : 0;);
}
WMA_API int32_t wma_cuda_event_synchronize(void* event) { CUDA_BODY(static_cast<at::cuda::CUDAEvent*>(event)->synchronize();); }
WMA_API int32_t wma_cuda_event_elapsed(void* start, void* end, float* milliseconds) {
    CUDA_BODY(*milliseconds = static_cast<at::cuda::CUDAEvent*>(start)->elapsed_time(*static_cast<at::cuda::CUDAEvent*>(end)););
}

// Tells a profiler that is attached from where to where to look; without one nothing happens.
WMA_API int32_t wma_cuda_profile(int32_t on) { CUDA_BODY(C10_CUDA_CHECK(on ? cudaProfilerStart() : cudaProfilerStop());); }

WMA_API int32_t wma_cuda_graph_new(void** graph) { CUDA_BODY(lazy_init(); *graph = new at::cuda::CUDAGraph();); }
WMA_API void wma_cuda_graph_release(void* graph) {
#ifdef WMA_CUDA
    wma::guarded([&] { delete static_cast<at::cuda::CUDAGraph*>(graph); });
#endif
}
// Starts capturing the current (non-default) stream. pool_of: another graph whose memory pool is shared, or null.
WMA_API int32_t wma_cuda_graph_capture_begin(void* graph, void* pool_of) {
    CUDA_BODY(auto* g = static_cast<at::cuda::CUDAGraph*>(graph);
              capture_begin(*g, pool_of ? static_cast<at::cuda::CUDAGraph*>(pool_of)->pool() : Pool{0, 0}););
}
WMA_API int32_t wma_cuda_graph_capture_end(void* graph) { CUDA_BODY(static_cast<at::cuda::CUDAGraph*>(graph)->capture_end();); }
WMA_API int32_t wma_cuda_graph_replay(void* graph) { CUDA_BODY(static_cast<at::cuda::CUDAGraph*>(graph)->replay();); }

// out: allocated, peak allocated, reserved, peak reserved (bytes of the caching allocator), free, total (of the device).
WMA_API int32_t wma_cuda_memory_stats(int32_t device, int64_t* out) {
    CUDA_BODY(lazy_init();
              auto s = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(device));
              out[0] = s.allocated_bytes[0].current; out[1] = s.allocated_bytes[0].peak;
              out[2] = s.reserved_bytes[0].current; out[3] = s.reserved_bytes[0].peak;
              size_t free_bytes = 0; size_t total_bytes = 0;
              c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(device));
              C10_CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total_bytes));
              out[4] = static_cast<int64_t>(free_bytes); out[5] = static_cast<int64_t>(total_bytes););
}
// Bytes of the caching allocator, and the most so far: without asking the driver, which would take a while.
WMA_API int32_t wma_cuda_allocated(int32_t device, int64_t* allocated, int64_t* peak) {
    CUDA_BODY(lazy_init();
              auto s = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(device));
              *allocated = s.allocated_bytes[0].current; *peak = s.allocated_bytes[0].peak;);
}
WMA_API int32_t wma_cuda_reset_peak_memory(int32_t device) {
    CUDA_BODY(lazy_init();
              c10::cuda::CUDACachingAllocator::resetPeakStats(static_cast<c10::DeviceIndex>(device)););
}
WMA_API int32_t wma_cuda_empty_cache() {
    CUDA_BODY(lazy_init(); c10::cuda::CUDACachingAllocator::emptyCache(););
}

} // extern "C"
