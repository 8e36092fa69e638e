// SPDX-License-Identifier: MIT
/**
 * @file findings_tree.h
 * What was found out to make segments: where axes are cut, what drives scores, clusters, rules.
 */
#ifndef PEREBOR_SEGMENT_FINDINGS_TREE_H
#define PEREBOR_SEGMENT_FINDINGS_TREE_H

#include "h5/file_tree.h"
#include "segment/segmentation.h"

/** Adds those of the groups portrait, drivers, clusters and discovered that there is something for.
 */
void segment_findings_to_tree(const segmentation *made, h5_tree *tree, h5_node *group);

#endif
