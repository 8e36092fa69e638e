// SPDX-License-Identifier: MIT
#include "perebor/preparation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "prepare/f_ranking.h"
#include "prepare/fitted.h"
#include "prepare/prepared_column.h"

/** How many columns there may be at most, and how many level codes. */
static void count_most(const perebor_dataset *dataset, size_t *n_columns, size_t *n_codes) {
    *n_columns = 0;
    *n_codes = 0;
    for (size_t source = 0; source < dataset->n_columns; source++) {
        const perebor_column *column = &dataset->columns[source];
        bool nominal = column->role == PEREBOR_ROLE_NOMINAL;
        *n_columns += nominal ? column->n_levels + 1 : 1;
        *n_codes += nominal ? column->n_levels + 1 : 0;
    }
}

static perebor_status allocate_fitted(prepare_fitted *fitted, const uint32_t *rows,
                                      perebor_workspace *workspace, perebor_error *error) {
    const perebor_dataset *dataset = fitted->dataset;
    size_t n_columns;
    size_t n_codes;
    count_most(dataset, &n_columns, &n_codes);
    fitted->rows = perebor_workspace_take(workspace, fitted->n_rows, sizeof *fitted->rows);
    fitted->sources =
        perebor_workspace_take_zeroed(workspace, dataset->n_columns, sizeof *fitted->sources);
    fitted->codes = perebor_workspace_take(workspace, n_codes, sizeof *fitted->codes);
    fitted->columns = perebor_workspace_take(workspace, n_columns, sizeof *fitted->columns);
    fitted->f_values = perebor_workspace_take(workspace, n_columns, sizeof *fitted->f_values);
    fitted->ranking = perebor_workspace_take(workspace, n_columns, sizeof *fitted->ranking);
    if (fitted->rows == NULL || fitted->sources == NULL || fitted->codes == NULL ||
        fitted->columns == NULL || fitted->f_values == NULL || fitted->ranking == NULL) {
        return perebor_no_memory(error, "to prepare %zu rows of %zu columns", fitted->n_rows,
                                 dataset->n_columns);
    }
    memcpy(fitted->rows, rows, fitted->n_rows * sizeof *rows);
    double *codes = fitted->codes;
    for (size_t source = 0; source < dataset->n_columns; source++) {
        if (dataset->columns[source].role == PEREBOR_ROLE_NOMINAL) {
            fitted->sources[source].codes = codes;
            codes += dataset->columns[source].n_levels + 1;
        }
    }
    return PEREBOR_OK;
}

/** Lists the columns that are numbers already: numeric, ordinal, boolean. */
static void list_numbers(prepare_fitted *fitted) {
    const perebor_dataset *dataset = fitted->dataset;
    for (int role = PEREBOR_ROLE_NUMERIC; role <= PEREBOR_ROLE_BOOLEAN; role++) {
        for (size_t source = 0; source < dataset->n_columns; source++) {
            if ((int)dataset->columns[source].role == role) {
                fitted->columns[fitted->n_numbers++] =
                    (prepare_column){(uint32_t)source, PREPARE_NUMBER, 0};
            }
        }
    }
    fitted->n_columns = fitted->n_numbers;
}

