// SPDX-License-Identifier: MIT
#include "statistics/correlation.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "statistics/tail_probability.h"
#include "statistics/value_order.h"

static double mean(const double *values, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum / (double)n;
}

/** xy / sqrt(xx yy), rounded back into [-1, 1]. */
static double coefficient_of(double xx, double yy, double xy) {
    if (!(xx > 0.0) || !(yy > 0.0)) {
        return NAN;
    }
    double coefficient = xy / (sqrt(xx) * sqrt(yy));
    return coefficient > 1.0 ? 1.0 : coefficient < -1.0 ? -1.0 : coefficient;
}

double perebor_pearson(const double *x, const double *y, size_t n) {
    const perebor_spread one = perebor_spread_of(x, n);
    const perebor_spread other = perebor_spread_of(y, n);
    double coefficient;
    perebor_pearson_each(&one, &other, 1, n, &coefficient);
    return coefficient;
}

perebor_spread perebor_spread_of(const double *values, size_t n) {
    perebor_spread spread = {.values = values, .mean = mean(values, n)};
    for (size_t i = 0; i < n; i++) {
        double distance = values[i] - spread.mean;
        spread.squares += distance * distance;
    }
    return spread;
}

/** Sums of products about the means with eight columns, each in the order of the rows. */
static void multiply_eight(const perebor_spread *x, const perebor_spread *others, size_t n,
                           double sums[8]) {
    double a = 0.0, b = 0.0, c = 0.0, d = 0.0, e = 0.0, f = 0.0, g = 0.0, h = 0.0;
    for (size_t i = 0; i < n; i++) {
        double dx = x->values[i] - x->mean;
        a += dx * (others[0].values[i] - others[0].mean);
        b += dx * (others[1].values[i] - others[1].mean);
        c += dx * (others[2].values[i] - others[2].mean);
        d += dx * (others[3].values[i] - others[3].mean);
        e += dx * (others[4].values[i] - others[4].mean);
        f += dx * (others[5].values[i] - others[5].mean);
        g += dx * (others[6].values[i] - others[6].mean);
        h += dx * (others[7].values[i] - others[7].mean);
    }
    const double all[8] = {a, b, c, d, e, f, g, h};
    memcpy(sums, all, sizeof all);
}

static double multiply(const perebor_spread *x, const perebor_spread *y, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += (x->values[i] - x->mean) * (y->values[i] - y->mean);
    }
    return sum;
}

void perebor_pearson_each(const perebor_spread *x, const perebor_spread *others, size_t n_others,
                          size_t n, double *coefficients) {
    size_t k = 0;
    for (; k + 8 <= n_others; k += 8) {
        multiply_eight(x, others + k, n, coefficients + k);
    }
    for (; k < n_others; k++) {
        coefficients[k] = multiply(x, &others[k], n);
    }
    for (k = 0; k < n_others; k++) {
        coefficients[k] =
            n < 2 ? (double)NAN : coefficient_of(x->squares, others[k].squares, coefficients[k]);
    }
}

/** A pair of values. */
typedef struct point {
    double x, y;
} point;

static int compare_points(const void *left, const void *right) {
    const point *a = left;
    const point *b = right;
    if (a->x != b->x) {
        return a->x < b->x ? -1 : 1;
    }
    return (a->y > b->y) - (a->y < b->y);
}

/** Pairs in order of x, then y; NULL if memory is short. */
static point *sort_points(const double *x, const double *y, size_t n) {
    point *points = calloc(n + 1, sizeof *points);
    if (points == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        points[i] = (point){.x = x[i], .y = y[i]};
    }
    qsort(points, n, sizeof *points, compare_points);
    return points;
}

perebor_status perebor_average_ranks(double *ranks, const double *values, size_t n,
                                     perebor_error *error) {
    metric_placed *sorted = metric_order_values(values, n);
    if (sorted == NULL) {
        return perebor_no_memory(error, "to rank %zu values", n);
    }
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && sorted[end].value == sorted[first].value;) {
            end++;
        }
        for (size_t i = first; i < end; i++) {
            ranks[sorted[i].place] = 0.5 * (double)(first + 1 + end);
        }
    }
    free(sorted);
    return PEREBOR_OK;
}

