// SPDX-License-Identifier: MIT
#include "metric/roc_auc.h"

#include <math.h>

#include "base/simd.h"
#include "metric/half_pairs.h"
#include "metric/sorted_classes.h"
#include "perebor/status.h"

static size_t count_positives(const uint8_t *labels, size_t n_rows) {
    size_t n_positive = 0;
    for (size_t row = 0; row < n_rows; row++) {
        n_positive += labels[row];
    }
    return n_positive;
}

/**
 * Parts the scores by class. Every score is written to both classes and kept in its own, as there
 * is no predicting a label; hence the room for one more.
 *
 * @param[out] classes  [2][n_class + 1] negative, positive.
 */
static void part_scores(double *classes[2], const uint8_t *labels, const double *scores,
                        size_t n_rows) {
    double *negative = classes[0];
    double *positive = classes[1];
    for (size_t row = 0; row < n_rows; row++) {
        *negative = *positive = scores[row];
        negative += 1 - labels[row];
        positive += labels[row];
    }
}

/** Counts half pairs by comparing all pairs. */
static perebor_status count_by_pairs(uint64_t *half_pairs, const uint8_t *labels,
                                     const double *scores, const size_t n_class[2],
                                     perebor_workspace *workspace) {
    size_t n_rows = n_class[0] + n_class[1];
    double *block =
        perebor_workspace_take(workspace, n_rows + (size_t)2 * PEREBOR_LANES, sizeof *block);
    if (block == NULL) {
        return PEREBOR_ERR_MEMORY;
    }
    double *classes[2] = {block, block + n_class[0] + PEREBOR_LANES};
    part_scores(classes, labels, scores, n_rows);
    int many = n_class[1] <= n_class[0] ? 0 : 1;
    for (size_t pad = n_class[many]; pad % PEREBOR_LANES != 0; pad++) {
        classes[many][pad] = NAN;
    }
    *half_pairs = metric_count_pairs((const double *const *)classes, n_class);
    return PEREBOR_OK;
}

/** Counts half pairs in sorted classes. */
static perebor_status count_by_order(uint64_t *half_pairs, const uint8_t *labels,
                                     const double *scores, const size_t n_class[2],
                                     perebor_workspace *workspace) {
    uint64_t *classes[2];
    if (metric_sort_classes(classes, labels, scores, n_class, workspace) != PEREBOR_OK) {
        return PEREBOR_ERR_MEMORY;
    }
    *half_pairs = metric_count_merged(classes[1], n_class[1], classes[0]);
    return PEREBOR_OK;
}

double perebor_roc_auc(const uint8_t *labels, const double *scores, size_t n_rows,
                       perebor_workspace *workspace) {
    size_t n_positive = count_positives(labels, n_rows);
    const size_t n_class[2] = {n_rows - n_positive, n_positive};
    if (n_class[0] == 0 || n_class[1] == 0) {
        return NAN;
    }
    uint64_t half_pairs;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = metric_pairs_are_few(n_class)
                                ? count_by_pairs(&half_pairs, labels, scores, n_class, workspace)
                                : count_by_order(&half_pairs, labels, scores, n_class, workspace);
    perebor_workspace_return(workspace, begin);
    if (status != PEREBOR_OK) {
        return NAN;
    }
    return (double)half_pairs / (double)(2 * (uint64_t)n_class[0] * n_class[1]);
}
