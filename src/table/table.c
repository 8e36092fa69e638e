// SPDX-License-Identifier: MIT
#include "table/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/suggest.h"

enum { max_suggested_from = 4096, max_listed = 8 };

size_t table_find_column(const table *table, const char *name) {
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            return i;
        }
    }
    return TABLE_NO_COLUMN;
}

perebor_status table_vfail_at(const char *file, perebor_status status, perebor_position at,
                              perebor_error *error, const char *format, va_list arguments) {
    char message[sizeof error->message];
    (void)vsnprintf(message, sizeof message, format, arguments);
    if (at.line == 0) {
        return perebor_fail(error, status, "%s: %s", at.source != NULL ? at.source : file, message);
    }
    return perebor_fail(error, status, "%s:%u:%u: %s", file, at.line, at.column, message);
}

perebor_status table_fail_at(const table_load *load, perebor_position at, perebor_error *error,
                             const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    perebor_status status =
        table_vfail_at(load->spec->file, PEREBOR_ERR_FORMAT, at, error, format, arguments);
    va_end(arguments);
    return status;
}

perebor_status table_conflict_at(const table_load *load, perebor_position at, perebor_error *error,
                                 const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    perebor_status status =
        table_vfail_at(load->spec->file, PEREBOR_ERR_CONFLICT, at, error, format, arguments);
    va_end(arguments);
    return status;
}

const char *table_hint(perebor_arena *arena, const char *word, const char *const *names,
                       size_t n_names) {
    const char *nearest = perebor_suggest(word, names, n_names);
    const char *hint =
        nearest == NULL ? "" : perebor_arena_format(arena, " (did you mean \"%s\"?)", nearest);
    return hint == NULL ? "" : hint;
}

const char *table_hint_or_list(perebor_arena *arena, const char *what, const char *word,
                               const char *const *names, size_t n_names) {
    enum { MOST_NAMES = 12 };
    if (n_names == 0 || perebor_suggest(word, names, n_names) != NULL) {
        return table_hint(arena, word, names, n_names);
    }
    const char *list = perebor_arena_format(arena, "; the %s are", what);
    for (size_t i = 0; i < n_names && i < MOST_NAMES && list != NULL; i++) {
        list = perebor_arena_format(arena, "%s%s\"%s\"", list, i > 0 ? ", " : " ", names[i]);
    }
    if (n_names > MOST_NAMES && list != NULL) {
        list = perebor_arena_format(arena, "%s and %zu more", list, n_names - MOST_NAMES);
    }
    return list == NULL ? "" : list;
}

perebor_status table_require_column(const table_load *load, const table *table, const char *name,
                                    perebor_position at, size_t *column, perebor_error *error) {
    size_t found = table_find_column(table, name);
    if (found != TABLE_NO_COLUMN) {
        *column = found;
        return PEREBOR_OK;
    }
    const char *names[max_suggested_from];
    size_t n_names = 0;
    for (; n_names < table->n_columns && n_names < max_suggested_from; n_names++) {
        names[n_names] = table->columns[n_names].name;
    }
    perebor_arena arena = {0};
    const char *hint = table_hint(&arena, name, names, n_names);
    perebor_status status =
        table_fail_at(load, at, error, "table \"%s\" has no column \"%s\"%s", table->name, name,
                      *hint != '\0' ? hint : table_columns_hint(&arena, table));
    perebor_arena_release(&arena);
    return status;
}

const table *table_find(const table_load *load, const char *name) {
    for (size_t i = 0; i < load->n_tables; i++) {
        if (strcmp(load->tables[i].name, name) == 0) {
            return &load->tables[i];
        }
    }
    return NULL;
}

perebor_status table_require(const table_load *load, const char *name, perebor_position at,
                             table **table, perebor_error *error) {
    const char *names[max_suggested_from];
    size_t n_names = 0;
    for (size_t i = 0; i < load->n_tables; i++) {
        if (strcmp(load->tables[i].name, name) == 0) {
            *table = &load->tables[i];
            return PEREBOR_OK;
        }
        if (n_names < max_suggested_from) {
            names[n_names++] = load->tables[i].name;
        }
    }
    perebor_arena arena = {0};
    perebor_status status =
        table_fail_at(load, at, error, "there is no table \"%s\"%s", name,
                      table_hint_or_list(&arena, "tables", name, names, n_names));
    perebor_arena_release(&arena);
    return status;
}

const char *table_rowid_name(const table *table) {
    static const char *const words[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t column = 0;
        while (column < table->n_columns &&
               strcasecmp(table->columns[column].name, words[i]) != 0) {
            column++;
        }
        if (column == table->n_columns) {
            return words[i];
        }
    }
    return NULL;
}

