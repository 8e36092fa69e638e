// SPDX-License-Identifier: MIT
#include "table/decimal_mark.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/dialect.h"
#include "table/name_list.h"

/** What a text is beside a number as its table writes them. */
typedef enum shape {
    OTHER,
    WITH_POINT,     /**< 1.5 */
    WITH_COMMA,     /**< 1,5 */
    WITH_THOUSANDS, /**< 1,234.5 or 1.234,5 or 1 234,5 or 1'234.5 */
} shape;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** The length of a separator of thousands at the beginning of a text, 0 if there is none. */
static size_t separator_length(const char *text, size_t length) {
    static const char *const separators[] = {",", // the no-break space, the thin ones, and the
                                             ".", // apostrophe that word processors write
                                             " ",
                                             "'",
                                             "\xC2\xA0",
                                             "\xE2\x80\xAF",
                                             "\xE2\x80\x89",
                                             "\xE2\x80\x87",
                                             "\xE2\x80\x88",
                                             "\xE2\x80\x99"};
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
        size_t n = strlen(separators[i]);
        if (n <= length && memcmp(text, separators[i], n) == 0) {
            return n;
        }
    }
    return 0;
}

/** -?ddd(Sddd)+([.,]d+)? with one separator S throughout, and not the mark behind it. */
static bool has_thousands(const char *text, size_t length) {
    const char *end = text + length;
    text += length > 0 && *text == '-';
    const char *group = text;
    while (text < end && is_digit(*text)) {
        text++;
    }
    if (text == group || text - group > 3 || *group == '0') {
        return false;
    }
    const char *separator = text;
    size_t n_separator = separator_length(text, (size_t)(end - text));
    size_t n_groups = 0;
    while (n_separator > 0 && (size_t)(end - text) >= n_separator + 3 &&
           memcmp(text, separator, n_separator) == 0) {
        const char *digits = text + n_separator;
        if (!is_digit(digits[0]) || !is_digit(digits[1]) || !is_digit(digits[2])) {
            return false;
        }
        text = digits + 3;
        n_groups++;
    }
    if (n_groups == 0 || text == end) {
        return n_groups > 0;
    }
    if ((*text != '.' && *text != ',') || *text == *separator || text + 1 == end) {
        return false;
    }
    for (text++; text < end && is_digit(*text); text++) {
    }
    return text == end;
}

static shape shape_of(const char *text, size_t length) {
    if (length == 0 || !(is_digit(text[0]) || text[0] == '-')) {
        return OTHER;
    }
    if (table_is_decimal(text, length, '.')) {
        return WITH_POINT;
    }
    if (table_is_decimal(text, length, ',')) {
        return WITH_COMMA;
    }
    return has_thousands(text, length) ? WITH_THOUSANDS : OTHER;
}

bool decimal_mark_is_number(const char *text, size_t length) {
    return shape_of(text, length) != OTHER;
}

/** The shapes of the texts of the pool, and how many have each. */
typedef struct shapes {
    uint8_t *of; /**< [n_texts] */
    size_t n[WITH_THOUSANDS + 1];
} shapes;

static perebor_status find_shapes(shapes *own_shapes, const table_pool *pool,
                                  perebor_error *error) {
    *own_shapes = (shapes){.of = malloc(pool->n_texts)};
    if (own_shapes->of == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < pool->n_texts; i++) {
        const char *text = pool->bytes + pool->starts[i];
        shape shape = shape_of(text, strlen(text));
        own_shapes->of[i] = (uint8_t)shape;
        own_shapes->n[shape]++;
    }
    return PEREBOR_OK;
}

/** How many cells of a table have a number with a point, with a comma, and with one of thousands */
typedef struct votes {
    size_t n_points, n_commas;
    size_t n_ambiguous; /**< How many of n_commas could be thousands: 1,234. */
    table_cell ambiguous;
} votes;

/** Decimal cells with a fraction have the mark that the table was read by. */
static votes count_votes(const csv_reading *reading, const shapes *shapes) {
    votes votes = {0};
    const table *table = reading->table;
    for (size_t i = 0; i < table->n_columns; i++) {
        for (size_t row = 0; row < table->n_rows; row++) {
            table_cell cell = table->columns[i].cells[row];
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            bool comma;
            if (table_cell_is_text(cell)) {
                comma = shapes->of[cell] == WITH_COMMA;
                votes.n_points += shapes->of[cell] == WITH_POINT;
            } else if (table_cell_has_fraction(cell)) {
                comma = table->decimal == ',';
                votes.n_points += !comma;
            } else {
                continue;
            }
            // One that cannot be thousands settles it: the rest need no look.
            if (comma && votes.n_ambiguous == votes.n_commas) {
                const char *text = table_pool_text(&reading->load->pool, cell, buffer);
                votes.n_ambiguous += has_thousands(text, strlen(text));
                votes.ambiguous = cell;
            }
            votes.n_commas += comma;
        }
    }
    return votes;
}

