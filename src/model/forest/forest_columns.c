// SPDX-License-Identifier: MIT
#include "model/forest/forest_columns.h"

#include "base/deadline.h"
#include "base/sort_values.h"
#include "base/try.h"
#include "model/forest/forest.h"

/** Takes memory for the codes of a column. */
static bool take_codes(forest_column *column, size_t n, perebor_workspace *workspace) {
    if (column->n_values > (size_t)UINT16_MAX + 1) {
        column->wide_codes = perebor_workspace_take(workspace, n, sizeof *column->wide_codes);
        return column->wide_codes != NULL;
    }
    column->codes = perebor_workspace_take(workspace, n, sizeof *column->codes);
    return column->codes != NULL;
}

/** Takes memory for a row of each place. */
static bool take_rows(forest_column *column, size_t n, perebor_workspace *workspace) {
    if (n > (size_t)UINT16_MAX + 1) {
        column->wide_rows =
            perebor_workspace_take(workspace, column->n_values, sizeof *column->wide_rows);
        return column->wide_rows != NULL;
    }
    column->rows = perebor_workspace_take(workspace, column->n_values, sizeof *column->rows);
    return column->rows != NULL;
}

/** Writes down the places, and a row of each, from what is sorted. */
static perebor_status keep_places(forest_column *column, const sorted_value *sorted, size_t n,
                                  perebor_workspace *workspace, perebor_error *error) {
    column->n_values = 1;
    for (size_t i = 1; i < n; i++) {
        column->n_values += sorted[i].key != sorted[i - 1].key;
    }
    if (!take_rows(column, n, workspace) || !take_codes(column, n, workspace)) {
        return perebor_no_memory(error, "for a column of %zu rows", n);
    }
    uint32_t place = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = sorted[i].row;
        place += i > 0 && sorted[i].key != sorted[i - 1].key;
        if (column->rows != NULL) {
            column->rows[place] = (uint16_t)row;
        } else {
            column->wide_rows[place] = row;
        }
        if (column->codes != NULL) {
            column->codes[row] = (uint16_t)place;
        } else {
            column->wide_codes[row] = place;
        }
    }
    return PEREBOR_OK;
}

/** Puts a column in order. */
static perebor_status sort_column(forest_column *column, value_sorter *sorter, size_t n,
                                  perebor_workspace *workspace, perebor_error *error) {
    for (size_t row = 0; row < n; row++) {
        sorter->from[row] = (sorted_value){sorted_value_key(column->numbers[row]), (uint32_t)row};
    }
    value_sorter_sort(sorter, n);
    return keep_places(column, sorter->from, n, workspace, error);
}

/** Whether a column has one value, two, or 3 for any more. */
static uint32_t count_few_values(const double *numbers, size_t n) {
    double first = numbers[0];
    double second = first;
    for (size_t row = 1; row < n; row++) {
        if (numbers[row] != first && numbers[row] != second) {
            if (second != first) {
                return 3;
            }
            second = numbers[row];
        }
    }
    return second == first ? 1 : 2;
}

/** Cuts the range of a column into as many parts as there are codes. */
static perebor_status cut_range(forest_column *column, size_t n, perebor_workspace *workspace,
                                perebor_error *error) {
    const double *numbers = column->numbers;
    double least = numbers[0];
    double greatest = numbers[0];
    for (size_t row = 1; row < n; row++) {
        least = numbers[row] < least ? numbers[row] : least;
        greatest = numbers[row] > greatest ? numbers[row] : greatest;
    }
    column->n_values = count_few_values(numbers, n);
    if (!take_codes(column, n, workspace)) {
        return perebor_no_memory(error, "for a column of %zu rows", n);
    }
    column->ends[0] = least;
    column->ends[1] = greatest;
    // Halves, so that the range of any doubles is one. Where it is next to nothing, all codes are
    // 0.
    column->least = 0.5 * least;
    double range = 0.5 * greatest - column->least;
    column->scale = range > 0x1p-900 ? UINT16_MAX / range : 0.0;
    double size = -least > greatest ? -least : greatest;
    column->even = range > 0x1p-900 && range > 0x1p-28 * size && range < 0x1p1000;
    for (size_t row = 0; row < n; row++) {
        uint32_t code =
            column->n_values == 2 ? numbers[row] == greatest : forest_code(column, numbers[row]);
        column->codes[row] = (uint16_t)(code < UINT16_MAX ? code : UINT16_MAX);
    }
    return PEREBOR_OK;
}

/** The levels of all blocks, which are the columns behind the dense ones. */
static void list_levels(forest_columns *columns, const perebor_matrix *rows) {
    columns->n_blocks = rows->n_indicators;
    columns->blocks = rows->indicators;
    for (size_t k = 0; k < rows->n_indicators; k++) {
        const perebor_indicators *block = &rows->indicators[k];
        for (size_t level = 0; level < block->n_levels; level++) {
            columns->columns[block->first + level] = (forest_column){.levels = block->codes,
                                                                     .level = (uint32_t)level,
                                                                     .block = (uint32_t)k,
                                                                     .n_values = 2};
        }
    }
}

