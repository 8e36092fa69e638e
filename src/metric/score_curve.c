// SPDX-License-Identifier: MIT
#include "metric/score_curve.h"

#include <math.h>
#include <stdlib.h>

typedef struct labelled_score {
    double score;
    uint8_t label;
} labelled_score;

static int by_falling_score(const void *left, const void *right) {
    const labelled_score *a = left, *b = right;
    return (a->score < b->score) - (a->score > b->score);
}

/** How far along the curve a point is: the sum of both rates, from 0 to 2. */
static double place(const score_curve_point *point, const double n_class[2]) {
    return point->n_true_positive / n_class[1] + point->n_false_positive / n_class[0];
}

/** Leaves out points that are near the last one that stays; the ends stay. */
static size_t thin(score_curve_point *points, size_t n, size_t most, const double n_class[2]) {
    size_t kept = 1;
    if (n <= most) {
        return n;
    }
    for (size_t i = 1; i < n; i++) {
        double apart = place(&points[i], n_class) - place(&points[kept - 1], n_class);
        if (apart >= 2.0 / (double)(most - 1) || i == n - 1) {
            points[kept++] = points[i];
        }
    }
    return kept;
}

perebor_status score_curve_make(score_curve *curve, const uint8_t *labels, const double *scores,
                                size_t n_rows, size_t most, perebor_error *error) {
    double n_class[2] = {0.0, 0.0};
    score_curve made = {0};
    for (size_t i = 0; i < n_rows; i++) {
        n_class[labels[i] != 0] += 1.0;
    }
    if (n_rows == 0 || n_class[0] == 0.0 || n_class[1] == 0.0) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC, "a class has no rows: there is no curve");
    }
    labelled_score *sorted = calloc(n_rows, sizeof *sorted);
    made.points = calloc(n_rows + 1, sizeof *made.points);
    if (sorted == NULL || made.points == NULL) {
        free(sorted);
        score_curve_release(&made);
        return perebor_no_memory(error, "for a curve of %zu rows", n_rows);
    }
    for (size_t i = 0; i < n_rows; i++) {
        sorted[i] = (labelled_score){scores[i], labels[i] != 0};
    }
    qsort(sorted, n_rows, sizeof *sorted, by_falling_score);
    made.points[made.n++] = (score_curve_point){INFINITY, 0.0, 0.0};
    for (size_t i = 0; i < n_rows; i++) {
        // Rows of one score are accepted together: they are one point.
        if (i == 0 || sorted[i].score != sorted[i - 1].score) {
            made.points[made.n] = made.points[made.n - 1];
            made.points[made.n++].threshold = sorted[i].score;
        }
        score_curve_point *point = &made.points[made.n - 1];
        *(sorted[i].label ? &point->n_true_positive : &point->n_false_positive) += 1.0;
    }
    made.n = thin(made.points, made.n, most, n_class);
    free(sorted);
    *curve = made;
    return PEREBOR_OK;
}

void score_curve_release(score_curve *curve) {
    free(curve->points);
    *curve = (score_curve){0};
}
