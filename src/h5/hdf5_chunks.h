// SPDX-License-Identifier: MIT
/**
 * @file hdf5_chunks.h
 * Datasets as hdf5_write.c stores them, read without HDF5's filters: these take most of the time
 * that a file takes.
 */
#ifndef PEREBOR_H5_HDF5_CHUNKS_H
#define PEREBOR_H5_HDF5_CHUNKS_H

#include <hdf5.h>

#include "h5/file_tree.h"

/**
 * Reads a dataset of numbers of eight bytes whose chunks of whole rows are shuffled and deflated.
 *
 * @param[in]     type   That its elements are to be read as.
 * @param[in,out] array  Of its shape.
 * @return False if it is stored in another way, damaged, or memory is short: then H5Dread() is to
 *         read it, or to say what is wrong. HDF5 complains of nothing then.
 */
bool hdf5_chunks_read(hid_t dataset, hid_t file_type, hid_t type, h5_array *array);

#endif
