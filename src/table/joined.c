// SPDX-License-Identifier: MIT
#include "table/joined.h"

#include <stdlib.h>
#include <string.h>

char table_joined_decimal(const struct table_joined *joined,
                          const struct table_joined_column *column) {
    return joined->parts[column->part]->decimal;
}

const char *table_joined_place(const struct table_joined *joined,
                               const struct table_joined_column *column, size_t row,
                               char place[TABLE_PLACE_SIZE]) {
    uint32_t part_row = joined->rows[column->part][row];
    if (part_row == TABLE_NO_ROW) {
        return table_place(joined->parts[0], TABLE_NO_COLUMN, joined->rows[0][row], place);
    }
    return table_place(joined->parts[column->part], column->column, part_row, place);
}

perebor_status table_joined_require(const struct table_load *load,
                                    const struct table_joined *joined, const char *name,
                                    perebor_position at, size_t *column, perebor_error *error) {
    const char **names = malloc((joined->n_columns + 1) * sizeof *names);
    if (names == NULL) {
        return table_out_of_memory(error);
    }
    perebor_status status = PEREBOR_OK;
    size_t found = TABLE_NO_COLUMN;
    for (size_t i = 0; i < joined->n_columns && found == TABLE_NO_COLUMN; i++) {
        names[i] = joined->columns[i].name;
        if (strcmp(names[i], name) == 0) {
            found = i;
        }
    }
    if (found == TABLE_NO_COLUMN) {
        perebor_arena arena = {0};
        status = table_fail_at(load, at, error, "there is no column \"%s\"%s", name,
                               table_hint(&arena, name, names, joined->n_columns));
        perebor_arena_release(&arena);
    } else {
        *column = found;
    }
    free(names);
    return status;
}

void table_joined_release(struct table_joined *joined) {
    for (size_t i = 0; joined->rows != NULL && i < joined->n_parts; i++) {
        free(joined->rows[i]);
    }
    free(joined->rows);
    free(joined->parts);
    free(joined->columns);
    memset(joined, 0, sizeof *joined);
}
