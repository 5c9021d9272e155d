#pragma once

#include "wma_media.h"

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace wma {

// A failure with a status of its own; everything else that is thrown becomes WMA_FAILED.
struct Failure : std::runtime_error {
    wma_status status;
    explicit Failure(const std::string& message, wma_status status = WMA_FAILED)
        : std::runtime_error(message), status(status) {}
};

int32_t fail(wma_status status, const char* message) noexcept;

// OpenCV settings that hold for the whole process: its thread pool must not compete with libtorch's, and its own log
// lines would tear the terminal's progress display (every failure is reported through the status instead).
void configure_opencv();

// Copies bytes to memory that wma_media_free releases.
uint8_t* give(const void* bytes, size_t length);

inline void require(bool condition, const char* message) {
    if (!condition) throw Failure(message, WMA_MISUSE);
}

template <typename Body>
int32_t guarded(Body&& body) noexcept {
    try {
        body();
        return WMA_OK;
    } catch (const Failure& failure) {
        return fail(failure.status, failure.what());
    } catch (const std::bad_alloc&) {
        return fail(WMA_FAILED, "out of memory");
    } catch (const std::exception& error) {
        return fail(WMA_FAILED, error.what());
    } catch (...) {
        return fail(WMA_FAILED, "unknown native failure");
    }
}

}  // namespace wma
