// SPDX-License-Identifier: MIT
#include "generate/generated_rows.h"

#include <math.h>
#include <string.h>

#include "generate/cell_faults.h"

/** Where a line is being written. */
typedef struct line {
    const generated_rows *rows;
    const perebor_generated_table *table;
    generated_text *text;
    const customer *of;
    uint64_t position; /**< The customer's. */
    uint64_t id;       /**< Written: the customer's, or its copy's. */
    size_t row;        /**< The customer's in a long table. */
} line;

static const perebor_generated_table *table_of(const generated_rows *rows) {
    return &rows->generator->tables[rows->table];
}

static char delimiter_of(const generated_rows *rows) {
    const char *dirty = table_of(rows)->dirty_delimiter;
    return rows->clean || dirty == NULL ? ',' : *dirty;
}

static void end_line(const generated_rows *rows, generated_text *text) {
    generated_text_append_string(text, table_of(rows)->dirty_crlf && !rows->clean ? "\r\n" : "\n");
}

/** A number with so many decimals, zeros at its end left out where that is wanted. */
static void write_number(const generated_rows *rows, const perebor_generated_column *column,
                         double value, generated_text *text) {
    generated_text_append_real(text, value, column->decimals);
    if (column->decimals == 0 || text->failed || !isfinite(value)) { // no point to be found
        return;
    }
    size_t point = text->length - column->decimals - 1;
    const char *dirty = table_of(rows)->dirty_decimal;
    if (!rows->clean && dirty != NULL) {
        text->bytes[point] = *dirty;
    }
    if (column->trim) {
        size_t least = point + 1 + column->least_decimals;
        while (text->length > least && text->bytes[text->length - 1] == '0') {
            text->length--;
        }
        text->length -= text->length == point + 1;
    }
}

/** The label of a customer in a column of labels. */
static const char *choose_label(const generated_rows *rows, const perebor_generated_column *column,
                                const customer *of) {
    switch (column->kind) {
    case PEREBOR_FIELD_CATEGORY:
        return rows->generator->categories[of->category];
    case PEREBOR_FIELD_TARGET:
        return column->labels[of->target];
    case PEREBOR_FIELD_TREATED:
        return column->labels[of->treated];
    case PEREBOR_FIELD_OUTCOME:
        return column->labels[of->outcome];
    case PEREBOR_FIELD_FLAG:
        return column->labels[of->flags[column->index]];
    case PEREBOR_FIELD_ID:
    case PEREBOR_FIELD_VARIABLE:
        break;
    }
    return "";
}

/** The label as it stands in the table: misspelt, perhaps. */
static const char *spell_label(const line *in, const perebor_generated_column *column) {
    const generated_rows *rows = in->rows;
    const char *label = choose_label(rows, column, in->of);
    bool misspelt =
        !rows->clean && column->typo_text != NULL && strcmp(label, column->typo_of) == 0 &&
        perebor_generator_uniform(rows->seed, in->position, column->typo_stream) < column->typo_p;
    if (misspelt) {
        const fault added = {.kind = "misspelling",
                             .id = in->id,
                             .file = in->table->file,
                             .column = column->name,
                             .was = label,
                             .is = column->typo_text};
        fault_list_add(rows->faults, &added);
    }
    return misspelt ? column->typo_text : label;
}

/** Faults of the cell that was appended from @p start; then quotes, if it needs them. */
static void finish_cell(const line *in, size_t column, size_t start) {
    const generated_rows *rows = in->rows;
    if (rows->extreme) {
        const cell_place place = {.generator = rows->generator,
                                  .seed = rows->seed,
                                  .table = rows->table,
                                  .column = column,
                                  .position = in->position,
                                  .row = in->row,
                                  .id = in->id};
        cell_faults_put(&place, in->text, start, rows->faults);
    }
    generated_text_quote(in->text, start, delimiter_of(rows));
}

static void write_cell(const line *in, const perebor_generated_column *column, size_t number) {
    size_t start = in->text->length;
    if (column->kind == PEREBOR_FIELD_ID) {
        generated_text_append_unsigned(in->text, in->id);
        return;
    }
    if (column->kind == PEREBOR_FIELD_VARIABLE) {
        write_number(in->rows, column, in->of->values[column->index], in->text);
        if (!in->rows->extreme) {
            return; // a number needs no quotes, unless a fault makes a text of it
        }
    } else {
        generated_text_append_string(in->text, spell_label(in, column));
    }
    finish_cell(in, number, start);
}

static void write_names(const generated_rows *rows, generated_text *text, const char *const *names,
                        size_t n) {
    char delimiter = delimiter_of(rows);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            generated_text_append(text, &delimiter, 1);
        }
        size_t start = text->length;
        generated_text_append_string(text, names[i]);
        generated_text_quote(text, start, delimiter);
    }
}

