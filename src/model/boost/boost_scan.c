// SPDX-License-Identifier: MIT
#include "model/boost/boost_scan.h"

/** What lanes of sums have in their lower and upper halves, as doubles: 2^52 and a whole number
 * below it have the number in their low bits. */
PEREBOR_INLINE vnd lanes_hessian(vni sums) {
    return (vnd)((sums & 0xffffffff) | 0x4330000000000000) - 0x1p52;
}

typedef uint64_t vnu __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));

PEREBOR_INLINE vnd lanes_gradient(vni sums) {
    vnu biased = ((vnu)sums >> 32) ^ 0x80000000;
    return (vnd)(biased | 0x4330000000000000) - (0x1p52 + 0x1p31);
}

/** T(G)^2. */
PEREBOR_INLINE vnd lanes_square(vnd gradient, double alpha, bool shrinks) {
    if (!shrinks) { // alpha is 0
        return gradient * gradient;
    }
    vnd size = (vnd)((vni)gradient & INT64_MAX) - alpha;
    size = (vnd)((size > 0.0) & (vni)size);
    return size * size;
}

typedef int64_t v2i __attribute__((vector_size(16)));

/** Half after half, so that few instructions do it. */
PEREBOR_INLINE bool lanes_any(vni mask) {
    v2i parts[PEREBOR_NATIVE_LANES / 2];
    memcpy(parts, &mask, sizeof parts);
    for (int half = PEREBOR_NATIVE_LANES / 4; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) {
            parts[i] |= parts[i + half];
        }
    }
    return (parts[0][0] | parts[0][1]) != 0;
}

/** A node whose candidates are looked through. */
typedef struct judged {
    const boost_scheme *scheme;
    const boost_rule *rule;
    vnd all_g, all_h; /**< The same in every lane. */
    bool shrinks;     /**< alpha is not 0. */
} judged;

/** Gains of candidates as fractions, and what is on their sides. */
typedef struct fractions {
    vnd above, below, left_h, right_h;
} fractions;

PEREBOR_INLINE fractions find_fractions(const judged *node, const int64_t *left) {
    const boost_rule *rule = node->rule;
    vni sums;
    memcpy(&sums, left, sizeof sums);
    const vnd left_h = lanes_hessian(sums);
    const vnd left_g = lanes_gradient(sums);
    const vnd right_h = node->all_h - left_h;
    const vnd right_g = node->all_g - left_g;
    const vnd left_d = left_h + rule->lambda;
    const vnd right_d = right_h + rule->lambda;
    return (fractions){.above = lanes_square(left_g, rule->alpha, node->shrinks) * right_d +
                                lanes_square(right_g, rule->alpha, node->shrinks) * left_d,
                       .below = left_d * right_d,
                       .left_h = left_h,
                       .right_h = right_h};
}

/** Candidates whose gain may be above the best: a quotient that is, rounded, is no less than the
 * best but for a hair. Nearly all are told by this, which divides nothing. */
PEREBOR_INLINE vni may_be_better(const fractions *found, double best) {
    return found->above > found->below * (best * (1.0 - 0x1p-50));
}

/** Takes a candidate out of a few for the best, if it is better. */
PEREBOR_INLINE void take_better(const judged *node, uint32_t feature,
                                const boost_candidates *candidates, bool listed, size_t first,
                                boost_split *best) {
    const fractions found = find_fractions(node, candidates->left + first);
    if (!lanes_any(may_be_better(&found, best->gain))) {
        return;
    }
    const vnd gain = found.above / found.below;
    const vni valid =
        (found.left_h >= node->rule->min_hessian) & (found.right_h >= node->rule->min_hessian);
    for (size_t lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        const size_t place = first + lane;
        const uint32_t which = feature + (listed ? candidates->bytes[place] : 0);
        if (valid[lane] != 0 && boost_is_better(node->scheme, gain[lane], which, best)) {
            *best = (boost_split){.gain = gain[lane],
                                  .left = candidates->left[place],
                                  .feature = which,
                                  .bin = listed ? candidates->bins[place] : (uint32_t)place};
        }
    }
}

PEREBOR_INLINE void look_through(const judged *node, uint32_t feature,
                                 const boost_candidates *candidates, size_t n, bool listed,
                                 boost_split *best) {
    enum { many = 4 * PEREBOR_NATIVE_LANES };
    for (size_t first = 0; first < n;) {
        const size_t end = first + many < n ? first + many : n;
        vni any = {0};
        for (size_t i = first; i < end; i += PEREBOR_NATIVE_LANES) {
            const fractions found = find_fractions(node, candidates->left + i);
            any |= may_be_better(&found, best->gain);
        }
        for (size_t i = first; lanes_any(any) && i < end; i += PEREBOR_NATIVE_LANES) {
            take_better(node, feature, candidates, listed, i, best);
        }
        first = end;
    }
}

/**
 * Looks among n candidates for better ones than the best so far; of equal ones the first counts.
 *
 * @param[in] feature  Of all of them, or where they are listed the first one of their word.
 * @param[in] listed   Otherwise candidates are numbered by their bins.
 */
static void choose(const boost_scheme *scheme, const boost_rule *rule, uint32_t feature,
                   int64_t total, boost_candidates *candidates, size_t n, bool listed,
                   boost_split *best) {
    judged node = {.scheme = scheme,
                   .rule = rule,
                   .all_g = vnd_set((double)boost_gradient(total)),
                   .all_h = vnd_set((double)boost_hessian(total)),
                   .shrinks = rule->alpha > 0.0};
    for (size_t i = n; n > 0 && i < n + PEREBOR_NATIVE_LANES; i++) {
        candidates->left[i] = candidates->left[n - 1]; // which is no better than itself
        candidates->bytes[i] = candidates->bytes[n - 1];
    }
    if (node.shrinks) {
        look_through(&node, feature, candidates, n, listed, best);
    } else {
        node.shrinks = false; // a constant, which spares the code
        look_through(&node, feature, candidates, n, listed, best);
    }
}

