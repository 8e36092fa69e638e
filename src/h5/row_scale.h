// SPDX-License-Identifier: MIT
/**
 * @file row_scale.h
 * Groups whose columns describe the same rows: a scale that numbers them, and a copy of the group
 * as one compound dataset, which pandas.read_hdf opens directly.
 */
#ifndef PEREBOR_H5_ROW_SCALE_H
#define PEREBOR_H5_ROW_SCALE_H

#include "h5/file_tree.h"

/**
 * Adds the dimension scale @p name, which numbers the rows from 0, and lets it label every column
 * that the group has.
 */
void h5_number_rows(h5_tree *tree, h5_node *group, const char *name, size_t n);

/**
 * Adds /tables/NAME: the one-dimensional columns of a group side by side, but for @p left_out (or
 * NULL). The columns share their data with the group's.
 *
 * @return The table, to which further columns may be added; NULL if @p group is NULL or memory ran
 *         out, which h5_tree_check() reports.
 */
h5_node *h5_add_table_of(h5_tree *tree, const h5_node *group, const char *name,
                         const char *left_out);

#endif
