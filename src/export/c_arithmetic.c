// SPDX-License-Identifier: MIT
#include "export/c_arithmetic.h"

static const char c_from_bits_source[] = "static double @_from_bits(uint64_t bits) {\n"
                                         "    double value;\n"
                                         "    memcpy(&value, &bits, sizeof value);\n"
                                         "    return value;\n"
                                         "}\n"
                                         "\n";

static const char c_to_bits_source[] = "static uint64_t @_to_bits(double value) {\n"
                                       "    uint64_t bits;\n"
                                       "    memcpy(&bits, &value, sizeof bits);\n"
                                       "    return bits;\n"
                                       "}\n"
                                       "\n";

static const char c_exp_source[] =
    "/* e^x, by Cody and Waite's reduction and fdlibm's approximation. */\n"
    "static double @_exp(double x) {\n"
    "    const double round = 6755399441055744.0; /* 1.5 * 2^52 */\n"
    "    double shifted, k, hi, lo, r, t, c, y;\n"
    "    if (x < -708.0) {\n"
    "        return 0.0;\n"
    "    }\n"
    "    if (x > 709.0) {\n"
    "        return @_from_bits(UINT64_C(0x7ff0000000000000));\n"
    "    }\n"
    "    shifted = x * 1.44269504088896338700e+00 + round;\n"
    "    k = shifted - round;\n"
    "    hi = x - k * 6.93147180369123816490e-01;\n"
    "    lo = k * 1.90821492927058770002e-10;\n"
    "    r = hi - lo;\n"
    "    t = r * r;\n"
    "    c = r - t * (1.66666666666666019037e-01 +\n"
    "                 t * (-2.77777777770155933842e-03 +\n"
    "                      t * (6.61375632143793436117e-05 +\n"
    "                           t * (-1.65339022054652515390e-06 +\n"
    "                                t * 4.13813679705723846039e-08))));\n"
    "    y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);\n"
    "    return y * @_from_bits((@_to_bits(shifted) << 52) + @_to_bits(1.0));\n"
    "}\n"
    "\n";

static const char c_sigmoid_source[] = "/* 1 / (1 + e^z) */\n"
                                       "static double @_sigmoid(double z) {\n"
                                       "    if (z >= 0.0) {\n"
                                       "        double power = @_exp(-z);\n"
                                       "        return power / (1.0 + power);\n"
                                       "    }\n"
                                       "    return 1.0 / (1.0 + @_exp(z));\n"
                                       "}\n"
                                       "\n";

static const char c_log_source[] =
    "/* log x for x > 0, by fdlibm's approximation. */\n"
    "static double @_log(double x) {\n"
    "    int exponent = 0;\n"
    "    uint64_t bits, shifted;\n"
    "    double m, f, s, z, w, t1, t2, r, half, k;\n"
    "    if (x > DBL_MAX) {\n"
    "        return x;\n"
    "    }\n"
    "    if (x < DBL_MIN) {\n"
    "        x *= 18014398509481984.0; /* 2^54 */\n"
    "        exponent = -54;\n"
    "    }\n"
    "    bits = @_to_bits(x);\n"
    "    exponent += (int)(bits >> 52) - 1023;\n"
    "    shifted = bits & UINT64_C(0xfffffffffffff);\n"
    "    if (shifted >= UINT64_C(0x6a09e667f3bcd)) { /* the fraction of sqrt(2) */\n"
    "        exponent++;\n"
    "        m = @_from_bits(shifted | UINT64_C(0x3fe0000000000000));\n"
    "    } else {\n"
    "        m = @_from_bits(shifted | UINT64_C(0x3ff0000000000000));\n"
    "    }\n"
    "    f = m - 1.0;\n"
    "    s = f / (2.0 + f);\n"
    "    z = s * s;\n"
    "    w = z * z;\n"
    "    t1 = w * (3.999999999940941908e-01 +\n"
    "              w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));\n"
    "    t2 = z * (6.666666666666735130e-01 +\n"
    "              w * (2.857142874366239149e-01 +\n"
    "                   w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));\n"
    "    r = t2 + t1;\n"
    "    half = 0.5 * f * f;\n"
    "    k = exponent;\n"
    "    return k * 6.93147180369123816490e-01 -\n"
    "           ((half - (s * (half + r) + k * 1.90821492927058770002e-10)) - f);\n"
    "}\n"
    "\n";

static const char c_pow_source[] =
    "/* x^y for x >= 0 and y > 0 */\n"
    "static double @_pow(double x, double y) {\n"
    "    return x == 0.0 ? 0.0 : x == 1.0 ? 1.0 : @_exp(y * @_log(x));\n"
    "}\n"
    "\n";

static const char c_sqrt_source[] =
    "/* The square root of a finite x >= 0, correctly rounded: bit by bit. */\n"
    "static double @_sqrt(double x) {\n"
    "    uint64_t bits = @_to_bits(x);\n"
    "    uint64_t rest = bits & UINT64_C(0xfffffffffffff);\n"
    "    uint64_t root = 0, sum = 0, bit;\n"
    "    int exponent = (int)(bits >> 52) - 1023;\n"
    "    int odd;\n"
    "    if (x == 0.0) {\n"
    "        return 0.0;\n"
    "    }\n"
    "    if (exponent == -1023) { /* subnormal */\n"
    "        for (exponent++; (rest >> 52) == 0; exponent--) {\n"
    "            rest <<= 1;\n"
    "        }\n"
    "    } else {\n"
    "        rest |= UINT64_C(1) << 52;\n"
    "    }\n"
    "    odd = exponent & 1;\n"
    "    rest <<= 1 + odd;\n"
    "    for (bit = UINT64_C(1) << 53; bit != 0; bit >>= 1) {\n"
    "        uint64_t next = sum + bit;\n"
    "        if (next <= rest) {\n"
    "            sum = next + bit;\n"
    "            rest -= next;\n"
    "            root += bit;\n"
    "        }\n"
    "        rest <<= 1;\n"
    "    }\n"
    "    if (rest != 0) {\n"
    "        root += root & 1;\n"
    "    }\n"
    "    return @_from_bits((root >> 1) + ((uint64_t)((exponent - odd) / 2 + 1022) << 52));\n"
    "}\n"
    "\n";

