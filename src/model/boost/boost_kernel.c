// SPDX-License-Identifier: MIT
#include "model/boost/boost_kernel.h"

#include "base/arithmetic.h"

/** 1.5 * 2^52: adding it rounds to a whole number, halves to even ones, and leaves it in the low
 * bits. */
static const double rounding = 6755399441055744.0;

static v8i whole(v8d x) {
    v8d shifted = x + v8d_set(rounding);
    return (v8i)shifted - (v8i)v8d_set(rounding);
}

static void find_terms(const double *scores, const double *labels, const double weights[2],
                       size_t n, int64_t *terms) {
    const v8d one = v8d_set(1.0);
    for (size_t row = 0; row < n; row += PEREBOR_LANES) {
        v8d score = v8d_load(scores + row);
        v8d label = v8d_load(labels + row);
        v8d weight = v8d_select(label > v8d_set(0.5), v8d_set(weights[1]), v8d_set(weights[0]));
        v8d p = one / (one + v8d_exp(-score));
        v8i g = whole(weight * (p - label));
        v8i h = whole(v8d_set(4.0) * weight * (p * (one - p)));
        h -= (v8i)(h < 1) & (h - 1); // 1 at least
        v8i term = (v8i)((v8u)g << 32) + h;
        memcpy(terms + row, &term, sizeof term);
    }
}

/** Some features of a word: what is added to, and where their bins are. */
typedef struct counted {
    int64_t *cells[BOOST_WORD];
    unsigned shifts[BOOST_WORD];
} counted;

/** @param[in] n_features  A constant, to be unrolled by. */
PEREBOR_INLINE void accumulate_few(size_t n_features, const counted *features,
                                   const uint64_t *words, const uint32_t *rows,
                                   const int64_t *terms, size_t n) {
    const counted here = *features;
    for (size_t i = 0; i < n; i++) {
        const uint64_t word = words[rows[i]];
        const int64_t term = terms[i];
        for (size_t f = 0; f < n_features; f++) {
            here.cells[f][(word >> here.shifts[f]) & 255] += term;
        }
    }
}

/** All features of a word, whose shifts are constants, too. */
PEREBOR_INLINE void accumulate_word(const counted *features, const uint64_t *words,
                                    const uint32_t *rows, const int64_t *terms, size_t n) {
    const counted here = *features;
    for (size_t i = 0; i < n; i++) {
        const uint64_t word = words[rows[i]];
        const int64_t term = terms[i];
        for (size_t f = 0; f < BOOST_WORD; f++) {
            here.cells[f][(word >> 8 * f) & 255] += term;
        }
    }
}

static void accumulate(const boost_scheme *scheme, const boost_rows *binned, size_t word,
                       const uint8_t *wanted, const uint32_t *rows, const int64_t *terms, size_t n,
                       int64_t *cells) {
    const uint64_t *words = binned->words + word * binned->n_rows;
    counted features = {{0}, {0}};
    size_t n_features = 0;
    for (size_t f = word * BOOST_WORD; f < scheme->n_features && f < (word + 1) * BOOST_WORD; f++) {
        if (wanted[f] != 0) {
            features.cells[n_features] = cells + scheme->features[f].first_cell;
            features.shifts[n_features++] = 8 * (unsigned)(f % BOOST_WORD);
        }
    }
    switch (n_features) {
    case 0:
        break;
    case 1:
        accumulate_few(1, &features, words, rows, terms, n);
        break;
    case 2:
        accumulate_few(2, &features, words, rows, terms, n);
        break;
    case 3:
        accumulate_few(3, &features, words, rows, terms, n);
        break;
    case 4:
        accumulate_few(4, &features, words, rows, terms, n);
        break;
    case 5:
        accumulate_few(5, &features, words, rows, terms, n);
        break;
    case 6:
        accumulate_few(6, &features, words, rows, terms, n);
        break;
    case 7:
        accumulate_few(7, &features, words, rows, terms, n);
        break;
    default:
        accumulate_word(&features, words, rows, terms, n);
        break;
    }
}

