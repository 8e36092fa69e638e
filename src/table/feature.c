// SPDX-License-Identifier: MIT
#include "table/feature.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** The place of each value of a column, and the values in order. */
typedef struct levels {
    table_key_index places;
    const char **texts; /**< [n] in the arena. */
    size_t n;
} levels;

/** What is wrong with a cell among numbers. */
static const char *describe_cell(const typing *typing, table_cell cell, char decimal) {
    bool comma = decimal == ',';
    if (table_pool_is_beyond_doubles(&typing->load->pool, cell, decimal)) {
        return "is beyond the range of a double (about 1.8e308); replace the value";
    }
    if (typing->load->schema != NULL) { // the role is settled
        return comma ? "is not a number with a decimal comma, but the pipeline was fitted on "
                       "numbers here; replace the value"
                     : "is not a number, but the pipeline was fitted on numbers here; replace the "
                       "value";
    }
    return comma ? "is not a number with a decimal comma; name the column under nominal, or "
                   "replace the value"
                 : "is not a number; name the column under nominal, or replace the value";
}

/** A double holds every whole number up to here, 2^53, and one in two, four, … above. */
static const double largest_exact = 0x1p53;

/** Whether a whole number, as it is written, is not the one that @p value holds. */
static bool loses_digits(const table_pool *pool, table_cell cell, double value) {
    enum { most_digits = 309 /* of a double */ };
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char held[most_digits + 2];
    const char *text = table_pool_text(pool, cell, buffer);
    text += *text == '-' || *text == '+';
    snprintf(held, sizeof held, "%.0f", fabs(value));
    return strspn(text, "0123456789") == strlen(text) &&
           strcmp(text + strspn(text, "0"), held) != 0;
}

perebor_status typing_warn_of_lost_digits(const typing *typing, size_t column, const double *values,
                                          perebor_error *error) {
    const table_joined_column *from = typing_column(typing, column);
    size_t n_lost = 0;
    size_t first_row = 0;
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        if (fabs(values[row]) > largest_exact && isfinite(values[row]) &&
            loses_digits(&typing->load->pool, table_joined_cell(typing->joined, from, row),
                         values[row])) {
            first_row = n_lost++ == 0 ? row : first_row;
        }
    }
    if (n_lost == 0) {
        return PEREBOR_OK;
    }
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char place[TABLE_PLACE_SIZE];
    return table_warn(
        typing->load, error,
        "%s: column \"%s\": %s is a whole number beyond 2^53 and is rounded to %.0f, as %zu of %zu "
        "values are; if they are codes, name the column under nominal",
        table_joined_place(typing->joined, from, first_row, place), from->name,
        table_pool_text(&typing->load->pool, table_joined_cell(typing->joined, from, first_row),
                        buffer),
        values[first_row], n_lost, typing->joined->n_rows);
}

static perebor_status type_numeric(const typing *typing, size_t column, double *values,
                                   perebor_error *error) {
    const table_joined_column *from = typing_column(typing, column);
    char decimal = table_joined_decimal(typing->joined, from);
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        if (table_cell_exact_number(cell, &values[row])) {
            continue;
        }
        if (cell == TABLE_MISSING) {
            values[row] = NAN;
        } else if (!table_pool_number(&typing->load->pool, cell, decimal, &values[row])) {
            return typing_fail_at_cell(typing, column, row, describe_cell(typing, cell, decimal),
                                       error);
        }
    }
    return PEREBOR_OK;
}

/** Adds a declared value at a place; two declared values may share one place. */
static perebor_status declare_level(const typing *typing, levels *levels, const char *text,
                                    uint32_t place, char decimal, const char *column,
                                    perebor_position at, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_cell cell;
    uint32_t found;
    PEREBOR_TRY(done,
                table_pool_intern(&typing->load->pool, &cell, text, strlen(text), decimal, error));
    if (cell == TABLE_MISSING) {
        status = table_fail_at(typing->load, at, error,
                               "column \"%s\": \"%s\" stands for a gap and cannot be a value",
                               column, text);
        goto done;
    }
    PEREBOR_TRY(done, table_key_index_add(&levels->places, cell, place, &found, error));
    if (found != TABLE_NO_ROW) {
        status = table_fail_at(typing->load, at, error,
                               "column \"%s\": value \"%s\" is listed twice", column, text);
    }
done:
    return status;
}

