// SPDX-License-Identifier: MIT
#include "h5/file_tree_codec.h"

#include <string.h>

#include "base/try.h"

enum { max_depth = 16 };

/** Added to the kind of an array that lies in pages: where comes in place of its elements. */
enum { in_pages = 0x80 };

static void encode_array(const h5_array *array, const h5_pages *pages, byte_buffer *bytes) {
    size_t length = h5_array_length(array);
    const bool is_there = pages != NULL && array->pages == pages;
    bytes_put_u8(bytes, (uint8_t)((unsigned)array->kind + (is_there ? in_pages : 0)));
    bytes_put_u8(bytes, (uint8_t)array->stored);
    bytes_put_u8(bytes, (uint8_t)array->n_dimensions);
    bytes_put_u64(bytes, array->dimensions[0]);
    bytes_put_u64(bytes, array->dimensions[1]);
    if (is_there) {
        bytes_put_u64(bytes, h5_pages_offset(pages, array->data));
        return;
    }
    if (array->kind != H5_TEXT) {
        bytes_put(bytes, array->data, length * h5_kind_size(array->kind));
        return;
    }
    const char *const *texts = array->data;
    for (size_t i = 0; i < length; i++) {
        bytes_put_text(bytes, texts[i]);
    }
}

static void encode_node(const h5_node *node, const h5_pages *pages, byte_buffer *bytes) {
    bytes_put_u8(bytes, (uint8_t)node->type);
    bytes_put_text(bytes, node->name);
    if (node->type == H5_DATASET) {
        encode_array(&node->array, pages, bytes);
    }
    uint64_t n_attributes = 0, n_children = 0;
    for (const h5_attribute *attribute = node->attributes; attribute; attribute = attribute->next) {
        n_attributes++;
    }
    bytes_put_u64(bytes, n_attributes);
    for (const h5_attribute *attribute = node->attributes; attribute; attribute = attribute->next) {
        bytes_put_text(bytes, attribute->name);
        encode_array(&attribute->value, pages, bytes);
    }
    for (const h5_node *child = node->children; child; child = child->next) {
        n_children++;
    }
    bytes_put_u64(bytes, n_children);
    for (const h5_node *child = node->children; child; child = child->next) {
        encode_node(child, pages, bytes);
    }
}

void h5_tree_encode(const h5_tree *tree, const h5_pages *pages, byte_buffer *bytes) {
    encode_node(tree->root, pages, bytes);
}

/** The shape of an array whose elements follow or lie in pages, if there are any; false if they
 * cannot be there. */
static bool decode_shape(bytes_cursor *cursor, h5_pages *pages, h5_array *array) {
    const unsigned kind = bytes_get_u8(cursor);
    array->pages = (kind & in_pages) != 0 ? pages : NULL;
    array->kind = (h5_kind)(array->pages != NULL ? kind - in_pages : kind);
    array->stored = (h5_kind)bytes_get_u8(cursor);
    array->n_dimensions = bytes_get_u8(cursor);
    uint64_t n_rows = bytes_get_u64(cursor), n_columns = bytes_get_u64(cursor);
    if (cursor->failed || (int)array->kind >= H5_N_KINDS || (int)array->stored >= H5_N_KINDS ||
        array->n_dimensions > 2) {
        return false;
    }
    array->dimensions[0] = (size_t)n_rows;
    array->dimensions[1] = (size_t)n_columns;
    if (array->pages != NULL) {
        return array->kind != H5_TEXT;
    }
    // Every element takes at least a byte: what is left bounds the lengths before they multiply.
    if (array->n_dimensions == 2) {
        return n_rows == 0 || n_columns <= cursor->left / n_rows;
    }
    return array->n_dimensions == 0 || n_rows <= cursor->left;
}

static void decode_elements(h5_tree *tree, bytes_cursor *cursor, h5_array *array) {
    size_t length = h5_array_length(array);
    if (array->kind != H5_TEXT) {
        size_t size = length * h5_kind_size(array->kind);
        const void *data = bytes_get(cursor, size);
        if (data != NULL) {
            memcpy(array->data, data, size);
        }
        return;
    }
    const char **texts = array->data;
    for (size_t i = 0; i < length && !cursor->failed && !tree->failed; i++) {
        const char *text = bytes_get_text(cursor);
        const char *copy = perebor_arena_text(&tree->arena, text);
        tree->failed = copy == NULL;
        texts[i] = copy == NULL ? "" : copy;
    }
}

