// SPDX-License-Identifier: MIT
#include "table/typing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

enum { MAX_LISTED = 5 };

/** Typing under way. */
struct typing {
    struct table_load *load;
    const struct table_joined *joined;
    perebor_arena *arena;
};

/** The place of each value of a column, and the values in order. */
struct levels {
    struct table_key_index places;
    const char **texts; /**< [n] in the arena. */
    size_t n;
};

static const struct table_joined_column *column_of(const struct typing *typing, size_t column) {
    return &typing->joined->columns[column];
}

/** Fails at a cell: place, column, value, and what is wrong with it. */
static perebor_status fail_at_cell(const struct typing *typing, size_t column, size_t row,
                                   const char *problem, perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const struct table_joined_column *from = column_of(typing, column);
    table_cell cell = table_joined_cell(typing->joined, from, row);
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: column \"%s\": \"%s\" %s",
                        table_joined_place(typing->joined, from, row, place), from->name,
                        table_pool_text(&typing->load->pool, cell, buffer), problem);
}

static perebor_status type_numeric(const struct typing *typing, size_t column, double *values,
                                   perebor_error *error) {
    const struct table_joined_column *from = column_of(typing, column);
    char decimal = table_joined_decimal(typing->joined, from);
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        if (cell == TABLE_GAP) {
            values[row] = NAN;
        } else if (!table_pool_number(&typing->load->pool, cell, decimal, &values[row])) {
            return fail_at_cell(typing, column, row,
                                decimal == ','
                                    ? "is not a number with a decimal comma; name the column under "
                                      "nominal, or replace the value"
                                    : "is not a number; name the column under nominal, or replace "
                                      "the value",
                                error);
        }
    }
    return PEREBOR_OK;
}

/** Adds a declared value at a place; two declared values may share one place. */
static perebor_status declare_level(const struct typing *typing, struct levels *levels,
                                    const char *text, uint32_t place, char decimal,
                                    const char *column, perebor_position at, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_cell cell;
    uint32_t found;
    PEREBOR_TRY(done,
                table_pool_intern(&typing->load->pool, &cell, text, strlen(text), decimal, error));
    if (cell == TABLE_GAP) {
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

static perebor_status copy_texts(const struct typing *typing, struct levels *levels,
                                 const char *const *texts, size_t n, perebor_error *error) {
    levels->n = n;
    levels->texts = perebor_arena_allocate(typing->arena, n, sizeof *levels->texts);
    for (size_t i = 0; levels->texts != NULL && i < n; i++) {
        levels->texts[i] = perebor_arena_text(typing->arena, texts[i]);
        if (levels->texts[i] == NULL) {
            return table_out_of_memory(error);
        }
    }
    return levels->texts == NULL ? table_out_of_memory(error) : PEREBOR_OK;
}

/** Gives every cell the place of its value; one that has none is an error. */
static perebor_status type_declared(const struct typing *typing, size_t column,
                                    const struct levels *levels, const perebor_texts *declared,
                                    double *values, perebor_error *error) {
    const struct table_joined_column *from = column_of(typing, column);
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        uint32_t place = cell == TABLE_GAP ? 0 : table_key_index_find(&levels->places, cell);
        if (place == TABLE_NO_ROW) {
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            const char *text = table_pool_text(&typing->load->pool, cell, buffer);
            perebor_arena arena = {0};
            const char *problem =
                table_format(&arena,
                             "is not one of the %zu values listed for it%s; add it, or "
                             "replace it in clean",
                             declared->n, table_hint(&arena, text, declared->items, declared->n));
            perebor_status status = fail_at_cell(
                typing, column, row, problem == NULL ? "is not listed" : problem, error);
            perebor_arena_release(&arena);
            return status;
        }
        values[row] = cell == TABLE_GAP ? NAN : (double)place;
    }
    return PEREBOR_OK;
}

static perebor_status type_ordinal(const struct typing *typing, const struct table_feature *feature,
                                   perebor_column *column, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_ordinal_column *spec = &typing->load->spec->roles.ordinal[feature->entry];
    char decimal = table_joined_decimal(typing->joined, column_of(typing, feature->column));
    struct levels levels = {0};
    for (size_t i = 0; i < spec->levels.n; i++) {
        PEREBOR_TRY(done, declare_level(typing, &levels, spec->levels.items[i], (uint32_t)i,
                                        decimal, spec->name, spec->at, error));
    }
    PEREBOR_TRY(done, copy_texts(typing, &levels, spec->levels.items, spec->levels.n, error));
    PEREBOR_TRY(done,
                type_declared(typing, feature->column, &levels, &spec->levels, values, error));
    column->levels = levels.texts;
    column->n_levels = levels.n;
done:
    table_key_index_release(&levels.places);
    return status;
}

/** What a boolean column may hold if the experiment does not list it. */
static const char *const usual_false[] = {"false", "False", "FALSE", "0", "no", "No", "NO"};
static const char *const usual_true[] = {"true", "True", "TRUE", "1", "yes", "Yes", "YES"};
enum { N_USUAL = sizeof usual_true / sizeof *usual_true };

static perebor_status type_boolean(const struct typing *typing, const struct table_feature *feature,
                                   perebor_column *column, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_boolean_column *spec = &typing->load->spec->roles.boolean[feature->entry];
    char decimal = table_joined_decimal(typing->joined, column_of(typing, feature->column));
    bool listed = spec->true_values.n > 0 || spec->false_values.n > 0;
    const perebor_texts lists[2] = {
        listed ? spec->false_values : (perebor_texts){usual_false, N_USUAL},
        listed ? spec->true_values : (perebor_texts){usual_true, N_USUAL},
    };
    struct levels levels = {0};
    size_t n = lists[0].n + lists[1].n;
    const char **all = perebor_arena_allocate(typing->arena, n, sizeof *all);
    if (all == NULL) {
        return table_out_of_memory(error);
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
                                    values, error));
    column->levels = levels.texts;
    column->n_levels = levels.n;
done:
    table_key_index_release(&levels.places);
    return status;
}

