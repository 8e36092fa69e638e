// SPDX-License-Identifier: MIT
/**
 * @file file_write.h
 * Whole files, written so that nobody ever sees half of one.
 *
 * What is written is a draft (draft.h) until it is on the disk as a whole. Where two processes
 * write a name which is free, one succeeds; a file that is there is replaced only by whoever says
 * so, and only while it is the file that was meant.
 */
#ifndef PEREBOR_BASE_FILE_WRITE_H
#define PEREBOR_BASE_FILE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/file_identity.h"
#include "perebor/status.h"

/**
 * Writes a file in one step. When this returns PEREBOR_OK the bytes are on the disk; when it fails
 * the file that was there before is as it was.
 *
 * @param[in] overwrite  Whether an existing file may be replaced.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file exists and may not be replaced.
 * @retval PEREBOR_ERR_IO        The system refused: no space, no permission, no folder.
 */
PEREBOR_MUST_CHECK perebor_status perebor_file_write(const char *path, const void *bytes,
                                                     size_t size, bool overwrite,
                                                     perebor_error *error);

/**
 * The same where a file may be replaced if it is still the one that was decided about. Either way
 * the drafts that crashes left of it go (base/draft.h).
 *
 * @param[in,out] expected  What may be there; receives what is there now.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another file is there, and stays.
 */
PEREBOR_MUST_CHECK perebor_status perebor_file_replace(const char *path, const void *bytes,
                                                       size_t size, perebor_file_identity *expected,
                                                       perebor_error *error);

#endif