static void decode_attribute(h5_tree *tree, bytes_cursor *cursor, h5_node *node) {
    const char *name = bytes_get_text(cursor);
    h5_array shape = {0};
    if (!decode_shape(cursor, NULL, &shape)) {
        cursor->failed = true;
        return;
    }
    h5_attribute *attribute =
        h5_add_attribute(tree, node, name, shape.kind, shape.n_dimensions, shape.dimensions[0]);
    if (attribute != NULL) {
        attribute->value.stored = shape.stored;
        decode_elements(tree, cursor, &attribute->value);
    }
}

/** Finds the elements of an array in its pages. @return Whether they can be there. */
static bool find_elements(bytes_cursor *cursor, h5_array *array) {
    const uint64_t offset = bytes_get_u64(cursor);
    const size_t n = array->n_dimensions > 0 ? array->dimensions[0] : 1;
    const size_t m = array->n_dimensions > 1 ? array->dimensions[1] : 1;
    if (cursor->failed || (m > 0 && n > SIZE_MAX / m)) {
        return false;
    }
    array->data = h5_pages_at(array->pages, offset, n * m, h5_kind_size(array->kind));
    return array->data != NULL;
}

/** @param[in] pages  NULL: no array lies in any. */
static h5_node *decode_dataset(h5_tree *tree, bytes_cursor *cursor, h5_pages *pages,
                               h5_node *parent, const char *name) {
    h5_array shape = {0};
    if (!decode_shape(cursor, pages, &shape) ||
        (shape.pages != NULL && !find_elements(cursor, &shape))) {
        cursor->failed = true;
        return NULL;
    }
    if (shape.pages != NULL) {
        return h5_add_shared_dataset(tree, parent, name, &shape);
    }
    h5_node *node = h5_add_dataset(tree, parent, name, shape.kind, shape.n_dimensions,
                                   shape.dimensions[0], shape.dimensions[1]);
    if (node != NULL) {
        node->array.stored = shape.stored;
        decode_elements(tree, cursor, &node->array);
    }
    return node;
}

static h5_node *decode_head(h5_tree *tree, bytes_cursor *cursor, h5_pages *pages, h5_node *parent) {
    h5_node_type type = (h5_node_type)bytes_get_u8(cursor);
    const char *name = bytes_get_text(cursor);
    if (parent == NULL) {
        return tree->root;
    }
    if (type != H5_DATASET) {
        return type == H5_TABLE ? h5_add_table(tree, parent, name)
                                : h5_add_group(tree, parent, name);
    }
    return decode_dataset(tree, cursor, pages, parent, name);
}

static void decode_node(h5_tree *tree, bytes_cursor *cursor, h5_pages *pages, h5_node *parent,
                        int depth) {
    h5_node *node = decode_head(tree, cursor, pages, parent);
    uint64_t n_attributes = bytes_get_u64(cursor);
    for (uint64_t i = 0; i < n_attributes && node != NULL && !cursor->failed; i++) {
        decode_attribute(tree, cursor, node);
    }
    uint64_t n_children = bytes_get_u64(cursor);
    if (n_children > 0 && depth == max_depth) {
        cursor->failed = true;
    }
    for (uint64_t i = 0; i < n_children && node != NULL && !cursor->failed; i++) {
        decode_node(tree, cursor, pages, node, depth + 1);
    }
}

perebor_status h5_tree_decode(h5_tree **tree, bytes_cursor *cursor, h5_pages *pages,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_tree *h5_tree = h5_tree_create();
    if (h5_tree == NULL) {
        return perebor_no_memory(error, "for what a file holds");
    }
    decode_node(h5_tree, cursor, pages, NULL, 0);
    PEREBOR_TRY(failed, h5_tree_check(h5_tree, "what a file holds", error));
    if (cursor->failed) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "its content contradicts itself, or has "
                              "text that is not UTF-8");
        goto failed;
    }
    *tree = h5_tree;
    return PEREBOR_OK;
failed:
    h5_tree_free(h5_tree);
    return status;
}
