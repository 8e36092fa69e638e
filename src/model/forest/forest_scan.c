// SPDX-License-Identifier: MIT
#include "model/forest/forest_scan.h"

#include "model/forest/forest_candidates.h"
#include "model/forest/forest_drawn.h"

/* Splits between values. */

/** A column of two values, or a level: those that have the lower value go left. */
PEREBOR_INLINE bool scan_two(const forest_search *search, const forest_node *node, uint32_t index,
                             uint32_t visit) {
    side_sum left = sum_below(search, node, 1);
    if (left.n == 0 || left.n == node->n) {
        return false;
    }
    forest_split split = {.column = index, .visit = visit, .left = left.sum, .n_left = left.n};
    offer_one(search, node, &split);
    return true;
}

/** Lists what all cells of codes end with; of an empty one, what the one before does. */
PEREBOR_INLINE void list_ends(const forest_search *search, const listed_rows *rows,
                              uint32_t n_cells) {
    for (uint32_t cell = 0; cell < n_cells; cell++) {
        search->left_codes[cell] = rows->least + cell;
    }
}

/** Lists candidates, by the way that suits the rows. @return How many. */
PEREBOR_INLINE uint32_t list_all(const forest_search *search, const forest_node *node,
                                 const listed_rows *rows) {
    const uint32_t heaviest = search->sample->heaviest;
    buckets buckets;
    if (rows->n <= most_compared && (fits_a_term(node) || heaviest * rows->n <= FOREST_TERM_MASK)) {
        list_few(search, rows);
        return rows->n;
    }
    if (rows->greatest - rows->least < rows->n / 2) {
        return list_cells(search, rows);
    }
    if (heaviest * (3 * most_of_bucket) <= FOREST_TERM_MASK &&
        fill_buckets(search, rows, &buckets)) {
        list_buckets(search, rows, &buckets);
        return rows->n;
    }
    return list_sorted(search, rows);
}

/** Looks at the rows of those cells alone that the best split can lie in. */
PEREBOR_INLINE void look_into_cells(const forest_search *search, const forest_node *node,
                                    const listed_rows *all, uint32_t n_cells, uint32_t shift,
                                    double reached, uint32_t index, uint32_t visit) {
    const double *last = &search->best[search->n_levels - 1].cost;
    double limit = with_slack(search, node, reached);
    for (uint32_t cell = 0; cell < n_cells; cell++) {
        if (search->bounds[cell] > limit) {
            continue;
        }
        uint32_t end = cell + 1;
        while (end < n_cells && search->bounds[end] <= limit) {
            end++;
        }
        const listed_rows rows = rows_of_cells(search, all, shift, cell, end);
        if (rows.n > 0) {
            offer_listed(search, node, list_all(search, node, &rows), index, visit);
        }
        reached = *last < reached ? *last : reached;
        limit = with_slack(search, node, reached);
        cell = end - 1;
    }
}

/** Many rows: counted into cells, which are all there is to look at if each has one code. */
PEREBOR_INLINE void scan_cells(const forest_search *search, const forest_node *node,
                               const listed_rows *all, uint32_t index, uint32_t visit) {
    const uint32_t last = search->n_levels - 1;
    const uint32_t wanted = all->n / rows_of_cell;
    uint32_t shift = 0;
    while ((all->greatest - all->least) >> shift > wanted) {
        shift++;
    }
    const uint32_t n_cells = count_cells(search, all, shift);
    if (shift == 0) {
        list_ends(search, all, n_cells);
        offer_listed(search, node, n_cells, index, visit);
        return;
    }
    const double lowest = find_costs(search, node, n_cells, search->min_leaves[last]);
    const double best = search->best[last].cost;
    find_bounds(search, node, n_cells);
    look_into_cells(search, node, all, n_cells, shift, lowest < best ? lowest : best, index, visit);
}

/** A column of many values. */
PEREBOR_INLINE bool scan_values(const forest_search *search, const forest_node *node,
                                uint32_t index, uint32_t visit) {
    listed_rows rows = {.codes = search->codes, .terms = search->terms, .n = node->n};
    find_range(search, rows.n, &rows.least, &rows.greatest);
    if (rows.least == rows.greatest) {
        return false;
    }
    if (looks_at_cells(node)) {
        scan_cells(search, node, &rows, index, visit);
    } else {
        offer_listed(search, node, list_all(search, node, &rows), index, visit);
    }
    return true;
}

/* A node. */

/**
 * The column to look at next: the next of a shuffle (Fisher and Yates), whose numbers are hashes of
 * (path, visit).
 */
PEREBOR_INLINE uint32_t draw_column(const forest_search *search, const forest_node *node,
                                    uint32_t visit) {
    const uint32_t n_columns = (uint32_t)search->columns->n_columns;
    const uint64_t hash = perebor_mix(node->path + (visit + 1) * PEREBOR_MIX_STEP);
    const uint32_t other = visit + forest_below(hash, n_columns - visit);
    const uint32_t index = search->order[other];
    search->order[other] = search->order[visit];
    search->order[visit] = index;
    search->swapped[visit] = other;
    return index;
}

/** Goes back to the order that every node starts from. */
PEREBOR_INLINE void restore_order(const forest_search *search, uint32_t n_visits) {
    while (n_visits-- > 0) {
        const uint32_t other = search->swapped[n_visits];
        const uint32_t index = search->order[other];
        search->order[other] = search->order[n_visits];
        search->order[n_visits] = index;
    }
}

