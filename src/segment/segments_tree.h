// SPDX-License-Identifier: MIT
/**
 * @file segments_tree.h
 * A segmentation as the group /segments of a result file.
 */
#ifndef PEREBOR_SEGMENT_SEGMENTS_TREE_H
#define PEREBOR_SEGMENT_SEGMENTS_TREE_H

#include "h5/file_tree.h"
#include "segment/segmentation.h"

enum { SEGMENTS_VERSION = 1 };

/**
 * Writes a segmentation.
 *
 *     /segments            value, horizon, share_lost, risk, worth, and where the bands begin
 *       customers/         a row each: id, probability, bounds, value, at risk, rank, bands, cell
 *       segment/           a segment each: name, kind, sizes, shares and sums
 *       traits/            names of the columns and levels that segments are compared by
 *       mean_in, mean_out, effect, p_adjusted   [segment][trait]
 *       members            [segment][customer] 1 for a member
 *
 * h5_tree_check() says whether all of it could be added.
 */
void segments_to_tree(const segmentation *made, const segment_rows *rows,
                      const segment_settings *settings, h5_tree *tree, h5_node *group);

#endif
