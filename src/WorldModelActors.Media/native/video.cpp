#include "status.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <cmath>
#include <cstring>
#include <memory>

struct wma_video_writer {
    cv::VideoWriter writer;
    cv::Mat bgr;
    int width;
    int height;
};

struct wma_video_reader {
    cv::VideoCapture capture;
    cv::Mat bgr;
    int width;
    int height;
};

int32_t wma_video_create(const char* path, const char* fourcc, double fps, int32_t width, int32_t height,
                         wma_video_writer** writer) {
    return wma::guarded([&] {
        wma::require(path != nullptr && fourcc != nullptr && writer != nullptr, "null argument");
        wma::require(std::strlen(fourcc) == 4, "a codec is named by four characters");
        wma::require(std::isfinite(fps) && fps > 0 && fps <= 1000, "impossible frame rate");
        wma::require(width > 0 && height > 0 && width <= 16384 && height <= 16384, "impossible frame size");
        wma::configure_opencv();
        auto made = std::make_unique<wma_video_writer>();
        made->width = width;
        made->height = height;
        const int code = cv::VideoWriter::fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]);
        if (!made->writer.open(path, cv::CAP_FFMPEG, code, fps, cv::Size(width, height), true))
            throw wma::Failure("FFmpeg has no encoder for this codec, container and size");
        *writer = made.release();
    });
}

int32_t wma_video_append(wma_video_writer* writer, const uint8_t* rgb, int64_t length) {
    return wma::guarded([&] {
        wma::require(writer != nullptr && rgb != nullptr, "null argument");
        wma::require(length == int64_t(writer->width) * writer->height * 3, "the frame has another size than the video");
        cv::Mat source(writer->height, writer->width, CV_8UC3, const_cast<uint8_t*>(rgb));
        cv::cvtColor(source, writer->bgr, cv::COLOR_RGB2BGR);
        writer->writer.write(writer->bgr);
    });
}

int32_t wma_video_finish(wma_video_writer* writer) {
    return wma::guarded([&] {
        std::unique_ptr<wma_video_writer> owned(writer);
        if (owned) owned->writer.release();
    });
}

int32_t wma_video_open(const char* path, wma_video_reader** reader, int32_t* width, int32_t* height, double* fps,
                       int64_t* frames) {
    return wma::guarded([&] {
        wma::require(path && reader && width && height && fps && frames, "null argument");
        wma::configure_opencv();
        auto made = std::make_unique<wma_video_reader>();
        if (!made->capture.open(path, cv::CAP_FFMPEG)) throw wma::Failure("FFmpeg finds no video in it");
        made->width = static_cast<int>(made->capture.get(cv::CAP_PROP_FRAME_WIDTH));
        made->height = static_cast<int>(made->capture.get(cv::CAP_PROP_FRAME_HEIGHT));
        if (made->width <= 0 || made->height <= 0 || made->width > 16384 || made->height > 16384)
            throw wma::Failure("the video states an impossible frame size");
        *width = made->width;
        *height = made->height;
        *fps = made->capture.get(cv::CAP_PROP_FPS);
        *frames = static_cast<int64_t>(made->capture.get(cv::CAP_PROP_FRAME_COUNT));
        *reader = made.release();
    });
}

int32_t wma_video_read(wma_video_reader* reader, uint8_t* rgb, int64_t length) {
    return wma::guarded([&] {
        wma::require(reader != nullptr && rgb != nullptr, "null argument");
        wma::require(length == int64_t(reader->width) * reader->height * 3, "the buffer has another size than the video");
        if (!reader->capture.read(reader->bgr)) throw wma::Failure("no further frame", WMA_ABSENT);
        if (reader->bgr.cols != reader->width || reader->bgr.rows != reader->height || reader->bgr.type() != CV_8UC3)
            throw wma::Failure("a frame has another size than the video");
        cv::Mat target(reader->height, reader->width, CV_8UC3, rgb);
        cv::cvtColor(reader->bgr, target, cv::COLOR_BGR2RGB);
    });
}

int32_t wma_video_close(wma_video_reader* reader) {
    return wma::guarded([&] { std::unique_ptr<wma_video_reader> owned(reader); });
}
