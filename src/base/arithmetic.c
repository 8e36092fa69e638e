// SPDX-License-Identifier: MIT
#include "base/arithmetic.h"

#include <math.h>

double perebor_log(double x) {
    const double ln2_hi = 6.93147180369123816490e-01;
    const double ln2_lo = 1.90821492927058770002e-10;
    if (!(x > 0.0)) {
        return x == 0.0 ? -INFINITY : NAN;
    }
    if (x > 1.7976931348623157e308) {
        return x;
    }
    int exponent = 0;
    if (x < 2.2250738585072014e-308) {
        x *= 18014398509481984.0; // 2^54 lifts a subnormal number
        exponent = -54;
    }
    // x = 2^exponent * m with m in [sqrt(1/2), sqrt(2)), so that log(m) is small.
    uint64_t bits = arithmetic_to_bits(x);
    uint64_t shifted = bits - 0x3fe6a09e667f3bcdu;
    exponent += (int)((int64_t)shifted >> 52);
    double m = arithmetic_from_bits(bits - (shifted & 0xfff0000000000000u));
    double f = m - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double w = z * z;
    double t1 = w * (3.999999999940941908e-01 +
                     w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 +
                          w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double r = t2 + t1;
    double half = 0.5 * f * f;
    double k = exponent;
    return k * ln2_hi - ((half - (s * (half + r) + k * ln2_lo)) - f);
}

double perebor_log1p(double x) {
    double u = 1.0 + x;
    if (u == 1.0) {
        return x;
    }
    if (!(x > -1.0) || x > 1e300) {
        return perebor_log(u);
    }
    return perebor_log(u) * (x / (u - 1.0)); // W. Kahan's correction of the rounding in 1 + x
}

double perebor_expm1(double x) {
    double u = perebor_exp(x);
    if (u == 1.0) {
        return x;
    }
    double less_one = u - 1.0;
    if (less_one == -1.0 || u > 1.7976931348623157e308) {
        return less_one;
    }
    return less_one * (x / perebor_log(u));
}

double perebor_pow(double x, double y) {
    if (x == 0.0) {
        return y > 0.0 ? 0.0 : y == 0.0 ? 1.0 : INFINITY;
    }
    if (x == 1.0 || y == 0.0) {
        return 1.0;
    }
    return perebor_exp(y * perebor_log(x));
}

double perebor_log2(double x) {
    return perebor_log(x) / 6.93147180559945286227e-01;
}

double perebor_tanh(double x) {
    double magnitude = fabs(x);
    double t;
    if (magnitude > 22.0) {
        t = 1.0;
    } else {
        double e = perebor_expm1(2.0 * magnitude);
        t = e / (e + 2.0);
    }
    return x < 0.0 ? -t : t;
}

/** The ratio of two polynomials of degree 7, constant terms first. */
static double rational(const double numerator[8], const double denominator[8], double x) {
    double above = numerator[7];
    double below = denominator[7];
    for (int i = 6; i >= 0; i--) {
        above = above * x + numerator[i];
        below = below * x + denominator[i];
    }
    return above / below;
}

double perebor_normal_quantile(double p) {
    static const double a[8] = {3.3871328727963666080e+0, 1.3314166789178437745e+2,
                                1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[8] = {1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    static const double c[8] = {1.42343711074968357734e+0, 4.63033784615654529590e+0,
                                5.76949722146069140550e+0, 3.64784832476320460504e+0,
                                1.27045825245236838258e+0, 2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0,
                                2.05319162663775882187e+0,
                                1.67638483018380384940e+0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e+0, 5.46378491116411436990e+0,
                                1.78482653991729133580e+0, 2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    if (!(p > 0.0 && p < 1.0)) {
        return p == 0.0 ? -INFINITY : p == 1.0 ? INFINITY : NAN;
    }
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        return q * rational(a, b, 0.180625 - q * q);
    }
    double r = sqrt(-perebor_log(q < 0.0 ? p : 1.0 - p));
    double magnitude = r <= 5.0 ? rational(c, d, r - 1.6) : rational(e, f, r - 5.0);
    return q < 0.0 ? -magnitude : magnitude;
}

/** erf(x) for |x| <= 0.46875. */
static double erf_small(double x) {
    static const double a[] = {3.16112374387056560e00, 1.13864154151050156e02,
                               3.77485237685302021e02, 3.20937758913846947e03,
                               1.85777706184603153e-1};
    static const double b[] = {2.36012909523441209e01, 2.44024637934444173e02,
                               1.28261652607737228e03, 2.84423683343917062e03};
    double square = x * x;
    double above = a[4] * square;
    double below = square;
    for (int i = 0; i < 3; i++) {
        above = (above + a[i]) * square;
        below = (below + b[i]) * square;
    }
    return x * (above + a[3]) / (below + b[3]);
}

/** exp(-y * y) without the error that rounding the square would make. */
static double exp_minus_square(double y) {
    double head = floor(y * 16.0) / 16.0;
    return perebor_exp(-head * head) * perebor_exp(-(y - head) * (y + head));
}

/** erfc(y) for 0.46875 < y <= 4. */
static double erfc_middle(double y) {
    static const double c[] = {
        5.64188496988670089e-1, 8.88314979438837594e0,  6.61191906371416295e01,
        2.98635138197400131e02, 8.81952221241769090e02, 1.71204761263407058e03,
        2.05107837782607147e03, 1.23033935479799725e03, 2.15311535474403846e-8};
    static const double d[] = {1.57449261107098347e01, 1.17693950891312499e02,
                               5.37181101862009858e02, 1.62138957456669019e03,
                               3.29079923573345963e03, 4.36261909014324716e03,
                               3.43936767414372164e03, 1.23033935480374942e03};
    double above = c[8] * y;
    double below = y;
    for (int i = 0; i < 7; i++) {
        above = (above + c[i]) * y;
        below = (below + d[i]) * y;
    }
    return exp_minus_square(y) * ((above + c[7]) / (below + d[7]));
}

/** erfc(y) for y > 4. */
static double erfc_large(double y) {
    static const double p[] = {3.05326634961232344e-1, 3.60344899949804439e-1,
                               1.25781726111229246e-1, 1.60837851487422766e-2,
                               6.58749161529837803e-4, 1.63153871373020978e-2};
    static const double q[] = {2.56852019228982242e00, 1.87295284992346725e00,
                               5.27905102951428412e-1, 6.05183413124413191e-2,
                               2.33520497626869185e-3};
    const double one_over_sqrt_pi = 5.6418958354775628695e-1;
    if (y > 26.5) {
        return 0.0;
    }
    double square = 1.0 / (y * y);
    double above = p[5] * square;
    double below = square;
    for (int i = 0; i < 4; i++) {
        above = (above + p[i]) * square;
        below = (below + q[i]) * square;
    }
    double tail = square * (above + p[4]) / (below + q[4]);
    return exp_minus_square(y) * ((one_over_sqrt_pi - tail) / y);
}

double perebor_normal_cdf(double x) {
    double y = x / 1.4142135623730951;
    double magnitude = fabs(y);
    if (magnitude <= 0.46875) {
        return 0.5 + 0.5 * erf_small(y);
    }
    double tail = 0.5 * (magnitude <= 4.0 ? erfc_middle(magnitude) : erfc_large(magnitude));
    return y < 0.0 ? tail : 1.0 - tail;
}
