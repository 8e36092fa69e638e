// SPDX-License-Identifier: MIT
/**
 * @file export_cases.h
 * Pipelines to export: columns of every role, with names that are hard to write, and a learner
 * with its settings in a line.
 */
#ifndef PEREBOR_TEST_EXPORT_CASES_H
#define PEREBOR_TEST_EXPORT_CASES_H

#include "perebor/model_export.h"

enum { CASE_COLUMNS = 8, CASE_FIRST_NOMINAL = 6, CASE_ROWS = 90, CASE_TRAINING = 60 };

/** Numbers, an ordinal and a boolean column, two nominal ones; missing values in all but the
 * first nominal one, which has a level "". The rows after those of training have levels that no row
 * before has. */
const perebor_dataset *case_dataset(void);

/** What to fit. */
typedef struct export_case {
    const char *learner;
    const char *settings; /**< "C=0.1 penalty=l1"; NULL: the defaults. */
    perebor_preparation_settings preparation;
    bool uncalibrated;
    perebor_calibration_method method;
} export_case;

perebor_candidate case_candidate(const export_case *of);

/** Fits it; freed by the caller. Fails the test if that is not possible. */
perebor_fitted_pipeline *case_fit(const export_case *of);

/** The same on other columns, all of their rows. */
perebor_fitted_pipeline *case_fit_on(const export_case *of, const perebor_dataset *dataset);

/** The same of several that vote, calibrated as usual, whose methods and uncalibrated are not
 * looked at. @param[in] of, weights  [n], of 16 at most. */
perebor_fitted_pipeline *case_fit_voting(const export_case *of, const uint32_t *weights, size_t n);

/** Exports it under the name "m". Freed by the caller. */
char *case_export(const perebor_fitted_pipeline *pipeline, perebor_model_format format,
                  size_t *size);

#endif
