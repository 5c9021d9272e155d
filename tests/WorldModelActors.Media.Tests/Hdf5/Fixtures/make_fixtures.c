// Makes the HDF5 files beside it, which the tests of Hdf5File and Transition read:
//     gcc make_fixtures.c -I/usr/include/hdf5/serial -lhdf5_serial -o /tmp/make_fixtures && /tmp/make_fixtures .
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static hid_t create(const char* name) {
    return H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
}

static void put(hid_t file, const char* name, hid_t type, hid_t memory, int rank, const hsize_t* sizes, hid_t plan, const void* values) {
    hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, sizes, NULL);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    if (values != NULL) H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void text(hid_t file, const char* name, hid_t type, const void* value, hsize_t count) {
    hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
    hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, value);
    H5Aclose(attribute);
    H5Sclose(space);
}

static hid_t string_type(size_t size, H5T_str_t pad) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, pad);
    return type;
}

int main(int argc, char** argv) {
    if (argc > 1 && chdir(argv[1]) != 0) return 1;
    double ramp[6] = {-1.5, 0, 0.25, 1, 2, 3};
    int whole[6] = {-2, -1, 0, 1, 2, 300};
    hsize_t table[2] = {3, 2}, line[1] = {6}, cube[3] = {1, 3, 2}, none[2] = {0, 2};

    // Every number type, chunked and compressed storage, ranks, a group, text attributes.
    hid_t file = create("types.h5");
    put(file, "float32", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, table, H5P_DEFAULT, ramp);
    put(file, "float64_big_endian", H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE, 2, table, H5P_DEFAULT, ramp);
    put(file, "int16", H5T_STD_I16LE, H5T_NATIVE_INT, 2, table, H5P_DEFAULT, whole);
    put(file, "int64", H5T_STD_I64LE, H5T_NATIVE_INT, 2, table, H5P_DEFAULT, whole);
    put(file, "rank0", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 0, NULL, H5P_DEFAULT, ramp);
    put(file, "rank1", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 1, line, H5P_DEFAULT, ramp);
    put(file, "rank3", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 3, cube, H5P_DEFAULT, ramp);
    put(file, "no_rows", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, none, H5P_DEFAULT, NULL);
    hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(chunked, 2, table);
    H5Pset_deflate(chunked, 6);
    put(file, "compressed", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, table, chunked, ramp);
    hid_t word = string_type(4, H5T_STR_NULLPAD);
    put(file, "words", word, word, 1, (hsize_t[]){2}, H5P_DEFAULT, "leftdown");
    H5Gclose(H5Gcreate2(file, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    const char* joint = "joint position \xc2\xb0";
    hid_t variable = string_type(H5T_VARIABLE, H5T_STR_NULLTERM);
    text(file, "variable", variable, &joint, 1);
    text(file, "fixed", string_type(16, H5T_STR_NULLPAD), "joint velocity\0\0", 1);
    text(file, "spaces", string_type(8, H5T_STR_SPACEPAD), "arm     ", 1);
    const char* two[2] = {"one", "two"};
    text(file, "two", variable, two, 2);
    text(file, "number", H5T_NATIVE_INT, whole, 1);
    H5Fclose(file);

    // Things that must be refused.
    file = create("hostile.h5");
    hsize_t absurd[2] = {(hsize_t)1 << 40, 16}, thin[2] = {(hsize_t)1 << 40, 1};
    H5Pset_chunk(chunked, 2, (hsize_t[]){1024, 16});
    put(file, "absurd", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, absurd, chunked, NULL);
    H5Pset_chunk(chunked, 2, (hsize_t[]){(hsize_t)1 << 28, 1});
    put(file, "absurd_overflow", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, thin, chunked, NULL);
    hid_t external = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(external, "/etc/hostname", 0, 24);
    put(file, "external_values", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, table, external, NULL);
    H5Lcreate_external("types.h5", "float32", file, "external_link", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/absurd", file, "soft_link", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);

    // A recording with a value that is not finite, and one without states.
    file = create("not_finite.h5");
    double broken[6] = {0, 1, 2, 0.0 / 0.0, 4, 5};
    put(file, "action", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, table, H5P_DEFAULT, broken);
    put(file, "observation.state", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, table, H5P_DEFAULT, ramp);
    H5Fclose(file);
    file = create("no_state.h5");
    put(file, "action", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, 2, table, H5P_DEFAULT, ramp);
    H5Fclose(file);
    return 0;
}
