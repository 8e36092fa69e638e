// SPDX-License-Identifier: MIT
#include "h5/hdf5_types.h"

static hid_t text_type(size_t size, H5T_str_t padding) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, size) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
                      H5Tset_strpad(type, padding) < 0)) {
        hdf5_close(type);
        return -1;
    }
    return type;
}

/** HDF5 refuses to read ASCII as UTF-8, which it is. */
static hid_t with_letters_of(hid_t type, hid_t file_type) {
    if (type >= 0 && H5Tset_cset(type, H5Tget_cset(file_type)) < 0) {
        hdf5_close(type);
        return -1;
    }
    return type;
}

hid_t hdf5_type(h5_kind kind) {
    switch (kind) {
    case H5_INT8:
        return H5Tcopy(H5T_NATIVE_INT8);
    case H5_INT32:
        return H5Tcopy(H5T_NATIVE_INT32);
    case H5_INT64:
        return H5Tcopy(H5T_NATIVE_INT64);
    case H5_UINT64:
        return H5Tcopy(H5T_NATIVE_UINT64);
    case H5_DOUBLE:
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    case H5_TEXT:
        return text_type(H5T_VARIABLE, H5T_STR_NULLTERM);
    }
    return -1;
}

hid_t hdf5_type_of_file(h5_kind kind, hid_t file_type) {
    return kind == H5_TEXT ? with_letters_of(hdf5_type(kind), file_type) : hdf5_type(kind);
}

hid_t hdf5_fixed_text_type(size_t size) {
    return text_type(size, H5T_STR_NULLPAD);
}

hid_t hdf5_fixed_text_type_of_file(size_t size, hid_t file_type) {
    return with_letters_of(hdf5_fixed_text_type(size), file_type);
}

void hdf5_close(hid_t handle) {
    if (handle < 0) {
        return;
    }
    hid_t complaints = H5Eget_num(H5E_DEFAULT) > 0 ? H5Eget_current_stack() : -1;
    switch (H5Iget_type(handle)) {
    case H5I_FILE:
        (void)H5Fclose(handle);
        break;
    case H5I_GROUP:
        (void)H5Gclose(handle);
        break;
    case H5I_DATASET:
        (void)H5Dclose(handle);
        break;
    case H5I_ATTR:
        (void)H5Aclose(handle);
        break;
    case H5I_DATASPACE:
        (void)H5Sclose(handle);
        break;
    case H5I_DATATYPE:
        (void)H5Tclose(handle);
        break;
    default: // property lists have classes of their own
        (void)H5Pclose(handle);
        break;
    }
    if (complaints >= 0) {
        (void)H5Eset_current_stack(complaints); // which closes it
    }
}
