// SPDX-License-Identifier: MIT
/*
 * The best split of a node. Rows are not counted in histograms: where min_samples_leaf rules a
 * split out, which is seen when it is found, its feature is searched again, or all are, with rows
 * counted.
 */
#include <string.h>

#include "model/boost/boost_grow.h"
#include "model/boost/boost_sets.h"

/** Rows are counted at once if they are fewer than so many times the fewest of a leaf, for all
 * features when a split has too few if they are fewer than so many. */
enum { few_times = 16, not_many_times = 128 };

/** Whether rows enough are on both sides: by the sums, where these tell, or one by one. */
static bool has_enough_rows(const boost_grower *grower, const boost_searched *node,
                            const uint32_t *rows, const boost_split *split) {
    if (grower->scheme->features[split->feature].sets) {
        return true; // a set's were counted
    }
    const double least = grower->most_hessian * grower->rule.min_rows;
    const double left = boost_hessian(split->left);
    if (left >= least && (double)boost_hessian(node->total) - left >= least) {
        return true;
    }
    const bool levels = grower->scheme->features[split->feature].levels;
    uint32_t n_left = 0;
    for (uint32_t i = 0; i < node->n_rows; i++) {
        uint32_t bin = boost_bin(grower->binned, split->feature, rows[i]);
        n_left += levels ? bin != split->bin : bin <= split->bin;
    }
    return n_left >= grower->rule.min_rows && node->n_rows - n_left >= grower->rule.min_rows;
}

static bool searches_words(const boost_grower *grower) {
    return boost_word_can(&grower->rule) && !grower->scheme->monotonic;
}

/** Searches one feature. @param[in] counts  [n_bins] or NULL */
static void search_feature(const boost_grower *grower, const boost_searched *node, uint32_t f,
                           const uint32_t *counts, boost_split *best) {
    const int64_t *cells = node->cells + grower->scheme->features[f].first_cell;
    if (grower->scheme->monotonic) {
        boost_bounded_scan(grower->scheme, f, cells, counts, &grower->rule, *node->bounds,
                           node->total, node->n_rows, best);
    } else {
        grower->scans->scan(grower->scheme, f, cells, counts, &grower->rule, node->total,
                            node->n_rows, grower->candidates, best);
    }
}

/** A part of the features that are searched together: a word, or a single one where not all gains
 * can be estimated. */
static size_t count_parts(const boost_grower *grower) {
    return searches_words(grower) ? grower->binned->n_words : grower->scheme->n_features;
}

static void search_part(boost_grower *grower, const boost_searched *node, size_t part,
                        boost_split *best) {
    if (searches_words(grower)) {
        if (grower->lanes[part].any_wanted) {
            grower->word_kernels->search(node, part, grower->estimates, best);
        }
    } else if (grower->searched[part] != 0) {
        search_feature(grower, node, (uint32_t)part, NULL, best);
    }
}

/** Searches a feature for splits that leave rows enough on both sides. */
static void search_counted(boost_grower *grower, const boost_searched *node, const uint32_t *rows,
                           uint32_t f, boost_split *best) {
    const boost_feature *feature = &grower->scheme->features[f];
    // Neighbours are counted apart: one addition need not wait for another.
    uint32_t(*counts)[BOOST_COUNT_APART] = (uint32_t(*)[BOOST_COUNT_APART])grower->counts;
    memset(counts, 0, feature->n_bins * sizeof *counts);
    for (uint32_t i = 0; i < node->n_rows; i++) {
        counts[boost_bin(grower->binned, f, rows[i])][i % BOOST_COUNT_APART]++;
    }
    for (uint32_t bin = 0; bin < feature->n_bins; bin++) {
        const uint32_t *parts = counts[bin];
        grower->counts[bin] = parts[0] + parts[1] + parts[2] + parts[3];
    }
    search_feature(grower, node, f, grower->counts, best);
}

/** A feature is no longer searched, or is again. */
static void want(boost_grower *grower, uint32_t f, bool wanted) {
    const size_t word = f / BOOST_WORD;
    grower->searched[f] = wanted;
    boost_lanes_set(&grower->lanes[word], word, grower->scheme, &grower->rule, grower->searched);
}

/** The best of what parts found. */
static size_t find_best(const boost_grower *grower, size_t n_parts) {
    size_t best = 0;
    for (size_t part = 1; part < n_parts; part++) {
        const boost_split *split = &grower->best[part];
        best = boost_is_better(grower->scheme, split->gain, split->feature, &grower->best[best])
                   ? part
                   : best;
    }
    return best;
}

