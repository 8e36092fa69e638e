// SPDX-License-Identifier: MIT
#include "model/forest/forest_scan.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"

enum { lanes = PEREBOR_NATIVE_LANES, term_lanes = 2 * lanes };

/** As many whole numbers of 32 bits as a register holds, and as many as it holds doubles. */
typedef int32_t vns __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));
typedef int32_t vnh __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));

PEREBOR_INLINE vns vns_load(const uint32_t *from) {
    vns numbers;
    memcpy(&numbers, from, sizeof numbers);
    return numbers;
}

/** Lanes of @p yes where @p mask is all ones, of @p no where it is zero. */
PEREBOR_INLINE vns vns_select(vns mask, vns yes, vns no) {
    return (mask & yes) | (~mask & no);
}

/** x log x, 0 at 0. */
PEREBOR_INLINE vnd x_log_x(vnd x) {
    v8d wide = v8d_set(1.0);
    for (int lane = 0; lane < lanes; lane++) {
        wide[lane] = x[lane] > 0.0 ? x[lane] : 1.0;
    }
    wide = v8d_log(wide);
    vnd logs = x;
    for (int lane = 0; lane < lanes; lane++) {
        logs[lane] = wide[lane];
    }
    return vnd_select(x > vnd_set(0.0), x * logs, vnd_set(0.0));
}

/** Rows of the classes, by weight, on both sides. */
typedef struct sides {
    vnd left_zeros, left_ones, right_zeros, right_ones;
} sides;

PEREBOR_INLINE vnd entropy_of_side(vnd zeros, vnd ones, vnd u, vnd v) {
    vnd weight_of_zeros = u * zeros;
    vnd weight_of_ones = v * ones;
    return x_log_x(weight_of_zeros + weight_of_ones) -
           (x_log_x(weight_of_zeros) + x_log_x(weight_of_ones));
}

/** (z_l o_l w_r + z_r o_r w_l) / (w_l w_r), or the sum of the sides' entropies. */
PEREBOR_INLINE vnd cost_of(const forest_search *search, const sides *at) {
    const vnd u = vnd_set(search->sample->class_weights[0]);
    const vnd v = vnd_set(search->sample->class_weights[1]);
    if (search->criterion == FOREST_ENTROPY) {
        return entropy_of_side(at->left_zeros, at->left_ones, u, v) +
               entropy_of_side(at->right_zeros, at->right_ones, u, v);
    }
    vnd left_weight = u * at->left_zeros + v * at->left_ones;
    vnd right_weight = u * at->right_zeros + v * at->right_ones;
    return (at->left_zeros * at->left_ones * right_weight +
            at->right_zeros * at->right_ones * left_weight) /
           (left_weight * right_weight);
}

/** The sides of splits with so much weight, and that much of class 1, on the left. */
PEREBOR_INLINE sides sides_of(uint64_t sum, vnd left, vnd left_ones) {
    vnd ones = vnd_set((double)forest_ones(sum));
    vnd all = vnd_set((double)forest_weight(sum));
    vnd right_ones = ones - left_ones;
    return (sides){.left_zeros = left - left_ones,
                   .left_ones = left_ones,
                   .right_zeros = (all - left) - right_ones,
                   .right_ones = right_ones};
}

/** Takes a candidate into the best of the levels that it has enough rows for. */
PEREBOR_INLINE void offer(const forest_search *search, const forest_split *candidate, uint32_t n) {
    uint32_t n_right = n - candidate->n_left;
    uint32_t smaller = candidate->n_left < n_right ? candidate->n_left : n_right;
    for (uint32_t level = 0; level < search->n_levels && search->min_leaves[level] <= smaller;
         level++) {
        forest_split *best = &search->best[level];
        // Columns come in the order of visits, but candidates of one column in any.
        if (candidate->cost < best->cost ||
            (candidate->cost == best->cost && candidate->visit == best->visit &&
             candidate->code < best->code)) {
            *best = *candidate;
        }
    }
}

static double x_log_x_of_one(double x) {
    return x > 0.0 ? x * perebor_log(x) : 0.0;
}

