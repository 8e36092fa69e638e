// SPDX-License-Identifier: MIT
#include "table/typing_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/try.h"

perebor_status typing_check_ids(const typing *typing, size_t id, size_t group,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_key_index index = {0};
    if (id == TABLE_NO_COLUMN || id == group || typing_column(typing, id)->is_key) {
        return PEREBOR_OK;
    }
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

/** Text of the id of a row: of the id column, or the row's number. */
static const char *id_text(const typing *typing, size_t id, size_t row, const uint32_t *numbers,
                           char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    if (id == TABLE_NO_COLUMN) {
        (void)snprintf(buffer, TABLE_DECIMAL_TEXT_SIZE, "%u",
                       numbers[typing->joined->rows[0][row]]);
        return buffer;
    }
    table_cell cell = table_joined_cell(typing->joined, typing_column(typing, id), row);
    return table_pool_text(&typing->load->pool, cell, buffer);
}

perebor_status typing_rows(const typing *typing, size_t id, perebor_dataset *dataset,
                           perebor_error *error) {
    size_t n_rows = typing->joined->n_rows;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const uint32_t *numbers = number_rows(typing);
    size_t size = 0;
    for (size_t row = 0; numbers != NULL && row < n_rows; row++) {
        size += strlen(id_text(typing, id, row, numbers, buffer)) + 1;
    }
    uint32_t *source_rows = perebor_arena_allocate(typing->arena, n_rows, sizeof *source_rows);
    const char **ids = perebor_arena_allocate(typing->arena, n_rows, sizeof *ids);
    char *bytes = perebor_arena_allocate(typing->arena, size, 1);
    if (numbers == NULL || source_rows == NULL || ids == NULL || bytes == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t row = 0; row < n_rows; row++) {
        const char *text = id_text(typing, id, row, numbers, buffer);
        size_t length = strlen(text) + 1;
        memcpy(bytes, text, length);
        ids[row] = bytes;
        bytes += length;
        source_rows[row] = numbers[typing->joined->rows[0][row]];
    }
    dataset->n_rows = n_rows;
    dataset->ids = ids;
    dataset->source_rows = source_rows;
    dataset->id_name = id == TABLE_NO_COLUMN ? "" : typing_column(typing, id)->name;
    return PEREBOR_OK;
}
