// SPDX-License-Identifier: MIT
/**
 * @file profile_matrices.h
 * How the columns of a profile go with the target, with each other, and with all others together.
 */
#ifndef PEREBOR_PROFILE_PROFILE_MATRICES_H
#define PEREBOR_PROFILE_PROFILE_MATRICES_H

#include "profile/profile.h"

/**
 * Relates every column with the target, chooses the features of the matrices and fills these.
 *
 * @pre Columns have been described.
 */
PEREBOR_MUST_CHECK perebor_status profile_matrices_fill(perebor_profile *profile,
                                                        const perebor_profile_watch *watch,
                                                        perebor_error *error);

/** Fills vif and global_phik from the matrices. */
PEREBOR_MUST_CHECK perebor_status profile_inflate(perebor_profile *profile, perebor_error *error);

/** Tells somebody how far things are, if anybody wants to know. */
void profile_tell(const perebor_profile_watch *watch, const char *what, size_t n_done, size_t n);

#endif
