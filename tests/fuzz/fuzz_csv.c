// SPDX-License-Identifier: MIT
/**
 * Any bytes, read as CSV, give a table or an error, and a table is what it says it is.
 * The first byte chooses what is declared and how large the buffer is at first.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "table/csv_table.h"

/** Aborts unless every cell can be written, every text is UTF-8, and every number is finite. */
static void check_table(const table *table, const table_pool *pool) {
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!perebor_text_is_valid(table->columns[i].name, strlen(table->columns[i].name))) {
            abort();
        }
        for (size_t row = 0; row < table->n_rows; row++) {
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            double number = 0.0;
            table_cell cell = table->columns[i].cells[row];
            const char *text = table_pool_text(pool, cell, buffer);
            if (!perebor_text_is_valid(text, strlen(text))) {
                abort();
            }
            if (table_pool_number(pool, cell, table->decimal, &number) && number - number != 0.0) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const delimiters[] = {NULL, ",", ";", "\t"};
    static const char *const decimals[] = {NULL, ","};
    static const char *const encodings[] = {NULL, "utf-16le", "utf-8", "windows-1251"};
    if (size == 0) {
        return 0;
    }
    uint8_t choice = data[0];
    const perebor_table_source source = {
        .name = "fuzz",
        .path = "fuzz.csv",
        .delimiter = delimiters[choice & 3],
        .decimal = decimals[choice >> 2 & 1],
        .encoding = encodings[choice >> 3 & 3],
    };
    perebor_arena report_arena = {0};
    table_load load = {.report = &report_arena};
    csv_reader reader;
    table table = {0};
    perebor_source_report report = {0};
    perebor_error error;
    size_t chunk = (choice & 32) != 0 ? 1 : 64;
    if (table_pool_create(&load.pool, &error) != PEREBOR_OK) {
        return 0;
    }
    if (csv_open_memory(&reader, source.path, source.encoding, (const char *)data + 1, size - 1,
                        chunk, &error) == PEREBOR_OK) {
        if (table_read_csv(&table, &report, &load, &source, &reader, &error) == PEREBOR_OK) {
            check_table(&table, &load.pool);
            table_release(&table);
        }
        csv_close(&reader);
    }
    free(load.warnings);
    perebor_arena_release(&report_arena);
    perebor_arena_release(&load.arena);
    table_pool_release(&load.pool);
    return 0;
}
