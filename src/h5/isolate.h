// SPDX-License-Identifier: MIT
/**
 * @file isolate.h
 * Reads an HDF5 file in a child process with limits.
 *
 * HDF5 crashes or hangs on some damaged files. Here it does so in a child, whose death is an error
 * message; what a child hands back is checked byte by byte when it has ended and nobody can change
 * it any more. It is no sandbox: the child may open whatever its user may.
 */
#ifndef PEREBOR_H5_ISOLATE_H
#define PEREBOR_H5_ISOLATE_H

#include "h5/file_tree.h"

/** As hdf5_read(), but safe on any bytes. Forks. */
PEREBOR_MUST_CHECK perebor_status h5_read_isolated(const char *path, const char *const *groups,
                                                   h5_tree **tree, perebor_error *error);

#endif
