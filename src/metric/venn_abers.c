// SPDX-License-Identifier: MIT
#include "metric/venn_abers.h"

#include <stdbool.h>
#include <stdlib.h>

/** Rows of one score: how many, and how many of them positive. */
typedef struct tie {
    double score, n, n_positive;
} tie;

/**
 * Ties are known by their sums: of ties i … k - 1 there are rows[k] - rows[i] rows. The last
 * run of the isotonic fit to ties 0 … k - 1 alone begins at tie begin[k], and before it is the fit
 * to the ties before that; the first run of the fit to ties k … alone ends before end[k].
 *
 * A new row stands at a tie or between two, 2 n_ties + 1 places, and what it gets depends on that
 * alone.
 */
struct venn_abers {
    tie *ties; /**< [n_ties] by score */
    size_t n_ties;
    double *scores;           /**< [n_ties] */
    double *rows, *positives; /**< [n_ties + 1] */
    uint32_t *begin, *end;    /**< [n_ties + 1] */
    double *lower, *upper;    /**< [2 n_ties + 1]: 2 i before tie i, 2 i + 1 at it */
};

/** Rows side by side, pooled. */
typedef struct pool {
    double n, n_positive;
} pool;

static int by_score(const void *left, const void *right) {
    const tie *a = left, *b = right;
    return (a->score > b->score) - (a->score < b->score);
}

static pool pool_of(const venn_abers *known, size_t first, size_t end) {
    return (pool){known->rows[end] - known->rows[first],
                  known->positives[end] - known->positives[first]};
}

/** Whether two neighbours must be pooled: the upper one has no greater share. a/b >= c/d as
 * a d >= c b, in whole numbers and so exactly. */
static bool violates(pool below, pool above) {
    return below.n_positive * above.n >= above.n_positive * below.n;
}

static void add_up(venn_abers *known) {
    for (size_t k = 0; k < known->n_ties; k++) {
        known->rows[k + 1] = known->rows[k] + known->ties[k].n;
        known->positives[k + 1] = known->positives[k] + known->ties[k].n_positive;
    }
}

/** Pools adjacent violators from the left, and from the right, and keeps every fit on the way. */
static void fit_sides(venn_abers *known) {
    for (size_t k = 1; k <= known->n_ties; k++) {
        size_t first = k - 1;
        while (first > 0 &&
               violates(pool_of(known, known->begin[first], first), pool_of(known, first, k))) {
            first = known->begin[first];
        }
        known->begin[k] = (uint32_t)first;
    }
    for (size_t k = known->n_ties; k-- > 0;) {
        size_t end = k + 1;
        while (end < known->n_ties &&
               violates(pool_of(known, k, end), pool_of(known, end, known->end[end]))) {
            end = known->end[end];
        }
        known->end[k] = (uint32_t)end;
    }
}

static bool allocate(venn_abers *made, size_t n) {
    made->ties = calloc(n + 1, sizeof *made->ties);
    made->rows = calloc(n + 1, sizeof *made->rows);
    made->positives = calloc(n + 1, sizeof *made->positives);
    made->begin = calloc(n + 1, sizeof *made->begin);
    made->end = calloc(n + 1, sizeof *made->end);
    made->scores = calloc(n + 1, sizeof *made->scores);
    made->lower = calloc(2 * n + 1, sizeof *made->lower);
    made->upper = calloc(2 * n + 1, sizeof *made->upper);
    return made->ties != NULL && made->rows != NULL && made->positives != NULL &&
           made->begin != NULL && made->end != NULL && made->scores != NULL &&
           made->lower != NULL && made->upper != NULL;
}

/**
 * The isotonic fit at an added row of that label, which stands with ties first … end - 1: one or
 * none.
 *
 * Violators may be pooled in any order. The fits of what is left of the row, and of what is right,
 * are known; only the row's own run and its neighbours can violate, until none does.
 */
