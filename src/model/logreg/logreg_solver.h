// SPDX-License-Identifier: MIT
/**
 * @file logreg_solver.h
 * The optimum of penalised logistic regression.
 *
 *     minimise over w, b:  sum of weight * log(1 + exp(-margin)) + l1 |w|_1 + l2 |w|_2^2 / 2
 *
 * by proximal Newton steps over working sets (Lee, Sun and Saunders, "Proximal Newton-type methods
 * for minimizing composite functions", SIAM J. Optim. 24, 2014), damped as the self-concordance of
 * the logistic loss allows (Sun and Tran-Dinh, "Generalized self-concordant functions", Math.
 * Program. 178, 2019).
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_SOLVER_H
#define PEREBOR_MODEL_LOGREG_LOGREG_SOLVER_H

#include "model/logreg/logreg_point.h"

/** Rows, and dense columns, from which on curvatures are formed in single precision: it is what
 * takes most of the time then. */
enum { LOGREG_ROUGH_ROWS = 4096, LOGREG_ROUGH_COLUMNS = 24 };

/** Memory to solve one problem with many penalties, one after the other. */
typedef struct logreg_solver logreg_solver;

/** Makes a solver in the workspace. @param[in] problem  Must outlive it. */
PEREBOR_MUST_CHECK perebor_status logreg_solver_create(logreg_solver **solver,
                                                       const logreg_problem *problem,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

/**
 * Solves; what was solved before does not matter to one bit.
 *
 * @retval PEREBOR_ERR_NUMERIC  The computation left the finite numbers.
 */
PEREBOR_MUST_CHECK perebor_status logreg_solver_run(logreg_solver *solver, logreg_penalty penalty,
                                                    logreg_solution *solution,
                                                    perebor_error *error);

#endif
