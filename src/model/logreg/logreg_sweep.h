// SPDX-License-Identifier: MIT
/**
 * @file logreg_sweep.h
 * Coordinate descent over the quadratic of logreg_implicit.h: every variable in its turn goes to
 * where it is best alone.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_SWEEP_H
#define PEREBOR_MODEL_LOGREG_LOGREG_SWEEP_H

#include "model/logreg/logreg_implicit.h"

/**
 * Sweeps until no variable changes sides or all go less far than is wanted, but not often.
 *
 * @param[in,out] q       Whose moves are up to date before; values and drag are afterwards.
 * @param[in]     most    Sweeps.
 * @param[in]     target  Of the measure of how far from optimal.
 */
void logreg_sweep_coordinates(logreg_implicit *q, size_t most, double target);

#endif
