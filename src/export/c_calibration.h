// SPDX-License-Identifier: MIT
/**
 * @file c_calibration.h
 * The map from scores to probabilities as C source.
 */
#ifndef PEREBOR_EXPORT_C_CALIBRATION_H
#define PEREBOR_EXPORT_C_CALIBRATION_H

#include "export/c_text.h"
#include "perebor/fitted_pipeline.h"

/** The functions of c_arithmetic.h that it calls: c_function, ored. */
unsigned c_calibration_functions(const perebor_fitted_pipeline *pipeline);

/** double $_probability(const struct @_row *row), which calls $_score(row); nothing where there is
 * none. */
void c_calibration_put(c_text *text, const perebor_fitted_pipeline *pipeline);

#endif
