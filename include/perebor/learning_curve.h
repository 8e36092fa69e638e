// SPDX-License-Identifier: MIT
/**
 * @file learning_curve.h
 * Where learning curves have their points.
 *
 * A learner that adds up estimators, such as trees, scores by the first few of them as the same
 * learner with a smaller n_estimators does. Its learning curve is these scores at n_estimators of
 * 1, 2, 3, 4, 5, 6, 8 and then of 10, 12, 15, 20, 25, 30, 40, 50, 60, 80 times a power of ten, as
 * far as it has so many. The points are the same for every model, so that the curve of one is the
 * first part of the curve of a longer one.
 */
#ifndef PEREBOR_LEARNING_CURVE_H
#define PEREBOR_LEARNING_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Points of a curve at most, up to n_estimators of 100 000. */
enum { PEREBOR_CURVE_MAX_POINTS = 48 };

/** n_estimators of a point. @pre point < PEREBOR_CURVE_MAX_POINTS */
size_t perebor_curve_n_estimators(size_t point);

/** How many points the curve of a model of so many estimators has. */
size_t perebor_curve_n_points(size_t n_estimators);

PEREBOR_END_DECLS

#endif
