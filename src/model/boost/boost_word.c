// SPDX-License-Identifier: MIT
#include "model/boost/boost_word.h"

/** Floats in a vector: of two vectors of cells. Vectors of cells to a bin. */
enum { n_floats = 2 * PEREBOR_NATIVE_LANES, parts = BOOST_WORD / PEREBOR_NATIVE_LANES };

typedef float vnf __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));
typedef int32_t vnw __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));
typedef int32_t v8w __attribute__((vector_size(32)));

/** The lower halves of the cells of two vectors. */
PEREBOR_INLINE vnw lower_halves(vni a, vni b) {
#if defined(__AVX512F__)
    return __builtin_shufflevector((vnw)a, (vnw)b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
                                   26, 28, 30);
#elif defined(__AVX__)
    return __builtin_shufflevector((vnw)a, (vnw)b, 0, 2, 4, 6, 8, 10, 12, 14);
#else
    return __builtin_shufflevector((vnw)a, (vnw)b, 0, 2, 4, 6);
#endif
}

/** Their upper halves. */
PEREBOR_INLINE vnw upper_halves(vni a, vni b) {
#if defined(__AVX512F__)
    return __builtin_shufflevector((vnw)a, (vnw)b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
                                   27, 29, 31);
#elif defined(__AVX__)
    return __builtin_shufflevector((vnw)a, (vnw)b, 1, 3, 5, 7, 9, 11, 13, 15);
#else
    return __builtin_shufflevector((vnw)a, (vnw)b, 1, 3, 5, 7);
#endif
}