/** As long as the best split leaves too few rows on a side, its feature is searched for the best
 * one that does not, and then no more. @param[in] counted  The best so far that does not. */
static boost_split search_each(boost_grower *grower, const boost_searched *node,
                               const uint32_t *rows, boost_split counted) {
    const size_t n_parts = count_parts(grower);
    size_t n_counted = 0;
    for (size_t part = 0; part < n_parts; part++) {
        grower->best[part] = (boost_split){0};
        search_part(grower, node, part, &grower->best[part]);
    }
    for (;;) {
        const size_t part = find_best(grower, n_parts);
        const boost_split best = grower->best[part];
        if (!boost_is_better(grower->scheme, best.gain, best.feature, &counted)) {
            break;
        }
        if (has_enough_rows(grower, node, rows, &best)) {
            counted = best;
            break;
        }
        search_counted(grower, node, rows, best.feature, &counted);
        want(grower, best.feature, false);
        grower->counted[n_counted++] = best.feature;
        grower->best[part] = (boost_split){0};
        search_part(grower, node, part, &grower->best[part]);
    }
    for (size_t i = 0; i < n_counted; i++) {
        want(grower, grower->counted[i], true);
    }
    return counted;
}

/** The best split of a node by its histogram. @param[in] less  NULL, or a histogram that is taken
 * off it before. */
static boost_split search_cells(boost_grower *grower, const boost_node *node, const uint32_t *rows,
                                int64_t *cells, const int64_t *less) {
    const bool by_words = searches_words(grower);
    const bool subtracts = by_words && !grower->scheme->sets; // where words are searched
    if (!subtracts && less != NULL) {
        grower->kernels->subtract(cells, less, grower->scheme->n_cells);
    }
    const boost_split by_set = boost_sets_search(grower, node, NULL, rows, cells);
    // In nodes of few rows the best split often leaves too few on a side: rows are counted at once.
    const uint32_t min_rows = grower->rule.min_rows;
    const bool counted = by_words && min_rows > 1 && node->n_rows / few_times < min_rows;
    boost_searched searched = {.scheme = grower->scheme,
                               .binned = grower->binned,
                               .rule = &grower->rule,
                               .lanes = grower->lanes,
                               .total = node->sum,
                               .bounds = &node->bounds,
                               .cells = cells,
                               .less = subtracts ? less : NULL,
                               .rows = counted ? rows : NULL,
                               .n_rows = node->n_rows};
    const size_t n_parts = count_parts(grower);
    boost_split best = by_set;
    for (size_t part = 0; part < n_parts; part++) {
        search_part(grower, &searched, part, &best);
    }
    if (counted || !(best.gain > 0.0) || has_enough_rows(grower, &searched, rows, &best)) {
        return best;
    }
    searched.less = NULL;
    if (by_words && node->n_rows / not_many_times < min_rows) {
        searched.rows = rows;
        best = by_set;
        for (size_t part = 0; part < n_parts; part++) {
            search_part(grower, &searched, part, &best);
        }
        return best;
    }
    return search_each(grower, &searched, rows, by_set);
}

/** The best split of a node of few rows. */
static boost_split search_rows(boost_grower *grower, const boost_node *node, const uint32_t *rows,
                               const int64_t *terms) {
    const uint32_t n = node->n_rows;
    boost_split best = boost_sets_search(grower, node, terms, rows, NULL);
    for (uint32_t i = 0; i < n; i++) {
        grower->terms[i] = terms[rows[i]];
    }
    for (size_t word = 0; word < grower->binned->n_words; word++) {
        const uint64_t *words = grower->binned->words + word * grower->binned->n_rows;
        for (uint32_t i = 0; i < n; i++) {
            grower->words[i] = words[rows[i]];
        }
        grower->scans->scan_rows(grower->scheme, word, grower->searched, grower->words,
                                 grower->terms, &grower->rule, node->sum, n, grower->candidates,
                                 &best);
    }
    return best;
}

boost_split boost_search(boost_grower *grower, const boost_node *node, const int64_t *terms,
                         const uint32_t *rows, int64_t *cells, const int64_t *less) {
    return cells != NULL ? search_cells(grower, node, rows, cells, less)
                         : search_rows(grower, node, rows, terms);
}
