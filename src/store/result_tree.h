// SPDX-License-Identifier: MIT
/**
 * @file result_tree.h
 * A result as a tree and back: the layout of docs/reference/result-file.md.
 */
#ifndef PEREBOR_STORE_RESULT_TREE_H
#define PEREBOR_STORE_RESULT_TREE_H

#include "perebor/result_file.h"
#include "store/file_tree.h"

/** Of the layout. A reader takes any minor version of the major one it knows. */
#define RESULT_FORMAT "perebor"
#define RESULT_FORMAT_VERSION "1.0"
enum { RESULT_FORMAT_MAJOR = 1 };

PEREBOR_MUST_CHECK perebor_status result_to_tree(const perebor_result *result, store_tree **tree,
                                                 perebor_error *error);

/** Adds /trials and /tables/trials. */
PEREBOR_MUST_CHECK perebor_status trials_to_tree(const perebor_trials *trials, store_tree *tree,
                                                 perebor_error *error);

/** Adds to /trials what says which points the trials are: params and the param_ columns. */
void parameters_to_tree(const perebor_trials *trials, store_tree *tree, store_node *group);

/** @param[in] path  Of the file, for messages. */
PEREBOR_MUST_CHECK perebor_status result_from_tree(const store_tree *tree, const char *path,
                                                   perebor_result **result, perebor_error *error);

/** Makes the table of /trials. */
PEREBOR_MUST_CHECK perebor_status trials_from_tree(const store_tree *tree, const char *path,
                                                   perebor_trials **trials, perebor_error *error);

#endif
