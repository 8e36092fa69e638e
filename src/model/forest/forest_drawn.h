// SPDX-License-Identifier: MIT
/**
 * @file forest_drawn.h
 * Splits at thresholds that are drawn, and columns of two values beside them. Included by a file
 * that is compiled for each instruction set.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_DRAWN_H
#define PEREBOR_MODEL_FOREST_FOREST_DRAWN_H

#include "model/forest/forest_codes.h"
#include "model/forest/forest_words.h"

/** A column that is looked at: its codes of the node's rows, and when. A level that is counted
 * has no more than its index. */
typedef struct drawn_look {
    const forest_column *column;
    const uint16_t *codes; /**< [n] and padding */
    uint32_t index, visit;
} drawn_look;

/** Copies codes of n rows of some columns that lie alike, @p n_columns being a constant. */
PEREBOR_INLINE void gather_some(const uint32_t *rows, uint32_t n, const uint16_t *const *from,
                                size_t stride, uint16_t *const *to, uint32_t n_columns) {
    for (uint32_t i = 0; i < n; i++) {
        const size_t place = rows[i] * stride;
        for (uint32_t k = 0; k < n_columns; k++) {
            to[k][i] = from[k][place];
        }
    }
}

/** Gathers the codes of up to FOREST_DRAWN_COLUMNS dense columns, row by row: where their codes of
 * one row lie side by side, they are fetched once. */
PEREBOR_INLINE void gather_dense(const forest_search *search, const forest_node *node,
                                 const uint32_t *indices, uint16_t *const *to, uint32_t n_columns) {
    const forest_columns *columns = search->columns;
    const bool near = node->n < columns->n_rows / 8;
    const uint16_t *from[FOREST_DRAWN_COLUMNS];
    for (uint32_t k = 0; k < n_columns; k++) {
        from[k] = near ? columns->near_codes + indices[k] : columns->columns[indices[k]].codes;
    }
    const size_t stride = near ? columns->near_stride : 1;
    switch (n_columns) {
    case 5:
        gather_some(node->rows, node->n, from, stride, to, 5);
        break;
    case 4:
        gather_some(node->rows, node->n, from, stride, to, 4);
        break;
    case 3:
        gather_some(node->rows, node->n, from, stride, to, 3);
        break;
    case 2:
        gather_some(node->rows, node->n, from, stride, to, 2);
        break;
    default:
        gather_some(node->rows, node->n, from, stride, to, 1);
    }
}

/** 1 where a row has the level of a column. */
PEREBOR_INLINE void gather_level(const forest_node *node, const forest_column *column,
                                 uint16_t *codes) {
    for (uint32_t i = 0; i < node->n; i++) {
        codes[i] = column->levels[node->rows[i]] == column->level;
    }
}

/** Writes the last of n codes behind it, as far as ranges are read. */
PEREBOR_INLINE void pad_codes(uint16_t *codes, uint32_t n) {
    typedef uint16_t v32h __attribute__((vector_size(64)));
    const v32h last = (v32h){0} + codes[n - 1];
    memcpy(codes + n, &last, sizeof last);
}

/** The rows whose code is at most @p most. */
PEREBOR_INLINE side_sum sum_at_most(const forest_search *search, const forest_node *node,
                                    const uint16_t *codes, uint32_t n_planes, uint32_t most) {
    side_sum side = {0};
    for (uint32_t first = 0; first < node->n; first += word_rows) {
        const uint64_t rows = codes_at_most(codes + first, most) & rows_of_word(node->n, first);
        add_rows(search, first, n_planes, rows, &side);
    }
    return side;
}

/** A column of two values, or a level: those that have the lower value go left. */
PEREBOR_INLINE bool look_at_two(const forest_search *search, const forest_node *node,
                                const drawn_look *look, uint32_t n_planes) {
    const side_sum left = sum_at_most(search, node, look->codes, n_planes, 0);
    if (left.n == 0 || left.n == node->n) {
        return false;
    }
    forest_split split = {
        .column = look->index, .visit = look->visit, .left = left.sum, .n_left = left.n};
    offer_one(search, node, &split);
    return true;
}

/** The least and the greatest value of the rows that have the least and the greatest code. */
PEREBOR_INLINE void find_values(const forest_node *node, const drawn_look *look,
                                const uint32_t ends[2], double values[2]) {
    values[0] = INFINITY;
    values[1] = -INFINITY;
    for (uint32_t first = 0; first < node->n; first += word_rows) {
        const uint16_t *codes = look->codes + first;
        uint64_t rows = (codes_at_most(codes, ends[0]) | codes_between(codes, ends[1], ends[1])) &
                        rows_of_word(node->n, first);
        for (; rows != 0; rows &= rows - 1) {
            const uint32_t row = node->rows[first + (uint32_t)__builtin_ctzll(rows)];
            const double value = look->column->numbers[row];
            values[0] = value < values[0] ? value : values[0];
            values[1] = value > values[1] ? value : values[1];
        }
    }
}

