// SPDX-License-Identifier: MIT
#include "h5/hdf5_write.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "h5/hdf5_error.h"
#include "h5/hdf5_table.h"
#include "h5/hdf5_types.h"

/*
 * The file is built by the core driver in memory and taken out as an image: what happens on the
 * disk is then one write of ours, which can be checked, and HDF5 never sees a full disk.
 * Times of objects are not tracked, so that equal trees give equal bytes; orders of creation are,
 * so that readers list columns as they were added.
 */

enum {
    core_increment = 4 << 20,
    conversion_buffer = 1 << 16,
    min_chunked = 64, /**< Below so many rows a dataset is stored in one piece, plain. */
    chunk_rows = 16384,
    deflate_level = 1,
    /** Attributes are limited to 64 KiB; a list of so many references stays below. */
    max_references = 3500,
};

static perebor_status fail(perebor_error *error, const char *doing, const char *name) {
    return hdf5_fail(error, PEREBOR_ERR_IO, doing, name);
}

static perebor_status write_attribute(hid_t owner, const h5_attribute *attribute,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const h5_array *value = &attribute->value;
    hid_t type = -1, space = -1, handle = -1;
    hsize_t length = value->dimensions[0];
    type = hdf5_type(value->kind);
    space = value->n_dimensions == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);
    handle = H5Acreate2(owner, attribute->name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (handle < 0 || H5Awrite(handle, type, value->data) < 0) {
        status = fail(error, "cannot write attribute", attribute->name);
    }
    hdf5_close(handle);
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

static perebor_status write_attributes(hid_t owner, const h5_node *node, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (const h5_attribute *attribute = node->attributes; attribute != NULL;
         attribute = attribute->next) {
        PEREBOR_TRY(done, write_attribute(owner, attribute, error));
    }
done:
    return status;
}

/** Creation properties of a dataset: no times; numbers of some length chunked and deflated. */
static hid_t make_layout(const h5_array *array) {
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    if (layout < 0 || H5Pset_obj_track_times(layout, false) < 0 ||
        H5Pset_attr_creation_order(layout, H5P_CRT_ORDER_TRACKED) < 0) {
        goto failed;
    }
    if (array->n_dimensions > 0 && array->kind != H5_TEXT && array->dimensions[0] >= min_chunked &&
        h5_array_length(array) > 0) {
        size_t n_columns = array->n_dimensions == 2 ? array->dimensions[1] : 1;
        size_t rows = chunk_rows / n_columns > 64 ? chunk_rows / n_columns : 64;
        hsize_t chunk[2] = {rows < array->dimensions[0] ? rows : array->dimensions[0], n_columns};
        if (H5Pset_chunk(layout, (int)array->n_dimensions, chunk) < 0 ||
            H5Pset_shuffle(layout) < 0 || H5Pset_deflate(layout, deflate_level) < 0) {
            goto failed;
        }
    }
    return layout;
failed:
    hdf5_close(layout);
    return -1;
}

/** Properties of writing: a buffer that need not be larger. HDF5 clears all of it every time that
 * it converts text, a mebibyte if it is not told otherwise. */
static hid_t make_transfer(void) {
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    if (transfer >= 0 && H5Pset_buffer(transfer, conversion_buffer, NULL, NULL) < 0) {
        hdf5_close(transfer);
        return -1;
    }
    return transfer;
}

static perebor_status write_dataset(hid_t group, const h5_node *node, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const h5_array *array = &node->array;
    hsize_t dimensions[2] = {array->dimensions[0], array->dimensions[1]};
    hid_t type = hdf5_type(array->kind);
    hid_t space = array->n_dimensions == 0
                      ? H5Screate(H5S_SCALAR)
                      : H5Screate_simple((int)array->n_dimensions, dimensions, NULL);
    hid_t layout = make_layout(array);
    hid_t transfer = make_transfer();
    hid_t handle = layout < 0 || transfer < 0 ? -1
                                              : H5Dcreate2(group, node->name, type, space,
                                                           H5P_DEFAULT, layout, H5P_DEFAULT);
    if (handle < 0 || (h5_array_length(array) > 0 &&
                       H5Dwrite(handle, type, H5S_ALL, H5S_ALL, transfer, array->data) < 0)) {
        status = fail(error, "cannot write dataset", node->name);
        goto done;
    }
    PEREBOR_TRY(done, write_attributes(handle, node, error));
done:
    hdf5_close(handle);
    hdf5_close(transfer);
    hdf5_close(layout);
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

static bool is_scale(const h5_node *node) {
    return node->type == H5_DATASET && node->scales[0] != NULL &&
           strcmp(node->scales[0], node->name) == 0;
}

/** An attribute of fixed-length text, as the dimension scale specification wants it. */
static bool write_fixed_text(hid_t owner, const char *name, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1);
    hid_t space = H5Screate(H5S_SCALAR);
    bool written = false;
    if (H5Tset_size(type, strlen(text) + 1) >= 0) {
        hid_t handle = H5Acreate2(owner, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        written = handle >= 0 && H5Awrite(handle, type, text) >= 0;
        hdf5_close(handle);
    }
    hdf5_close(space);
    hdf5_close(type);
    return written;
}

/** Whether scales label a dataset: all its dimensions or none, as netCDF-4 opens no file of which a
 * dataset has some without. */
static bool is_labelled(const h5_node *node) {
    size_t n_labelled = 0;
    for (size_t i = 0; i < node->array.n_dimensions; i++) {
        n_labelled += node->scales[i] != NULL;
    }
    return n_labelled > 0 && n_labelled == node->array.n_dimensions;
}

/** One entry of REFERENCE_LIST: a dataset and which of its dimensions the scale labels. */
typedef struct scale_use {
    hobj_ref_t dataset;
    int32_t dimension;
} scale_use;

static size_t count_uses(const h5_node *group, const h5_node *scale) {
    size_t n_uses = 0;
    for (const h5_node *node = group->children; node != NULL; node = node->next) {
        size_t n_dimensions = is_labelled(node) ? node->array.n_dimensions : 0;
        for (size_t i = 0; i < n_dimensions && node != scale; i++) {
            n_uses += strcmp(node->scales[i], scale->name) == 0;
        }
    }
    return n_uses;
}

static bool collect_uses(hid_t group_id, const h5_node *group, const h5_node *scale,
                         scale_use *uses) {
    for (const h5_node *node = group->children; node != NULL; node = node->next) {
        int32_t n_dimensions = is_labelled(node) ? (int32_t)node->array.n_dimensions : 0;
        for (int32_t i = 0; i < n_dimensions && node != scale; i++) {
            if (strcmp(node->scales[i], scale->name) != 0) {
                continue;
            }
            if (H5Rcreate(&uses->dataset, group_id, node->name, H5R_OBJECT, -1) < 0) {
                return false;
            }
            uses->dimension = i;
            uses++;
        }
    }
    return true;
}

static bool write_uses(hid_t owner, const scale_use *uses, hsize_t n_uses) {
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof *uses);
    hid_t space = H5Screate_simple(1, &n_uses, NULL);
    bool written = false;
    if (H5Tinsert(type, "dataset", HOFFSET(scale_use, dataset), H5T_STD_REF_OBJ) >= 0 &&
        H5Tinsert(type, "dimension", HOFFSET(scale_use, dimension), H5T_NATIVE_INT32) >= 0) {
        hid_t handle = H5Acreate2(owner, "REFERENCE_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT);
        written = handle >= 0 && H5Awrite(handle, type, uses) >= 0;
        hdf5_close(handle);
    }
    hdf5_close(space);
    hdf5_close(type);
    return written;
}

/** Marks a dataset as the scale of those of its group that name it. */
static perebor_status write_scale(hid_t group_id, const h5_node *group, const h5_node *scale,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_uses = count_uses(group, scale);
    scale_use *uses = calloc(n_uses + 1, sizeof *uses);
    if (uses == NULL) {
        return perebor_no_memory(error, "for a scale");
    }
    hid_t handle = H5Dopen2(group_id, scale->name, H5P_DEFAULT);
    if (handle < 0 || !write_fixed_text(handle, "CLASS", "DIMENSION_SCALE") ||
        !write_fixed_text(handle, "NAME", scale->name) ||
        !collect_uses(group_id, group, scale, uses) ||
        (n_uses > 0 && n_uses <= max_references && !write_uses(handle, uses, n_uses))) {
        status = fail(error, "cannot write scale", scale->name);
    }
    hdf5_close(handle);
    free(uses);
    return status;
}

/** DIMENSION_LIST: for each dimension the scale that labels it. */
static perebor_status write_dimension_list(hid_t group_id, const h5_node *node,
                                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    hobj_ref_t references[2];
    hvl_t lists[2] = {{.len = 0}, {.len = 0}};
    hsize_t n_dimensions = node->array.n_dimensions;
    hid_t handle = -1, attribute = -1;
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    hid_t space = H5Screate_simple(1, &n_dimensions, NULL);
    for (size_t i = 0; i < n_dimensions; i++) {
        HDF5_TRY(done, PEREBOR_ERR_IO, "cannot refer to scale", node->scales[i],
                 H5Rcreate(&references[i], group_id, node->scales[i], H5R_OBJECT, -1));
        lists[i] = (hvl_t){.len = 1, .p = &references[i]};
    }
    handle = H5Dopen2(group_id, node->name, H5P_DEFAULT);
    attribute = H5Acreate2(handle, "DIMENSION_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT);
    HDF5_TRY(done, PEREBOR_ERR_IO, "cannot write the scales of", node->name,
             attribute < 0 ? -1 : H5Awrite(attribute, type, lists));
done:
    hdf5_close(attribute);
    hdf5_close(handle);
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

static perebor_status write_scales(hid_t group_id, const h5_node *group, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (const h5_node *node = group->children; node != NULL; node = node->next) {
        if (is_scale(node)) {
            PEREBOR_TRY(done, write_scale(group_id, group, node, error));
        } else if (is_labelled(node)) {
            PEREBOR_TRY(done, write_dimension_list(group_id, node, error));
        }
    }
done:
    return status;
}

static hid_t create_group(hid_t parent, const char *name) {
    hid_t group = -1;
    hid_t layout = H5Pcreate(H5P_GROUP_CREATE);
    if (layout >= 0 && H5Pset_obj_track_times(layout, false) >= 0 &&
        H5Pset_link_creation_order(layout, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        H5Pset_attr_creation_order(layout, H5P_CRT_ORDER_TRACKED) >= 0) {
        group = H5Gcreate2(parent, name, H5P_DEFAULT, layout, H5P_DEFAULT);
    }
    hdf5_close(layout);
    return group;
}

static perebor_status write_children(hid_t group_id, const h5_node *group, perebor_error *error);

static perebor_status write_group(hid_t parent, const h5_node *node, perebor_error *error) {
    hid_t group = create_group(parent, node->name);
    if (group < 0) {
        return fail(error, "cannot write group", node->name);
    }
    perebor_status status = write_children(group, node, error);
    hdf5_close(group);
    return status;
}

static perebor_status write_children(hid_t group_id, const h5_node *group, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, write_attributes(group_id, group, error));
    for (const h5_node *node = group->children; node != NULL; node = node->next) {
        switch (node->type) {
        case H5_GROUP:
            PEREBOR_TRY(done, write_group(group_id, node, error));
            break;
        case H5_DATASET:
            PEREBOR_TRY(done, write_dataset(group_id, node, error));
            break;
        case H5_TABLE:
            PEREBOR_TRY(done, hdf5_table_write(group_id, node, error));
            break;
        }
    }
    PEREBOR_TRY(done, write_scales(group_id, group, error));
done:
    return status;
}

/** A file in memory that no disk stands behind. */
static hid_t create_file(void) {
    hid_t file = -1;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    if (access >= 0 && creation >= 0 && H5Pset_fapl_core(access, core_increment, false) >= 0 &&
        H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED) >= 0) {
        file = H5Fcreate("perebor in memory", H5F_ACC_TRUNC, creation, access);
    }
    hdf5_close(creation);
    hdf5_close(access);
    return file;
}

static perebor_status take_image(hid_t file, void **image, size_t *size, perebor_error *error) {
    ssize_t length = H5Fflush(file, H5F_SCOPE_LOCAL) < 0 ? -1 : H5Fget_file_image(file, NULL, 0);
    if (length <= 0) {
        return fail(error, "cannot take the image of the file", NULL);
    }
    void *bytes = malloc((size_t)length);
    if (bytes == NULL) {
        return perebor_no_memory(error, "for a result file of %zd bytes", length);
    }
    if (H5Fget_file_image(file, bytes, (size_t)length) != length) {
        free(bytes);
        return fail(error, "cannot take the image of the file", NULL);
    }
    *image = bytes;
    *size = (size_t)length;
    return PEREBOR_OK;
}

perebor_status hdf5_write(const h5_tree *tree, void **image, size_t *size, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    hdf5_prepare();
    hid_t file = create_file();
    if (file < 0) {
        return fail(error, "cannot start a file in memory", NULL);
    }
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
    if (root < 0) {
        status = fail(error, "cannot start a file in memory", NULL);
        goto done;
    }
    PEREBOR_TRY(done, write_children(root, tree->root, error));
    PEREBOR_TRY(done, take_image(file, image, size, error));
done:
    hdf5_close(root);
    hdf5_close(file);
    return status;
}

const char *h5_library_version(void) {
    static char text[48];
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    (void)H5get_libversion(&major, &minor, &release);
    (void)snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    return text;
}
