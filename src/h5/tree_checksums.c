// SPDX-License-Identifier: MIT
#include "h5/tree_checksums.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"

enum { block_size = 512, max_depth = 32 };
static const char group_prefix[] = "/" H5_CHECKSUMS;
static const char sum_attribute[] = "checksum";

/** One row: what is covered, and its checksum. */
typedef struct item {
    const char *path;
    uint8_t content[PEREBOR_SHA256_SIZE]; /**< of the elements alone */
    uint8_t whole[PEREBOR_SHA256_SIZE];   /**< with the attributes */
    const void *data;                     /**< of the elements: columns may share them */
    bool is_content;                      /**< a dataset or column; else an attribute */
} item;

typedef struct item_list {
    perebor_arena arena;
    item *items;
    size_t n, capacity;
    bool failed;
} item_list;

static void list_release(item_list *list) {
    perebor_arena_release(&list->arena);
    free(list->items);
    *list = (item_list){0};
}

static item *list_add(item_list *list, const char *path) {
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? 128 : 2 * list->capacity;
        item *grown = realloc(list->items, capacity * sizeof *grown);
        if (grown == NULL) {
            list->failed = true;
            return NULL;
        }
        list->items = grown;
        list->capacity = capacity;
    }
    item *added = &list->items[list->n];
    *added = (item){.path = path};
    list->failed = list->failed || path == NULL;
    list->n += path != NULL;
    return path == NULL ? NULL : added;
}

static int64_t integer_at(const h5_array *array, size_t at) {
    switch (array->kind) {
    case H5_INT8:
        return ((const int8_t *)array->data)[at];
    case H5_INT32:
        return ((const int32_t *)array->data)[at];
    default:
        return ((const int64_t *)array->data)[at]; // an unsigned one enters by its bits
    }
}

/** Whether the numbers lie in memory as they enter a digest. */
static bool lies_as_hashed(const h5_array *array) {
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ &&
           (array->kind == H5_DOUBLE || array->kind == H5_INT64 || array->kind == H5_UINT64);
}

/** Eight bytes for each number, least significant first. */
static void hash_numbers(perebor_sha256 *digest, const h5_array *array) {
    size_t length = h5_array_length(array);
    uint8_t bytes[8 * block_size];
    if (lies_as_hashed(array)) {
        perebor_sha256_update(digest, array->data, 8 * length);
        return;
    }
    for (size_t first = 0; first < length; first += block_size) {
        size_t n = length - first < block_size ? length - first : block_size;
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = 0;
            if (array->kind == H5_DOUBLE) {
                memcpy(&bits, (const double *)array->data + first + i, sizeof bits);
            } else {
                bits = (uint64_t)integer_at(array, first + i);
            }
            for (unsigned k = 0; k < 8; k++) {
                bytes[8 * i + k] = (uint8_t)(bits >> 8 * k);
            }
        }
        perebor_sha256_update(digest, bytes, 8 * n);
    }
}

/** SHA-256 of: "i", "d" or "t" for whole numbers, reals or text; the shape; the elements. */
static void hash_array(const h5_array *array, uint8_t result[PEREBOR_SHA256_SIZE]) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    const char *label = array->kind == H5_TEXT ? "t" : array->kind == H5_DOUBLE ? "d" : "i";
    perebor_sha256_update_text(&digest, label);
    perebor_sha256_update_u64(&digest, array->n_dimensions);
    for (size_t i = 0; i < array->n_dimensions; i++) {
        perebor_sha256_update_u64(&digest, array->dimensions[i]);
    }
    if (array->kind == H5_TEXT) {
        const char *const *texts = array->data;
        for (size_t i = 0; i < h5_array_length(array); i++) {
            perebor_sha256_update_text(&digest, texts[i]);
        }
    } else {
        hash_numbers(&digest, array);
    }
    perebor_sha256_final(&digest, result);
}

