// SPDX-License-Identifier: MIT
#include "model/boost/boost_sets.h"
#include "base/deadline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A level in order. */
typedef struct ordered_level {
    double mean; /**< G / (H + cat_smooth) */
    uint32_t bin;
} ordered_level;

/** A node whose cuts of one feature are looked at. */
typedef struct cut_node {
    const boost_scheme *scheme;
    const boost_rule *rule;
    const boost_bounds *bounds;
    const boost_levels *levels;
    int64_t total;
    double own; /**< What the node has of gains, within bounds. */
    uint32_t feature, n;
    ordered_level order[BOOST_MOST_BINS];
    size_t n_ordered;
} cut_node;

static int compare_levels(const void *left, const void *right) {
    const ordered_level *a = left;
    const ordered_level *b = right;
    return a->mean != b->mean ? (a->mean > b->mean) - (a->mean < b->mean)
                              : (a->bin > b->bin) - (a->bin < b->bin);
}

/** By insertion where they are few. */
static void sort_levels(ordered_level *levels, size_t n) {
    enum { few = 32 };
    if (n > few) {
        qsort(levels, n, sizeof *levels, compare_levels);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const ordered_level level = levels[i];
        size_t place = i; // bins ascend: of equal means the first stays first
        for (; place > 0 && levels[place - 1].mean > level.mean; place--) {
            levels[place] = levels[place - 1];
        }
        levels[place] = level;
    }
}

static int64_t cell_at(const boost_levels *levels, uint32_t bin) {
    return levels->cells[levels->stride * bin];
}

static void order_levels(cut_node *node) {
    const uint32_t n_bins = node->scheme->features[node->feature].n_bins;
    for (uint32_t bin = 0; bin < n_bins; bin++) {
        const uint32_t count = node->levels->counts[bin];
        if (count > 0 && (double)count >= node->rule->cat_smooth) {
            const int64_t cell = cell_at(node->levels, bin);
            node->order[node->n_ordered++] =
                (ordered_level){.mean = (double)boost_gradient(cell) /
                                        ((double)boost_hessian(cell) + node->rule->smooth),
                                .bin = bin};
        }
    }
    sort_levels(node->order, node->n_ordered);
}

/** T(G)^2 */
static double square(const boost_rule *rule, int64_t sum) {
    const double size = fabs((double)boost_gradient(sum)) - rule->alpha;
    return size > 0.0 ? size * size : 0.0;
}

/** The gain of two sides, as boost_split has it; 0 if there is none. */
static double gain_of(const cut_node *node, int64_t one, int64_t other) {
    const boost_rule *rule = node->rule;
    if (node->bounds != NULL) {
        const double gain = boost_bounded_gain(rule, one, *node->bounds) +
                            boost_bounded_gain(rule, other, *node->bounds) - node->own;
        return gain > 0x1p-40 * fabs(node->own) ? gain : 0.0;
    }
    const double one_d = (double)boost_hessian(one) + rule->lambda;
    const double other_d = (double)boost_hessian(other) + rule->lambda;
    return (square(rule, one) * other_d + square(rule, other) * one_d) / (one_d * other_d);
}

/** The level of a place, counted from one end or the other. */
static uint32_t bin_at(const cut_node *node, bool from_greatest, size_t place) {
    return node->order[from_greatest ? node->n_ordered - 1 - place : place].bin;
}

/** Makes a split of the first levels from one end. */
static boost_split make_split(const cut_node *node, bool from_greatest, size_t n_levels,
                              double gain, int64_t sum) {
    const uint32_t n_bins = node->scheme->features[node->feature].n_bins;
    boost_split split = {.gain = gain, .left = node->total - sum, .feature = node->feature};
    for (size_t place = 0; place < n_levels; place++) {
        boost_set_add(&split.set, bin_at(node, from_greatest, place));
    }
    if (boost_set_has(&split.set, n_bins - 1)) { // "none" goes left: the others go right
        const boost_set taken = split.set;
        split = (boost_split){.gain = gain, .left = sum, .feature = node->feature};
        for (uint32_t bin = 0; bin < n_bins; bin++) {
            if (!boost_set_has(&taken, bin)) {
                boost_set_add(&split.set, bin);
            }
        }
    }
    return split;
}

static void cut_from(const cut_node *node, bool from_greatest, boost_split *best) {
    const boost_rule *rule = node->rule;
    const size_t half = (node->n_ordered + 1) / 2 - (from_greatest ? 1 : 0);
    const size_t most = half < rule->max_cats ? half : rule->max_cats;
    int64_t sum = 0;
    uint32_t count = 0;
    double best_gain = 0.0;
    int64_t best_sum = 0;
    size_t best_levels = 0;
    for (size_t place = 0; place < most; place++) {
        const uint32_t bin = bin_at(node, from_greatest, place);
        sum += cell_at(node->levels, bin);
        count += node->levels->counts[bin];
        const int64_t rest = node->total - sum;
        if (count < rule->min_rows || boost_hessian(sum) < rule->min_hessian) {
            continue;
        }
        if (node->n - count < rule->min_rows || boost_hessian(rest) < rule->min_hessian) {
            break; // nor will any further cut leave enough
        }
        const double gain = gain_of(node, sum, rest);
        if (gain > best_gain) {
            best_gain = gain;
            best_sum = sum;
            best_levels = place + 1;
        }
    }
    if (boost_is_better(node->scheme, best_gain, node->feature, best)) {
        *best = make_split(node, from_greatest, best_levels, best_gain, best_sum);
    }
}

