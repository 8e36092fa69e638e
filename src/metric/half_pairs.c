// SPDX-License-Identifier: MIT
#include "metric/half_pairs.h"

#include "metric/pair_count.h"
#include "metric/sorted_classes.h"

enum {
    paired_few = 64,        /* Pairs are compared if the smaller class has no more rows, */
    paired_rows = 1024,     /* or if there are no more rows */
    paired_pairs = 1 << 16, /* and no more pairs. */
};

bool metric_pairs_are_few(const size_t n_class[2]) {
    size_t n_rows = n_class[0] + n_class[1];
    size_t n_few = n_class[0] < n_class[1] ? n_class[0] : n_class[1];
    return n_few <= paired_few ||
           (n_rows <= paired_rows && n_few * (n_rows - n_few) <= paired_pairs);
}

uint64_t metric_count_pairs(const double *const classes[2], const size_t n_class[2]) {
    size_t few = n_class[1] <= n_class[0] ? 1 : 0;
    uint64_t half_pairs =
        PEREBOR_KERNEL_PICK(metric_pair_kernels)
            ->count(classes[few], n_class[few], classes[1 - few], n_class[1 - few]);
    // Counted from the negatives' side, what is missing is the positives'.
    return few == 1 ? half_pairs : 2 * (uint64_t)n_class[0] * n_class[1] - half_pairs;
}

/* Branch-free, as which class comes next cannot be predicted. */
uint64_t metric_count_merged(const uint64_t *positive, size_t n_positive,
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

perebor_status metric_count_half_pairs(uint64_t *half_pairs, const double *const classes[2],
                                       const size_t n_class[2], perebor_workspace *workspace) {
    if (metric_pairs_are_few(n_class)) {
        *half_pairs = metric_count_pairs(classes, n_class);
        return PEREBOR_OK;
    }
    uint64_t *sorted[2];
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = metric_sort_parted(sorted, classes, n_class, workspace);
    if (status == PEREBOR_OK) {
        *half_pairs = metric_count_merged(sorted[1], n_class[1], sorted[0]);
    }
    perebor_workspace_return(workspace, begin);
    return status;
}