static double entropy_of_one(double weight_of_zeros, double weight_of_ones) {
    return x_log_x_of_one(weight_of_zeros + weight_of_ones) -
           (x_log_x_of_one(weight_of_zeros) + x_log_x_of_one(weight_of_ones));
}

/** The cost of one candidate, with the bits of cost_of(). */
PEREBOR_INLINE double cost_of_one(const forest_search *search, uint64_t sum, uint64_t left) {
    const double u = search->sample->class_weights[0];
    const double v = search->sample->class_weights[1];
    double left_ones = (double)forest_ones(left);
    double left_zeros = (double)forest_weight(left) - left_ones;
    double right_ones = (double)forest_ones(sum) - left_ones;
    double right_zeros = ((double)forest_weight(sum) - (double)forest_weight(left)) - right_ones;
    if (search->criterion == FOREST_ENTROPY) {
        return entropy_of_one(u * left_zeros, v * left_ones) +
               entropy_of_one(u * right_zeros, v * right_ones);
    }
    double left_weight = u * left_zeros + v * left_ones;
    double right_weight = u * right_zeros + v * right_ones;
    return (left_zeros * left_ones * right_weight + right_zeros * right_ones * left_weight) /
           (left_weight * right_weight);
}

PEREBOR_INLINE void offer_one(const forest_search *search, const forest_node *node,
                              forest_split *split) {
    split->cost = cost_of_one(search, node->sum, split->left);
    offer(search, split, node->n);
}

/* The rows of a node. */

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
        const size_t stride = columns->n_dense;
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
    uint32_t lowest = (uint32_t)low[0];
    uint32_t highest = (uint32_t)high[0];
    for (int lane = 1; lane < term_lanes; lane++) {
        lowest = (uint32_t)low[lane] < lowest ? (uint32_t)low[lane] : lowest;
        highest = (uint32_t)high[lane] > highest ? (uint32_t)high[lane] : highest;
    }
    *least = lowest;
    *greatest = highest;
}

/** Sum of the rows whose code is below @p code. @param[out] n_left  Of them. */
PEREBOR_INLINE uint64_t sum_below(const forest_search *search, uint32_t n, uint32_t code,
                                  uint32_t *n_left) {
    // So many terms can be added up before one of their parts runs over.
    const uint32_t most = FOREST_TERM_MASK / search->sample->heaviest;
    const uint32_t a_lane = most < 127 ? most : 127;
    const vns at = (vns){0} + (int32_t)code;
    uint64_t sum = 0;
    *n_left = 0;
    for (uint32_t first = 0; first < n; first += a_lane * term_lanes) {
        uint32_t last = n - first < a_lane * term_lanes ? n : first + a_lane * term_lanes;
        vns lane_sums = {0};
        for (uint32_t i = first; i < last; i += term_lanes) {
            lane_sums += (vns_load(search->codes + i) < at) & vns_load(search->terms + i);
        }
        for (int lane = 0; lane < term_lanes; lane++) {
            sum += forest_term_sum((uint32_t)lane_sums[lane]);
            *n_left += forest_term_rows((uint32_t)lane_sums[lane]);
        }
    }
    return sum;
}

/* Thresholds that are drawn, and columns of two values. */

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

