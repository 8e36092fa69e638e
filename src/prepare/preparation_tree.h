// SPDX-License-Identifier: MIT
/**
 * @file preparation_tree.h
 * A fitted preparation as the content of a file and back.
 *
 *     sources/   a row a column of the schema: fill; scaling, shift, factor
 *     codes      [sum over nominal columns of n_levels + 1] ordinal codes, a missing value's last
 *     columns/   a row a prepared column: source, encoding, level, name
 */
#ifndef PEREBOR_PREPARE_PREPARATION_TREE_H
#define PEREBOR_PREPARE_PREPARATION_TREE_H

#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "perebor/preparation.h"

/** Adds a frozen preparation to a group. */
void preparation_to_tree(const perebor_preparation *preparation, h5_tree *tree, h5_node *group);

/**
 * Makes the preparation that a group describes; what is wrong is remembered by the reader.
 *
 * @param[in] path    Of the group.
 * @param[in] schema  The columns that it was fitted on; borrowed.
 * @return NULL if anything was wrong.
 */
perebor_preparation *preparation_from_tree(h5_reader *reader, const char *path,
                                           const perebor_dataset *schema,
                                           perebor_workspace *workspace);

#endif
