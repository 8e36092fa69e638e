// SPDX-License-Identifier: MIT
/**
 * @file svc_rounding.h
 * How far decisions move, about, as kernel values are rounded to single precision.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_ROUNDING_H
#define PEREBOR_MODEL_SVC_SVC_ROUNDING_H

#include "model/svc/svc_rows.h"

/** How far they move by values that are not reduced. @param[in] coefficients  [n_rows] */
double svc_rounding_whole(const svc_gram *gram, const double *coefficients);

/**
 * How far they move by reduced values.
 *
 * @param[in] less  What is yet to be taken off the values at hand.
 */
double svc_rounding_reduced(svc_rows *rows, const double *coefficients, double less);

#endif
