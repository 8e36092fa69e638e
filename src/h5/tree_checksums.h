// SPDX-License-Identifier: MIT
/**
 * @file tree_checksums.h
 * A checksum for everything in a tree, so that a file tells which part of it was altered.
 *
 * The group /checksums has a row for each dataset (its numbers or texts, with its attributes), for
 * each column of a table and for each attribute of a group: `path` and `sha256`. The attribute
 * `checksum` of the root is over these rows. What a row covers does not depend on how a file stores
 * it: whole numbers enter as eight bytes, reals as IEEE 754 has them, texts as their length and
 * bytes. Nothing is listed by hand: what is added to a tree is covered.
 *
 * An attribute of a group that has no row is somebody's note, and is let be. A dataset that has
 * none is a fault.
 */
#ifndef PEREBOR_H5_TREE_CHECKSUMS_H
#define PEREBOR_H5_TREE_CHECKSUMS_H

#include "h5/file_tree.h"

/** The attribute of the root. */
#define H5_CHECKSUMS "checksums"

/** Hears of what does not hold: a path, and what is the matter with it. */
typedef void h5_fault(void *context, const char *path, const char *what);

/** Adds the checksums of what is in the tree; to be called last. Failing allocations are remembered
 * by the tree. */
void h5_checksums_add(h5_tree *tree);

/**
 * Compares a tree with its checksums. Rows of groups that were not read into it are passed over.
 *
 * @param[in] fault  Called for everything that does not hold.
 *
 * @retval PEREBOR_ERR_MEMORY  Nothing can be said.
 */
PEREBOR_MUST_CHECK perebor_status h5_checksums_compare(const h5_tree *tree, h5_fault *fault,
                                                       void *context, size_t *n_rows,
                                                       perebor_error *error);

/**
 * Compares the datasets and columns that two trees both have. Attributes are left out.
 *
 * @param[in] derived  Made anew from what was read out of @p tree.
 */
PEREBOR_MUST_CHECK perebor_status h5_checksums_compare_derived(const h5_tree *tree,
                                                               const h5_tree *derived,
                                                               h5_fault *fault, void *context,
                                                               perebor_error *error);

#endif
