// SPDX-License-Identifier: MIT
/**
 * @file profile_stage.h
 * A profile as a stage of a result file: /profile, what a report tells of the data. It holds
 * figures of columns, no row: which keys a finding concerns, and which cells were corrected, is in
 * a profile's own file alone.
 */
#ifndef PEREBOR_PROFILE_PROFILE_STAGE_H
#define PEREBOR_PROFILE_PROFILE_STAGE_H

#include "h5/file_tree.h"
#include "profile/profile_document.h"

/**
 * Adds the group /profile: quality/findings, quality/columns, leaks, target, features, numeric,
 * levels and matrices, as docs/reference/profile.md describes them.
 *
 * @param[out] group  The group, in the tree.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status profile_to_stage(const perebor_profile_document *document,
                                                   h5_tree *tree, const h5_node **group,
                                                   perebor_error *error);

#endif
