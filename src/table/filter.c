// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/steps.h"

/** A value to compare with: as a word of each decimal mark, and as a number if it is one. */
typedef struct operand {
    table_cell with_point, with_comma;
    bool is_number;
    double number;
} operand;

/** A filter under way. */
typedef struct filtering {
    const table_load *load;
    const table_joined *joined;
    const perebor_filter_step *step;
    size_t *columns; /**< [n_columns] of the joined table. */
    size_t n_columns;
    operand *operands;           /**< [step->values.n] */
    table_cell *points, *commas; /**< [step->values.n] their words by decimal mark, ascending */
    double *numbers;             /**< [n_numbers] likewise */
    size_t n_numbers;
} filtering;

static const char *comparison_text(perebor_comparison comparison) {
    switch (comparison) {
    case PEREBOR_LESS:
        return "<";
    case PEREBOR_LESS_EQUAL:
        return "<=";
    case PEREBOR_GREATER:
        return ">";
    case PEREBOR_GREATER_EQUAL:
        return ">=";
    case PEREBOR_EQUAL:
        return "==";
    case PEREBOR_NOT_EQUAL:
        return "!=";
    case PEREBOR_IN:
        return "in";
    case PEREBOR_NOT_IN:
        return "not in";
    case PEREBOR_IS_MISSING:
        return "is a gap";
    case PEREBOR_IS_NOT_MISSING:
        return "is not a gap";
    }
    return "?";
}

static bool is_order(perebor_comparison comparison) {
    return comparison == PEREBOR_LESS || comparison == PEREBOR_LESS_EQUAL ||
           comparison == PEREBOR_GREATER || comparison == PEREBOR_GREATER_EQUAL;
}

static bool is_about_missing(perebor_comparison comparison) {
    return comparison == PEREBOR_IS_MISSING || comparison == PEREBOR_IS_NOT_MISSING;
}

/** What is to be predicted says nothing of which rows to predict. */
static bool is_predicted(const filtering *filtering, const char *column) {
    const perebor_dataset *schema = filtering->load->schema;
    return schema != NULL && strcmp(schema->target_name, column) == 0;
}

/** Checks that every name of the filter's is a column. */
static perebor_status require_columns(const filtering *filtering, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_filter_step *step = filtering->step;
    for (size_t i = 0; i < step->columns.n; i++) {
        const char *name = step->columns.items[i];
        bool found = name_index_find(&filtering->joined->names, name) != NAME_INDEX_NONE;
        size_t column;
        if (found || perebor_text_is_pattern(name) || is_predicted(filtering, name)) {
            continue;
        }
        status = filtering->load->schema == NULL
                     ? table_joined_require(filtering->load, filtering->joined, name, step->at,
                                            &column, error)
                     : table_fail_at(filtering->load, step->at, error,
                                     "there is no column \"%s\" to predict from, by which the "
                                     "filter drops rows: add it to the table",
                                     name);
        PEREBOR_TRY(done, status);
    }
done:
    return status;
}

/** @param[out] skipped  Whether the filter is one of the target alone, when that is predicted. */
static perebor_status find_columns(filtering *filtering, bool *skipped, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const table_joined *joined = filtering->joined;
    const perebor_filter_step *step = filtering->step;
    PEREBOR_TRY(done, require_columns(filtering, error));
    for (size_t j = 0; j < joined->n_columns; j++) {
        if (step->columns.n > 0 && table_texts_name(&step->columns, joined->columns[j].name) &&
            !is_predicted(filtering, joined->columns[j].name)) {
            filtering->columns[filtering->n_columns++] = j;
        }
    }
    *skipped = filtering->n_columns == 0 && filtering->load->schema != NULL &&
               step->columns.n > 0 &&
               table_texts_name(&step->columns, filtering->load->schema->target_name);
    if (filtering->n_columns == 0 && !*skipped) {
        status = table_fail_at(filtering->load, step->at, error, "no column matches \"%s\"",
                               step->columns.n > 0 ? step->columns.items[0] : "");
    }
done:
    return status;
}

