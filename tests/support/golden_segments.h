// SPDX-License-Identifier: MIT
/** Lines of tests/golden/segments/segments.txt, which make_segments.py wrote with scikit-learn and
 * scipy, and its points. */
#ifndef TESTS_SUPPORT_GOLDEN_SEGMENTS_H
#define TESTS_SUPPORT_GOLDEN_SEGMENTS_H

#include <stddef.h>

#include "cluster/points.h"

enum { GOLDEN_POINTS = 200, GOLDEN_DIMENSIONS = 5 };

/** The values of the @p number-th line of a key, from 0. @return How many; 0: there is no such. */
size_t golden_segments(const char *key, size_t number, double *values, size_t most);

/** A column of ../statistics/customers.csv. @param[out] values [GOLDEN_POINTS] */
void golden_column(const char *name, double *values);

/** The points that clusters are made of: pages, cats_visit, min1, min0, promo; standardised. */
cluster_points golden_points(void);

#endif
