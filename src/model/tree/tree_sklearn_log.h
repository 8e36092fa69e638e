// SPDX-License-Identifier: MIT
/**
 * @file tree_sklearn_log.h
 * A logarithm rounded correctly, but for one argument in many thousands: what a good C library
 * gives, and so what scikit-learn computed with. perebor_log() is off by a bit in one of fourteen.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SKLEARN_LOG_H
#define PEREBOR_MODEL_TREE_TREE_SKLEARN_LOG_H

/** log(x) / log(2). @pre 0 < x, finite and normal. */
double tree_sklearn_log2(double x);

#endif
