// SPDX-License-Identifier: MIT
/**
 * @file search_parts.h
 * Rank 0: the parts of bundles that were divided, put together again.
 *
 * Parts come from any rank in any order, and become outcomes when the last one has come. Until
 * then they are in memory alone: a search that ends before has not finished the trial.
 */
#ifndef PEREBOR_RUN_SEARCH_PARTS_H
#define PEREBOR_RUN_SEARCH_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"
#include "trial/evaluate.h"
#include "trial/outcome_collector.h"
#include "trial/plan.h"

/** What has come of a bundle on a fold. */
typedef struct divided_fold divided_fold;

typedef struct search_parts {
    const perebor_plan *plan;
    const perebor_evaluator *evaluator;
    outcome_collector *collector;
    divided_fold **folds; /**< [n_bundles][n_folds] NULL: nothing has come. */
    size_t n_folds;       /**< Folds of all bundles. */
    perebor_workspace workspace;
} search_parts;

/** Borrows what it is given. Released with search_parts_release(), even where this fails. */
PEREBOR_MUST_CHECK perebor_status search_parts_create(search_parts *parts, const perebor_plan *plan,
                                                      const perebor_evaluator *evaluator,
                                                      outcome_collector *collector,
                                                      perebor_error *error);

/** Takes in the result of a part; the collector is given the outcomes of the last one's bundle. */
PEREBOR_MUST_CHECK perebor_status search_parts_deliver(search_parts *parts,
                                                       const perebor_plan_unit *unit,
                                                       const void *bytes, size_t size, int rank,
                                                       size_t n_further, perebor_error *error);

/** Forgets a bundle on a fold of which a part was given up. @return Whether it was the first. */
bool search_parts_give_up(search_parts *parts, const perebor_plan_unit *unit);

void search_parts_release(search_parts *parts);

#endif
