// SPDX-License-Identifier: MIT
/**
 * @file forest_codes.h
 * The codes of a node's rows, and what is on one side of one. Included by files that are compiled
 * for each instruction set.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_CODES_H
#define PEREBOR_MODEL_FOREST_FOREST_CODES_H

#include "model/forest/forest_cost.h"

/**
 * Copies the codes of the node's rows: row by row, or, where most rows are in the node, column by
 * column; of a level 1 where a row has it. Behind the last row stands its code again.
 */
PEREBOR_INLINE void gather_codes(const forest_search *search, const forest_node *node,
                                 const forest_column *column, uint32_t index) {
    const forest_columns *columns = search->columns;
    const uint32_t n = node->n;
    uint32_t *codes = search->codes;
    if (column->numbers == NULL) {
        for (uint32_t i = 0; i < n; i++) {
            codes[i] = column->levels[node->rows[i]] == column->level;
        }
    } else if (columns->near_codes != NULL && n < columns->n_rows / 8) {
        const uint16_t *near = columns->near_codes + index;
        const size_t stride = columns->near_stride;
        for (uint32_t i = 0; i < n; i++) {
            codes[i] = near[node->rows[i] * stride];
        }
    } else if (column->codes != NULL) {
        for (uint32_t i = 0; i < n; i++) {
            codes[i] = column->codes[node->rows[i]];
        }
    } else {
        for (uint32_t i = 0; i < n; i++) {
            codes[i] = column->wide_codes[node->rows[i]];
        }
    }
    const vns last = (vns){0} + (int32_t)codes[n - 1];
    memcpy(codes + n, &last, sizeof last);
}

PEREBOR_INLINE v4s v4s_select(v4s mask, v4s yes, v4s no) {
    return (mask & yes) | (~mask & no);
}

PEREBOR_INLINE uint32_t least_of_four(v4s four) {
    int32_t low = four[0] < four[1] ? four[0] : four[1];
    int32_t high = four[2] < four[3] ? four[2] : four[3];
    return (uint32_t)(low < high ? low : high);
}

/** The least and the greatest of the codes gathered. */
PEREBOR_INLINE void find_range(const forest_search *search, uint32_t n, uint32_t *least,
                               uint32_t *greatest) {
    vns low = vns_load(search->codes);
    vns high = low;
    for (uint32_t i = term_lanes; i < n; i += term_lanes) {
        vns next = vns_load(search->codes + i);
        low = vns_select(next < low, next, low);
        high = vns_select(next > high, next, high);
    }
    v4s lowest = v4s_part(low, 0);
    v4s highest = v4s_part(high, 0);
    for (size_t part = 1; part < term_lanes / 4; part++) {
        v4s lower = v4s_part(low, part);
        v4s higher = v4s_part(high, part);
        lowest = v4s_select(lower < lowest, lower, lowest);
        highest = v4s_select(higher > highest, higher, highest);
    }
    *least = least_of_four(lowest);
    *greatest = ~least_of_four(~highest);
}

/** What is on one side of a code. */
typedef struct side_sum {
    uint64_t sum;
    uint32_t n; /**< Rows. */
} side_sum;

/** So few rows that their terms can be added up as they are. */
PEREBOR_INLINE bool fits_a_term(const forest_node *node) {
    return node->n < 128 && forest_weight(node->sum) <= FOREST_TERM_MASK;
}

