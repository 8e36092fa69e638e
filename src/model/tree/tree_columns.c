// SPDX-License-Identifier: MIT
#include "model/tree/tree_columns.h"

#include <stdbool.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/simd.h"
#include "base/try.h"

enum { digit_bits = 8, n_digits = 1 << digit_bits, most_passes = 4 };

/** A value in a form whose unsigned order is the values' order; -0.0 and 0.0 are the same. */
static uint64_t ordered_bits(double value) {
    uint64_t bits = arithmetic_to_bits(value + 0.0);
    return bits ^ ((0 - (bits >> 63)) | 0x8000000000000000u);
}

static unsigned bit_length(uint64_t number) {
    return number == 0 ? 0 : 64 - (unsigned)__builtin_clzll(number);
}

/** A value and its row. */
typedef struct sort_item {
    uint64_t key;
    uint64_t row;
} sort_item;

/** Orders a stretch by whole keys (Shell's method, Ciura's gaps continued by 9/4). */
static void sort_stretch(sort_item *items, size_t n) {
    static const size_t gaps[] = {2391484, 1062882, 472392, 209952, 93312, 41472, 18432, 8192, 3640,
                                  1622,    701,     301,    132,    57,    23,    10,    4,    1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        for (size_t i = gaps[g]; i < n; i++) {
            sort_item item = items[i];
            size_t j = i;
            for (; j >= gaps[g] && items[j - gaps[g]].key > item.key; j -= gaps[g]) {
                items[j] = items[j - gaps[g]];
            }
            items[j] = item;
        }
    }
}

/** One pass of a radix sort by the digit at @p shift, whose frequencies are given. */
static void radix_pass(const sort_item *from, sort_item *to, size_t n, unsigned shift,
                       const uint32_t *frequencies) {
    uint32_t starts[n_digits];
    uint32_t start = 0;
    for (size_t digit = 0; digit < n_digits; digit++) {
        starts[digit] = start;
        start += frequencies[digit];
    }
    for (size_t i = 0; i < n; i++) {
        to[starts[from[i].key >> shift & (n_digits - 1)]++] = from[i];
    }
}

/** Puts right the stretches whose keys agree above @p shift. */
static void sort_remainders(sort_item *items, size_t n, unsigned shift) {
    for (size_t first = 0, last; first < n; first = last) {
        bool ordered = true;
        for (last = first + 1; last < n && items[last].key >> shift == items[first].key >> shift;
             last++) {
            ordered = ordered && items[last - 1].key <= items[last].key;
        }
        if (!ordered) {
            sort_stretch(items + first, last - first);
        }
    }
}

/**
 * Sorts by the leading bits in which the keys differ, as many as tell most of n keys apart, then
 * puts right what agrees in these. Keys are counted from 0. Returns which of the buffers has the
 * result.
 */
static sort_item *sort_items(sort_item *items, sort_item *spare, size_t n, uint64_t highest) {
    unsigned n_passes = n < 4096 ? 3 : most_passes;
    unsigned bits = bit_length(highest);
    unsigned shift = bits > digit_bits * n_passes ? bits - digit_bits * n_passes : 0;
    uint64_t some = items[0].key;
    uint32_t frequencies[most_passes][n_digits] = {{0}};
    for (size_t i = 0; i < n; i++) {
        uint64_t leading = items[i].key >> shift;
        for (unsigned pass = 0; pass < n_passes; pass++) {
            frequencies[pass][leading >> pass * digit_bits & (n_digits - 1)]++;
        }
    }
    for (unsigned pass = 0; pass < n_passes; pass++) {
        unsigned digit = shift + pass * digit_bits;
        if (frequencies[pass][some >> digit & (n_digits - 1)] < n) {
            radix_pass(items, spare, n, digit, frequencies[pass]);
            sort_item *sorted = spare;
            spare = items;
            items = sorted;
        }
    }
    if (shift > 0) {
        sort_remainders(items, n, shift);
    }
    return items;
}

/** What a look over a column tells. */
typedef struct survey {
    double lowest, highest;
    bool binary; /**< No third value. */
} survey;

static survey survey_column(const double *values, size_t n) {
    v8d low = v8d_set(values[0]);
    v8d high = low;
    size_t row = 0;
    for (; row + PEREBOR_LANES <= n; row += PEREBOR_LANES) {
        v8d here = v8d_load(values + row);
        low = v8d_select(here < low, here, low);
        high = v8d_select(here > high, here, high);
    }
    survey survey = {low[0], high[0], true};
    for (size_t lane = 1; lane < PEREBOR_LANES; lane++) {
        survey.lowest = low[lane] < survey.lowest ? low[lane] : survey.lowest;
        survey.highest = high[lane] > survey.highest ? high[lane] : survey.highest;
    }
    for (; row < n; row++) {
        survey.lowest = values[row] < survey.lowest ? values[row] : survey.lowest;
        survey.highest = values[row] > survey.highest ? values[row] : survey.highest;
    }
    for (row = 0; row < n && survey.binary; row++) {
        survey.binary = values[row] == survey.lowest || values[row] == survey.highest;
    }
    return survey;
}

