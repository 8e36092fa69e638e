// SPDX-License-Identifier: MIT
/*
 * Forests against their definition (forest_book.h). Nodes are of all sizes, so that every way of
 * listing candidates is taken.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "forest_book.h"
#include "learning.h"
#include "model/ensemble/ensemble.h"

/** What a member scored out of bag must be what the book says. */
static void check_out_of_bag(void *context, size_t member, perebor_status status,
                             const char *message, const double *validation_scores,
                             const double *training_scores, const perebor_fit_report *report) {
    const forest_book *book = context;
    assert_int_equal(member, 0);
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    assert_null(training_scores);
    assert_memory_equal(validation_scores, book->test_sums,
                        FOREST_TEST * sizeof *validation_scores);
    if (!book->options.bootstrap) {
        assert_null(report->out_of_bag);
        return;
    }
    assert_non_null(report->out_of_bag);
    assert_memory_equal(report->out_of_bag->n_trees, book->n_lacking,
                        book->table->n_rows * sizeof *book->n_lacking);
    assert_memory_equal(report->out_of_bag->sums, book->test_sums + FOREST_TEST,
                        book->table->n_rows * sizeof *book->test_sums);
}

static void check_settings(const forest_table *table, const char *settings) {
    static forest_book book;
    const perebor_learner *learner = learning_find("forest");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    double scores[FOREST_TEST];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    learning_set_all(learner, values, "oob_score=true");
    memset(&book, 0, sizeof book);
    book.table = table;
    if (forest_options_read(&book.options, values, table->n_rows, table->n_columns, &error) !=
        PEREBOR_OK) {
        fail_msg("%s: %s", settings, error.message);
    }
    forest_book_grow(&book);
    assert_int_equal(
        learner->fit(&model, &table->training, values, &forest_workspace, &report, &error),
        PEREBOR_OK);
    learning_score(learner, model, &table->test, &forest_workspace, scores);
    if (model->n_nodes != book.n_nodes) {
        fail_msg("%zu rows, %s: %zu nodes, by the book %zu", table->n_rows, settings,
                 model->n_nodes, book.n_nodes);
    }
    for (size_t row = 0; row < FOREST_TEST; row++) {
        if (scores[row] != book.test_sums[row]) {
            fail_msg("%zu rows, %s, row %zu: %.17g, by the book %.17g", table->n_rows, settings,
                     row, scores[row], book.test_sums[row]);
        }
    }
    const perebor_value *member = values;
    const perebor_family family = {.training = &table->training,
                                   .validation = &table->test,
                                   .score_out_of_bag = true,
                                   .settings = &member,
                                   .n_members = 1,
                                   .workspace = &forest_workspace};
    for (int share = 0; share < 2; share++) {
        assert_int_equal(perebor_learner_score_family(learner, &family, share == 1,
                                                      check_out_of_bag, &book, NULL),
                         PEREBOR_OK);
    }
}

static const char *const settings_by_the_book[] = {
    "n_estimators=3",
    "n_estimators=2 max_features=all bootstrap=false",
    "n_estimators=2 max_features=1 class_weight=balanced random_state=7",
    "n_estimators=3 class_weight=balanced_subsample max_samples=0.4 min_samples_leaf=3",
    "n_estimators=2 criterion=entropy max_features=0.7 min_samples_split=9",
    "n_estimators=2 criterion=entropy class_weight=balanced max_depth=4",
    "n_estimators=3 splitter=random bootstrap=false",
    "n_estimators=2 splitter=random max_features=all class_weight=balanced_subsample",
    "n_estimators=2 splitter=random criterion=entropy min_samples_leaf=5 max_depth=6",
    "n_estimators=2 max_samples=40 max_features=3",
};
enum { n_by_the_book = sizeof settings_by_the_book / sizeof *settings_by_the_book };

static void forests_are_what_their_definition_says(void **state) {
    (void)state;
    static const size_t sizes[] = {5, 40, 150, 700};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        static forest_table table;
        forest_table_draw(&table, i, sizes[i], i % 2 == 0 ? 7 : 12);
        for (size_t k = 0; k < n_by_the_book; k++) {
            check_settings(&table, settings_by_the_book[k]);
        }
        perebor_workspace_return(&forest_workspace, (perebor_workspace_mark){0});
    }
}

/** Values that lie so close that many have one code, and so far apart that all others do. */
static void skewed_columns_lose_no_threshold(void **state) {
    (void)state;
    static forest_table table;
    forest_table_draw(&table, 77, 400, 4);
    for (size_t row = 0; row < 400; row++) {
        double *first = perebor_matrix_column(&table.training.rows, 0);
        double *third = perebor_matrix_column(&table.training.rows, 2);
        third[row] = row == 3 ? 1e300 : first[row];
        first[row] = row == 5 ? -1.7e308 : row == 6 ? 1.7e308 : first[row] * 1e-3;
    }
    for (size_t k = 0; k < n_by_the_book; k++) {
        check_settings(&table, settings_by_the_book[k]);
    }
}

/** Without draws and ties it is the decision tree, also where columns have more values than codes
 * of 16 bits. */
