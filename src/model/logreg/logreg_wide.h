// SPDX-License-Identifier: MIT
/**
 * @file logreg_wide.h
 * The optimum of penalised logistic regression over many columns: the steps of logreg_solver.h,
 * found without a matrix of all pairs of columns.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_WIDE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_WIDE_H

#include "model/logreg/logreg_point.h"

/** Memory to solve one problem with many penalties, one after the other. */
typedef struct logreg_wide logreg_wide;

/** Whether a problem with this penalty is one for this solver: one of more than LOGREG_MANY
 * features, unless all are dense and there is no penalty. */
bool logreg_wide_serves(const logreg_problem *problem, logreg_penalty penalty);

/** Makes a solver in the workspace. @param[in] problem  Must outlive it. */
PEREBOR_MUST_CHECK perebor_status logreg_wide_create(logreg_wide **solver,
                                                     const logreg_problem *problem,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

/**
 * Solves; what was solved before does not matter to one bit.
 *
 * @param[out] gave_up  All columns are dense and depend on each other so much that a matrix of
 *                      them is faster; the solution is not set.
 * @retval PEREBOR_ERR_NUMERIC  The computation left the finite numbers.
 */
PEREBOR_MUST_CHECK perebor_status logreg_wide_run(logreg_wide *solver, logreg_penalty penalty,
                                                  logreg_solution *solution, bool *gave_up,
                                                  perebor_error *error);

#endif
