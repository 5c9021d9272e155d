#include "hdf5_reader.h"

#include <cstdlib>
#include <cstring>
#include <memory>

namespace wma {

namespace {

constexpr int64_t max_elements = int64_t(1) << 25;
constexpr int64_t max_chunk_bytes = int64_t(1) << 28;
constexpr size_t max_text = size_t(1) << 20;

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
    throw Hdf5Failure(reason.empty() ? std::string(what) : std::string(what) + " (" + reason + ")");
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
        throw Hdf5Failure("no such dataset", true);
    H5O_info_t object;
    if (H5Oget_info_by_name(file, name, &object, H5P_DEFAULT) < 0) fail_with_hdf5_reason("the object is damaged");
    if (object.type != H5O_TYPE_DATASET) throw Hdf5Failure("it is not a dataset", true);
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
            throw Hdf5Failure("the dataset states an absurd size");
        count *= static_cast<int64_t>(dimensions[i]);
    }
    return count;
}

void require_plain_storage(hid_t dataset, hid_t type) {
    Id plan(H5Dget_create_plist(dataset), H5Pclose);
    if (!plan.ok()) fail_with_hdf5_reason("the dataset's layout is damaged");
    if (H5Pget_external_count(plan) != 0) throw Hdf5Failure("the dataset's values are in another file");
    const H5D_layout_t layout = H5Pget_layout(plan);
    if (layout == H5D_CHUNKED) {
        hsize_t chunk[H5S_MAX_RANK];
        const int rank = H5Pget_chunk(plan, H5S_MAX_RANK, chunk);
        if (rank < 0) fail_with_hdf5_reason("the dataset's chunks are damaged");
        int64_t bytes = static_cast<int64_t>(H5Tget_size(type));
        for (int i = 0; i < rank; i++) {
            if (chunk[i] > static_cast<hsize_t>(max_chunk_bytes) ||
                bytes * static_cast<int64_t>(chunk[i]) > max_chunk_bytes)
                throw Hdf5Failure("the dataset states absurd chunks");
            bytes *= static_cast<int64_t>(chunk[i]);
        }
    } else if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) {
        throw Hdf5Failure("the dataset's layout is not supported");
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

Hdf5Reader::Hdf5Reader(const char* path) {
    // Prompt directories may be read-only or on a network mount where locks do not work; nothing is written here.
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
    H5open();
    // A file can name filter plug-ins to load; plain data needs none.
    H5PLset_loading_state(0);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    if (H5Fis_hdf5(path) <= 0) throw Hdf5Failure("it is not an HDF5 file");
    file_ = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file_ < 0) fail_with_hdf5_reason("the file is damaged or cut short");
}

std::string Hdf5Reader::datasets() {
    std::string names;
    if (H5Literate(file_, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names) < 0)
        fail_with_hdf5_reason("the root group is damaged");
    return names;
}

std::vector<int64_t> Hdf5Reader::shape(const char* name) {
    Id dataset(open_dataset(file_, name), H5Dclose);
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int rank = read_shape(dataset, sizes);
    element_count(rank, sizes);
    return std::vector<int64_t>(sizes, sizes + rank);
}

std::vector<float> Hdf5Reader::floats(const char* name) {
    Id dataset(open_dataset(file_, name), H5Dclose);
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int rank = read_shape(dataset, sizes);
    const int64_t count = element_count(rank, sizes);
    Id type(H5Dget_type(dataset), H5Tclose);
    if (!type.ok()) fail_with_hdf5_reason("the dataset's type is damaged");
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) throw Hdf5Failure("the dataset does not hold numbers");
    require_plain_storage(dataset, type);
    std::vector<float> values(static_cast<size_t>(count));
    if (count > 0 && H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
        fail_with_hdf5_reason("the values cannot be read");
    return values;
}

std::string Hdf5Reader::text_attribute(const char* name) {
    const htri_t exists = H5Aexists(file_, name);
    if (exists < 0) fail_with_hdf5_reason("the attributes are damaged");
    if (exists == 0) throw Hdf5Failure("no such attribute", true);
    Id attribute(H5Aopen(file_, name, H5P_DEFAULT), H5Aclose);
    if (!attribute.ok()) fail_with_hdf5_reason("the attribute is damaged");
    Id type(H5Aget_type(attribute), H5Tclose);
    if (!type.ok()) fail_with_hdf5_reason("the attribute's type is damaged");
    if (H5Tget_class(type) != H5T_STRING) throw Hdf5Failure("the attribute is not text");
    Id space(H5Aget_space(attribute), H5Sclose);
    if (!space.ok() || H5Sget_simple_extent_npoints(space) != 1) throw Hdf5Failure("the attribute is not one string");

    if (H5Tis_variable_str(type) > 0) {
        char* value = nullptr;
        if (H5Aread(attribute, type, &value) < 0) fail_with_hdf5_reason("the attribute cannot be read");
        std::unique_ptr<char, herr_t (*)(void*)> owned(value, H5free_memory);
        return value == nullptr ? std::string() : std::string(value, strnlen(value, max_text));
    }

    const size_t size = H5Tget_size(type);
    if (size == 0 || size > max_text) throw Hdf5Failure("the attribute states an absurd length");
    std::vector<char> value(size);
    if (H5Aread(attribute, type, value.data()) < 0) fail_with_hdf5_reason("the attribute cannot be read");
    size_t used = strnlen(value.data(), size);
    if (H5Tget_strpad(type) == H5T_STR_SPACEPAD)
        while (used > 0 && value[used - 1] == ' ') used--;
    return std::string(value.data(), used);
}

}  // namespace wma
