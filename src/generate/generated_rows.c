// SPDX-License-Identifier: MIT
#include "generate/generated_rows.h"

#include <inttypes.h>
#include <string.h>

static const char *line_end(const generated_rows *rows) {
    return rows->table->dirty_crlf && !rows->clean ? "\r\n" : "\n";
}

static const char *delimiter(const generated_rows *rows) {
    return rows->clean || rows->table->dirty_delimiter == NULL ? "," : rows->table->dirty_delimiter;
}

/** A number with so many decimals, zeros at its end left out where that is wanted. */
static void write_number(const generated_rows *rows, const perebor_generated_column *column,
                         double value, FILE *stream) {
    char text[64];
    int length = snprintf(text, sizeof text, "%.*f", (int)column->decimals, value);
    if (column->trim && column->decimals > 0) {
        size_t least = column->least_decimals;
        size_t end = (size_t)length;
        size_t point = end - column->decimals - 1;
        while (end > point + 1 + least && text[end - 1] == '0') {
            end--;
        }
        text[end == point + 1 ? point : end] = '\0';
    }
    char *point = strchr(text, '.');
    if (point != NULL && !rows->clean && rows->table->dirty_decimal != NULL) {
        *point = rows->table->dirty_decimal[0];
    }
    fputs(text, stream);
}

/** The label of a customer in a column of labels, misspelt or not. */
static const char *choose_label(const generated_rows *rows, const perebor_generated_column *column,
                                const customer *of, uint64_t position, bool *misspelt) {
    const char *label = "";
    if (column->kind == PEREBOR_FIELD_CATEGORY) {
        label = rows->generator->categories[of->category];
    } else if (column->kind == PEREBOR_FIELD_TARGET) {
        label = column->labels[of->target];
    } else {
        label = column->labels[of->flags[column->index]];
    }
    *misspelt =
        !rows->clean && column->typo_text != NULL && strcmp(label, column->typo_of) == 0 &&
        perebor_generator_uniform(rows->seed, position, column->typo_stream) < column->typo_p;
    return *misspelt ? column->typo_text : label;
}

static void write_field(const generated_rows *rows, const perebor_generated_column *column,
                        const customer *of, uint64_t position, FILE *stream, perebor_json *faults,
                        uint64_t *n_faults) {
    uint64_t id = rows->generator->id_start + position;
    bool misspelt = false;
    switch (column->kind) {
    case PEREBOR_FIELD_ID:
        fprintf(stream, "%" PRIu64, id);
        return;
    case PEREBOR_FIELD_VARIABLE:
        write_number(rows, column, of->values[column->index], stream);
        return;
    case PEREBOR_FIELD_TARGET:
    case PEREBOR_FIELD_CATEGORY:
    case PEREBOR_FIELD_FLAG:
        fputs(choose_label(rows, column, of, position, &misspelt), stream);
        if (misspelt && faults != NULL) {
            customer_block_report(faults, "misspelling", id, 0);
            (*n_faults)++;
        }
        return;
    }
}

void generated_rows_header(const generated_rows *rows, FILE *stream) {
    const perebor_generated_table *table = rows->table;
    if (table->n_rows > 0) {
        fprintf(stream, "%s%s%s%s%s%s", table->id_name, delimiter(rows), table->label_name,
                delimiter(rows), table->value_name, line_end(rows));
        return;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        fprintf(stream, "%s%s", i > 0 ? delimiter(rows) : "", table->columns[i].name);
    }
    fputs(line_end(rows), stream);
}

/** The rows of one customer in a long table. */
static void write_long(const generated_rows *rows, const customer *of, uint64_t position,
                       FILE *stream) {
    const perebor_generated_table *table = rows->table;
    bool rotated =
        !rows->clean &&
        perebor_generator_uniform(rows->seed, position, table->rotate_stream) < table->rotate_p;
    for (size_t i = 0; i < table->n_rows; i++) {
        const perebor_generated_row *row = &table->rows[(i + rotated) % table->n_rows];
        bool dirty = !rows->clean && row->dirty_label != NULL;
        fprintf(stream, "%" PRIu64 "%s%s%s", rows->generator->id_start + position, delimiter(rows),
                dirty ? row->dirty_label : row->label, delimiter(rows));
        write_field(rows, &row->value, of, position, stream, NULL, NULL);
        fputs(line_end(rows), stream);
    }
}

void generated_rows_write(const generated_rows *rows, const customer_block *block, FILE *stream,
                          perebor_json *faults, uint64_t *n_faults) {
    const perebor_generated_table *table = rows->table;
    for (size_t i = 0; i < block->n; i++) {
        uint64_t position = block->first + i;
        if (table->n_rows > 0) {
            write_long(rows, &block->customers[i], position, stream);
            continue;
        }
        for (size_t k = 0; k < table->n_columns; k++) {
            fputs(k > 0 ? delimiter(rows) : "", stream);
            write_field(rows, &table->columns[k], &block->customers[i], position, stream, faults,
                        n_faults);
        }
        fputs(line_end(rows), stream);
    }
}
