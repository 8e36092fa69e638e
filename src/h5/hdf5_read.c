// SPDX-License-Identifier: MIT
#include "h5/hdf5_read.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "h5/hdf5_error.h"
#include "h5/hdf5_kind.h"
#include "h5/hdf5_table.h"
#include "h5/hdf5_types.h"

enum {
    max_depth = 8,
    max_links = 20000, /**< in one group */
    max_attributes = 1000,
    max_name = 1024,
    /** No byte in a file can stand for more than deflate's 1032; a small dataset may be all fill.
     */
    max_expansion = 1100,
    small_size = 1 << 16,
};

typedef struct reading {
    h5_tree *tree;
    const char *const *groups;
    perebor_error *error;
} reading;

static perebor_status damaged(perebor_error *error, const char *name) {
    return hdf5_fail(error, PEREBOR_ERR_FORMAT, "cannot read", name);
}

/** The kind that values of a type are read as; false if they are passed over. */
static bool choose_kind(hid_t type, h5_kind *kind) {
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        *kind = H5Tget_size(type) >= 8 && H5Tget_sign(type) == H5T_SGN_NONE ? H5_UINT64 : H5_INT64;
        return true;
    case H5T_FLOAT:
        *kind = H5_DOUBLE;
        return true;
    case H5T_STRING:
        *kind = H5_TEXT;
        return H5Tis_variable_str(type) > 0;
    default:
        return false;
    }
}

/** What whole numbers are in the file, if the tree can say so. */
static h5_kind stored_kind(hid_t type, h5_kind read) {
    if (read == H5_INT64 && H5Tget_sign(type) == H5T_SGN_2) {
        return H5Tget_size(type) == 1 ? H5_INT8 : H5Tget_size(type) == 4 ? H5_INT32 : H5_INT64;
    }
    return read;
}

/** Takes over texts that HDF5 allocated. */
static bool keep_texts(h5_tree *tree, char *const *from, h5_array *array) {
    const char **texts = array->data;
    size_t length = h5_array_length(array);
    for (size_t i = 0; i < length; i++) {
        if (from[i] != NULL) {
            texts[i] = perebor_arena_text(&tree->arena, from[i]);
            if (texts[i] == NULL) {
                texts[i] = "";
                tree->failed = true;
                return false;
            }
        }
    }
    return true;
}

/** Reads what @p handle, a dataset or an attribute, holds as @p file_type into an array of its
 * shape. */
static bool read_elements(h5_tree *tree, hid_t handle, hid_t file_type, h5_array *array) {
    bool is_attribute = H5Iget_type(handle) == H5I_ATTR;
    size_t length = h5_array_length(array);
    if (length == 0) {
        return true;
    }
    bool read = false;
    hid_t type = hdf5_type_of_file(array->kind, file_type);
    char **texts = array->kind == H5_TEXT ? calloc(length, sizeof *texts) : NULL;
    void *to = array->kind == H5_TEXT ? (void *)texts : array->data;
    if (to != NULL) {
        read = (is_attribute ? H5Aread(handle, type, to)
                             : H5Dread(handle, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to)) >= 0;
    }
    if (texts != NULL) {
        read = read && keep_texts(tree, texts, array);
        for (size_t i = 0; i < length; i++) {
            if (texts[i] != NULL) { // the call would clear what HDF5 complains of
                (void)H5free_memory(texts[i]);
            }
        }
        free(texts);
    }
    hdf5_close(type);
    return read;
}

/** The extent of a simple space of at most two dimensions; false if it is another. */
static bool read_extent(hid_t space, h5_array *array) {
    hsize_t dimensions[2] = {0, 0};
    int n_dimensions = H5Sget_simple_extent_ndims(space);
    H5S_class_t label = H5Sget_simple_extent_type(space);
    if ((label != H5S_SIMPLE && label != H5S_SCALAR) || n_dimensions < 0 || n_dimensions > 2 ||
        (n_dimensions > 0 && H5Sget_simple_extent_dims(space, dimensions, NULL) < 0)) {
        return false;
    }
    array->n_dimensions = (size_t)n_dimensions;
    array->dimensions[0] = (size_t)dimensions[0];
    array->dimensions[1] = (size_t)dimensions[1];
    return true;
}

