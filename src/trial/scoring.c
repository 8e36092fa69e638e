// SPDX-License-Identifier: MIT
#include "trial/scoring.h"

#include <stdbool.h>

bool scoring_all_finite(const double *scores, size_t n) {
    // x - x is 0 for a finite x and NaN otherwise.
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += scores[i] - scores[i];
    }
    return sum == 0.0;
}

perebor_status scoring_predict(perebor_predictions *predictions, const perebor_metric_list *metrics,
                               const perebor_learner *learner,
                               const perebor_calibration *calibration, const scored_part *part,
                               perebor_workspace *workspace, perebor_error *error) {
    size_t n = part->n_rows;
    bool short_of_memory = false;
    perebor_predictions result = {.labels = part->labels, .n_rows = n, .scores = part->scores};
    if (perebor_metric_list_needs(metrics, PEREBOR_NEEDS_PROBABILITIES)) {
        double *probabilities = perebor_workspace_take(workspace, n, sizeof *probabilities);
        short_of_memory = probabilities == NULL;
        if (probabilities != NULL) {
            perebor_calibration_apply(calibration, learner, part->scores, n, probabilities);
        }
        result.probabilities = probabilities;
    }
    if (perebor_metric_list_needs(metrics, PEREBOR_NEEDS_CLASSES)) {
        uint8_t *classes = perebor_workspace_take(workspace, n, sizeof *classes);
        short_of_memory = short_of_memory || classes == NULL;
        if (classes != NULL) {
            perebor_learner_classes(learner, part->scores, n, classes);
        }
        result.classes = classes;
    }
    if (short_of_memory) {
        return perebor_no_memory(error, "to predict %zu rows", n);
    }
    *predictions = result;
    return PEREBOR_OK;
}

void scoring_measure(double *values, const perebor_metric_list *metrics,
                     const perebor_predictions *predictions, perebor_workspace *workspace) {
    for (size_t i = 0; i < metrics->n; i++) {
        values[i] = perebor_metric_score(metrics->items[i], predictions, workspace);
    }
}
