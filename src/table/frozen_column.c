// SPDX-License-Identifier: MIT
#include "table/frozen_column.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "table/feature.h"
#include "table/name_index.h"

/** In the stead of a place among levels. */
enum { unknown_place = -1, missing_place = -2 };

/** The different values of a column of the tables, and where a schema has them. */
typedef struct placed {
    table_key_index numbers; /**< Numbers the values in order of appearance. */
    typing_value *values;    /**< [numbers.n_keys] */
    int64_t *places;         /**< [numbers.n_keys] unknown_place where the schema has none. */
} placed;

static perebor_status list_values(const typing *typing, size_t column, placed *placed,
                                  perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, typing_number_values(typing, column, &placed->numbers, error));
    PEREBOR_TRY(done, typing_list_values(typing, &placed->numbers, &placed->values, error));
    placed->places =
        perebor_arena_allocate(typing->arena, placed->numbers.n_keys + 1, sizeof *placed->places);
    if (placed->places == NULL) {
        status = perebor_no_memory(error, "to load tables");
    }
done:
    return status;
}

/** Levels that were read from tables are found by their texts, which is what they were made of. */
static perebor_status place_by_text(placed *placed, const perebor_column *frozen,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    name_index levels = {0};
    for (size_t level = 0; level < frozen->n_levels; level++) {
        size_t before;
        PEREBOR_TRY(done, name_index_add(&levels, frozen->levels[level], level, &before, error));
    }
    for (size_t i = 0; i < placed->numbers.n_keys; i++) {
        size_t found = name_index_find(&levels, placed->values[i].text);
        placed->places[i] = found == NAME_INDEX_NONE ? unknown_place : (int64_t)found;
    }
done:
    name_index_release(&levels);
    return status;
}

/**
 * Gives a declared value its place, as a cell of a table with this decimal mark.
 *
 * @param[out] before  The place that it had, TABLE_NO_ROW if none. It keeps it.
 */
static perebor_status declare(const typing *typing, table_key_index *declared, const char *text,
                              uint32_t place, char decimal, uint32_t *before,
                              perebor_error *error) {
    perebor_status status;
    table_cell cell;
    *before = TABLE_NO_ROW;
    PEREBOR_TRY(done,
                table_pool_intern(&typing->load->pool, &cell, text, strlen(text), decimal, error));
    if (cell != TABLE_MISSING) {
        status = table_key_index_add(declared, cell, place, before, error);
    }
done:
    return status;
}

static perebor_status declare_levels(const typing *typing, table_key_index *declared,
                                     const perebor_column *frozen, char decimal,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t level = 0; level < frozen->n_levels; level++) {
        uint32_t before;
        PEREBOR_TRY(done, declare(typing, declared, frozen->levels[level], (uint32_t)level, decimal,
                                  &before, error));
    }
done:
    return status;
}

/** What is written for false and for true beside the two levels of the schema. */
static void boolean_lists(const perebor_roles *roles, const perebor_column *frozen,
                          perebor_texts lists[2], perebor_position *at) {
    const perebor_boolean_column *entry = NULL;
    lists[0] = lists[1] = (perebor_texts){NULL, 0};
    *at = roles->at;
    for (size_t i = 0; i < roles->n_boolean; i++) {
        entry = strcmp(roles->boolean[i].name, frozen->name) == 0 ? &roles->boolean[i] : entry;
    }
    if (entry != NULL && entry->true_values.n + entry->false_values.n > 0) {
        lists[0] = entry->false_values;
        lists[1] = entry->true_values;
        *at = entry->at;
    } else if (frozen->n_levels == 2 && strcmp(frozen->levels[0], typing_usual_false[0]) == 0 &&
               strcmp(frozen->levels[1], typing_usual_true[0]) == 0) {
        lists[0] = (perebor_texts){typing_usual_false, TYPING_N_USUAL};
        lists[1] = (perebor_texts){typing_usual_true, TYPING_N_USUAL};
    }
}

static perebor_status declare_booleans(const typing *typing, table_key_index *declared,
                                       const perebor_column *frozen, char decimal,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_texts lists[2];
    perebor_position at;
    boolean_lists(&typing->load->spec->roles, frozen, lists, &at);
    for (uint32_t place = 0; place < 2; place++) {
        for (size_t i = 0; i < lists[place].n; i++) {
            uint32_t before;
            const char *text = lists[place].items[i];
            PEREBOR_TRY(done, declare(typing, declared, text, place, decimal, &before, error));
            if (before == 1 - place) {
                return table_conflict_at(typing->load, at, error,
                                         "column \"%s\": \"%s\" stands for %s, but did for %s when "
                                         "the pipeline was fitted",
                                         frozen->name, text, place == 1 ? "true" : "false",
                                         place == 1 ? "false" : "true");
            }
        }
    }
done:
    return status;
}

/** Levels that the experiment declared are found as cells: their texts may be written otherwise. */
static perebor_status place_by_cell(const typing *typing, size_t column, placed *placed,
                                    const perebor_column *frozen, perebor_error *error) {
    perebor_status status;
    table_key_index declared = {0};
    char decimal = table_joined_decimal(typing->joined, typing_column(typing, column));
    PEREBOR_TRY(done, declare_levels(typing, &declared, frozen, decimal, error));
    if (frozen->role == PEREBOR_ROLE_BOOLEAN) {
        PEREBOR_TRY(done, declare_booleans(typing, &declared, frozen, decimal, error));
    }
    for (size_t i = 0; i < placed->numbers.n_slots; i++) {
        if (placed->numbers.keys[i] != TABLE_MISSING) {
            uint32_t place = table_key_index_find(&declared, placed->numbers.keys[i]);
            placed->places[placed->numbers.values[i]] =
                place == TABLE_NO_ROW ? unknown_place : (int64_t)place;
        }
    }
done:
    table_key_index_release(&declared);
    return status;
}

