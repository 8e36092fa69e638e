// SPDX-License-Identifier: MIT
#include "propose/column_facts.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/disguise.h"

/* A sentinel is told by its distance: three times as far as the farthest of the other numbers. */
static const double far_off = 3.0;
static const double sentinels[] = {-9.0,  -99.0,  -999.0,  -9999.0, -99999.0,
                                   999.0, 9999.0, 99999.0, 999999.0};
enum { n_sentinels = sizeof sentinels / sizeof *sentinels, least_sentinels = 2 };

/** Whether all values are numbers with one unit. */
static void find_unit(column_facts *facts, const table_pool *pool) {
    const quality_column *column = &facts->column;
    table_disguises seen = {0};
    facts->unit = "";
    for (size_t i = 0; column->levels != NULL && i < column->n_distinct && !seen.differ; i++) {
        if (!table_cell_is_text(column->levels[i])) {
            return;
        }
        table_disguises_add(&seen, table_pool_text(pool, column->levels[i], NULL));
    }
    if (seen.kind == TABLE_DISGUISE_UNIT) {
        facts->unit = seen.unit;
        facts->n_unit = seen.n_unit;
    }
}

static void count_dates(column_facts *facts, const table_pool *pool) {
    const quality_column *column = &facts->column;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    for (size_t i = 0; column->levels != NULL && i < column->n_distinct; i++) {
        const char *text = table_cell_is_text(column->levels[i])
                               ? table_pool_text(pool, column->levels[i], buffer)
                               : "";
        bool date = table_disguise_of(text) == TABLE_DISGUISE_DAY;
        facts->n_dates += date;
        facts->n_iso_dates += date && strspn(text, "0123456789") == 4 && text[4] == '-';
    }
}

/** Whether a text is digits alone that begin with a 0. */
static bool is_padded(const char *text) {
    size_t n = strspn(text, "0123456789");
    return n > 1 && text[0] == '0' && text[n] == '\0';
}

static void find_padding(column_facts *facts, const table_pool *pool) {
    const quality_column *column = &facts->column;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    for (size_t row = 0; row < column->n_rows && !facts->is_padded; row++) {
        // What is held as a decimal has no zero before its digits.
        facts->is_padded = column->cells[row] != TABLE_MISSING &&
                           table_cell_is_text(column->cells[row]) &&
                           is_padded(table_pool_text(pool, column->cells[row], buffer));
    }
}

/** Range, wholeness and order of the numbers, one after the other. */
static void scan_numbers(column_facts *facts, const table_pool *pool) {
    const quality_column *column = &facts->column;
    double previous = NAN;
    double least = INFINITY;
    double greatest = -INFINITY;
    facts->whole = facts->rising = column->n_numbers > 0;
    for (size_t row = 0; row < column->n_rows; row++) {
        double number;
        if (!table_pool_number(pool, column->cells[row], column->table->decimal, &number)) {
            continue;
        }
        facts->whole = facts->whole && number == floor(number);
        facts->rising = facts->rising && (isnan(previous) || number == previous + 1.0);
        least = number < least ? number : least;
        greatest = number > greatest ? number : greatest;
        previous = number;
    }
    facts->least = column->n_numbers > 0 ? least : NAN;
    facts->greatest = column->n_numbers > 0 ? greatest : NAN;
}

/** Whether a sentinel is far from the numbers that are none. */
static void judge_sentinel(column_facts *facts, double value, const table_pool *pool) {
    const quality_column *column = &facts->column;
    uint64_t n = 0;
    double reach = 0.0;
    bool others_negative = false;
    for (size_t row = 0; row < column->n_rows; row++) {
        double number;
        if (!table_pool_number(pool, column->cells[row], column->table->decimal, &number)) {
            continue;
        }
        n += number == value;
        reach = number == value ? reach : fmax(reach, fabs(number));
        others_negative |= number < 0.0 && number != value;
    }
    bool is_far = fabs(value) > far_off * reach || (value < 0.0 && !others_negative);
    if (n >= least_sentinels && n < column->n_numbers && is_far) {
        facts->sentinel = (column_sentinel){.value = value, .n = n};
    }
}

/** Only the least and the greatest number can be one. */
static void find_sentinel(column_facts *facts, const table_pool *pool) {
    for (size_t i = 0; facts->column.n_numbers > 0 && i < n_sentinels; i++) {
        if (sentinels[i] == facts->least || sentinels[i] == facts->greatest) {
            judge_sentinel(facts, sentinels[i], pool);
        }
    }
}

perebor_status column_facts_collect(column_facts *facts, const table *table, size_t column,
                                    const table_pool *pool, quality_notes *notes,
                                    perebor_error *error) {
    *facts = (column_facts){.column = {.table = table,
                                       .table_name = table->name,
                                       .name = table->columns[column].name,
                                       .cells = table->columns[column].cells,
                                       .n_rows = table->n_rows}};
    perebor_status status = quality_column_summarise(&facts->column, pool, notes, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    facts->n_values = facts->column.n_rows - facts->column.n_missing;
    name_words_split(facts->column.name, facts->words, &notes->failed);
    scan_numbers(facts, pool);
    count_dates(facts, pool);
    find_unit(facts, pool);
    find_padding(facts, pool);
    find_sentinel(facts, pool);
    return PEREBOR_OK;
}

perebor_status column_facts_collect_all(column_facts **facts, const table *table,
                                        const table_pool *pool, quality_notes *notes,
                                        perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    column_facts *collected = calloc(table->n_columns + 1, sizeof *collected);
    if (collected == NULL) {
        return perebor_no_memory(error, "to propose an experiment");
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        PEREBOR_TRY(failed, column_facts_collect(&collected[i], table, i, pool, notes, error));
    }
    *facts = collected;
    return PEREBOR_OK;
failed:
    column_facts_free(collected, table->n_columns);
    return status;
}

void column_facts_free(column_facts *facts, size_t n_columns) {
    for (size_t i = 0; facts != NULL && i < n_columns; i++) {
        quality_column_release(&facts[i].column);
    }
    free(facts);
}

const char *column_facts_level(const column_facts *facts, size_t level, const table_pool *pool,
                               quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    table_cell cell = facts->column.levels[level];
    const char *text = table_pool_text(pool, cell, buffer);
    char *point = table_cell_is_decimal(cell) ? strchr(text, '.') : NULL; // in the buffer
    if (point != NULL) {
        *point = facts->column.table->decimal;
    }
    return quality_format(notes, "%s", text);
}

bool column_facts_is_date(const column_facts *facts) {
    return facts->n_dates > 0 && facts->n_dates == facts->column.n_distinct;
}
