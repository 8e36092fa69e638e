// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "prepare/fitted.h"

/** Of a level that the schema does not have, and so of one that training rows did not have. */
static const double unknown_code = -1.0;

/** The rows of one call and what has been gathered of them last. */
typedef struct transformation {
    const prepare_fitted *fitted;
    const perebor_dataset *dataset;
    const uint32_t *rows;
    size_t n_rows;
    perebor_workspace *workspace;
    double *levels; /* [n_rows] levels of the nominal column levels_of, missing values filled */
    size_t levels_of;
} transformation;

/** Whether columns of another dataset mean what those fitted on do. */
static bool same_levels(const perebor_column *a, const perebor_column *b) {
    if (a->role != b->role || a->n_levels != b->n_levels || strcmp(a->name, b->name) != 0) {
        return false;
    }
    for (size_t level = 0; level < a->n_levels; level++) {
        if (strcmp(a->levels[level], b->levels[level]) != 0) {
            return false;
        }
    }
    return true;
}

static perebor_status check_dataset(const prepare_fitted *fitted, const perebor_dataset *dataset,
                                    perebor_error *error) {
    if (dataset == fitted->dataset) {
        return PEREBOR_OK;
    }
    if (dataset->n_columns != fitted->dataset->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "the data has %zu columns; preparation was fitted on %zu",
                            dataset->n_columns, fitted->dataset->n_columns);
    }
    for (size_t column = 0; column < dataset->n_columns; column++) {
        if (!same_levels(&dataset->columns[column], &fitted->dataset->columns[column])) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "column \"%s\" has not the role and levels of \"%s\", which "
                                "preparation was fitted on",
                                dataset->columns[column].name,
                                fitted->dataset->columns[column].name);
        }
    }
    return PEREBOR_OK;
}

/** Gathers a column; true if it has missing values there. */
static bool gather(double *values, const double *from, const uint32_t *rows, size_t n_rows) {
    int n_missing = 0;
    for (size_t i = 0; i < n_rows; i++) {
        double value = from[rows[i]];
        values[i] = value;
        n_missing |= value != value;
    }
    return n_missing != 0;
}

static perebor_status gather_filled(double *values, const transformation *transformation,
                                    size_t source, perebor_error *error) {
    const prepare_source *fitted = &transformation->fitted->sources[source];
    double fill = fitted->fill;
    perebor_status status = PEREBOR_OK;
    if (!gather(values, transformation->dataset->columns[source].values, transformation->rows,
                transformation->n_rows)) {
        return PEREBOR_OK;
    }
    if (!fitted->fill_known) {
        PEREBOR_TRY(done, prepare_find_fill(&fill, transformation->fitted, source,
                                            transformation->workspace, error));
    }
    for (size_t i = 0; i < transformation->n_rows; i++) {
        values[i] = values[i] != values[i] ? fill : values[i];
    }
done:
    return status;
}

/** Gathers the levels of a nominal column, unless they are at hand. */
static perebor_status gather_levels(transformation *transformation, size_t source,
                                    perebor_error *error) {
    if (transformation->levels_of == source) {
        return PEREBOR_OK;
    }
    if (transformation->levels == NULL) {
        transformation->levels = perebor_workspace_take(
            transformation->workspace, transformation->n_rows, sizeof *transformation->levels);
        if (transformation->levels == NULL) {
            return perebor_no_memory(error, "to prepare %zu rows", transformation->n_rows);
        }
    }
    transformation->levels_of = source;
    return gather_filled(transformation->levels, transformation, source, error);
}

static perebor_status transform_column(double *values, transformation *transformation,
                                       const prepare_column *column, perebor_error *error) {
    const prepare_source *source = &transformation->fitted->sources[column->source];
    perebor_status status;
    if (column->encoding == PREPARE_NUMBER) {
        PEREBOR_TRY(done, gather_filled(values, transformation, column->source, error));
        scaling_apply(&source->scaling, values, transformation->n_rows);
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, gather_levels(transformation, column->source, error));
    if (column->encoding == PREPARE_LEVEL) {
        const double level = (double)column->level;
        for (size_t i = 0; i < transformation->n_rows; i++) {
            values[i] = transformation->levels[i] == level ? 1.0 : 0.0;
        }
        return PEREBOR_OK;
    }
    const double n_codes = (double)transformation->dataset->columns[column->source].n_levels;
    for (size_t i = 0; i < transformation->n_rows; i++) {
        double level = transformation->levels[i];
        bool known = level >= 0.0 && level <= n_codes;
        values[i] = known ? source->codes[(size_t)level] : unknown_code;
    }
done:
    return status;
}

perebor_status perebor_preparation_transform(const perebor_preparation *preparation,
                                             const perebor_dataset *dataset, const uint32_t *rows,
                                             size_t n_rows, perebor_workspace *workspace,
                                             perebor_matrix *matrix, perebor_error *error) {
    const prepare_fitted *fitted = preparation->fitted;
    transformation transformation = {.fitted = fitted,
                                     .dataset = dataset,
                                     .rows = rows,
                                     .n_rows = n_rows,
                                     .workspace = workspace,
                                     .levels_of = SIZE_MAX};
    perebor_matrix result = {0};
    perebor_status status;
    PEREBOR_TRY(done, check_dataset(fitted, dataset, error));
    PEREBOR_TRY(done,
                perebor_matrix_create(&result, n_rows, preparation->n_selected, workspace, error));
    perebor_workspace_mark filled = perebor_workspace_here(workspace);
    for (size_t i = 0; i < preparation->n_selected; i++) {
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, transform_column(perebor_matrix_column(&result, i), &transformation,
                                           &fitted->columns[preparation->selected[i]], error));
    }
    *matrix = result;
    perebor_workspace_return(workspace, filled);
done:
    return status;
}