uint32_t table_line(const table *table, size_t column, size_t row) {
    const uint32_t *lines = table->lines;
    if (column != TABLE_NO_COLUMN && table->columns[column].lines != NULL) {
        lines = table->columns[column].lines;
    }
    return lines != NULL ? lines[row] : (uint32_t)row + 1;
}

const char *table_place(const table *table, size_t column, size_t row,
                        char place[TABLE_PLACE_SIZE]) {
    size_t line = table_line(table, column, row);
    if (table->path == NULL || line == 0) {
        (void)snprintf(place, TABLE_PLACE_SIZE, "table \"%s\", row %zu", table->name, row + 1);
    } else if (table->has_lines) {
        (void)snprintf(place, TABLE_PLACE_SIZE, "%s:%zu", table->path, line);
    } else {
        (void)snprintf(place, TABLE_PLACE_SIZE, "%s, row %zu", table->path, line);
    }
    return place;
}

const char *table_header_hint(const table *table) {
    return table->header_is_data
               ? "; the header looks like data: if the file has none, name its columns by "
                 "columns: [NAME, …]"
               : "";
}

const char *table_columns_hint(perebor_arena *arena, const table *table) {
    const char *hint = "";
    if (table->header_is_data) {
        return table_header_hint(table);
    }
    if (table->n_columns == 1 && table->has_lines && table->columns[0].name[0] == '#') {
        return "; the header begins with #: if such lines are comments, say comment: \"#\"";
    }
    if (table->n_columns == 1 && table->has_lines) {
        hint = perebor_arena_format(arena,
                                    "; the table has one column, \"%s\": is the delimiter right?",
                                    table->columns[0].name);
        return hint == NULL ? "" : hint;
    }
    for (size_t i = 0; i < table->n_columns && i < max_listed && hint != NULL; i++) {
        hint = perebor_arena_format(arena, "%s%s\"%s\"", hint, i > 0 ? ", " : "; it has ",
                                    table->columns[i].name);
    }
    if (hint != NULL && table->n_columns > max_listed) {
        hint = perebor_arena_format(arena, "%s and %zu more", hint, table->n_columns - max_listed);
    }
    return hint == NULL ? "" : hint;
}

perebor_status table_warn(table_load *load, perebor_error *error, const char *format, ...) {
    if (load->n_warnings == load->warnings_capacity) {
        size_t capacity = load->warnings_capacity == 0 ? 8 : 2 * load->warnings_capacity;
        const char **warnings = realloc(load->warnings, capacity * sizeof *warnings);
        if (warnings == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        load->warnings = warnings;
        load->warnings_capacity = capacity;
    }
    va_list arguments;
    va_start(arguments, format);
    const char *warning = perebor_arena_vformat(load->report, format, arguments);
    va_end(arguments);
    if (warning == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    load->warnings[load->n_warnings++] = warning;
    return PEREBOR_OK;
}

perebor_status table_warn_at(table_load *load, perebor_position at, perebor_error *error,
                             const char *format, ...) {
    perebor_arena arena = {0};
    va_list arguments;
    va_start(arguments, format);
    const char *message = perebor_arena_vformat(&arena, format, arguments);
    va_end(arguments);
    const char *file = at.line == 0 && at.source != NULL ? at.source : load->spec->file;
    perebor_status status =
        message == NULL ? perebor_no_memory(error, "to load tables")
        : at.line == 0  ? table_warn(load, error, "%s: %s", file, message)
                       : table_warn(load, error, "%s:%u:%u: %s", file, at.line, at.column, message);
    perebor_arena_release(&arena);
    return status;
}

void table_release(table *table) {
    for (size_t i = 0; i < table->n_columns; i++) {
        free(table->columns[i].cells);
        free(table->columns[i].lines);
    }
    free(table->columns);
    free(table->lines);
    free(table->source_rows);
    memset(table, 0, sizeof *table);
}

const char *table_sql_name(perebor_arena *arena, const char *name) {
    size_t n_quotes = 0;
    for (const char *at = name; *at != '\0'; at++) {
        n_quotes += *at == '"';
    }
    char *quoted = perebor_arena_allocate(arena, strlen(name) + n_quotes + 3, 1);
    char *to = quoted;
    if (quoted == NULL) {
        return NULL;
    }
    *to++ = '"';
    for (const char *at = name; *at != '\0'; at++) {
        *to++ = *at;
        if (*at == '"') {
            *to++ = '"';
        }
    }
    *to++ = '"';
    *to = '\0';
    return quoted;
}
