// SPDX-License-Identifier: MIT
/**
 * @file comparison_stages.h
 * What two result files say of columns and of customers: whether the same columns matter, whether
 * the same customers are in the same segments, and whether they get the same offers.
 *
 * Columns are the same by name, rows by identifier; where no file has identifiers, by their places,
 * if both have the same rows.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_STAGES_H
#define PEREBOR_COMPARE_COMPARISON_STAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

/** Places in a sentence, as the languages of reports are numbered. */
enum { COMPARISON_ENGLISH = 0, COMPARISON_RUSSIAN = 1, COMPARISON_N_LANGUAGES = 2 };

/** A sentence in every language; NULL in all where there is none. */
typedef struct comparison_sentence {
    const char *in[COMPARISON_N_LANGUAGES];
} comparison_sentence;

struct comparison;
struct comparison_pair;
struct comparison_memory;

/** A column, and how much of all that moves scores in a file it moves: shares of the mean absolute
 * Shapley values, and ranks from 1. */
typedef struct comparison_column {
    const char *name;
    double a, b;
    double rank_a, rank_b;
} comparison_column;

/** Whether the same columns matter. */
typedef struct comparison_importance {
    bool is_asked;               /**< A file has /explain. */
    comparison_sentence why_not; /**< Nothing: it was compared. */
    double spearman; /**< Between the shares of all columns; NaN if either does not vary. */
    comparison_column *items; /**< [n] by the share of A, the greatest first. */
    size_t n;
} comparison_importance;

/** So many customers who were in one segment, or had one offer, are in another. */
typedef struct comparison_move {
    const char *from, *to; /**< Names; "" for none. */
    size_t n;
} comparison_move;

enum { COMPARISON_MOST_MOVES = 12 };

/** Customers of both files, by what each puts them into. */
typedef struct comparison_partition {
    bool is_asked;
    comparison_sentence why_not; /**< Nothing: it was compared. */
    size_t n;                    /**< Customers that both have. */
    size_t n_changed;
    double adjusted_rand;                         /**< NaN of offers. */
    comparison_move moves[COMPARISON_MOST_MOVES]; /**< The greatest first. */
    size_t n_moves;
} comparison_partition;

/** What the stages of two files have in common. */
typedef struct comparison_stages {
    comparison_importance importance;
    comparison_partition segments; /**< Cells of risk by worth. */
    comparison_partition offers;   /**< Offers, sent or held out. */
} comparison_stages;

/** Compares what both files have of these stages, where they are current. */
PEREBOR_MUST_CHECK perebor_status comparison_compare_stages(struct comparison_pair *pair,
                                                            const struct comparison *comparison,
                                                            struct comparison_memory *memory,
                                                            perebor_error *error);

#endif
