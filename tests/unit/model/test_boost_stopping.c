// SPDX-License-Identifier: MIT
/*
 * Early stopping against its definition (model/boost/boost_stopping.h): a boosting that stops early
 * is one without it of the rows that were not set aside, with as many trees as the losses of the
 * others say.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mix.h"
#include "draw.h"
#include "learning.h"
#include "model/ensemble/ensemble.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_rows = 400, n_test = 50, n_columns = 6, most_trees = 120 };

typedef struct table {
    uint8_t labels[n_rows];
    perebor_training training;
    perebor_matrix test;
} table;

static void draw_table(table *table, uint64_t seed) {
    uint64_t random = seed;
    *table = (struct table){.training = {.rows = learning_matrix(&workspace, n_rows, n_columns)},
                            .test = learning_matrix(&workspace, n_test, n_columns)};
    table->training.labels = table->labels;
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] = draw_normal(&random);
        }
        for (size_t row = 0; row < n_test; row++) {
            perebor_matrix_column(&table->test, column)[row] = draw_normal(&random);
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        const double leaning = perebor_matrix_column(&table->training.rows, 0)[row];
        table->labels[row] = leaning + draw_normal(&random) > 0.6;
    }
}

static uint64_t draw_of(uint32_t seed, size_t row) {
    return perebor_mix(perebor_mix(seed ^ UINT64_C(0x73746f70)) +
                       (row + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/** Whether a row is set aside: as many of its class as are wanted have a draw that is no greater.
 */
static bool is_held(const table *table, uint32_t seed, double share, size_t row) {
    size_t n = 0, before = 0;
    for (size_t other = 0; other < n_rows; other++) {
        const bool same = table->labels[other] == table->labels[row];
        n += same;
        before += same && draw_of(seed, other) < draw_of(seed, row);
    }
    return before < (size_t)floor(share * (double)n + 0.5);
}

