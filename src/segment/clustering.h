// SPDX-License-Identifier: MIT
/**
 * @file clustering.h
 * Rows in clusters by the columns that the user names, each less its mean and over its standard
 * deviation; a missing value counts as the mean.
 *
 * Where rows are many, CLUSTERING_MOST_FITTED are drawn, among which the number of clusters is
 * chosen and their stability measured; then centers move to where all rows want them.
 */
#ifndef PEREBOR_SEGMENT_CLUSTERING_H
#define PEREBOR_SEGMENT_CLUSTERING_H

#include "cluster/stability.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"

enum { CLUSTERING_MOST_FITTED = 20000 };

/** Starts as {0}; released with segment_clustering_release(). */
typedef struct segment_clustering {
    size_t n_columns;
    double *center, *scale; /**< [n_columns] */
    cluster_choice choice;
    cluster_stability stability;
    size_t n_clustered; /**< Rows in clusters. */
    size_t n_fitted;    /**< Rows among which the choice was made. */
    size_t n_filled;    /**< Missing values that count as the mean. */
    uint32_t *of_row;   /**< [n_rows] 1 for the first cluster, …; 0: in none. */
} segment_clustering;

/**
 * Finds clusters.
 *
 * @param[in] is_member  [dataset->n_rows] 1 for rows that are to be in clusters; NULL: all.
 * @param[in] seed       Of all draws.
 * @param[in] like       Whose clusters rows are put into; NULL: they are found.
 *
 * @retval PEREBOR_ERR_FORMAT  A column is not there or holds no numbers, or there are too few rows.
 */
PEREBOR_MUST_CHECK perebor_status segment_clustering_make(
    segment_clustering *found, const perebor_dataset *dataset, const uint8_t *is_member,
    const segment_clusters *settings, uint64_t seed, const segment_clustering *like,
    const char *experiment, perebor_error *error);

/** Below this mean silhouette the structure is weak (Kaufman and Rousseeuw, Finding Groups in Data,
 * 1990: "no substantial structure" up to .25, "weak" up to .5). */
static const double clustering_weak_silhouette = 0.25;

/** Below this mean Jaccard coefficient a cluster is not to be built upon (Hennig, 2007). */
static const double clustering_weak_jaccard = 0.6;

/** From this adjusted Rand index on clusters come again though they touch: of one round heap it is
 * .3, of three that touch .8 and more (docs/explanation/found-segments.md). */
static const double clustering_firm_rand = 0.8;

void segment_clustering_release(segment_clustering *found);

#endif
