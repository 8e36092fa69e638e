// SPDX-License-Identifier: MIT
#include "forest_table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"

perebor_workspace forest_workspace;

int forest_give_back(void **state) {
    (void)state;
    perebor_workspace_release(&forest_workspace);
    return 0;
}

/** Columns of many values, of few, of two; skewed ones; one that is constant. */
static double draw_value(uint64_t *state, size_t column) {
    switch (column % 6) {
    case 0:
        return draw_normal(state);
    case 1:
        return (double)(draw_bits(state) % 7);
    case 2:
        return exp(4.0 * draw_normal(state));
    case 3:
        return (double)(draw_bits(state) % 2) - 0.5;
    case 4:
        return (double)(draw_bits(state) % 400) / 8.0;
    default:
        return 1.0;
    }
}

void forest_table_draw(forest_table *table, uint64_t seed, size_t n_rows, size_t n_columns) {
    uint64_t state = seed * 7919 + 5;
    table->n_rows = n_rows;
    table->n_columns = n_columns;
    table->training = (perebor_training){
        .rows = learning_matrix(&forest_workspace, n_rows, n_columns), .labels = table->labels};
    table->test = learning_matrix(&forest_workspace, FOREST_TEST, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] = draw_value(&state, column);
        }
        for (size_t row = 0; row < FOREST_TEST; row++) {
            perebor_matrix_column(&table->test, column)[row] = draw_value(&state, column);
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = perebor_matrix_column(&table->training.rows, 0)[row];
        table->labels[row] = leaning + 1.2 * draw_normal(&state) > 0.4;
    }
    table->labels[0] = 0;
    table->labels[1] = 1;
}

const perebor_model *forest_fit(const forest_table *table, const char *settings) {
    const perebor_learner *learner = learning_find("forest");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    assert_int_equal(
        learner->fit(&model, &table->training, values, &forest_workspace, &report, NULL),
        PEREBOR_OK);
    return model;
}
