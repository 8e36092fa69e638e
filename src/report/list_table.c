// SPDX-License-Identifier: MIT
#include "report/list_table.h"

#include <math.h>

#include "base/csv_text.h"

static list_field *add(list_table *table, list_kind kind, const char *name) {
    list_field *field = perebor_arena_allocate(&table->arena, 1, sizeof *field);
    const char *kept = list_table_keep(table, name);
    if (field == NULL || kept == NULL) {
        table->failed = true;
        return NULL;
    }
    *field = (list_field){.name = kept, .kind = kind};
    if (table->end == NULL) {
        table->end = &table->fields;
    }
    *table->end = field;
    table->end = &field->next;
    return field;
}

double *list_table_numbers(list_table *table, list_kind kind, const char *name) {
    list_field *field = add(table, kind, name);
    double *numbers = perebor_arena_allocate(&table->arena, table->n_rows + 1, sizeof *numbers);
    if (field == NULL || numbers == NULL) {
        table->failed = true;
        return NULL;
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        numbers[row] = NAN;
    }
    field->numbers = numbers;
    return numbers;
}

const char **list_table_texts(list_table *table, const char *name) {
    list_field *field = add(table, LIST_TEXT, name);
    const char **texts = perebor_arena_allocate(&table->arena, table->n_rows + 1, sizeof *texts);
    if (field == NULL || texts == NULL) {
        table->failed = true;
        return NULL;
    }
    field->texts = texts;
    return texts;
}

const char *list_table_keep(list_table *table, const char *text) {
    const char *kept = perebor_arena_text(&table->arena, text);
    table->failed = table->failed || kept == NULL;
    return kept;
}

perebor_status list_table_check(const list_table *table, perebor_error *error) {
    return !table->failed ? PEREBOR_OK
                          : perebor_no_memory(error, "to list %zu rows", table->n_rows);
}

static void write_field(const list_field *field, size_t row, FILE *stream) {
    if (field->kind == LIST_TEXT) {
        csv_write_text(stream, field->texts[row] != NULL ? field->texts[row] : "");
        return;
    }
    double number = field->numbers[row];
    char text[PEREBOR_REAL_TEXT_SIZE] = "";
    if (field->kind == LIST_REAL && isfinite(number)) {
        (void)perebor_real_format(number, text);
    } else if (!isnan(number)) {
        (void)snprintf(text, sizeof text, "%.0f", number);
    }
    fputs(text, stream);
}

void list_table_write_csv(const list_table *table, FILE *stream) {
    for (const list_field *field = table->fields; field != NULL; field = field->next) {
        csv_write_text(stream, field->name);
        fputc(field->next != NULL ? ',' : '\n', stream);
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        for (const list_field *field = table->fields; field != NULL; field = field->next) {
            write_field(field, row, stream);
            fputc(field->next != NULL ? ',' : '\n', stream);
        }
    }
}

void list_table_put_json(const list_table *table, perebor_json *json) {
    perebor_json_begin_array(json);
    for (size_t row = 0; row < table->n_rows; row++) {
        perebor_json_begin_object(json);
        for (const list_field *field = table->fields; field != NULL; field = field->next) {
            perebor_json_key(json, field->name);
            if (field->kind == LIST_TEXT) {
                perebor_json_text(json, field->texts[row]);
            } else if (field->kind == LIST_WHOLE && isfinite(field->numbers[row])) {
                perebor_json_integer(json, (int64_t)field->numbers[row]);
            } else {
                perebor_json_real(json, field->numbers[row]);
            }
        }
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

void list_table_release(list_table *table) {
    perebor_arena_release(&table->arena);
    *table = (list_table){0};
}
