#include "status.h"

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

#include <cstdlib>
#include <cstring>
#include <mutex>

namespace {

thread_local std::string last_error;

int quiet_error(int, const char*, const char*, const char*, int, void*) { return 0; }

}  // namespace

namespace wma {

int32_t fail(wma_status status, const char* message) noexcept {
    try {
        last_error = message;
        for (char& c : last_error)
            if (c == '\n' || c == '\r') c = ' ';
        while (!last_error.empty() && last_error.back() == ' ') last_error.pop_back();
    } catch (...) {
        last_error.clear();
    }
    return status;
}

void configure_opencv() {
    static std::once_flag once;
    std::call_once(once, [] {
        cv::setNumThreads(1);
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::redirectError(quiet_error);
        setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET; a user's own setting stays
    });
}

uint8_t* give(const void* bytes, size_t length) {
    auto* memory = static_cast<uint8_t*>(std::malloc(length > 0 ? length : 1));
    if (memory == nullptr) throw std::bad_alloc();
    if (length > 0) std::memcpy(memory, bytes, length);
    return memory;
}

}  // namespace wma

const char* wma_media_last_error() { return last_error.c_str(); }

void wma_media_free(void* memory) { std::free(memory); }
