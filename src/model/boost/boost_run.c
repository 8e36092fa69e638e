// SPDX-License-Identifier: MIT
#include "model/boost/boost_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/mix.h"
#include "base/try.h"
#include "model/boost/boost_sets.h"

/** S of the terms: so that sums of all rows stay below 2^31. */
static int unit_exponent(size_t n_rows) {
    int bits = 0;
    while ((size_t)1 << bits < n_rows) {
        bits++;
    }
    return 30 - bits;
}

static void weigh_classes(boost_run *run) {
    const double n = (double)run->binned->n_rows;
    const double n_ones = (double)run->n_ones;
    run->weights[0] = run->weights[1] = 1.0;
    run->start = perebor_log(n_ones / (n - n_ones));
    if (run->options->balanced) {
        run->weights[0] = n / (2.0 * (n - n_ones));
        run->weights[1] = n / (2.0 * n_ones);
        run->start = 0.0;
    }
}

/** What splits are judged by, in the units of sums: g in 2^-S, h in 2^-(S+2), gains in 2^(2-S). */
static void make_rule(boost_run *run) {
    const boost_options *options = run->options;
    const int unit = unit_exponent(run->binned->n_rows);
    const double heaviest = run->weights[0] > run->weights[1] ? run->weights[0] : run->weights[1];
    double min_hessian = ldexp(options->min_child_weight, unit + 2);
    run->units[0] = ldexp(run->weights[0], unit);
    run->units[1] = ldexp(run->weights[1], unit);
    run->grower.rule = (boost_rule){.alpha = ldexp(options->alpha, unit),
                                    .lambda = ldexp(options->lambda, unit + 2),
                                    .min_hessian = min_hessian > 1.0 ? min_hessian : 1.0,
                                    .smooth = ldexp(options->cat_smooth, unit + 2),
                                    .cat_smooth = options->cat_smooth,
                                    .max_cats = options->max_cats,
                                    .min_rows = (uint32_t)options->min_leaf,
                                    .active = run->active};
    run->grower.min_gain = ldexp(options->gamma, unit - 2);
    run->grower.most_hessian = ceil(ldexp(heaviest, unit)) + 1.0;
}

perebor_status boost_run_create(boost_run *run, const boost_options *options,
                                const boost_scheme *scheme, const boost_rows *binned,
                                const uint8_t *labels, perebor_workspace *workspace,
                                perebor_error *error) {
    const size_t n = binned->n_rows;
    const size_t n_columns = scheme->n_columns;
    *run = (boost_run){
        .options = options,
        .scheme = scheme,
        .binned = binned,
        .labels = perebor_workspace_take_zeroed(workspace, n + BOOST_PADDING, sizeof *run->labels),
        .scores = perebor_workspace_take_zeroed(workspace, n + BOOST_PADDING, sizeof *run->scores),
        .terms = perebor_workspace_take(workspace, n + BOOST_PADDING, sizeof *run->terms),
        .rows = perebor_workspace_take(workspace, n, sizeof *run->rows),
        .active = perebor_workspace_take(workspace, n_columns, sizeof *run->active),
        .draws = perebor_workspace_take(workspace, 2 * n_columns, sizeof *run->draws)};
    if (n >= (size_t)1 << 28 || n_columns >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "boosting takes fewer than 2^28 rows and 2^32 columns, not %zu and %zu",
                            n, n_columns);
    }
    if (run->labels == NULL || run->scores == NULL || run->terms == NULL || run->rows == NULL ||
        run->active == NULL || run->draws == NULL) {
        return perebor_no_memory(error, "for boosting on %zu rows", n);
    }
    perebor_status status =
        boost_grower_create(&run->grower, options, scheme, binned, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t row = 0; row < n; row++) {
        run->labels[row] = labels[row];
        run->n_ones += labels[row];
    }
    weigh_classes(run);
    make_rule(run);
    for (size_t row = 0; row < n; row++) {
        run->scores[row] = run->start;
    }
    return PEREBOR_OK;
}

/** A hash of two numbers. */
static uint64_t hash_of(uint64_t a, uint64_t b) {
    return perebor_mix(perebor_mix(a + PEREBOR_MIX_STEP) ^ (b * UINT64_C(0xd6e8feb86659fd93)));
}

/** Lists the rows of the sample first, and the others from the end backwards. */
static void draw_rows(boost_run *run, size_t tree) {
    const uint32_t n = (uint32_t)run->binned->n_rows;
    run->n_rows = n;
    if (run->options->subsample >= 1.0) {
        for (uint32_t row = 0; row < n; row++) {
            run->rows[row] = row;
        }
        return;
    }
    const uint64_t key = hash_of(run->options->seed, tree);
    const uint64_t below = (uint64_t)ldexp(run->options->subsample, 64);
    run->n_rows = 0;
    for (uint32_t row = 0; row < n; row++) {
        run->rows[run->n_rows] = row;
        run->n_rows += perebor_mix(key + (row + 1) * PEREBOR_MIX_STEP) < below;
    }
}

static int compare_draws(const void *left, const void *right) {
    const uint64_t *a = left;
    const uint64_t *b = right;
    return a[0] != b[0] ? (a[0] > b[0]) - (a[0] < b[0]) : (a[1] > b[1]) - (a[1] < b[1]);
}

