// SPDX-License-Identifier: MIT
#include "table/typing_rows.h"

#include "base/try.h"

/** Whether the words of a column's cells ascend, so that none is missing and none occurs twice. */
static bool ascends(const typing *typing, size_t column) {
    const table_joined_column *from = typing_column(typing, column);
    table_cell before = TABLE_MISSING;
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, from, row);
        if (cell <= before) {
            return false;
        }
        before = cell;
    }
    return true;
}

perebor_status typing_check_ids(const typing *typing, size_t id, size_t group,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_key_index index = {0};
    if (id == TABLE_NO_COLUMN || id == group || typing_column(typing, id)->is_key ||
        ascends(typing, id)) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, table_key_index_reserve(&index, typing->joined->n_rows, error));
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, typing_column(typing, id), row);
        uint32_t first = TABLE_NO_ROW;
        if (cell == TABLE_MISSING) {
            status =
                typing_fail_at_cell(typing, id, row, "is a gap, but every row needs an id", error);
            goto done;
        }
        PEREBOR_TRY(done, table_key_index_add(&index, cell, (uint32_t)row, &first, error));
        if (first != TABLE_NO_ROW) {
            char place[TABLE_PLACE_SIZE];
            perebor_arena arena = {0};
            const char *problem = perebor_arena_format(
                &arena, "occurs twice (first at %s); an id names one row, use group: for more",
                table_joined_place(typing->joined, typing_column(typing, id), first, place));
            status = typing_fail_at_cell(typing, id, row,
                                         problem == NULL ? "occurs twice" : problem, error);
            perebor_arena_release(&arena);
            goto done;
        }
    }
done:
    table_key_index_release(&index);
    return status;
}

/**
 * Numbers the rows of the base table as they were read; those that a step made go on after the last
 * of these, so that no two rows have one number.
 *
 * @return [base->n_rows] in the arena; NULL: no memory.
 */
static uint32_t *number_rows(const typing *typing) {
    const table *base = typing->joined->parts[0];
    uint32_t *numbers = perebor_arena_allocate(typing->arena, base->n_rows, sizeof *numbers);
    size_t next = base->n_read;
    for (size_t row = 0; numbers != NULL && row < base->n_rows; row++) {
        uint32_t read = base->source_rows != NULL ? base->source_rows[row] : (uint32_t)row;
        numbers[row] = read != TABLE_NO_ROW ? read : (uint32_t)next++;
    }
    return numbers;
}

/** The cell that names a row, or its number as one. */
static table_cell id_cell(const typing *typing, size_t id, size_t row, const uint32_t *numbers) {
    return id == TABLE_NO_COLUMN
               ? TABLE_DECIMAL_BIT | numbers[typing->joined->rows[0][row]]
               : table_joined_cell(typing->joined, typing_column(typing, id), row);
}

perebor_status typing_rows(const typing *typing, size_t id, perebor_dataset *dataset,
                           perebor_error *error) {
    size_t n_rows = typing->joined->n_rows;
    const table_pool *pool = &typing->load->pool;
    const uint32_t *numbers = number_rows(typing);
    size_t size = 0;
    for (size_t row = 0; numbers != NULL && row < n_rows; row++) {
        size += table_pool_text_room(pool, id_cell(typing, id, row, numbers));
    }
    uint32_t *source_rows = perebor_arena_allocate(typing->arena, n_rows, sizeof *source_rows);
    const char **ids = perebor_arena_allocate(typing->arena, n_rows, sizeof *ids);
    char *bytes = perebor_arena_allocate(typing->arena, size, 1);
    if (numbers == NULL || source_rows == NULL || ids == NULL || bytes == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t row = 0; row < n_rows; row++) {
        ids[row] = bytes;
        bytes += table_pool_write(pool, id_cell(typing, id, row, numbers), bytes) + 1;
        source_rows[row] = numbers[typing->joined->rows[0][row]];
    }
    dataset->n_rows = n_rows;
    dataset->ids = ids;
    dataset->source_rows = source_rows;
    dataset->id_name = id == TABLE_NO_COLUMN ? "" : typing_column(typing, id)->name;
    return PEREBOR_OK;
}
