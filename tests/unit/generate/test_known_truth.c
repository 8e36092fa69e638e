// SPDX-License-Identifier: MIT
/* What a scenario says is true can be found in its data by those who do not know it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_shop.h"
#include "metric/roc_auc.h"
#include "model/logreg/logreg.h"
#include "perebor/learners.h"
#include "perebor/pipeline.h"
#include "statistics/correlation.h"
#include "statistics/moments.h"

enum { n_seeds = 5, first_seed = 11, sample_size = 20000 };

/** Features as the log-odds are declared, (x - center) / scale; of variables that are not in them
 * by their mean and deviation. */
static perebor_matrix standardised(const drawn_shop *shop, size_t first, size_t n,
                                   perebor_workspace *workspace) {
    perebor_matrix rows;
    perebor_error error = {0};
    assert_int_equal(perebor_matrix_create(&rows, n, PROFIT, workspace, &error), PEREBOR_OK);
    for (size_t j = 0; j < PROFIT; j++) {
        perebor_moments moments;
        perebor_moments_compute(&moments, shop->values[j], shop->n);
        double center = moments.mean;
        double scale = moments.sd;
        const perebor_log_odds *logit = &shop->generator->logit;
        for (size_t k = 0; k < logit->n_terms; k++) {
            if (logit->terms[k].variable == j) {
                center = logit->terms[k].center;
                scale = logit->terms[k].scale;
            }
        }
        for (size_t i = 0; i < n; i++) {
            perebor_matrix_column(&rows, j)[i] = (shop->values[j][first + i] - center) / scale;
        }
    }
    return rows;
}

/** The weight that a variable has in truth. */
static double true_weight(const drawn_shop *shop, size_t variable) {
    const perebor_log_odds *logit = &shop->generator->logit;
    for (size_t k = 0; k < logit->n_terms; k++) {
        if (logit->terms[k].variable == variable) {
            return logit->terms[k].weight;
        }
    }
    return 0.0;
}

/** A fit without a penalty to speak of. */
static perebor_model *fit(const perebor_training *training, perebor_workspace *workspace) {
    const perebor_learner *learner = perebor_learner_find("logreg");
    assert_non_null(learner);
    perebor_value settings[PEREBOR_MAX_SETTINGS];
    for (size_t i = 0; i < learner->n_settings; i++) {
        settings[i] = learner->settings[i].default_value;
        if (strcmp(learner->settings[i].name, "penalty") == 0) {
            settings[i] = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = "l2"};
        } else if (strcmp(learner->settings[i].name, "C") == 0) {
            settings[i] = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 1000.0};
        }
    }
    perebor_model *model = NULL;
    perebor_fit_report report = {0};
    perebor_error error = {0};
    assert_int_equal(learner->fit(&model, training, settings, workspace, &report, &error),
                     PEREBOR_OK);
    assert_true(report.converged);
    return model;
}

/** Half of the customers are learned from. A weight has a standard error of .03 to .06 then. */
static void the_weights_of_known_log_odds_are_recovered(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    for (size_t s = 0; s < n_seeds; s++) {
        drawn_shop shop;
        drawn_shop_create(&shop, first_seed + s, PEREBOR_SCENARIO_LOGIT, sample_size);
        perebor_workspace_mark begin = perebor_workspace_here(&workspace);
        const perebor_training training = {
            .rows = standardised(&shop, 0, sample_size / 2, &workspace), .labels = shop.labels};
        const perebor_model *model = fit(&training, &workspace);
        double intercept = 0.0;
        const double *weights = perebor_logreg_coefficients(model, NULL, &intercept);
        double squares = 0.0;
        for (size_t j = 0; j < PROFIT; j++) {
            double off = weights[j] - true_weight(&shop, j);
            assert_true(fabs(off) < 0.2);
            squares += off * off;
        }
        assert_true(sqrt(squares / PROFIT) < 0.06);
        assert_true(fabs(intercept - shop.generator->logit.intercept) < 0.15);

        // On the others, nothing can rank better than the truth, and the fit all but does as well.
        perebor_error error = {0};
        double *scores = malloc(sample_size / 2 * sizeof *scores);
        perebor_matrix others = standardised(&shop, sample_size / 2, sample_size / 2, &workspace);
        assert_int_equal(
            perebor_learner_find("logreg")->score(model, &others, &workspace, scores, &error),
            PEREBOR_OK);
        double found =
            perebor_roc_auc(shop.labels + sample_size / 2, scores, sample_size / 2, &workspace);
        double best = perebor_roc_auc(shop.labels + sample_size / 2, shop.p_true + sample_size / 2,
                                      sample_size / 2, &workspace);
        assert_true(fabs(best - 0.908) < 0.012);
        assert_true(fabs(found - best) < 0.002);
        free(scores);
        perebor_workspace_return(&workspace, begin);
        drawn_shop_release(&shop);
    }
    perebor_workspace_release(&workspace);
}

