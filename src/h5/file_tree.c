// SPDX-License-Identifier: MIT
#include "h5/file_tree.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char empty_text[] = "";

h5_tree *h5_tree_create(void) {
    h5_tree *tree = calloc(1, sizeof *tree);
    if (tree == NULL) {
        return NULL;
    }
    tree->root = perebor_arena_allocate(&tree->arena, 1, sizeof *tree->root);
    if (tree->root == NULL) {
        h5_tree_free(tree);
        return NULL;
    }
    tree->root->name = empty_text;
    return tree;
}

void h5_tree_free(h5_tree *tree) {
    if (tree != NULL) {
        perebor_arena_release(&tree->arena);
        h5_pages_release(tree->pages);
        free(tree);
    }
}

perebor_status h5_tree_check(const h5_tree *tree, const char *what, perebor_error *error) {
    return tree->failed ? perebor_no_memory(error, "for %s", what) : PEREBOR_OK;
}

size_t h5_kind_size(h5_kind kind) {
    static const size_t sizes[H5_N_KINDS] = {
        [H5_INT8] = sizeof(int8_t),   [H5_INT32] = sizeof(int32_t),
        [H5_INT64] = sizeof(int64_t), [H5_UINT64] = sizeof(uint64_t),
        [H5_DOUBLE] = sizeof(double), [H5_TEXT] = sizeof(const char *),
    };
    return sizes[kind];
}

size_t h5_array_length(const h5_array *array) {
    size_t length = 1;
    for (size_t dimension = 0; dimension < array->n_dimensions; dimension++) {
        length *= array->dimensions[dimension];
    }
    return length;
}

static void *allocate(h5_tree *tree, size_t n, size_t size) {
    void *memory = tree->failed ? NULL : perebor_arena_allocate(&tree->arena, n, size);
    tree->failed = memory == NULL;
    return memory;
}

/** Bytes of a command line, a path or the name of a host need not be UTF-8; what is stored is. */
static const char *copy_escaped(h5_tree *tree, const char *text, size_t length) {
    char *copy =
        length < SIZE_MAX / 4 ? perebor_arena_allocate(&tree->arena, 4 * length + 1, 1) : NULL;
    if (copy != NULL) {
        (void)perebor_text_escape(copy, text, length, PEREBOR_ESCAPE_INVALID);
    }
    return copy;
}

static const char *copy_text(h5_tree *tree, const char *text) {
    if (text == NULL || *text == '\0') {
        return empty_text;
    }
    size_t length = strlen(text);
    const char *copy = tree->failed ? NULL
                       : perebor_text_is_valid(text, length)
                           ? perebor_arena_text(&tree->arena, text)
                           : copy_escaped(tree, text, length);
    tree->failed = copy == NULL;
    return copy;
}

const char *h5_keep_text(h5_tree *tree, const char *text) {
    const char *copy = copy_text(tree, text);
    return copy == NULL ? empty_text : copy;
}

static h5_node *add_node(h5_tree *tree, h5_node *parent, const char *name, h5_node_type type) {
    h5_node *node = parent == NULL ? NULL : allocate(tree, 1, sizeof *node);
    const char *kept = node == NULL ? NULL : copy_text(tree, name);
    if (kept == NULL) {
        return NULL;
    }
    node->name = kept;
    node->type = type;
    if (parent->last_child == NULL) {
        parent->children = node;
    } else {
        parent->last_child->next = node;
    }
    parent->last_child = node;
    return node;
}

h5_node *h5_add_group(h5_tree *tree, h5_node *parent, const char *name) {
    return add_node(tree, parent, name, H5_GROUP);
}

h5_node *h5_add_table(h5_tree *tree, h5_node *parent, const char *name) {
    return add_node(tree, parent, name, H5_TABLE);
}

/** Smaller arrays are as well copied. */
enum { smallest_in_pages = 1 << 16 };

/** Takes the elements of an array from the tree's pages, if they go there. */
static bool fill_from_pages(h5_tree *tree, h5_array *array, size_t length) {
    const size_t size = h5_kind_size(array->kind);
    if (array->kind == H5_TEXT || tree->failed || length < smallest_in_pages / size ||
        length > SIZE_MAX / size) {
        return false;
    }
    array->data = h5_pages_take(tree->pages, length * size);
    array->pages = array->data != NULL ? tree->pages : NULL;
    return array->data != NULL;
}

/** Allocates the elements of an array whose shape is set. */
static bool fill_array(h5_tree *tree, h5_array *array) {
    if (array->n_dimensions == 2 && array->dimensions[1] != 0 &&
        array->dimensions[0] > SIZE_MAX / array->dimensions[1]) {
        tree->failed = true;
        return false;
    }
    size_t length = h5_array_length(array);
    if (fill_from_pages(tree, array, length)) {
        return true;
    }
    array->data = allocate(tree, length > 0 ? length : 1, h5_kind_size(array->kind));
    if (array->data != NULL && array->kind == H5_TEXT) {
        const char **texts = array->data;
        for (size_t i = 0; i < length; i++) {
            texts[i] = empty_text;
        }
    }
    return array->data != NULL;
}