static perebor_status find_operands(table_load *load, filtering *filtering, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_filter_step *step = filtering->step;
    if (step->values.n == 0 && !is_about_missing(step->comparison)) {
        return table_fail_at(load, step->at, error, "a filter by %s needs a value",
                             comparison_text(step->comparison));
    }
    for (size_t i = 0; i < step->values.n; i++) {
        const char *text = step->values.items[i];
        operand *operand = &filtering->operands[i];
        PEREBOR_TRY(done, table_pool_intern(&load->pool, &operand->with_point, text, strlen(text),
                                            '.', error));
        PEREBOR_TRY(done, table_pool_intern(&load->pool, &operand->with_comma, text, strlen(text),
                                            ',', error));
        operand->is_number =
            table_pool_number(&load->pool, operand->with_point, '.', &operand->number);
        if (is_order(step->comparison) && !operand->is_number) {
            status =
                table_fail_at(load, step->at, error, "a filter by %s needs a number, not \"%s\"",
                              comparison_text(step->comparison), text);
            goto done;
        }
    }
done:
    return status;
}

static int compare_words(const void *left, const void *right) {
    table_cell a = *(const table_cell *)left;
    table_cell b = *(const table_cell *)right;
    return (a > b) - (a < b);
}

static int compare_numbers(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/** Sorts what cells are looked for in, so that a list may be long. */
static perebor_status sort_operands(filtering *filtering, perebor_error *error) {
    size_t n = filtering->step->values.n;
    filtering->points = malloc((n + 1) * sizeof *filtering->points);
    filtering->commas = malloc((n + 1) * sizeof *filtering->commas);
    filtering->numbers = malloc((n + 1) * sizeof *filtering->numbers);
    if (filtering->points == NULL || filtering->commas == NULL || filtering->numbers == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < n; i++) {
        const operand *operand = &filtering->operands[i];
        filtering->points[i] = operand->with_point;
        filtering->commas[i] = operand->with_comma;
        if (operand->is_number) {
            filtering->numbers[filtering->n_numbers++] = operand->number;
        }
    }
    qsort(filtering->points, n, sizeof *filtering->points, compare_words);
    qsort(filtering->commas, n, sizeof *filtering->commas, compare_words);
    qsort(filtering->numbers, filtering->n_numbers, sizeof *filtering->numbers, compare_numbers);
    return PEREBOR_OK;
}

static bool equals_any(const filtering *filtering, table_cell cell, char decimal) {
    double number = 0.0;
    const table_cell *words = decimal == ',' ? filtering->commas : filtering->points;
    return bsearch(&cell, words, filtering->step->values.n, sizeof cell, compare_words) != NULL ||
           (table_pool_number(&filtering->load->pool, cell, decimal, &number) &&
            bsearch(&number, filtering->numbers, filtering->n_numbers, sizeof number,
                    compare_numbers) != NULL);
}

static bool is_ordered(perebor_comparison comparison, double left, double right) {
    switch (comparison) {
    case PEREBOR_LESS:
        return left < right;
    case PEREBOR_LESS_EQUAL:
        return left <= right;
    case PEREBOR_GREATER:
        return left > right;
    default:
        return left >= right;
    }
}

static perebor_status fail_text(const filtering *filtering, const table_joined_column *column,
                                size_t row, table_cell cell, perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: column \"%s\": \"%s\" is not a number, but a filter compares it by %s",
                        table_joined_place(filtering->joined, column, row, place), column->name,
                        table_pool_text(&filtering->load->pool, cell, buffer),
                        comparison_text(filtering->step->comparison));
}

static perebor_status holds(const filtering *filtering, const table_joined_column *column,
                            size_t row, bool *result, perebor_error *error) {
    table_cell cell = table_joined_cell(filtering->joined, column, row);
    char decimal = table_joined_decimal(filtering->joined, column);
    perebor_comparison comparison = filtering->step->comparison;
    if (cell == TABLE_MISSING || is_about_missing(comparison)) {
        *result =
            comparison == (cell == TABLE_MISSING ? PEREBOR_IS_MISSING : PEREBOR_IS_NOT_MISSING);
        return PEREBOR_OK;
    }
    if (!is_order(comparison)) {
        bool wanted = comparison == PEREBOR_EQUAL || comparison == PEREBOR_IN;
        *result = equals_any(filtering, cell, decimal) == wanted;
        return PEREBOR_OK;
    }
    double number;
    if (!table_pool_number(&filtering->load->pool, cell, decimal, &number)) {
        return fail_text(filtering, column, row, cell, error);
    }
    *result = is_ordered(comparison, number, filtering->operands[0].number);
    return PEREBOR_OK;
}

