// SPDX-License-Identifier: MIT
#include "campaign/effect.h"

#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"
#include "statistics/student_t.h"

static const double z95 = 1.959963984540054;

/** Outcome by score among one group: y = mean_y + slope (x - mean_x). */
typedef struct group_line {
    size_t n;
    double mean_x, mean_y, sum_xx, sum_xy; /**< Sums of centred squares and products. */
    double slope;
} group_line;

static bool counts(const uint8_t *chosen, size_t i) {
    return chosen == NULL || chosen[i] != 0;
}

static group_line fit(const campaign_rows *rows, const uint8_t *chosen, uint8_t group) {
    group_line line = {0};
    for (size_t i = 0; i < rows->n; i++) {
        if (counts(chosen, i) && rows->treated[i] == group) {
            line.n += 1;
            line.mean_x += rows->score[i];
            line.mean_y += rows->outcome[i];
        }
    }
    if (line.n == 0) {
        return line;
    }
    line.mean_x /= (double)line.n;
    line.mean_y /= (double)line.n;
    for (size_t i = 0; i < rows->n; i++) {
        if (counts(chosen, i) && rows->treated[i] == group) {
            double x = rows->score[i] - line.mean_x;
            line.sum_xx += x * x;
            line.sum_xy += x * (rows->outcome[i] - line.mean_y);
        }
    }
    line.slope = line.sum_xx > 0.0 ? line.sum_xy / line.sum_xx : 0.0;
    return line;
}

/**
 * The variance of a line's height at x₀. With weights w_i = 1/n + (x₀ - x̄)(x_i - x̄) / S_xx the
 * height is Σ w_i y_i, and by HC2 its variance Σ w_i² e_i² / (1 - h_i), h_i = 1/n + (x_i - x̄)² /
 * S_xx.
 */
static double height_variance(const group_line *line, const campaign_rows *rows,
                              const uint8_t *chosen, uint8_t group, double at) {
    double variance = 0.0, n = (double)line->n;
    double away = line->sum_xx > 0.0 ? (at - line->mean_x) / line->sum_xx : 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        if (counts(chosen, i) && rows->treated[i] == group) {
            double x = rows->score[i] - line->mean_x;
            double residual = rows->outcome[i] - line->mean_y - line->slope * x;
            double weight = 1.0 / n + away * x;
            double leverage = 1.0 / n + (line->sum_xx > 0.0 ? x * x / line->sum_xx : 0.0);
            if (leverage < 1.0 - 1e-9) { // else the line goes through the point: no residual
                variance += weight * weight * residual * residual / (1.0 - leverage);
            }
        }
    }
    return variance;
}

static campaign_estimate adjust(const campaign_rows *rows, const uint8_t *chosen,
                                const group_line *treated, const group_line *untreated) {
    double n_treated = (double)treated->n, n_untreated = (double)untreated->n;
    double n = n_treated + n_untreated;
    if (treated->n < 3 || untreated->n < 3) {
        return (campaign_estimate){(double)NAN, (double)NAN, (double)NAN};
    }
    double middle = (n_treated * treated->mean_x + n_untreated * untreated->mean_x) / n;
    double value = treated->mean_y + treated->slope * (middle - treated->mean_x) -
                   untreated->mean_y - untreated->slope * (middle - untreated->mean_x);
    double apart = treated->mean_x - untreated->mean_x, slopes = treated->slope - untreated->slope;
    // S² of the scores of both groups, of which x̄ is the mean.
    double spread =
        (treated->sum_xx + untreated->sum_xx + n_treated * n_untreated / n * apart * apart) /
        (n - 1.0);
    double variance = height_variance(treated, rows, chosen, 1, middle) +
                      height_variance(untreated, rows, chosen, 0, middle) +
                      slopes * slopes * spread / n;
    double half = perebor_t_quantile(0.975, n - 4.0) * sqrt(variance);
    return (campaign_estimate){value, value - half, value + half};
}

/** Katz, Baptista, Azen and Pike (Biometrics 34, 1978): log ratio ± z √(1/a - 1/m + 1/b - 1/n). */
static campaign_estimate ratio_of(const campaign_effect *effect) {
    double a = (double)effect->positive_treated, m = (double)effect->n_treated;
    double b = (double)effect->positive_untreated, n = (double)effect->n_untreated;
    if (!(a > 0.0 && b > 0.0)) {
        return (campaign_estimate){(double)NAN, (double)NAN, (double)NAN};
    }
    double value = (a / m) / (b / n), width = z95 * sqrt(1.0 / a - 1.0 / m + 1.0 / b - 1.0 / n);
    return (campaign_estimate){value, value * perebor_exp(-width), value * perebor_exp(width)};
}

/** The difference of the mean scores over its standard error. */
static double imbalance(const group_line *treated, const group_line *untreated) {
    double m = (double)treated->n, n = (double)untreated->n;
    double variance = m > 1.0 && n > 1.0
                          ? treated->sum_xx / (m - 1.0) / m + untreated->sum_xx / (n - 1.0) / n
                          : 0.0;
    return variance > 0.0 ? (treated->mean_x - untreated->mean_x) / sqrt(variance) : (double)NAN;
}

campaign_effect campaign_effect_measure(const campaign_rows *rows, const uint8_t *chosen) {
    campaign_effect effect = {0};
    for (size_t i = 0; i < rows->n; i++) {
        if (!counts(chosen, i)) {
            continue;
        }
        if (rows->treated[i] != 0) {
            effect.n_treated += 1;
            effect.positive_treated += rows->outcome[i];
        } else {
            effect.n_untreated += 1;
            effect.positive_untreated += rows->outcome[i];
        }
    }
    group_line treated = fit(rows, chosen, 1), untreated = fit(rows, chosen, 0);
    perebor_proportion difference =
        perebor_newcombe_interval(effect.positive_treated, effect.n_treated,
                                  effect.positive_untreated, effect.n_untreated, z95);
    effect.treated = perebor_wilson_interval(effect.positive_treated, effect.n_treated, z95);
    effect.untreated = perebor_wilson_interval(effect.positive_untreated, effect.n_untreated, z95);
    effect.difference = (campaign_estimate){difference.share, difference.low, difference.high};
    effect.adjusted = adjust(rows, chosen, &treated, &untreated);
    effect.ratio = ratio_of(&effect);
    effect.imbalance = imbalance(&treated, &untreated);
    return effect;
}
