// SPDX-License-Identifier: MIT
/**
 * @file forest_candidates.h
 * Splits of a node between any two neighbouring values of a column: candidates are listed, by one
 * of four ways, and the best of them offered. Included by a file that is compiled for each
 * instruction set.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_CANDIDATES_H
#define PEREBOR_MODEL_FOREST_FOREST_CANDIDATES_H

#include "model/forest/forest_codes.h"
#include "model/forest/forest_narrow.h"

/** find_costs() where x log x is there for all sums. */
PEREBOR_INLINE double look_up_costs(const forest_search *search, const forest_node *node,
                                    uint32_t n, uint32_t least) {
    double lowest = INFINITY;
    for (uint32_t k = 0; k < n; k++) {
        const uint64_t left = (uint64_t)search->weights[k] << 32 | search->ones[k];
        const double cost = entropy_by_terms(search->entropy_terms, node->sum, left);
        const bool sound = search->n_left[k] >= least && search->n_left[k] <= node->n - least;
        search->costs[k] = sound ? cost : (double)INFINITY;
        lowest = search->costs[k] < lowest ? search->costs[k] : lowest;
    }
    return lowest;
}

/** Costs of n candidates, infinite where a side has fewer than @p least rows.
 * @return The lowest. */
PEREBOR_INLINE double find_costs(const forest_search *search, const forest_node *node, uint32_t n,
                                 uint32_t least) {
    if (has_terms(search, node->sum)) {
        return look_up_costs(search, node, n, least);
    }
    const vnd infinite = vnd_set(INFINITY);
    const vnh fewest = (vnh){0} + (int32_t)least;
    const vnh most = (vnh){0} + (int32_t)(node->n - least);
    vnd low = infinite;
    memset(search->n_left + n, 0,
           lanes * sizeof *search->n_left); // no candidates
    for (uint32_t k = 0; k < n; k += lanes) {
        vnh rows;
        vnh weights;
        vnh ones;
        memcpy(&rows, search->n_left + k, sizeof rows);
        memcpy(&weights, search->weights + k, sizeof weights);
        memcpy(&ones, search->ones + k, sizeof ones);
        sides at = sides_of(node->sum, __builtin_convertvector(weights, vnd),
                            __builtin_convertvector(ones, vnd));
        vni sound = __builtin_convertvector((rows >= fewest) & (rows <= most), vni);
        vnd costs = vnd_select(sound, cost_of(search, &at), infinite);
        vnd_store(search->costs + k, costs);
        low = vnd_select(costs < low, costs, low);
    }
    double lowest = INFINITY;
    for (int lane = 0; lane < lanes; lane++) {
        lowest = low[lane] < lowest ? low[lane] : lowest;
    }
    return lowest;
}

PEREBOR_INLINE forest_split candidate_at(const forest_search *search, uint32_t k, uint32_t index,
                                         uint32_t visit) {
    return (forest_split){.cost = search->costs[k],
                          .left = (uint64_t)search->weights[k] << 32 | search->ones[k],
                          .column = index,
                          .code = search->left_codes[k],
                          .n_left = search->n_left[k],
                          .visit = visit};
}

/** Offers the best of n candidates to each level. */
PEREBOR_INLINE void offer_listed(const forest_search *search, const forest_node *node, uint32_t n,
                                 uint32_t index, uint32_t visit) {
    const uint32_t least = search->min_leaves[0];
    if (2 * (uint64_t)least > node->n) {
        return;
    }
    const double lowest = find_costs(search, node, n, least);
    // A level with more rows in its leaves has no lower cost: what is above the
    // last one's is nobody's.
    const uint32_t last = search->n_levels - 1;
    const double bound = last == 0 ? lowest : search->best[last].cost;
    if (last == 0 && !(bound < search->best[0].cost)) {
        return;
    }
    for (uint32_t k = 0; k < n; k++) {
        if (search->costs[k] <= bound && search->costs[k] < INFINITY) {
            forest_split candidate = candidate_at(search, k, index, visit);
            offer(search, &candidate, node->n);
        }
    }
}

