// SPDX-License-Identifier: MIT
#include "base/deadline.h"
#include "base/try.h"
#include "prepare/fitted.h"
#include "prepare/order_statistic.h"
#include "prepare/panel.h"

perebor_status prepare_fail_empty(const prepare_fitted *fitted, size_t source,
                                  perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                        "column \"%s\" has no value in the %zu training rows to fill its gaps "
                        "from: drop the column or impute a constant",
                        fitted->dataset->columns[source].name, fitted->n_rows);
}

/** The mean as numpy's masked arrays have it: missing values count as zeros in the pairwise sum. */
static perebor_status find_mean(double *fill, const prepare_fitted *fitted, const double *values,
                                size_t n_present, perebor_workspace *workspace,
                                perebor_error *error) {
    static const double zeros[PANEL_COLUMNS] = {0};
    const prepare_panel_kernels *kernels = PEREBOR_KERNEL_PICK(prepare_panel_kernels);
    double *panel =
        perebor_workspace_take(workspace, fitted->n_rows, PANEL_COLUMNS * sizeof *panel);
    if (panel == NULL) {
        return perebor_no_memory(error, "to average %zu rows", fitted->n_rows);
    }
    const double *columns[PANEL_COLUMNS];
    int64_t n_missing[PANEL_COLUMNS];
    double sums[PANEL_COLUMNS];
    for (size_t lane = 0; lane < PANEL_COLUMNS; lane++) {
        columns[lane] = values;
    }
    kernels->gather(panel, columns, fitted->rows, fitted->n_rows, n_missing);
    kernels->fill(panel, fitted->n_rows, zeros);
    kernels->sum(panel, fitted->n_rows, sums);
    *fill = sums[0] / (double)n_present;
    return PEREBOR_OK;
}

perebor_status prepare_find_fill(double *fill, const prepare_fitted *fitted, size_t source,
                                 perebor_workspace *workspace, perebor_error *error) {
    const perebor_column *column = &fitted->dataset->columns[source];
    int32_t imputer = column->role == PEREBOR_ROLE_NUMERIC ? fitted->settings.impute_numeric
                                                           : fitted->settings.impute_nominal;
    if (imputer == PEREBOR_IMPUTE_CONSTANT) {
        *fill = fitted->settings.fill_value;
        return PEREBOR_OK;
    }
    perebor_status status = perebor_deadline_check(error);
    if (status != PEREBOR_OK) {
        return status;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *present = perebor_workspace_take(workspace, fitted->n_rows, 3 * sizeof *present);
    if (present == NULL) {
        return perebor_no_memory(error, "to impute %zu rows", fitted->n_rows);
    }
    order_keys keys = {.keys = (void *)(present + fitted->n_rows)};
    keys.scratch = keys.keys + fitted->n_rows;
    size_t n_present = 0;
    for (size_t i = 0; i < fitted->n_rows; i++) {
        double value = column->values[fitted->rows[i]];
        present[n_present] = value;
        n_present += value == value;
    }
    if (n_present == 0) {
        status = prepare_fail_empty(fitted, source, error);
        goto done;
    }
    if (imputer == PEREBOR_IMPUTE_MEAN) {
        PEREBOR_TRY(done, find_mean(fill, fitted, column->values, n_present, workspace, error));
    } else {
        order_keys_set(&keys, present, n_present);
        *fill = imputer == PEREBOR_IMPUTE_MEDIAN ? order_median(&keys) : order_mode(&keys);
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
