// SPDX-License-Identifier: MIT
#include "store/file_tree_codec.h"

#include <string.h>

#include "base/try.h"

enum { MAX_DEPTH = 16 };

static void encode_array(const store_array *array, store_bytes *bytes) {
    size_t length = store_array_length(array);
    store_put_u8(bytes, (uint8_t)array->kind);
    store_put_u8(bytes, (uint8_t)array->n_dimensions);
    store_put_u64(bytes, array->dimensions[0]);
    store_put_u64(bytes, array->dimensions[1]);
    if (array->kind != STORE_TEXT) {
        store_put(bytes, array->data, length * store_kind_size(array->kind));
        return;
    }
    const char *const *texts = array->data;
    for (size_t i = 0; i < length; i++) {
        store_put_text(bytes, texts[i]);
    }
}

static void encode_node(const store_node *node, store_bytes *bytes) {
    store_put_u8(bytes, (uint8_t)node->type);
    store_put_text(bytes, node->name);
    if (node->type == STORE_DATASET) {
        encode_array(&node->array, bytes);
    }
    uint64_t n_attributes = 0, n_children = 0;
    for (const store_attribute *attribute = node->attributes; attribute;
         attribute = attribute->next) {
        n_attributes++;
    }
    store_put_u64(bytes, n_attributes);
    for (const store_attribute *attribute = node->attributes; attribute;
         attribute = attribute->next) {
        store_put_text(bytes, attribute->name);
        encode_array(&attribute->value, bytes);
    }
    for (const store_node *child = node->children; child; child = child->next) {
        n_children++;
    }
    store_put_u64(bytes, n_children);
    for (const store_node *child = node->children; child; child = child->next) {
        encode_node(child, bytes);
    }
}

void store_tree_encode(const store_tree *tree, store_bytes *bytes) {
    encode_node(tree->root, bytes);
}

/** The shape of an array whose elements follow; false if they cannot be there. */
static bool decode_shape(store_cursor *cursor, store_array *array) {
    array->kind = (store_kind)store_get_u8(cursor);
    array->n_dimensions = store_get_u8(cursor);
    uint64_t n_rows = store_get_u64(cursor), n_columns = store_get_u64(cursor);
    if (cursor->failed || (int)array->kind >= STORE_N_KINDS || array->n_dimensions > 2) {
        return false;
    }
    array->dimensions[0] = (size_t)n_rows;
    array->dimensions[1] = (size_t)n_columns;
    // Every element takes at least a byte: what is left bounds the lengths before they multiply.
    size_t n = array->n_dimensions;
    return (n < 1 || n_rows <= cursor->left) && (n < 2 || n_columns <= cursor->left) &&
           (n < 2 || n_rows == 0 || n_columns <= cursor->left / n_rows);
}

static void decode_elements(store_tree *tree, store_cursor *cursor, store_array *array) {
    size_t length = store_array_length(array);
    if (array->kind != STORE_TEXT) {
        size_t size = length * store_kind_size(array->kind);
        const void *data = store_get(cursor, size);
        if (data != NULL) {
            memcpy(array->data, data, size);
        }
        return;
    }
    const char **texts = array->data;
    for (size_t i = 0; i < length && !cursor->failed && !tree->failed; i++) {
        const char *text = store_get_text(cursor);
        const char *copy = perebor_arena_text(&tree->arena, text);
        tree->failed = copy == NULL;
        texts[i] = copy == NULL ? "" : copy;
    }
}

static void decode_attribute(store_tree *tree, store_cursor *cursor, store_node *node) {
    const char *name = store_get_text(cursor);
    store_array shape = {0};
    if (!decode_shape(cursor, &shape)) {
        cursor->failed = true;
        return;
    }
    store_attribute *attribute =
        store_add_attribute(tree, node, name, shape.kind, shape.n_dimensions, shape.dimensions[0]);
    if (attribute != NULL) {
        decode_elements(tree, cursor, &attribute->value);
    }
}

static store_node *decode_head(store_tree *tree, store_cursor *cursor, store_node *parent) {
    store_node_type type = (store_node_type)store_get_u8(cursor);
    const char *name = store_get_text(cursor);
    if (parent == NULL) {
        return tree->root;
    }
    if (type != STORE_DATASET) {
        return store_add_group(tree, parent, name);
    }
    store_array shape = {0};
    if (!decode_shape(cursor, &shape)) {
        cursor->failed = true;
        return NULL;
    }
    store_node *node = store_add_dataset(tree, parent, name, shape.kind, shape.n_dimensions,
                                         shape.dimensions[0], shape.dimensions[1]);
    if (node != NULL) {
        decode_elements(tree, cursor, &node->array);
    }
    return node;
}

static void decode_node(store_tree *tree, store_cursor *cursor, store_node *parent, int depth) {
    store_node *node = decode_head(tree, cursor, parent);
    uint64_t n_attributes = store_get_u64(cursor);
    for (uint64_t i = 0; i < n_attributes && node != NULL && !cursor->failed; i++) {
        decode_attribute(tree, cursor, node);
    }
    uint64_t n_children = store_get_u64(cursor);
    if (n_children > 0 && depth == MAX_DEPTH) {
        cursor->failed = true;
    }
    for (uint64_t i = 0; i < n_children && node != NULL && !cursor->failed; i++) {
        decode_node(tree, cursor, node, depth + 1);
    }
}

perebor_status store_tree_decode(store_tree **tree, store_cursor *cursor, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    store_tree *made = store_tree_create();
    if (made == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for what a file holds");
    }
    decode_node(made, cursor, NULL, 0);
    PEREBOR_TRY(failed, store_tree_check(made, "what a file holds", error));
    if (cursor->failed) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "its content contradicts itself, or has "
                              "text that is not UTF-8");
        goto failed;
    }
    *tree = made;
    return PEREBOR_OK;
failed:
    store_tree_free(made);
    return status;
}
