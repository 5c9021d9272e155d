#include "status.h"

#include <hdf5.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

// libhdf5 may be built without thread safety; one lock serves every file (prompt data is a few kilobytes per episode).
struct wma_hdf5_file {
    hid_t id;
};

namespace {

constexpr int64_t max_elements = int64_t(1) << 25;
constexpr int64_t max_chunk_bytes = int64_t(1) << 28;
constexpr size_t max_text = size_t(1) << 20;

std::mutex& library() {
    static std::mutex mutex;
    return mutex;
}

void configure_hdf5() {
    static std::once_flag once;
    std::call_once(once, [] {
        // Prompt directories may be read-only or on a network mount where locks do not work; nothing is written here.
        setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
        H5open();
        // A file can name filter plug-ins to load; plain data needs none.
        H5PLset_loading_state(0);
    });
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

// An HDF5 identifier that closes itself.
class Id {
public:
    Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    Id(const Id&) = delete;
    Id& operator=(const Id&) = delete;
    ~Id() {
        if (id_ >= 0) close_(id_);
    }
    operator hid_t() const { return id_; }
    bool ok() const { return id_ >= 0; }

private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

herr_t innermost(unsigned, const H5E_error2_t* error, void* target) {
    auto* text = static_cast<std::string*>(target);
    if (text->empty() && error->desc != nullptr) *text = error->desc;
    return 0;
}

[[noreturn]] void fail_with_hdf5_reason(const char* what) {
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, &reason);
    throw wma::Failure(reason.empty() ? std::string(what) : std::string(what) + " (" + reason + ")");
}

// Follows hard links only: a soft or an external link could lead to any file on the machine.
bool is_hard_link(hid_t file, const char* name) {
    H5L_info_t info;
    if (H5Lexists(file, name, H5P_DEFAULT) <= 0) return false;
    return H5Lget_info(file, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

hid_t open_dataset(hid_t file, const char* name) {
    // A slash would walk into groups; only the root's datasets are offered.
    if (*name == 0 || std::strchr(name, '/') != nullptr || std::strcmp(name, ".") == 0 || !is_hard_link(file, name))
        throw wma::Failure("no such dataset", WMA_ABSENT);
    H5O_info_t object;
    if (H5Oget_info_by_name(file, name, &object, H5P_DEFAULT) < 0) fail_with_hdf5_reason("the object is damaged");
    if (object.type != H5O_TYPE_DATASET) throw wma::Failure("it is not a dataset", WMA_ABSENT);
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (dataset < 0) fail_with_hdf5_reason("the dataset is damaged");
    return dataset;
}

int read_shape(hid_t dataset, hsize_t dimensions[H5S_MAX_RANK]) {
    Id space(H5Dget_space(dataset), H5Sclose);
    if (!space.ok()) fail_with_hdf5_reason("the dataset's shape is damaged");
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > H5S_MAX_RANK) fail_with_hdf5_reason("the dataset's shape is damaged");
    if (rank > 0 && H5Sget_simple_extent_dims(space, dimensions, nullptr) != rank)
        fail_with_hdf5_reason("the dataset's shape is damaged");
    return rank;
}

int64_t element_count(int rank, const hsize_t* dimensions) {
    int64_t count = 1;
    for (int i = 0; i < rank; i++) {
        if (dimensions[i] == 0) return 0;
        if (dimensions[i] > static_cast<hsize_t>(max_elements) || count * static_cast<int64_t>(dimensions[i]) > max_elements)
            throw wma::Failure("the dataset states an absurd size");
        count *= static_cast<int64_t>(dimensions[i]);
    }
    return count;
}

void require_plain_storage(hid_t dataset, hid_t type) {
    Id plan(H5Dget_create_plist(dataset), H5Pclose);
    if (!plan.ok()) fail_with_hdf5_reason("the dataset's layout is damaged");
    if (H5Pget_external_count(plan) != 0) throw wma::Failure("the dataset's values are in another file");
    const H5D_layout_t layout = H5Pget_layout(plan);
    if (layout == H5D_CHUNKED) {
        hsize_t chunk[H5S_MAX_RANK];
        const int rank = H5Pget_chunk(plan, H5S_MAX_RANK, chunk);
        if (rank < 0) fail_with_hdf5_reason("the dataset's chunks are damaged");
        int64_t bytes = static_cast<int64_t>(H5Tget_size(type));
        for (int i = 0; i < rank; i++) {
            if (chunk[i] > static_cast<hsize_t>(max_chunk_bytes) ||
                bytes * static_cast<int64_t>(chunk[i]) > max_chunk_bytes)
                throw wma::Failure("the dataset states absurd chunks");
            bytes *= static_cast<int64_t>(chunk[i]);
        }
    } else if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) {
        throw wma::Failure("the dataset's layout is not supported");
    }
}

herr_t collect(hid_t group, const char* name, const H5L_info_t* link, void* target) {
    if (link->type != H5L_TYPE_HARD) return 0;
    H5O_info_t object;
    if (H5Oget_info_by_name(group, name, &object, H5P_DEFAULT) < 0) return -1;
    if (object.type != H5O_TYPE_DATASET) return 0;
    auto* names = static_cast<std::string*>(target);
    if (names->size() > max_text) return -1;
    try {
        names->append(name);
        names->push_back('\0');
    } catch (...) {
        return -1;
    }
    return 0;
}

}  // namespace

int32_t wma_hdf5_open(const char* path, wma_hdf5_file** file) {
    return wma::guarded([&] {
        wma::require(path != nullptr && file != nullptr, "null argument");
        std::lock_guard<std::mutex> lock(library());
        configure_hdf5();
        if (H5Fis_hdf5(path) <= 0) throw wma::Failure("it is not an HDF5 file");
        const hid_t id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        if (id < 0) fail_with_hdf5_reason("the file is damaged or cut short");
        *file = new wma_hdf5_file{id};
    });
}

int32_t wma_hdf5_close(wma_hdf5_file* file) {
    return wma::guarded([&] {
        if (file == nullptr) return;
        std::unique_ptr<wma_hdf5_file> owned(file);
        std::lock_guard<std::mutex> lock(library());
        configure_hdf5();
        H5Fclose(owned->id);
    });
}

int32_t wma_hdf5_datasets(wma_hdf5_file* file, uint8_t** names, int64_t* length) {
    return wma::guarded([&] {
        wma::require(file != nullptr && names != nullptr && length != nullptr, "null argument");
        std::lock_guard<std::mutex> lock(library());
        configure_hdf5();
        std::string found;
        if (H5Literate(file->id, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &found) < 0)
            fail_with_hdf5_reason("the root group is damaged");
        *names = wma::give(found.data(), found.size());
        *length = static_cast<int64_t>(found.size());
    });
}

int32_t wma_hdf5_shape(wma_hdf5_file* file, const char* dataset, int32_t* rank, int64_t dimensions[32]) {
    return wma::guarded([&] {
        wma::require(file != nullptr && dataset != nullptr && rank != nullptr && dimensions != nullptr, "null argument");
        std::lock_guard<std::mutex> lock(library());
        configure_hdf5();
        Id opened(open_dataset(file->id, dataset), H5Dclose);
        hsize_t sizes[H5S_MAX_RANK] = {};
        *rank = read_shape(opened, sizes);
        element_count(*rank, sizes);
        for (int i = 0; i < *rank; i++) dimensions[i] = static_cast<int64_t>(sizes[i]);
    });
}

int32_t wma_hdf5_read_float(wma_hdf5_file* file, const char* dataset, float* values, int64_t count) {
    return wma::guarded([&] {
        wma::require(file != nullptr && dataset != nullptr && values != nullptr, "null argument");
        std::lock_guard<std::mutex> lock(library());
        configure_hdf5();
        Id opened(open_dataset(file->id, dataset), H5Dclose);
        hsize_t sizes[H5S_MAX_RANK] = {};
        const int rank = read_shape(opened, sizes);
        if (element_count(rank, sizes) != count) throw wma::Failure("the dataset changed its size while it was read");
        Id type(H5Dget_type(opened), H5Tclose);
        if (!type.ok()) fail_with_hdf5_reason("the dataset's type is damaged");
        const H5T_class_t kind = H5Tget_class(type);
        if (kind != H5T_FLOAT && kind != H5T_INTEGER) throw wma::Failure("the dataset does not hold numbers");
        require_plain_storage(opened, type);
        if (count > 0 && H5Dread(opened, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
            fail_with_hdf5_reason("the values cannot be read");
    });
}

int32_t wma_hdf5_attribute(wma_hdf5_file* file, const char* attribute, uint8_t** text, int64_t* length) {
    return wma::guarded([&] {
        wma::require(file != nullptr && attribute != nullptr && text != nullptr && length != nullptr, "null argument");
        std::lock_guard<std::mutex> lock(library());
        configure_hdf5();
        const htri_t exists = H5Aexists(file->id, attribute);
        if (exists < 0) fail_with_hdf5_reason("the attributes are damaged");
        if (exists == 0) throw wma::Failure("no such attribute", WMA_ABSENT);
        Id opened(H5Aopen(file->id, attribute, H5P_DEFAULT), H5Aclose);
        if (!opened.ok()) fail_with_hdf5_reason("the attribute is damaged");
        Id type(H5Aget_type(opened), H5Tclose);
        if (!type.ok()) fail_with_hdf5_reason("the attribute's type is damaged");
        if (H5Tget_class(type) != H5T_STRING) throw wma::Failure("the attribute is not text");
        Id space(H5Aget_space(opened), H5Sclose);
        if (!space.ok() || H5Sget_simple_extent_npoints(space) != 1) throw wma::Failure("the attribute is not one string");

        if (H5Tis_variable_str(type) > 0) {
            char* value = nullptr;
            if (H5Aread(opened, type, &value) < 0) fail_with_hdf5_reason("the attribute cannot be read");
            std::unique_ptr<char, herr_t (*)(void*)> owned(value, H5free_memory);
            const size_t size = value == nullptr ? 0 : strnlen(value, max_text);
            *text = wma::give(value, size);
            *length = static_cast<int64_t>(size);
        } else {
            const size_t size = H5Tget_size(type);
            if (size == 0 || size > max_text) throw wma::Failure("the attribute states an absurd length");
            std::vector<char> value(size);
            if (H5Aread(opened, type, value.data()) < 0) fail_with_hdf5_reason("the attribute cannot be read");
            size_t used = strnlen(value.data(), size);
            if (H5Tget_strpad(type) == H5T_STR_SPACEPAD)
                while (used > 0 && value[used - 1] == ' ') used--;
            *text = wma::give(value.data(), used);
            *length = static_cast<int64_t>(used);
        }
    });
}