static int compare_attributes(const void *a, const void *b) {
    const h5_attribute *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/** Adds the checksum of the elements and, by name, those of the attributes. */
static void hash_dataset(item_list *list, const h5_node *node, item *into) {
    size_t n = 0;
    perebor_sha256 digest;
    uint8_t of_attribute[PEREBOR_SHA256_SIZE];
    for (const h5_attribute *at = node->attributes; at != NULL; at = at->next) {
        n++;
    }
    const h5_attribute **sorted =
        perebor_arena_allocate(&list->arena, n > 0 ? n : 1, sizeof(const h5_attribute *));
    if (sorted == NULL) {
        list->failed = true;
        return;
    }
    n = 0;
    for (const h5_attribute *at = node->attributes; at != NULL; at = at->next) {
        sorted[n++] = at;
    }
    if (n > 1) {
        qsort(sorted, n, sizeof(const h5_attribute *), compare_attributes);
    }
    perebor_sha256_init(&digest);
    perebor_sha256_update(&digest, into->content, sizeof into->content);
    for (size_t i = 0; i < n; i++) {
        hash_array(&sorted[i]->value, of_attribute);
        perebor_sha256_update_text(&digest, sorted[i]->name);
        perebor_sha256_update(&digest, of_attribute, sizeof of_attribute);
    }
    perebor_sha256_final(&digest, into->whole);
}

/** The elements' checksum, which a column of a table has in common with the dataset it repeats. */
static void hash_content(const item_list *list, const h5_array *array, item *into) {
    into->data = array->data;
    into->is_content = true;
    for (const item *other = list->items; other < into; other++) {
        if (other->data == array->data) {
            memcpy(into->content, other->content, sizeof into->content);
            return;
        }
    }
    hash_array(array, into->content);
}

static void list_attributes(item_list *list, const h5_node *group, const char *path) {
    for (const h5_attribute *at = group->attributes; at != NULL && !list->failed; at = at->next) {
        if (group->name[0] == '\0' && strcmp(at->name, sum_attribute) == 0) {
            continue; // which covers the rows
        }
        item *added = list_add(list, perebor_arena_format(&list->arena, "%s@%s", path, at->name));
        if (added != NULL) {
            hash_array(&at->value, added->content);
            memcpy(added->whole, added->content, sizeof added->whole);
        }
    }
}

/** Lists everything below a group. @param[in] path  Of the group; "" of the root. */
static void list_children(item_list *list, const h5_node *group, const char *path, int depth) {
    list_attributes(list, group, path[0] == '\0' ? "/" : path);
    for (const h5_node *node = group->children; node != NULL && !list->failed; node = node->next) {
        const char *name = perebor_arena_format(&list->arena, "%s/%s", path, node->name);
        list->failed = list->failed || name == NULL || depth == max_depth;
        if (list->failed || strcmp(name, group_prefix) == 0) {
            continue;
        }
        if (node->type != H5_DATASET) {
            list_children(list, node, name, depth + 1);
            continue;
        }
        item *added = list_add(list, name);
        if (added != NULL) {
            hash_content(list, &node->array, added);
            hash_dataset(list, node, added);
        }
    }
}

static int compare_items(const void *a, const void *b) {
    return strcmp(((const item *)a)->path, ((const item *)b)->path);
}

/** Everything in a tree, by path. */
static perebor_status list_tree(item_list *list, const h5_tree *tree, perebor_error *error) {
    list_children(list, tree->root, "", 0);
    if (list->failed) {
        list_release(list);
        return perebor_no_memory(error, "for the checksums of a file");
    }
    if (list->n > 1) {
        qsort(list->items, list->n, sizeof *list->items, compare_items);
    }
    return PEREBOR_OK;
}

/** The checksum of the rows: of each path and its checksum in figures, in their order. */
static void hash_rows(const char *const *paths, const char *const *sums, size_t n,
                      char hex[PEREBOR_SHA256_HEX_SIZE]) {
    perebor_sha256 digest;
    uint8_t result[PEREBOR_SHA256_SIZE];
    perebor_sha256_init(&digest);
    for (size_t i = 0; i < n; i++) {
        perebor_sha256_update_text(&digest, paths[i]);
        perebor_sha256_update_text(&digest, sums[i]);
    }
    perebor_sha256_final(&digest, result);
    perebor_sha256_hex(result, hex);
}

void h5_checksums_add(h5_tree *tree) {
    item_list list = {0};
    char hex[PEREBOR_SHA256_HEX_SIZE];
    if (tree->failed || list_tree(&list, tree, NULL) != PEREBOR_OK) {
        tree->failed = true;
        return;
    }
    h5_node *group = h5_add_group(tree, tree->root, H5_CHECKSUMS);
    h5_node *path = h5_add_dataset(tree, group, "path", H5_TEXT, 1, list.n, 0);
    h5_node *sum = h5_add_dataset(tree, group, "sha256", H5_TEXT, 1, list.n, 0);
    for (size_t i = 0; sum != NULL && i < list.n; i++) {
        perebor_sha256_hex(list.items[i].whole, hex);
        ((const char **)path->array.data)[i] = h5_keep_text(tree, list.items[i].path);
        ((const char **)sum->array.data)[i] = h5_keep_text(tree, hex);
    }
    if (sum != NULL) {
        hash_rows(path->array.data, sum->array.data, list.n, hex);
        h5_set_text(tree, tree->root, sum_attribute, hex);
    }
    list_release(&list);
}

/** The rows of a file. */
typedef struct stated {
    const char *const *paths, *const *sums;
    size_t n;
} stated;

/** Finds the rows; false if they are missing or do not have the checksum that the root states. */
static bool find_stated(const h5_tree *tree, stated *rows) {
    const h5_node *path = h5_find(tree->root, H5_CHECKSUMS "/path");
    const h5_node *sum = h5_find(tree->root, H5_CHECKSUMS "/sha256");
    const char *whole = h5_find_text(tree->root, sum_attribute);
    char hex[PEREBOR_SHA256_HEX_SIZE];
    if (path == NULL || sum == NULL || whole == NULL || path->type != H5_DATASET ||
        sum->type != H5_DATASET || path->array.kind != H5_TEXT || sum->array.kind != H5_TEXT ||
        path->array.n_dimensions != 1 || sum->array.n_dimensions != 1 ||
        path->array.dimensions[0] != sum->array.dimensions[0]) {
        return false;
    }
    *rows = (stated){path->array.data, sum->array.data, path->array.dimensions[0]};
    hash_rows(rows->paths, rows->sums, rows->n, hex);
    return strcmp(hex, whole) == 0;
}

/** Whether the group at the top of a path was read. */
static bool was_read(const h5_tree *tree, const char *path) {
    size_t length = strcspn(path + (path[0] == '/'), "/@");
    if (length == 0) {
        return true; // an attribute of the root
    }
    for (const h5_node *node = tree->root->children; node != NULL; node = node->next) {
        if (strncmp(node->name, path + 1, length) == 0 && node->name[length] == '\0') {
            return true;
        }
    }
    return false;
}

/** A row of the file, and what the file has there; either may be missing. */
static void compare_one(const h5_tree *tree, const char *path, const char *sum, const item *here,
                        h5_fault *fault, void *context) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    if (sum == NULL) {
        if (here != NULL && here->is_content) {
            fault(context, here->path, "is not what was written: it has no checksum");
        }
    } else if (here == NULL) {
        if (was_read(tree, path)) {
            fault(context, path, "is missing");
        }
    } else {
        perebor_sha256_hex(here->whole, hex);
        if (strcmp(hex, sum) != 0) {
            fault(context, path, "is not what was written: its checksum differs");
        }
    }
}

