// SPDX-License-Identifier: MIT
/**
 * @file logreg_part.h
 * A part of the rows of a problem, as a problem of its own.
 *
 * The optimum over m of n rows that are much like the others, with penalties m / n as strong, is
 * about sqrt(n_columns / m) of a margin from that over all of them, at m / n of the cost: from
 * there Newton's method, whose errors square from step to step, has half of its way behind it.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_PART_H
#define PEREBOR_MODEL_LOGREG_LOGREG_PART_H

#include "model/logreg/logreg_problem.h"

/**
 * Copies the part in the workspace: of every LOGREG_PART vectors of rows the first. Columns keep
 * the centres and scales that they have over all rows; all of its rows are real ones.
 *
 * @param[in] problem  Which logreg_problem_is_long(); must outlive the part.
 */
PEREBOR_MUST_CHECK perebor_status logreg_part_create(logreg_problem **part,
                                                     const logreg_problem *problem,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

#endif