perebor_status perebor_spearman(double *coefficient, const double *x, const double *y, size_t n,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double *ranks = calloc(2 * n + 1, sizeof *ranks);
    if (ranks == NULL) {
        return perebor_no_memory(error, "to rank %zu values", n);
    }
    PEREBOR_TRY(done, perebor_average_ranks(ranks, x, n, error));
    PEREBOR_TRY(done, perebor_average_ranks(ranks + n, y, n, error));
    *coefficient = perebor_pearson(ranks, ranks + n, n);
done:
    free(ranks);
    return status;
}

/** The number of pairs among @p n. */
static double count_pairs(size_t n) {
    return 0.5 * (double)n * ((double)n - 1.0);
}

/** Merges two sorted halves; returns how many pairs were in the wrong order. */
static uint64_t merge(double *values, double *scratch, size_t middle, size_t n) {
    uint64_t n_exchanges = 0;
    size_t left = 0;
    size_t right = middle;
    for (size_t i = 0; i < n; i++) {
        int take_right = right < n && (left >= middle || values[right] < values[left]);
        n_exchanges += take_right ? middle - left : 0;
        scratch[i] = take_right ? values[right] : values[left];
        right += (size_t)take_right;
        left += (size_t)!take_right;
    }
    memcpy(values, scratch, n * sizeof *values);
    return n_exchanges;
}

/** Sorts by merging, from runs of one up; returns the number of inversions. */
static uint64_t count_inversions(double *values, double *scratch, size_t n) {
    uint64_t n_exchanges = 0;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t start = 0; start + width < n; start += 2 * width) {
            size_t end = start + 2 * width < n ? start + 2 * width : n;
            n_exchanges += merge(values + start, scratch, width, end - start);
        }
    }
    return n_exchanges;
}

/** Pairs that tie in a sorted column. */
static double count_ties(const double *sorted, size_t n) {
    double n_tied = 0.0;
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && sorted[end] == sorted[first];) {
            end++;
        }
        n_tied += count_pairs(end - first);
    }
    return n_tied;
}

/** Pairs of sorted points that tie in x, and those that tie in both. */
static void count_point_ties(const point *points, size_t n, double *in_x, double *in_both) {
    size_t first_x = 0;
    size_t first_both = 0;
    *in_x = *in_both = 0.0;
    for (size_t i = 1; i <= n; i++) {
        int same_x = i < n && points[i].x == points[i - 1].x;
        int same_both = same_x && points[i].y == points[i - 1].y;
        if (!same_x) {
            *in_x += count_pairs(i - first_x);
            first_x = i;
        }
        if (!same_both) {
            *in_both += count_pairs(i - first_both);
            first_both = i;
        }
    }
}

perebor_status perebor_kendall(double *coefficient, const double *x, const double *y, size_t n,
                               perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    point *points = sort_points(x, y, n);
    double *values = calloc(2 * n + 1, sizeof *values);
    if (points == NULL || values == NULL) {
        status = perebor_no_memory(error, "to rank %zu values", n);
        goto done;
    }
    double in_x;
    double in_both;
    count_point_ties(points, n, &in_x, &in_both);
    for (size_t i = 0; i < n; i++) {
        values[i] = points[i].y;
    }
    double n_discordant = (double)count_inversions(values, values + n, n);
    double in_y = count_ties(values, n);
    double n_pairs = count_pairs(n);
    double score = n_pairs - in_x - in_y + in_both - 2.0 * n_discordant;
    double scale = sqrt(n_pairs - in_x) * sqrt(n_pairs - in_y);
    *coefficient = scale > 0.0 ? score / scale : NAN;
done:
    free(values);
    free(points);
    return status;
}

double perebor_correlation_p(double coefficient, size_t n) {
    if (isnan(coefficient) || n < 3) {
        return NAN;
    }
    double left = 1.0 - coefficient * coefficient;
    double dof = (double)n - 2.0;
    return left > 0.0 ? perebor_t_tails(coefficient * sqrt(dof / left), dof) : 0.0;
}

const char *perebor_chaddock(double coefficient) {
    static const double bounds[] = {0.1, 0.3, 0.5, 0.7, 0.9};
    static const char *const words[] = {"none",       "weak", "moderate",
                                        "noticeable", "high", "very high"};
    if (isnan(coefficient)) {
        return "undefined";
    }
    size_t word = 0;
    while (word < 5 && fabs(coefficient) >= bounds[word]) {
        word++;
    }
    return words[word];
}
