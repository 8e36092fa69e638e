// SPDX-License-Identifier: MIT
/**
 * @file profile_file.h
 * A profile as an HDF5 file: everything that a page or a notebook draws from, with names, units
 * and conventions beside the numbers. docs/reference/profile.md lists the groups.
 */
#ifndef PEREBOR_PROFILE_FILE_H
#define PEREBOR_PROFILE_FILE_H

#include <stdbool.h>

#include "perebor/profile_document.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/**
 * Writes a profile in one step; equal profiles give equal bytes.
 *
 * @param[in] overwrite  Whether an existing file may be replaced.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file exists and may not be replaced.
 * @retval PEREBOR_ERR_IO        The system refused, or HDF5 did.
 */
PEREBOR_MUST_CHECK perebor_status perebor_profile_write(const perebor_profile_document *document,
                                                        const char *path, bool overwrite,
                                                        perebor_error *error);

PEREBOR_END_DECLS

#endif