/** So many rows can be compared with one another, and be in one bucket beside others. */
enum { most_compared = 96, rows_of_bucket = 8, most_of_bucket = 40 };

/**
 * Candidates of some rows: what stands at or below the code of each of term_lanes rows, from the
 * one at @p first on, is @p before and what does so among the rows [begin, end).
 */
PEREBOR_INLINE void compare(const forest_search *search, const uint32_t *codes,
                            const uint32_t *terms, uint32_t first, uint32_t begin, uint32_t end,
                            uint64_t before, uint32_t n_before) {
    const vns own = vns_load(codes + first);
    vns sum = {0};
    for (uint32_t i = begin; i < end; i++) {
        vns other = (vns){0} + (int32_t)codes[i];
        vns term = (vns){0} + (int32_t)terms[i];
        sum += (other <= own) & term;
    }
    vns rows = (sum >> 2 * FOREST_TERM_BITS) + (int32_t)n_before;
    vns weights = (sum >> FOREST_TERM_BITS & FOREST_TERM_MASK) + (int32_t)forest_weight(before);
    vns ones = (sum & FOREST_TERM_MASK) + (int32_t)forest_ones(before);
    memcpy(search->n_left + first, &rows, sizeof rows);
    memcpy(search->weights + first, &weights, sizeof weights);
    memcpy(search->ones + first, &ones, sizeof ones);
    memcpy(search->left_codes + first, &own, sizeof own);
}

/** Few rows: each with all. */
PEREBOR_INLINE void list_few(const forest_search *search, const listed_rows *rows) {
    for (uint32_t first = 0; first < rows->n; first += term_lanes) {
        compare(search, rows->codes, rows->terms, first, 0, rows->n, rows->before, rows->n_before);
    }
}

/** Buckets of codes: (code - least) >> shift. */
typedef struct buckets {
    uint32_t least, shift, n;
} buckets;

/** Moves rows into buckets. @return False if too many are in one. */
PEREBOR_INLINE bool fill_buckets(const forest_search *search, const listed_rows *rows,
                                 buckets *buckets) {
    const uint32_t n = rows->n;
    const uint32_t least = rows->least;
    const uint32_t range = rows->greatest - least;
    const uint32_t wanted = n / rows_of_bucket;
    uint32_t shift = 0;
    while (range >> shift > wanted) {
        shift++;
    }
    *buckets = (struct buckets){.least = least, .shift = shift, .n = (range >> shift) + 1};
    uint32_t *ends = search->ends;
    memset(ends, 0, buckets->n * sizeof *ends);
    for (uint32_t i = 0; i < n; i++) {
        ends[(rows->codes[i] - least) >> shift]++;
    }
    uint32_t before = 0;
    uint32_t most = 0;
    for (uint32_t bucket = 0; bucket < buckets->n; bucket++) {
        uint32_t here = ends[bucket];
        most = here > most ? here : most;
        ends[bucket] = before;
        before += here;
    }
    if (most > most_of_bucket) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = ends[(rows->codes[i] - least) >> shift]++;
        search->moved_codes[to] = rows->codes[i];
        search->moved_terms[to] = rows->terms[i];
    }
    for (uint32_t i = n; i % term_lanes != 0; i++) {
        search->moved_codes[i] = search->moved_codes[n - 1];
        search->moved_terms[i] = 0;
    }
    return true;
}

