#pragma once

#include <hdf5.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace wma {

struct Hdf5Failure : std::runtime_error {
    bool absent;  // the thing asked for is not in the file
    explicit Hdf5Failure(const std::string& message, bool absent = false) : std::runtime_error(message), absent(absent) {}
};

// The datasets and text attributes of a file's root group. Only hard links are followed and only values stored inside
// the file are read, so that a hostile file cannot reach others. Everything throws Hdf5Failure.
class Hdf5Reader {
public:
    explicit Hdf5Reader(const char* path);

    // Names of the datasets, each ended by a zero byte.
    std::string datasets();
    std::vector<int64_t> shape(const char* dataset);
    // Floating-point and integer numbers of any width and byte order.
    std::vector<float> floats(const char* dataset);
    // Fixed or variable length.
    std::string text_attribute(const char* attribute);

private:
    hid_t file_;
};

}  // namespace wma
