// SPDX-License-Identifier: MIT
/**
 * @file logreg_rank.h
 * Directions that a solver's curvature has, had at weights 0, and has lost.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_RANK_H
#define PEREBOR_MODEL_LOGREG_LOGREG_RANK_H

#include "model/logreg/logreg_solver.h"

/** How many directions of the columns in use have a curvature that is more than a share of their
 * column's own. */
size_t logreg_rank_of_share(const logreg_solver *s, double share);

/** How many have one for certain. */
size_t logreg_rank(const logreg_solver *s);

/**
 * Whether the curvature has lost a direction that it had at weights 0. A direction along which the
 * loss falls for ever, and its curvature with it, ends so: no finite weight is the best
 * (quasi-complete separation; Albert and Anderson, Biometrika 71, 1984), or none that can be told
 * from others, where a penalty is so small that it turns the loss around beyond all precision.
 * Columns that depend on others do so from the start. With an l1 the columns in use change from
 * step to step: those of the last one are what is compared.
 *
 * @param[in] rank_at_start  logreg_rank() at weights 0, where the solver was there and there is no
 *                           l1.
 */
bool logreg_ran_away(logreg_solver *s, size_t rank_at_start);

#endif