void boost_sets_scan(const boost_scheme *scheme, uint32_t feature, const boost_levels *levels,
                     const boost_rule *rule, const boost_bounds *bounds, int64_t total, uint32_t n,
                     boost_split *best) {
    cut_node node = {.scheme = scheme,
                     .rule = rule,
                     .bounds = bounds,
                     .levels = levels,
                     .total = total,
                     .own = bounds != NULL ? boost_bounded_gain(rule, total, *bounds) : 0.0,
                     .feature = feature,
                     .n = n};
    order_levels(&node);
    if (node.n_ordered > 1) {
        cut_from(&node, false, best);
        cut_from(&node, true, best);
    }
}

/** Counts the rows of a node by a feature's bins. */
static void count_rows(const boost_rows *binned, uint32_t f, const uint32_t *rows, uint32_t n,
                       uint32_t *counts) {
    memset(counts, 0, BOOST_MOST_BINS * sizeof *counts);
    for (uint32_t i = 0; i < n; i++) {
        counts[boost_bin(binned, f, rows[i])]++;
    }
}

boost_split boost_sets_search(boost_grower *grower, const boost_node *node, const int64_t *terms,
                              const uint32_t *rows, const int64_t *cells) {
    boost_split best = {0};
    const boost_scheme *scheme = grower->scheme;
    const boost_bounds *bounds = scheme->monotonic ? &node->bounds : NULL;
    for (uint32_t f = 0; scheme->sets && f < scheme->n_features && !perebor_deadline_passed();
         f++) {
        int64_t own[BOOST_MOST_BINS];
        boost_levels levels = {.stride = BOOST_WORD, .counts = grower->counts};
        if (!scheme->features[f].sets || grower->wanted[f] == 0) {
            continue;
        }
        count_rows(grower->binned, f, rows, node->n_rows, grower->counts);
        if (cells != NULL) {
            levels.cells = cells + scheme->features[f].first_cell;
        } else {
            memset(own, 0, sizeof own);
            for (uint32_t i = 0; i < node->n_rows; i++) {
                own[boost_bin(grower->binned, f, rows[i])] += terms[rows[i]];
            }
            levels.cells = own;
            levels.stride = 1;
        }
        boost_sets_scan(scheme, f, &levels, &grower->rule, bounds, node->sum, node->n_rows, &best);
    }
    return best;
}

uint32_t boost_sets_divide(const boost_rows *binned, const boost_turn *turn, const boost_set *set,
                           uint32_t *rows, uint32_t n, uint32_t *spare) {
    const uint64_t *words = binned->words + turn->word * binned->n_rows;
    uint32_t n_left = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t row = rows[i];
        rows[n_left] = row;
        spare[i - n_left] = row;
        n_left += !boost_set_has(set, words[row] >> turn->shift & 255);
    }
    memcpy(rows + n_left, spare, (n - n_left) * sizeof *rows);
    return n_left;
}

boost_set boost_sets_of_node(const boost_scheme *scheme, const boost_node *node) {
    boost_set right = {{0}};
    if (node->left == 0) {
        memset(&right, 255, sizeof right);
    } else if (scheme->features[node->feature].sets) {
        right = node->set;
    } else {
        const boost_turn turn = boost_turn_of(scheme, node->feature, node->bin);
        for (uint32_t bin = turn.first; bin <= (uint32_t)turn.first + turn.span; bin++) {
            boost_set_add(&right, bin);
        }
    }
    return right;
}

/** The node behind a node. */
PEREBOR_INLINE uint32_t step(const boost_rows *binned, const boost_turn *turns,
                             const boost_set *sets, size_t row, uint32_t at) {
    const boost_turn *turn = &turns[at];
    const uint64_t word = binned->words[turn->word * binned->n_rows + row];
    return turn->left + boost_set_has(&sets[at], word >> turn->shift & 255);
}

void boost_sets_walk(const boost_rows *binned, const boost_turn *turns, const boost_set *sets,
                     const double *values, size_t first, size_t end, double *scores) {
    size_t row = first;
    for (; row + BOOST_WORD <= end; row += BOOST_WORD) { // each waits for its last step alone
        uint32_t at[BOOST_WORD] = {0};
        for (uint32_t moved = 1; moved != 0;) {
            moved = 0;
            for (size_t i = 0; i < BOOST_WORD; i++) {
                const uint32_t next = step(binned, turns, sets, row + i, at[i]);
                moved |= next ^ at[i];
                at[i] = next;
            }
        }
        for (size_t i = 0; i < BOOST_WORD; i++) {
            scores[row + i] += values[at[i]];
        }
    }
    for (; row < end; row++) {
        uint32_t at = 0;
        for (uint32_t before = UINT32_MAX; at != before;) {
            before = at;
            at = step(binned, turns, sets, row, at);
        }
        scores[row] += values[at];
    }
}
