// SPDX-License-Identifier: MIT
#include "statistics/effective_dof.h"

#include <math.h>

#include "base/arithmetic.h"
#include "statistics/incomplete_gamma.h"

/* From this mean on six central moments give E[x ln x] to 1e-6. */
static const double many = 100.0;
static const double negligible = 1e-18;

/** E[x ln x] - m ln m of a binomial count with mean m, by Taylor's series of x ln x around m. */
static double excess_by_moments(double n, double p) {
    double q = 1.0 - p;
    double m = n * p;
    double pq = p * q;
    double v = n * pq;
    double moments[] = {
        v, v * (q - p), v * (1.0 + 3.0 * (n - 2.0) * pq),
        v * (q - p) * (1.0 + 2.0 * pq * (5.0 * n - 6.0)),
        v * (1.0 - 30.0 * pq * (1.0 - 4.0 * pq) + 5.0 * v * (5.0 - 26.0 * pq) + 15.0 * v * v)};
    double sum = 0.0;
    double power = m;
    for (int i = 0; i < 5; i++) {
        int k = i + 2;
        double term = moments[i] / (k * (k - 1) * power);
        sum += k % 2 == 0 ? term : -term;
        power *= m;
    }
    return sum;
}

static double log_probability(double n, double p, double k) {
    return perebor_log_gamma(n + 1.0) - perebor_log_gamma(k + 1.0) -
           perebor_log_gamma(n - k + 1.0) + k * perebor_log(p) + (n - k) * perebor_log1p(-p);
}

/** Logarithms of the counts that come up, so that they are taken once for a whole table. */
enum { n_logarithms = 192 };

static double logarithm_of(const double *logarithms, double k) {
    return k < n_logarithms ? logarithms[(size_t)k] : perebor_log(k);
}

/** The same, count by count from the most probable one outwards. */
static double excess_by_counts(const double *logarithms, double n, double p) {
    double m = n * p;
    double at_mean = perebor_log(m);
    double middle = floor(m);
    double at_middle = perebor_exp(log_probability(n, p, middle));
    double sum = 0.0;
    double total = 0.0;
    double odds = p / (1.0 - p);
    double weight = at_middle;
    for (double k = middle; k <= n && weight > negligible; k += 1.0) {
        sum += k > 0.0 ? weight * k * (logarithm_of(logarithms, k) - at_mean) : 0.0;
        total += weight;
        weight *= (n - k) / (k + 1.0) * odds;
    }
    weight = at_middle * middle / ((n - middle + 1.0) * odds);
    for (double k = middle - 1.0; k >= 0.0 && weight > negligible; k -= 1.0) {
        sum += k > 0.0 ? weight * k * (logarithm_of(logarithms, k) - at_mean) : 0.0;
        total += weight;
        weight *= k / ((n - k + 1.0) * odds);
    }
    return sum / total;
}

static double excess(const double *logarithms, double n, double p) {
    return n * p < many ? excess_by_counts(logarithms, n, p) : excess_by_moments(n, p);
}

double perebor_effective_dof(const perebor_contingency *table) {
    double dof = perebor_contingency_dof(table);
    double n = table->total;
    if (dof <= 1.0) {
        return dof;
    }
    double logarithms[n_logarithms] = {0};
    for (size_t k = 1; k < n_logarithms; k++) {
        logarithms[k] = perebor_log((double)k);
    }
    double sum = 0.0;
    for (size_t row = 0; row < table->n_rows; row++) {
        double p = table->row_sums[row] / n;
        sum -= excess(logarithms, n, p);
        for (size_t column = 0; column < table->n_columns; column++) {
            sum += excess(logarithms, n, p * table->column_sums[column] / n);
        }
    }
    for (size_t column = 0; column < table->n_columns; column++) {
        sum -= excess(logarithms, n, table->column_sums[column] / n);
    }
    return 2.0 * sum;
}
