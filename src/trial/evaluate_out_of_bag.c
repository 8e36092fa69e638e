// SPDX-License-Identifier: MIT
/*
 * Scores out of bag (Breiman, "Out-of-bag estimation", 1996): each training row is scored by the
 * mean of the estimators that did not learn from it, and these scores by the selecting metric.
 */
#include <math.h>

#include "base/try.h"
#include "trial/evaluation.h"

/** Means of the rows that have estimators to score them. @return How many rows. */
static size_t list_scored(const evaluation *evaluation, const perebor_out_of_bag *out_of_bag,
                          double *scores, uint8_t *labels) {
    const fold_split *rows = evaluation->rows;
    size_t n = 0;
    for (size_t row = 0; row < rows->n_training; row++) {
        const uint32_t n_trees = out_of_bag->n_trees[row];
        scores[n] = out_of_bag->sums[row] / (double)(n_trees > 0 ? n_trees : 1);
        labels[n] = rows->training_labels[row];
        n += n_trees > 0;
    }
    return n;
}

/** Whether rows of both classes are among them. */
static bool has_both_classes(const uint8_t *labels, size_t n) {
    size_t n_ones = 0;
    for (size_t i = 0; i < n; i++) {
        n_ones += labels[i] != 0;
    }
    return n_ones > 0 && n_ones < n;
}

perebor_status evaluation_measure_out_of_bag(const evaluation *evaluation,
                                             const perebor_out_of_bag *out_of_bag, double *score,
                                             uint32_t *lacking, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const size_t n_training = evaluation->rows->n_training;
    perebor_workspace_mark here = perebor_workspace_here(evaluation->workspace);
    double *scores = perebor_workspace_take(evaluation->workspace, n_training, sizeof *scores);
    uint8_t *labels = perebor_workspace_take(evaluation->workspace, n_training, sizeof *labels);
    perebor_metric_list selecting = {0};
    double value = NAN;
    if (scores == NULL || labels == NULL) {
        status = perebor_no_memory(error, "to score %zu rows", n_training);
        goto done;
    }
    const size_t n = list_scored(evaluation, out_of_bag, scores, labels);
    const scored_part part = {labels, scores, n};
    perebor_metric_list_add(&selecting, evaluation->evaluator->metrics.items[0]);
    if (has_both_classes(labels, n)) {
        PEREBOR_TRY(done, evaluation_measure(evaluation, &selecting, &part, &value, error));
    }
    *score = value;
    *lacking = (uint32_t)(n_training - n);
done:
    perebor_workspace_return(evaluation->workspace, here);
    return status;
}

size_t evaluation_n_out_of_bag(const perebor_evaluator *evaluator, const perebor_plan *plan,
                               const perebor_bundle *bundle, const fold_split *rows) {
    return evaluator->curves && perebor_plan_wants_out_of_bag(plan, bundle) ? 2 * rows->n_training
                                                                            : 0;
}
