// SPDX-License-Identifier: MIT
#include "boosting.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"

perebor_workspace boosting_workspace;

int boosting_give_back(void **state) {
    (void)state;
    perebor_workspace_release(&boosting_workspace);
    return 0;
}

double boosting_value(const perebor_matrix *rows, size_t column, size_t row) {
    return perebor_matrix_column(rows, column)[row];
}

/** Columns of many values, of few, of two; skewed ones; ones with gaps; one that is constant. */
static double draw_value(uint64_t *state, size_t column) {
    switch (column % 7) {
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
    case 5:
        return draw_bits(state) % 3 == 0 ? NAN : (double)(draw_bits(state) % 9);
    default:
        return 1.0;
    }
}

void boosting_draw(boosting_table *table, uint64_t seed, size_t n_rows, size_t n_columns) {
    uint64_t state = seed * 7919 + 5;
    table->n_rows = n_rows;
    table->n_columns = n_columns;
    table->training = (perebor_training){
        .rows = learning_matrix(&boosting_workspace, n_rows, n_columns), .labels = table->labels};
    table->test = learning_matrix(&boosting_workspace, BOOSTING_TEST, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] = draw_value(&state, column);
        }
        for (size_t row = 0; row < BOOSTING_TEST; row++) {
            perebor_matrix_column(&table->test, column)[row] = draw_value(&state, column);
        }
    }
    for (size_t row = 0; n_columns > 8 && row < n_rows; row++) { // splits of equal gains
        perebor_matrix_column(&table->training.rows, 3)[row] =
            perebor_matrix_column(&table->training.rows, 8)[row] > 3.0 ? 0.5 : -0.5;
    }
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = perebor_matrix_column(&table->training.rows, 0)[row];
        double gap = n_columns > 5 ? perebor_matrix_column(&table->training.rows, 5)[row] : 0.0;
        leaning += isnan(gap) ? 0.7 : 0.0;
        leaning += n_columns > 8 ? perebor_matrix_column(&table->training.rows, 3)[row] : 0.0;
        table->labels[row] = leaning + 1.2 * draw_normal(&state) > 0.4;
    }
    table->labels[0] = 0;
    table->labels[1] = 1;
}
