// SPDX-License-Identifier: MIT
/* What growing a forest is foretold to be: counts that are known, how it goes with settings and
 * shapes, and beside the trees of real forests. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/forest/forest_work.h"
#include "perebor/model_form.h"

enum { most_rows = 2000 };

static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static perebor_table_shape shape_of(size_t n_rows, size_t n_dense, size_t n_levels) {
    return (perebor_table_shape){.n_rows = n_rows,
                                 .n_scored = n_rows / 4,
                                 .n_columns = n_dense + n_levels,
                                 .n_nominal = n_levels > 0 ? 1 : 0,
                                 .n_levels = n_levels};
}

static forest_options options_of(const char *settings, const perebor_table_shape *shape) {
    perebor_value values[PEREBOR_MAX_SETTINGS];
    forest_options options;
    perebor_error error;
    const perebor_learner *learner = learning_find("forest");
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    assert_int_equal(forest_options_read(&options, values, shape->n_rows, shape->n_columns, &error),
                     PEREBOR_OK);
    return options;
}

static forest_work foresee(const char *settings, perebor_table_shape shape) {
    const forest_options options = options_of(settings, &shape);
    return forest_work_foresee(&options, &shape);
}

/** A tree of one split has one node, which looks at max_features columns in all rows. */
static void a_stump_is_one_node(void **state) {
    (void)state;
    static const char *const settings[] = {"bootstrap=false max_depth=1 max_features=3",
                                           "bootstrap=false max_depth=1 max_features=3 "
                                           "splitter=random"};
    for (size_t i = 0; i < 2; i++) {
        const forest_work work = foresee(settings[i], shape_of(1000, 10, 0));
        assert_true(fabs(work.nodes - 1.0) < 0.05);
        assert_true(fabs(work.rows - 1000.0) < 50.0);
        assert_true(fabs(work.looks[0] - 3.0 * work.nodes) < 1e-9);
        assert_true(fabs(work.looked_at[0] - 3.0 * work.rows) < 1e-6);
        assert_true(work.looks[1] == 0.0 && work.looked_at[1] == 0.0);
    }
}

/** A node that is smaller than min_samples_split is not searched, a bootstrap has 1 - 1/e of the
 * rows, and columns are looked at in proportion. */
static void what_is_known_is_foretold(void **state) {
    (void)state;
    assert_true(foresee("bootstrap=false min_samples_split=5000", shape_of(1000, 5, 0)).nodes <
                1e-3);
    const forest_work root = foresee("max_depth=1", shape_of(10000, 9, 0));
    assert_true(fabs(root.rows - 10000.0 * (1.0 - exp(-1.0))) < 300.0);
    const forest_work coded = foresee("bootstrap=false max_depth=1", shape_of(100000, 10, 30));
    assert_true(fabs(coded.looks[1] / coded.looks[0] - 3.0) < 1e-9);
    // Every level varies in a root of that many rows: nothing more is looked at.
    assert_true(fabs((coded.looks[0] + coded.looks[1]) / coded.nodes - 6.0) < 1e-6);
}

/** In small nodes most levels have no row, and more of them are looked at. */
static void rare_levels_are_looked_at_in_vain(void **state) {
    (void)state;
    const forest_work few = foresee("max_features=4", shape_of(1000, 10, 6));
    const forest_work many = foresee("max_features=4", shape_of(1000, 10, 5000));
    const double a_node[2] = {(few.looks[0] + few.looks[1]) / few.nodes,
                              (many.looks[0] + many.looks[1]) / many.nodes};
    assert_true(a_node[0] < 4.1);
    assert_true(a_node[1] > 20.0);
}

/** More rows, more columns, deeper trees and smaller leaves take longer. */
static void more_takes_longer(void **state) {
    (void)state;
    static const char *const kinds[] = {"", "splitter=random bootstrap=false"};
    static const size_t levels[] = {0, 20, 3000};
    for (size_t i = 0; i < 6; i++) {
        double before = 0.0;
        for (size_t n_rows = 10; n_rows < 2000000; n_rows = n_rows * 3 / 2) {
            const perebor_table_shape shape = shape_of(n_rows, 12, levels[i / 2]);
            const forest_options options = options_of(kinds[i % 2], &shape);
            const double seconds = forest_seconds_of_tree(&options, &shape);
            assert_true(isfinite(seconds) && seconds > before);
            before = seconds;
        }
        static const char *const longer[][2] = {{"max_depth=3", "max_depth=6"},
                                                {"max_depth=6", "max_depth=null"},
                                                {"min_samples_leaf=20", "min_samples_leaf=5"},
                                                {"min_samples_leaf=5", ""},
                                                {"min_samples_split=50", ""}};
        for (size_t k = 0; k < sizeof longer / sizeof *longer; k++) {
            char settings[2][128];
            double rows[2];
            for (size_t side = 0; side < 2; side++) {
                (void)snprintf(settings[side], sizeof settings[side], "%s %s", kinds[i % 2],
                               longer[k][side]);
                rows[side] = foresee(settings[side], shape_of(5000, 12, levels[i / 2])).rows;
            }
            assert_true(rows[0] < rows[1]);
        }
    }
}