/** Numbers the values of a column in order of appearance. */
static perebor_status number_values(const struct typing *typing, size_t column,
                                    struct table_key_index *places, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const struct table_joined_column *from = column_of(typing, column);
    table_cell previous = TABLE_GAP;
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        if (cell != previous && cell != TABLE_GAP) {
            uint32_t found;
            PEREBOR_TRY(done,
                        table_key_index_add(places, cell, (uint32_t)places->n_keys, &found, error));
            previous = cell;
        }
    }
done:
    return status;
}

struct named_value {
    const char *text;
    uint32_t number;
};

static int compare_values(const void *a, const void *b) {
    return strcmp(((const struct named_value *)a)->text, ((const struct named_value *)b)->text);
}

/** The texts of numbered values, in the arena, in the order of their numbers. */
static perebor_status list_values(const struct typing *typing, const struct table_key_index *places,
                                  struct named_value **values, perebor_error *error) {
    *values = perebor_arena_allocate(typing->arena, places->n_keys + 1, sizeof **values);
    for (size_t i = 0; *values != NULL && i < places->n_slots; i++) {
        if (places->keys[i] != TABLE_GAP) {
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            struct named_value *value = &(*values)[places->values[i]];
            value->number = places->values[i];
            value->text = perebor_arena_text(
                typing->arena, table_pool_text(&typing->load->pool, places->keys[i], buffer));
            if (value->text == NULL) {
                return table_out_of_memory(error);
            }
        }
    }
    return *values == NULL ? table_out_of_memory(error) : PEREBOR_OK;
}

