// SPDX-License-Identifier: MIT
/**
 * @file file.h
 * Files as the operating system has them, with what it leaves to its callers: interruptions, short
 * writes, names that are not on the disk yet. Whole files are written by file_write.h.
 */
#ifndef PEREBOR_BASE_FILE_H
#define PEREBOR_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/types.h>

#include "perebor/file_identity.h"
#include "perebor/status.h"

/** As open(2), closed on exec, and tried again after an interruption. -1 with errno on failure. */
int perebor_file_open(const char *path, int flags, mode_t mode);

/**
 * Says that a file cannot be opened, and, if it is not there, which name is near.
 *
 * @param[in] reason  errno, or 0 for what is not a regular file.
 *
 * @return PEREBOR_ERR_IO
 */
perebor_status perebor_file_fail_to_open(const char *path, int reason, perebor_error *error);

/**
 * Opens a regular file for reading. A pipe, on which open(2) would wait for a writer, is refused.
 *
 * @param[out] descriptor  Closed by the caller.
 *
 * @retval PEREBOR_ERR_IO  It cannot be opened, or it is not a regular file.
 */
PEREBOR_MUST_CHECK perebor_status perebor_file_open_regular(const char *path, int *descriptor,
                                                            perebor_error *error);

/**
 * Reads a regular file as a whole.
 *
 * @param[out] bytes     Receives its bytes and a zero after them; the caller frees them.
 * @param[out] size      How many there are, without the zero.
 * @param[in]  max_size  The most that is accepted.
 *
 * @retval PEREBOR_ERR_IO      It cannot be opened or read, or it is not a regular file.
 * @retval PEREBOR_ERR_FORMAT  It is longer than @p max_size.
 */
PEREBOR_MUST_CHECK perebor_status perebor_file_read(const char *path, size_t max_size, char **bytes,
                                                    size_t *size, perebor_error *error);

/** Writes all of the bytes to an open file, going on after interruptions and short writes; not for
 * ever where every write is interrupted. */
PEREBOR_MUST_CHECK perebor_status perebor_file_write_all(int descriptor, const char *path,
                                                         const void *bytes, size_t size,
                                                         perebor_error *error);

/** As fsync(2), or fdatasync(2) if @p data_only, tried again after an interruption. */
int perebor_file_sync(int descriptor, bool data_only);

/** Brings the names in the folder of @p path to the disk. */
PEREBOR_MUST_CHECK perebor_status perebor_file_sync_folder(const char *path, perebor_error *error);

/** Deletes a file, durably; one that does not exist is fine. */
PEREBOR_MUST_CHECK perebor_status perebor_file_remove(const char *path, perebor_error *error);

#endif