/** Draws rows whose labels lean on two of five columns, and levels that say nothing. */
static void draw(perebor_training *training, uint8_t *labels, size_t n_rows, size_t n_levels) {
    uint64_t random = 11;
    perebor_error error;
    *training = (perebor_training){.labels = labels};
    assert_int_equal(perebor_matrix_create_coded(&training->rows, n_rows, 5, n_levels > 0 ? 1 : 0,
                                                 &workspace, &error),
                     PEREBOR_OK);
    for (size_t column = 0; column < 5; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&training->rows, column)[row] = draw_normal(&random);
        }
    }
    if (n_levels > 0) {
        perebor_indicators *levels = perebor_matrix_add_levels(&training->rows, n_levels);
        for (size_t row = 0; row < n_rows; row++) {
            levels->codes[row] = (uint32_t)(draw_bits(&random) % n_levels);
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        const double leaning = perebor_matrix_column(&training->rows, 0)[row] +
                               perebor_matrix_column(&training->rows, 1)[row];
        labels[row] = leaning + 0.7 * draw_normal(&random) > 0.0;
    }
}

/** Nodes that are divided, and the weight of the rows in them, of a tree on average. */
static void count(const perebor_trees_form *trees, double *nodes, double *rows) {
    *nodes = *rows = 0.0;
    for (size_t node = 0; node < trees->n_nodes; node++) {
        *nodes += trees->left[node] != 0 ? 1.0 : 0.0;
        *rows += trees->left[node] != 0 ? trees->covers[node] : 0.0;
    }
    *nodes /= (double)trees->n_trees;
    *rows /= (double)trees->n_trees;
}

/** Beside real forests nodes are foretold within a factor of two, their rows of 1.6. */
static void real_trees_are_like_that(void **state) {
    (void)state;
    static uint8_t labels[most_rows];
    static const struct {
        const char *settings;
        size_t n_rows, n_levels;
    } cases[] = {
        {"n_estimators=8", 500, 0},
        {"n_estimators=8", 2000, 0},
        {"n_estimators=8 max_features=1", 2000, 0},
        {"n_estimators=8 max_depth=5", 2000, 0},
        {"n_estimators=8 min_samples_split=12", 2000, 0},
        {"n_estimators=8 splitter=random bootstrap=false", 2000, 0},
        {"n_estimators=8", 2000, 200},
        {"n_estimators=8 max_features=1", 2000, 200},
        {"n_estimators=8", 1000, 900},
        {"n_estimators=8 splitter=random bootstrap=false", 2000, 200},
    };
    const perebor_learner *learner = learning_find("forest");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        perebor_training training;
        perebor_model *model;
        perebor_fit_report report;
        perebor_model_form form;
        perebor_error error;
        double nodes, rows;
        learning_defaults(learner, values);
        learning_set_all(learner, values, cases[i].settings);
        draw(&training, labels, cases[i].n_rows, cases[i].n_levels);
        assert_int_equal(learner->fit(&model, &training, values, &workspace, &report, &error),
                         PEREBOR_OK);
        assert_int_equal(learner->describe(model, &workspace, &form, &error), PEREBOR_OK);
        count(&form.as.trees, &nodes, &rows);
        const forest_work work =
            foresee(cases[i].settings, shape_of(cases[i].n_rows, 5, cases[i].n_levels));
        const forest_options options =
            options_of(cases[i].settings, &(perebor_table_shape){.n_rows = 2, .n_columns = 5});
        const double weight = options.bootstrap ? 1.0 / (1.0 - exp(-1.0)) : 1.0; // of a row
        if (!(work.nodes < 2.0 * nodes && work.nodes > nodes / 2.0) ||
            !(weight * work.rows < 1.6 * rows && weight * work.rows > rows / 1.6)) {
            fail_msg("case %zu: %.1f nodes of %.0f rows, foretold %.1f of %.0f", i, nodes, rows,
                     work.nodes, weight * work.rows);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stump_is_one_node),
        cmocka_unit_test(what_is_known_is_foretold),
        cmocka_unit_test(rare_levels_are_looked_at_in_vain),
        cmocka_unit_test(more_takes_longer),
        cmocka_unit_test(real_trees_are_like_that),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
