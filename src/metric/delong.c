// SPDX-License-Identifier: MIT
#include "metric/delong.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "statistics/student_t.h"
#include "statistics/tail_probability.h"
#include "statistics/value_order.h"

/*
 * With psi(x, y) = 1 if x > y, 1/2 if x = y, else 0, the placement of a positive row i is
 * V_i = sum_j psi(x_i, y_j) / n0, that of a negative row j is V_j = sum_i psi(x_i, y_j) / n1, and
 *
 *     AUC = mean of either;  cov(AUC_a, AUC_b) = s1_ab / n1 + s0_ab / n0,
 *
 * s1_ab the covariance (divisor n1 - 1) of the positive rows' placements under scores a and b,
 * s0_ab that of the negative rows'. The sums of psi are kept doubled, as whole numbers: they and
 * the AUC are exact.
 */

/** The placements of every row under one score. */
typedef struct placement {
    uint64_t *half_pairs; /* [n_rows] Twice the sum of psi over the rows of the other class. */
    double auc;
} placement;

/** Counts of rows by label. */
typedef struct class_sizes {
    size_t n[2];
} class_sizes;

static class_sizes count_classes(const uint8_t *labels, size_t n_rows) {
    class_sizes sizes = {{0, 0}};
    for (size_t row = 0; row < n_rows; row++) {
        sizes.n[labels[row] != 0]++;
    }
    return sizes;
}

/** Walks the scores in ascending order, tie by tie. */
static void place_sorted(placement *of, const metric_placed *sorted, const uint8_t *labels,
                         size_t n_rows, const class_sizes *sizes) {
    uint64_t all = 0;
    size_t below[2] = {0, 0};
    for (size_t first = 0, end; first < n_rows; first = end) {
        size_t tied[2] = {0, 0};
        for (end = first; end < n_rows && sorted[end].value == sorted[first].value; end++) {
            tied[labels[sorted[end].place] != 0]++;
        }
        // A positive beats the negatives below, a negative is beaten by the positives above.
        const uint64_t counts[2] = {2 * (sizes->n[1] - below[1]) - tied[1], 2 * below[0] + tied[0]};
        for (size_t i = first; i < end; i++) {
            of->half_pairs[sorted[i].place] = counts[labels[sorted[i].place] != 0];
        }
        all += tied[1] * counts[1];
        below[0] += tied[0];
        below[1] += tied[1];
    }
    of->auc = (double)all / (double)(2 * (uint64_t)sizes->n[0] * sizes->n[1]);
}

static perebor_status place_rows(placement *of, const uint8_t *labels, const double *scores,
                                 size_t n_rows, const class_sizes *sizes, perebor_error *error) {
    metric_placed *sorted = metric_order_values(scores, n_rows);
    of->half_pairs = calloc(n_rows + 1, sizeof *of->half_pairs);
    bool ready = sorted != NULL && of->half_pairs != NULL;
    if (ready) {
        place_sorted(of, sorted, labels, n_rows, sizes);
    }
    free(sorted);
    return ready ? PEREBOR_OK : perebor_no_memory(error, "to rank %zu scores", n_rows);
}

/** The parts of cov(AUC_a, AUC_b) by label, s_ab / n each; NaN if a class has one row. */
typedef struct covariance_parts {
    double of[2];
} covariance_parts;

static covariance_parts covariance_of(const placement *a, const placement *b, const uint8_t *labels,
                                      size_t n_rows, const class_sizes *sizes) {
    if (sizes->n[0] < 2 || sizes->n[1] < 2) {
        return (covariance_parts){{NAN, NAN}};
    }
    double sums[2] = {0.0, 0.0};
    for (size_t row = 0; row < n_rows; row++) {
        size_t label = labels[row] != 0;
        double most = 2.0 * (double)sizes->n[1 - label];
        sums[label] += ((double)a->half_pairs[row] / most - a->auc) *
                       ((double)b->half_pairs[row] / most - b->auc);
    }
    double n0 = (double)sizes->n[0];
    double n1 = (double)sizes->n[1];
    return (covariance_parts){{sums[0] / (n0 - 1.0) / n0, sums[1] / (n1 - 1.0) / n1}};
}

/** Satterthwaite's degrees of freedom of v_0 + v_1: (v_0 + v_1)^2 / sum of v_i^2 / (n_i - 1). */
static double find_dof(covariance_parts variance, const class_sizes *sizes) {
    double sum = 0.0, squares = 0.0;
    for (size_t label = 0; label < 2; label++) {
        double v = fmax(variance.of[label], 0.0); // NaN, too, of one row
        sum += v;
        squares += v * v / ((double)sizes->n[label] - 1.0);
    }
    return sizes->n[0] > 1 && sizes->n[1] > 1 && sum > 0.0 ? sum * sum / squares : (double)NAN;
}

static perebor_status check_classes(const class_sizes *sizes, perebor_error *error) {
    if (sizes->n[0] > 0 && sizes->n[1] > 0) {
        return PEREBOR_OK;
    }
    return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                        "an AUC takes rows of both classes, and there are %zu negative and %zu "
                        "positive ones",
                        sizes->n[0], sizes->n[1]);
}

/** How many standard deviations on either side hold that share of a normal distribution. */
static double half_width(double level) {
    return perebor_normal_quantile(0.5 + 0.5 * level);
}

