// SPDX-License-Identifier: MIT
#include "inspect/quality_column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "inspect/quality_role.h"
#include "statistics/quantile.h"

/*
 * Iglewicz and Hoaglin (1993) call a value an outlier if 0.6745 (x - median) / MAD exceeds 3.5; 8
 * leaves the long tails of money alone and still finds what was typed in wrong.
 */
static const double outlier_score = 8.0;
static const double consistency = 0.6745;
static const double nearly_all = 0.99;
static const double mostly_numbers = 0.9;
static const double few_negatives = 0.01;
static const double few_outliers = 0.01;

/** Distinct cells and how often each occurs. */
typedef struct counting {
    table_key_index index;
    size_t capacity;
} counting;

static perebor_status make_room(quality_column *column, counting *counting, perebor_error *error) {
    if (column->n_distinct < counting->capacity) {
        return PEREBOR_OK;
    }
    size_t capacity = counting->capacity == 0 ? 16 : 2 * counting->capacity;
    table_cell *levels = realloc(column->levels, capacity * sizeof *levels);
    column->levels = levels != NULL ? levels : column->levels;
    uint64_t *counts = realloc(column->counts, capacity * sizeof *counts);
    column->counts = counts != NULL ? counts : column->counts;
    size_t *first_rows = realloc(column->first_rows, capacity * sizeof *first_rows);
    column->first_rows = first_rows != NULL ? first_rows : column->first_rows;
    if (levels == NULL || counts == NULL || first_rows == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    counting->capacity = capacity;
    return PEREBOR_OK;
}

static perebor_status count_cell(quality_column *column, counting *counting, size_t row,
                                 perebor_error *error) {
    perebor_status status;
    uint32_t place = TABLE_NO_ROW;
    PEREBOR_TRY(done, make_room(column, counting, error));
    PEREBOR_TRY(done, table_key_index_add(&counting->index, column->cells[row],
                                          (uint32_t)column->n_distinct, &place, error));
    if (place == TABLE_NO_ROW) {
        place = (uint32_t)column->n_distinct++;
        column->levels[place] = column->cells[row];
        column->counts[place] = 0;
        column->first_rows[place] = row;
    }
    column->counts[place]++;
done:
    return status;
}

static void find_top(quality_column *column) {
    for (size_t i = 0; i < column->n_distinct; i++) {
        if (column->counts[i] > column->n_top) {
            column->n_top = column->counts[i];
            column->top = column->levels[i];
        }
    }
}

/** Counts missing values, numbers and negative ones. @param[out] numbers [n_numbers], in their
 *  order. @return Whether all numbers are whole. */
static bool count_numbers(quality_column *column, const table_pool *pool, double *numbers) {
    bool whole = true;
    for (size_t row = 0; row < column->n_rows; row++) {
        double number;
        column->n_missing += column->cells[row] == TABLE_MISSING;
        if (table_pool_number(pool, column->cells[row], column->table->decimal, &number)) {
            numbers[column->n_numbers++] = number;
            column->n_negative += number < 0.0;
            whole = whole && number == floor(number);
        }
    }
    column->numeric =
        column->n_numbers > 0 && column->n_numbers + column->n_missing == column->n_rows;
    return whole;
}

static perebor_status count_cells(quality_column *column, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    counting counting = {0};
    for (size_t row = 0; row < column->n_rows; row++) {
        if (column->cells[row] != TABLE_MISSING) {
            PEREBOR_TRY(done, count_cell(column, &counting, row, error));
        }
    }
    find_top(column);
done:
    table_key_index_release(&counting.index);
    return status;
}

bool quality_is_outlier(const quality_column *column, double value) {
    return column->deviation > 0.0 &&
           fabs(consistency * (value - column->median) / column->deviation) > outlier_score;
}

/** Numbers of a sorted column from one place on to another, without it. */
typedef struct number_range {
    size_t begin, end;
} number_range;

/** Those that are no outliers. How far a number is from the median, as it is rounded, never falls
 * with the number, so they are together. */
static number_range find_inliers(const quality_column *column, const double *numbers) {
    number_range range = {0, column->n_numbers};
    // The median lies between two numbers; that above it, or at it, divides those that are too low
    // from those that are too high.
    size_t middle = column->n_numbers / 2;
    size_t low = 0;
    for (size_t high = middle; low < high;) {
        size_t between = low + (high - low) / 2;
        if (quality_is_outlier(column, numbers[between])) {
            low = between + 1;
        } else {
            high = between;
        }
    }
    range.begin = low;
    low = middle;
    for (size_t high = column->n_numbers; low < high;) {
        size_t between = low + (high - low) / 2;
        if (quality_is_outlier(column, numbers[between])) {
            high = between;
        } else {
            low = between + 1;
        }
    }
    range.end = low;
    return range;
}

/** Spread and what lies beyond it. @param[in] numbers [n_numbers] sorted. */
static uint64_t measure_spread(quality_column *column, const double *numbers) {
    size_t n = column->n_numbers;
    column->median = perebor_quantile(numbers, n, 0.5);
    column->deviation = perebor_median_deviation(numbers, n);
    double low = perebor_quantile(numbers, n, 0.25);
    double high = perebor_quantile(numbers, n, 0.75);
    double reach = 1.5 * (high - low);
    uint64_t n_beyond = 0;
    for (size_t i = 0; i < n && numbers[i] < low - reach; i++) {
        n_beyond++;
    }
    for (size_t i = n; i > 0 && numbers[i - 1] > high + reach; i--) {
        n_beyond++;
    }
    number_range inliers = find_inliers(column, numbers);
    bool any = inliers.begin < inliers.end;
    column->n_outliers = n - (inliers.end - inliers.begin);
    column->least_inlier = any ? numbers[inliers.begin] : INFINITY;
    column->greatest_inlier = any ? numbers[inliers.end - 1] : -INFINITY;
    return n_beyond;
}

static void forget_levels(quality_column *column) {
    free(column->levels);
    free(column->counts);
    free(column->first_rows);
    column->levels = NULL;
    column->counts = NULL;
    column->first_rows = NULL;
}

static const char *type_of(const quality_column *column, bool whole) {
    if (column->n_missing == column->n_rows) {
        return "empty";
    }
    if (column->numeric) {
        return whole ? "integer" : "real";
    }
    return column->n_numbers > 0 ? "mixed" : "text";
}

/** The most frequent of sorted numbers, the least of several, and how many different there are. */
static double count_runs(quality_column *column, const double *numbers) {
    double top = NAN;
    for (size_t first = 0, end; first < column->n_numbers; first = end) {
        for (end = first + 1; end < column->n_numbers && numbers[end] == numbers[first];) {
            end++;
        }
        column->n_distinct++;
        if (end - first > column->n_top) {
            column->n_top = end - first;
            top = numbers[first];
        }
    }
    return top;
}

/** The first cell of a number. */
static table_cell find_cell(const quality_column *column, const table_pool *pool, double wanted) {
    for (size_t row = 0; row < column->n_rows; row++) {
        double number;
        if (table_pool_number(pool, column->cells[row], column->table->decimal, &number) &&
            number == wanted) {
            return column->cells[row];
        }
    }
    return TABLE_MISSING;
}

/** What sorting tells of a column of numbers; its levels are counted if they are few.
 *  @param numbers  [2 n_numbers], the first half of them; the other is to compute in. */
static perebor_status summarise_numbers(quality_column *column, const table_pool *pool,
                                        double *numbers, perebor_column_summary *summary,
                                        perebor_error *error) {
    size_t n = column->n_numbers;
    perebor_values_sort(numbers, numbers + n, n);
    column->top = find_cell(column, pool, count_runs(column, numbers));
    summary->minimum = numbers[0];
    summary->maximum = numbers[n - 1];
    summary->n_beyond_iqr = measure_spread(column, numbers);
    summary->median = column->median;
    summary->n_outliers = column->n_outliers;
    if (column->n_distinct > QUALITY_FEW_LEVELS) {
        return PEREBOR_OK;
    }
    column->n_distinct = column->n_top = 0;
    return count_cells(column, error);
}

perebor_status quality_column_summarise(quality_column *column, const table_pool *pool,
                                        quality_notes *notes, perebor_error *error) {
    perebor_status status;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    double *numbers = malloc((2 * column->n_rows + 1) * sizeof *numbers);
    if (numbers == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    bool whole = count_numbers(column, pool, numbers);
    perebor_column_summary summary = {.table = column->table_name,
                                      .name = column->name,
                                      .type = type_of(column, whole),
                                      .n_rows = column->n_rows,
                                      .n_missing = column->n_missing,
                                      .minimum = NAN,
                                      .median = NAN,
                                      .maximum = NAN};
    column->median = column->deviation = NAN;
    if (column->numeric) {
        PEREBOR_TRY(done, summarise_numbers(column, pool, numbers, &summary, error));
    } else {
        PEREBOR_TRY(done, count_cells(column, error));
    }
    summary.n_distinct = column->n_distinct;
    summary.top = table_pool_text(pool, column->top, buffer);
    summary.n_top = column->n_top;
    quality_note_column(notes, summary);
done:
    free(numbers);
    return status;
}

void quality_column_release(quality_column *column) {
    forget_levels(column);
}

static void note_missing(const quality_column *column, const char *section, const char *step,
                         quality_notes *notes) {
    quality_note_finding(notes,
                         (perebor_finding){.kind = "gaps",
                                           .table = column->table_name,
                                           .column = column->name,
                                           .n = column->n_missing,
                                           .section = section,
                                           .step = step},
                         "%zu of %zu cells %s", column->n_missing, column->n_rows,
                         column->n_missing == 1 ? "is a gap" : "are gaps");
}

static const char *filling(bool numeric) {
    return numeric ? "missing: {numeric: median}" : "missing: {nominal: most_frequent}";
}

void quality_note_missing(const quality_column *column, quality_notes *notes) {
    if (column->n_missing > 0 && !column->is_key) {
        note_missing(column, "data", filling(column->numeric), notes);
    }
}

void quality_note_joined_missing(const quality_column *column, const table_load *load,
                                 quality_notes *notes) {
    if (column->n_missing == 0 || column->is_key) {
        return;
    }
    quality_role role = quality_role_of(load, column->name);
    if (role == QUALITY_FEATURE || role == QUALITY_LEVELS) {
        if (!quality_fills_missing(load, column->name, column->numeric)) {
            note_missing(column, "data", filling(column->numeric && role == QUALITY_FEATURE),
                         notes);
        }
        return;
    }
    // What is no feature is not filled: the rows can only go.
    note_missing(column, "data.filter",
                 quality_format(notes, "- {column: %s, op: is_not_gap, reason: gap}",
                                quality_yaml(notes, column->name)),
                 notes);
}

void quality_note_constant(const quality_column *column, const table_pool *pool,
                           quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t n_values = column->n_rows - column->n_missing;
    if (column->n_rows < 2 || column->is_key ||
        (double)column->n_top < nearly_all * (double)n_values) {
        return;
    }
    bool constant = column->n_distinct <= 1;
    quality_note_finding(
        notes,
        (perebor_finding){
            .kind = constant ? "constant" : "near_constant",
            .table = column->table_name,
            .column = column->name,
            .n = column->n_top,
            .section = "data.features",
            .step = quality_format(notes, "drop: [%s]", quality_yaml(notes, column->name))},
        "%llu of %zu values are \"%s\"", (unsigned long long)column->n_top, n_values,
        table_pool_text(pool, column->top, buffer));
}

void quality_note_texts_among_numbers(const quality_column *column, const table_pool *pool,
                                      quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char place[TABLE_PLACE_SIZE];
    size_t n_values = column->n_rows - column->n_missing;
    if (column->numeric || (double)column->n_numbers < mostly_numbers * (double)n_values ||
        column->levels == NULL) {
        return;
    }
    quality_list map = {0};
    const char *first = NULL;
    size_t n_texts = 0;
    for (size_t i = 0; i < column->n_distinct; i++) {
        double number;
        if (table_pool_number(pool, column->levels[i], column->table->decimal, &number)) {
            continue;
        }
        const char *text = quality_yaml(notes, table_pool_text(pool, column->levels[i], buffer));
        quality_list_add(notes, &map, "%s%s: null", n_texts++ > 0 ? ", " : "", text);
        if (first == NULL) {
            (void)table_place(column->table, TABLE_NO_COLUMN, column->first_rows[i], place);
            first = text;
        }
    }
    if (first != NULL) {
        quality_note_finding(
            notes,
            (perebor_finding){
                .kind = "text_among_numbers",
                .table = column->table_name,
                .column = column->name,
                .n = n_values - column->n_numbers,
                .section = "data.clean",
                .step = quality_format(
                    notes,
                    "- {op: replace, table: %s, column: %s, map: {%s}, reason: not a number}",
                    quality_yaml(notes, column->table_name), quality_yaml(notes, column->name),
                    quality_list_text(&map))},
            "%zu of %zu values %s, first %s at %s", n_values - column->n_numbers, n_values,
            n_values - column->n_numbers == 1 ? "is not a number" : "are not numbers", first,
            place);
    }
    quality_list_release(&map);
}

void quality_note_negatives(const quality_column *column, quality_notes *notes) {
    if (!column->numeric || column->is_key || column->n_negative == 0 ||
        (double)column->n_negative > few_negatives * (double)column->n_numbers) {
        return;
    }
    const char *name = quality_sql_name(notes, column->name);
    const char *sql = quality_format(notes, "UPDATE %s SET %s = NULL WHERE %s < 0",
                                     quality_sql_name(notes, column->table_name), name, name);
    quality_note_finding(
        notes,
        (perebor_finding){.kind = "negative_values",
                          .table = column->table_name,
                          .column = column->name,
                          .n = column->n_negative,
                          .section = "data.clean",
                          .step = quality_format(notes, "- {op: sql, sql: %s, reason: negative}",
                                                 quality_yaml(notes, sql))},
        "%zu of %zu values %s below 0, where all others are not", column->n_negative,
        column->n_numbers, column->n_negative == 1 ? "is" : "are");
}

/** The filters that drop outliers: by value, or, where that would drop missing values too, by
 * identifier. */
static const char *outlier_filter(const quality_column *column, bool low, bool high,
                                  const quality_ids *ids, const char *id_name,
                                  quality_notes *notes) {
    const char *name = quality_yaml(notes, column->name);
    const char *step = "";
    if (column->n_missing > 0 && ids->n > 0) {
        return quality_ids_filter(notes, ids, id_name, "outlier");
    }
    if (low) {
        step = quality_format(notes, "- {column: %s, op: \">=\", value: %s, reason: outlier}", name,
                              quality_number(notes, column->least_inlier));
    }
    if (high) {
        step = quality_format(notes, "%s%s- {column: %s, op: \"<=\", value: %s, reason: outlier}",
                              step, low ? "\n" : "", name,
                              quality_number(notes, column->greatest_inlier));
    }
    return step;
}

void quality_note_outliers(const quality_column *column, const quality_column *ids,
                           const table_pool *pool, quality_notes *notes) {
    enum { most_shown = 5 };
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    // What more values show is another mode, not what was typed in wrong.
    if (!column->numeric || column->is_key || column->n_outliers == 0 ||
        (double)column->n_outliers > few_outliers * (double)column->n_numbers) {
        return;
    }
    quality_ids outliers = {0};
    const char *list = "";
    size_t n_shown = 0;
    size_t n_low = 0;
    for (size_t row = 0; row < column->n_rows; row++) {
        double value;
        if (!table_pool_number(pool, column->cells[row], column->table->decimal, &value) ||
            !quality_is_outlier(column, value)) {
            continue;
        }
        n_low += value < column->median;
        const char *id = ids != NULL ? table_pool_text(pool, ids->cells[row], buffer) : "";
        if (ids != NULL) {
            quality_ids_add(notes, &outliers, id);
        }
        if (n_shown++ < most_shown) {
            list = quality_format(notes, "%s%s%s%s%s%s", list, *list != '\0' ? ", " : "",
                                  quality_number(notes, value), *id != '\0' ? " (" : "", id,
                                  *id != '\0' ? ")" : "");
        }
    }
    const char *step = outlier_filter(column, n_low > 0, n_low < column->n_outliers, &outliers,
                                      ids != NULL ? ids->name : "", notes);
    quality_note_finding(notes,
                         (perebor_finding){.kind = "outliers",
                                           .table = column->table_name,
                                           .column = column->name,
                                           .n = column->n_outliers,
                                           .section = "data.filter",
                                           .step = step,
                                           .ids = outliers.texts,
                                           .n_ids = outliers.n},
                         "%zu of %zu values %s farther than 8 from the median %g by "
                         "0.6745 |x - median| / MAD: %s%s",
                         column->n_outliers, column->n_numbers,
                         column->n_outliers == 1 ? "is" : "are", column->median, list,
                         column->n_outliers > most_shown ? ", ..." : "");
    quality_ids_release(&outliers);
}
