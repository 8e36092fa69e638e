// SPDX-License-Identifier: MIT
#ifndef PEREBOR_H5_HDF5_WRITE_H
#define PEREBOR_H5_HDF5_WRITE_H

#include "h5/file_tree.h"

/**
 * Lays a tree out as the bytes of an HDF5 file. Equal trees give equal bytes.
 *
 * @param[out] image  The caller frees it.
 */
PEREBOR_MUST_CHECK perebor_status hdf5_write(const h5_tree *tree, void **image, size_t *size,
                                             perebor_error *error);

/** Version of the HDF5 library that is linked, such as "1.10.8". */
const char *h5_library_version(void);

#endif
