// SPDX-License-Identifier: MIT
/**
 * @file advice_figures.h
 * What advice can be about: figures of a plan of offers and of each segment, as tables.
 * docs/reference/advice.md lists them.
 */
#ifndef PEREBOR_OFFER_ADVICE_FIGURES_H
#define PEREBOR_OFFER_ADVICE_FIGURES_H

#include "base/arena.h"
#include "offer/advice.h"
#include "offer/offer_plan.h"

/** How the members of segments differ from all others. Borrowed. */
typedef struct segment_traits_table {
    size_t n_traits;
    const char *const *columns, *const *levels;           /**< [n_traits] level "": a number */
    const double *inside, *outside, *effect, *p_adjusted; /**< [n_segments][n_traits] */
} segment_traits_table;

/** What is known of segments beside who is in them. Borrowed. */
typedef struct segment_descriptions {
    const int8_t *kinds;           /**< [n_segments] segment_kind */
    const char *const *kind_names; /**< By kind. */
    const char *const *notes;      /**< [n_segments] */
    segment_traits_table traits;
} segment_descriptions;

/** A table of figures. Starts as {0}; released with advice_figures_release(). */
typedef struct advice_figures {
    perebor_arena arena;
    perebor_dataset dataset;
    perebor_column *columns;
    size_t n_columns;
} advice_figures;

/** Takes the figures of the plan, in one row.
 * @param[in] uplift_measured  By a campaign; NaN: none was. */
PEREBOR_MUST_CHECK perebor_status advice_figures_of_plan(advice_figures *figures,
                                                         const offer_plan *plan,
                                                         double uplift_measured,
                                                         perebor_error *error);

/** Takes the figures of segments, a row each. @param[in] advice  For the words of traits. */
PEREBOR_MUST_CHECK perebor_status advice_figures_of_segments(
    advice_figures *figures, const offer_plan *plan, const segment_descriptions *descriptions,
    const offer_advice *advice, perebor_error *error);

void advice_figures_release(advice_figures *figures);

#endif
