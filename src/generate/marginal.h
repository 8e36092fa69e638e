// SPDX-License-Identifier: MIT
/**
 * @file marginal.h
 * Distributions of single variables, by their quantiles.
 */
#ifndef PEREBOR_GENERATE_MARGINAL_H
#define PEREBOR_GENERATE_MARGINAL_H

#include <stddef.h>

#include "generate/generator.h"

/** The value below which a share @p u lies. @param[in] u  In (0, 1). */
double marginal_quantile(const perebor_marginal *marginal, double u);

/** Which of n outcomes with probabilities p (of any sum) a uniform number falls on. */
size_t marginal_choose(const double *p, size_t n, double u);

#endif
