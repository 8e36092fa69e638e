// SPDX-License-Identifier: MIT
/**
 * @file incomplete_gamma.h
 * The gamma function's logarithm and derivative, and the regularised incomplete gamma function.
 *
 * The same bits everywhere: nothing of libm is called but square roots.
 */
#ifndef PEREBOR_STATISTICS_INCOMPLETE_GAMMA_H
#define PEREBOR_STATISTICS_INCOMPLETE_GAMMA_H

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) from x = 12 on, the recurrence below. */
double perebor_log_gamma(double x);

/** ψ(x) = Γ'(x)/Γ(x) for x > 0: its asymptotic series (DLMF 5.11.2) and the recurrence. */
double perebor_digamma(double x);

/**
 * Q(a, x) = Γ(a, x) / Γ(a) for a > 0 and x >= 0, small values included to full relative precision:
 * the series of P (DLMF 8.11.4) if x < a + 1, else the continued fraction (DLMF 8.9.2).
 */
double perebor_gamma_upper(double a, double x);

#endif
