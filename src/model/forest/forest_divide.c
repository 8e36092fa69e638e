// SPDX-License-Identifier: MIT
// Dividing the rows of a node between its children.
#include "model/forest/forest_codes.h"

/** Those that go left, then the others; both keep their order. @p look is done with each. */
#define DIVIDE(goes_left, look)                                                                    \
    uint32_t n_left = 0;                                                                           \
    uint32_t n_right = 0;                                                                          \
    for (uint32_t i = 0; i < n; i++) {                                                             \
        uint32_t row = rows[i];                                                                    \
        bool is_left = (goes_left);                                                                \
        look;                                                                                      \
        rows[n_left] = row;                                                                        \
        spare[n_right] = row;                                                                      \
        n_left += is_left;                                                                         \
        n_right += !is_left;                                                                       \
    }                                                                                              \
    memcpy(rows + n_left, spare, n_right * sizeof *rows)

PEREBOR_INLINE uint32_t least_of(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/** Codes of a column, as they lie best for so many rows: code[row * stride]. */
typedef struct laid_codes {
    const uint16_t *codes;
    size_t stride;
} laid_codes;

PEREBOR_INLINE laid_codes lay_codes(const forest_columns *columns, uint32_t index, uint32_t n) {
    return columns->near_codes != NULL && n < columns->n_rows / 8
               ? (laid_codes){columns->near_codes + index, columns->n_dense}
               : (laid_codes){columns->columns[index].codes, 1};
}

/** Between values: the threshold is midway between the split's code and the next above it. */
static double divide_between(const forest_search *search, const forest_split *split, uint32_t *rows,
                             uint32_t n, uint32_t *spare) {
    const forest_column *column = &search->columns->columns[split->column];
    const uint32_t code = split->code;
    uint32_t above = UINT32_MAX;
    uint32_t here = 0;
    // Codes on the left count as more than any.
    if (column->codes != NULL) {
        const laid_codes laid = lay_codes(search->columns, split->column, n);
        DIVIDE((here = laid.codes[row * laid.stride]) <= code,
               above = least_of(above, here | (0 - (uint32_t)is_left)));
    } else {
        const uint32_t *codes = column->wide_codes;
        DIVIDE((here = codes[row]) <= code,
               above = least_of(above, here | (0 - (uint32_t)is_left)));
    }
    return forest_middle(column->values[code], column->values[above]);
}

/** By a threshold that was drawn: by the codes, and where these are the same, by the values. */
static double divide_by_threshold(const forest_search *search, const forest_split *split,
                                  uint32_t *rows, uint32_t n, uint32_t *spare) {
    const laid_codes laid = lay_codes(search->columns, split->column, n);
    const double *numbers = search->columns->columns[split->column].numbers;
    const double threshold = split->threshold;
    const uint32_t code = split->code;
    uint32_t here = 0;
    DIVIDE((here = laid.codes[row * laid.stride]) < code ||
               (here == code && numbers[row] <= threshold),
           (void)0);
    return threshold;
}

/** By a code, the threshold being drawn only now. */
static double divide_and_draw(const forest_search *search, const forest_split *split, uint64_t path,
                              uint32_t *rows, uint32_t n, uint32_t *spare) {
    const laid_codes laid = lay_codes(search->columns, split->column, n);
    const double *numbers = search->columns->columns[split->column].numbers;
    const uint32_t code = split->code;
    const uint32_t least = split->codes[0];
    const uint32_t greatest = split->codes[1];
    double low = INFINITY;
    double high = -INFINITY;
    uint32_t here = 0;
    DIVIDE((here = laid.codes[row * laid.stride]) < code, if (here == least || here == greatest) {
        low = numbers[row] < low ? numbers[row] : low;
        high = numbers[row] > high ? numbers[row] : high;
    });
    return draw_threshold(path, split->column, low, high);
}

static double divide(const forest_search *search, const forest_split *split, uint64_t path,
                     uint32_t *rows, uint32_t n, uint32_t *spare) {
    const forest_column *column = &search->columns->columns[split->column];
    if (column->numbers == NULL) {
        const uint32_t *levels = column->levels;
        const uint32_t level = column->level;
        DIVIDE(levels[row] != level, (void)0);
        return 0.5;
    }
    if (!search->random || column->n_values == 2) {
        double middle = divide_between(search, split, rows, n, spare);
        return search->random
                   ? draw_threshold(path, split->column, column->values[0], column->values[1])
                   : middle;
    }
    return split->waits ? divide_and_draw(search, split, path, rows, n, spare)
                        : divide_by_threshold(search, split, rows, n, spare);
}

static uint32_t divide_scored(const perebor_matrix *matrix, uint32_t column, double threshold,
                              uint32_t *rows, uint32_t n, uint32_t *spare) {
    const double *numbers = matrix->values + column * matrix->stride;
    DIVIDE(numbers[row] <= threshold, (void)0);
    return n_left;
}

extern const forest_dividers PEREBOR_KERNEL(forest_dividers);
const forest_dividers PEREBOR_KERNEL(forest_dividers) = {.divide = divide,
                                                         .divide_scored = divide_scored};
