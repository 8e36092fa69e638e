// SPDX-License-Identifier: MIT
#include "metric/venn_abers.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/** Rows of one score: how many, and how many of them positive. */
typedef struct tie {
    double score, n, n_positive;
} tie;

/** A run of the isotonic fit, pooled. */
typedef struct pool {
    double n, n_positive;
} pool;

struct venn_abers {
    tie *ties; /**< [n_ties] by score */
    size_t n_ties;
    pool *pools;           /**< [n_ties + 1] to fit in */
    double *lower, *upper; /**< [2 n_ties + 1] by place: 2 k before tie k, 2 k + 1 at it; NaN until
                                asked for. */
};

static int by_score(const void *left, const void *right) {
    const tie *a = left, *b = right;
    return (a->score > b->score) - (a->score < b->score);
}

perebor_status venn_abers_create(venn_abers **known, const double *scores, const uint8_t *labels,
                                 size_t n, perebor_error *error) {
    venn_abers *made = calloc(1, sizeof *made);
    tie *ties = calloc(n + 1, sizeof *ties);
    pool *pools = calloc(n + 1, sizeof *pools);
    double *bounds = calloc(2 * (2 * n + 1), sizeof *bounds);
    if (made == NULL || ties == NULL || pools == NULL || bounds == NULL) {
        free(made);
        free(ties);
        free(pools);
        free(bounds);
        return perebor_no_memory(error, "for %zu known scores", n);
    }
    for (size_t i = 0; i < n; i++) {
        ties[i] = (tie){scores[i], 1.0, labels[i]};
    }
    qsort(ties, n, sizeof *ties, by_score);
    for (size_t i = 0; i < n; i++) {
        if (made->n_ties > 0 && ties[made->n_ties - 1].score == ties[i].score) {
            ties[made->n_ties - 1].n += 1.0;
            ties[made->n_ties - 1].n_positive += ties[i].n_positive;
        } else {
            ties[made->n_ties++] = ties[i];
        }
    }
    made->ties = ties;
    made->pools = pools;
    made->lower = bounds;
    made->upper = bounds + 2 * n + 1;
    for (size_t i = 0; i < 2 * (2 * n + 1); i++) {
        bounds[i] = NAN;
    }
    *known = made;
    return PEREBOR_OK;
}

void venn_abers_free(venn_abers *known) {
    if (known != NULL) {
        free(known->ties);
        free(known->pools);
        free(known->lower);
        free(known);
    }
}

/** Adds rows above all that there are; pools as long as a run is not above the one before. */
static size_t push(pool *pools, size_t n, double n_rows, double n_positive) {
    pool added = {n_rows, n_positive};
    // Of two runs the upper must have the greater share: a/b > c/d as a d > c b.
    while (n > 0 && pools[n - 1].n_positive * added.n >= added.n_positive * pools[n - 1].n) {
        added.n += pools[n - 1].n;
        added.n_positive += pools[n - 1].n_positive;
        n--;
    }
    pools[n] = added;
    return n + 1;
}

/**
 * The isotonic fit at a place when a row with that label is added there.
 *
 * Adjacent violators are pooled from the left. Runs to the right of the row may pool with its own
 * later; the value sought is that of the run that holds the row in the end, known by how many rows
 * are before it.
 */
static double fit_at(const venn_abers *known, size_t place, double label) {
    size_t n_pools = 0;
    double before = 0.0; // rows to the left of the added one
    for (size_t k = 0; k < known->n_ties; k++) {
        if (place == 2 * k) {
            n_pools = push(known->pools, n_pools, 1.0, label);
        }
        double extra = place == 2 * k + 1 ? 1.0 : 0.0;
        n_pools = push(known->pools, n_pools, known->ties[k].n + extra,
                       known->ties[k].n_positive + extra * label);
        before += k < place / 2 ? known->ties[k].n : 0.0;
    }
    if (place == 2 * known->n_ties) {
        n_pools = push(known->pools, n_pools, 1.0, label);
    }
    double passed = 0.0;
    for (size_t i = 0; i < n_pools; i++) {
        passed += known->pools[i].n;
        if (passed > before) {
            return known->pools[i].n_positive / known->pools[i].n;
        }
    }
    return label;
}

void venn_abers_interval(venn_abers *known, double score, double *lower, double *upper) {
    size_t low = 0, high = known->n_ties; // the first tie that is not below the score
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (known->ties[middle].score < score) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool at_tie = low < known->n_ties && known->ties[low].score == score;
    size_t place = 2 * low + (at_tie ? 1 : 0);
    if (isnan(known->lower[place])) {
        known->lower[place] = fit_at(known, place, 0.0);
        known->upper[place] = fit_at(known, place, 1.0);
    }
    *lower = known->lower[place];
    *upper = known->upper[place];
}