/** The difference of the shares of outcomes between treated and untreated customers whose known
 * uplift is in a range, and four of its standard errors. */
static void compare_uplift(const drawn_shop *shop, double least, double most) {
    double n[2] = {0};
    double outcomes[2] = {0};
    double known = 0.0;
    for (size_t i = 0; i < sample_size; i++) {
        double uplift = shop->p_treated[i] - shop->p_untreated[i];
        if (uplift >= least && uplift < most) {
            n[shop->treated[i]] += 1.0;
            outcomes[shop->treated[i]] += shop->outcome[i];
            known += uplift;
        }
    }
    assert_true(n[0] > 500.0 && n[1] > 500.0);
    double untreated = outcomes[0] / n[0];
    double treated = outcomes[1] / n[1];
    double variance = untreated * (1.0 - untreated) / n[0] + treated * (1.0 - treated) / n[1];
    known /= n[0] + n[1];
    assert_true(fabs(treated - untreated - known) < 4.0 * sqrt(variance));
}

static void the_known_uplift_is_the_difference_of_means(void **state) {
    (void)state;
    for (size_t s = 0; s < n_seeds; s++) {
        drawn_shop shop;
        drawn_shop_create(&shop, first_seed + s, PEREBOR_SCENARIO_CAMPAIGN, sample_size);
        compare_uplift(&shop, -1.0, 1.0);
        // Also among those whom it does little good, and those whom it does much.
        compare_uplift(&shop, -1.0, 0.08);
        compare_uplift(&shop, 0.08, 0.16);
        compare_uplift(&shop, 0.16, 1.0);
        drawn_shop_release(&shop);
    }
}

/** Copies a variable of one kind of customers; returns how many there are. */
static size_t pick(const drawn_shop *shop, uint32_t component, size_t variable, double *into) {
    size_t n = 0;
    for (size_t i = 0; i < sample_size; i++) {
        into[n] = shop->values[variable][i];
        n += shop->component[i] == component;
    }
    return n;
}

static void drift_moves_what_it_declares_and_nothing_else(void **state) {
    (void)state;
    double *old = malloc(sample_size * sizeof *old);
    double *new = malloc(sample_size * sizeof *new);
    for (size_t s = 0; s < n_seeds; s++) {
        drawn_shop before;
        drawn_shop after;
        drawn_shop_create(&before, first_seed + s, PEREBOR_SCENARIO_RETAIL, sample_size);
        drawn_shop_create(&after, first_seed + s, PEREBOR_SCENARIO_DRIFT, sample_size);
        assert_memory_equal(before.labels, after.labels, sample_size);
        const perebor_drift *drift = &after.generator->drift;
        for (size_t j = 0; j < N_VARIABLES; j++) {
            perebor_drift_move move = {.keep = 1.0};
            for (size_t k = 0; k < drift->n_moves; k++) {
                move = drift->moves[k].variable == j ? drift->moves[k] : move;
            }
            size_t n = pick(&before, LOYAL, j, old);
            assert_int_equal(pick(&after, LOYAL, j, new), n);
            perebor_moments was;
            perebor_moments is;
            perebor_moments_compute(&was, old, n);
            perebor_moments_compute(&is, new, n);
            // In deviations of the variable, which is near to normal but for promo and the counts.
            double moved = (is.mean - move.add - was.mean) / was.sd;
            bool nearly_normal = j != PROMO && j != MKTCUR && j != CATS_VISIT && j != UNPAID;
            if (nearly_normal) {
                assert_true(fabs(moved - move.shift) < 0.06);
                assert_true(fabs(perebor_pearson(old, new, n) - move.keep) < 0.04);
            } else if (move.shift != 0.0) {
                assert_true(moved * move.shift > 0.0 && fabs(moved) > 0.3 * fabs(move.shift));
            }
        }
        drawn_shop_release(&before);
        drawn_shop_release(&after);
    }
    free(old);
    free(new);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weights_of_known_log_odds_are_recovered),
        cmocka_unit_test(the_known_uplift_is_the_difference_of_means),
        cmocka_unit_test(drift_moves_what_it_declares_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
