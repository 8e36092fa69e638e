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
