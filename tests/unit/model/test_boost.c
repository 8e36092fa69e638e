// SPDX-License-Identifier: MIT
/*
 * Boosting against its definition, on nodes of many rows and of few, so that histograms, their
 * differences and rows one by one are all taken; and trees against those of XGBoost.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "boosting.h"
#include "boosting_book.h"
#include "learning.h"
#include "model/ensemble/ensemble.h"

static void check_settings(const boosting_table *table, const char *settings) {
    static boosting_book book;
    const perebor_learner *learner = learning_find("boost");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    double scores[BOOSTING_TEST];
    static double training_scores[BOOSTING_MOST_ROWS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    memset(&book, 0, sizeof book);
    book.table = table;
    if (boost_options_read(&book.options, values, table->n_rows, &error) != PEREBOR_OK) {
        fail_msg("%s: %s", settings, error.message);
    }
    boosting_run(&book);
    assert_int_equal(
        learner->fit(&model, &table->training, values, &boosting_workspace, &report, &error),
        PEREBOR_OK);
    if (model->n_nodes != book.n_all_nodes + 1) {
        fail_msg("%zu rows, %s: %zu nodes, by the book %zu", table->n_rows, settings,
                 model->n_nodes, book.n_all_nodes + 1);
    }
    learning_score(learner, model, &table->test, &boosting_workspace, scores);
    learning_score(learner, model, &table->training.rows, &boosting_workspace, training_scores);
    for (size_t row = 0; row < BOOSTING_TEST; row++) {
        if (scores[row] != book.test_scores[row]) {
            fail_msg("%zu rows, %s, row %zu: %.17g, by the book %.17g", table->n_rows, settings,
                     row, scores[row], book.test_scores[row]);
        }
    }
    assert_memory_equal(training_scores, book.scores, table->n_rows * sizeof *training_scores);
}

static const char *const settings_by_the_book[] = {
    "n_estimators=3",
    "n_estimators=3 max_leaf_nodes=4 learning_rate=0.9",
    "n_estimators=2 max_depth=3 min_samples_leaf=1",
    "n_estimators=2 max_depth=20 min_samples_leaf=9 min_child_weight=0.5",
    "n_estimators=3 max_depth=5 max_leaf_nodes=12 min_samples_leaf=1 min_child_weight=0",
    "n_estimators=3 reg_lambda=3.0 reg_alpha=0.7",
    "n_estimators=2 reg_lambda=2000000.0 min_child_weight=0",
    "n_estimators=2 min_samples_leaf=70 max_leaf_nodes=9",
    "n_estimators=3 gamma=0.8 reg_alpha=2.0 min_samples_leaf=0.02",
    "n_estimators=4 subsample=0.5 colsample_bytree=0.4 random_state=7",
    "n_estimators=3 max_bins=2 min_samples_leaf=5",
    "n_estimators=3 max_bins=16 class_weight=balanced",
    "n_estimators=4 subsample=0.2 max_leaf_nodes=100 min_samples_leaf=2 max_bins=100",
};

static void models_are_those_of_the_definition(void **state) {
    (void)state;
    static boosting_table table;
    static const size_t shapes[][2] = {{40, 3}, {150, 7}, {333, 12}, {1500, 9}};
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        boosting_draw(&table, shape, shapes[shape][0], shapes[shape][1]);
        for (size_t i = 0; i < sizeof settings_by_the_book / sizeof *settings_by_the_book; i++) {
            check_settings(&table, settings_by_the_book[i]);
        }
        perebor_workspace_release(&boosting_workspace);
    }
}

/** Numbers of a file, one after the other. */
static double read_number(FILE *file) {
    double number = 0.0;
    assert_int_equal(fscanf(file, "%lf", &number), 1);
    return number;
}