static perebor_status copy_texts(const typing *typing, levels *levels, const char *const *texts,
                                 size_t n, perebor_error *error) {
    levels->n = n;
    levels->texts = perebor_arena_allocate(typing->arena, n, sizeof *levels->texts);
    for (size_t i = 0; levels->texts != NULL && i < n; i++) {
        levels->texts[i] = perebor_arena_text(typing->arena, texts[i]);
        if (levels->texts[i] == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
    }
    return levels->texts == NULL ? perebor_no_memory(error, "to load tables") : PEREBOR_OK;
}

/** What is wrong with a value that is not among the declared ones. In the arena, maybe NULL. */
static const char *describe_stranger(perebor_arena *arena, const char *text,
                                     const perebor_texts *declared, const char *unlisted) {
    if (unlisted != NULL) {
        return perebor_arena_format(
            arena,
            "is neither true (true, yes, 1) nor false (false, no, 0); list the values, as in "
            "boolean: {%s: {\"true\": [\"%s\"], \"false\": [...]}}, or replace it in clean",
            unlisted, text);
    }
    return perebor_arena_format(arena,
                                "is not one of the %zu values listed for it%s; add it, or "
                                "replace it in clean",
                                declared->n, table_hint(arena, text, declared->items, declared->n));
}

/**
 * Gives every cell the place of its value; one that has none is an error.
 *
 * @param[in] unlisted  Name of a boolean column for which the experiment lists no values; NULL.
 */
static perebor_status type_declared(const typing *typing, size_t column, const levels *levels,
                                    const perebor_texts *declared, const char *unlisted,
                                    double *values, perebor_error *error) {
    const table_joined_column *from = typing_column(typing, column);
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        uint32_t place = cell == TABLE_MISSING ? 0 : table_key_index_find(&levels->places, cell);
        if (place == TABLE_NO_ROW) {
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            const char *text = table_pool_text(&typing->load->pool, cell, buffer);
            perebor_arena arena = {0};
            const char *problem = describe_stranger(&arena, text, declared, unlisted);
            perebor_status status = typing_fail_at_cell(
                typing, column, row, problem == NULL ? "is not listed" : problem, error);
            perebor_arena_release(&arena);
            return status;
        }
        values[row] = cell == TABLE_MISSING ? NAN : (double)place;
    }
    return PEREBOR_OK;
}

static perebor_status type_ordinal(const typing *typing, const table_feature *feature,
                                   perebor_column *column, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_ordinal_column *spec = &typing->load->spec->roles.ordinal[feature->entry];
    char decimal = table_joined_decimal(typing->joined, typing_column(typing, feature->column));
    levels levels = {0};
    for (size_t i = 0; i < spec->levels.n; i++) {
        PEREBOR_TRY(done, declare_level(typing, &levels, spec->levels.items[i], (uint32_t)i,
                                        decimal, spec->name, spec->at, error));
    }
    PEREBOR_TRY(done, copy_texts(typing, &levels, spec->levels.items, spec->levels.n, error));
    PEREBOR_TRY(
        done, type_declared(typing, feature->column, &levels, &spec->levels, NULL, values, error));
    column->levels = levels.texts;
    column->n_levels = levels.n;
done:
    table_key_index_release(&levels.places);
    return status;
}

