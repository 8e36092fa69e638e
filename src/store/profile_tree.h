// SPDX-License-Identifier: MIT
/**
 * @file profile_tree.h
 * A profile as the content of a file.
 */
#ifndef PEREBOR_STORE_PROFILE_TREE_H
#define PEREBOR_STORE_PROFILE_TREE_H

#include "perebor/profile_document.h"
#include "store/file_tree.h"

#define PROFILE_FORMAT "perebor-profile"
#define PROFILE_FORMAT_VERSION "1.0"

/** Adds /sources, /steps and /quality: tables, what was done to them and what was found. */
void quality_to_tree(const perebor_profile_document *document, store_tree *tree);

/** Adds /target, /features, /numeric, /levels and /matrices. */
void exploration_to_tree(const perebor_profile *profile, store_tree *tree);

/**
 * Makes the columns of a group rows of one kind: adds the scale @p name, which numbers them from
 * 0, and lets it label every column of the group.
 */
void profile_number_rows(store_tree *tree, store_node *group, const char *name, size_t n);

/** Adds /tables/NAME: the columns of a group side by side, but for @p left_out (or NULL). */
void profile_add_table(store_tree *tree, const store_node *group, const char *name,
                       const char *left_out);

#endif