// logit A -+ q sd / (A (1 - A)), the sd of the logit by the delta method, and back.
static void bound_by(double *low, double *high, const perebor_auc_interval *interval,
                     double quantile) {
    double auc = interval->auc;
    *low = *high = NAN;
    if (auc > 0.0 && auc < 1.0 && interval->variance >= 0.0) {
        double logit = perebor_log(auc / (1.0 - auc));
        double width = quantile * sqrt(interval->variance) / (auc * (1.0 - auc));
        *low = 1.0 / (1.0 + perebor_exp(width - logit));
        *high = 1.0 / (1.0 + perebor_exp(-width - logit));
    }
}

void perebor_auc_bound(perebor_auc_interval *interval, double level) {
    bound_by(&interval->low, &interval->high, interval, half_width(level));
}

perebor_few_rows perebor_auc_of_few(const perebor_auc_interval *interval, double level) {
    perebor_few_rows few = {NAN, NAN, NAN};
    double auc = interval->auc;
    if (isnan(interval->dof)) {
        few.low = interval->low; // without a variance: NaN, or the AUC itself
        few.high = interval->high;
        return few;
    }
    bound_by(&few.low, &few.high, interval, perebor_t_quantile(0.5 + 0.5 * level, interval->dof));
    if (auc > 0.0 && auc < 1.0) {
        double sd = sqrt(interval->variance) / (auc * (1.0 - auc));
        few.p = perebor_t_tails(perebor_log(auc / (1.0 - auc)) / sd, interval->dof);
    }
    return few;
}

perebor_few_rows perebor_auc_difference_of_few(const perebor_auc_comparison *comparison,
                                               double level) {
    const double(*v)[2] = comparison->covariance;
    if (isnan(comparison->dof) || !(comparison->high > comparison->low)) {
        return (perebor_few_rows){comparison->low, comparison->high, comparison->p};
    }
    double sd = sqrt(v[0][0] + v[1][1] - 2.0 * v[0][1]);
    double width = perebor_t_quantile(0.5 + 0.5 * level, comparison->dof) * sd;
    return (perebor_few_rows){comparison->difference - width, comparison->difference + width,
                              perebor_t_tails(comparison->z, comparison->dof)};
}

perebor_status perebor_delong(perebor_auc_interval *interval, const uint8_t *labels,
                              const double *scores, size_t n_rows, double level,
                              perebor_error *error) {
    perebor_status status;
    placement placed = {0};
    class_sizes sizes = count_classes(labels, n_rows);
    PEREBOR_TRY(done, check_classes(&sizes, error));
    PEREBOR_TRY(done, place_rows(&placed, labels, scores, n_rows, &sizes, error));
    interval->auc = placed.auc;
    covariance_parts variance = covariance_of(&placed, &placed, labels, n_rows, &sizes);
    interval->variance = variance.of[1] + variance.of[0];
    interval->dof = find_dof(variance, &sizes);
    perebor_auc_bound(interval, level);
done:
    free(placed.half_pairs);
    return status;
}

/** z = (A_0 - A_1) / sqrt(v_00 + v_11 - 2 v_01), normal if the areas are equal. */
static void test_difference(perebor_auc_comparison *c, double level) {
    double variance = c->covariance[0][0] + c->covariance[1][1] - 2.0 * c->covariance[0][1];
    // Equal placements have a sum of 0 but for its rounding.
    double rounding = 1e-14 * (c->covariance[0][0] + c->covariance[1][1]);
    bool varies = variance > rounding;
    bool equal = variance <= rounding && c->difference == 0.0;
    double sd = varies ? sqrt(variance) : equal ? 0.0 : (double)NAN;
    c->z = varies ? c->difference / sd : sd;
    c->p = equal ? 1.0 : 2.0 * perebor_normal_cdf(-fabs(c->z));
    c->low = c->difference - half_width(level) * sd;
    c->high = c->difference + half_width(level) * sd;
}

perebor_status perebor_delong_compare(perebor_auc_comparison *comparison, const uint8_t *labels,
                                      const double *const scores[2], size_t n_rows, double level,
                                      perebor_error *error) {
    perebor_status status;
    placement placed[2] = {{0}, {0}};
    class_sizes sizes = count_classes(labels, n_rows);
    PEREBOR_TRY(done, check_classes(&sizes, error));
    for (size_t i = 0; i < 2; i++) {
        PEREBOR_TRY(done, place_rows(&placed[i], labels, scores[i], n_rows, &sizes, error));
    }
    covariance_parts of_difference = {{0.0, 0.0}};
    for (size_t i = 0; i < 2; i++) {
        comparison->auc[i] = placed[i].auc;
        for (size_t j = 0; j < 2; j++) {
            covariance_parts parts = covariance_of(&placed[i], &placed[j], labels, n_rows, &sizes);
            comparison->covariance[i][j] = parts.of[1] + parts.of[0];
            of_difference.of[0] += i == j ? parts.of[0] : -parts.of[0];
            of_difference.of[1] += i == j ? parts.of[1] : -parts.of[1];
        }
    }
    comparison->dof = find_dof(of_difference, &sizes);
    comparison->difference = placed[0].auc - placed[1].auc;
    test_difference(comparison, level);
done:
    free(placed[0].half_pairs);
    free(placed[1].half_pairs);
    return status;
}
