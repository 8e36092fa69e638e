// SPDX-License-Identifier: MIT
/**
 * @file result_tree.h
 * A result as a tree and back: the layout of docs/reference/result-file.md.
 */
#ifndef PEREBOR_STORE_RESULT_TREE_H
#define PEREBOR_STORE_RESULT_TREE_H

#include "h5/file_tree.h"
#include "perebor/result_file.h"

/** The version of the layout. A reader takes any minor version of the major one it knows. */
#define RESULT_FORMAT "perebor"
#define RESULT_FORMAT_VERSION "1.3"
enum { RESULT_FORMAT_MAJOR = 1, RESULT_FIRST_MINOR_WITH_CHECKSUMS = 1 };

PEREBOR_MUST_CHECK perebor_status result_to_tree(const perebor_result *result, h5_tree **tree,
                                                 perebor_error *error);

/** @param[in] path  Of the file, for messages. */
PEREBOR_MUST_CHECK perebor_status result_from_tree(const h5_tree *tree, const char *path,
                                                   perebor_result **result, perebor_error *error);

/** @retval PEREBOR_ERR_FORMAT  Not a result file, or of a later major version. */
PEREBOR_MUST_CHECK perebor_status result_check_format(const h5_tree *tree, const char *path,
                                                      perebor_error *error);

/** Whether a file is of a version that has checksums. */
bool result_has_checksums(const h5_tree *tree);

#endif
