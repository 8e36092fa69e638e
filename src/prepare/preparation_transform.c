// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "prepare/fitted.h"

/** The code of a level that the schema does not have, and so that training rows did not have. */
static const double unknown_code = -1.0;

/** The rows of one call. */
typedef struct transformation {
    const prepare_fitted *fitted;
    const perebor_dataset *dataset;
    const uint32_t *rows;
    size_t n_rows;
    perebor_workspace *workspace;
    double *levels; /* [n_rows] of the nominal column at hand, missing values filled */
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

/** The columns that are no levels, one by one. */
static perebor_status transform_column(double *values, transformation *transformation,
                                       const prepare_column *column, perebor_error *error) {
    const prepare_source *source = &transformation->fitted->sources[column->source];
    perebor_status status;
    if (column->encoding == PREPARE_NUMBER) {
        PEREBOR_TRY(done, gather_filled(values, transformation, column->source, error));
        scaling_apply(&source->scaling, values, transformation->n_rows);
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, gather_filled(transformation->levels, transformation, column->source, error));
    const double n_codes = (double)transformation->dataset->columns[column->source].n_levels;
    for (size_t i = 0; i < transformation->n_rows; i++) {
        double level = transformation->levels[i];
        bool known = level >= 0.0 && level <= n_codes;
        values[i] = known ? source->codes[(size_t)level] : unknown_code;
    }
done:
    return status;
}

/** Where a stretch of the selected columns, all levels of one source, ends. */
static size_t end_of_levels(const perebor_preparation *preparation, size_t first) {
    const prepare_column *columns = preparation->fitted->columns;
    size_t last = first + 1;
    while (last < preparation->n_selected && columns[preparation->selected[last]].source ==
                                                 columns[preparation->selected[first]].source) {
        last++;
    }
    return last;
}

/** How many of the selected columns are no levels, and how many sources the others come from. */
static void count_columns(const perebor_preparation *preparation, size_t *n_dense,
                          size_t *n_blocks) {
    const prepare_column *columns = preparation->fitted->columns;
    size_t first = 0;
    while (first < preparation->n_selected &&
           columns[preparation->selected[first]].encoding != PREPARE_LEVEL) {
        first++;
    }
    *n_dense = first;
    for (*n_blocks = 0; first < preparation->n_selected; ++*n_blocks) {
        first = end_of_levels(preparation, first);
    }
}

/**
 * The selected columns [first, last), levels of one source, as one block of codes.
 *
 * @param[in] places  [n_levels + 1] to work in: of each level of the source the code.
 */
static perebor_status transform_levels(perebor_matrix *matrix, transformation *transformation,
                                       const perebor_preparation *preparation, size_t first,
                                       size_t last, uint32_t *places, perebor_error *error) {
    const prepare_column *columns = preparation->fitted->columns;
    size_t source = columns[preparation->selected[first]].source;
    size_t n_levels = transformation->dataset->columns[source].n_levels;
    const double *values = transformation->levels;
    perebor_status status;
    PEREBOR_TRY(done, gather_filled(transformation->levels, transformation, source, error));
    perebor_indicators *levels = perebor_matrix_add_levels(matrix, last - first);
    for (size_t level = 0; level <= n_levels; level++) {
        places[level] = (uint32_t)(last - first);
    }
    for (size_t i = first; i < last; i++) {
        places[columns[preparation->selected[i]].level] = (uint32_t)(i - first);
    }
    for (size_t i = 0; i < transformation->n_rows; i++) {
        bool known = values[i] >= 0.0 && values[i] <= (double)n_levels;
        size_t level = known ? (size_t)values[i] : 0;
        levels->codes[i] =
            known && values[i] == (double)level ? places[level] : (uint32_t)(last - first);
    }
done:
    return status;
}

static size_t most_levels(const perebor_dataset *dataset) {
    size_t most = 0;
    for (size_t column = 0; column < dataset->n_columns; column++) {
        size_t n_levels = dataset->columns[column].n_levels;
        most = n_levels > most ? n_levels : most;
    }
    return most;
}

/** Fills a matrix that has room for everything; leaves the workspace as it was. */
static perebor_status fill_matrix(perebor_matrix *matrix, transformation *transformation,
                                  const perebor_preparation *preparation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace *workspace = transformation->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t n_dense = matrix->n_columns;
    size_t most = most_levels(transformation->dataset);
    uint32_t *places = perebor_workspace_take(workspace, most + 1, sizeof *places);
    transformation->levels =
        perebor_workspace_take(workspace, transformation->n_rows, sizeof *transformation->levels);
    if (places == NULL || transformation->levels == NULL) {
        return perebor_no_memory(error, "to prepare %zu rows", transformation->n_rows);
    }
    for (size_t i = 0; i < n_dense; i++) {
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, transform_column(perebor_matrix_column(matrix, i), transformation,
                                           &preparation->fitted->columns[preparation->selected[i]],
                                           error));
    }
    for (size_t first = n_dense, last; first < preparation->n_selected; first = last) {
        last = end_of_levels(preparation, first);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, transform_levels(matrix, transformation, preparation, first, last, places,
                                           error));
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Says which columns scores may not rise or fall with, if there are any. */
static perebor_status mark_monotonic(perebor_matrix *matrix, const transformation *transformation,
                                     const perebor_preparation *preparation, perebor_error *error) {
    const size_t n = perebor_matrix_n_dense(matrix);
    const prepare_fitted *fitted = transformation->fitted;
    bool any = false;
    for (size_t i = 0; i < fitted->dataset->n_columns; i++) {
        any |= fitted->dataset->columns[i].monotonic != 0;
    }
    if (!any) {
        return PEREBOR_OK;
    }
    any = false;
    int8_t *marks = perebor_workspace_take_zeroed(transformation->workspace, n + 1, sizeof *marks);
    if (marks == NULL) {
        return perebor_no_memory(error, "for %zu columns", n);
    }
    for (size_t i = 0; i < n; i++) {
        const prepare_column *column = &fitted->columns[preparation->selected[i]];
        if (column->encoding == PREPARE_NUMBER) { // scaled by a factor above 0
            marks[i] = fitted->dataset->columns[column->source].monotonic;
        }
        any |= marks[i] != 0;
    }
    matrix->monotonic = any ? marks : NULL;
    return PEREBOR_OK;
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
                                     .workspace = workspace};
    perebor_matrix result = {0};
    perebor_status status;
    size_t n_dense;
    size_t n_blocks;
    count_columns(preparation, &n_dense, &n_blocks);
    PEREBOR_TRY(done, check_dataset(fitted, dataset, error));
    PEREBOR_TRY(done,
                perebor_matrix_create_coded(&result, n_rows, n_dense, n_blocks, workspace, error));
    PEREBOR_TRY(done, fill_matrix(&result, &transformation, preparation, error));
    PEREBOR_TRY(done, mark_monotonic(&result, &transformation, preparation, error));
    *matrix = result;
done:
    return status;
}
