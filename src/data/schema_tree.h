// SPDX-License-Identifier: MIT
/**
 * @file schema_tree.h
 * The columns of a dataset as the content of a file and back.
 *
 *     target, positive, negative, id    attributes
 *     columns/                          a row a column: name, role, n_levels
 *     levels                            the columns' levels, one column after the other
 */
#ifndef PEREBOR_DATA_SCHEMA_TREE_H
#define PEREBOR_DATA_SCHEMA_TREE_H

#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "perebor/dataset.h"

/** Adds columns, target and identifier of a dataset to a group; its rows are left out. */
void schema_to_tree(const perebor_dataset *schema, h5_tree *tree, h5_node *group);

/**
 * Makes the schema that a group describes; what is wrong is remembered by the reader.
 *
 * @param[in] path  Of the group.
 * @return A dataset without rows, freed with perebor_dataset_free(); NULL if anything was wrong.
 */
perebor_dataset *schema_from_tree(h5_reader *reader, const char *path);

#endif