/** Marks the rows to keep. Every row of every column is looked at, so that text never hides. */
static perebor_status mark_rows(const filtering *filtering, uint8_t *keep, perebor_error *error) {
    const table_joined *joined = filtering->joined;
    bool any = filtering->step->match_any;
    memset(keep, !any, joined->n_rows);
    for (size_t i = 0; i < filtering->n_columns; i++) {
        const table_joined_column *column = &joined->columns[filtering->columns[i]];
        for (size_t row = 0; row < joined->n_rows; row++) {
            bool result = false;
            perebor_status status = holds(filtering, column, row, &result, error);
            if (status != PEREBOR_OK) {
                return status;
            }
            keep[row] = any ? keep[row] || result : keep[row] && result;
        }
    }
    return PEREBOR_OK;
}

static size_t keep_rows(table_joined *joined, const uint8_t *keep) {
    size_t n_kept = 0;
    for (size_t row = 0; row < joined->n_rows; row++) {
        if (keep[row]) {
            for (size_t i = 0; i < joined->n_parts; i++) {
                joined->rows[i][n_kept] = joined->rows[i][row];
            }
            n_kept++;
        }
    }
    size_t n_dropped = joined->n_rows - n_kept;
    joined->n_rows = n_kept;
    return n_dropped;
}

/** `Выручка_* > 0 in all of 3 columns: reason` */
static void describe(const filtering *filtering, char *text, size_t size) {
    const perebor_filter_step *step = filtering->step;
    (void)snprintf(text, size, "%s%s %s", step->columns.items[0],
                   step->columns.n > 1 ? ", ..." : "", comparison_text(step->comparison));
    for (size_t i = 0; i < step->values.n; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : " ", step->values.items[i]);
    }
    size_t used = strlen(text);
    if (filtering->n_columns > 1) {
        (void)snprintf(text + used, size - used, " in %s of %zu columns",
                       step->match_any ? "any" : "all", filtering->n_columns);
        used = strlen(text);
    }
    if (step->reason != NULL) {
        (void)snprintf(text + used, size - used, ": %s", step->reason);
    }
}

static perebor_status log_skipped(table_load *load, const perebor_filter_step *step,
                                  perebor_error *error) {
    const char *target = load->schema->target_name;
    return table_log(load, (perebor_step_report){.step = "filter", .table = "", .column = target},
                     error, "%s %s: not applied, %s is what is predicted", target,
                     comparison_text(step->comparison), target);
}

perebor_status table_filter(table_load *load, table_joined *joined, const perebor_filter_step *step,
                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    filtering filtering = {.load = load, .joined = joined, .step = step};
    bool skipped = false;
    char description[512];
    uint8_t *keep = malloc(joined->n_rows);
    filtering.columns = calloc(joined->n_columns, sizeof *filtering.columns);
    filtering.operands = calloc(step->values.n + 1, sizeof *filtering.operands);
    if (keep == NULL || filtering.columns == NULL || filtering.operands == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    PEREBOR_TRY(done, find_columns(&filtering, &skipped, error));
    if (skipped) {
        status = log_skipped(load, step, error);
        goto done;
    }
    PEREBOR_TRY(done, find_operands(load, &filtering, error));
    PEREBOR_TRY(done, sort_operands(&filtering, error));
    PEREBOR_TRY(done, mark_rows(&filtering, keep, error));
    describe(&filtering, description, sizeof description);
    if (!load->is_part && memchr(keep, 1, joined->n_rows) == NULL) {
        status = table_fail_at(load, step->at, error, "no row of %zu is left by the filter %s",
                               joined->n_rows, description);
        goto done;
    }
    size_t n_dropped = keep_rows(joined, keep);
    status = table_log(
        load,
        (perebor_step_report){
            .step = "filter",
            .table = "",
            .column = filtering.n_columns == 1 ? joined->columns[filtering.columns[0]].name : "",
            .n_rows = n_dropped},
        error, "%s", description);
done:
    free(keep);
    free(filtering.columns);
    free(filtering.operands);
    free(filtering.points);
    free(filtering.commas);
    free(filtering.numbers);
    return status;
}
