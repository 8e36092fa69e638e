// SPDX-License-Identifier: MIT
/**
 * @file file.h
 * Whole files: read with a limit, written so that nobody ever sees half of one.
 *
 * A file is written under a temporary name beside its own ("NAME.tmp"), brought to the disk, and
 * then given its name in one step; a reader, or the next start after a crash, finds the old file or
 * the new one. A crash leaves at most one temporary file, which the next write takes over. Two
 * processes that write the same name at once are told apart by a lock on the temporary file.
 */
#ifndef PEREBOR_BASE_FILE_H
#define PEREBOR_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

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

/**
 * Writes a file in one step. When this returns PEREBOR_OK the bytes are on the disk; when it fails
 * the file that was there before is as it was.
 *
 * @param[in] overwrite  Whether an existing file may be replaced.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file exists and may not be replaced, or another process is
 *         writing it.
 * @retval PEREBOR_ERR_IO        The system refused: no space, no permission, no folder.
 */
PEREBOR_MUST_CHECK perebor_status perebor_file_write(const char *path, const void *bytes,
                                                     size_t size, bool overwrite,
                                                     perebor_error *error);

/** Writes all of the bytes to an open file, going on after interruptions and short writes. */
PEREBOR_MUST_CHECK perebor_status perebor_file_write_all(int descriptor, const char *path,
                                                         const void *bytes, size_t size,
                                                         perebor_error *error);

/** Brings the names in the folder of @p path to the disk. */
PEREBOR_MUST_CHECK perebor_status perebor_file_sync_folder(const char *path, perebor_error *error);

/** Deletes a file, durably; one that does not exist is fine. */
PEREBOR_MUST_CHECK perebor_status perebor_file_remove(const char *path, perebor_error *error);

#endif
