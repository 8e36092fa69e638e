// SPDX-License-Identifier: MIT
/**
 * @file quality_tree.h
 * What was found in tables, as the content of a file.
 */
#ifndef PEREBOR_INSPECT_QUALITY_TREE_H
#define PEREBOR_INSPECT_QUALITY_TREE_H

#include "h5/file_tree.h"
#include "inspect/quality.h"

/** Adds /quality: findings, the columns at every stage, and corrections. */
void quality_to_tree(const perebor_quality *quality, h5_tree *tree);

#endif
