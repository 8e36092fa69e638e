// SPDX-License-Identifier: MIT
/**
 * @file file_tree.h
 * A file's content in memory: groups, datasets and attributes, without a word of HDF5.
 *
 * Everything that is stored passes through a tree. The rest of the room turns a result into a tree
 * and back; only hdf5_write.c and hdf5_read.c know how a tree lies in a file.
 *
 * Adding remembers the first failure of an allocation and then does nothing, so that a tree is
 * built without a check on every line and asked once: h5_tree_check().
 */
#ifndef PEREBOR_H5_FILE_TREE_H
#define PEREBOR_H5_FILE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "h5/pages.h"
#include "perebor/status.h"

/** The type of the elements of an array. */
typedef enum h5_kind {
    H5_INT8,
    H5_INT32,
    H5_INT64,
    H5_UINT64,
    H5_DOUBLE,
    H5_TEXT, /**< const char *, UTF-8, never NULL */
} h5_kind;

enum { H5_N_KINDS = H5_TEXT + 1 };

/** A scalar, a row or a matrix (last index fastest). */
typedef struct h5_array {
    h5_kind kind;
    size_t n_dimensions; /**< 0, 1 or 2 */
    size_t dimensions[2];
    void *data; /**< Elements of the kind; at least one is allocated. */
    h5_kind
        stored; /**< In the file: a reader widens whole numbers, and a copy narrows them again. */
    h5_pages *pages; /**< That the data lie in, which the tree holds; NULL: in its arena. */
} h5_array;

typedef struct h5_attribute {
    const char *name;
    h5_array value; /**< A scalar or a row. */
    struct h5_attribute *next;
} h5_attribute;

typedef enum h5_node_type {
    H5_GROUP,
    H5_DATASET,
    H5_TABLE, /**< Its children are columns of one length, stored side by side as one dataset. */
} h5_node_type;

typedef struct h5_node {
    const char *name;
    h5_node_type type;
    h5_array array;        /**< of a dataset */
    const char *scales[2]; /**< Datasets of the same group that label the dimensions, or NULL; a
                                dataset that names itself is such a scale. */
    h5_attribute *attributes, *last_attribute;
    struct h5_node *children, *last_child;
    struct h5_node *next;
} h5_node;

typedef struct h5_tree {
    perebor_arena arena;
    h5_node *root;
    bool failed;     /**< An allocation failed. */
    h5_pages *pages; /**< Where large arrays of numbers go while there is room, or come from; NULL:
                          nowhere. Held. */
} h5_tree;

/** NULL if memory is short. */
h5_tree *h5_tree_create(void);
void h5_tree_free(h5_tree *tree);

/** PEREBOR_ERR_MEMORY if anything could not be added; @p what is named in the message. */
PEREBOR_MUST_CHECK perebor_status h5_tree_check(const h5_tree *tree, const char *what,
                                                perebor_error *error);

/** Bytes of one element in memory. */
size_t h5_kind_size(h5_kind kind);

/** Number of elements; 1 for a scalar. */
size_t h5_array_length(const h5_array *array);

/** Adds a group or table; NULL if memory is short or @p parent is NULL. */
h5_node *h5_add_group(h5_tree *tree, h5_node *parent, const char *name);
h5_node *h5_add_table(h5_tree *tree, h5_node *parent, const char *name);

/**
 * Adds a dataset of zeroes (of "" for texts) for the caller to fill; its data is node->array.data.
 *
 * @param[in] n_dimensions  With n_rows and n_columns; 1 ignores n_columns, 0 both.
 */
h5_node *h5_add_dataset(h5_tree *tree, h5_node *parent, const char *name, h5_kind kind,
                        size_t n_dimensions, size_t n_rows, size_t n_columns);

/** Adds a dataset whose data are those of another tree's, which lie in pages, if they can be had
 * together: this tree holds these or none yet. @return NULL if not, or memory is short. */
h5_node *h5_add_shared_dataset(h5_tree *tree, h5_node *parent, const char *name,
                               const h5_array *array);

/** Adds a row of texts, copied; NULL among them counts as "". */
h5_node *h5_add_texts(h5_tree *tree, h5_node *parent, const char *name, const char *const *texts,
                      size_t n_texts);

/** A copy of a text that lives as long as the tree; never NULL, "" for NULL. A byte that is not
 * UTF-8 is written as \x80, here and wherever a text is added. */
const char *h5_keep_text(h5_tree *tree, const char *text);

/** Adds an attribute; does nothing if @p node is NULL. NULL text counts as "". */
void h5_set_text(h5_tree *tree, h5_node *node, const char *name, const char *text);
void h5_set_integer(h5_tree *tree, h5_node *node, const char *name, int64_t value);
void h5_set_unsigned(h5_tree *tree, h5_node *node, const char *name, uint64_t value);
void h5_set_real(h5_tree *tree, h5_node *node, const char *name, double value);

/**
 * Says what the values 0, 1, 2 … of a dataset of H5_INT8 mean, as the CF conventions have it.
 *
 * @param[in] meanings  A word each, without spaces, by value; NULL ends them.
 */
void h5_set_flags(h5_tree *tree, h5_node *node, const char *const *meanings);

/** Adds an attribute of zeroes for the caller to fill. @param[in] n_dimensions 0 or 1. */
h5_attribute *h5_add_attribute(h5_tree *tree, h5_node *node, const char *name, h5_kind kind,
                               size_t n_dimensions, size_t length);

/** The node at a path such as "trials/state" below @p node, or NULL. */
const h5_node *h5_find(const h5_node *node, const char *path);

/** The elements of a row of a group: a dataset of that kind with @p n of them. NULL if it is no
 * such. */
const void *h5_row(const h5_node *group, const char *name, h5_kind kind, size_t n);

/** The attribute of that name, or NULL. */
const h5_attribute *h5_find_attribute(const h5_node *node, const char *name);

/** The scalar text attribute of that name, or NULL. */
const char *h5_find_text(const h5_node *node, const char *name);

#endif
