// SPDX-License-Identifier: MIT
/**
 * @file told.h
 * What is told of a segment where not all can be: the few things that are largest.
 */
#ifndef PEREBOR_SEGMENT_TOLD_H
#define PEREBOR_SEGMENT_TOLD_H

#include "segment/segmentation.h"

enum { SEGMENT_MOST_TOLD = 32 };

/**
 * The traits by which a segment differs from the rest, the largest effects first; those of an
 * adjusted p above .05 are left out.
 *
 * @param[out] traits  [n] @return How many, at most n.
 */
size_t segment_traits_rank(const segmentation *made, const segment *segment, size_t *traits,
                           size_t n);

/** The columns that add most to the scores of a segment or take most. @param[out] columns [n]
 * @return How many; 0 if rows are not explained. */
size_t segment_drivers_rank(const segmentation *made, const segment *segment, size_t *columns,
                            size_t n);

/** The columns in which the center of a cluster is farthest from the mean: "pages -1.2, promo +0.8
 * sd". In the arena of the segmentation; NULL if memory is short. */
const char *segment_cluster_describe(segmentation *made, size_t cluster);

#endif