static perebor_status type_nominal(const struct typing *typing, size_t column,
                                   perebor_column *result, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const struct table_joined_column *from = column_of(typing, column);
    struct table_key_index places = {0};
    struct named_value *named = NULL;
    PEREBOR_TRY(done, number_values(typing, column, &places, error));
    PEREBOR_TRY(done, list_values(typing, &places, &named, error));
    qsort(named, places.n_keys, sizeof *named, compare_values);
    const char **texts = perebor_arena_allocate(typing->arena, places.n_keys + 1, sizeof *texts);
    double *sorted = perebor_arena_allocate(typing->arena, places.n_keys + 1, sizeof *sorted);
    if (texts == NULL || sorted == NULL) {
        status = table_out_of_memory(error);
        goto done;
    }
    for (size_t i = 0; i < places.n_keys; i++) {
        texts[i] = named[i].text;
        sorted[named[i].number] = (double)i;
    }
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        values[row] = cell == TABLE_GAP ? NAN : sorted[table_key_index_find(&places, cell)];
    }
    result->levels = texts;
    result->n_levels = places.n_keys;
done:
    table_key_index_release(&places);
    return status;
}

static perebor_status type_feature(const struct typing *typing, const struct table_feature *feature,
                                   perebor_column *column, perebor_error *error) {
    double *values = perebor_arena_allocate(typing->arena, typing->joined->n_rows, sizeof *values);
    if (values == NULL) {
        return table_out_of_memory(error);
    }
    *column = (perebor_column){
        .name = column_of(typing, feature->column)->name, .role = feature->role, .values = values};
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

/** Carried columns have no declared role: numbers if all are, else nominal. */
static perebor_status type_carried(const struct typing *typing, size_t column,
                                   perebor_column *result, perebor_error *error) {
    struct table_feature feature = {.column = column, .role = PEREBOR_ROLE_NUMERIC};
    perebor_error problem;
    perebor_status status = type_feature(typing, &feature, result, &problem);
    if (status != PEREBOR_ERR_FORMAT) {
        return status == PEREBOR_OK ? status : perebor_fail(error, status, "%s", problem.message);
    }
    feature.role = PEREBOR_ROLE_NOMINAL;
    return type_feature(typing, &feature, result, error);
}

/** `"a", "b" and 3 more` */
static const char *list_texts(perebor_arena *arena, const struct named_value *values, size_t n) {
    const char *list = "";
    for (size_t i = 0; i < n && i < MAX_LISTED && list != NULL; i++) {
        list = table_format(arena, "%s%s\"%s\"", list, i > 0 ? ", " : "", values[i].text);
    }
    if (n > MAX_LISTED && list != NULL) {
        list = table_format(arena, "%s and %zu more", list, n - MAX_LISTED);
    }
    return list == NULL ? "" : list;
}

/** The class that counts as positive where the experiment does not say: 1 of 0 and 1, or true. */
static uint32_t usual_positive(const struct named_value *classes, size_t n) {
    for (size_t i = 0; n == 2 && i < N_USUAL; i++) {
        for (uint32_t first = 0; first < 2; first++) {
            if (strcmp(classes[first].text, usual_true[i]) == 0 &&
                strcmp(classes[1 - first].text, usual_false[i]) == 0) {
                return first;
            }
        }
    }
    return TABLE_NO_ROW;
}

static perebor_status find_positive(const struct typing *typing, size_t target,
                                    const struct table_key_index *places,
                                    const struct named_value *classes, uint32_t *positive,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct table_load *load = typing->load;
    const perebor_roles *spec = &load->spec->roles;
    const char *name = column_of(typing, target)->name;
    if (spec->positive == NULL) {
        *positive = usual_positive(classes, places->n_keys);
        if (*positive == TABLE_NO_ROW) {
            status =
                table_fail_at(load, spec->target_at, error,
                              "the target \"%s\" has the values %s; say which is positive:", name,
                              list_texts(typing->arena, classes, places->n_keys));
        }
        return status;
    }
    table_cell cell;
    char decimal = table_joined_decimal(typing->joined, column_of(typing, target));
    PEREBOR_TRY(done, table_pool_intern(&load->pool, &cell, spec->positive, strlen(spec->positive),
                                        decimal, error));
    *positive = cell == TABLE_GAP ? TABLE_NO_ROW : table_key_index_find(places, cell);
    if (*positive == TABLE_NO_ROW) {
        status =
            table_fail_at(load, spec->target_at, error,
                          "positive: \"%s\" does not occur in the target \"%s\", whose values "
                          "are %s",
                          spec->positive, name, list_texts(typing->arena, classes, places->n_keys));
    }
done:
    return status;
}

/** Labels the rows by a target whose classes are numbered. */
static perebor_status label_rows(const struct typing *typing, size_t target,
                                 const struct table_key_index *places, uint32_t positive,
                                 perebor_dataset *dataset, perebor_error *error) {
    uint8_t *labels = perebor_arena_allocate(typing->arena, typing->joined->n_rows, 1);
    if (labels == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, column_of(typing, target), row);
        if (cell == TABLE_GAP) {
            return fail_at_cell(typing, target, row,
                                "is a gap in the target; drop such rows by a filter (is_not_gap)",
                                error);
        }
        labels[row] = table_key_index_find(places, cell) == positive;
    }
    dataset->labels = labels;
    return PEREBOR_OK;
}