PEREBOR_INLINE vnw vnw_load(const int32_t *from) {
    vnw lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE vnw spread(int32_t value) {
    return value - (vnw){0};
}

/** What does not change from bin to bin. */
typedef struct totals {
    vnw g, h, n, min_rows;
    vnf lambda;
} totals;

/** -1 in lanes where one of two sides has less than it must. */
PEREBOR_INLINE vnw too_little(vnw left, vnw all, vnw least) {
    return ((left - least) | (all - left - least)) >> 31;
}

/** The bits of the estimates for two vectors of sums of the left. */
PEREBOR_INLINE vnw estimate(const totals *all, vnw least, vni a, vni b) {
    const vnw left_h = lower_halves(a, b);
    const vnw left_g = upper_halves(a, b);
    const vnf left_d = __builtin_convertvector(left_h, vnf) + all->lambda;
    const vnf right_d = __builtin_convertvector(all->h - left_h, vnf) + all->lambda;
    const vnf left_f = __builtin_convertvector(left_g, vnf);
    const vnf right_f = __builtin_convertvector(all->g - left_g, vnf);
    const vnf gain = (left_f * left_f * right_d + right_f * right_f * left_d) / (left_d * right_d);
    return (vnw)gain & ~too_little(left_h, all->h, least);
}

/** Estimates the gains of the cells of a word, two bins at a time. The last four are constants. */
PEREBOR_INLINE void estimate_all(const totals *all, const boost_lanes *lanes, size_t n_bins,
                                 int64_t *cells, const int64_t *less, boost_estimates *estimates,
                                 bool has_less, bool has_levels, bool has_counts) {
    enum { pairs = parts };
    vni sums[parts] = {{0}};
    vni dense[parts];
    memcpy(dense, lanes->dense, sizeof dense);
    for (size_t first = 0; first < n_bins * BOOST_WORD; first += 2 * BOOST_WORD) {
        for (size_t pair = 0; pair < pairs; pair++) {
            const size_t place = first + pair * n_floats;
            vni left[2];
            for (size_t k = 0; k < 2; k++) {
                const size_t part = (2 * pair + k) % parts;
                const size_t at = place + k * PEREBOR_NATIVE_LANES;
                vni cell;
                memcpy(&cell, cells + at, sizeof cell);
                if (has_less) {
                    vni other;
                    memcpy(&other, less + at, sizeof other);
                    cell -= other;
                    memcpy(cells + at, &cell, sizeof cell);
                }
                sums[part] = (has_levels ? sums[part] & dense[part] : sums[part]) + cell;
                left[k] = sums[part];
            }
            const vnw least = vnw_load(lanes->least + pair * n_floats % BOOST_WORD);
            vnw found = estimate(all, least, left[0], left[1]);
            if (has_counts) {
                found &= ~too_little(vnw_load(estimates->counts + place), all->n, all->min_rows);
            }
            memcpy(estimates->gains + place, &found, sizeof found);
        }
    }
}

/** Counts the rows of a node that are left of each cut, or of each level. */
static void count(const boost_searched *node, size_t word, size_t n_bins, int32_t *counts) {
    const uint64_t *words = node->binned->words + word * node->binned->n_rows;
    memset(counts, 0, n_bins * BOOST_WORD * sizeof *counts);
    for (uint32_t i = 0; i < node->n_rows; i++) {
        const uint64_t here = words[node->rows[i]];
        for (size_t lane = 0; lane < BOOST_WORD; lane++) {
            counts[((here >> 8 * lane) & 255) * BOOST_WORD + lane]++;
        }
    }
    v8w sums = {0};
    v8w dense = {0};
    for (size_t lane = 0; lane < BOOST_WORD; lane++) {
        dense[lane] = (int32_t)node->lanes[word].dense[lane];
    }
    for (size_t bin = 0; bin < n_bins; bin++) {
        v8w here;
        memcpy(&here, counts + bin * BOOST_WORD, sizeof here);
        sums = (sums & dense) + here;
        memcpy(counts + bin * BOOST_WORD, &sums, sizeof sums);
    }
}

/** No level is set apart that is inactive, nor is none. */
static void leave_out_levels(const boost_feature *feature, const boost_rule *rule, int32_t *gains) {
    for (uint32_t bin = 0; bin < feature->n_bins; bin++) {
        if (bin + 1 == feature->n_bins || rule->active[feature->column + bin] == 0) {
            gains[bin * BOOST_WORD] = 0;
        }
    }
}

/** Estimates that are looked through together. */
enum { n_in_part = 8 * 2 * BOOST_WORD };

/** @param[out] greatest  Of each part. @return The greatest of all. */
static int32_t find_greatest(const int32_t *gains, size_t n, int32_t *greatest) {
    enum { side_by_side = 2 * BOOST_WORD };
    int32_t most = 0;
    for (size_t first = 0; first < n; first += n_in_part) {
        const size_t end = first + n_in_part < n ? first + n_in_part : n;
        int32_t lanes[side_by_side] = {0};
        for (size_t i = first; i < end; i += side_by_side) {
            for (size_t lane = 0; lane < side_by_side; lane++) {
                lanes[lane] = gains[i + lane] > lanes[lane] ? gains[i + lane] : lanes[lane];
            }
        }
        int32_t here = 0;
        for (size_t lane = 0; lane < side_by_side; lane++) {
            here = lanes[lane] > here ? lanes[lane] : here;
        }
        greatest[first / n_in_part] = here;
        most = here > most ? here : most;
    }
    return most;
}

/** The sum of the rows on the left. */
static int64_t sum_left(const int64_t *cells, bool levels, uint32_t bin, int64_t total) {
    if (levels) {
        return total - cells[BOOST_WORD * bin];
    }
    int64_t sum = 0;
    for (uint32_t b = 0; b <= bin; b++) {
        sum += cells[BOOST_WORD * b];
    }
    return sum;
}

/** Takes a candidate for the best, if it is better. */
static void take_better(const boost_searched *node, uint32_t f, uint32_t bin, boost_split *best) {
    const boost_feature *feature = &node->scheme->features[f];
    const boost_rule *rule = node->rule;
    const int64_t left =
        sum_left(node->cells + feature->first_cell, feature->levels, bin, node->total);
    const double left_h = boost_hessian(left);
    const double left_g = boost_gradient(left);
    const double right_h = (double)boost_hessian(node->total) - left_h;
    const double right_g = (double)boost_gradient(node->total) - left_g;
    const double left_d = left_h + rule->lambda;
    const double right_d = right_h + rule->lambda;
    const double gain =
        (left_g * left_g * right_d + right_g * right_g * left_d) / (left_d * right_d);
    if (boost_is_better(node->scheme, gain, f, best)) {
        *best = (boost_split){.gain = gain, .left = left, .feature = f, .bin = bin};
    }
}

/** Estimates of at least so much may be of the best, whose estimate, or that so far, is known. */
static int32_t find_enough(int32_t bits, double best) {
    float most;
    memcpy(&most, &bits, sizeof most);
    most = (float)best > most ? (float)best : most;
    most *= 1.0F - 0x1p-18F;
    memcpy(&bits, &most, sizeof bits);
    return bits > 0 ? bits : 1;
}

/** Computes the gains that may be the greatest. */
static void choose(const boost_searched *node, size_t word, size_t n, const int32_t *gains,
                   boost_split *best) {
    const int64_t *cells = node->cells + node->scheme->features[word * BOOST_WORD].first_cell;
    int32_t greatest[BOOST_MOST_BINS * BOOST_WORD / n_in_part];
    const int32_t most = find_greatest(gains, n, greatest);
    const int32_t enough = find_enough(most, best->gain);
    for (size_t first = 0; most >= enough && first < n; first += n_in_part) {
        const size_t end = first + n_in_part < n ? first + n_in_part : n;
        for (size_t i = first; greatest[first / n_in_part] >= enough && i < end; i++) {
            // A cut behind an empty bin is as good as the one before it, which comes first.
            if (gains[i] >= enough && cells[i] != 0) {
                take_better(node, (uint32_t)(word * BOOST_WORD + i % BOOST_WORD),
                            (uint32_t)(i / BOOST_WORD), best);
            }
        }
    }
}

static void search(const boost_searched *node, size_t word, boost_estimates *estimates,
                   boost_split *best) {
    const boost_feature *features = node->scheme->features + word * BOOST_WORD;
    const boost_lanes *lanes = &node->lanes[word];
    const size_t n_bins = (features->n_bins + 1) / 2 * 2; // of the one that has most
    const totals all = {.g = spread(boost_gradient(node->total)),
                        .h = spread((int32_t)boost_hessian(node->total)),
                        .n = spread((int32_t)node->n_rows),
                        .min_rows = spread((int32_t)node->rule->min_rows),
                        .lambda = (float)node->rule->lambda - (vnf){0}};
    int64_t *cells = node->cells + features->first_cell;
    const int64_t *less = node->less != NULL ? node->less + features->first_cell : NULL;
    if (node->rows != NULL) {
        count(node, word, n_bins, estimates->counts);
    }
    switch ((less != NULL ? 4 : 0) + (lanes->any_levels ? 2 : 0) + (node->rows != NULL ? 1 : 0)) {
    case 0:
        estimate_all(&all, lanes, n_bins, cells, less, estimates, false, false, false);
        break;
    case 1:
        estimate_all(&all, lanes, n_bins, cells, less, estimates, false, false, true);
        break;
    case 4:
        estimate_all(&all, lanes, n_bins, cells, less, estimates, true, false, false);
        break;
    case 5:
        estimate_all(&all, lanes, n_bins, cells, less, estimates, true, false, true);
        break;
    default:
        estimate_all(&all, lanes, n_bins, cells, less, estimates, less != NULL, true,
                     node->rows != NULL);
        break;
    }
    for (size_t lane = 0; lanes->any_levels && lane < BOOST_WORD; lane++) {
        if (lanes->dense[lane] == 0) {
            leave_out_levels(&features[lane], node->rule, estimates->gains + lane);
        }
    }
    choose(node, word, n_bins * BOOST_WORD, estimates->gains, best);
}

extern const boost_word_kernels PEREBOR_KERNEL(boost_word_kernels);
const boost_word_kernels PEREBOR_KERNEL(boost_word_kernels) = {.search = search};