static const char c_decay_source[] =
    "/* e^x for x <= 0, by a polynomial. */\n"
    "static double @_decay(double x) {\n"
    "    const double round = 6755399441055744.0; /* 1.5 * 2^52 */\n"
    "    double shifted = x * 1.44269504088896338700e+00 + round;\n"
    "    double k = shifted - round;\n"
    "    double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;\n"
    "    double t = r * r;\n"
    "    double even =\n"
    "        1.0 + t * (0.4999999999995507 +\n"
    "                   t * (0.041666666786337556 +\n"
    "                        t * (0.001388883909064138 + t * 2.4867883453521802e-05)));\n"
    "    double odd = 1.0 + t * (0.16666666666662583 +\n"
    "                            t * (0.008333333344209506 +\n"
    "                                 t * (0.00019841224581544105 + t * 2.761757684835413e-06)));\n"
    "    if (!(x > -708.0)) {\n"
    "        return 0.0;\n"
    "    }\n"
    "    return @_from_bits(@_to_bits(even + r * odd) + (@_to_bits(shifted) << 52));\n"
    "}\n"
    "\n";

static const char c_tanh_source[] = "static double @_tanh(double x) {\n"
                                    "    double e = @_decay(-2.0 * (x > -x ? x : -x));\n"
                                    "    double t = (1.0 - e) / (1.0 + e);\n"
                                    "    return 0.0 > x ? -t : t;\n"
                                    "}\n"
                                    "\n";

static const char c_power_source[] = "static double @_power(double base, int degree) {\n"
                                     "    double power = 1.0;\n"
                                     "    for (; degree > 0; degree >>= 1) {\n"
                                     "        if ((degree & 1) != 0) {\n"
                                     "            power *= base;\n"
                                     "        }\n"
                                     "        base *= base;\n"
                                     "    }\n"
                                     "    return power;\n"
                                     "}\n"
                                     "\n";

static const char c_round_source[] =
    "/* To a multiple of the grain, halves to even ones: a score says no "
    "more than is known of it. */\n"
    "static double @_round(double score, double grain) {\n"
    "    const double whole = 6755399441055744.0; /* 1.5 * 2^52 */\n"
    "    const double most = 1125899906842624.0;  /* 2^50 */\n"
    "    double multiple = score / grain;\n"
    "    double shifted = multiple + whole;\n"
    "    double rounded = (shifted - whole) * grain;\n"
    "    return multiple < most && multiple > -most ? rounded : score;\n"
    "}\n"
    "\n";

static const char c_power_of_two_source[] =
    "/* The greatest power of two that is not above x >= 0; 0 for what is next to nothing. */\n"
    "static double @_power_of_two(double x) {\n"
    "    return @_from_bits(@_to_bits(x) & UINT64_C(0x7ff0000000000000));\n"
    "}\n"
    "\n";

static const char c_softplus_source[] =
    "/* log(1 + e^z) */\n"
    "static double @_softplus(double z) {\n"
    "    double x = @_exp(z > 0.0 ? -z : z);\n"
    "    double u = 1.0 + x;\n"
    "    double log1p = u == 1.0 ? x : @_log(u) * (x / (u - 1.0));\n"
    "    return z > 0.0 ? z + log1p : log1p;\n"
    "}\n"
    "\n";

/** In an order in which none is called before it is there. */
static const struct {
    c_function function;
    const char *source;
    unsigned calls; /**< With what these call. */
} functions_of_c[] = {
    {C_FROM_BITS, c_from_bits_source, 0},
    {C_TO_BITS, c_to_bits_source, 0},
    {C_EXP, c_exp_source, C_FROM_BITS | C_TO_BITS},
    {C_LOG, c_log_source, C_FROM_BITS | C_TO_BITS},
    {C_POW, c_pow_source, C_EXP | C_LOG | C_FROM_BITS | C_TO_BITS},
    {C_SIGMOID, c_sigmoid_source, C_EXP | C_FROM_BITS | C_TO_BITS},
    {C_SOFTPLUS, c_softplus_source, C_EXP | C_LOG | C_FROM_BITS | C_TO_BITS},
    {C_SQRT, c_sqrt_source, C_FROM_BITS | C_TO_BITS},
    {C_DECAY, c_decay_source, C_FROM_BITS | C_TO_BITS},
    {C_TANH, c_tanh_source, C_DECAY | C_FROM_BITS | C_TO_BITS},
    {C_POWER, c_power_source, 0},
    {C_ROUND, c_round_source, 0},
    {C_POWER_OF_TWO, c_power_of_two_source, C_FROM_BITS | C_TO_BITS},
};

void c_arithmetic_put(c_text *text, unsigned functions) {
    const size_t n = sizeof functions_of_c / sizeof *functions_of_c;
    unsigned all = functions;
    for (size_t i = 0; i < n; i++) {
        all |= (functions & functions_of_c[i].function) != 0 ? functions_of_c[i].calls : 0;
    }
    for (size_t i = 0; i < n; i++) {
        if ((all & functions_of_c[i].function) != 0) {
            c_put_template(text, functions_of_c[i].source);
        }
    }
}
