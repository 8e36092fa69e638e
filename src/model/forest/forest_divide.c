// SPDX-License-Identifier: MIT
// Dividing the rows of a node between its children.
#include "model/forest/forest_codes.h"

#if defined(__AVX512F__)
#include <assert.h>
#include <immintrin.h>
#endif

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
               ? (laid_codes){columns->near_codes + index, columns->near_stride}
               : (laid_codes){columns->columns[index].codes, 1};
}

/** Between values. @return The least code on the right. */
static uint32_t divide_between(const forest_search *search, const forest_split *split,
                               uint32_t *rows, uint32_t n, uint32_t *spare) {
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
    return above;
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

/** How kept codes say where rows go. */
typedef struct kept_division {
    const double *numbers; /**< The column's values; NULL: the codes say all. */
    int32_t limit;         /**< Rows of codes up to this go left, */
    uint32_t code;         /**< and of this code those whose value is at most the threshold. */
    double threshold;
    uint32_t ends[2]; /**< Codes whose values are looked at, if a threshold is to be drawn. */
    double low, high; /**< The least and the greatest of these. */
    uint32_t above;   /**< The least code on the right. */
    bool by_value, looks;
} kept_division;

#if defined(__AVX512F__)

/** Lanes of the code of the threshold whose value is at most it. */
PEREBOR_INLINE __mmask16 at_most_threshold(const kept_division *by, const uint32_t *rows,
                                           __mmask16 equal) {
    __mmask16 left = 0;
    for (uint32_t bits = equal; bits != 0; bits &= bits - 1) {
        const uint32_t lane = (uint32_t)__builtin_ctz(bits);
        const unsigned bit = by->numbers[rows[lane]] <= by->threshold;
        left = (__mmask16)(left | bit << lane);
    }
    return left;
}

PEREBOR_INLINE void look_at_ends(kept_division *by, const uint32_t *rows, __mmask16 some) {
    for (uint32_t bits = some; bits != 0; bits &= bits - 1) {
        const double value = by->numbers[rows[__builtin_ctz(bits)]];
        by->low = value < by->low ? value : by->low;
        by->high = value > by->high ? value : by->high;
    }
}

/** Stores the lanes of a mask behind one another. @return How many. */
PEREBOR_INLINE uint32_t store_lanes(uint32_t *to, __m512i from, __mmask16 some) {
    const uint32_t n = (uint32_t)__builtin_popcount(some);
    _mm512_mask_storeu_epi32(to, (__mmask16)((1U << n) - 1),
                             _mm512_maskz_compress_epi32(some, from));
    return n;
}

/** Sixteen rows at a time, by codes of 32 bits, or of 16 that were drawn. A block is read before
 * what goes left is written, not behind it. */
PEREBOR_INLINE void divide_kept_rows(const uint32_t *codes, const uint16_t *drawn,
                                     kept_division *by, uint32_t *rows, uint32_t n,
                                     uint32_t *spare) {
    assert(codes != NULL || drawn != NULL);
    const __m512i limit = _mm512_set1_epi32(by->limit);
    const __m512i code = _mm512_set1_epi32((int32_t)by->code);
    const __m512i least = _mm512_set1_epi32((int32_t)by->ends[0]);
    const __m512i greatest = _mm512_set1_epi32((int32_t)by->ends[1]);
    __m512i above = _mm512_set1_epi32(-1);
    uint32_t n_left = 0;
    uint32_t n_right = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        const __mmask16 all = (__mmask16)(n - i >= 16 ? 0xffffU : (1U << (n - i)) - 1);
        const __m512i row = _mm512_maskz_loadu_epi32(all, rows + i);
        const __m512i here =
            drawn == NULL ? _mm512_loadu_si512(codes + i)
                          : _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(drawn + i)));
        __mmask16 left = _mm512_mask_cmple_epi32_mask(all, here, limit);
        if (by->by_value) {
            left |= at_most_threshold(by, rows + i, _mm512_mask_cmpeq_epi32_mask(all, here, code));
        }
        if (by->looks) {
            look_at_ends(by, rows + i,
                         _mm512_mask_cmpeq_epi32_mask(all, here, least) |
                             _mm512_mask_cmpeq_epi32_mask(all, here, greatest));
        }
        const __mmask16 right = all & (__mmask16)~left;
        above = _mm512_mask_min_epu32(above, right, above, here);
        n_left += store_lanes(rows + n_left, row, left);
        n_right += store_lanes(spare + n_right, row, right);
    }
    by->above = _mm512_reduce_min_epu32(above);
    memcpy(rows + n_left, spare, n_right * sizeof *rows);
}