static void draw_columns(boost_run *run, size_t tree) {
    const size_t n = run->scheme->n_columns;
    if (run->options->colsample >= 1.0) {
        memset(run->active, 1, n);
        return;
    }
    // Another number than that of rows.
    const uint64_t key = hash_of(hash_of(run->options->seed, tree), UINT64_C(0x636f6c73));
    size_t wanted = (size_t)(run->options->colsample * (double)n);
    wanted = wanted < 1 ? 1 : wanted;
    for (size_t column = 0; column < n; column++) {
        run->draws[2 * column] = perebor_mix(key + (column + 1) * PEREBOR_MIX_STEP);
        run->draws[2 * column + 1] = column;
    }
    qsort(run->draws, n, 2 * sizeof *run->draws, compare_draws);
    memset(run->active, 0, n);
    for (size_t i = 0; i < wanted; i++) {
        run->active[run->draws[2 * i + 1]] = 1;
    }
}

/** What a leaf adds to scores. */
static double value_of(const boost_run *run, const boost_node *node) {
    const boost_rule *rule = &run->grower.rule;
    const int64_t sum = node->sum;
    if (run->scheme->monotonic) { // ascends with the weight, whatever is rounded
        return run->options->learning_rate * 4.0 * boost_bounded_weight(rule, sum, node->bounds);
    }
    const double gradient = boost_gradient(sum);
    const double size = fabs(gradient) - rule->alpha;
    if (!(size > 0.0)) {
        return 0.0;
    }
    // g and h are in units of 2^-S and 2^-(S+2): four times their ratio is that of the numbers.
    double step =
        run->options->learning_rate * (4.0 * size) / ((double)boost_hessian(sum) + rule->lambda);
    return gradient > 0.0 ? -step : step;
}

/** Finds what is needed to walk the tree that was grown. */
static perebor_status list_turns(boost_run *run, perebor_error *error) {
    const boost_grower *grower = &run->grower;
    if (run->room < grower->n_nodes) {
        run->room = 2 * grower->room;
        run->values = perebor_workspace_take(grower->workspace, run->room, sizeof *run->values);
        run->turns = perebor_workspace_take(grower->workspace, run->room, sizeof *run->turns);
        run->sets = run->scheme->sets
                        ? perebor_workspace_take(grower->workspace, run->room, sizeof *run->sets)
                        : NULL;
        if (run->values == NULL || run->turns == NULL || (run->scheme->sets && run->sets == NULL)) {
            run->room = 0;
            return perebor_no_memory(error, "for a tree of %u nodes", grower->n_nodes);
        }
    }
    for (uint32_t i = 0; i < grower->n_nodes; i++) {
        const boost_node *node = &grower->nodes[i];
        run->values[i] = value_of(run, node);
        run->turns[i] = node->left != 0 ? boost_turn_of(run->scheme, node->feature, node->bin)
                                        : (boost_turn){.span = 255};
        run->turns[i].left = node->left != 0 ? node->left : i - 1;
        if (run->sets != NULL) {
            run->sets[i] = boost_sets_of_node(run->scheme, node);
        }
    }
    return PEREBOR_OK;
}

/** Adds the leaves' values to their rows, which lie together. */
static void add_to_sample(boost_run *run) {
    size_t worked = 0;
    for (uint32_t i = 0; i < run->grower.n_nodes; i++) {
        const boost_node *node = &run->grower.nodes[i];
        if (node->left != 0) {
            continue;
        }
        if (perebor_deadline_passed_after(&worked, node->n_rows + 1)) {
            return;
        }
        const double value = run->values[i];
        for (uint32_t k = 0; k < node->n_rows; k++) {
            run->scores[run->rows[node->begin + k]] += value;
        }
    }
}

perebor_status boost_run_grow(boost_run *run, size_t tree, perebor_error *error) {
    perebor_status status;
    const size_t n = run->binned->n_rows;
    for (size_t first = 0; first < n && !perebor_deadline_passed();) {
        size_t step = n - first < PEREBOR_DEADLINE_VALUES ? n - first : PEREBOR_DEADLINE_VALUES;
        run->grower.kernels->find_terms(run->scores + first, run->labels + first, run->units, step,
                                        run->terms + first);
        first += step;
    }
    draw_rows(run, tree);
    draw_columns(run, tree);
    PEREBOR_TRY(done, boost_grow(&run->grower, run->terms, run->rows, run->n_rows, error));
    PEREBOR_TRY(done, list_turns(run, error));
    if (run->n_rows == n) {
        add_to_sample(run);
        status = perebor_deadline_check(error);
    } else {
        status = boost_run_add(run, run->binned, run->scores, error);
    }
done:
    return status;
}

perebor_status boost_run_add(const boost_run *run, const boost_rows *binned, double *scores,
                             perebor_error *error) {
    for (size_t first = 0; first < binned->n_rows && !perebor_deadline_passed();
         first += PEREBOR_DEADLINE_VALUES) {
        const size_t left = binned->n_rows - first;
        const size_t end =
            first + (left < PEREBOR_DEADLINE_VALUES ? left : PEREBOR_DEADLINE_VALUES);
        if (run->sets != NULL) {
            boost_sets_walk(binned, run->turns, run->sets, run->values, first, end, scores);
        } else {
            run->grower.kernels->walk(binned, run->turns, run->values, first, end, scores);
        }
    }
    return perebor_deadline_check(error);
}

void boost_run_covers(const boost_run *run, double *covers) {
    const boost_node *nodes = run->grower.nodes;
    for (uint32_t i = run->grower.n_nodes; i-- > 0;) { // children after their parents
        if (nodes[i].left != 0) {
            covers[i] = covers[nodes[i].left] + covers[nodes[i].left + 1];
            continue;
        }
        double n_ones = 0.0;
        for (uint32_t k = 0; run->options->balanced && k < nodes[i].n_rows; k++) {
            n_ones += run->labels[run->rows[nodes[i].begin + k]];
        }
        covers[i] = run->weights[0] * (nodes[i].n_rows - n_ones) + run->weights[1] * n_ones;
    }
}