/** Fits and says how many trees there are. */
static perebor_model *fit(const perebor_training *training, const perebor_value *values,
                          uint32_t *iterations) {
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    const perebor_learner *learner = learning_find("boost");
    if (learner->fit(&model, training, values, &workspace, &report, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    *iterations = report.iterations;
    return model;
}

/** The loss of the first trees, by libm. */
static double loss_of(const perebor_model *model, size_t n_trees, const perebor_matrix *rows,
                      const uint8_t *labels, const double weights[2]) {
    double scores[n_rows], sum = 0.0, weight = 0.0;
    if (n_trees > 0) {
        assert_int_equal(
            learning_find("boost")->score_first(model, n_trees, rows, &workspace, scores, NULL),
            PEREBOR_OK);
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        const double score = n_trees > 0 ? scores[row] : model->values[0];
        sum += weights[labels[row]] * log1p(exp(labels[row] != 0 ? -score : score));
        weight += weights[labels[row]];
    }
    return sum / weight;
}

/** @return How many trees it came to. */
static size_t check_settings(const table *table, const char *settings, uint32_t seed, double share,
                             size_t patience, double tol, bool balanced) {
    static uint8_t learnt_labels[n_rows], held_labels[n_rows];
    static double losses[most_trees + 1];
    uint32_t learnt[n_rows], held[n_rows], iterations;
    size_t n_learnt = 0, n_held = 0, n_ones = 0;
    perebor_value values[PEREBOR_MAX_SETTINGS];
    double scores[n_test], expected[n_test];
    perebor_matrix held_rows;
    perebor_training inner = {.labels = learnt_labels};
    const perebor_learner *learner = learning_find("boost");
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    learning_set(learner, values, "n_estimators", learning_whole(most_trees));
    for (uint32_t row = 0; row < n_rows; row++) {
        const bool aside = is_held(table, seed, share, row);
        (aside ? held_labels : learnt_labels)[aside ? n_held : n_learnt] = table->labels[row];
        (aside ? held : learnt)[aside ? n_held++ : n_learnt++] = row;
        n_ones += !aside && table->labels[row] != 0;
    }
    const double n = (double)n_learnt, ones = (double)n_ones;
    const double weights[2] = {balanced ? n / (2.0 * (n - ones)) : 1.0,
                               balanced ? n / (2.0 * ones) : 1.0};
    assert_int_equal(
        perebor_matrix_pick(&inner.rows, &table->training.rows, learnt, n_learnt, &workspace, NULL),
        PEREBOR_OK);
    assert_int_equal(
        perebor_matrix_pick(&held_rows, &table->training.rows, held, n_held, &workspace, NULL),
        PEREBOR_OK);
    const perebor_model *all = fit(&inner, values, &iterations);
    assert_int_equal(iterations, 0);
    size_t n_trees = 0;
    bool stops = false;
    losses[0] = loss_of(all, 0, &held_rows, held_labels, weights);
    while (n_trees < most_trees && !stops) {
        n_trees++;
        losses[n_trees] = loss_of(all, n_trees, &held_rows, held_labels, weights);
        double least = INFINITY;
        for (size_t back = 0; back < patience && back < n_trees; back++) {
            least = fmin(least, losses[n_trees - back]);
        }
        stops = n_trees >= patience && !(least < losses[n_trees - patience] - tol);
    }
    perebor_value stopping = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true};
    learning_set(learner, values, "early_stopping", stopping);
    const perebor_model *model = fit(&table->training, values, &iterations);
    if (iterations != n_trees || model->n_trees != n_trees + 1) {
        fail_msg("%s: %u trees, by the definition %zu", settings, (unsigned)iterations, n_trees);
    }
    learning_score(learner, model, &table->test, &workspace, scores);
    assert_int_equal(learner->score_first(all, n_trees, &table->test, &workspace, expected, NULL),
                     PEREBOR_OK);
    assert_memory_equal(scores, expected, sizeof scores);
    assert_int_equal( // no more than there are
        learner->score_first(model, most_trees, &table->test, &workspace, expected, NULL),
        PEREBOR_OK);
    assert_memory_equal(scores, expected, sizeof scores);
    return n_trees;
}

static void boosting_ends_where_the_definition_says(void **state) {
    (void)state;
    static table table;
    size_t n_stopped = 0;
    for (uint64_t seed = 0; seed < 4; seed++) {
        draw_table(&table, seed);
        n_stopped +=
            check_settings(&table, "max_leaf_nodes=5", 0, 0.1, 10, 1e-7, false) < most_trees;
        n_stopped += check_settings(&table,
                                    "max_leaf_nodes=4 learning_rate=0.3 validation_fraction=0.33 "
                                    "n_iter_no_change=2 random_state=5 subsample=0.7",
                                    5, 0.33, 2, 1e-7, false) < most_trees;
        n_stopped += check_settings(&table,
                                    "max_depth=2 min_samples_leaf=5 validation_fraction=0.5 "
                                    "n_iter_no_change=1 tol=0.004 class_weight=balanced",
                                    0, 0.5, 1, 0.004, true) < most_trees;
        (void)check_settings(&table,
                             "max_leaf_nodes=3 learning_rate=0.01 validation_fraction=0.2 "
                             "n_iter_no_change=40 tol=0.0",
                             0, 0.2, 40, 0.0, false);
        perebor_workspace_release(&workspace);
    }
    assert_true(n_stopped >= 10);
}

/** Where a class has few rows, one is set aside, and one is left. */
static void few_rows_are_no_trouble(void **state) {
    (void)state;
    static table table;
    uint32_t iterations;
    perebor_value values[PEREBOR_MAX_SETTINGS];
    const perebor_learner *learner = learning_find("boost");
    learning_defaults(learner, values);
    learning_set_all(learner, values, "n_estimators=30 min_samples_leaf=1 validation_fraction=0.9");
    learning_set(learner, values, "early_stopping",
                 (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true});
    for (size_t n = 2; n < 7; n++) {
        draw_table(&table, n);
        for (size_t row = 0; row < n; row++) {
            table.labels[row] = row == 1;
        }
        table.training.rows.n_rows = n;
        const perebor_model *model = fit(&table.training, values, &iterations);
        assert_true(model->n_trees == iterations + 1);
        assert_true(isfinite(model->values[0]));
        perebor_workspace_release(&workspace);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(boosting_ends_where_the_definition_says, give_back),
        cmocka_unit_test_teardown(few_rows_are_no_trouble, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
