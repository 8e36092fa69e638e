// SPDX-License-Identifier: MIT
#include "store/file_tree.h"

#include <stdlib.h>
#include <string.h>

static const char empty_text[] = "";

store_tree *store_tree_create(void) {
    store_tree *tree = calloc(1, sizeof *tree);
    if (tree == NULL) {
        return NULL;
    }
    tree->root = perebor_arena_allocate(&tree->arena, 1, sizeof *tree->root);
    if (tree->root == NULL) {
        store_tree_free(tree);
        return NULL;
    }
    tree->root->name = empty_text;
    return tree;
}

void store_tree_free(store_tree *tree) {
    if (tree != NULL) {
        perebor_arena_release(&tree->arena);
        free(tree);
    }
}

perebor_status store_tree_check(const store_tree *tree, const char *what, perebor_error *error) {
    return tree->failed ? perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for %s", what)
                        : PEREBOR_OK;
}

size_t store_kind_size(store_kind kind) {
    static const size_t sizes[STORE_N_KINDS] = {
        [STORE_INT8] = sizeof(int8_t),   [STORE_INT32] = sizeof(int32_t),
        [STORE_INT64] = sizeof(int64_t), [STORE_UINT64] = sizeof(uint64_t),
        [STORE_DOUBLE] = sizeof(double), [STORE_TEXT] = sizeof(const char *),
    };
    return sizes[kind];
}

size_t store_array_length(const store_array *array) {
    size_t length = 1;
    for (size_t dimension = 0; dimension < array->n_dimensions; dimension++) {
        length *= array->dimensions[dimension];
    }
    return length;
}

static void *allocate(store_tree *tree, size_t n, size_t size) {
    void *memory = tree->failed ? NULL : perebor_arena_allocate(&tree->arena, n, size);
    tree->failed = memory == NULL;
    return memory;
}

static const char *copy_text(store_tree *tree, const char *text) {
    if (text == NULL || *text == '\0') {
        return empty_text;
    }
    const char *copy = tree->failed ? NULL : perebor_arena_text(&tree->arena, text);
    tree->failed = copy == NULL;
    return copy;
}

const char *store_keep_text(store_tree *tree, const char *text) {
    const char *copy = copy_text(tree, text);
    return copy == NULL ? empty_text : copy;
}

static store_node *add_node(store_tree *tree, store_node *parent, const char *name,
                            store_node_type type) {
    store_node *node = parent == NULL ? NULL : allocate(tree, 1, sizeof *node);
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

store_node *store_add_group(store_tree *tree, store_node *parent, const char *name) {
    return add_node(tree, parent, name, STORE_GROUP);
}

store_node *store_add_table(store_tree *tree, store_node *parent, const char *name) {
    return add_node(tree, parent, name, STORE_TABLE);
}

/** Allocates the elements of an array whose shape is set. */
static bool fill_array(store_tree *tree, store_array *array) {
    if (array->n_dimensions == 2 && array->dimensions[1] != 0 &&
        array->dimensions[0] > SIZE_MAX / array->dimensions[1]) {
        tree->failed = true;
        return false;
    }
    size_t length = store_array_length(array);
    array->data = allocate(tree, length > 0 ? length : 1, store_kind_size(array->kind));
    if (array->data != NULL && array->kind == STORE_TEXT) {
        const char **texts = array->data;
        for (size_t i = 0; i < length; i++) {
            texts[i] = empty_text;
        }
    }
    return array->data != NULL;
}

store_node *store_add_dataset(store_tree *tree, store_node *parent, const char *name,
                              store_kind kind, size_t n_dimensions, size_t n_rows,
                              size_t n_columns) {
    store_array array = {
        .kind = kind, .n_dimensions = n_dimensions, .dimensions = {n_rows, n_columns}};
    if (parent == NULL || !fill_array(tree, &array)) {
        return NULL;
    }
    store_node *node = add_node(tree, parent, name, STORE_DATASET);
    if (node != NULL) {
        node->array = array;
    }
    return node;
}

store_node *store_add_texts(store_tree *tree, store_node *parent, const char *name,
                            const char *const *texts, size_t n_texts) {
    store_node *node = store_add_dataset(tree, parent, name, STORE_TEXT, 1, n_texts, 0);
    const char **copies = node == NULL ? NULL : node->array.data;
    for (size_t i = 0; copies != NULL && i < n_texts; i++) {
        copies[i] = store_keep_text(tree, texts[i]);
    }
    return node;
}

store_attribute *store_add_attribute(store_tree *tree, store_node *node, const char *name,
                                     store_kind kind, size_t n_dimensions, size_t length) {
    store_array value = {.kind = kind, .n_dimensions = n_dimensions, .dimensions = {length, 0}};
    store_attribute *attribute = node == NULL ? NULL : allocate(tree, 1, sizeof *attribute);
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

void store_set_text(store_tree *tree, store_node *node, const char *name, const char *text) {
    store_attribute *attribute = store_add_attribute(tree, node, name, STORE_TEXT, 0, 0);
    if (attribute != NULL) {
        *(const char **)attribute->value.data = store_keep_text(tree, text);
    }
}

void store_set_integer(store_tree *tree, store_node *node, const char *name, int64_t value) {
    store_attribute *attribute = store_add_attribute(tree, node, name, STORE_INT64, 0, 0);
    if (attribute != NULL) {
        *(int64_t *)attribute->value.data = value;
    }
}

void store_set_unsigned(store_tree *tree, store_node *node, const char *name, uint64_t value) {
    store_attribute *attribute = store_add_attribute(tree, node, name, STORE_UINT64, 0, 0);
    if (attribute != NULL) {
        *(uint64_t *)attribute->value.data = value;
    }
}

void store_set_flags(store_tree *tree, store_node *node, const char *meanings) {
    size_t n_flags = 1;
    for (const char *at = meanings; *at != '\0'; at++) {
        n_flags += *at == ' ';
    }
    store_attribute *values =
        store_add_attribute(tree, node, "flag_values", STORE_INT8, 1, n_flags);
    for (size_t i = 0; values != NULL && i < n_flags; i++) {
        ((int8_t *)values->value.data)[i] = (int8_t)i;
    }
    store_set_text(tree, node, "flag_meanings", meanings);
}

const store_node *store_find(const store_node *node, const char *path) {
    while (node != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");
        const store_node *child = node->children;
        while (child != NULL &&
               (strncmp(child->name, path, length) != 0 || child->name[length] != '\0')) {
            child = child->next;
        }
        node = child;
        path += length + (path[length] == '/');
    }
    return node;
}

const store_attribute *store_find_attribute(const store_node *node, const char *name) {
    const store_attribute *attribute = node->attributes;
    while (attribute != NULL && strcmp(attribute->name, name) != 0) {
        attribute = attribute->next;
    }
    return attribute;
}

const char *store_find_text(const store_node *node, const char *name) {
    const store_attribute *attribute = store_find_attribute(node, name);
    if (attribute == NULL || attribute->value.kind != STORE_TEXT ||
        attribute->value.n_dimensions != 0) {
        return NULL;
    }
    return *(const char *const *)attribute->value.data;
}
