// SPDX-License-Identifier: MIT
#include "table/typing_cells.h"

#include <stdlib.h>

#include "base/try.h"

const char *const typing_usual_false[] = {"false", "False", "FALSE", "0", "no", "No", "NO"};
const char *const typing_usual_true[] = {"true", "True", "TRUE", "1", "yes", "Yes", "YES"};

const table_joined_column *typing_column(const typing *typing, size_t column) {
    return &typing->joined->columns[column];
}

perebor_status typing_fail_at_cell(const typing *typing, size_t column, size_t row,
                                   const char *problem, perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const table_joined_column *from = typing_column(typing, column);
    table_cell cell = table_joined_cell(typing->joined, from, row);
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: column \"%s\": \"%s\" %s",
                        table_joined_place(typing->joined, from, row, place), from->name,
                        table_pool_text(&typing->load->pool, cell, buffer), problem);
}

perebor_status typing_number_values(const typing *typing, size_t column, table_key_index *places,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const table_joined_column *from = typing_column(typing, column);
    table_cell recent[TYPING_RECENT] = {TABLE_MISSING};
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        table_cell *known = &recent[cell % TYPING_RECENT];
        if (cell != *known && cell != TABLE_MISSING) {
            uint32_t found;
            PEREBOR_TRY(done,
                        table_key_index_add(places, cell, (uint32_t)places->n_keys, &found, error));
            *known = cell;
        }
    }
done:
    return status;
}

perebor_status typing_list_values(const typing *typing, const table_key_index *places,
                                  typing_value **values, perebor_error *error) {
    *values = perebor_arena_allocate(typing->arena, places->n_keys + 1, sizeof **values);
    for (size_t i = 0; *values != NULL && i < places->n_slots; i++) {
        if (places->keys[i] != TABLE_MISSING) {
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            typing_value *value = &(*values)[places->values[i]];
            value->number = places->values[i];
            value->text = perebor_arena_text(
                typing->arena, table_pool_text(&typing->load->pool, places->keys[i], buffer));
            if (value->text == NULL) {
                return perebor_no_memory(error, "to load tables");
            }
        }
    }
    return *values == NULL ? perebor_no_memory(error, "to load tables") : PEREBOR_OK;
}

void typing_release_cells(const typing *typing, size_t column) {
    const table_joined_column *from = typing_column(typing, column);
    table_column *cells = &typing->joined->parts[from->part]->columns[from->column];
    free(cells->cells);
    cells->cells = NULL;
}