/** Names the column and its values without a place; n_rows is counted elsewhere. */
static perebor_status name_unknown(const typing *typing, const placed *placed, const char *column,
                                   perebor_unknown_values *unknown, perebor_error *error) {
    perebor_arena *arena = typing->load->report;
    const char **examples =
        perebor_arena_allocate(arena, PEREBOR_UNKNOWN_EXAMPLES, sizeof *examples);
    unknown->column = perebor_arena_text(arena, column);
    if (examples == NULL || unknown->column == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < placed->numbers.n_keys; i++) {
        if (placed->places[i] != unknown_place) {
            continue;
        }
        if (unknown->n_examples < PEREBOR_UNKNOWN_EXAMPLES) {
            const char *example = perebor_arena_text(arena, placed->values[i].text);
            if (example == NULL) {
                return perebor_no_memory(error, "to load tables");
            }
            examples[unknown->n_examples++] = example;
        }
        unknown->n_values++;
    }
    unknown->examples = examples;
    return PEREBOR_OK;
}

/** The places of cells that were met: see TYPING_RECENT. */
typedef struct recent_places {
    table_cell cells[TYPING_RECENT];
    int64_t places[TYPING_RECENT];
} recent_places;

static int64_t place_of_row(const typing *typing, size_t column, const placed *placed, size_t row,
                            recent_places *recent) {
    table_cell cell = table_joined_cell(typing->joined, typing_column(typing, column), row);
    size_t slot = cell % TYPING_RECENT;
    if (cell == TABLE_MISSING) {
        return missing_place;
    }
    if (recent->cells[slot] != cell) {
        recent->cells[slot] = cell;
        recent->places[slot] = placed->places[table_key_index_find(&placed->numbers, cell)];
    }
    return recent->places[slot];
}

static perebor_status type_levels(const typing *typing, size_t column, const perebor_column *frozen,
                                  double *values, perebor_unknown_values *unknown,
                                  perebor_error *error) {
    perebor_status status;
    placed placed = {0};
    recent_places recent = {.cells = {TABLE_MISSING}};
    bool nominal = frozen->role == PEREBOR_ROLE_NOMINAL;
    const double code = nominal ? (double)frozen->n_levels + 1.0 : NAN;
    PEREBOR_TRY(done, list_values(typing, column, &placed, error));
    status = nominal ? place_by_text(&placed, frozen, error)
                     : place_by_cell(typing, column, &placed, frozen, error);
    PEREBOR_TRY(done, status);
    PEREBOR_TRY(done, name_unknown(typing, &placed, frozen->name, unknown, error));
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        int64_t place = place_of_row(typing, column, &placed, row, &recent);
        values[row] = place >= 0 ? (double)place : place == unknown_place ? code : NAN;
        unknown->n_rows += place == unknown_place;
    }
done:
    table_key_index_release(&placed.numbers);
    return status;
}

perebor_status frozen_column(const typing *typing, size_t column, const perebor_column *frozen,
                             perebor_column *result, perebor_unknown_values *unknown,
                             perebor_error *error) {
    size_t n_rows = typing->joined->n_rows;
    *unknown = (perebor_unknown_values){0};
    if (column != TABLE_NO_COLUMN && frozen->role == PEREBOR_ROLE_NUMERIC) {
        const table_feature feature = {.column = column, .role = PEREBOR_ROLE_NUMERIC};
        return typing_feature(typing, &feature, result, error);
    }
    double *values = perebor_arena_allocate(typing->arena, n_rows, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    *result = *frozen;
    result->values = values;
    if (column != TABLE_NO_COLUMN) {
        return type_levels(typing, column, frozen, values, unknown, error);
    }
    for (size_t row = 0; row < n_rows; row++) {
        values[row] = NAN;
    }
    return PEREBOR_OK;
}

/** Whether the negative class is all that is not the positive one. */
static bool is_rest(const perebor_dataset *schema) {
    return strcmp(schema->negative_name, "rest") == 0;
}

static void place_classes(placed *placed, const perebor_dataset *schema) {
    for (size_t i = 0; i < placed->numbers.n_keys; i++) {
        const char *text = placed->values[i].text;
        bool negative = strcmp(text, schema->negative_name) == 0 || is_rest(schema);
        placed->places[i] = strcmp(text, schema->positive_name) == 0 ? 1
                            : negative                               ? 0
                                                                     : unknown_place;
    }
}

perebor_status frozen_labels(const typing *typing, size_t target, const perebor_dataset *schema,
                             perebor_frozen_report *report, perebor_error *error) {
    perebor_status status;
    placed placed = {0};
    recent_places recent = {.cells = {TABLE_MISSING}};
    size_t n_rows = typing->joined->n_rows;
    int8_t *labels = perebor_arena_allocate(typing->load->report, n_rows, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, list_values(typing, target, &placed, error));
    place_classes(&placed, schema);
    PEREBOR_TRY(done, name_unknown(typing, &placed, schema->target_name, &report->target, error));
    for (size_t row = 0; row < n_rows; row++) {
        int64_t place = place_of_row(typing, target, &placed, row, &recent);
        labels[row] = (int8_t)(place >= 0 ? place : -1);
        report->n_labelled += place >= 0;
        report->n_target_gaps += place == missing_place;
        report->target.n_rows += place == unknown_place;
    }
    report->has_target = true;
    report->labels = labels;
done:
    table_key_index_release(&placed.numbers);
    return status;
}
