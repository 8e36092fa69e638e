// SPDX-License-Identifier: MIT
/**
 * @file file_tree.h
 * A file's content in memory: groups, datasets and attributes, without a word of HDF5.
 *
 * Everything that is stored passes through a tree. The rest of the room turns a result into a tree
 * and back; only hdf5_write.c and hdf5_read.c know how a tree lies in a file.
 *
 * Adding remembers the first failure of an allocation and then does nothing, so that a tree is
 * built without a check on every line and asked once: store_tree_check().
 */
#ifndef PEREBOR_STORE_FILE_TREE_H
#define PEREBOR_STORE_FILE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/status.h"

/** Of the elements of an array. */
typedef enum store_kind {
    STORE_INT8,
    STORE_INT32,
    STORE_INT64,
    STORE_UINT64,
    STORE_DOUBLE,
    STORE_TEXT, /**< const char *, UTF-8, never NULL */
} store_kind;

enum { STORE_N_KINDS = STORE_TEXT + 1 };

/** A scalar, a row or a matrix (last index fastest). */
typedef struct store_array {
    store_kind kind;
    size_t n_dimensions; /**< 0, 1 or 2 */
    size_t dimensions[2];
    void *data; /**< Of the kind; at least one element is allocated. */
} store_array;

typedef struct store_attribute {
    const char *name;
    store_array value; /**< A scalar or a row. */
    struct store_attribute *next;
} store_attribute;

typedef enum store_node_type {
    STORE_GROUP,
    STORE_DATASET,
    STORE_TABLE, /**< Its children are columns of one length, stored side by side as one dataset. */
} store_node_type;

typedef struct store_node {
    const char *name;
    store_node_type type;
    store_array array;     /**< of a dataset */
    const char *scales[2]; /**< Datasets of the same group that label the dimensions, or NULL; a
                                dataset that names itself is such a scale. */
    store_attribute *attributes, *last_attribute;
    struct store_node *children, *last_child;
    struct store_node *next;
} store_node;

typedef struct store_tree {
    perebor_arena arena;
    store_node *root;
    bool failed; /**< An allocation failed. */
} store_tree;

/** NULL if memory is short. */
store_tree *store_tree_create(void);
void store_tree_free(store_tree *tree);

/** PEREBOR_ERR_MEMORY if anything could not be added; @p what is named in the message. */
PEREBOR_MUST_CHECK perebor_status store_tree_check(const store_tree *tree, const char *what,
                                                   perebor_error *error);

/** Bytes of one element in memory. */
size_t store_kind_size(store_kind kind);

/** Number of elements; 1 for a scalar. */
size_t store_array_length(const store_array *array);

/** Adds a group or table; NULL if memory is short or @p parent is NULL. */
store_node *store_add_group(store_tree *tree, store_node *parent, const char *name);
store_node *store_add_table(store_tree *tree, store_node *parent, const char *name);

/**
 * Adds a dataset of zeroes (of "" for texts) for the caller to fill; its data is node->array.data.
 *
 * @param[in] n_dimensions  With n_rows and n_columns; 1 ignores n_columns, 0 both.
 */
store_node *store_add_dataset(store_tree *tree, store_node *parent, const char *name,
                              store_kind kind, size_t n_dimensions, size_t n_rows,
                              size_t n_columns);

/** Adds a row of texts, copied; NULL among them counts as "". */
store_node *store_add_texts(store_tree *tree, store_node *parent, const char *name,
                            const char *const *texts, size_t n_texts);

/** A copy of a text that lives as long as the tree; never NULL, "" for NULL. */
const char *store_keep_text(store_tree *tree, const char *text);

/** Adds an attribute; does nothing if @p node is NULL. NULL text counts as "". */
void store_set_text(store_tree *tree, store_node *node, const char *name, const char *text);
void store_set_integer(store_tree *tree, store_node *node, const char *name, int64_t value);
void store_set_unsigned(store_tree *tree, store_node *node, const char *name, uint64_t value);

/**
 * Says what the values 0, 1, 2 … of a dataset of STORE_INT8 mean, as the CF conventions have it.
 *
 * @param[in] meanings  Words separated by single spaces.
 */
void store_set_flags(store_tree *tree, store_node *node, const char *meanings);

/** Adds an attribute of zeroes for the caller to fill. @param[in] n_dimensions 0 or 1. */
store_attribute *store_add_attribute(store_tree *tree, store_node *node, const char *name,
                                     store_kind kind, size_t n_dimensions, size_t length);

/** The node at a path such as "trials/state" below @p node, or NULL. */
const store_node *store_find(const store_node *node, const char *path);

/** The attribute of that name, or NULL. */
const store_attribute *store_find_attribute(const store_node *node, const char *name);

/** The scalar text attribute of that name, or NULL. */
const char *store_find_text(const store_node *node, const char *name);

#endif
