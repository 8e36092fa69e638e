// SPDX-License-Identifier: MIT
/* scikit-learn's StratifiedGroupKFold, to the bit: its sums in numpy's order.
 *
 * Groups are taken by falling spread of their counts of the two classes, |a - b| / 2 being the
 * standard deviation of (a, b). Each goes to the fold after which the folds have the most even
 * shares of both classes:
 *
 *     argmin over folds i of  (s_0 + s_1) / 2,   s_c = std over folds f of n(f, c) / n(c),
 *
 * where n(f, c) counts the rows of class c in fold f, the group counted in fold i. Among folds
 * that come to the same within 1e-8 + 1e-5 of that, the one with fewer rows wins.
 *
 * With shuffle the counts of the groups are shuffled, but not the groups that they are of, as in
 * scikit-learn up to 1.5: folds keep groups together, and are balanced by chance. */
#include "data/stratified_group_folds.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "data/group_rank.h"

/** Rows of the two classes. */
typedef struct class_counts {
    double n[2];
} class_counts;

/** Working memory. */
typedef struct fold_packing {
    uint32_t *ranks;        /**< [n_rows] */
    class_counts *of_group; /**< [n_groups] */
    class_counts *in_fold;  /**< [n_splits] */
    uint32_t *order;        /**< [n_groups] */
    uint16_t *fold_of;      /**< [n_groups] */
    size_t n_groups, n_splits;
    class_counts all;
} fold_packing;

static perebor_status allocate(fold_packing *packing, size_t n_rows, size_t n_splits,
                               perebor_error *error) {
    packing->n_splits = n_splits;
    packing->ranks = malloc((n_rows + 1) * sizeof *packing->ranks);
    packing->of_group = calloc(n_rows + 1, sizeof *packing->of_group);
    packing->in_fold = calloc(n_splits, sizeof *packing->in_fold);
    packing->order = malloc((n_rows + 1) * sizeof *packing->order);
    packing->fold_of = malloc((n_rows + 1) * sizeof *packing->fold_of);
    if (packing->ranks == NULL || packing->of_group == NULL || packing->in_fold == NULL ||
        packing->order == NULL || packing->fold_of == NULL) {
        return perebor_no_memory(error, "for the folds of %zu rows", n_rows);
    }
    return PEREBOR_OK;
}

static void release(fold_packing *packing) {
    free(packing->ranks);
    free(packing->of_group);
    free(packing->in_fold);
    free(packing->order);
    free(packing->fold_of);
}

static perebor_status check_counts(const fold_packing *packing, perebor_error *error) {
    double smallest = fmin(packing->all.n[0], packing->all.n[1]);
    if (packing->n_splits > packing->n_groups) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu folds cannot be cut from %zu groups: lower n_splits",
                            packing->n_splits, packing->n_groups);
    }
    if ((double)packing->n_splits > smallest) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu stratified folds cannot be cut from %.0f positive and %.0f other "
                            "rows: lower n_splits",
                            packing->n_splits, packing->all.n[1], packing->all.n[0]);
    }
    return PEREBOR_OK;
}

/** RandomState.shuffle() of an array of rows. */
static void shuffle_counts(class_counts *counts, size_t n, mersenne *random) {
    for (size_t last = n; last-- > 1;) {
        size_t other = mersenne_interval(random, (uint32_t)last);
        class_counts kept = counts[last];
        counts[last] = counts[other];
        counts[other] = kept;
    }
}

/** Sorts @p order by falling |a - b|, equal ones as they stand: merges of doubling length. */
static void sort_by_spread(uint32_t *order, uint32_t *scratch, const class_counts *counts,
                           size_t n) {
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * width) {
            size_t middle = begin + width < n ? begin + width : n;
            size_t end = begin + 2 * width < n ? begin + 2 * width : n;
            size_t left = begin;
            size_t right = middle;
            for (size_t i = begin; i < end; i++) {
                bool from_right =
                    left == middle ||
                    (right < end && fabs(counts[order[right]].n[0] - counts[order[right]].n[1]) >
                                        fabs(counts[order[left]].n[0] - counts[order[left]].n[1]));
                scratch[i] = order[from_right ? right++ : left++];
            }
        }
        memcpy(order, scratch, n * sizeof *order);
    }
}

