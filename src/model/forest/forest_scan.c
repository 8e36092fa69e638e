// SPDX-License-Identifier: MIT
#include "model/forest/forest_scan.h"

#include "model/forest/forest_candidates.h"

/* Thresholds that are drawn, and columns of two values. */

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

/** The least and the greatest value of the rows that have the least and the greatest code. */
PEREBOR_INLINE void find_values(const forest_search *search, const forest_node *node,
                                const forest_column *column, const uint32_t codes[2],
                                double values[2]) {
    values[0] = INFINITY;
    values[1] = -INFINITY;
    for (uint32_t first = 0; first < node->n; first += term_lanes) {
        vns here = vns_load(search->codes + first);
        vns ends = (here == (int32_t)codes[0]) | (here == (int32_t)codes[1]);
        vnd any = (vnd){0};
        memcpy(&any, &ends, sizeof any);
        int64_t bits = 0;
        for (int lane = 0; lane < lanes; lane++) {
            bits |= ((vni)any)[lane];
        }
        if (bits == 0) {
            continue;
        }
        for (uint32_t i = first; i < node->n && i < first + term_lanes; i++) {
            if (search->codes[i] == codes[0] || search->codes[i] == codes[1]) {
                double value = column->numbers[node->rows[i]];
                values[0] = value < values[0] ? value : values[0];
                values[1] = value > values[1] ? value : values[1];
            }
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
                                  const forest_column *column, forest_split *split) {
    const double margin = 1.0 / 64.0;
    const double range = (double)(int32_t)(split->codes[1] - split->codes[0]);
    const double place =
        (double)(int32_t)split->codes[0] + draw_share(node->path, split->column) * range;
    if (!column->even || range < 2.0) {
        return false;
    }
    const uint32_t low = (uint32_t)(int32_t)(place - margin);
    const uint32_t high = (uint32_t)(int32_t)(place + 1.0 + margin);
    if (low <= split->codes[0] || high >= split->codes[1] ||
        any_between(search, node->n, low, high)) {
        return false;
    }
    side_sum left = sum_below(search, node, low);
    split->left = left.sum;
    split->n_left = left.n;
    split->code = low;
    split->waits = true;
    return true;
}

/** Draws the threshold of a column by its values. @return False if they are
 * one. */
PEREBOR_INLINE bool draw_by_values(const forest_search *search, const forest_node *node,
                                   const forest_column *column, forest_split *split) {
    double values[2];
    find_values(search, node, column, split->codes, values);
    if (!(values[0] < values[1])) {
        return false;
    }
    split->threshold = draw_threshold(node->path, split->column, values[0], values[1]);
    split->code = forest_code(column, split->threshold);
    side_sum left = sum_below(search, node, split->code);
    for (uint32_t i = 0; i < node->n; i++) {
        if (search->codes[i] == split->code && column->numbers[node->rows[i]] <= split->threshold) {
            left.sum += forest_term_sum(search->terms[i]);
            left.n++;
        }
    }
    split->left = left.sum;
    split->n_left = left.n;
    return true;
}

/** Draws the threshold of a column, and looks at that alone. */
PEREBOR_INLINE bool scan_random(const forest_search *search, const forest_node *node,
                                const forest_column *column, uint32_t index, uint32_t visit) {
    forest_split split = {.column = index, .visit = visit};
    find_range(search, node->n, &split.codes[0], &split.codes[1]);
    if (!draw_by_codes(search, node, column, &split) &&
        !draw_by_values(search, node, column, &split)) {
        return false;
    }
    offer_one(search, node, &split);
    return true;
}

/* Splits between values. */

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

/** Keeps the codes of a column that turned out to have the best split so far. */
static void keep_codes(forest_search *search, const forest_node *node, uint32_t visit) {
    if (search->n_levels == 1 && search->best[0].cost < INFINITY &&
        search->best[0].visit == visit) {
        uint32_t *codes = search->codes;
        search->codes = search->kept_codes;
        search->kept_codes = codes;
        search->kept_path = node->path;
        search->kept_column = search->best[0].column;
        search->kept = true;
    }
}

static void find(forest_search *search, const forest_node *node) {
    const uint32_t n_columns = (uint32_t)search->columns->n_columns;
    for (uint32_t level = 0; level < search->n_levels; level++) {
        search->best[level] = (forest_split){.cost = INFINITY};
    }
    for (uint32_t i = 0; i < node->n; i++) {
        search->terms[i] = search->sample->terms[node->rows[i]];
    }
    memset(search->terms + node->n, 0, term_lanes * sizeof *search->terms);
    if (!search->random && looks_at_cells(node)) {
        widen_terms(search, node->n);
    }
    bool useful = false;
    uint32_t visit = 0;
    search->kept = false;
    for (; visit < n_columns && (visit < search->max_features || !useful); visit++) {
        // The next of a shuffle (Fisher and Yates), whose numbers are hashes of
        // (path, visit).
        uint64_t hash = perebor_mix(node->path + (visit + 1) * PEREBOR_MIX_STEP);
        uint32_t other = visit + forest_below(hash, n_columns - visit);
        uint32_t index = search->order[other];
        search->order[other] = search->order[visit];
        search->order[visit] = index;
        search->swapped[visit] = other;
        const forest_column *column = &search->columns->columns[index];
        if (column->n_values < 2) {
            continue;
        }
        gather_codes(search, node, column, index);
        bool varies = column->n_values == 2 ? scan_two(search, node, index, visit)
                      : search->random      ? scan_random(search, node, column, index, visit)
                                            : scan_values(search, node, index, visit);
        useful = useful || varies;
        keep_codes(search, node, visit);
    }
    while (visit-- > 0) { // back to the order that every node starts from
        uint32_t other = search->swapped[visit];
        uint32_t index = search->order[other];
        search->order[other] = search->order[visit];
        search->order[visit] = index;
    }
}

extern const forest_kernels PEREBOR_KERNEL(forest_kernels);
const forest_kernels PEREBOR_KERNEL(forest_kernels) = {.find = find};
