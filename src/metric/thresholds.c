// SPDX-License-Identifier: MIT
#include "metric/thresholds.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/try.h"
#include "statistics/value_order.h"

static const char *const rule_names[PEREBOR_THRESHOLD_RULES] = {
    [PEREBOR_THRESHOLD_YOUDEN] = "youden",
    [PEREBOR_THRESHOLD_F1] = "f1",
    [PEREBOR_THRESHOLD_COST] = "cost",
    [PEREBOR_THRESHOLD_BUDGET] = "budget",
};

const char *perebor_threshold_rule_name(perebor_threshold_rule rule) {
    return rule_names[rule];
}

static double ratio(double part, double whole) {
    return whole > 0.0 ? part / whole : 0.0;
}

/** Everything that follows from the rows predicted positive. */
static perebor_threshold describe(double threshold, const size_t n_predicted[2],
                                  const size_t n_class[2], const perebor_threshold_terms *terms) {
    perebor_threshold t = {
        .threshold = threshold,
        .n_true_positive = n_predicted[1],
        .n_false_positive = n_predicted[0],
        .n_true_negative = n_class[0] - n_predicted[0],
        .n_false_negative = n_class[1] - n_predicted[1],
    };
    double found = (double)t.n_true_positive;
    double predicted = (double)(n_predicted[0] + n_predicted[1]);
    t.precision = ratio(found, predicted);
    t.recall = ratio(found, (double)n_class[1]);
    t.specificity = ratio((double)t.n_true_negative, (double)n_class[0]);
    t.f1 = ratio(2.0 * found, predicted + (double)n_class[1]);
    t.youden = t.recall + t.specificity - 1.0;
    t.cost = terms->false_positive_cost * (double)t.n_false_positive +
             terms->false_negative_cost * (double)t.n_false_negative;
    return t;
}

/**
 * Whether a threshold is better than one above it. J is compared as TP n0 - FP n1, F1 as TP over
 * TP + FP + n1, in whole numbers: rounding decides no tie.
 */
static bool is_better(perebor_threshold_rule rule, const perebor_threshold *t,
                      const perebor_threshold *best, const perebor_threshold_terms *terms) {
    uint64_t tp[2] = {t->n_true_positive, best->n_true_positive};
    uint64_t fp[2] = {t->n_false_positive, best->n_false_positive};
    uint64_t n0 = t->n_true_negative + fp[0];
    uint64_t n1 = t->n_false_negative + tp[0];
    switch (rule) {
    case PEREBOR_THRESHOLD_YOUDEN: // the lower threshold predicts more of both
        return (tp[0] - tp[1]) * n0 > (fp[0] - fp[1]) * n1;
    case PEREBOR_THRESHOLD_F1:
        return tp[0] * (tp[1] + fp[1] + n1) > tp[1] * (tp[0] + fp[0] + n1);
    case PEREBOR_THRESHOLD_COST:
        return t->cost < best->cost;
    case PEREBOR_THRESHOLD_BUDGET:
    case PEREBOR_THRESHOLD_RULES:
        break;
    }
    return tp[0] + fp[0] <= terms->budget;
}

static perebor_status check_terms(const perebor_threshold_terms *terms, perebor_error *error) {
    const double costs[2] = {terms->false_positive_cost, terms->false_negative_cost};
    for (size_t i = 0; i < 2; i++) {
        if (!(costs[i] >= 0.0) || !isfinite(costs[i])) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "a false %s costs %g: costs are 0 or more, and finite",
                                i == 0 ? "positive" : "negative", costs[i]);
        }
    }
    return PEREBOR_OK;
}

/** From the highest threshold to the lowest, a whole tie at a time. */
static void walk(perebor_threshold *found, const metric_placed *sorted, const uint8_t *labels,
                 const size_t n_class[2], const perebor_threshold_terms *terms) {
    size_t n_predicted[2] = {0, 0};
    for (size_t rule = 0; rule < PEREBOR_THRESHOLD_RULES; rule++) {
        found[rule] = describe(INFINITY, n_predicted, n_class, terms);
    }
    for (size_t end = n_class[0] + n_class[1]; end > 0;) {
        double score = sorted[end - 1].value;
        for (; end > 0 && sorted[end - 1].value == score; end--) {
            n_predicted[labels[sorted[end - 1].place] != 0]++;
        }
        perebor_threshold next = describe(score, n_predicted, n_class, terms);
        for (size_t rule = 0; rule < PEREBOR_THRESHOLD_RULES; rule++) {
            if (is_better((perebor_threshold_rule)rule, &next, &found[rule], terms)) {
                found[rule] = next;
            }
        }
    }
}

perebor_status perebor_thresholds(perebor_threshold *found, const uint8_t *labels,
                                  const double *scores, size_t n_rows,
                                  const perebor_threshold_terms *terms, perebor_error *error) {
    perebor_status status;
    size_t n_class[2] = {0, 0};
    PEREBOR_TRY(done, check_terms(terms, error));
    for (size_t row = 0; row < n_rows; row++) {
        n_class[labels[row] != 0]++;
    }
    if (n_class[0] == 0 || n_class[1] == 0) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "a threshold takes rows of both classes, and there are %zu negative "
                            "and %zu positive ones",
                            n_class[0], n_class[1]);
    }
    metric_placed *sorted = metric_order_values(scores, n_rows);
    if (sorted == NULL) {
        return perebor_no_memory(error, "to sort %zu scores", n_rows);
    }
    walk(found, sorted, labels, n_class, terms);
    free(sorted);
done:
    return status;
}

perebor_threshold perebor_threshold_at(double threshold, const uint8_t *labels,
                                       const double *scores, size_t n_rows,
                                       const perebor_threshold_terms *terms) {
    size_t n_class[2] = {0, 0};
    size_t n_predicted[2] = {0, 0};
    for (size_t row = 0; row < n_rows; row++) {
        n_class[labels[row] != 0]++;
        n_predicted[labels[row] != 0] += scores[row] >= threshold;
    }
    return describe(threshold, n_predicted, n_class, terms);
}