/** Reads every cell that has a mark again, by the other mark. */
static perebor_status switch_mark(const csv_reading *reading, const shapes *shapes, char mark,
                                  perebor_error *error) {
    table *table = reading->table;
    table_pool *pool = &reading->load->pool;
    char before = table->decimal;
    for (size_t i = 0; i < table->n_columns; i++) {
        for (size_t row = 0; row < table->n_rows; row++) {
            table_cell *cell = &table->columns[i].cells[row];
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            bool again = table_cell_is_text(*cell) ? shapes->of[*cell] != OTHER
                                                   : table_cell_has_fraction(*cell);
            if (!again) {
                continue;
            }
            // The text moves when the pool grows; that of a decimal is in the buffer already.
            char copy[TABLE_DECIMAL_TEXT_SIZE];
            const char *text = table_pool_text(pool, *cell, buffer);
            size_t length = strlen(text);
            if (length >= sizeof copy) {
                continue; // longer than any decimal cell
            }
            memcpy(copy, text, length + 1);
            char *point = table_cell_is_decimal(*cell) ? strchr(copy, '.') : NULL;
            if (point != NULL) {
                *point = before;
            }
            perebor_status status = table_pool_intern(pool, cell, copy, length, mark, error);
            if (status != PEREBOR_OK) {
                return status;
            }
        }
    }
    table->decimal = mark;
    return PEREBOR_OK;
}

static perebor_status warn_of_thousands(const csv_reading *reading, const votes *votes,
                                        perebor_error *error) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *text = table_pool_text(&reading->load->pool, votes->ambiguous, buffer);
    size_t length = strcspn(text, ".,");
    return table_warn(reading->load, error,
                      "%s: \"%.*s,%s\" is taken for a number with a decimal comma, as all %zu with "
                      "a comma are; if they are thousands, say decimal: \".\", and remove the "
                      "commas by a sql: step; else say decimal: \",\"",
                      reading->table->path, (int)length, text, text + length + 1, votes->n_commas);
}

/** Whether a text has the other mark: where none has, nobody contradicts. */
static bool is_contradicted(const table *table, const shapes *shapes) {
    return shapes->n[table->decimal == '.' ? WITH_COMMA : WITH_POINT] > 0;
}

perebor_status decimal_mark_doubt(const csv_reading *reading, bool *doubtful,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    shapes shapes = {0};
    *doubtful = false;
    if (reading->source->decimal == NULL && reading->delimiter != ',') {
        PEREBOR_TRY(done, find_shapes(&shapes, &reading->load->pool, error));
        *doubtful = is_contradicted(reading->table, &shapes);
    }
done:
    free(shapes.of);
    return status;
}

perebor_status decimal_mark_settle(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table *table = reading->table;
    shapes shapes = {0};
    if (reading->source->decimal != NULL || reading->delimiter == ',') {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, find_shapes(&shapes, &reading->load->pool, error));
    bool contradicted = is_contradicted(table, &shapes);
    if (!contradicted && table->decimal == '.') {
        goto done;
    }
    votes votes = count_votes(reading, &shapes);
    char mark = votes.n_commas > votes.n_points ? ',' : '.';
    if (mark != table->decimal) {
        PEREBOR_TRY(done, switch_mark(reading, &shapes, mark, error));
    }
    if (mark == ',' && votes.n_ambiguous == votes.n_commas) {
        PEREBOR_TRY(done, warn_of_thousands(reading, &votes, error));
    }
done:
    free(shapes.of);
    return status;
}

/** What the cells of a column are. */
typedef struct column_shapes {
    size_t n_numbers, n[WITH_THOUSANDS + 1];
    size_t first[WITH_THOUSANDS + 1]; /**< Row of the first of each shape. */
    size_t n_ambiguous; /**< How many of those with one mark are like 1,234, perhaps thousands. */
} column_shapes;

static column_shapes count_shapes(const table_load *load, const table *table, size_t column,
                                  const shapes *shapes) {
    column_shapes result = {0};
    for (size_t row = 0; row < table->n_rows && result.n[OTHER] == 0; row++) {
        table_cell cell = table->columns[column].cells[row];
        double number;
        if (cell == TABLE_MISSING) {
            continue;
        }
        if (table_cell_is_decimal(cell) ||
            table_pool_number(&load->pool, cell, table->decimal, &number)) {
            result.n_numbers++;
            continue;
        }
        shape own_shape = (shape)shapes->of[cell];
        const char *text = table_pool_text(&load->pool, cell, NULL);
        if (result.n[own_shape]++ == 0) {
            result.first[own_shape] = row;
        }
        result.n_ambiguous += (own_shape == WITH_POINT || own_shape == WITH_COMMA) &&
                              has_thousands(text, strlen(text));
    }
    return result;
}