static void subtract(int64_t *cells, const int64_t *others, size_t n) {
    for (size_t i = 0; i < n; i++) {
        cells[i] -= others[i];
    }
}

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
        if (valid[lane] != 0 && gain[lane] > best->gain) {
            const size_t place = first + lane;
            *best = (boost_split){.gain = gain[lane],
                                  .left = candidates->left[place],
                                  .feature = feature + (listed ? candidates->bytes[place] : 0),
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
static void choose(const boost_rule *rule, uint32_t feature, int64_t total,
                   boost_candidates *candidates, size_t n, bool listed, boost_split *best) {
    judged node = {.rule = rule,
                   .all_g = vnd_set((double)boost_gradient(total)),
                   .all_h = vnd_set((double)boost_hessian(total)),
                   .shrinks = rule->alpha > 0.0};
    for (size_t i = n; n > 0 && i < n + PEREBOR_NATIVE_LANES; i++) {
        candidates->left[i] = candidates->left[n - 1]; // which is no better than itself
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
        sum += cells[bin];
        n_left += counts[bin];
        candidates->left[listed] = sum;
        candidates->bins[listed] = (uint8_t)bin;
        listed += cells[bin] != 0 && is_enough(rule, n_left, n);
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
        candidates->left[listed] = total - cells[bin];
        candidates->bins[listed] = (uint8_t)bin;
        listed += cells[bin] != 0 && active[bin] != 0 &&
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
        choose(rule, feature, total, candidates, listed, true, best);
        return;
    }
    // A cut behind an empty bin is as good as the one before it, which comes first.
    int64_t sum = 0;
    for (uint32_t bin = 0; bin + 1 < at->n_bins; bin++) {
        sum += cells[bin];
        candidates->left[bin] = sum;
    }
    choose(rule, feature, total, candidates, at->n_bins - 1, false, best);
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
    choose(rule, (uint32_t)first, total, candidates, listed, true, best);
}

/** 1 if so, else 0. */
PEREBOR_INLINE uint32_t goes_right(uint64_t word, const boost_turn *turn) {
    return (uint8_t)((word >> turn->shift) - turn->first) <= turn->span;
}

static uint32_t divide(const boost_rows *binned, const boost_turn *turn, uint32_t *rows, uint32_t n,
                       uint32_t *spare) {
    const uint64_t *words = binned->words + turn->word * binned->n_rows;
    const boost_turn here = *turn;
    uint32_t n_left = 0;
    uint32_t n_right = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        uint32_t right = goes_right(words[row], &here);
        rows[n_left] = row;
        spare[n_right] = row;
        n_left += 1 - right;
        n_right += right;
    }
    memcpy(rows + n_left, spare, n_right * sizeof *rows);
    return n_left;
}

/** One step of some rows at once, each of which waits for its last alone. @return Whether any
 * moved.
 */
PEREBOR_INLINE bool step(const boost_rows *binned, const boost_turn *turns, size_t first,
                         uint32_t at[BOOST_WORD]) {
    uint32_t moved = 0;
    for (size_t i = 0; i < BOOST_WORD; i++) {
        const boost_turn *turn = &turns[at[i]];
        const uint64_t word = binned->words[turn->word * binned->n_rows + first + i];
        const uint32_t next = turn->left + goes_right(word, turn);
        moved |= next ^ at[i];
        at[i] = next;
    }
    return moved != 0;
}

static void walk(const boost_rows *binned, const boost_turn *turns, const double *values,
                 size_t first, size_t end, double *scores) {
    size_t row = first;
    for (; row + BOOST_WORD <= end; row += BOOST_WORD) {
        uint32_t at[BOOST_WORD] = {0};
        while (step(binned, turns, row, at)) {
        }
        for (size_t i = 0; i < BOOST_WORD; i++) {
            scores[row + i] += values[at[i]];
        }
    }
    for (; row < end; row++) {
        uint32_t at = 0;
        for (uint32_t before = UINT32_MAX; at != before;) {
            const boost_turn *turn = &turns[at];
            before = at;
            at = turn->left + goes_right(binned->words[turn->word * binned->n_rows + row], turn);
        }
        scores[row] += values[at];
    }
}

extern const boost_kernels PEREBOR_KERNEL(boost_kernels);
const boost_kernels PEREBOR_KERNEL(boost_kernels) = {.find_terms = find_terms,
                                                     .accumulate = accumulate,
                                                     .subtract = subtract,
                                                     .scan = scan,
                                                     .scan_rows = scan_rows,
                                                     .divide = divide,
                                                     .walk = walk};
