// SPDX-License-Identifier: MIT
#include "svc_optimum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

double svc_optimum_violation(const svc_gram *gram, const uint8_t *labels, size_t n_points, double c,
                             const double *coefficients, perebor_workspace *workspace) {
    perebor_error error = {0};
    svc_rows rows;
    double highest = -INFINITY;
    double lowest = INFINITY;
    assert_int_equal(svc_rows_create(&rows, gram, workspace, &error), PEREBOR_OK);
    for (size_t point = 0; point < n_points; point++) {
        const float *entries;
        bool positive = labels[point] != 0;
        double error_here = positive ? 1.0 : -1.0;
        svc_rows_get(&rows, &point, 1, &entries);
        for (size_t other = 0; other < n_points; other++) {
            error_here -= coefficients[other] * (double)entries[other];
        }
        if (coefficients[point] < (positive ? c : 0.0)) {
            highest = fmax(highest, error_here);
        }
        if (coefficients[point] > (positive ? 0.0 : -c)) {
            lowest = fmin(lowest, error_here);
        }
    }
    return highest - lowest;
}