/**
 * Draws the threshold of a column by the codes alone. It lies between the codes' places s = least +
 * u (greatest - least) and s + 1, as values lie up to one above their codes; what rounding adds is
 * below a 64th, or the column says that it is not. Where no row has a code there, rows are on their
 * sides whatever the threshold is, and its value can wait.
 */
PEREBOR_INLINE bool draw_by_codes(const forest_search *search, const forest_node *node,
                                  const drawn_look *look, uint32_t n_planes, forest_split *split) {
    const double margin = 1.0 / 64.0;
    const double range = (double)(int32_t)(split->codes[1] - split->codes[0]);
    const double place =
        (double)(int32_t)split->codes[0] + draw_share(node->path, split->column) * range;
    if (!look->column->even || range < 2.0) {
        return false;
    }
    const uint32_t low = (uint32_t)(int32_t)(place - margin);
    const uint32_t high = (uint32_t)(int32_t)(place + 1.0 + margin);
    if (low <= split->codes[0] || high >= split->codes[1]) {
        return false;
    }
    side_sum left = {0};
    uint64_t between = 0;
    for (uint32_t first = 0; first < node->n; first += word_rows) {
        const uint64_t rows = rows_of_word(node->n, first);
        const uint64_t below = codes_at_most(look->codes + first, low - 1) & rows;
        between |= codes_at_most(look->codes + first, high) & rows & ~below;
        add_rows(search, first, n_planes, below, &left);
    }
    if (between != 0) {
        return false;
    }
    split->left = left.sum;
    split->n_left = left.n;
    split->code = low;
    split->waits = true;
    return true;
}

/** Draws the threshold of a column by its values. @return False if they are one. */
PEREBOR_INLINE bool draw_by_values(const forest_search *search, const forest_node *node,
                                   const drawn_look *look, uint32_t n_planes, forest_split *split) {
    double values[2];
    find_values(node, look, split->codes, values);
    if (!(values[0] < values[1])) {
        return false;
    }
    split->threshold = draw_threshold(node->path, split->column, values[0], values[1]);
    const uint32_t code = forest_code(look->column, split->threshold);
    split->code = code;
    side_sum left = {0};
    for (uint32_t first = 0; first < node->n; first += word_rows) {
        const uint16_t *codes = look->codes + first;
        const uint64_t all = rows_of_word(node->n, first);
        uint64_t equal = codes_between(codes, code, code) & all;
        uint64_t rows = codes_at_most(codes, code) & all & ~equal;
        for (; equal != 0; equal &= equal - 1) {
            const uint32_t i = first + (uint32_t)__builtin_ctzll(equal);
            if (look->column->numbers[node->rows[i]] <= split->threshold) {
                rows |= equal & (0 - equal);
            }
        }
        add_rows(search, first, n_planes, rows, &left);
    }
    split->left = left.sum;
    split->n_left = left.n;
    return true;
}

/** Fetches the values that a split is drawn between if it is chosen: they are far from the codes.
 */
PEREBOR_INLINE void fetch_values(const forest_node *node, const drawn_look *look,
                                 const forest_split *split) {
    for (uint32_t first = 0; first < node->n; first += word_rows) {
        const uint16_t *codes = look->codes + first;
        uint64_t rows =
            (codes_at_most(codes, split->codes[0]) | ~codes_at_most(codes, split->codes[1] - 1)) &
            rows_of_word(node->n, first);
        for (; rows != 0; rows &= rows - 1) {
            const uint32_t i = first + (uint32_t)__builtin_ctzll(rows);
            __builtin_prefetch(&look->column->numbers[node->rows[i]]);
        }
    }
}

/** Draws the threshold of a column, and looks at that alone. */
PEREBOR_INLINE bool look_at_drawn(const forest_search *search, const forest_node *node,
                                  const drawn_look *look, uint32_t n_planes) {
    forest_split split = {.column = look->index, .visit = look->visit};
    find_code_range(look->codes, node->n, &split.codes[0], &split.codes[1]);
    if (!draw_by_codes(search, node, look, n_planes, &split) &&
        !draw_by_values(search, node, look, n_planes, &split)) {
        return false;
    }
    offer_one(search, node, &split);
    if (split.waits && search->best[0].visit == look->visit) {
        fetch_values(node, look, &split);
    }
    return true;
}

#endif
