// SPDX-License-Identifier: MIT
#include "model/boost/boost_bounds.h"

#include <math.h>

/** T(G) with the sign of G. */
static double shrunk(const boost_rule *rule, int64_t sum) {
    const double gradient = boost_gradient(sum);
    const double size = fabs(gradient) - rule->alpha;
    return !(size > 0.0) ? 0.0 : gradient > 0.0 ? size : -size;
}

double boost_bounded_weight(const boost_rule *rule, int64_t sum, boost_bounds bounds) {
    const double size = shrunk(rule, sum);
    // Where no row was drawn and lambda is 0, H + lambda is too.
    const double weight = size == 0.0 ? 0.0 : -size / ((double)boost_hessian(sum) + rule->lambda);
    return weight < bounds.least ? bounds.least : weight > bounds.most ? bounds.most : weight;
}

double boost_bounded_gain(const boost_rule *rule, int64_t sum, boost_bounds bounds) {
    const double size = shrunk(rule, sum);
    const double hessian = (double)boost_hessian(sum) + rule->lambda;
    const double weight = -size / hessian;
    if (weight >= bounds.least && weight <= bounds.most) {
        return size * size / hessian;
    }
    const double bounded = weight < bounds.least ? bounds.least : bounds.most;
    return -(2.0 * (double)boost_gradient(sum) * bounded + 2.0 * rule->alpha * fabs(bounded) +
             hessian * (bounded * bounded));
}

/** A node that is searched. */
typedef struct bounded_node {
    const boost_scheme *scheme;
    const boost_rule *rule;
    boost_bounds bounds;
    int64_t total;
    double own; /**< What it has of gains. */
} bounded_node;

/** Takes a split for the best, if it is allowed and better. */
static void take_better(const bounded_node *node, boost_split split, boost_split *best) {
    const boost_rule *rule = node->rule;
    const int64_t right = node->total - split.left;
    if (boost_hessian(split.left) < rule->min_hessian || boost_hessian(right) < rule->min_hessian) {
        return;
    }
    const double rises = boost_bounded_weight(rule, right, node->bounds) -
                         boost_bounded_weight(rule, split.left, node->bounds);
    if (rises * node->scheme->features[split.feature].monotonic < 0.0) {
        return;
    }
    split.gain = boost_bounded_gain(rule, split.left, node->bounds) +
                 boost_bounded_gain(rule, right, node->bounds) - node->own;
    // What rounding alone could make of no gain at all is none.
    if (split.gain > 0x1p-40 * fabs(node->own) &&
        boost_is_better(node->scheme, split.gain, split.feature, best)) {
        *best = split;
    }
}

void boost_bounded_scan(const boost_scheme *scheme, uint32_t feature, const int64_t *cells,
                        const uint32_t *counts, const boost_rule *rule, boost_bounds bounds,
                        int64_t total, uint32_t n, boost_split *best) {
    const boost_feature *at = &scheme->features[feature];
    const bounded_node node = {.scheme = scheme,
                               .rule = rule,
                               .bounds = bounds,
                               .total = total,
                               .own = boost_bounded_gain(rule, total, bounds)};
    int64_t sum = 0;
    uint32_t n_left = 0;
    for (uint32_t bin = 0; bin + 1 < at->n_bins; bin++) {
        const int64_t cell = cells[BOOST_WORD * bin];
        const uint32_t count = counts != NULL ? counts[bin] : 0;
        sum = at->levels ? total - cell : sum + cell;
        n_left = at->levels ? n - count : n_left + count;
        const bool enough =
            counts == NULL || (n_left >= rule->min_rows && n - n_left >= rule->min_rows);
        const bool active = !at->levels || rule->active[at->column + bin] != 0;
        if (cell != 0 && enough && active) { // a cut behind an empty bin is that before it
            take_better(&node, (boost_split){.left = sum, .feature = feature, .bin = bin}, best);
        }
    }
}

void boost_bounds_divide(boost_bounds children[2], const boost_rule *rule, boost_bounds bounds,
                         int8_t monotonic, const int64_t sums[2]) {
    children[0] = children[1] = bounds;
    if (monotonic == 0) {
        return;
    }
    const double left = boost_bounded_weight(rule, sums[0], bounds);
    const double middle = (left + boost_bounded_weight(rule, sums[1], bounds)) / 2.0;
    children[monotonic > 0 ? 0 : 1].most = middle;
    children[monotonic > 0 ? 1 : 0].least = middle;
}