/** Standard deviation over the folds of the shares of a class that they have. */
static double spread_of_shares(const fold_packing *packing, int label) {
    double n_splits = (double)packing->n_splits;
    double sum = 0.0;
    for (size_t fold = 0; fold < packing->n_splits; fold++) {
        sum += packing->in_fold[fold].n[label] / packing->all.n[label];
    }
    double mean = sum / n_splits;
    double squares = 0.0;
    for (size_t fold = 0; fold < packing->n_splits; fold++) {
        double off = packing->in_fold[fold].n[label] / packing->all.n[label] - mean;
        squares += off * off;
    }
    return sqrt(squares / n_splits);
}

static uint16_t best_fold(fold_packing *packing, class_counts group) {
    size_t best = 0;
    double least = INFINITY;
    double fewest = INFINITY;
    for (size_t fold = 0; fold < packing->n_splits; fold++) {
        class_counts *counts = &packing->in_fold[fold];
        double rows = counts->n[0] + counts->n[1];
        counts->n[0] += group.n[0];
        counts->n[1] += group.n[1];
        double spread = (spread_of_shares(packing, 0) + spread_of_shares(packing, 1)) / 2.0;
        counts->n[0] -= group.n[0];
        counts->n[1] -= group.n[1];
        // numpy.isclose(spread, least)
        bool close = fabs(spread - least) <= 1e-8 + 1e-5 * fabs(least);
        if (spread < least || (close && rows < fewest)) {
            least = spread;
            fewest = rows;
            best = fold;
        }
    }
    return (uint16_t)best;
}

static perebor_status check_folds(const fold_packing *packing, perebor_error *error) {
    for (size_t fold = 0; fold < packing->n_splits; fold++) {
        if (packing->in_fold[fold].n[0] + packing->in_fold[fold].n[1] == 0.0) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "%zu stratified folds of %zu groups leave fold %zu without rows: "
                                "lower n_splits, or take group_kfold",
                                packing->n_splits, packing->n_groups, fold);
        }
    }
    return PEREBOR_OK;
}

perebor_status data_stratified_group_folds(uint16_t *test_fold, const uint8_t *labels,
                                           const uint32_t *groups, size_t n_rows, size_t n_splits,
                                           mersenne *random, uint32_t *scratch,
                                           perebor_error *error) {
    fold_packing packing = {0};
    perebor_status status;
    PEREBOR_TRY(done, allocate(&packing, n_rows, n_splits, error));
    PEREBOR_TRY(done, data_rank_groups(packing.ranks, &packing.n_groups, groups, n_rows, error));
    for (size_t row = 0; row < n_rows; row++) {
        packing.of_group[packing.ranks[row]].n[labels[row]] += 1.0;
        packing.all.n[labels[row]] += 1.0;
    }
    PEREBOR_TRY(done, check_counts(&packing, error));
    if (random != NULL) {
        shuffle_counts(packing.of_group, packing.n_groups, random);
    }
    for (size_t group = 0; group < packing.n_groups; group++) {
        packing.order[group] = (uint32_t)group;
    }
    sort_by_spread(packing.order, scratch, packing.of_group, packing.n_groups);
    for (size_t i = 0; i < packing.n_groups; i++) {
        uint32_t group = packing.order[i];
        uint16_t fold = best_fold(&packing, packing.of_group[group]);
        packing.in_fold[fold].n[0] += packing.of_group[group].n[0];
        packing.in_fold[fold].n[1] += packing.of_group[group].n[1];
        packing.fold_of[group] = fold;
    }
    PEREBOR_TRY(done, check_folds(&packing, error));
    for (size_t row = 0; row < n_rows; row++) {
        test_fold[row] = packing.fold_of[packing.ranks[row]];
    }
done:
    release(&packing);
    return status;
}