/** Rows in buckets: each with those of its own bucket, and of those of its neighbours. */
PEREBOR_INLINE void list_buckets(const forest_search *search, const listed_rows *rows,
                                 const buckets *buckets) {
    const uint32_t n = rows->n;
    const uint32_t *codes = search->moved_codes;
    const uint32_t *ends = search->ends;
    uint64_t before = rows->before;
    uint32_t begin = 0;
    for (uint32_t first = 0; first < n; first += term_lanes) {
        uint32_t last = first + term_lanes < n ? first + term_lanes - 1 : n - 1;
        uint32_t low = (codes[first] - buckets->least) >> buckets->shift;
        uint32_t high = (codes[last] - buckets->least) >> buckets->shift;
        for (uint32_t start = low == 0 ? 0 : ends[low - 1]; begin < start; begin++) {
            before += forest_term_sum(search->moved_terms[begin]);
        }
        compare(search, codes, search->moved_terms, first, begin, ends[high], before,
                rows->n_before + begin);
    }
}

/** Sums so far, while rows are listed in order. */
typedef struct listing {
    uint64_t sum;
    uint32_t n; /**< Candidates. */
} listing;

/** Lists what is on the left of a code; it stays if the next code is another. */
PEREBOR_INLINE void list_code(const forest_search *search, listing *all, uint32_t code,
                              uint32_t n_left, bool stays) {
    search->weights[all->n] = forest_weight(all->sum);
    search->ones[all->n] = forest_ones(all->sum);
    search->n_left[all->n] = n_left;
    search->left_codes[all->n] = code;
    all->n += stays;
}

/** Counts the rows into their cells, and lists these in order. @return
 * Candidates. */
PEREBOR_INLINE uint32_t list_cells(const forest_search *search, const listed_rows *rows) {
    listing all = {.sum = rows->before};
    uint32_t n_left = rows->n_before;
    for (uint32_t i = 0; i < rows->n; i++) {
        uint32_t code = rows->codes[i];
        search->cells[code] += forest_term_sum(rows->terms[i]);
        search->counts[code]++;
    }
    for (uint32_t code = rows->least; code <= rows->greatest; code++) {
        uint32_t here = search->counts[code];
        all.sum += search->cells[code];
        n_left += here;
        list_code(search, &all, code, n_left, here != 0);
        search->cells[code] = 0;
        search->counts[code] = 0;
    }
    return all.n;
}

/** Moves keys to their places by one digit; those that have the same one keep their order. */
PEREBOR_INLINE void sort_by_digit(const uint64_t *from, uint64_t *to, uint32_t n, uint32_t shift) {
    enum { n_buckets = 256 };
    uint32_t counts[n_buckets] = {0};
    for (uint32_t i = 0; i < n; i++) {
        counts[from[i] >> shift & (n_buckets - 1)]++;
    }
    uint32_t before = 0;
    for (uint32_t bucket = 0; bucket < n_buckets; bucket++) {
        uint32_t here = counts[bucket];
        counts[bucket] = before;
        before += here;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t key = from[i];
        to[counts[key >> shift & (n_buckets - 1)]++] = key;
    }
}

/** Sorts the rows by their codes, digit by digit from the last one, and lists
 * these.
 * @return Candidates. */
PEREBOR_INLINE uint32_t list_sorted(const forest_search *search, const listed_rows *rows) {
    const uint32_t n = rows->n;
    const uint32_t least = rows->least;
    uint64_t *from = search->keys[0];
    uint64_t *to = search->keys[1];
    for (uint32_t i = 0; i < n; i++) {
        from[i] = (uint64_t)(rows->codes[i] - least) << 32 | rows->terms[i];
    }
    for (uint32_t shift = 0; shift < 32 && (rows->greatest - least) >> shift != 0; shift += 8) {
        sort_by_digit(from, to, n, 32 + shift);
        uint64_t *spare = from;
        from = to;
        to = spare;
    }
    listing all = {.sum = rows->before};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = (uint32_t)(from[i] >> 32);
        all.sum += forest_term_sum((uint32_t)from[i]);
        list_code(search, &all, code + least, rows->n_before + i + 1,
                  i + 1 == n || from[i + 1] >> 32 != code);
    }
    return all.n;
}

#endif
