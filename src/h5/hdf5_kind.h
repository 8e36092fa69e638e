// SPDX-License-Identifier: MIT
/**
 * @file hdf5_kind.h
 * What a file is that HDF5 cannot open.
 */
#ifndef PEREBOR_H5_HDF5_KIND_H
#define PEREBOR_H5_HDF5_KIND_H

#include <stddef.h>

/** Says so after the name of the file: "is empty; …". @param[out] text  [size] */
void hdf5_describe_kind(const char *path, char *text, size_t size);

#endif