/** Faults that a table has as a whole. */
static void report_table(const generated_rows *rows, generated_text *text) {
    const perebor_generated_table *table = table_of(rows);
    const perebor_dirt_extreme *dirt = &rows->generator->dirt_extreme;
    for (size_t i = 0; rows->extreme && i < dirt->n_marked; i++) {
        if (dirt->marked[i] == rows->table) {
            const fault added = {.kind = "byte_order_mark", .file = table->file};
            generated_text_append_string(text, "\xEF\xBB\xBF");
            fault_list_add(rows->faults, &added);
        }
    }
    for (size_t i = 0; !rows->clean && i < table->n_rows; i++) {
        if (table->rows[i].dirty_label != NULL) {
            const fault added = {.kind = "misspelt_everywhere",
                                 .file = table->file,
                                 .column = table->label_name,
                                 .was = table->rows[i].label,
                                 .is = table->rows[i].dirty_label};
            fault_list_add(rows->faults, &added);
        }
    }
}

void generated_rows_header(const generated_rows *rows, generated_text *text) {
    const perebor_generated_table *table = table_of(rows);
    const char *const names[] = {table->id_name, table->label_name, table->value_name};
    report_table(rows, text);
    if (table->n_rows > 0) {
        write_names(rows, text, names, 3);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        char delimiter = delimiter_of(rows);
        generated_text_append(text, &delimiter, i > 0);
        write_names(rows, text, &table->columns[i].name, 1);
    }
    end_line(rows, text);
}

static void write_wide_line(const line *in) {
    char delimiter = delimiter_of(in->rows);
    for (size_t i = 0; i < in->table->n_columns; i++) {
        generated_text_append(in->text, &delimiter, i > 0);
        write_cell(in, &in->table->columns[i], i);
    }
    end_line(in->rows, in->text);
}

static void write_long_line(const line *in) {
    const perebor_generated_row *row = &in->table->rows[in->row];
    char delimiter = delimiter_of(in->rows);
    bool dirty = !in->rows->clean && row->dirty_label != NULL;
    generated_text_append_unsigned(in->text, in->id);
    generated_text_append(in->text, &delimiter, 1);
    size_t start = in->text->length;
    generated_text_append_string(in->text, dirty ? row->dirty_label : row->label);
    finish_cell(in, 1, start);
    generated_text_append(in->text, &delimiter, 1);
    write_cell(in, &row->value, 2);
    end_line(in->rows, in->text);
}

/** Writes a row again, under the id that a fault gives it. Faults of its cells come with it. */
static void repeat_row(const line *in, const perebor_row_fault *rule) {
    line copy = *in;
    copy.id = in->id + rule->id_add;
    const fault added = {.kind = rule->kind,
                         .id = copy.id,
                         .of = rule->id_add != 0 ? in->id : 0,
                         .file = in->table->file,
                         .row = in->table->n_rows > 0 ? in->table->rows[in->row].label : NULL};
    fault_list_add(in->rows->faults, &added);
    (in->table->n_rows > 0 ? write_long_line : write_wide_line)(&copy);
}

static void write_row(const line *in) {
    const perebor_dirt_extreme *dirt = &in->rows->generator->dirt_extreme;
    (in->table->n_rows > 0 ? write_long_line : write_wide_line)(in);
    for (size_t i = 0; in->rows->extreme && i < dirt->n_rows; i++) {
        const perebor_row_fault *rule = &dirt->rows[i];
        uint64_t stream = dirt->stream + PEREBOR_GENERATED_ROWS_MAX * (dirt->n_cells + i) + in->row;
        if (rule->table == in->rows->table &&
            perebor_generator_uniform(in->rows->seed, in->position, stream) < rule->p) {
            repeat_row(in, rule);
        }
    }
}

void generated_rows_write(const generated_rows *rows, const customer_block *block,
                          generated_text *text) {
    const perebor_generated_table *table = table_of(rows);
    line in = {.rows = rows, .table = table, .text = text};
    for (size_t i = 0; i < block->n; i++) {
        in.of = &block->customers[i];
        in.position = block->first + i;
        in.id = rows->generator->id_start + in.position;
        bool rotated = table->n_rows > 0 && !rows->clean &&
                       perebor_generator_uniform(rows->seed, in.position, table->rotate_stream) <
                           table->rotate_p;
        size_t n = table->n_rows > 0 ? table->n_rows : 1;
        for (size_t k = 0; k < n; k++) {
            in.row = (k + rotated) % n;
            write_row(&in);
        }
    }
}