/** Adds a column of two values; returns the words that its byte is of. */
static uint64_t *add_packed(tree_columns *columns, size_t column, double middle) {
    uint32_t index = columns->n_packed++;
    columns->n_binary = columns->n_packed;
    columns->binary[index] = (uint32_t)column;
    columns->middle[index] = middle;
    uint64_t *words = columns->words + (size_t)(index / TREE_COLUMNS_PER_WORD) * columns->n_rows;
    if (index % TREE_COLUMNS_PER_WORD == 0) {
        columns->n_words++;
        memset(words, 0, columns->n_rows * sizeof *words);
    }
    return words;
}

/** Where the byte of the column that was added last begins. */
static unsigned last_byte(const tree_columns *columns) {
    return 8 * ((columns->n_packed - 1) % TREE_COLUMNS_PER_WORD);
}

static void pack_column(tree_columns *columns, size_t column, const survey *survey) {
    uint64_t *words =
        add_packed(columns, column, tree_columns_middle(survey->lowest, survey->highest));
    const unsigned shift = last_byte(columns);
    const double *values = perebor_matrix_column(&columns->matrix, column);
    for (size_t row = 0; row < columns->n_rows; row++) {
        words[row] |= (uint64_t)(values[row] == survey->highest) << shift;
    }
}

/** The levels of a nominal column that some rows have and others do not. */
static void pack_levels(tree_columns *columns, const perebor_indicators *levels) {
    const uint32_t *codes = levels->codes;
    for (uint32_t level = 0; level < levels->n_levels; level++) {
        size_t n_with = 0;
        for (size_t row = 0; row < columns->n_rows; row++) {
            n_with += codes[row] == level;
        }
        if (n_with == 0 || n_with == columns->n_rows) {
            continue;
        }
        uint64_t *words = add_packed(columns, levels->first + level, 0.5);
        const unsigned shift = last_byte(columns);
        for (size_t row = 0; row < columns->n_rows; row++) {
            words[row] |= (uint64_t)(codes[row] == level) << shift;
        }
    }
}

/** Leaves levels as they are coded. @pre All that is packed has been. */
static void keep_codes(tree_columns *columns, const perebor_indicators *levels) {
    const uint32_t n_levels = (uint32_t)levels->n_levels;
    columns->coded[columns->n_coded++] = (tree_coded){levels->codes, columns->n_binary, n_levels};
    for (uint32_t level = 0; level < n_levels; level++) {
        columns->binary[columns->n_binary] = (uint32_t)levels->first + level;
        columns->middle[columns->n_binary++] = 0.5;
    }
}

static bool are_packed(const perebor_indicators *levels) {
    return levels->n_levels <= TREE_PACKED_LEVELS;
}

static perebor_status take_levels(tree_columns *columns, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *matrix = &columns->matrix;
    for (int packed = 1; packed >= 0; packed--) {
        for (size_t k = 0; k < matrix->n_indicators; k++) {
            if (are_packed(&matrix->indicators[k]) != (packed == 1)) {
                continue;
            }
            PEREBOR_TRY(done, perebor_deadline_check(error));
            if (packed) {
                pack_levels(columns, &matrix->indicators[k]);
            } else {
                keep_codes(columns, &matrix->indicators[k]);
            }
        }
    }
done:
    return status;
}

/** Columns that may be packed. */
static size_t most_packed(const perebor_matrix *matrix) {
    size_t most = perebor_matrix_n_dense(matrix);
    for (size_t k = 0; k < matrix->n_indicators; k++) {
        most += are_packed(&matrix->indicators[k]) ? matrix->indicators[k].n_levels : 0;
    }
    return most;
}

static void sort_column(tree_columns *columns, size_t column, const survey *survey,
                        sort_item *items) {
    size_t n = columns->n_rows;
    const double *values = perebor_matrix_column(&columns->matrix, column);
    uint64_t lowest = ordered_bits(survey->lowest);
    for (size_t row = 0; row < n; row++) {
        items[row] = (sort_item){ordered_bits(values[row]) - lowest, row};
    }
    const sort_item *sorted =
        sort_items(items, items + n, n, ordered_bits(survey->highest) - lowest);
    uint32_t slot = columns->n_sorted++;
    columns->sorted[slot] = (uint32_t)column;
    tree_entry *entries = columns->entries + slot * n;
    uint32_t n_values = 1;
    for (size_t i = 0; i < n; i++) {
        const uint32_t step = i > 0 && sorted[i].key != sorted[i - 1].key;
        n_values += step;
        entries[i] = tree_entry_make(step, (uint32_t)sorted[i].row, columns->labels[sorted[i].row]);
    }
    columns->distinct[slot] = n_values == n;
}