/** Whether the bytes that a dataset has in the file can be as many elements as it claims. */
static bool storage_suffices(hid_t dataset, hid_t type, const h5_array *array) {
    uint64_t stored = H5Dget_storage_size(dataset);
    uint64_t most =
        (stored < UINT64_MAX / max_expansion ? stored * max_expansion : stored) + small_size;
    uint64_t size = H5Tget_size(type);
    uint64_t n = array->n_dimensions > 0 ? array->dimensions[0] : 1;
    uint64_t m = array->n_dimensions > 1 ? array->dimensions[1] : 1;
    return size > 0 && n <= most && m <= most && (m == 0 || n <= most / m) && n * m <= most / size;
}

/** Whether the dataset keeps its data in this file alone. */
static bool is_self_contained(hid_t dataset) {
    hid_t layout = H5Dget_create_plist(dataset);
    H5D_layout_t kind = H5Pget_layout(layout);
    bool contained = layout >= 0 && kind >= 0 && kind != H5D_VIRTUAL &&
                     (kind != H5D_CONTIGUOUS || H5Pget_external_count(layout) == 0);
    hdf5_close(layout);
    return contained;
}

static perebor_status read_attribute(reading *reading, hid_t handle, h5_node *node,
                                     const char *name) {
    perebor_status status = PEREBOR_OK;
    h5_array shape = {0};
    hid_t type = H5Aget_type(handle), space = H5Aget_space(handle);
    if (type < 0 || space < 0) {
        status = damaged(reading->error, name);
    } else if (choose_kind(type, &shape.kind) && read_extent(space, &shape) &&
               shape.n_dimensions < 2 && shape.dimensions[0] <= small_size) {
        h5_attribute *attribute = h5_add_attribute(reading->tree, node, name, shape.kind,
                                                   shape.n_dimensions, shape.dimensions[0]);
        if (attribute != NULL) {
            attribute->value.stored = stored_kind(type, shape.kind);
        }
        if (attribute != NULL && !read_elements(reading->tree, handle, type, &attribute->value)) {
            status = damaged(reading->error, name);
        }
    }
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

/** As they were written if the file tells, else by name. */
static H5_index_t attribute_order(hid_t owner) {
    hid_t first =
        H5Aopen_by_idx(owner, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, 0, H5P_DEFAULT, H5P_DEFAULT);
    hdf5_close(first);
    return first < 0 ? H5_INDEX_NAME : H5_INDEX_CRT_ORDER;
}

static perebor_status read_attributes(reading *reading, hid_t owner, h5_node *node) {
    perebor_status status = PEREBOR_OK;
    H5O_info_t about;
    if (H5Oget_info2(owner, &about, H5O_INFO_NUM_ATTRS) < 0 || about.num_attrs > max_attributes) {
        return damaged(reading->error, node->name);
    }
    H5_index_t order = attribute_order(owner);
    for (hsize_t i = 0; i < about.num_attrs && node != NULL && status == PEREBOR_OK; i++) {
        char name[max_name];
        hid_t handle = H5Aopen_by_idx(owner, ".", order, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT);
        if (handle < 0 || H5Aget_name(handle, sizeof name, name) < 0) {
            status = damaged(reading->error, node->name);
        } else {
            status = read_attribute(reading, handle, node, name);
        }
        hdf5_close(handle);
    }
    return status;
}

static perebor_status read_dataset(reading *reading, hid_t handle, h5_node *parent,
                                   const char *name) {
    perebor_status status = PEREBOR_OK;
    h5_array shape = {0};
    hid_t type = H5Dget_type(handle), space = H5Dget_space(handle);
    if (type < 0 || space < 0) {
        status = damaged(reading->error, name);
        goto done;
    }
    bool is_table = H5Tget_class(type) == H5T_COMPOUND;
    if ((!is_table && !choose_kind(type, &shape.kind)) || !read_extent(space, &shape) ||
        (is_table && shape.n_dimensions != 1) || !is_self_contained(handle)) {
        goto done;
    }
    if (!storage_suffices(handle, type, &shape)) {
        status =
            perebor_fail(reading->error, PEREBOR_ERR_FORMAT,
                         "dataset \"%s\" claims more elements than the file has bytes for", name);
        goto done;
    }
    if (is_table) {
        status = hdf5_table_read(handle, reading->tree, parent, name, shape.dimensions[0],
                                 reading->error);
        goto done;
    }
    h5_node *node = h5_add_dataset(reading->tree, parent, name, shape.kind, shape.n_dimensions,
                                   shape.dimensions[0], shape.dimensions[1]);
    if (node != NULL && !read_elements(reading->tree, handle, type, &node->array)) {
        status = damaged(reading->error, name);
        goto done;
    }
    if (node != NULL) {
        node->array.stored = stored_kind(type, shape.kind);
        PEREBOR_TRY(done, read_attributes(reading, handle, node));
    }
done:
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

static bool is_wanted(const reading *reading, const char *name) {
    for (const char *const *group = reading->groups; *group != NULL; group++) {
        if (strcmp(*group, name) == 0) {
            return true;
        }
    }
    return false;
}

static perebor_status read_group(reading *reading, hid_t group, h5_node *node, int depth);

static perebor_status read_object(reading *reading, hid_t group, h5_node *parent, const char *name,
                                  int depth) {
    perebor_status status = PEREBOR_OK;
    hid_t handle = H5Oopen(group, name, H5P_DEFAULT);
    if (handle < 0) {
        return damaged(reading->error, name);
    }
    H5I_type_t type = H5Iget_type(handle);
    if (type == H5I_GROUP && depth < max_depth) {
        h5_node *node = h5_add_group(reading->tree, parent, name);
        status = node == NULL ? PEREBOR_OK : read_group(reading, handle, node, depth + 1);
    } else if (type == H5I_DATASET && depth > 0) {
        status = read_dataset(reading, handle, parent, name);
    }
    hdf5_close(handle);
    return status;
}

static perebor_status read_link(reading *reading, hid_t group, h5_node *node, hsize_t i,
                                int depth) {
    char name[max_name];
    H5L_info_t about;
    if (H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, &about, H5P_DEFAULT) < 0 ||
        H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                           H5P_DEFAULT) < 0) {
        return damaged(reading->error, node->name);
    }
    if (about.type != H5L_TYPE_HARD || (depth == 0 && !is_wanted(reading, name))) {
        return PEREBOR_OK;
    }
    return read_object(reading, group, node, name, depth);
}

