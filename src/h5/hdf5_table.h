// SPDX-License-Identifier: MIT
/**
 * @file hdf5_table.h
 * A table as one dataset of records, which is what pandas.read_hdf opens.
 */
#ifndef PEREBOR_H5_HDF5_TABLE_H
#define PEREBOR_H5_HDF5_TABLE_H

#include <hdf5.h>

#include "h5/file_tree.h"

/**
 * Writes the children of a H5_TABLE node, all of one length, as the columns of records. Text is
 * of fixed length here, that of the longest: PyTables knows no other inside a record.
 */
PEREBOR_MUST_CHECK perebor_status hdf5_table_write(hid_t group, const h5_node *table,
                                                   perebor_error *error);

/**
 * Reads a table of @p n_rows records as a H5_TABLE node with a column for each member; whole
 * numbers as H5_INT64, others as H5_DOUBLE, text up to its first zero. A table with a member
 * of another type has no columns.
 */
PEREBOR_MUST_CHECK perebor_status hdf5_table_read(hid_t dataset, h5_tree *tree, h5_node *parent,
                                                  const char *name, size_t n_rows,
                                                  perebor_error *error);

#endif