perebor_status h5_checksums_compare(const h5_tree *tree, h5_fault *fault, void *context,
                                    size_t *n_rows, perebor_error *error) {
    stated rows = {0};
    item_list list = {0};
    if (!find_stated(tree, &rows)) {
        fault(context, group_prefix, "is not what was written");
        return PEREBOR_OK;
    }
    perebor_status status = list_tree(&list, tree, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t row = 0, i = 0; row < rows.n || i < list.n;) {
        int order = row == rows.n ? 1
                    : i == list.n ? -1
                                  : strcmp(rows.paths[row], list.items[i].path);
        compare_one(tree, order <= 0 ? rows.paths[row] : NULL, order <= 0 ? rows.sums[row] : NULL,
                    order >= 0 ? &list.items[i] : NULL, fault, context);
        row += order <= 0;
        i += order >= 0;
    }
    *n_rows = rows.n;
    list_release(&list);
    return PEREBOR_OK;
}

perebor_status h5_checksums_compare_derived(const h5_tree *tree, const h5_tree *derived,
                                            h5_fault *fault, void *context, perebor_error *error) {
    perebor_status status;
    item_list ours = {0}, theirs = {0};
    PEREBOR_TRY(done, list_tree(&ours, tree, error));
    PEREBOR_TRY(done, list_tree(&theirs, derived, error));
    for (size_t i = 0, j = 0; i < ours.n && j < theirs.n;) {
        const item *left = &ours.items[i], *right = &theirs.items[j];
        int order = strcmp(left->path, right->path);
        if (order == 0 && left->is_content && right->is_content &&
            memcmp(left->content, right->content, sizeof left->content) != 0) {
            fault(context, left->path, "disagrees with what it is derived from");
        }
        i += order <= 0;
        j += order >= 0;
    }
done:
    list_release(&ours);
    list_release(&theirs);
    return status;
}
