// SPDX-License-Identifier: MIT
#include <float.h>
#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/tree/tree_sklearn.h"

/** Rounds the dense columns to single precision; levels need none. */
static perebor_status round_values(const perebor_matrix *from, perebor_matrix *rounded,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t column = 0; column < perebor_matrix_n_dense(from); column++) {
        PEREBOR_TRY(done, perebor_deadline_check(error));
        const double *values = perebor_matrix_column(from, column);
        double *to = perebor_matrix_column(rounded, column);
        for (size_t row = 0; row < from->n_rows; row++) {
            if (fabs(values[row]) > (double)FLT_MAX) {
                return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                    "column %zu holds %.17g, and scikit-learn's tree takes single "
                                    "precision, at most %.9g; scale the column or leave out "
                                    "random_state",
                                    column, values[row], (double)FLT_MAX);
            }
            to[row] = (double)(float)values[row];
        }
    }
done:
    return status;
}

static bool is_close(double lower, double higher) {
    return (float)higher <= (float)lower + tree_sklearn_closest;
}

/** Whether a column has values that differ, but not by enough; breaks off at the deadline. */
static bool is_crowded(const tree_columns *columns) {
    for (uint32_t slot = 0; slot < columns->n_sorted && !perebor_deadline_passed(); slot++) {
        const tree_entry *entries = columns->entries + (size_t)slot * columns->n_rows;
        const double *values = perebor_matrix_column(&columns->matrix, columns->sorted[slot]);
        for (size_t i = 1; i < columns->n_rows; i++) {
            if (tree_entry_step(entries[i]) != 0 && is_close(values[tree_entry_row(entries[i - 1])],
                                                             values[tree_entry_row(entries[i])])) {
                return true;
            }
        }
    }
    const size_t n_dense = perebor_matrix_n_dense(&columns->matrix);
    for (uint32_t b = 0; b < columns->n_packed; b++) {
        if (columns->binary[b] >= n_dense) { // a level: 0 and 1
            continue;
        }
        const double *values = perebor_matrix_column(&columns->matrix, columns->binary[b]);
        size_t other = 1;
        while (values[other] == values[0]) {
            other++;
        }
        if (is_close(fmin(values[0], values[other]), fmax(values[0], values[other]))) {
            return true;
        }
    }
    return false;
}

perebor_status tree_sklearn_rows_create(tree_sklearn_rows *rows, const perebor_training *training,
                                        perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    tree_sklearn_rows sklearn_rows = {.training = training};
    const perebor_matrix *from = &training->rows;
    PEREBOR_TRY(done, perebor_matrix_create(&sklearn_rows.rounded, from->n_rows,
                                            perebor_matrix_n_dense(from), workspace, error));
    sklearn_rows.rounded.n_columns = from->n_columns;
    sklearn_rows.rounded.indicators = from->indicators;
    sklearn_rows.rounded.n_indicators = from->n_indicators;
    PEREBOR_TRY(done, round_values(from, &sklearn_rows.rounded, error));
    perebor_training rounded = {.rows = sklearn_rows.rounded, .labels = training->labels};
    PEREBOR_TRY(done, tree_columns_create(&sklearn_rows.columns, &rounded, workspace, error));
    sklearn_rows.crowded = is_crowded(&sklearn_rows.columns);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    *rows = sklearn_rows;
done:
    return status;
}

perebor_status tree_sklearn_rows_borrow(tree_sklearn_rows *rows, const tree_sklearn_rows *made,
                                        const perebor_training *training,
                                        perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    tree_sklearn_rows result = *made;
    result.training = training;
    result.rounded.indicators = training->rows.indicators;
    const perebor_training rounded = {.rows = result.rounded, .labels = training->labels};
    PEREBOR_TRY(done,
                tree_columns_borrow(&result.columns, &made->columns, &rounded, workspace, error));
    *rows = result;
done:
    return status;
}
