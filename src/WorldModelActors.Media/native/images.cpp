#include "status.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <limits>

namespace {

void require_size(int32_t width, int32_t height) {
    wma::require(width > 0 && height > 0 && int64_t(width) * height <= (int64_t(1) << 28), "impossible picture size");
}

int32_t encode(const char* extension, const std::vector<int>& settings, const uint8_t* rgb, int32_t width, int32_t height,
               uint8_t** file, int64_t* length) {
    return wma::guarded([&] {
        wma::require(rgb != nullptr && file != nullptr && length != nullptr, "null argument");
        require_size(width, height);
        wma::configure_opencv();
        cv::Mat source(height, width, CV_8UC3, const_cast<uint8_t*>(rgb));
        cv::Mat bgr;
        cv::cvtColor(source, bgr, cv::COLOR_RGB2BGR);
        std::vector<uint8_t> bytes;
        if (!cv::imencode(extension, bgr, bytes, settings)) throw wma::Failure("the encoder refused the picture");
        *file = wma::give(bytes.data(), bytes.size());
        *length = static_cast<int64_t>(bytes.size());
    });
}

}  // namespace

int32_t wma_image_decode(const uint8_t* file, int64_t length, int32_t width, int32_t height, uint8_t* rgb) {
    return wma::guarded([&] {
        wma::require(file != nullptr && rgb != nullptr, "null argument");
        wma::require(length > 0 && length <= std::numeric_limits<int32_t>::max(), "impossible file size");
        require_size(width, height);
        wma::configure_opencv();
        cv::Mat bytes(1, static_cast<int>(length), CV_8UC1, const_cast<uint8_t*>(file));
        cv::Mat bgr = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
        if (bgr.empty()) throw wma::Failure("the picture data is damaged");
        if (bgr.cols != width || bgr.rows != height || bgr.type() != CV_8UC3)
            throw wma::Failure("the decoded size differs from the header's");
        cv::Mat target(height, width, CV_8UC3, rgb);
        cv::cvtColor(bgr, target, cv::COLOR_BGR2RGB);
    });
}

int32_t wma_image_encode_png(const uint8_t* rgb, int32_t width, int32_t height, int32_t compression, uint8_t** file,
                             int64_t* length) {
    return encode(".png", {cv::IMWRITE_PNG_COMPRESSION, compression}, rgb, width, height, file, length);
}

int32_t wma_image_encode_jpeg(const uint8_t* rgb, int32_t width, int32_t height, int32_t quality, uint8_t** file,
                              int64_t* length) {
    return encode(".jpg", {cv::IMWRITE_JPEG_QUALITY, quality}, rgb, width, height, file, length);
}
