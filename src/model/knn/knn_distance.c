// SPDX-License-Identifier: MIT
#include "model/knn/knn_distance.h"

#include <math.h>

#include "base/arithmetic.h"
#include "base/simd.h"

double knn_distance(knn_metric metric, double p, const double *packed, size_t row, size_t n_columns,
                    const double *query, size_t step) {
    const double *from =
        packed + row / PEREBOR_LANES * n_columns * PEREBOR_LANES + row % PEREBOR_LANES;
    double sum = 0.0;
    for (size_t column = 0; column < n_columns; column++) {
        double apart = fabs(query[column * step] - from[column * PEREBOR_LANES]);
        sum += metric == KNN_MANHATTAN   ? apart
               : metric == KNN_EUCLIDEAN ? apart * apart
                                         : perebor_pow(apart, p);
    }
    return sum;
}