#else

PEREBOR_INLINE void divide_kept_rows(const uint32_t *codes, const uint16_t *drawn,
                                     kept_division *by, uint32_t *rows, uint32_t n,
                                     uint32_t *spare) {
    assert(codes != NULL || drawn != NULL);
    by->above = UINT32_MAX;
    uint32_t here = 0;
    DIVIDE((int32_t)(here = drawn == NULL ? codes[i] : drawn[i]) <= by->limit ||
               (by->by_value && here == by->code && by->numbers[row] <= by->threshold),
           by->above = least_of(by->above, here | (0 - (uint32_t)is_left));
           if (by->looks && (here == by->ends[0] || here == by->ends[1])) {
               const double value = by->numbers[row];
               by->low = value < by->low ? value : by->low;
               by->high = value > by->high ? value : by->high;
           });
}

#endif

/** Divides the rows that were just searched, by the codes that were kept of them. */
static double divide_kept(const forest_search *search, const forest_split *split, uint64_t path,
                          uint32_t *rows, uint32_t n, uint32_t *spare) {
    const forest_column *column = &search->columns->columns[split->column];
    const bool drawn = search->random && column->n_values != 2;
    kept_division by = {.numbers = column->numbers,
                        .limit = (int32_t)split->code - (drawn ? 1 : 0),
                        .code = split->code,
                        .threshold = split->threshold,
                        .ends = {split->codes[0], split->codes[1]},
                        .low = INFINITY,
                        .high = -INFINITY,
                        .by_value = drawn && !split->waits,
                        .looks = drawn && split->waits};
    if (search->random) {
        divide_kept_rows(NULL, search->kept_drawn, &by, rows, n, spare);
    } else {
        divide_kept_rows(search->kept_codes, NULL, &by, rows, n, spare);
    }
    if (column->numbers == NULL) {
        return 0.5;
    }
    if (drawn) {
        return split->waits ? draw_threshold(path, split->column, by.low, by.high)
                            : split->threshold;
    }
    return search->random
               ? draw_threshold(path, split->column, column->ends[0], column->ends[1])
               : forest_middle(forest_value(column, split->code), forest_value(column, by.above));
}

static double divide_rows(const forest_search *search, const forest_split *split, uint64_t path,
                          uint32_t *rows, uint32_t n, uint32_t *spare) {
    const forest_column *column = &search->columns->columns[split->column];
    if (column->numbers == NULL) {
        const uint32_t *levels = column->levels;
        const uint32_t level = column->level;
        DIVIDE(levels[row] != level, (void)0);
        return 0.5;
    }
    if (!search->random || column->n_values == 2) {
        const uint32_t above = divide_between(search, split, rows, n, spare);
        return search->random
                   ? draw_threshold(path, split->column, column->ends[0], column->ends[1])
                   : forest_middle(forest_value(column, split->code), forest_value(column, above));
    }
    return split->waits ? divide_and_draw(search, split, path, rows, n, spare)
                        : divide_by_threshold(search, split, rows, n, spare);
}

static double divide(forest_search *search, const forest_split *split, uint64_t path,
                     uint32_t *rows, uint32_t n, uint32_t *spare) {
    const bool kept =
        search->kept && search->kept_path == path && search->kept_column == split->column;
    search->kept = false;
    return kept ? divide_kept(search, split, path, rows, n, spare)
                : divide_rows(search, split, path, rows, n, spare);
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
