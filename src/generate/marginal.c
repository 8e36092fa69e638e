// SPDX-License-Identifier: MIT
#include "generate/marginal.h"

#include <math.h>

#include "base/arithmetic.h"

size_t marginal_choose(const double *p, size_t n, double u) {
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += p[i];
    }
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += p[i];
        if (u * total < sum) {
            return i;
        }
    }
    return n - 1;
}

/** To whole steps, halves up, and into [lo, hi]. */
static double settle(const perebor_marginal *marginal, double value) {
    double stepped = floor(value / marginal->step + 0.5) * marginal->step;
    return stepped < marginal->lo ? marginal->lo : stepped > marginal->hi ? marginal->hi : stepped;
}

/** The quantile of a normal distribution cut to [low, high]. */
static double cut_normal(const perebor_marginal *marginal, double low, double high, double u) {
    double a = perebor_normal_cdf((low - marginal->mu) / marginal->sd);
    double b = perebor_normal_cdf((high - marginal->mu) / marginal->sd);
    return marginal->mu + marginal->sd * perebor_normal_quantile(a + u * (b - a));
}

double marginal_quantile(const perebor_marginal *marginal, double u) {
    double low = marginal->lo - marginal->step / 2.0;
    double high = marginal->hi + marginal->step / 2.0;
    switch (marginal->kind) {
    case PEREBOR_MARGINAL_NORMAL:
        return settle(marginal, cut_normal(marginal, low, high, u));
    case PEREBOR_MARGINAL_LOGNORMAL:
        low = perebor_log(low > 1e-9 ? low : 1e-9);
        return settle(marginal, perebor_exp(cut_normal(marginal, low, perebor_log(high), u)));
    case PEREBOR_MARGINAL_PMF:
        return marginal->lo + (double)marginal_choose(marginal->p, marginal->n_p, u);
    case PEREBOR_MARGINAL_MIXTURE: {
        double edge = 1.0 - marginal->p_hi;
        return u > edge ? marginal_quantile(marginal->high, (u - edge) / marginal->p_hi)
                        : marginal_quantile(marginal->low, u / edge);
    }
    }
    return NAN;
}
