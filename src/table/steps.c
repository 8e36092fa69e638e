// SPDX-License-Identifier: MIT
#include "table/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/name_index.h"

enum { detail_size = 1024 };

static perebor_status grow_log(table_load *load, perebor_error *error) {
    if (load->n_steps < load->steps_capacity) {
        return PEREBOR_OK;
    }
    size_t capacity = load->steps_capacity == 0 ? 16 : 2 * load->steps_capacity;
    perebor_step_report *steps = realloc(load->steps, capacity * sizeof *steps);
    if (steps == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    load->steps = steps;
    load->steps_capacity = capacity;
    return PEREBOR_OK;
}

perebor_status table_log(table_load *load, perebor_step_report entry, perebor_error *error,
                         const char *format, ...) {
    perebor_status status = grow_log(load, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    char detail[detail_size];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    size_t length = perebor_text_valid_length(detail, strlen(detail));
    entry.step = perebor_arena_copy(load->report, entry.step, strlen(entry.step));
    entry.table = perebor_arena_copy(load->report, entry.table, strlen(entry.table));
    entry.column = perebor_arena_copy(load->report, entry.column, strlen(entry.column));
    entry.detail = perebor_arena_copy(load->report, detail, length);
    if (entry.step == NULL || entry.table == NULL || entry.column == NULL || entry.detail == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    load->steps[load->n_steps++] = entry;
    return PEREBOR_OK;
}

bool table_texts_name(const perebor_texts *texts, const char *column) {
    for (size_t i = 0; i < texts->n; i++) {
        if (perebor_text_matches(texts->items[i], column)) {
            return true;
        }
    }
    return texts->n == 0;
}

bool table_step_is_for(const perebor_clean_step *step, const table *table) {
    return step->table == NULL || strcmp(step->table, "*") == 0 ||
           strcmp(step->table, table->name) == 0;
}

/** Puts the names of all columns that a step could be for into an index. */
static perebor_status index_columns(const table_load *load, const perebor_clean_step *step,
                                    name_index *names, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < load->n_tables; i++) {
        const table *table = &load->tables[i];
        for (size_t j = 0; table_step_is_for(step, table) && j < table->n_columns; j++) {
            size_t before;
            PEREBOR_TRY(done, name_index_add(names, table->columns[j].name, j, &before, error));
        }
    }
done:
    return status;
}

static bool pattern_occurs(const table_load *load, const perebor_clean_step *step,
                           const char *pattern) {
    for (size_t i = 0; i < load->n_tables; i++) {
        const table *table = &load->tables[i];
        for (size_t j = 0; table_step_is_for(step, table) && j < table->n_columns; j++) {
            if (perebor_text_matches(pattern, table->columns[j].name)) {
                return true;
            }
        }
    }
    return false;
}

perebor_status table_goes_without(table_load *load, const char *step, const char *table,
                                  perebor_position at, bool *without, perebor_error *error) {
    *without = load->schema != NULL && table_find(load, table) == NULL;
    return *without ? table_warn_at(load, at, error,
                                    "there is no table \"%s\" to predict from; %s goes without it",
                                    table, step)
                    : PEREBOR_OK;
}

perebor_status table_check_columns(table_load *load, const perebor_clean_step *step,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table *table = load->n_tables == 1 ? &load->tables[0] : NULL;
    name_index names = {0};
    if (step->table != NULL && strcmp(step->table, "*") != 0) {
        bool without = false;
        PEREBOR_TRY(done,
                    table_goes_without(load, "the step", step->table, step->at, &without, error));
        if (without) {
            goto done;
        }
        PEREBOR_TRY(done, table_require(load, step->table, step->at, &table, error));
    }
    PEREBOR_TRY(done, index_columns(load, step, &names, error));
    for (size_t i = 0; i < step->columns.n; i++) {
        const char *name = step->columns.items[i];
        bool is_pattern = perebor_text_is_pattern(name);
        size_t column;
        if (is_pattern ? pattern_occurs(load, step, name)
                       : name_index_find(&names, name) != NAME_INDEX_NONE) {
            continue;
        }
        if (load->schema != NULL) {
            PEREBOR_TRY(done, table_warn_at(load, step->at, error,
                                            is_pattern ? "no column matches \"%s\"; the step goes "
                                                         "without"
                                                       : "there is no column \"%s\" to predict "
                                                         "from; the step goes without it",
                                            name));
            continue;
        }
        if (is_pattern) {
            status = table_fail_at(load, step->at, error, "no column matches \"%s\"", name);
        } else if (table != NULL) {
            status = table_require_column(load, table, name, step->at, &column, error);
        } else {
            status = table_fail_at(load, step->at, error, "no table has a column \"%s\"", name);
        }
        goto done;
    }
done:
    name_index_release(&names);
    return status;
}
