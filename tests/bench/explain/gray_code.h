// SPDX-License-Identifier: MIT
/**
 * @file gray_code.h
 * What shapley_neighbors.c is measured beside: every coalition in Gray-code order, the distances of
 * one being those of the one before but for a column.
 */
#ifndef BENCH_EXPLAIN_GRAY_CODE_H
#define BENCH_EXPLAIN_GRAY_CODE_H

#include "perebor/matrix.h"
#include "perebor/model_form.h"

/**
 * Shapley values of votes that weigh 1 / manhattan distance, a player a column, up to 20.
 *
 * Distances are as exact as sums are that are added to and taken from: points that tie with the
 * last voter may not tie here.
 *
 * @param[out] values  [n_rows][n_columns], zeroed before.
 * @return CPU seconds.
 */
double explain_by_gray_code(const perebor_model_form *form, const perebor_matrix *rows,
                            const perebor_matrix *background, double *values);

#endif
