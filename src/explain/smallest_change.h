// SPDX-License-Identifier: MIT
/**
 * @file smallest_change.h
 * What would change it: the cheapest change of a row's actionable columns after which the predicted
 * probability is below a threshold (Wachter, Mittelstadt and Russell, "Counterfactual explanations
 * without opening the black box", Harvard JOLT 31, 2018; change_space.h says what a change costs).
 *
 * It is exact, the cheapest there is, for linear models (a sum of columns: the frontier of what
 * each reaches at what cost, merged column by column), for single trees (leaf by leaf, the cheapest
 * way in), and for any model where no more than SMALLEST_CHANGE_ALL combinations are possible.
 * Else, and of trials that vote, it is searched for: every single column, every pair on a coarse
 * grid, and from where the probability falls most for the cost until nothing cheaper is found.
 * Whatever is found has been scored.
 */
#ifndef PEREBOR_EXPLAIN_SMALLEST_CHANGE_H
#define PEREBOR_EXPLAIN_SMALLEST_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/change_space.h"
#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** So many combinations are tried out, of whatever model. */
enum { SMALLEST_CHANGE_ALL = 20000 };

/** What became of the question. */
typedef enum smallest_change_outcome {
    SMALLEST_CHANGE_NEEDLESS = 0, /**< The probability is below the threshold as it is. */
    SMALLEST_CHANGE_FOUND = 1,
    SMALLEST_CHANGE_NONE = 2, /**< There is none, if exact; else none was found. */
} smallest_change_outcome;

/** "needless", "found", "none", NULL. Stored in files as 0, 1, 2: never renumber. */
extern const char *const smallest_change_outcome_names[];

/** The answer. */
typedef struct smallest_change {
    smallest_change_outcome outcome;
    bool exact;                /**< None is cheaper. */
    double probability_before; /**< That of the row as it is. */
    double probability;        /**< After the change; NaN if there is none. */
    double cost;
} smallest_change;

/**
 * Finds the smallest change of one row.
 *
 * Where several changes cost the same it is always the same one.
 *
 * @param[in]  pipeline   Calibrated.
 * @param[in]  space      Of this dataset.
 * @param[in]  threshold  The probability is to be below it.
 * @param[out] values     [space->n_domains] what each domain's column becomes; its present value
 *                        where it stays.
 *
 * @retval others  As perebor_fitted_pipeline_predict().
 */
PEREBOR_MUST_CHECK perebor_status smallest_change_find(
    const change_space *space, const perebor_fitted_pipeline *pipeline,
    const perebor_dataset *dataset, uint32_t row, double threshold, perebor_workspace *workspace,
    smallest_change *result, double *values, perebor_error *error);

#endif
