// SPDX-License-Identifier: MIT
#include "statistics/two_proportions.h"

#include <math.h>

#include "base/arithmetic.h"

perebor_proportion perebor_wilson_interval(size_t n_positive, size_t n, double z) {
    if (n == 0) {
        return (perebor_proportion){(double)NAN, (double)NAN, (double)NAN};
    }
    // (p̂ + z²/2n ± z √(p̂ (1 - p̂) / n + z²/4n²)) / (1 + z²/n)
    double size = (double)n, share = (double)n_positive / size, z2 = z * z;
    double middle = share + z2 / (2.0 * size);
    double half = z * sqrt(share * (1.0 - share) / size + z2 / (4.0 * size * size));
    double scale = 1.0 + z2 / size;
    double low = n_positive == 0 ? 0.0 : (middle - half) / scale;
    double high = n_positive == n ? 1.0 : (middle + half) / scale;
    return (perebor_proportion){share, low, high};
}

perebor_proportion perebor_newcombe_interval(size_t n_positive, size_t n, size_t n_positive_other,
                                             size_t n_other, double z) {
    perebor_proportion a = perebor_wilson_interval(n_positive, n, z);
    perebor_proportion b = perebor_wilson_interval(n_positive_other, n_other, z);
    // d - √((p̂₁ - l₁)² + (u₂ - p̂₂)²)  to  d + √((u₁ - p̂₁)² + (p̂₂ - l₂)²)
    double difference = a.share - b.share;
    double down =
        sqrt((a.share - a.low) * (a.share - a.low) + (b.high - b.share) * (b.high - b.share));
    double up =
        sqrt((a.high - a.share) * (a.high - a.share) + (b.share - b.low) * (b.share - b.low));
    return (perebor_proportion){difference, difference - down, difference + up};
}

double perebor_two_proportions_power(double p, double n, double p_other, double n_other,
                                     double alpha) {
    if (!(n > 0.0 && n_other > 0.0 && p > 0.0 && p < 1.0 && p_other > 0.0 && p_other < 1.0)) {
        return (double)NAN;
    }
    // Φ((|p₁ - p₂| - z_{1-α/2} √(p̄ q̄ (1/n₁ + 1/n₂))) / √(p₁ q₁ / n₁ + p₂ q₂ / n₂))
    double pooled = (n * p + n_other * p_other) / (n + n_other);
    double under_equality = sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / n_other));
    double under_difference = sqrt(p * (1.0 - p) / n + p_other * (1.0 - p_other) / n_other);
    double z = perebor_normal_quantile(1.0 - alpha / 2.0);
    return perebor_normal_cdf((fabs(p - p_other) - z * under_equality) / under_difference);
}

double perebor_two_proportions_size(double p, double p_other, double share, double alpha,
                                    double power) {
    double difference = fabs(p - p_other);
    if (!(difference > 0.0)) {
        return (double)INFINITY;
    }
    // n = ((z_{1-α/2} √(p̄ q̄ (1/s + 1/(1-s))) + z_power √(p₁ q₁/s + p₂ q₂/(1-s))) / (p₁ - p₂))²
    double pooled = share * p + (1.0 - share) * p_other;
    double under_equality = sqrt(pooled * (1.0 - pooled) * (1.0 / share + 1.0 / (1.0 - share)));
    double under_difference =
        sqrt(p * (1.0 - p) / share + p_other * (1.0 - p_other) / (1.0 - share));
    double root = (perebor_normal_quantile(1.0 - alpha / 2.0) * under_equality +
                   perebor_normal_quantile(power) * under_difference) /
                  difference;
    return root * root;
}