static void list_rows(tree_columns *columns) {
    size_t n = columns->n_rows;
    tree_entry *entries = columns->entries + columns->n_sorted * n;
    for (uint32_t row = 0; row < n; row++) {
        entries[row] = tree_entry_make(0, row, columns->labels[row]);
        columns->n_ones += columns->labels[row];
    }
}

perebor_status tree_columns_create(tree_columns *columns, const perebor_training *training,
                                   perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = training->rows.n_rows;
    size_t d = training->rows.n_columns;
    if (n >= (size_t)1 << TREE_ENTRY_ROW_BITS || d >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a tree takes fewer than 2^%d rows, and these are %zu",
                            TREE_ENTRY_ROW_BITS, n);
    }
    size_t n_dense = perebor_matrix_n_dense(&training->rows);
    size_t n_words = most_packed(&training->rows) / TREE_COLUMNS_PER_WORD + 1;
    tree_columns result = {
        .matrix = training->rows,
        .labels = training->labels != NULL
                      ? training->labels
                      : perebor_workspace_take_zeroed(workspace, n, sizeof *result.labels),
        .n_rows = (uint32_t)n,
        .sorted = perebor_workspace_take(workspace, d, sizeof *result.sorted),
        .distinct = perebor_workspace_take(workspace, n_dense, sizeof *result.distinct),
        .binary = perebor_workspace_take(workspace, d, sizeof *result.binary),
        .middle = perebor_workspace_take(workspace, d, sizeof *result.middle),
        .coded =
            perebor_workspace_take(workspace, training->rows.n_indicators, sizeof *result.coded),
        .entries = perebor_workspace_take(workspace, (n_dense + 1) * n + PEREBOR_LANES,
                                          sizeof *result.entries),
        .words = perebor_workspace_take(workspace, n_words * n, sizeof *result.words)};
    perebor_workspace_mark mark = perebor_workspace_here(workspace);
    sort_item *items = perebor_workspace_take(workspace, 2 * n, sizeof *items);
    if (result.labels == NULL || result.sorted == NULL || result.distinct == NULL ||
        result.binary == NULL || result.middle == NULL || result.coded == NULL ||
        result.entries == NULL || result.words == NULL || items == NULL) {
        return perebor_no_memory(error, "to sort %zu columns of %zu rows for a tree", d, n);
    }
    for (size_t column = 0; column < n_dense; column++) {
        PEREBOR_TRY(done, perebor_deadline_check(error));
        survey survey = survey_column(perebor_matrix_column(&result.matrix, column), n);
        if (survey.lowest != survey.highest && survey.binary) {
            pack_column(&result, column, &survey);
        } else if (survey.lowest != survey.highest) {
            sort_column(&result, column, &survey, items);
        }
    }
    PEREBOR_TRY(done, take_levels(&result, error));
    list_rows(&result);
    perebor_workspace_return(workspace, mark);
    *columns = result;
done:
    return status;
}

perebor_status tree_columns_borrow(tree_columns *columns, const tree_columns *made,
                                   const perebor_training *training, perebor_workspace *workspace,
                                   perebor_error *error) {
    const perebor_matrix *matrix = &training->rows;
    tree_columns result = *made;
    result.matrix = *matrix;
    result.labels = training->labels;
    result.coded = perebor_workspace_take(workspace, made->n_coded, sizeof *result.coded);
    if (result.coded == NULL) {
        return perebor_no_memory(error, "for %u columns of codes", (unsigned)made->n_coded);
    }
    uint32_t coded = 0;
    for (size_t k = 0; k < matrix->n_indicators; k++) {
        if (!are_packed(&matrix->indicators[k])) { // in the order of keep_codes()
            result.coded[coded] = made->coded[coded];
            result.coded[coded++].codes = matrix->indicators[k].codes;
        }
    }
    *columns = result;
    return PEREBOR_OK;
}

double tree_columns_middle(double lower, double higher) {
    double middle = lower / 2.0 + higher / 2.0;
    return middle < higher && middle >= lower ? middle : lower;
}

bool tree_columns_is_binary(const tree_columns *columns, uint32_t slot) {
    return slot > columns->n_sorted;
}

const tree_coded *tree_columns_coded(const tree_columns *columns, uint32_t binary) {
    if (binary < columns->n_packed) {
        return NULL;
    }
    uint32_t k = 0;
    while (binary - columns->coded[k].first >= columns->coded[k].n_levels) {
        k++;
    }
    return &columns->coded[k];
}
