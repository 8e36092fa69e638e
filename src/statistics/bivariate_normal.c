// SPDX-License-Identifier: MIT
#include "statistics/bivariate_normal.h"

#include <math.h>

#include "base/arithmetic.h"
#include "statistics/tail_probability.h"

enum { half_nodes = 16 };

/** Gauss–Legendre, 32 nodes, the positive half. */
static const double nodes[half_nodes] = {
    0.04830766568773831, 0.1444719615827965, 0.23928736225213706, 0.33186860228212767,
    0.42135127613063533, 0.5068999089322294, 0.5877157572407623,  0.6630442669302152,
    0.7321821187402897,  0.7944837959679424, 0.84936761373257,    0.8963211557660522,
    0.9349060759377397,  0.9647622555875064, 0.9856115115452684,  0.9972638618494816};
static const double weights[half_nodes] = {
    0.09654008851472781,  0.09563872007927483,  0.09384439908080457,  0.09117387869576386,
    0.08765209300440391,  0.08331192422694685,  0.07819389578707031,  0.07234579410884845,
    0.06582222277636175,  0.058684093478535704, 0.050998059262376244, 0.042835898022226426,
    0.034273862913021626, 0.025392065309262427, 0.016274394730905965, 0.007018610009469298};

static const double two_pi = 6.28318530717958647693;
static const double expansion_from = 0.925;

/** The density's exponential at correlation r, over its root: dΦ₂/dρ (Plackett, 1954) times 2π. */
static double plackett(double h, double k, double r) {
    double left = (1.0 - r) * (1.0 + r);
    return perebor_exp(-(h * h + k * k - 2.0 * r * h * k) / (2.0 * left)) / sqrt(left);
}

/** Φ₂ = Φ(h) Φ(k) + the integral of its derivative from correlation 0 to rho. */
static double by_correlation(double h, double k, double rho) {
    double sum = 0.0;
    for (int i = 0; i < half_nodes; i++) {
        double step = 0.5 * rho * nodes[i];
        sum += weights[i] * (plackett(h, k, 0.5 * rho - step) + plackett(h, k, 0.5 * rho + step));
    }
    return 0.5 * rho * sum / two_pi + perebor_normal_tail(-h) * perebor_normal_tail(-k);
}

/** What is left between the correlations |rho| and 1, of P(X > h, Y > k); Genz, section 2.4. */
static double remainder_near_one(double h, double k, double rho) {
    double hk = h * k;
    double square = (1.0 - rho) * (1.0 + rho);
    double root = sqrt(square);
    double gap = (h - k) * (h - k);
    double c = (4.0 - hk) / 8.0;
    double d = (12.0 - hk) / 16.0;
    double sum =
        root * perebor_exp(-0.5 * (gap / square + hk)) *
        (1.0 - c * (gap - square) * (1.0 - d * gap / 5.0) / 3.0 + c * d * square * square / 5.0);
    if (-hk < 100.0) {
        double b = sqrt(gap);
        sum -= perebor_exp(-0.5 * hk) * sqrt(two_pi) * perebor_normal_tail(b / root) * b *
               (1.0 - c * gap * (1.0 - d * gap / 5.0) / 3.0);
    }
    for (int i = 0; i < 2 * half_nodes; i++) {
        double node = i < half_nodes ? -nodes[i] : nodes[i - half_nodes];
        double x = 0.5 * root * (node + 1.0);
        double xs = x * x;
        double rs = sqrt(1.0 - xs);
        double exponent = -0.5 * (gap / xs + hk);
        double series = 1.0 + c * xs * (1.0 + d * xs);
        sum += 0.5 * root * weights[i % half_nodes] * perebor_exp(exponent) *
               (perebor_exp(-hk * xs / (2.0 * (1.0 + rs) * (1.0 + rs))) / rs - series);
    }
    return -sum / two_pi;
}

/** P(X > h, Y > k) for |rho| near or at 1. */
static double upper_near_one(double h, double k, double rho) {
    if (rho > 0.0) {
        double rest = rho < 1.0 ? remainder_near_one(h, k, rho) : 0.0;
        return rest + perebor_normal_tail(h > k ? h : k);
    }
    double rest = rho > -1.0 ? remainder_near_one(h, -k, -rho) : 0.0;
    double sure = 0.0;
    if (-k > h) {
        sure = h < 0.0 ? perebor_normal_tail(k) - perebor_normal_tail(-h)
                       : perebor_normal_tail(h) - perebor_normal_tail(-k);
    }
    return sure - rest;
}

double perebor_bivariate_normal(double h, double k, double rho) {
    double probability =
        fabs(rho) < expansion_from ? by_correlation(h, k, rho) : upper_near_one(-h, -k, rho);
    return probability < 0.0 ? 0.0 : probability > 1.0 ? 1.0 : probability;
}