h5_node *h5_add_dataset(h5_tree *tree, h5_node *parent, const char *name, h5_kind kind,
                        size_t n_dimensions, size_t n_rows, size_t n_columns) {
    h5_array array = {.kind = kind,
                      .stored = kind,
                      .n_dimensions = n_dimensions,
                      .dimensions = {n_rows, n_columns}};
    if (parent == NULL || !fill_array(tree, &array)) {
        return NULL;
    }
    h5_node *node = add_node(tree, parent, name, H5_DATASET);
    if (node != NULL) {
        node->array = array;
    }
    return node;
}

h5_node *h5_add_shared_dataset(h5_tree *tree, h5_node *parent, const char *name,
                               const h5_array *array) {
    if (array->pages == NULL || (tree->pages != NULL && tree->pages != array->pages)) {
        return NULL;
    }
    h5_node *node = add_node(tree, parent, name, H5_DATASET);
    if (node != NULL) {
        if (tree->pages == NULL) {
            tree->pages = h5_pages_hold(array->pages);
        }
        node->array = *array;
    }
    return node;
}

h5_node *h5_add_texts(h5_tree *tree, h5_node *parent, const char *name, const char *const *texts,
                      size_t n_texts) {
    h5_node *node = h5_add_dataset(tree, parent, name, H5_TEXT, 1, n_texts, 0);
    const char **copies = node == NULL ? NULL : node->array.data;
    for (size_t i = 0; copies != NULL && i < n_texts; i++) {
        copies[i] = h5_keep_text(tree, texts[i]);
    }
    return node;
}

h5_attribute *h5_add_attribute(h5_tree *tree, h5_node *node, const char *name, h5_kind kind,
                               size_t n_dimensions, size_t length) {
    h5_array value = {
        .kind = kind, .stored = kind, .n_dimensions = n_dimensions, .dimensions = {length, 0}};
    h5_attribute *attribute = node == NULL ? NULL : allocate(tree, 1, sizeof *attribute);
    const char *kept = attribute == NULL ? NULL : copy_text(tree, name);
    if (kept == NULL || !fill_array(tree, &value)) {
        return NULL;
    }
    attribute->name = kept;
    attribute->value = value;
    if (node->last_attribute == NULL) {
        node->attributes = attribute;
    } else {
        node->last_attribute->next = attribute;
    }
    node->last_attribute = attribute;
    return attribute;
}

void h5_set_text(h5_tree *tree, h5_node *node, const char *name, const char *text) {
    h5_attribute *attribute = h5_add_attribute(tree, node, name, H5_TEXT, 0, 0);
    if (attribute != NULL) {
        *(const char **)attribute->value.data = h5_keep_text(tree, text);
    }
}

void h5_set_integer(h5_tree *tree, h5_node *node, const char *name, int64_t value) {
    h5_attribute *attribute = h5_add_attribute(tree, node, name, H5_INT64, 0, 0);
    if (attribute != NULL) {
        *(int64_t *)attribute->value.data = value;
    }
}

void h5_set_unsigned(h5_tree *tree, h5_node *node, const char *name, uint64_t value) {
    h5_attribute *attribute = h5_add_attribute(tree, node, name, H5_UINT64, 0, 0);
    if (attribute != NULL) {
        *(uint64_t *)attribute->value.data = value;
    }
}

void h5_set_real(h5_tree *tree, h5_node *node, const char *name, double value) {
    h5_attribute *attribute = h5_add_attribute(tree, node, name, H5_DOUBLE, 0, 0);
    if (attribute != NULL) {
        *(double *)attribute->value.data = value;
    }
}

void h5_set_flags(h5_tree *tree, h5_node *node, const char *const *meanings) {
    char words[160] = "";
    size_t n_flags = 0, length = 0;
    for (; meanings[n_flags] != NULL; n_flags++) {
        length += (size_t)snprintf(words + length, sizeof words - length, "%s%s",
                                   n_flags == 0 ? "" : " ", meanings[n_flags]);
        assert(length < sizeof words);
    }
    h5_attribute *values = h5_add_attribute(tree, node, "flag_values", H5_INT8, 1, n_flags);
    for (size_t i = 0; values != NULL && i < n_flags; i++) {
        ((int8_t *)values->value.data)[i] = (int8_t)i;
    }
    h5_set_text(tree, node, "flag_meanings", words);
}

const h5_node *h5_find(const h5_node *node, const char *path) {
    while (node != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");
        const h5_node *child = node->children;
        while (child != NULL &&
               (strncmp(child->name, path, length) != 0 || child->name[length] != '\0')) {
            child = child->next;
        }
        node = child;
        path += length + (path[length] == '/');
    }
    return node;
}

const void *h5_row(const h5_node *group, const char *name, h5_kind kind, size_t n) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->type == H5_DATASET && node->array.kind == kind &&
                   node->array.n_dimensions == 1 && node->array.dimensions[0] == n
               ? node->array.data
               : NULL;
}

const h5_attribute *h5_find_attribute(const h5_node *node, const char *name) {
    const h5_attribute *attribute = node->attributes;
    while (attribute != NULL && strcmp(attribute->name, name) != 0) {
        attribute = attribute->next;
    }
    return attribute;
}

const char *h5_find_text(const h5_node *node, const char *name) {
    const h5_attribute *attribute = h5_find_attribute(node, name);
    if (attribute == NULL || attribute->value.kind != H5_TEXT ||
        attribute->value.n_dimensions != 0) {
        return NULL;
    }
    return *(const char *const *)attribute->value.data;
}
