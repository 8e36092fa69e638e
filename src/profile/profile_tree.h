// SPDX-License-Identifier: MIT
/**
 * @file profile_tree.h
 * A profile as the content of a file.
 */
#ifndef PEREBOR_PROFILE_PROFILE_TREE_H
#define PEREBOR_PROFILE_PROFILE_TREE_H

#include "h5/file_tree.h"
#include "profile/profile_document.h"

/** Adds all that a profile's file has. */
void document_to_tree(const perebor_profile_document *document, h5_tree *tree);

/** Adds /leaks: columns that tell the target. */
void leaks_to_tree(const perebor_leaks *leaks, h5_tree *tree);

/** Adds /target, /features, /numeric, /levels and /matrices. */
void exploration_to_tree(const perebor_profile *profile, h5_tree *tree);

#endif
