// SPDX-License-Identifier: MIT
/**
 * @file subgroup.h
 * Subgroups that differ: short descriptions of rows among which more are positive than elsewhere
 * (Klösgen, "Explora", 1996; Wrobel, PKDD 1997).
 *
 * Descriptions are conjunctions of conditions (subgroup_condition.h), searched by beam: those of
 * one condition, then those that the best of them become with one more, and so on. A description is
 * worth its weighted relative accuracy (Lavrač, Flach and Zupan, ILP 1999),
 *
 *     WRAcc = n/N (n₊/n - N₊/N),
 *
 * and believed by Fisher's exact p, one-sided, after Benjamini and Hochberg over *all* descriptions
 * that there are, searched or not: those that were not count as tests with p = 1, so that what is
 * found by looking at many is not believed more easily (Webb, "Discovering significant patterns",
 * Machine Learning 68, 2007). Descriptions of each length share the level equally (Webb, "Layered
 * critical values", Machine Learning 71, 2008).
 *
 * What is believed is gone through from the best down. What stays is not redundant: each condition
 * adds something (against the description without it, Fisher's p at the level); no two overlap by
 * more than a Jaccard coefficient; and each is believed among the rows that those before it leave,
 * there at a level for any mistake at all (testing.h says why).
 */
#ifndef PEREBOR_SUBGROUP_SUBGROUP_H
#define PEREBOR_SUBGROUP_SUBGROUP_H

#include "subgroup/subgroup_condition.h"

enum { SUBGROUP_MOST_CONDITIONS = 3 };

/** What is looked for. */
typedef struct subgroup_terms {
    size_t depth;   /**< Conditions of a description: from 1 to SUBGROUP_MOST_CONDITIONS. */
    size_t n_bins;  /**< Bins of a numeric column; at least 2. */
    size_t beam;    /**< Descriptions of a length that are built upon; at least 1. */
    double support; /**< Least share of the rows. */
    double level;   /**< The level of false discoveries. */
    double overlap; /**< Greatest Jaccard coefficient of two that are kept. */
    size_t most;    /**< Subgroups that are kept. */
} subgroup_terms;

/** The rows that are searched. Borrowed. */
typedef struct subgroup_rows {
    const perebor_column *const *columns; /**< [n_columns] */
    size_t n_columns;
    const uint8_t *labels; /**< By row of the columns. */
    const uint32_t *rows;  /**< [n_rows] rows of the columns. */
    size_t n_rows;
} subgroup_rows;

/** A description and what it describes. */
typedef struct subgroup {
    subgroup_condition conditions[SUBGROUP_MOST_CONDITIONS];
    size_t n_conditions;
    size_t n, n_positive; /**< How many of the rows that were searched it describes. */
    double quality;       /**< WRAcc */
    double p, p_adjusted;
} subgroup;

/** Starts as {0}; released with subgroups_release(). */
typedef struct subgroups {
    subgroup *items; /**< [n] the best first */
    size_t n;
    size_t n_rows, n_positive;
    double n_descriptions; /**< That there are. */
    size_t n_searched;     /**< That were looked at. */
    size_t n_believed;     /**< Before what is redundant was left out. */
} subgroups;

/** Searches. */
PEREBOR_MUST_CHECK perebor_status subgroups_search(subgroups *found, const subgroup_rows *rows,
                                                   const subgroup_terms *terms,
                                                   perebor_error *error);

/** Whether a row meets all conditions. @param[in] columns  As they were searched. */
bool subgroup_has(const subgroup *subgroup, const perebor_column *const *columns, size_t row);

void subgroups_release(subgroups *found);

#endif
