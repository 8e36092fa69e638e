// SPDX-License-Identifier: MIT
#ifndef PEREBOR_H5_HDF5_READ_H
#define PEREBOR_H5_HDF5_READ_H

#include "h5/file_tree.h"

/**
 * Reads groups of an HDF5 file.
 *
 * Whole numbers come as H5_INT64 (H5_UINT64 if unsigned and of eight bytes), other numbers as
 * H5_DOUBLE, text of variable length as H5_TEXT; rows of records as H5_TABLE. What is of
 * another type, has more than two dimensions, or hangs on a soft or external link is passed over. A
 * damaged file may crash HDF5 in here, or keep it busy for ever: see isolate.h.
 *
 * @param[in] groups  Ends with NULL: the groups of the root that are wanted, with all below them.
 * @param[in] pages   Where large arrays go, while there is room; NULL: into the tree's own memory.
 *
 * @retval PEREBOR_ERR_IO      It cannot be opened.
 * @retval PEREBOR_ERR_FORMAT  Not HDF5, or damaged.
 */
PEREBOR_MUST_CHECK perebor_status hdf5_read(const char *path, const char *const *groups,
                                            h5_pages *pages, h5_tree **tree, perebor_error *error);

#endif
