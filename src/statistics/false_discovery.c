// SPDX-License-Identifier: MIT
#include "statistics/false_discovery.h"

#include <math.h>
#include <stdlib.h>

typedef struct placed {
    double p;
    size_t place;
} placed;

static int compare_placed(const void *left, const void *right) {
    double a = ((const placed *)left)->p;
    double b = ((const placed *)right)->p;
    return (a > b) - (a < b);
}

/** The tests in ascending order of their probability; NaN goes to @p adjusted at once.
 * @param[out] sorted  Freed by the caller. */
static perebor_status sort_tests(double *adjusted, const double *p, size_t n, placed **sorted,
                                 size_t *n_tests, perebor_error *error) {
    *sorted = calloc(n + 1, sizeof **sorted);
    *n_tests = 0;
    if (*sorted == NULL) {
        return perebor_no_memory(error, "to sort %zu probabilities", n);
    }
    for (size_t i = 0; i < n; i++) {
        if (isnan(p[i])) {
            adjusted[i] = NAN;
        } else {
            (*sorted)[(*n_tests)++] = (placed){.p = p[i], .place = i};
        }
    }
    qsort(*sorted, *n_tests, sizeof **sorted, compare_placed);
    return PEREBOR_OK;
}

perebor_status perebor_false_discovery_adjust(double *adjusted, const double *p, size_t n,
                                              perebor_error *error) {
    placed *sorted = NULL;
    size_t n_tests = 0;
    perebor_status status = sort_tests(adjusted, p, n, &sorted, &n_tests, error);
    double least = 1.0;
    for (size_t i = n_tests; i-- > 0;) {
        double value = sorted[i].p * (double)n_tests / (double)(i + 1);
        least = value < least ? value : least;
        adjusted[sorted[i].place] = least;
    }
    free(sorted);
    return status;
}

perebor_status perebor_holm_adjust(double *adjusted, const double *p, size_t n,
                                   perebor_error *error) {
    placed *sorted = NULL;
    size_t n_tests = 0;
    perebor_status status = sort_tests(adjusted, p, n, &sorted, &n_tests, error);
    double most = 0.0;
    // max over j <= i of (m - j) p_(j), j from 0, at most 1
    for (size_t i = 0; i < n_tests; i++) {
        double value = sorted[i].p * (double)(n_tests - i);
        most = value > most ? value : most;
        adjusted[sorted[i].place] = most < 1.0 ? most : 1.0;
    }
    free(sorted);
    return status;
}

double perebor_p_of_more_trials(double p, size_t n_ahead, size_t n_behind) {
    if (!(n_ahead > n_behind) || isnan(p)) {
        return p;
    }
    return fmin(1.0, p * (double)n_ahead / (double)n_behind);
}