/** A column of two values, or a level: those that have the lower value go left. */
PEREBOR_INLINE bool scan_two(const forest_search *search, const forest_node *node,
                             const forest_column *column, uint32_t index, uint32_t visit) {
    forest_split split = {.column = index, .visit = visit, .threshold = 0.5};
    split.left = sum_below(search, node->n, 1, &split.n_left);
    if (split.n_left == 0 || split.n_left == node->n) {
        return false;
    }
    if (search->random && column->numbers != NULL) {
        split.threshold = draw_threshold(node->path, index, column->values[0], column->values[1]);
    }
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

/** Draws the threshold of a column, and looks at that alone. */
PEREBOR_INLINE bool scan_random(const forest_search *search, const forest_node *node,
                                const forest_column *column, uint32_t index, uint32_t visit) {
    uint32_t codes[2];
    double values[2];
    find_range(search, node->n, &codes[0], &codes[1]);
    find_values(search, node, column, codes, values);
    if (!(values[0] < values[1])) {
        return false;
    }
    forest_split split = {.column = index, .visit = visit};
    split.threshold = draw_threshold(node->path, index, values[0], values[1]);
    split.code = forest_code(column, split.threshold);
    split.left = sum_below(search, node->n, split.code, &split.n_left);
    for (uint32_t i = 0; i < node->n; i++) {
        if (search->codes[i] == split.code && column->numbers[node->rows[i]] <= split.threshold) {
            split.left += forest_term_sum(search->terms[i]);
            split.n_left++;
        }
    }
    offer_one(search, node, &split);
    return true;
}

/* Splits between values. */

/** Costs of n candidates, infinite where a side has fewer than @p least rows. */
PEREBOR_INLINE void find_costs(const forest_search *search, const forest_node *node, uint32_t n,
                               uint32_t least) {
    const vnd infinite = vnd_set(INFINITY);
    const vnh fewest = (vnh){0} + (int32_t)least;
    const vnh most = (vnh){0} + (int32_t)(node->n - least);
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
        vnd_store(search->costs + k, vnd_select(sound, cost_of(search, &at), infinite));
    }
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

PEREBOR_INLINE double lowest_of(const double *costs, uint32_t n) {
    vnd low = vnd_set(INFINITY);
    uint32_t k = 0;
    for (; k + lanes <= n; k += lanes) {
        vnd next = vnd_load(costs + k);
        low = vnd_select(next < low, next, low);
    }
    double lowest = INFINITY;
    for (int lane = 0; lane < lanes; lane++) {
        lowest = low[lane] < lowest ? low[lane] : lowest;
    }
    for (; k < n; k++) {
        lowest = costs[k] < lowest ? costs[k] : lowest;
    }
    return lowest;
}

/** Offers the best of n candidates to each level. */
PEREBOR_INLINE void offer_listed(const forest_search *search, const forest_node *node, uint32_t n,
                                 uint32_t index, uint32_t visit) {
    const uint32_t least = search->min_leaves[0];
    if (2 * (uint64_t)least > node->n) {
        return;
    }
    find_costs(search, node, n, least);
    // A level with more rows in its leaves has no lower cost: what is above the last one's is
    // nobody's.
    const uint32_t last = search->n_levels - 1;
    const double bound = last == 0 ? lowest_of(search->costs, n) : search->best[last].cost;
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
 * Candidates of some rows: what stands at or below the code of each of term_lanes rows, at
 * moved[first ...], is @p before and what does so among the rows [begin, end).
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
PEREBOR_INLINE void list_few(const forest_search *search, uint32_t n) {
    for (uint32_t first = 0; first < n; first += term_lanes) {
        compare(search, search->codes, search->terms, first, 0, n, 0, 0);
    }
}

/** Buckets of codes: (code - least) >> shift. */
typedef struct buckets {
    uint32_t least, shift, n;
} buckets;

/** Moves rows into buckets. @return False if too many are in one. */
PEREBOR_INLINE bool fill_buckets(const forest_search *search, uint32_t n, uint32_t least,
                                 uint32_t greatest, buckets *buckets) {
    const uint32_t range = greatest - least;
    const uint32_t wanted = n / rows_of_bucket;
    uint32_t shift = 0;
    while (range >> shift > wanted) {
        shift++;
    }
    *buckets = (struct buckets){.least = least, .shift = shift, .n = (range >> shift) + 1};
    uint32_t *ends = search->ends;
    memset(ends, 0, buckets->n * sizeof *ends);
    for (uint32_t i = 0; i < n; i++) {
        ends[(search->codes[i] - least) >> shift]++;
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
        uint32_t to = ends[(search->codes[i] - least) >> shift]++;
        search->moved_codes[to] = search->codes[i];
        search->moved_terms[to] = search->terms[i];
    }
    for (uint32_t i = n; i % term_lanes != 0; i++) {
        search->moved_codes[i] = search->moved_codes[n - 1];
        search->moved_terms[i] = 0;
    }
    return true;
}

/** Rows in buckets: each with those of its own bucket, and of those of its neighbours. */
PEREBOR_INLINE void list_buckets(const forest_search *search, uint32_t n, const buckets *buckets) {
    const uint32_t *codes = search->moved_codes;
    const uint32_t *ends = search->ends;
    uint64_t before = 0;
    uint32_t begin = 0;
    for (uint32_t first = 0; first < n; first += term_lanes) {
        uint32_t last = first + term_lanes < n ? first + term_lanes - 1 : n - 1;
        uint32_t low = (codes[first] - buckets->least) >> buckets->shift;
        uint32_t high = (codes[last] - buckets->least) >> buckets->shift;
        for (uint32_t start = low == 0 ? 0 : ends[low - 1]; begin < start; begin++) {
            before += forest_term_sum(search->moved_terms[begin]);
        }
        compare(search, codes, search->moved_terms, first, begin, ends[high], before, begin);
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

/** Counts the rows into their cells, and lists these in order. @return Candidates. */
PEREBOR_INLINE uint32_t list_cells(const forest_search *search, const forest_node *node,
                                   uint32_t least, uint32_t greatest) {
    listing all = {0};
    uint32_t n_left = 0;
    for (uint32_t i = 0; i < node->n; i++) {
        uint32_t code = search->codes[i];
        search->cells[code] += forest_term_sum(search->terms[i]);
        search->counts[code]++;
    }
    for (uint32_t code = least; code <= greatest; code++) {
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

/** Sorts the rows by their codes, digit by digit from the last one, and lists these.
 * @return Candidates. */
PEREBOR_INLINE uint32_t list_sorted(const forest_search *search, const forest_node *node,
                                    uint32_t least, uint32_t greatest) {
    const uint32_t n = node->n;
    uint64_t *from = search->keys[0];
    uint64_t *to = search->keys[1];
    for (uint32_t i = 0; i < n; i++) {
        from[i] = (uint64_t)(search->codes[i] - least) << 32 | search->terms[i];
    }
    for (uint32_t shift = 0; shift < 32 && (greatest - least) >> shift != 0; shift += 8) {
        sort_by_digit(from, to, n, 32 + shift);
        uint64_t *spare = from;
        from = to;
        to = spare;
    }
    listing all = {0};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = (uint32_t)(from[i] >> 32);
        all.sum += forest_term_sum((uint32_t)from[i]);
        list_code(search, &all, code + least, i + 1, i + 1 == n || from[i + 1] >> 32 != code);
    }
    return all.n;
}

/** A column of many values. */
PEREBOR_INLINE bool scan_values(const forest_search *search, const forest_node *node,
                                uint32_t index, uint32_t visit) {
    const uint32_t heaviest = search->sample->heaviest;
    uint32_t n = node->n;
    uint32_t least;
    uint32_t greatest;
    buckets buckets;
    find_range(search, n, &least, &greatest);
    if (least == greatest) {
        return false;
    }
    if (n <= most_compared && forest_weight(node->sum) <= FOREST_TERM_MASK) {
        list_few(search, n);
    } else if (greatest - least < n / 2) {
        n = list_cells(search, node, least, greatest);
    } else if (heaviest * (3 * most_of_bucket) <= FOREST_TERM_MASK &&
               fill_buckets(search, n, least, greatest, &buckets)) {
        list_buckets(search, n, &buckets);
    } else {
        n = list_sorted(search, node, least, greatest);
    }
    offer_listed(search, node, n, index, visit);
    return true;
}

/* A node. */

static void find(const forest_search *search, const forest_node *node) {
    const uint32_t n_columns = (uint32_t)search->columns->n_columns;
    for (uint32_t level = 0; level < search->n_levels; level++) {
        search->best[level] = (forest_split){.cost = INFINITY};
    }
    for (uint32_t i = 0; i < node->n; i++) {
        search->terms[i] = search->sample->terms[node->rows[i]];
    }
    memset(search->terms + node->n, 0, term_lanes * sizeof *search->terms);
    bool useful = false;
    uint32_t visit = 0;
    for (; visit < n_columns && (visit < search->max_features || !useful); visit++) {
        // The next of a shuffle (Fisher and Yates), whose numbers are hashes of (path, visit).
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
        bool varies = column->n_values == 2 ? scan_two(search, node, column, index, visit)
                      : search->random      ? scan_random(search, node, column, index, visit)
                                            : scan_values(search, node, index, visit);
        useful = useful || varies;
    }
    while (visit-- > 0) { // back to the order that every node starts from
        uint32_t other = search->swapped[visit];
        uint32_t index = search->order[other];
        search->order[other] = search->order[visit];
        search->order[visit] = index;
    }
}

/** Those that go left, then the others; both keep their order. */
#define DIVIDE(goes_left)                                                                          \
    uint32_t n_left = 0;                                                                           \
    uint32_t n_right = 0;                                                                          \
    for (uint32_t i = 0; i < n; i++) {                                                             \
        uint32_t row = rows[i];                                                                    \
        bool is_left = (goes_left);                                                                \
        rows[n_left] = row;                                                                        \
        spare[n_right] = row;                                                                      \
        n_left += is_left;                                                                         \
        n_right += !is_left;                                                                       \
    }                                                                                              \
    memcpy(rows + n_left, spare, n_right * sizeof *rows)

/** By the codes, where no two values with the split's lie on its two sides. */
static void divide_by_code(const forest_search *search, const forest_column *column,
                           const forest_split *split, uint32_t *rows, uint32_t n, uint32_t *spare) {
    const forest_columns *columns = search->columns;
    const uint32_t code = split->code;
    if (columns->near_codes != NULL && n < columns->n_rows / 8) {
        const uint16_t *near = columns->near_codes + split->column;
        const size_t stride = columns->n_dense;
        DIVIDE(near[row * stride] <= code);
    } else if (column->codes != NULL) {
        const uint16_t *codes = column->codes;
        DIVIDE(codes[row] <= code);
    } else {
        const uint32_t *codes = column->wide_codes;
        DIVIDE(codes[row] <= code);
    }
}

/** By a threshold that was drawn: by the codes, and where these are the same, by the values. */
static void divide_by_threshold(const forest_search *search, const forest_column *column,
                                const forest_split *split, uint32_t *rows, uint32_t n,
                                uint32_t *spare) {
    const forest_columns *columns = search->columns;
    const double *numbers = column->numbers;
    const double threshold = split->threshold;
    const uint32_t code = split->code;
    if (n < columns->n_rows / 8) {
        const uint16_t *near = columns->near_codes + split->column;
        const size_t stride = columns->n_dense;
        DIVIDE(near[row * stride] < code ||
               (near[row * stride] == code && numbers[row] <= threshold));
    } else {
        const uint16_t *codes = column->codes;
        DIVIDE(codes[row] < code || (codes[row] == code && numbers[row] <= threshold));
    }
}

static void divide(const forest_search *search, const forest_split *split, uint32_t *rows,
                   uint32_t n, uint32_t *spare) {
    const forest_column *column = &search->columns->columns[split->column];
    if (column->numbers == NULL) {
        const uint32_t *levels = column->levels;
        const uint32_t level = column->level;
        DIVIDE(levels[row] != level);
    } else if (search->random && column->n_values > 2) {
        divide_by_threshold(search, column, split, rows, n, spare);
    } else {
        divide_by_code(search, column, split, rows, n, spare);
    }
}

static uint32_t divide_scored(const perebor_matrix *matrix, uint32_t column, double threshold,
                              uint32_t *rows, uint32_t n, uint32_t *spare) {
    const double *numbers = matrix->values + column * matrix->stride;
    DIVIDE(numbers[row] <= threshold);
    return n_left;
}

extern const forest_kernels PEREBOR_KERNEL(forest_kernels);
const forest_kernels PEREBOR_KERNEL(forest_kernels) = {
    .find = find, .divide = divide, .divide_scored = divide_scored};
