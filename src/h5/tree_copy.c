// SPDX-License-Identifier: MIT
#include "h5/tree_copy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/try.h"
#include "h5/file_tree_codec.h"

/** A child or an attribute, to be sorted by its name. */
typedef struct named {
    const char *name;
    const h5_node *node;
    const h5_attribute *attribute;
} named;

static int by_name(const void *left, const void *right) {
    const named *a = left, *b = right;
    return strcmp(a->name, b->name);
}

/** As it is in the file, if a reader widened it. */
static h5_kind narrow_kind(const h5_array *array) {
    bool widened =
        array->kind == H5_INT64 && (array->stored == H5_INT8 || array->stored == H5_INT32);
    return widened ? array->stored : array->kind;
}

static void copy_elements(h5_tree *tree, h5_array *to, const h5_array *from) {
    size_t length = h5_array_length(from);
    for (size_t i = 0; from->kind == H5_INT64 && to->kind != H5_INT64 && i < length; i++) {
        int64_t value = ((const int64_t *)from->data)[i];
        if (to->kind == H5_INT8) {
            ((int8_t *)to->data)[i] = (int8_t)value;
        } else {
            ((int32_t *)to->data)[i] = (int32_t)value;
        }
    }
    if (from->kind != to->kind) {
        return;
    }
    if (from->kind != H5_TEXT) {
        memcpy(to->data, from->data, length * h5_kind_size(from->kind));
        return;
    }
    for (size_t i = 0; i < length; i++) {
        ((const char **)to->data)[i] = h5_keep_text(tree, ((const char *const *)from->data)[i]);
    }
}

static void copy_attributes(h5_tree *tree, h5_node *to, const h5_node *from) {
    size_t n = 0;
    for (const h5_attribute *at = from->attributes; at != NULL; at = at->next) {
        n++;
    }
    named *sorted = perebor_arena_allocate(&tree->arena, n + 1, sizeof *sorted);
    if (sorted == NULL) {
        tree->failed = true;
        return;
    }
    n = 0;
    for (const h5_attribute *at = from->attributes; at != NULL; at = at->next) {
        sorted[n++] = (named){.name = at->name, .attribute = at};
    }
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n; i++) {
        const h5_array *value = &sorted[i].attribute->value;
        h5_attribute *copy = h5_add_attribute(tree, to, sorted[i].name, narrow_kind(value),
                                              value->n_dimensions, value->dimensions[0]);
        if (copy != NULL) {
            copy_elements(tree, &copy->value, value);
        }
    }
}

static h5_node *copy_node(h5_tree *tree, h5_node *parent, const h5_node *node);

static void copy_children(h5_tree *tree, h5_node *to, const h5_node *from) {
    size_t n = 0;
    for (const h5_node *child = from->children; child != NULL; child = child->next) {
        n++;
    }
    named *sorted = perebor_arena_allocate(&tree->arena, n + 1, sizeof *sorted);
    if (sorted == NULL) {
        tree->failed = true;
        return;
    }
    n = 0;
    for (const h5_node *child = from->children; child != NULL; child = child->next) {
        sorted[n++] = (named){.name = child->name, .node = child};
    }
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n && !tree->failed; i++) {
        (void)copy_node(tree, to, sorted[i].node);
    }
}

/** The dataset of a group whose name begins a list of words; NULL if there is none. */
static const h5_node *find_scale(const h5_node *group, const char *name, size_t length) {
    const h5_node *node = group->children;
    while (node != NULL && (node->type != H5_DATASET || strlen(node->name) != length ||
                            strncmp(node->name, name, length) != 0)) {
        node = node->next;
    }
    return node;
}

/** Makes it the scale of the first dimension that is as long and has none. */
static void set_scale(h5_node *node, const h5_node *scale) {
    for (size_t i = 0; node->type == H5_DATASET && i < node->array.n_dimensions; i++) {
        if (node->scales[i] == NULL && node->array.dimensions[i] == scale->array.dimensions[0]) {
            node->scales[i] = scale->name;
            return;
        }
    }
}

static void set_scales(h5_node *group) {
    const char *names = h5_find_text(group, "scales");
    while (names != NULL && *names != '\0') {
        size_t length = strcspn(names, " ");
        const h5_node *scale = find_scale(group, names, length);
        for (h5_node *node = group->children; scale != NULL && node != NULL; node = node->next) {
            set_scale(node, scale);
        }
        names += length + strspn(names + length, " ");
    }
}

static h5_node *copy_dataset(h5_tree *tree, h5_node *parent, const h5_node *node) {
    const h5_array *array = &node->array;
    const h5_kind kind = narrow_kind(array);
    h5_node *copy =
        kind == array->kind ? h5_add_shared_dataset(tree, parent, node->name, array) : NULL;
    if (copy != NULL) {
        copy->array.stored = kind;
        return copy;
    }
    copy = h5_add_dataset(tree, parent, node->name, kind, array->n_dimensions, array->dimensions[0],
                          array->dimensions[1]);
    if (copy != NULL) {
        copy_elements(tree, &copy->array, array);
    }
    return copy;
}

static h5_node *copy_node(h5_tree *tree, h5_node *parent, const h5_node *node) {
    h5_node *copy = node->type == H5_GROUP   ? h5_add_group(tree, parent, node->name)
                    : node->type == H5_TABLE ? h5_add_table(tree, parent, node->name)
                                             : copy_dataset(tree, parent, node);
    if (copy == NULL) {
        return NULL;
    }
    copy_attributes(tree, copy, node);
    copy_children(tree, copy, node);
    set_scales(copy);
    return copy;
}

h5_node *h5_copy(h5_tree *tree, h5_node *parent, const h5_node *group) {
    return copy_node(tree, parent, group);
}

perebor_status h5_digest(const h5_node *group, uint8_t digest[32], perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_buffer bytes = {0};
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for a digest");
    }
    (void)h5_copy(tree, tree->root, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "a digest", error));
    h5_tree_encode(tree, NULL, &bytes);
    if (bytes.failed) {
        status = perebor_no_memory(error, "for a digest");
        goto done;
    }
    perebor_sha256_of(bytes.data, bytes.size, digest);
done:
    bytes_release(&bytes);
    h5_tree_free(tree);
    return status;
}
