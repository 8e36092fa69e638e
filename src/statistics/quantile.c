// SPDX-License-Identifier: MIT
#include "statistics/quantile.h"

#include <stdbool.h>

#include "statistics/value_order.h"

void perebor_values_sort(double *values, double *spare, size_t n) {
    metric_sort_values(values, spare, n);
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

/**
 * Distances from the median grow outwards on both sides: they are met in order by taking the nearer
 * of the next on the left and the next on the right.
 */
double perebor_median_deviation(const double *sorted, size_t n) {
    double median = perebor_quantile(sorted, n, 0.5);
    size_t right = n / 2;
    size_t left = right;
    double last[2] = {0.0, 0.0};
    for (size_t taken = 0; taken <= n / 2; taken++) {
        bool take_left =
            right == n || (left > 0 && median - sorted[left - 1] <= sorted[right] - median);
        last[0] = last[1];
        last[1] = take_left ? median - sorted[--left] : sorted[right++] - median;
    }
    return n % 2 == 1 ? last[1] : last[0] + (last[1] - last[0]) * 0.5;
}

size_t perebor_distinct_count(const double *sorted, size_t n) {
    size_t n_distinct = n > 0;
    for (size_t i = 1; i < n; i++) {
        n_distinct += sorted[i] != sorted[i - 1];
    }
    return n_distinct;
}
