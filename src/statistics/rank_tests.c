// SPDX-License-Identifier: MIT
#include "statistics/rank_tests.h"

#include <math.h>
#include <stdlib.h>

#include "statistics/tail_probability.h"
#include "statistics/value_order.h"

static perebor_status sort_values(metric_placed **sorted, const double *values, size_t n,
                                  perebor_error *error) {
    *sorted = metric_order_values(values, n);
    return *sorted != NULL ? PEREBOR_OK : perebor_no_memory(error, "to rank %zu values", n);
}

static double count_positive(const uint8_t *labels, size_t n) {
    size_t n_positive = 0;
    for (size_t i = 0; i < n; i++) {
        n_positive += labels[i];
    }
    return (double)n_positive;
}

/** The end of the tie that begins at @p first, and the positives in it. */
static size_t tie_end(const metric_placed *sorted, const uint8_t *labels, size_t first, size_t n,
                      size_t *n_positive) {
    size_t end = first;
    *n_positive = 0;
    for (; end < n && sorted[end].value == sorted[first].value; end++) {
        *n_positive += labels[sorted[end].place];
    }
    return end;
}

static double two_tails(double z) {
    double p = 2.0 * perebor_normal_tail(fabs(z));
    return p < 1.0 ? p : 1.0;
}

perebor_status perebor_mann_whitney(perebor_statistical_test *result, const double *values,
                                    const uint8_t *labels, size_t n, perebor_error *error) {
    metric_placed *sorted;
    perebor_status status = sort_values(&sorted, values, n, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    double rank_sum = 0.0;
    double ties = 0.0;
    size_t n_positive;
    for (size_t first = 0, end; first < n; first = end) {
        end = tie_end(sorted, labels, first, n, &n_positive);
        double size = (double)(end - first);
        rank_sum += (double)n_positive * 0.5 * (double)(first + 1 + end);
        ties += size * size * size - size;
    }
    free(sorted);
    double n1 = count_positive(labels, n);
    double n2 = (double)n - n1;
    double total = (double)n;
    double u = rank_sum - 0.5 * n1 * (n1 + 1.0);
    double sd = sqrt(n1 * n2 / 12.0 * ((total + 1.0) - ties / (total * (total - 1.0))));
    double distance = fabs(u - 0.5 * n1 * n2) - 0.5;
    *result = (perebor_statistical_test){NAN, NAN};
    if (n1 > 0.0 && n2 > 0.0) {
        result->statistic = u;
        result->p = !(sd > 0.0) || distance <= 0.0 ? 1.0 : two_tails(distance / sd);
    }
    return PEREBOR_OK;
}

perebor_status perebor_kolmogorov_smirnov(perebor_statistical_test *result, const double *values,
                                          const uint8_t *labels, size_t n, perebor_error *error) {
    metric_placed *sorted;
    perebor_status status = sort_values(&sorted, values, n, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    double n1 = count_positive(labels, n);
    double n2 = (double)n - n1;
    double greatest = 0.0;
    double positive_so_far = 0.0;
    size_t n_positive;
    for (size_t first = 0, end; first < n; first = end) {
        end = tie_end(sorted, labels, first, n, &n_positive);
        positive_so_far += (double)n_positive;
        double distance = fabs(positive_so_far / n1 - ((double)end - positive_so_far) / n2);
        greatest = distance > greatest ? distance : greatest;
    }
    free(sorted);
    *result = (perebor_statistical_test){NAN, NAN};
    if (n1 > 0.0 && n2 > 0.0) {
        result->statistic = greatest;
        result->p = perebor_kolmogorov_tail(greatest * sqrt(n1 * n2 / (n1 + n2)));
    }
    return PEREBOR_OK;
}

perebor_statistical_test perebor_runs_test(const uint8_t *labels, size_t n) {
    double n1 = count_positive(labels, n);
    double n2 = (double)n - n1;
    if (n < 3 || n1 == 0.0 || n2 == 0.0) {
        return (perebor_statistical_test){NAN, NAN};
    }
    double n_runs = 1.0;
    for (size_t i = 1; i < n; i++) {
        n_runs += labels[i] != labels[i - 1];
    }
    double expected = 2.0 * n1 * n2 / (n1 + n2) + 1.0;
    double variance = (expected - 1.0) * (expected - 2.0) / ((double)n - 1.0);
    double z = variance > 0.0 ? (n_runs - expected) / sqrt(variance) : 0.0;
    return (perebor_statistical_test){z, two_tails(z)};
}
