// C ABI of the media library: PNG and JPEG pictures and video files for WorldModelActors.
//
// Every function returns a status; when it is not WMA_OK, wma_media_last_error() is the reason in one line, valid on the
// calling thread until its next call. No exception crosses this boundary. Buffers belong to the caller unless a function
// says that wma_media_free releases them. Pictures are 8-bit RGB, row-major, without row padding.
#pragma once

#include <cstdint>

#define WMA_API extern "C" __attribute__((visibility("default")))

enum wma_status : int32_t {
    WMA_OK = 0,
    WMA_FAILED = 1,
    WMA_ABSENT = 2,   // the thing asked for is not in the file
    WMA_MISUSE = 3,   // a null pointer or an impossible size
};

struct wma_video_writer;
struct wma_video_reader;

WMA_API const char* wma_media_last_error();
WMA_API void wma_media_free(void* memory);

// Pictures. wma_image_decode fills rgb[height*width*3]; the caller has read width and height from the file's header and
// a picture of any other size is refused.
WMA_API int32_t wma_image_decode(const uint8_t* file, int64_t length, int32_t width, int32_t height, uint8_t* rgb);
WMA_API int32_t wma_image_encode_png(const uint8_t* rgb, int32_t width, int32_t height, int32_t compression,
                                     uint8_t** file, int64_t* length);
WMA_API int32_t wma_image_encode_jpeg(const uint8_t* rgb, int32_t width, int32_t height, int32_t quality,
                                      uint8_t** file, int64_t* length);

// Drawing. Text is ASCII; its baseline begins at (x, y), size is the height of a capital in pixels.
WMA_API int32_t wma_image_text(uint8_t* rgb, int32_t width, int32_t height, const char* text, int32_t x, int32_t y, double size,
                               int32_t bold, uint8_t red, uint8_t green, uint8_t blue);
WMA_API int32_t wma_image_text_width(const char* text, double size, int32_t bold, int32_t* width);

// Videos (FFmpeg through OpenCV). Closing a writer finishes the file.
WMA_API int32_t wma_video_create(const char* path, const char* fourcc, double fps, int32_t width, int32_t height,
                                 wma_video_writer** writer);
WMA_API int32_t wma_video_append(wma_video_writer* writer, const uint8_t* rgb, int64_t length);
WMA_API int32_t wma_video_finish(wma_video_writer* writer);
WMA_API int32_t wma_video_open(const char* path, wma_video_reader** reader, int32_t* width, int32_t* height,
                               double* fps, int64_t* frames);
WMA_API int32_t wma_video_read(wma_video_reader* reader, uint8_t* rgb, int64_t length);  // WMA_ABSENT after the last
WMA_API int32_t wma_video_close(wma_video_reader* reader);