/** Whether so many rows on the left leave enough on both sides. */
PEREBOR_INLINE bool is_enough(const boost_rule *rule, uint32_t n_left, uint32_t n) {
    return n_left >= rule->min_rows && n - n_left >= rule->min_rows;
}

/** Lists the cuts that leave rows enough. @return How many. */
static size_t list_cuts(const boost_feature *feature, const int64_t *cells, const uint32_t *counts,
                        const boost_rule *rule, uint32_t n, boost_candidates *candidates) {
    size_t listed = 0;
    int64_t sum = 0;
    uint32_t n_left = 0;
    for (uint32_t bin = 0; bin + 1 < feature->n_bins; bin++) {
        sum += cells[BOOST_WORD * bin];
        n_left += counts[bin];
        candidates->left[listed] = sum;
        candidates->bins[listed] = (uint8_t)bin;
        listed += cells[BOOST_WORD * bin] != 0 && is_enough(rule, n_left, n);
    }
    return listed;
}

/** Lists the levels that rows have. */
static size_t list_levels(const boost_feature *feature, const int64_t *cells,
                          const uint32_t *counts, const boost_rule *rule, int64_t total, uint32_t n,
                          boost_candidates *candidates) {
    size_t listed = 0;
    const uint8_t *active = rule->active + feature->column;
    for (uint32_t bin = 0; bin + 1 < feature->n_bins; bin++) {
        candidates->left[listed] = total - cells[BOOST_WORD * bin];
        candidates->bins[listed] = (uint8_t)bin;
        listed += cells[BOOST_WORD * bin] != 0 && active[bin] != 0 &&
                  (counts == NULL || is_enough(rule, n - counts[bin], n));
    }
    return listed;
}

static void scan(const boost_scheme *scheme, uint32_t feature, const int64_t *cells,
                 const uint32_t *counts, const boost_rule *rule, int64_t total, uint32_t n,
                 boost_candidates *candidates, boost_split *best) {
    const boost_feature *at = &scheme->features[feature];
    if (at->levels || counts != NULL) {
        size_t listed = at->levels ? list_levels(at, cells, counts, rule, total, n, candidates)
                                   : list_cuts(at, cells, counts, rule, n, candidates);
        memset(candidates->bytes, 0, listed);
        choose(scheme, rule, feature, total, candidates, listed, true, best);
        return;
    }
    // A cut behind an empty bin is as good as the one before it, which comes first.
    int64_t sum = 0;
    for (uint32_t bin = 0; bin + 1 < at->n_bins; bin++) {
        sum += cells[BOOST_WORD * bin];
        candidates->left[bin] = sum;
    }
    choose(scheme, rule, feature, total, candidates, at->n_bins - 1, false, best);
}

/** Adds the candidates of a byte of the words of few rows to those listed. @return How many there
 * are then. */
static size_t list_rows(const boost_feature *feature, const uint64_t *words, uint8_t byte,
                        const int64_t *terms, const boost_rule *rule, int64_t total, uint32_t n,
                        boost_candidates *candidates, size_t listed) {
    int64_t *cells = candidates->cells;
    uint8_t *counts = candidates->counts;
    uint64_t seen[BOOST_MOST_BINS / 64] = {0};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bin = (words[i] >> 8 * byte) & 255;
        cells[bin] += terms[i];
        counts[bin]++;
        seen[bin / 64] |= UINT64_C(1) << bin % 64;
    }
    const uint8_t *active = feature->levels ? rule->active + feature->column : NULL;
    const uint32_t last = feature->n_bins - 1;
    int64_t sum = 0;
    uint32_t n_left = 0;
    for (uint32_t part = 0; part < BOOST_MOST_BINS / 64; part++) {
        for (uint64_t bits = seen[part]; bits != 0; bits &= bits - 1) {
            const uint32_t bin = 64 * part + (uint32_t)__builtin_ctzll(bits);
            sum = feature->levels ? total - cells[bin] : sum + cells[bin];
            n_left = feature->levels ? n - counts[bin] : n_left + counts[bin];
            cells[bin] = 0;
            counts[bin] = 0;
            candidates->left[listed] = sum;
            candidates->bins[listed] = (uint8_t)bin;
            candidates->bytes[listed] = byte;
            listed +=
                bin < last && is_enough(rule, n_left, n) && (active == NULL || active[bin] != 0);
        }
    }
    return listed;
}

static void scan_rows(const boost_scheme *scheme, size_t word, const uint8_t *wanted,
                      const uint64_t *words, const int64_t *terms, const boost_rule *rule,
                      int64_t total, uint32_t n, boost_candidates *candidates, boost_split *best) {
    size_t listed = 0;
    const size_t first = word * BOOST_WORD;
    for (size_t f = first; f < scheme->n_features && f < first + BOOST_WORD; f++) {
        if (wanted[f] != 0) {
            listed = list_rows(&scheme->features[f], words, (uint8_t)(f - first), terms, rule,
                               total, n, candidates, listed);
        }
    }
    choose(scheme, rule, (uint32_t)first, total, candidates, listed, true, best);
}

extern const boost_scan_kernels PEREBOR_KERNEL(boost_scan_kernels);
const boost_scan_kernels PEREBOR_KERNEL(boost_scan_kernels) = {.scan = scan,
                                                               .scan_rows = scan_rows};
