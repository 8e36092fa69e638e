// SPDX-License-Identifier: MIT
#include "perebor/quantile.h"

#include <math.h>
#include <stdlib.h>

#include "metric/value_order.h"

static int compare_values(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

void perebor_values_sort(double *values, size_t n) {
    double *spare = malloc((n + 1) * sizeof *spare);
    if (spare != NULL) {
        metric_sort_values(values, spare, n);
    } else if (n > 1) {
        qsort(values, n, sizeof *values, compare_values); // slower, and needs no memory of ours
    }
    free(spare);
}

double perebor_quantile(const double *sorted, size_t n, double share) {
    double place = share * (double)(n - 1);
    size_t below = (size_t)place;
    double part = place - (double)below;
    if (below + 1 >= n) {
        return sorted[n - 1];
    }
    double step = sorted[below + 1] - sorted[below];
    // From the nearer end, as numpy does, so that a quantile is monotone in its share.
    return part < 0.5 ? sorted[below] + step * part : sorted[below + 1] - step * (1.0 - part);
}

double perebor_median_deviation(const double *sorted, size_t n, double *scratch) {
    double median = perebor_quantile(sorted, n, 0.5);
    for (size_t i = 0; i < n; i++) {
        scratch[i] = fabs(sorted[i] - median);
    }
    perebor_values_sort(scratch, n);
    return perebor_quantile(scratch, n, 0.5);
}

size_t perebor_distinct_count(const double *sorted, size_t n) {
    size_t n_distinct = n > 0;
    for (size_t i = 1; i < n; i++) {
        n_distinct += sorted[i] != sorted[i - 1];
    }
    return n_distinct;
}