/** tests/golden/model/make_boost.py says what is in the file. */
static void trees_are_those_of_xgboost(void **state) {
    (void)state;
    enum { most_trees = 8 };
    static boosting_table table;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/boost.txt", "r");
    assert_non_null(file);
    const perebor_learner *learner = learning_find("boost");
    const size_t n = (size_t)read_number(file), n_columns = (size_t)read_number(file);
    assert_in_range(n, 2, BOOSTING_MOST_ROWS);
    boosting_draw(&table, 0, n, n_columns);
    for (size_t row = 0; row < n; row++) {
        table.labels[row] = (uint8_t)read_number(file);
        for (size_t column = 0; column < n_columns; column++) {
            perebor_matrix_column(&table.training.rows, column)[row] = read_number(file);
        }
    }
    char settings[256];
    size_t n_cases = 0;
    for (; fscanf(file, " settings %255[^\n]", settings) == 1; n_cases++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        static double scores[BOOSTING_MOST_ROWS];
        learning_defaults(learner, values);
        learning_set_all(learner, values, settings);
        char word[16];
        int8_t monotonic[BOOSTING_MOST_COLUMNS];
        assert_int_equal(fscanf(file, "%15s", word), 1);
        assert_string_equal(word, "monotonic");
        bool any = false;
        for (size_t column = 0; column < n_columns; column++) {
            monotonic[column] = (int8_t)read_number(file);
            any |= monotonic[column] != 0;
        }
        table.training.rows.monotonic = any ? monotonic : NULL;
        const size_t n_trees = (size_t)read_number(file);
        assert_in_range(n_trees, 1, most_trees);
        for (size_t tree = 1; tree <= n_trees; tree++) {
            perebor_model *model = NULL;
            perebor_fit_report report;
            learning_set(learner, values, "n_estimators", learning_whole((int64_t)tree));
            assert_int_equal(
                learner->fit(&model, &table.training, values, &boosting_workspace, &report, NULL),
                PEREBOR_OK);
            learning_score(learner, model, &table.training.rows, &boosting_workspace, scores);
            // The first tree is exact but for XGBoost's floats; later gradients are rounded.
            const double tolerance = tree == 1 ? 1e-6 : 2e-5;
            for (size_t row = 0; row < n; row++) {
                double expected = read_number(file);
                if (!(fabs(scores[row] - expected) <= tolerance * (1.0 + fabs(expected)))) {
                    fail_msg("%s, %zu trees, row %zu: %.9g, XGBoost %.9g", settings, tree, row,
                             scores[row], expected);
                }
            }
        }
    }
    assert_int_equal(n_cases, 10);
    (void)fclose(file);
}

/** A tree that no row was drawn for adds nothing, also where nothing keeps its leaf from 0 / 0. */
static void trees_of_no_rows_add_nothing(void **state) {
    (void)state;
    static boosting_table table;
    static const int8_t monotonic[BOOSTING_MOST_COLUMNS] = {1};
    const perebor_learner *learner = learning_find("boost");
    boosting_draw(&table, 22, 60, 3);
    for (size_t bounded = 0; bounded < 2; bounded++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        perebor_model *model = NULL;
        perebor_fit_report report;
        double scores[BOOSTING_MOST_ROWS];
        learning_defaults(learner, values);
        learning_set_all(learner, values, "n_estimators=3 subsample=0.000001 reg_lambda=0");
        table.training.rows.monotonic = bounded == 1 ? monotonic : NULL;
        assert_int_equal(
            learner->fit(&model, &table.training, values, &boosting_workspace, &report, NULL),
            PEREBOR_OK);
        learning_score(learner, model, &table.training.rows, &boosting_workspace, scores);
        for (size_t row = 1; row < table.training.rows.n_rows; row++) {
            assert_true(isfinite(scores[row]));
            assert_true(scores[row] == scores[0]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(models_are_those_of_the_definition, boosting_give_back),
        cmocka_unit_test_teardown(trees_are_those_of_xgboost, boosting_give_back),
        cmocka_unit_test_teardown(trees_of_no_rows_add_nothing, boosting_give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