static double fit_at(const venn_abers *known, size_t first, size_t end, double label) {
    pool own = pool_of(known, first, end);
    own.n += 1.0;
    own.n_positive += label;
    for (bool pooled = true; pooled;) {
        pooled = false;
        if (first > 0) {
            pool below = pool_of(known, known->begin[first], first);
            if (violates(below, own)) {
                own = (pool){own.n + below.n, own.n_positive + below.n_positive};
                first = known->begin[first];
                pooled = true;
            }
        }
        if (end < known->n_ties) {
            pool above = pool_of(known, end, known->end[end]);
            if (violates(own, above)) {
                own = (pool){own.n + above.n, own.n_positive + above.n_positive};
                end = known->end[end];
                pooled = true;
            }
        }
    }
    return own.n_positive / own.n;
}

static void fit_places(venn_abers *known) {
    for (size_t place = 0; place <= 2 * known->n_ties; place++) {
        size_t first = place / 2, end = first + place % 2;
        known->lower[place] = fit_at(known, first, end, 0.0);
        known->upper[place] = fit_at(known, first, end, 1.0);
    }
}

perebor_status venn_abers_create(venn_abers **known, const double *scores, const uint8_t *labels,
                                 size_t n, perebor_error *error) {
    venn_abers *made = calloc(1, sizeof *made);
    if (made == NULL || !allocate(made, n)) {
        venn_abers_free(made);
        return perebor_no_memory(error, "for %zu known scores", n);
    }
    tie *ties = made->ties;
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
    for (size_t i = 0; i < made->n_ties; i++) {
        made->scores[i] = ties[i].score;
    }
    add_up(made);
    fit_sides(made);
    fit_places(made);
    *known = made;
    return PEREBOR_OK;
}

void venn_abers_free(venn_abers *known) {
    if (known != NULL) {
        free(known->ties);
        free(known->rows);
        free(known->positives);
        free(known->begin);
        free(known->end);
        free(known->scores);
        free(known->lower);
        free(known->upper);
        free(known);
    }
}

/** The first tie that is not below the score: halves what is in question without a branch. */
static size_t count_below(const venn_abers *known, double score) {
    const double *scores = known->scores;
    size_t n = known->n_ties, at = 0;
    while (n > 1) {
        size_t half = n / 2;
        at += scores[at + half - 1] < score ? half : 0;
        n -= half;
    }
    return at + (n == 1 && scores[at] < score);
}

size_t venn_abers_place(const venn_abers *known, double score) {
    size_t below = count_below(known, score);
    bool at_tie = below < known->n_ties && known->scores[below] == score;
    return 2 * below + (at_tie ? 1 : 0);
}

/** Halves what is in question for eight scores at a time, none of which waits for another. */
void venn_abers_places(const venn_abers *known, const double *scores, size_t n, uint32_t *places) {
    enum { n_abreast = 8 };
    size_t first = 0;
    for (; first + n_abreast <= n; first += n_abreast) {
        size_t at[n_abreast] = {0}, left = known->n_ties;
        for (; left > 1; left -= left / 2) {
            for (size_t i = 0; i < n_abreast; i++) {
                at[i] += known->scores[at[i] + left / 2 - 1] < scores[first + i] ? left / 2 : 0;
            }
        }
        for (size_t i = 0; i < n_abreast; i++) {
            double score = scores[first + i];
            size_t below = at[i] + (left == 1 && known->scores[at[i]] < score);
            bool at_tie = below < known->n_ties && known->scores[below] == score;
            places[first + i] = (uint32_t)(2 * below + (at_tie ? 1 : 0));
        }
    }
    for (; first < n; first++) {
        places[first] = (uint32_t)venn_abers_place(known, scores[first]);
    }
}

size_t venn_abers_n_places(const venn_abers *known) {
    return 2 * known->n_ties + 1;
}

void venn_abers_interval_at(const venn_abers *known, size_t place, double *lower, double *upper) {
    *lower = known->lower[place];
    *upper = known->upper[place];
}

void venn_abers_interval(const venn_abers *known, double score, double *lower, double *upper) {
    venn_abers_interval_at(known, venn_abers_place(known, score), lower, upper);
}
