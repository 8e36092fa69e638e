// SPDX-License-Identifier: MIT
#include "metric/roc_auc.h"

#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"
#include "metric/pair_count.h"
#include "metric/sorted_classes.h"
#include "perebor/status.h"

/*
 * A half pair is counted twice if the positive scores higher and once if the two tie, so the area
 * is an integer over an integer. Few rows are compared pair by pair; many are sorted, each class by
 * itself, and the sorted classes are merged.
 */
enum {
    paired_few = 64,        /* Pairs are compared if the smaller class has no more rows, */
    paired_rows = 1024,     /* or if there are no more rows */
    paired_pairs = 1 << 16, /* and no more pairs. */
};

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
    int few = n_class[1] <= n_class[0];
    double *many = classes[1 - few];
    size_t n_many = n_class[1 - few];
    for (size_t pad = n_many; pad % PEREBOR_LANES != 0; pad++) {
        many[pad] = NAN;
    }
    *half_pairs =
        PEREBOR_KERNEL_PICK(metric_pair_kernels)->count(classes[few], n_class[few], many, n_many);
    if (few == 0) { // Counted from the negatives' side: what is missing is ours.
        *half_pairs = 2 * (uint64_t)n_class[0] * n_class[1] - *half_pairs;
    }
    return PEREBOR_OK;
}

/** Walks both sorted classes; branch-free, as which class comes next cannot be predicted. */
static uint64_t count_merged(const uint64_t *positive, size_t n_positive,
                             const uint64_t *negative) {
    uint64_t half_pairs = 0;
    size_t below = 0;
    for (size_t i = 0; i < n_positive;) {
        size_t next = negative[below] < positive[i];
        half_pairs += next ? 0 : below;
        below += next;
        i += 1 - next;
    }
    size_t not_above = 0;
    for (size_t i = 0; i < n_positive;) {
        size_t next = negative[not_above] <= positive[i];
        half_pairs += next ? 0 : not_above;
        not_above += next;
        i += 1 - next;
    }
    return half_pairs;
}

/** Counts half pairs in sorted classes. */
static perebor_status count_by_order(uint64_t *half_pairs, const uint8_t *labels,
                                     const double *scores, const size_t n_class[2],
                                     perebor_workspace *workspace) {
    uint64_t *classes[2];
    if (metric_sort_classes(classes, labels, scores, n_class, workspace) != PEREBOR_OK) {
        return PEREBOR_ERR_MEMORY;
    }
    *half_pairs = count_merged(classes[1], n_class[1], classes[0]);
    return PEREBOR_OK;
}

double perebor_roc_auc(const uint8_t *labels, const double *scores, size_t n_rows,
                       perebor_workspace *workspace) {
    size_t n_positive = count_positives(labels, n_rows);
    const size_t n_class[2] = {n_rows - n_positive, n_positive};
    if (n_class[0] == 0 || n_class[1] == 0) {
        return NAN;
    }
    size_t n_few = n_class[0] < n_class[1] ? n_class[0] : n_class[1];
    bool paired =
        n_few <= paired_few || (n_rows <= paired_rows && n_few * (n_rows - n_few) <= paired_pairs);
    uint64_t half_pairs;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = paired
                                ? count_by_pairs(&half_pairs, labels, scores, n_class, workspace)
                                : count_by_order(&half_pairs, labels, scores, n_class, workspace);
    perebor_workspace_return(workspace, begin);
    if (status != PEREBOR_OK) {
        return NAN;
    }
    return (double)half_pairs / (double)(2 * (uint64_t)n_class[0] * n_class[1]);
}
