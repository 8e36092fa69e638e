// SPDX-License-Identifier: MIT
#include "table/typing_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** A group: its value, and its place in the order of appearance. */
typedef struct group_value {
    double number;
    const char *text;
    uint32_t appearance;
} group_value;

static int compare_texts(const void *left, const void *right) {
    const group_value *a = left;
    const group_value *b = right;
    return strcmp(a->text, b->text);
}

/** 7 and 007 are groups of their own: equal numbers go by their texts. */
static int compare_numbers(const void *left, const void *right) {
    const group_value *a = left;
    const group_value *b = right;
    int order = (a->number > b->number) - (a->number < b->number);
    return order != 0 ? order : strcmp(a->text, b->text);
}

/** The values of the groups. @param[out] all_numbers  Whether each is a number. */
static perebor_status list_groups(const typing *typing, const table_key_index *places, char decimal,
                                  group_value *values, bool *all_numbers, perebor_error *error) {
    const table_pool *pool = &typing->load->pool;
    *all_numbers = true;
    for (size_t i = 0; i < places->n_slots; i++) {
        table_cell cell = places->keys[i];
        if (cell == TABLE_MISSING) {
            continue;
        }
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        group_value *value = &values[places->values[i]];
        value->appearance = places->values[i];
        value->text = perebor_arena_text(typing->arena, table_pool_text(pool, cell, buffer));
        if (value->text == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        *all_numbers = table_pool_number(pool, cell, decimal, &value->number) && *all_numbers;
    }
    return PEREBOR_OK;
}

perebor_status typing_groups(const typing *typing, size_t column, const uint32_t **groups,
                             perebor_error *error) {
    perebor_status status;
    table_key_index places = {0};
    group_value *values = NULL;
    uint32_t *number_of = NULL;
    bool all_numbers = false;
    const table_joined_column *from = typing_column(typing, column);
    size_t n_rows = typing->joined->n_rows;
    uint32_t *numbers = perebor_arena_allocate(typing->arena, n_rows, sizeof *numbers);
    PEREBOR_TRY(done, typing_number_values(typing, column, &places, error));
    values = calloc(places.n_keys + 1, sizeof *values);
    number_of = calloc(places.n_keys + 1, sizeof *number_of);
    if (numbers == NULL || values == NULL || number_of == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    PEREBOR_TRY(done, list_groups(typing, &places, typing->joined->parts[from->part]->decimal,
                                  values, &all_numbers, error));
    qsort(values, places.n_keys, sizeof *values, all_numbers ? compare_numbers : compare_texts);
    for (size_t i = 0; i < places.n_keys; i++) {
        number_of[values[i].appearance] = (uint32_t)i;
    }
    for (size_t row = 0; row < n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        if (cell == TABLE_MISSING) {
            status = typing_fail_at_cell(typing, column, row,
                                         "is a gap, but every row needs a group", error);
            goto done;
        }
        numbers[row] = number_of[table_key_index_find(&places, cell)];
    }
    *groups = numbers;
done:
    free(values);
    free(number_of);
    table_key_index_release(&places);
    return status;
}
