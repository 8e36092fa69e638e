// SPDX-License-Identifier: MIT
/**
 * @file hdf5_types.h
 * Kinds of elements as HDF5 types, and handles of any sort. Only hdf5_*.c include this.
 */
#ifndef PEREBOR_H5_HDF5_TYPES_H
#define PEREBOR_H5_HDF5_TYPES_H

#include <hdf5.h>

#include "h5/file_tree.h"

/**
 * The type of a kind, in memory as in the file (HDF5 brings numbers to the reader's order of
 * bytes); text is UTF-8 of variable length. Closed by the caller; negative on failure.
 */
hid_t hdf5_type(h5_kind kind);

/** Text of exactly @p size bytes, padded with zeroes. */
hid_t hdf5_fixed_text_type(size_t size);

/** The same to read what a file has as @p file_type, whose text may be called ASCII. */
hid_t hdf5_type_of_file(h5_kind kind, hid_t file_type);
hid_t hdf5_fixed_text_type_of_file(size_t size, hid_t file_type);

/** Closes a handle of any sort; does nothing if it is negative. What HDF5 complained of before is
 * still there for hdf5_fail(). */
void hdf5_close(hid_t handle);

#endif
