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

perebor_status perebor_false_discovery_adjust(double *adjusted, const double *p, size_t n,
                                              perebor_error *error) {
    placed *sorted = calloc(n + 1, sizeof *sorted);
    if (sorted == NULL) {
        return perebor_no_memory(error, "to sort %zu probabilities", n);
    }
    size_t n_tests = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(p[i])) {
            adjusted[i] = NAN;
        } else {
            sorted[n_tests++] = (placed){.p = p[i], .place = i};
        }
    }
    qsort(sorted, n_tests, sizeof *sorted, compare_placed);
    double least = 1.0;
    for (size_t i = n_tests; i-- > 0;) {
        double value = sorted[i].p * (double)n_tests / (double)(i + 1);
        least = value < least ? value : least;
        adjusted[sorted[i].place] = least;
    }
    free(sorted);
    return PEREBOR_OK;
}