/** Whether a column turned out to have the best split so far, so that its codes are kept. */
PEREBOR_INLINE bool keeps_codes(forest_search *search, const forest_node *node, uint32_t visit) {
    if (search->n_levels != 1 || !(search->best[0].cost < INFINITY) ||
        search->best[0].visit != visit) {
        return false;
    }
    search->kept_path = node->path;
    search->kept_column = search->best[0].column;
    search->kept = true;
    return true;
}

/** Looks for splits between values. */
PEREBOR_INLINE void find_between(forest_search *search, const forest_node *node) {
    const uint32_t n_columns = (uint32_t)search->columns->n_columns;
    if (looks_at_cells(node)) {
        widen_terms(search, node->n);
    }
    bool useful = false;
    uint32_t visit = 0;
    for (; visit < n_columns && (visit < search->max_features || !useful); visit++) {
        const uint32_t index = draw_column(search, node, visit);
        if (is_counted(search, index)) {
            useful = look_at_level(search, node, index, visit) || useful;
            continue;
        }
        const forest_column *column = &search->columns->columns[index];
        if (column->n_values < 2) {
            continue;
        }
        gather_codes(search, node, column, index);
        bool varies = column->n_values == 2 ? scan_two(search, node, index, visit)
                                            : scan_values(search, node, index, visit);
        useful = useful || varies;
        if (keeps_codes(search, node, visit)) {
            uint32_t *codes = search->codes;
            search->codes = search->kept_codes;
            search->kept_codes = codes;
        }
    }
    restore_order(search, visit);
}

/** Draws columns and gathers their codes. @return How many have any to look at. */
PEREBOR_INLINE uint32_t gather_looks(const forest_search *search, const forest_node *node,
                                     uint32_t first, uint32_t n, drawn_look *looks) {
    uint32_t dense[FOREST_DRAWN_COLUMNS];
    uint16_t *to[FOREST_DRAWN_COLUMNS];
    uint32_t n_looks = 0;
    uint32_t n_dense = 0;
    for (uint32_t visit = first; visit < first + n; visit++) {
        const uint32_t index = draw_column(search, node, visit);
        const forest_column *column = &search->columns->columns[index];
        if (is_counted(search, index)) {
            looks[n_looks++] = (drawn_look){.index = index, .visit = visit};
            continue;
        }
        if (column->n_values < 2) {
            continue;
        }
        uint16_t *codes = search->drawn_codes[n_looks];
        if (column->numbers == NULL) {
            gather_level(node, column, codes);
        } else {
            to[n_dense] = codes;
            dense[n_dense++] = index;
        }
        looks[n_looks++] = (drawn_look){column, codes, index, visit};
    }
    if (n_dense > 0) {
        gather_dense(search, node, dense, to, n_dense);
    }
    for (uint32_t k = 0; k < n_looks; k++) {
        if (looks[k].codes != NULL) {
            pad_codes(search->drawn_codes[k], node->n);
        }
    }
    return n_looks;
}

/** Looks for splits at thresholds that are drawn, in a few columns at a time. */
PEREBOR_INLINE void find_drawn(forest_search *search, const forest_node *node) {
    const uint32_t n_columns = (uint32_t)search->columns->n_columns;
    const uint32_t wanted = (uint32_t)search->max_features;
    const uint32_t n_planes = count_planes(search->sample->heaviest);
    fill_planes(search, node->n, n_planes);
    bool useful = false;
    uint32_t visit = 0;
    while (visit < n_columns && (visit < wanted || !useful)) {
        drawn_look looks[FOREST_DRAWN_COLUMNS];
        uint32_t n = visit < wanted ? wanted - visit : 1;
        n = n < FOREST_DRAWN_COLUMNS ? n : FOREST_DRAWN_COLUMNS;
        const uint32_t n_looks = gather_looks(search, node, visit, n, looks);
        for (uint32_t k = 0; k < n_looks; k++) {
            const drawn_look *look = &looks[k];
            if (look->codes == NULL) {
                useful = look_at_level(search, node, look->index, look->visit) || useful;
                continue;
            }
            bool varies = look->column->n_values == 2 ? look_at_two(search, node, look, n_planes)
                                                      : look_at_drawn(search, node, look, n_planes);
            useful = useful || varies;
            if (keeps_codes(search, node, look->visit)) {
                uint16_t *codes = search->drawn_codes[k];
                search->drawn_codes[k] = search->kept_drawn;
                search->kept_drawn = codes;
            }
        }
        visit += n;
    }
    restore_order(search, visit);
}

static void find(forest_search *search, const forest_node *node) {
    for (uint32_t level = 0; level < search->n_levels; level++) {
        search->best[level] = (forest_split){.cost = INFINITY};
    }
    for (uint32_t i = 0; i < node->n; i++) {
        search->terms[i] = search->sample->terms[node->rows[i]];
    }
    memset(search->terms + node->n, 0, term_lanes * sizeof *search->terms);
    search->kept = false;
    if (search->random) {
        find_drawn(search, node);
    } else {
        find_between(search, node);
    }
    forget_levels(search, node);
}

extern const forest_kernels PEREBOR_KERNEL(forest_kernels);
const forest_kernels PEREBOR_KERNEL(forest_kernels) = {.find = find};
