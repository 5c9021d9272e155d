#include "status.h"

#include <opencv2/imgproc.hpp>

#include <cmath>

namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

// The font's capitals are 21 units high at scale 1.
double scale_of(double height) { return height / 21.0; }

int thickness_of(double height, int32_t bold) { return std::max(1, static_cast<int>(std::lround(height / (bold ? 7.0 : 14.0)))); }

}  // namespace

int32_t wma_image_text(uint8_t* rgb, int32_t width, int32_t height, const char* text, int32_t x, int32_t y, double size,
                       int32_t bold, uint8_t red, uint8_t green, uint8_t blue) {
    return wma::guarded([&] {
        wma::require(rgb != nullptr && text != nullptr, "null argument");
        wma::require(width > 0 && height > 0 && int64_t(width) * height <= (int64_t(1) << 28), "impossible picture size");
        wma::configure_opencv();
        cv::Mat picture(height, width, CV_8UC3, rgb);
        cv::putText(picture, text, cv::Point(x, y), kFont, scale_of(size), cv::Scalar(red, green, blue), thickness_of(size, bold),
                    cv::LINE_AA);
    });
}

int32_t wma_image_text_width(const char* text, double size, int32_t bold, int32_t* width) {
    return wma::guarded([&] {
        wma::require(text != nullptr && width != nullptr, "null argument");
        wma::configure_opencv();
        int baseline = 0;
        *width = cv::getTextSize(text, kFont, scale_of(size), thickness_of(size, bold), &baseline).width;
    });
}
