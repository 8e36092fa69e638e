// SPDX-License-Identifier: MIT
#include "table/lone_table.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "table/csv_table.h"
#include "table/database.h"
#include "table/missing_file.h"

perebor_status table_read_source(table_load *load, const perebor_table_source *source,
                                 perebor_source_report *report, table *table,
                                 perebor_error *error) {
    report->name = perebor_arena_text(load->report, source->name);
    report->path = perebor_arena_text(load->report, source->path);
    if (report->name == NULL || report->path == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    perebor_status status = table_check_file(load, source, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (source->sqlite_table != NULL || source->sqlite_query != NULL) {
        return table_read_database(table, report, load, source, error);
    }
    return table_read_csv_file(table, report, load, source, error);
}

perebor_status lone_table_read(lone_table *lone, const perebor_table_source *source,
                               perebor_error *error) {
    perebor_status status;
    lone->spec = (perebor_tables_spec){.file = source->path, .sources = source, .n_sources = 1};
    lone->load.spec = &lone->spec;
    lone->load.report = &lone->texts;
    PEREBOR_TRY(done, table_pool_create(&lone->load.pool, error));
    status = table_read_source(&lone->load, source, &lone->source, &lone->table, error);
done:
    return status;
}

const char *lone_table_text(const lone_table *lone, size_t column, size_t row,
                            char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    return table_pool_text(&lone->load.pool, lone->table.columns[column].cells[row], buffer);
}

double lone_table_number(const lone_table *lone, size_t column, size_t row) {
    double number = NAN;
    bool found = table_pool_number(&lone->load.pool, lone->table.columns[column].cells[row],
                                   lone->table.decimal, &number);
    return found ? number : (double)NAN;
}

void lone_table_release(lone_table *lone) {
    table_release(&lone->table);
    free(lone->load.warnings);
    table_pool_release(&lone->load.pool);
    perebor_arena_release(&lone->load.arena);
    perebor_arena_release(&lone->texts);
    *lone = (lone_table){0};
}