static perebor_status type_target(const struct typing *typing, size_t target,
                                  perebor_dataset *dataset, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct table_key_index places = {0};
    struct named_value *classes = NULL;
    uint32_t positive = TABLE_NO_ROW;
    PEREBOR_TRY(done, number_values(typing, target, &places, error));
    PEREBOR_TRY(done, list_values(typing, &places, &classes, error));
    if (places.n_keys == 1) {
        status =
            table_fail_at(typing->load, typing->load->spec->roles.target_at, error,
                          "the target \"%s\" is \"%s\" in all %zu rows; there is nothing to "
                          "tell apart",
                          column_of(typing, target)->name, classes[0].text, typing->joined->n_rows);
        goto done;
    }
    PEREBOR_TRY(done, find_positive(typing, target, &places, classes, &positive, error));
    PEREBOR_TRY(done, label_rows(typing, target, &places, positive, dataset, error));
    dataset->target_name = column_of(typing, target)->name;
    dataset->positive_name = classes[positive].text;
    dataset->negative_name = places.n_keys == 2 ? classes[1 - positive].text : "rest";
done:
    table_key_index_release(&places);
    return status;
}

static perebor_status type_groups(const struct typing *typing, size_t group,
                                  perebor_dataset *dataset, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct table_key_index places = {0};
    uint32_t *groups =
        perebor_arena_allocate(typing->arena, typing->joined->n_rows, sizeof *groups);
    if (groups == NULL) {
        return table_out_of_memory(error);
    }
    PEREBOR_TRY(done, number_values(typing, group, &places, error));
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, column_of(typing, group), row);
        if (cell == TABLE_GAP) {
            status =
                fail_at_cell(typing, group, row, "is a gap, but every row needs a group", error);
            goto done;
        }
        groups[row] = table_key_index_find(&places, cell);
    }
    dataset->groups = groups;
done:
    table_key_index_release(&places);
    return status;
}

static perebor_status check_ids(const struct typing *typing, size_t id, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct table_key_index index = {0};
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, column_of(typing, id), row);
        uint32_t first = TABLE_NO_ROW;
        if (cell == TABLE_GAP) {
            status = fail_at_cell(typing, id, row, "is a gap, but every row needs an id", error);
            goto done;
        }
        PEREBOR_TRY(done, table_key_index_add(&index, cell, (uint32_t)row, &first, error));
        if (first != TABLE_NO_ROW) {
            char place[TABLE_PLACE_SIZE];
            perebor_arena arena = {0};
            const char *problem = table_format(
                &arena, "occurs twice (first at %s); an id names one row, use group: for more",
                table_joined_place(typing->joined, column_of(typing, id), first, place));
            status =
                fail_at_cell(typing, id, row, problem == NULL ? "occurs twice" : problem, error);
            perebor_arena_release(&arena);
            goto done;
        }
    }
done:
    table_key_index_release(&index);
    return status;
}

/** The number of a row in the base table as it was read. */
static uint32_t source_row(const struct table_joined *joined, size_t row) {
    const struct table *base = joined->parts[0];
    uint32_t base_row = joined->rows[0][row];
    return base->source_rows != NULL ? base->source_rows[base_row] : base_row;
}

