// SPDX-License-Identifier: MIT
#include "table/typing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/feature.h"
#include "table/target.h"
#include "table/typing_groups.h"

static perebor_status check_ids(const typing *typing, size_t id, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_key_index index = {0};
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

/** The number of a row in the base table as it was read. */
static uint32_t source_row(const table_joined *joined, size_t row) {
    const table *base = joined->parts[0];
    uint32_t base_row = joined->rows[0][row];
    return base->source_rows != NULL ? base->source_rows[base_row] : base_row;
}

/** Text of the id of a row: of the id column, or the row's number. */
static const char *id_text(const typing *typing, size_t id, size_t row,
                           char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    if (id == TABLE_NO_COLUMN) {
        (void)snprintf(buffer, TABLE_DECIMAL_TEXT_SIZE, "%u", source_row(typing->joined, row));
        return buffer;
    }
    table_cell cell = table_joined_cell(typing->joined, typing_column(typing, id), row);
    return table_pool_text(&typing->load->pool, cell, buffer);
}

static perebor_status type_rows(const typing *typing, size_t id, perebor_dataset *dataset,
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
    dataset->id_name = id == TABLE_NO_COLUMN ? "" : typing_column(typing, id)->name;
    return PEREBOR_OK;
}

/** Frees the cells of a column that has been typed: a table and its dataset need not both fit. */
static void release_cells(const typing *typing, size_t column) {
    const table_joined_column *from = typing_column(typing, column);
    table_column *cells = &typing->joined->parts[from->part]->columns[from->column];
    free(cells->cells);
    cells->cells = NULL;
}

static perebor_status type_columns(const typing *typing, const table_roles *roles,
                                   perebor_dataset *dataset, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_column *columns =
        perebor_arena_allocate(typing->arena, roles->n_features, sizeof *columns);
    perebor_column *passthrough =
        perebor_arena_allocate(typing->arena, roles->n_passthrough + 1, sizeof *passthrough);
    if (columns == NULL || passthrough == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t i = 0; i < roles->n_features; i++) {
        PEREBOR_TRY(done, typing_feature(typing, &roles->features[i], &columns[i], error));
        release_cells(typing, roles->features[i].column);
    }
    for (size_t i = 0; i < roles->n_passthrough; i++) {
        PEREBOR_TRY(done,
                    typing_passthrough(typing, roles->passthrough[i], &passthrough[i], error));
        release_cells(typing, roles->passthrough[i]);
    }
    dataset->columns = columns;
    dataset->n_columns = roles->n_features;
    dataset->passthrough = passthrough;
    dataset->n_passthrough = roles->n_passthrough;
done:
    return status;
}

perebor_status table_type(perebor_dataset *dataset, perebor_arena *arena, table_load *load,
                          const table_joined *joined, const table_roles *roles,
                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    typing typing = {.load = load, .joined = joined, .arena = arena};
    perebor_dataset result = {0};
    if (roles->id != TABLE_NO_COLUMN && roles->id != roles->group &&
        !joined->columns[roles->id].is_key) {
        PEREBOR_TRY(done, check_ids(&typing, roles->id, error));
    }
    PEREBOR_TRY(done, typing_target(&typing, roles->target, &result, error));
    PEREBOR_TRY(done, type_columns(&typing, roles, &result, error));
    if (roles->group != TABLE_NO_COLUMN) {
        PEREBOR_TRY(done, typing_groups(&typing, roles->group, &result.groups, error));
    }
    PEREBOR_TRY(done, type_rows(&typing, roles->id, &result, error));
    *dataset = result;
done:
    return status;
}