/** Codes of a row, and what they are padded by: a power of two, or whole lines of the cache. */
static size_t stride_of(size_t width) {
    const size_t line = 64 / sizeof(uint16_t);
    size_t stride = 1;
    while (stride < width && stride < line) {
        stride *= 2;
    }
    return width <= line ? stride : (width + line - 1) / line * line;
}

/** Copies the codes row by row, where they fit in 16 bits. */
static perebor_status copy_codes(forest_columns *columns, perebor_workspace *workspace,
                                 perebor_error *error) {
    const size_t width = columns->n_dense;
    for (size_t j = 0; j < width; j++) {
        if (columns->columns[j].codes == NULL) {
            return PEREBOR_OK;
        }
    }
    columns->near_stride = stride_of(width);
    columns->near_codes =
        perebor_workspace_take(workspace, columns->n_rows * columns->near_stride, sizeof(uint16_t));
    if (columns->near_codes == NULL) {
        return perebor_no_memory(error, "for %zu rows of codes", columns->n_rows);
    }
    for (size_t j = 0; j < width && !perebor_deadline_passed(); j++) {
        const uint16_t *codes = columns->columns[j].codes;
        for (size_t row = 0; row < columns->n_rows; row++) {
            columns->near_codes[row * columns->near_stride + j] = codes[row];
        }
    }
    return perebor_deadline_check(error);
}

perebor_status forest_columns_create(forest_columns *columns, const perebor_training *training,
                                     bool random, perebor_workspace *workspace,
                                     perebor_workspace *scratch, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *rows = &training->rows;
    value_sorter sorter = {0};
    forest_columns result = {.labels = training->labels,
                             .n_rows = rows->n_rows,
                             .n_columns = rows->n_columns,
                             .n_dense = perebor_matrix_n_dense(rows),
                             .most_values = 2};
    if (rows->n_rows >= (size_t)1 << 31 || rows->n_columns >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a forest takes fewer than 2^31 rows and 2^32 columns, not %zu and %zu",
                            rows->n_rows, rows->n_columns);
    }
    result.columns =
        perebor_workspace_take_zeroed(workspace, result.n_columns, sizeof *result.columns);
    if (result.columns == NULL ||
        (!random && !value_sorter_create(&sorter, rows->n_rows, scratch))) {
        return perebor_no_memory(error, "to sort %zu rows", rows->n_rows);
    }
    list_levels(&result, rows);
    for (size_t j = 0; j < result.n_dense; j++) {
        forest_column *column = &result.columns[j];
        column->numbers = perebor_matrix_column(rows, j);
        if (random) {
            PEREBOR_TRY(done, cut_range(column, rows->n_rows, workspace, error));
        } else {
            PEREBOR_TRY(done, sort_column(column, &sorter, rows->n_rows, workspace, error));
        }
        result.most_values =
            column->n_values > result.most_values ? column->n_values : result.most_values;
        PEREBOR_TRY(done, perebor_deadline_check(error));
    }
    PEREBOR_TRY(done, copy_codes(&result, workspace, error));
    *columns = result;
done:
    return status;
}

perebor_status forest_columns_borrow(forest_columns *columns, const forest_columns *made,
                                     const perebor_training *training, perebor_workspace *workspace,
                                     perebor_error *error) {
    const perebor_matrix *rows = &training->rows;
    forest_columns result = *made;
    result.labels = training->labels;
    result.columns = perebor_workspace_take(workspace, made->n_columns, sizeof *result.columns);
    if (result.columns == NULL) {
        return perebor_no_memory(error, "for %zu columns", made->n_columns);
    }
    for (size_t j = 0; j < made->n_dense; j++) {
        result.columns[j] = made->columns[j];
        result.columns[j].numbers = perebor_matrix_column(rows, j);
    }
    list_levels(&result, rows);
    *columns = result;
    return PEREBOR_OK;
}

double forest_middle(double lower, double higher) {
    double middle = 0.5 * lower + 0.5 * higher;
    return middle < higher && middle >= lower ? middle : lower;
}

static perebor_status create_shared(const void **layout, const perebor_training *training,
                                    const perebor_matrix *validation, const perebor_value *settings,
                                    perebor_workspace *workspace, perebor_workspace *scratch,
                                    perebor_error *error) {
    (void)validation;
    perebor_status status;
    forest_options options;
    PEREBOR_TRY(done, forest_options_read(&options, settings, training->rows.n_rows,
                                          training->rows.n_columns, error));
    forest_columns *columns = perebor_workspace_take(workspace, 1, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "for columns in order");
    }
    PEREBOR_TRY(
        done, forest_columns_create(columns, training, options.random, workspace, scratch, error));
    *layout = columns;
done:
    return status;
}

const perebor_learner_layout forest_shared_columns = {
    .key = forest_settings_layout_key, .cost = forest_cost_of_columns, .create = create_shared};