static perebor_status warn_of_column(table_load *load, const table *table, size_t column,
                                     const column_shapes *found, shape shape,
                                     perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t row = found->first[shape];
    const char *text = table_pool_text(&load->pool, table->columns[column].cells[row], buffer);
    size_t n =
        found->n_numbers + found->n[WITH_POINT] + found->n[WITH_COMMA] + found->n[WITH_THOUSANDS];
    char mark = shape == WITH_COMMA ? ',' : '.';
    bool ambiguous = found->n_ambiguous == found->n[shape];
    const char *problem = shape == WITH_THOUSANDS ? "has separators of thousands"
                          : shape == WITH_COMMA   ? "has a decimal comma"
                                                  : "has a decimal point";
    const char *remedy =
        shape == WITH_THOUSANDS
            ? "remove them by a sql: step (replace())"
            : perebor_arena_format(load->report,
                                   "say decimal: \"%c\" of the table, or replace the mark by a "
                                   "sql: step%s",
                                   mark, ambiguous ? "; if it separates thousands, remove it" : "");
    if (remedy == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    return table_warn(load, error,
                      "%s: column \"%s\" is text, not numbers, because \"%s\" %s, as %zu of its "
                      "%zu values %s; %s",
                      table_place(table, column, row, place), table->columns[column].name, text,
                      problem, found->n[shape], n, found->n[shape] == 1 ? "does" : "do", remedy);
}

/** Columns by name or pattern that are no numbers: nominal, dropped, carried. */
enum { n_lists = 3 };

/** Columns of which the experiment says that they are no numbers. */
static bool is_declared_text(const table_load *load, const name_list lists[n_lists],
                             const char *name) {
    const perebor_roles *roles = &load->spec->roles;
    for (size_t i = 0; i < n_lists; i++) {
        if (name_list_has(&lists[i], name)) {
            return true;
        }
    }
    for (size_t i = 0; i < roles->n_ordinal + roles->n_boolean; i++) {
        const char *named = i < roles->n_ordinal ? roles->ordinal[i].name
                                                 : roles->boolean[i - roles->n_ordinal].name;
        if (strcmp(named, name) == 0) {
            return true;
        }
    }
    return (roles->id != NULL && strcmp(roles->id, name) == 0) ||
           (roles->target != NULL && strcmp(roles->target, name) == 0) ||
           (roles->group != NULL && strcmp(roles->group, name) == 0);
}

static perebor_status check_table(table_load *load, const table *table, const shapes *shapes,
                                  const name_list lists[n_lists], perebor_error *error) {
    for (size_t column = 0; column < table->n_columns; column++) {
        column_shapes found = count_shapes(load, table, column, shapes);
        shape worst = OTHER;
        for (shape shape = WITH_POINT; shape <= WITH_THOUSANDS; shape++) {
            worst = found.n[shape] > found.n[worst] || worst == OTHER ? shape : worst;
        }
        if (found.n[OTHER] > 0 || found.n[worst] == 0 ||
            is_declared_text(load, lists, table->columns[column].name)) {
            continue;
        }
        perebor_status status = warn_of_column(load, table, column, &found, worst, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    return PEREBOR_OK;
}

perebor_status decimal_mark_check(table_load *load, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_roles *roles = &load->spec->roles;
    const perebor_texts *texts[n_lists] = {&roles->nominal, &roles->drop, &roles->passthrough};
    name_list lists[n_lists] = {0};
    shapes shapes = {0};
    PEREBOR_TRY(done, find_shapes(&shapes, &load->pool, error));
    if (shapes.n[WITH_POINT] + shapes.n[WITH_COMMA] + shapes.n[WITH_THOUSANDS] == 0) {
        goto done;
    }
    for (size_t i = 0; i < n_lists; i++) {
        PEREBOR_TRY(done, name_list_create(&lists[i], texts[i], error));
    }
    for (size_t i = 0; i < load->n_tables; i++) {
        PEREBOR_TRY(done, check_table(load, &load->tables[i], &shapes, lists, error));
    }
done:
    for (size_t i = 0; i < n_lists; i++) {
        name_list_release(&lists[i]);
    }
    free(shapes.of);
    return status;
}
