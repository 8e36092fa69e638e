// SPDX-License-Identifier: MIT
/**
 * @file learning.h
 * A random problem for any learner, and its settings by name: what the tests of model share.
 */
#ifndef TESTS_UNIT_MODEL_LEARNING_H
#define TESTS_UNIT_MODEL_LEARNING_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/learners.h"

enum { LEARNING_MOST_ROWS = 256 };

/** Rows to learn from, and rows to score; the matrices are of the workspace. */
typedef struct learning {
    perebor_workspace *workspace;
    perebor_training training;
    uint8_t labels[LEARNING_MOST_ROWS];
    perebor_matrix test;
} learning;

/**
 * Draws a problem: labels lean on the first columns, both are there, none can be told apart surely.
 *
 * @param[in] levels  Values of a column; 0: nearly normal ones.
 */
void learning_draw(learning *problem, perebor_workspace *workspace, uint64_t seed, size_t n_rows,
                   size_t n_columns, size_t n_test, unsigned levels);

/** A matrix of zeros; fails the test if there is no memory. */
perebor_matrix learning_matrix(perebor_workspace *workspace, size_t n_rows, size_t n_columns);

/** Calls column 2 "fee 2": a name_column of perebor_training. @param[in] names  NULL */
size_t learning_name_column(const void *names, size_t column, char *name, size_t size);

/** The learner of a name, which must be there. */
const perebor_learner *learning_find(const char *name);

/** One of the values that a setting may have. */
perebor_value learning_none(void);
perebor_value learning_whole(int64_t number);
perebor_value learning_real(double number);
perebor_value learning_text(const char *text);

/** All settings at their defaults. @param[out] values  [PEREBOR_MAX_SETTINGS] */
void learning_defaults(const perebor_learner *learner, perebor_value *values);

/** Sets one by its name, as a setting accepts it. */
void learning_set(const perebor_learner *learner, perebor_value *values, const char *name,
                  perebor_value value);

/** Sets several: "C=0.5 kernel=poly degree=2 max_depth=null". */
void learning_set_all(const perebor_learner *learner, perebor_value *values, const char *text);

/** Fits, which must succeed. */
perebor_model *learning_fit(const perebor_learner *learner, const learning *problem,
                            const perebor_value *values, perebor_fit_report *report);

/** Scores, which must succeed. @param[out] scores  [rows->n_rows] */
void learning_score(const perebor_learner *learner, const perebor_model *model,
                    const perebor_matrix *rows, perebor_workspace *workspace, double *scores);

#endif