/** The rows whose code is below @p code. */
PEREBOR_INLINE side_sum sum_below(const forest_search *search, const forest_node *node,
                                  uint32_t code) {
    const uint32_t n = node->n;
    // So many terms can be added up before one of their parts runs over.
    const uint32_t most = FOREST_TERM_MASK / search->sample->heaviest;
    const uint32_t a_lane = most < 127 ? most : 127;
    const vns at = (vns){0} + (int32_t)code;
    side_sum below = {0};
    if (fits_a_term(node)) {
        vns sums = {0};
        for (uint32_t i = 0; i < n; i += term_lanes) {
            sums += (vns_load(search->codes + i) < at) & vns_load(search->terms + i);
        }
        uint32_t all = vns_sum(sums);
        return (side_sum){.sum = forest_term_sum(all), .n = forest_term_rows(all)};
    }
    for (uint32_t first = 0; first < n; first += a_lane * term_lanes) {
        uint32_t last = n - first < a_lane * term_lanes ? n : first + a_lane * term_lanes;
        vns lane_sums = {0};
        for (uint32_t i = first; i < last; i += term_lanes) {
            lane_sums += (vns_load(search->codes + i) < at) & vns_load(search->terms + i);
        }
        for (int lane = 0; lane < term_lanes; lane++) {
            below.sum += forest_term_sum((uint32_t)lane_sums[lane]);
            below.n += forest_term_rows((uint32_t)lane_sums[lane]);
        }
    }
    return below;
}

/* Levels that are counted. */

/** The nominal column that a level is of: where there are few, not looked up, as the levels are far
 * apart in memory. @pre index is that of a level. */
PEREBOR_INLINE uint32_t block_of_level(const forest_columns *columns, uint32_t index) {
    enum { few_blocks = 4 };
    if (columns->n_blocks > few_blocks) {
        return columns->columns[index].block;
    }
    uint32_t block = 0;
    while (index - columns->blocks[block].first >= columns->blocks[block].n_levels) {
        block++;
    }
    return block;
}

PEREBOR_INLINE bool is_counted(const forest_search *search, uint32_t index) {
    const forest_columns *columns = search->columns;
    return index >= columns->n_dense && search->level_counts[block_of_level(columns, index)].pays;
}

PEREBOR_INLINE void count_levels(const forest_search *search, const forest_node *node,
                                 uint32_t block) {
    forest_level_counts *counts = &search->level_counts[block];
    const uint32_t *codes = search->columns->blocks[block].codes;
    for (uint32_t i = 0; i < node->n; i++) {
        const uint32_t code = codes[node->rows[i]];
        counts->sums[code] += forest_term_sum(search->terms[i]);
        counts->n_rows[code]++;
    }
    counts->counted = true;
}

/** Forgets what was counted of a node. */
PEREBOR_INLINE void forget_levels(const forest_search *search, const forest_node *node) {
    for (size_t block = 0; block < search->columns->n_blocks; block++) {
        forest_level_counts *counts = &search->level_counts[block];
        const uint32_t *codes = search->columns->blocks[block].codes;
        for (uint32_t i = 0; counts->counted && i < node->n; i++) {
            counts->sums[codes[node->rows[i]]] = 0;
            counts->n_rows[codes[node->rows[i]]] = 0;
        }
        counts->counted = false;
    }
}

/** Looks at a level: the rows that do not have it go left. No codes are kept of it. @return Whether
 * some rows of the node have it, and some do not. */
PEREBOR_INLINE bool look_at_level(forest_search *search, const forest_node *node, uint32_t index,
                                  uint32_t visit) {
    const uint32_t block = block_of_level(search->columns, index);
    const uint32_t level = index - (uint32_t)search->columns->blocks[block].first;
    const forest_level_counts *counts = &search->level_counts[block];
    if (!counts->counted) {
        count_levels(search, node, block);
    }
    const uint32_t n_with = counts->n_rows[level];
    if (n_with == 0 || n_with == node->n) {
        return false;
    }
    forest_split split = {.column = index,
                          .visit = visit,
                          .left = node->sum - counts->sums[level],
                          .n_left = node->n - n_with};
    offer_one(search, node, &split);
    search->kept = search->kept && search->best[0].visit != visit;
    return true;
}

/** A number in [0, 1) from 53 bits of a hash. */
PEREBOR_INLINE double draw_share(uint64_t path, uint32_t column) {
    return (double)(int64_t)(forest_hash(path, (uint64_t)column + 1) >> 11) * 0x1p-53;
}

/** min + u (max - min), below max. */
PEREBOR_INLINE double draw_threshold(uint64_t path, uint32_t column, double least,
                                     double greatest) {
    double threshold = least + draw_share(path, column) * (greatest - least);
    return threshold < greatest ? threshold : least; // rounded up, or beyond a double
}

#endif
