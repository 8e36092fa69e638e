// SPDX-License-Identifier: MIT
/**
 * @file arithmetic.h
 * Elementary functions with the same bits on every machine, compiler and instruction set.
 *
 * libm's differ between versions and CPUs, so nothing that bears on a score may call it (sqrt,
 * fabs, floor and friends are exact everywhere and may be used). Only +, -, *, / and integer
 * operations in a fixed order are used here. The eight-lane forms give the scalar forms' bits in
 * every lane.
 *
 * Method: arguments are reduced by Cody and Waite, then fdlibm's rational approximations (Sun
 * Microsystems, 1993: e_exp.c, e_log.c, s_log1p.c) are evaluated in one fixed order. Errors stay
 * below 1 ulp for exp and log, below 2 ulp for log1p and expm1.
 */
#ifndef PEREBOR_BASE_ARITHMETIC_H
#define PEREBOR_BASE_ARITHMETIC_H

#include "base/simd.h"

#include <math.h>

PEREBOR_INLINE double arithmetic_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

PEREBOR_INLINE uint64_t arithmetic_to_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/**
 * e to the power of each lane. Below -708 the result is 0 and above 709 it is +infinity: subnormal
 * results are flushed, so that no machine's handling of them matters. NaN stays NaN.
 */
PEREBOR_INLINE v8d v8d_exp(v8d x) {
    const double round = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to an integer
    v8i low = x < v8d_set(-708.0);
    v8i high = x > v8d_set(709.0);
    v8d bounded = v8d_select(low, v8d_set(-708.0), v8d_select(high, v8d_set(709.0), x));
    v8d shifted = bounded * v8d_set(1.44269504088896338700e+00) + v8d_set(round);
    v8d k = shifted - v8d_set(round);
    v8d hi = bounded - k * v8d_set(6.93147180369123816490e-01);
    v8d lo = k * v8d_set(1.90821492927058770002e-10);
    v8d r = hi - lo;
    v8d t = r * r;
    v8d c = r - t * (v8d_set(1.66666666666666019037e-01) +
                     t * (v8d_set(-2.77777777770155933842e-03) +
                          t * (v8d_set(6.61375632143793436117e-05) +
                               t * (v8d_set(-1.65339022054652515390e-06) +
                                    t * v8d_set(4.13813679705723846039e-08)))));
    v8d y = v8d_set(1.0) - ((lo - (r * c) / (v8d_set(2.0) - c)) - hi);
    v8u exponent = ((v8u)shifted << 52) + (v8u)v8d_set(1.0);
    v8d scaled = y * (v8d)exponent;
    scaled = v8d_select(low, v8d_set(0.0), scaled);
    return v8d_select(high, v8d_set(INFINITY), scaled);
}

/**
 * The natural logarithm of each lane that is positive, finite and normal; the others hold anything.
 * Gives perebor_log()'s bits.
 */
PEREBOR_INLINE v8d v8d_log(v8d x) {
    const double round = 6755399441055744.0; // 1.5 * 2^52
    v8u bits = (v8u)x;
    v8u shifted = bits - 0x3fe6a09e667f3bcdu;
    v8i exponent = (v8i)shifted >> 52;
    v8d m = (v8d)(bits - (shifted & 0xfff0000000000000u));
    v8d k = (v8d)(exponent + (v8i)v8d_set(round)) - v8d_set(round);
    v8d f = m - v8d_set(1.0);
    v8d s = f / (v8d_set(2.0) + f);
    v8d z = s * s;
    v8d w = z * z;
    v8d t1 = w * (v8d_set(3.999999999940941908e-01) +
                  w * (v8d_set(2.222219843214978396e-01) + w * v8d_set(1.531383769920937332e-01)));
    v8d t2 =
        z * (v8d_set(6.666666666666735130e-01) +
             w * (v8d_set(2.857142874366239149e-01) +
                  w * (v8d_set(1.818357216161805012e-01) + w * v8d_set(1.479819860511658591e-01))));
    v8d r = t2 + t1;
    v8d half = v8d_set(0.5) * f * f;
    return k * v8d_set(6.93147180369123816490e-01) -
           ((half - (s * (half + r) + k * v8d_set(1.90821492927058770002e-10))) - f);
}

/** Log base 2 of each lane, as v8d_log(). Gives perebor_log2()'s bits. */
PEREBOR_INLINE v8d v8d_log2(v8d x) {
    return v8d_log(x) / v8d_set(6.93147180559945286227e-01);
}

/** e to the power of @p x; see v8d_exp() for the ends of the range. */
PEREBOR_INLINE double perebor_exp(double x) {
    const double round = 6755399441055744.0;
    if (x < -708.0) {
        return 0.0;
    }
    if (x > 709.0) {
        return INFINITY;
    }
    double shifted = x * 1.44269504088896338700e+00 + round;
    double k = shifted - round;
    double hi = x - k * 6.93147180369123816490e-01;
    double lo = k * 1.90821492927058770002e-10;
    double r = hi - lo;
    double t = r * r;
    double c =
        r - t * (1.66666666666666019037e-01 +
                 t * (-2.77777777770155933842e-03 +
                      t * (6.61375632143793436117e-05 +
                           t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    double y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);
    uint64_t exponent = (arithmetic_to_bits(shifted) << 52) + arithmetic_to_bits(1.0);
    return y * arithmetic_from_bits(exponent);
}

/** The natural logarithm. -infinity at 0, NaN below. */
double perebor_log(double x);

/** log(1 + x), accurate near 0. */
double perebor_log1p(double x);

/** exp(x) - 1, accurate near 0. */
double perebor_expm1(double x);

/** x to the power of y for x >= 0, as exp(y log x); exact for x = 0 and x = 1. */
double perebor_pow(double x, double y);

/** Log base 2, as log(x) / log(2). */
double perebor_log2(double x);

/**
 * The value below which a standard normal variable lies with probability @p p; relative error about
 * 1e-16. -infinity at 0, +infinity at 1, NaN outside.
 *
 * Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics
 * 37 (1988): PPND16.
 */
double perebor_normal_quantile(double p);

/** The hyperbolic tangent. */
double perebor_tanh(double x);

/**
 * The standard normal distribution function, to about 1e-15 relative: half of erfc(-x / sqrt(2)) by
 * the rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error
 * function", Mathematics of Computation 23 (1969).
 */
double perebor_normal_cdf(double x);

#endif
