// SPDX-License-Identifier: MIT
/**
 * @file golden_model.h
 * The rows and figures of tests/golden/importance, and the model that they are about.
 */
#ifndef TESTS_UNIT_EXPLAIN_GOLDEN_MODEL_H
#define TESTS_UNIT_EXPLAIN_GOLDEN_MODEL_H

#include "explain/altered_rows.h"
#include "explain/shape.h"
#include "perebor/fitted_pipeline.h"

enum { GOLDEN_ROWS = 160, GOLDEN_TRAIN = 110, GOLDEN_COLUMNS = 4, GOLDEN_REPEATS = 6 };
enum { GOLDEN_SEED = 3 };

extern perebor_dataset golden_dataset;
extern uint32_t golden_rows[GOLDEN_ROWS]; /**< 0, 1, 2 … */
extern perebor_fitted_pipeline *golden_pipeline;

/** Reads the rows and fits the model. For cmocka's groups. */
int golden_set_up(void **state);
int golden_tear_down(void **state);

/** Reads the figures of a name. @return How many there were, at most @p most. */
size_t golden_read(const char *name, double *values, size_t most);

#endif
