// SPDX-License-Identifier: MIT
#include "table/joined.h"

#include <stdlib.h>
#include <string.h>

enum { max_suggested_from = 4096 };

char table_joined_decimal(const table_joined *joined, const table_joined_column *column) {
    return joined->parts[column->part]->decimal;
}

const char *table_joined_place(const table_joined *joined, const table_joined_column *column,
                               size_t row, char place[TABLE_PLACE_SIZE]) {
    uint32_t part_row = joined->rows[column->part][row];
    if (part_row == TABLE_NO_ROW) {
        return table_place(joined->parts[0], TABLE_NO_COLUMN, joined->rows[0][row], place);
    }
    return table_place(joined->parts[column->part], column->column, part_row, place);
}

const char *table_joined_hint(perebor_arena *arena, const table_joined *joined) {
    for (size_t i = 0; i < joined->n_parts; i++) {
        const table *part = joined->parts[i];
        if (part->header_is_data || part->n_columns == 1) {
            return table_columns_hint(arena, part);
        }
    }
    return joined->n_parts == 1 ? table_columns_hint(arena, joined->parts[0]) : "";
}

static perebor_status fail_no_column(const table_load *load, const table_joined *joined,
                                     const char *name, perebor_position at, perebor_error *error) {
    const char *names[max_suggested_from];
    size_t n = joined->n_columns < max_suggested_from ? joined->n_columns : max_suggested_from;
    for (size_t i = 0; i < n; i++) {
        names[i] = joined->columns[i].name;
    }
    perebor_arena arena = {0};
    const char *hint = table_hint(&arena, name, names, n);
    hint = *hint == '\0' ? table_joined_hint(&arena, joined) : hint;
    perebor_status status =
        table_fail_at(load, at, error, "there is no column \"%s\"%s", name,
                      *hint == '\0' ? table_hint_or_list(&arena, "columns", name, names, n) : hint);
    perebor_arena_release(&arena);
    return status;
}

perebor_status table_joined_require(const table_load *load, const table_joined *joined,
                                    const char *name, perebor_position at, size_t *column,
                                    perebor_error *error) {
    size_t found = name_index_find(&joined->names, name);
    if (found != NAME_INDEX_NONE) {
        *column = found;
        return PEREBOR_OK;
    }
    return fail_no_column(load, joined, name, at, error);
}

void table_joined_release(table_joined *joined) {
    for (size_t i = 0; joined->rows != NULL && i < joined->n_parts; i++) {
        free(joined->rows[i]);
    }
    free(joined->rows);
    free(joined->parts);
    free(joined->columns);
    name_index_release(&joined->names);
    memset(joined, 0, sizeof *joined);
}
