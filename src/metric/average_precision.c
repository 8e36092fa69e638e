// SPDX-License-Identifier: MIT
#include <math.h>

#include "metric/scorers.h"
#include "metric/sorted_classes.h"

/** How many keys at the end of @p keys are not below @p key. */
static size_t count_down(const uint64_t *keys, size_t n_left, uint64_t key) {
    size_t n = 0;
    while (n < n_left && keys[n_left - 1 - n] >= key) {
        n++;
    }
    return n;
}

/**
 * AP = sum_k (R_k - R_(k-1)) P_k over the distinct scores of positive rows from the highest down,
 * P_k and R_k the precision and recall of the rows that score no lower than the k-th. A score that
 * only negative rows have leaves the recall as it is, and adds nothing.
 */
static double sum_precisions(uint64_t *const classes[2], const size_t n_class[2]) {
    double area = 0.0;
    double recall = 0.0;
    size_t negatives_left = n_class[0];
    for (size_t left = n_class[1]; left > 0;) {
        uint64_t key = classes[1][left - 1];
        left -= count_down(classes[1], left, key);
        negatives_left -= count_down(classes[0], negatives_left, key);
        double n_true = (double)(n_class[1] - left);
        double n_false = (double)(n_class[0] - negatives_left);
        double reached = n_true / (double)n_class[1];
        area += (reached - recall) * (n_true / (n_true + n_false));
        recall = reached;
    }
    return area;
}

double metric_average_precision(const perebor_predictions *predictions,
                                perebor_workspace *workspace) {
    size_t n_positive = 0;
    for (size_t row = 0; row < predictions->n_rows; row++) {
        n_positive += predictions->labels[row];
    }
    const size_t n_class[2] = {predictions->n_rows - n_positive, n_positive};
    uint64_t *classes[2];
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status =
        metric_sort_classes(classes, predictions->labels, predictions->scores, n_class, workspace);
    double area = status == PEREBOR_OK ? sum_precisions(classes, n_class) : (double)NAN;
    perebor_workspace_return(workspace, begin);
    return area;
}