static perebor_status read_group(reading *reading, hid_t group, h5_node *node, int depth) {
    perebor_status status = PEREBOR_OK;
    H5G_info_t about;
    PEREBOR_TRY(done, read_attributes(reading, group, node));
    if (H5Gget_info(group, &about) < 0 || about.nlinks > max_links) {
        return damaged(reading->error, node->name);
    }
    for (hsize_t i = 0; i < about.nlinks && !reading->tree->failed; i++) {
        PEREBOR_TRY(done, read_link(reading, group, node, i, depth));
    }
done:
    return status;
}

/** Without locks: a result file is replaced, never changed, and some file systems have none. */
static hid_t open_file(const char *path) {
    hid_t file = -1;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && H5Pset_file_locking(access, false, true) >= 0) {
        file = H5Fopen(path, H5F_ACC_RDONLY, access);
    }
    hdf5_close(access);
    return file;
}

perebor_status hdf5_read(const char *path, const char *const *groups, h5_pages *pages,
                         h5_tree **tree, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    hid_t file = -1, root = -1;
    hdf5_prepare();
    reading reading = {.tree = h5_tree_create(), .groups = groups, .error = error};
    if (reading.tree == NULL) {
        return perebor_no_memory(error, "to read %s", path);
    }
    reading.tree->pages = h5_pages_hold(pages);
    file = open_file(path);
    root = file < 0 ? -1 : H5Gopen2(file, "/", H5P_DEFAULT);
    if (root < 0) {
        char kind[200];
        hdf5_describe_kind(path, kind, sizeof kind);
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "%s", kind);
        goto failed;
    }
    PEREBOR_TRY(failed, read_group(&reading, root, reading.tree->root, 0));
    PEREBOR_TRY(failed, h5_tree_check(reading.tree, path, error));
    *tree = reading.tree;
    reading.tree = NULL;
failed:
    hdf5_close(root);
    hdf5_close(file);
    h5_tree_free(reading.tree);
    return status;
}
