// SPDX-License-Identifier: MIT
/* Scores of boosting along columns that are declared monotonic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "boosting.h"
#include "learning.h"

/** How often scores fall along a grid of a column, and how often they rise. */
static void count_steps(const perebor_learner *learner, const perebor_model *model,
                        const boosting_table *table, size_t column, size_t steps[2]) {
    enum { n_places = 200 };
    double scores[n_places];
    steps[0] = steps[1] = 0;
    for (size_t row = 0; row < 40; row++) {
        perebor_matrix grid = learning_matrix(&boosting_workspace, n_places, table->n_columns);
        for (size_t c = 0; c < table->n_columns; c++) {
            for (size_t i = 0; i < n_places; i++) {
                perebor_matrix_column(&grid, c)[i] =
                    c == column ? -3.0 + 0.05 * (double)i : boosting_value(&table->test, c, row);
            }
        }
        learning_score(learner, model, &grid, &boosting_workspace, scores);
        for (size_t i = 1; i < n_places; i++) {
            steps[0] += scores[i] < scores[i - 1];
            steps[1] += scores[i] > scores[i - 1];
        }
    }
}

static void scores_keep_to_monotonic_columns(void **state) {
    (void)state;
    static boosting_table table;
    static const int8_t monotonic[BOOSTING_MOST_COLUMNS] = {[0] = 1, [1] = -1, [8] = 1};
    static const char *const settings[] = {
        "n_estimators=40 learning_rate=0.3 min_samples_leaf=5",
        "n_estimators=30 max_depth=6 min_samples_leaf=1 reg_lambda=0.5 reg_alpha=0.3",
        "n_estimators=30 subsample=0.6 colsample_bytree=0.5 max_leaf_nodes=50 "
        "class_weight=balanced",
    };
    const perebor_learner *learner = learning_find("boost");
    assert_true(learner->keeps_monotonic);
    boosting_draw(&table, 21, 1200, 9);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        perebor_model *model = NULL;
        perebor_fit_report report;
        size_t free_steps[2], steps[2];
        learning_defaults(learner, values);
        learning_set_all(learner, values, settings[i]);
        for (size_t column = 0; column < 9; column++) {
            if (monotonic[column] == 0) {
                continue;
            }
            table.training.rows.monotonic = NULL;
            assert_int_equal(
                learner->fit(&model, &table.training, values, &boosting_workspace, &report, NULL),
                PEREBOR_OK);
            count_steps(learner, model, &table, column, free_steps);
            assert_true(free_steps[0] > 0 && free_steps[1] > 0);
            table.training.rows.monotonic = monotonic;
            assert_int_equal(
                learner->fit(&model, &table.training, values, &boosting_workspace, &report, NULL),
                PEREBOR_OK);
            count_steps(learner, model, &table, column, steps);
            assert_int_equal(steps[monotonic[column] > 0 ? 0 : 1], 0);
            // A column may be found to be of no use at all against what the data say.
            assert_true(column != 0 || steps[1] > 0);
        }
        perebor_workspace_release(&boosting_workspace);
        boosting_draw(&table, 21, 1200, 9);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(scores_keep_to_monotonic_columns, boosting_give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
