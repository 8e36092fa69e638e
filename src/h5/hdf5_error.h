// SPDX-License-Identifier: MIT
/**
 * @file hdf5_error.h
 * HDF5's complaints, silenced and translated. Only hdf5_*.c include this.
 */
#ifndef PEREBOR_H5_HDF5_ERROR_H
#define PEREBOR_H5_HDF5_ERROR_H

#include "perebor/status.h"

/**
 * Readies the library, once a process: it prints nothing, does nothing at exit (where it crashes on
 * a full disk) and loads no plugins. Call it before anything else of HDF5.
 */
void hdf5_prepare(void);

/**
 * Fills @p error with what was being done, to what (unless @p name is NULL), and the innermost
 * complaint of HDF5's error stack, and returns @p status.
 */
perebor_status hdf5_fail(perebor_error *error, perebor_status status, const char *doing,
                         const char *name);

/** Leaves with a translated error if an HDF5 call returns a negative value. */
#define HDF5_TRY(label, status_if_failed, doing, name, call)                                       \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            status = hdf5_fail(error, status_if_failed, doing, name);                              \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)

#endif
