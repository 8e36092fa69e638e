// SPDX-License-Identifier: MIT
#include "data/group_folds.h"

#include <stdlib.h>

#include "base/try.h"
#include "data/argsort.h"
#include "data/group_rank.h"

/** Working memory, one block. */
typedef struct packing {
    uint32_t *ranks;      /* [n_rows] */
    uint64_t *n_in_group; /* [n_groups] */
    uint64_t *n_in_fold;  /* [n_splits] */
    uint32_t *order;      /* [n_groups] */
    uint16_t *fold_of;    /* [n_groups] */
} packing;

static perebor_status allocate(packing *packing, size_t n_rows, size_t n_splits,
                               perebor_error *error) {
    packing->ranks = malloc((n_rows + 1) * sizeof *packing->ranks);
    packing->n_in_group = calloc(n_rows + 1, sizeof *packing->n_in_group);
    packing->n_in_fold = calloc(n_splits, sizeof *packing->n_in_fold);
    packing->order = malloc((n_rows + 1) * sizeof *packing->order);
    packing->fold_of = malloc((n_rows + 1) * sizeof *packing->fold_of);
    if (packing->ranks == NULL || packing->n_in_group == NULL || packing->n_in_fold == NULL ||
        packing->order == NULL || packing->fold_of == NULL) {
        return perebor_no_memory(error, "for the folds of %zu rows", n_rows);
    }
    return PEREBOR_OK;
}

static void release(packing *packing) {
    free(packing->ranks);
    free(packing->n_in_group);
    free(packing->n_in_fold);
    free(packing->order);
    free(packing->fold_of);
}

static uint16_t lightest_fold(const uint64_t *n_in_fold, size_t n_splits) {
    size_t lightest = 0;
    for (size_t fold = 1; fold < n_splits; fold++) {
        if (n_in_fold[fold] < n_in_fold[lightest]) {
            lightest = fold;
        }
    }
    return (uint16_t)lightest;
}

perebor_status data_group_folds(uint16_t *test_fold, const uint32_t *groups, size_t n_rows,
                                size_t n_splits, perebor_error *error) {
    packing packing = {0};
    size_t n_groups = 0;
    perebor_status status;
    PEREBOR_TRY(done, allocate(&packing, n_rows, n_splits, error));
    PEREBOR_TRY(done, data_rank_groups(packing.ranks, &n_groups, groups, n_rows, error));
    if (n_splits > n_groups) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "%zu folds cannot be cut from %zu groups: lower n_splits", n_splits,
                              n_groups);
        goto done;
    }
    for (size_t row = 0; row < n_rows; row++) {
        packing.n_in_group[packing.ranks[row]]++;
    }
    data_argsort(packing.order, packing.n_in_group, n_groups);
    for (size_t i = n_groups; i-- > 0;) {
        uint32_t group = packing.order[i];
        uint16_t fold = lightest_fold(packing.n_in_fold, n_splits);
        packing.n_in_fold[fold] += packing.n_in_group[group];
        packing.fold_of[group] = fold;
    }
    for (size_t row = 0; row < n_rows; row++) {
        test_fold[row] = packing.fold_of[packing.ranks[row]];
    }
done:
    release(&packing);
    return status;
}