static perebor_status type_boolean(const typing *typing, const table_feature *feature,
                                   perebor_column *column, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_boolean_column *spec = &typing->load->spec->roles.boolean[feature->entry];
    char decimal = table_joined_decimal(typing->joined, typing_column(typing, feature->column));
    bool listed = spec->true_values.n > 0 || spec->false_values.n > 0;
    const perebor_texts lists[2] = {
        listed ? spec->false_values : (perebor_texts){typing_usual_false, TYPING_N_USUAL},
        listed ? spec->true_values : (perebor_texts){typing_usual_true, TYPING_N_USUAL},
    };
    levels levels = {0};
    size_t n = lists[0].n + lists[1].n;
    const char **all = perebor_arena_allocate(typing->arena, n, sizeof *all);
    if (all == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t place = i < lists[0].n ? 0 : 1;
        all[i] = place == 0 ? lists[0].items[i] : lists[1].items[i - lists[0].n];
        PEREBOR_TRY(done, declare_level(typing, &levels, all[i], place, decimal, spec->name,
                                        spec->at, error));
    }
    const char *names[2] = {lists[0].n > 0 ? lists[0].items[0] : "false",
                            lists[1].n > 0 ? lists[1].items[0] : "true"};
    PEREBOR_TRY(done, copy_texts(typing, &levels, names, 2, error));
    PEREBOR_TRY(done, type_declared(typing, feature->column, &levels, &(perebor_texts){all, n},
                                    listed ? NULL : spec->name, values, error));
    column->levels = levels.texts;
    column->n_levels = levels.n;
done:
    table_key_index_release(&levels.places);
    return status;
}

static int compare_values(const void *a, const void *b) {
    return strcmp(((const typing_value *)a)->text, ((const typing_value *)b)->text);
}

static perebor_status type_nominal(const typing *typing, size_t column, perebor_column *result,
                                   double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const table_joined_column *from = typing_column(typing, column);
    table_key_index places = {0};
    typing_value *named = NULL;
    PEREBOR_TRY(done, typing_number_values(typing, column, &places, error));
    PEREBOR_TRY(done, typing_list_values(typing, &places, &named, error));
    qsort(named, places.n_keys, sizeof *named, compare_values);
    const char **texts = perebor_arena_allocate(typing->arena, places.n_keys + 1, sizeof *texts);
    double *sorted = perebor_arena_allocate(typing->arena, places.n_keys + 1, sizeof *sorted);
    if (texts == NULL || sorted == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    for (size_t i = 0; i < places.n_keys; i++) {
        texts[i] = named[i].text;
        sorted[named[i].number] = (double)i;
    }
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        values[row] = cell == TABLE_MISSING ? NAN : sorted[table_key_index_find(&places, cell)];
    }
    result->levels = texts;
    result->n_levels = places.n_keys;
done:
    table_key_index_release(&places);
    return status;
}

perebor_status typing_feature(const typing *typing, const table_feature *feature,
                              perebor_column *column, perebor_error *error) {
    double *values = perebor_arena_allocate(typing->arena, typing->joined->n_rows, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    *column = (perebor_column){.name = typing_column(typing, feature->column)->name,
                               .role = feature->role,
                               .monotonic = feature->monotonic,
                               .values = values};
    switch (feature->role) {
    case PEREBOR_ROLE_NUMERIC:
        return type_numeric(typing, feature->column, values, error);
    case PEREBOR_ROLE_ORDINAL:
        return type_ordinal(typing, feature, column, values, error);
    case PEREBOR_ROLE_BOOLEAN:
        return type_boolean(typing, feature, column, values, error);
    case PEREBOR_ROLE_NOMINAL:
        return type_nominal(typing, feature->column, column, values, error);
    }
    return PEREBOR_ERR_ARGUMENT;
}

perebor_status typing_passthrough(const typing *typing, size_t column, perebor_column *result,
                                  perebor_error *error) {
    table_feature feature = {.column = column, .role = PEREBOR_ROLE_NUMERIC};
    perebor_error problem;
    perebor_status status = typing_feature(typing, &feature, result, &problem);
    if (status != PEREBOR_ERR_FORMAT) {
        return status == PEREBOR_OK ? status : perebor_fail(error, status, "%s", problem.message);
    }
    feature.role = PEREBOR_ROLE_NOMINAL;
    return typing_feature(typing, &feature, result, error);
}
