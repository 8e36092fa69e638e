// SPDX-License-Identifier: MIT
#include "explain/altered_rows.h"

double *altered_rows_column(const altered_rows *altered, size_t column) {
    return altered->values + column * altered->dataset.n_rows;
}

void altered_rows_fill(const altered_rows *altered, size_t column, double value) {
    double *values = altered_rows_column(altered, column);
    for (size_t i = 0; i < altered->dataset.n_rows; i++) {
        values[i] = value;
    }
}

void altered_rows_restore(const altered_rows *altered, size_t column,
                          const perebor_dataset *dataset, const uint32_t *rows) {
    double *values = altered_rows_column(altered, column);
    for (size_t i = 0; i < altered->dataset.n_rows; i++) {
        values[i] = dataset->columns[column].values[rows[i]];
    }
}

perebor_status altered_rows_make(altered_rows *altered, const perebor_dataset *dataset,
                                 const uint32_t *rows, size_t n_rows, perebor_workspace *workspace,
                                 perebor_error *error) {
    size_t n_columns = dataset->n_columns;
    perebor_column *columns = perebor_workspace_take(workspace, n_columns, sizeof *columns);
    altered_rows made = {
        .dataset = *dataset,
        .values = perebor_workspace_take(workspace, n_columns * n_rows, sizeof *made.values),
        .labels = perebor_workspace_take(workspace, n_rows, sizeof *made.labels),
        .rows = perebor_workspace_take(workspace, n_rows, sizeof *made.rows)};
    if (columns == NULL || made.values == NULL || made.labels == NULL || made.rows == NULL) {
        return perebor_no_memory(error, "to alter %zu rows", n_rows);
    }
    made.labels = dataset->labels == NULL ? NULL : made.labels;
    for (size_t i = 0; i < n_rows; i++) {
        made.rows[i] = (uint32_t)i;
        if (made.labels != NULL) {
            made.labels[i] = dataset->labels[rows[i]];
        }
    }
    made.dataset.n_rows = n_rows;
    made.dataset.columns = columns;
    made.dataset.labels = made.labels;
    made.dataset.ids = NULL;
    made.dataset.source_rows = NULL;
    made.dataset.groups = NULL;
    made.dataset.n_passthrough = 0;
    made.dataset.passthrough = NULL;
    made.dataset.block = NULL;
    for (size_t column = 0; column < n_columns; column++) {
        columns[column] = dataset->columns[column];
        columns[column].values = altered_rows_column(&made, column);
        altered_rows_restore(&made, column, dataset, rows);
    }
    *altered = made;
    return PEREBOR_OK;
}

perebor_status altered_rows_score(const altered_rows *altered,
                                  const perebor_fitted_pipeline *pipeline, explain_scale scale,
                                  perebor_workspace *workspace, double *values,
                                  perebor_error *error) {
    size_t n = altered->dataset.n_rows;
    return scale == EXPLAIN_PROBABILITY
               ? perebor_fitted_pipeline_predict(pipeline, &altered->dataset, altered->rows, n,
                                                 workspace, values, error)
               : perebor_fitted_pipeline_score(pipeline, &altered->dataset, altered->rows, n,
                                               workspace, values, error);
}
