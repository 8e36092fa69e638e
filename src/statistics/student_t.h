// SPDX-License-Identifier: MIT
/**
 * @file student_t.h
 * Quantiles of Student's t distribution.
 */
#ifndef PEREBOR_STATISTICS_STUDENT_T_H
#define PEREBOR_STATISTICS_STUDENT_T_H

/**
 * The value below which Student's t with @p dof > 0 degrees of freedom lies with probability @p p,
 * to about 1e-9 relative, what the incomplete beta function gives. -infinity at 0, +infinity at 1,
 * NaN outside or if dof is not positive.
 */
double perebor_t_quantile(double p, double dof);

#endif