static void one_tree_on_all_rows_and_columns_is_the_decision_tree(void **state) {
    (void)state;
    static const struct {
        size_t n_rows, n_columns;
        const char *forest, *tree;
    } cases[] = {
        {70000, 2, "max_depth=3", "max_depth=3"},
        {3000, 5, "max_depth=3", "max_depth=3"},
        {3000, 5, "max_depth=3 criterion=entropy", "max_depth=3 criterion=entropy"},
        {900, 4, "max_depth=3 class_weight=balanced ccp_alpha=0.002",
         "max_depth=3 class_weight=balanced ccp_alpha=0.002"},
    };
    const perebor_learner *learners[2] = {learning_find("forest"), learning_find("tree")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t draws = i + 99;
        const size_t n = cases[i].n_rows;
        perebor_training training = {
            .rows = learning_matrix(&forest_workspace, n, cases[i].n_columns), .labels = NULL};
        uint8_t *labels = perebor_workspace_take(&forest_workspace, n, 1);
        double *scores[2];
        assert_non_null(labels);
        training.labels = labels;
        for (size_t row = 0; row < n; row++) {
            for (size_t column = 0; column < cases[i].n_columns; column++) {
                perebor_matrix_column(&training.rows, column)[row] = draw_normal(&draws);
            }
            double leaning = perebor_matrix_column(&training.rows, 0)[row];
            labels[row] = leaning * leaning + draw_normal(&draws) > 0.5;
        }
        for (size_t which = 0; which < 2; which++) {
            perebor_value values[PEREBOR_MAX_SETTINGS];
            perebor_model *model = NULL;
            perebor_fit_report report;
            learning_defaults(learners[which], values);
            if (which == 0) {
                learning_set_all(learners[0], values,
                                 "n_estimators=1 bootstrap=false max_features=all");
            }
            learning_set_all(learners[which], values, which == 0 ? cases[i].forest : cases[i].tree);
            assert_int_equal(
                learners[which]->fit(&model, &training, values, &forest_workspace, &report, NULL),
                PEREBOR_OK);
            scores[which] = perebor_workspace_take(&forest_workspace, n, sizeof(double));
            assert_non_null(scores[which]);
            learning_score(learners[which], model, &training.rows, &forest_workspace,
                           scores[which]);
        }
        for (size_t row = 0; row < n; row++) {
            if (!(fabs(scores[0][row] - scores[1][row]) <= 0x1p-32)) {
                fail_msg("case %zu, row %zu: %.17g, the tree %.17g", i, row, scores[0][row],
                         scores[1][row]);
            }
        }
        perebor_workspace_return(&forest_workspace, (perebor_workspace_mark){0});
    }
}

/** Thresholds at the roots of trees on one column: each is as likely as any. */
static void drawn_thresholds_are_uniform_and_bootstraps_leave_a_third_out(void **state) {
    (void)state;
    enum { n_trees = 4000, n_parts = 20 };
    static forest_table table;
    uint32_t parts[n_parts] = {0};
    double left_out = 0.0;
    forest_table_draw(&table, 4, 100, 1);
    for (size_t row = 0; row < 100; row++) {
        perebor_matrix_column(&table.training.rows, 0)[row] = (double)row / 99.0;
        table.labels[row] = row % 2;
    }
    const perebor_model *model =
        forest_fit(&table, "n_estimators=4000 splitter=random bootstrap=false max_depth=1");
    assert_int_equal(model->n_trees, n_trees);
    for (size_t tree = 0; tree < n_trees; tree++) {
        parts[(size_t)(model->thresholds[model->first_node[tree]] * n_parts)]++;
    }
    double chi_squared = 0.0;
    for (size_t part = 0; part < n_parts; part++) {
        double expected = (double)n_trees / n_parts;
        chi_squared += (parts[part] - expected) * (parts[part] - expected) / expected;
    }
    assert_true(chi_squared < 43.8); // of 19 degrees of freedom, one in a thousand
    for (size_t tree = 0; tree < 1000; tree++) {
        static forest_book book;
        book.table = &table;
        book.options = (forest_options){.bootstrap = true, .n_draws = 100};
        forest_book_draw(&book, tree);
        for (size_t row = 0; row < 100; row++) {
            left_out += book.counts[row] == 0 ? 1e-5 : 0.0;
        }
    }
    assert_true(fabs(left_out - 0.36603) < 0.005); // (1 - 1/100)^100
}

static void contradicting_settings_are_refused(void **state) {
    (void)state;
    const perebor_learner *learner = learning_find("forest");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    forest_options options;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, "bootstrap=false max_samples=0.5");
    assert_int_equal(forest_options_read(&options, values, 100, 5, &error), PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "max_samples is how many rows are drawn for a tree, and "
                                       "without bootstrap none are: leave one of the two away");
    learning_defaults(learner, values);
    assert_int_equal(forest_options_read(&options, values, 100, 17, &error), PEREBOR_OK);
    assert_int_equal(options.max_features, 4);
    assert_int_equal(options.n_draws, 100);
    learning_set_all(learner, values, "max_samples=0.004");
    assert_int_equal(forest_options_read(&options, values, 100, 17, &error), PEREBOR_OK);
    assert_int_equal(options.n_draws, 1);
    learning_set_all(learner, values, "max_samples=1000");
    assert_int_equal(forest_options_read(&options, values, 100, 17, &error), PEREBOR_OK);
    assert_int_equal(options.n_draws, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forests_are_what_their_definition_says),
        cmocka_unit_test(skewed_columns_lose_no_threshold),
        cmocka_unit_test(one_tree_on_all_rows_and_columns_is_the_decision_tree),
        cmocka_unit_test(drawn_thresholds_are_uniform_and_bootstraps_leave_a_third_out),
        cmocka_unit_test(contradicting_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, forest_give_back);
}