/** Leaves the workspace as it was: what was found out has its place already. */
static perebor_status fit_all(prepare_fitted *fitted, const uint32_t *rows,
                              perebor_workspace *workspace, perebor_error *error) {
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    uint8_t *labels = perebor_workspace_take(workspace, fitted->n_rows, sizeof *labels);
    perebor_status status;
    if (labels == NULL) {
        return perebor_no_memory(error, "to prepare %zu rows", fitted->n_rows);
    }
    for (size_t i = 0; i < fitted->n_rows; i++) {
        labels[i] = fitted->dataset->labels[rows[i]];
        fitted->n_positive += labels[i];
    }
    list_numbers(fitted);
    PEREBOR_TRY(done, prepare_fit_numbers(fitted, labels, workspace, error));
    PEREBOR_TRY(done, prepare_fit_nominals(fitted, labels, workspace, error));
    f_rank(fitted->ranking, fitted->f_values, fitted->n_columns);
    status = perebor_deadline_check(error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static int compare_columns(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/** Makes a preparation of what was fitted: the select_k columns that rank highest. */
static perebor_status select_columns(perebor_preparation **preparation, prepare_fitted *fitted,
                                     uint32_t select_k, perebor_workspace *workspace,
                                     perebor_error *error) {
    size_t n_columns = fitted->n_columns;
    size_t n_selected = select_k == 0 || select_k > n_columns ? n_columns : select_k;
    perebor_preparation *result = perebor_workspace_take(
        workspace, 1, sizeof *result + n_selected * sizeof *result->selected);
    if (result == NULL) {
        (void)perebor_no_memory(error, "to select %zu columns", n_selected);
        return PEREBOR_ERR_MEMORY;
    }
    result->fitted = fitted;
    result->n_selected = n_selected;
    if (n_selected > 0) {
        memcpy(result->selected, fitted->ranking + (n_columns - n_selected),
               n_selected * sizeof *result->selected);
        qsort(result->selected, n_selected, sizeof *result->selected, compare_columns);
    }
    *preparation = result;
    return PEREBOR_OK;
}

perebor_status perebor_preparation_fit(perebor_preparation **preparation,
                                       const perebor_dataset *dataset, const uint32_t *rows,
                                       size_t n_rows, const perebor_preparation_settings *settings,
                                       perebor_workspace *workspace, perebor_error *error) {
    if (n_rows == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "preparation cannot be fitted on no training rows");
    }
    if (dataset->labels == NULL) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the rows have no labels: they can be scored, but not fitted on");
    }
    perebor_status status;
    prepare_fitted *fitted = perebor_workspace_take_zeroed(workspace, 1, sizeof *fitted);
    if (fitted == NULL) {
        return perebor_no_memory(error, "to prepare %zu rows", n_rows);
    }
    fitted->dataset = dataset;
    fitted->settings = *settings;
    fitted->n_rows = n_rows;
    PEREBOR_TRY(done, allocate_fitted(fitted, rows, workspace, error));
    PEREBOR_TRY(done, fit_all(fitted, rows, workspace, error));
    status = select_columns(preparation, fitted, settings->select_k, workspace, error);
done:
    return status;
}

perebor_status perebor_preparation_reselect(perebor_preparation **reselected,
                                            const perebor_preparation *preparation,
                                            uint32_t select_k, perebor_workspace *workspace,
                                            perebor_error *error) {
    return select_columns(reselected, preparation->fitted, select_k, workspace, error);
}

size_t perebor_preparation_n_columns(const perebor_preparation *preparation) {
    return preparation->n_selected;
}

size_t perebor_preparation_column_name(const perebor_preparation *preparation, size_t column,
                                       char *name, size_t size) {
    const prepare_fitted *fitted = preparation->fitted;
    const prepare_column *prepared = &fitted->columns[preparation->selected[column]];
    const perebor_column *source = &fitted->dataset->columns[prepared->source];
    if (prepared->encoding != PREPARE_LEVEL) {
        return (size_t)snprintf(name, size, "%s", source->name);
    }
    const char *level =
        prepared->level < source->n_levels ? source->levels[prepared->level] : "missing";
    return (size_t)snprintf(name, size, "%s=%s", source->name, level);
}

size_t prepared_column_write_name(const void *names, size_t column, char *name, size_t size) {
    return perebor_preparation_column_name(names, column, name, size);
}

size_t perebor_preparation_source(const perebor_preparation *preparation, size_t column) {
    return preparation->fitted->columns[preparation->selected[column]].source;
}

perebor_status perebor_preparation_freeze(perebor_preparation *preparation,
                                          const perebor_dataset *schema,
                                          perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    prepare_fitted *fitted = preparation->fitted;
    for (size_t column = 0; column < fitted->n_numbers; column++) {
        size_t source = fitted->columns[column].source;
        if (!fitted->sources[source].fill_known) {
            PEREBOR_TRY(done, prepare_find_fill(&fitted->sources[source].fill, fitted, source,
                                                workspace, error));
            fitted->sources[source].fill_known = true;
        }
    }
    fitted->dataset = schema;
    fitted->rows = NULL;
    fitted->n_rows = 0;
done:
    return status;
}
