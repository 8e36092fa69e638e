// SPDX-License-Identifier: MIT
/**
 * @file segments_tree.h
 * A segmentation as the group /segments of a result file.
 */
#ifndef PEREBOR_SEGMENT_SEGMENTS_TREE_H
#define PEREBOR_SEGMENT_SEGMENTS_TREE_H

#include "h5/file_tree.h"
#include "segment/segmentation.h"

enum { SEGMENTS_VERSION = 2 };

/**
 * Writes a segmentation.
 *
 *     /segments            value, horizon, share_lost, consent, seed, risk, worth, and where the
 *                          bands begin
 *       customers/         a row each: id, probability, bounds, value, at risk, rank, bands, and
 *                          the segments that it is in one of at most: cell, cluster, driver
 *       segment/           a segment each: name, kind, sizes, shares and sums
 *       traits/            names of the columns and levels that segments are compared by
 *       mean_in, mean_out, effect, p_adjusted   [segment][trait]
 *       members            [segment][customer] 1 for a member
 *       portrait/          an axis each: its cuts; band [customer][axis]
 *       drivers/           column; mean, standard_error [segment][column]
 *       clusters/          centers, how many and how well apart, stability
 *       discovered/        a rule each that was found
 *
 * h5_tree_check() says whether all of it could be added.
 */
void segments_to_tree(const segmentation *made, h5_tree *tree, h5_node *group);

#endif