/** Text of the id of a row: of the id column, or the row's number. */
static const char *id_text(const struct typing *typing, size_t id, size_t row,
                           char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    if (id == TABLE_NO_COLUMN) {
        (void)snprintf(buffer, TABLE_DECIMAL_TEXT_SIZE, "%u", source_row(typing->joined, row));
        return buffer;
    }
    table_cell cell = table_joined_cell(typing->joined, column_of(typing, id), row);
    return table_pool_text(&typing->load->pool, cell, buffer);
}

static perebor_status type_rows(const struct typing *typing, size_t id, perebor_dataset *dataset,
                                perebor_error *error) {
    size_t n_rows = typing->joined->n_rows;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t size = 0;
    for (size_t row = 0; row < n_rows; row++) {
        size += strlen(id_text(typing, id, row, buffer)) + 1;
    }
    uint32_t *source_rows = perebor_arena_allocate(typing->arena, n_rows, sizeof *source_rows);
    const char **ids = perebor_arena_allocate(typing->arena, n_rows, sizeof *ids);
    char *bytes = perebor_arena_allocate(typing->arena, size, 1);
    if (source_rows == NULL || ids == NULL || bytes == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t row = 0; row < n_rows; row++) {
        const char *text = id_text(typing, id, row, buffer);
        size_t length = strlen(text) + 1;
        memcpy(bytes, text, length);
        ids[row] = bytes;
        bytes += length;
        source_rows[row] = source_row(typing->joined, row);
    }
    dataset->n_rows = n_rows;
    dataset->ids = ids;
    dataset->source_rows = source_rows;
    dataset->id_name = id == TABLE_NO_COLUMN ? "" : column_of(typing, id)->name;
    return PEREBOR_OK;
}

/** Frees the cells of a column that has been typed: a table and its dataset need not both fit. */
static void release_cells(const struct typing *typing, size_t column) {
    const struct table_joined_column *from = column_of(typing, column);
    struct table_column *cells = &typing->joined->parts[from->part]->columns[from->column];
    free(cells->cells);
    cells->cells = NULL;
}

static perebor_status type_columns(const struct typing *typing, const struct table_roles *roles,
                                   perebor_dataset *dataset, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_column *columns =
        perebor_arena_allocate(typing->arena, roles->n_features, sizeof *columns);
    perebor_column *carried =
        perebor_arena_allocate(typing->arena, roles->n_carried + 1, sizeof *carried);
    if (columns == NULL || carried == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t i = 0; i < roles->n_features; i++) {
        PEREBOR_TRY(done, type_feature(typing, &roles->features[i], &columns[i], error));
        release_cells(typing, roles->features[i].column);
    }
    for (size_t i = 0; i < roles->n_carried; i++) {
        PEREBOR_TRY(done, type_carried(typing, roles->carried[i], &carried[i], error));
        release_cells(typing, roles->carried[i]);
    }
    dataset->columns = columns;
    dataset->n_columns = roles->n_features;
    dataset->carried = carried;
    dataset->n_carried = roles->n_carried;
done:
    return status;
}

perebor_status table_type(perebor_dataset *dataset, perebor_arena *arena, struct table_load *load,
                          const struct table_joined *joined, const struct table_roles *roles,
                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct typing typing = {.load = load, .joined = joined, .arena = arena};
    perebor_dataset result = {0};
    if (roles->id != TABLE_NO_COLUMN && roles->id != roles->group &&
        !joined->columns[roles->id].is_key) {
        PEREBOR_TRY(done, check_ids(&typing, roles->id, error));
    }
    PEREBOR_TRY(done, type_target(&typing, roles->target, &result, error));
    PEREBOR_TRY(done, type_columns(&typing, roles, &result, error));
    if (roles->group != TABLE_NO_COLUMN) {
        PEREBOR_TRY(done, type_groups(&typing, roles->group, &result, error));
    }
    PEREBOR_TRY(done, type_rows(&typing, roles->id, &result, error));
    *dataset = result;
done:
    return status;
}
