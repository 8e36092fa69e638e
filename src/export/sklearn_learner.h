// SPDX-License-Identifier: MIT
/**
 * @file sklearn_learner.h
 * A learner with its settings as scikit-learn's estimator of the same scores.
 */
#ifndef PEREBOR_EXPORT_SKLEARN_LEARNER_H
#define PEREBOR_EXPORT_SKLEARN_LEARNER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "perebor/pipeline.h"

/** The line that imports the estimator. */
void sklearn_learner_import(const perebor_candidate *candidate, FILE *stream);

/** Whether two are the same estimator, of whatever settings: imported once, with one class. */
bool sklearn_learner_is_same(const perebor_candidate *one, const perebor_candidate *other);

/** The class that the estimator is written with, where it has one of its own. */
void sklearn_learner_class(const perebor_candidate *candidate, FILE *stream);

/** model = …, which needs the import and the class. @return  What keeps its scores from being the
 * same; NULL: nothing.
 */
const char *sklearn_learner_write(const perebor_candidate *candidate, FILE *stream);

#endif
