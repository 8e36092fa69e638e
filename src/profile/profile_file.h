// SPDX-License-Identifier: MIT
/**
 * @file profile_file.h
 * A profile as an HDF5 file: everything that a page or a notebook draws from, with names, units
 * and conventions beside the numbers. docs/reference/profile.md lists the groups.
 */
#ifndef PEREBOR_PROFILE_PROFILE_FILE_H
#define PEREBOR_PROFILE_PROFILE_FILE_H

#include "perebor/file_identity.h"
#include "perebor/output.h"
#include "perebor/status.h"
#include "profile/profile_document.h"

/** Profiles in HDF5 and in JSON. */
extern const perebor_output_kind perebor_profile_kind, perebor_profile_json_kind;

/**
 * Writes a profile in one step; equal profiles give equal bytes.
 *
 * @param[in,out] expected  What may be there and is replaced, {0} if nothing; receives what is
 * there now.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another file is there, and stays.
 * @retval PEREBOR_ERR_IO        The system refused, or HDF5 did.
 */
PEREBOR_MUST_CHECK perebor_status perebor_profile_write(const perebor_profile_document *document,
                                                        const char *path,
                                                        perebor_file_identity *expected,
                                                        perebor_error *error);

#endif
