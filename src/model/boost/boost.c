// SPDX-License-Identifier: MIT
/*
 * Boosting as a learner. Bins are ranks of values: a scaler would only round the cuts between them,
 * and so boosting is given unscaled columns and never fitted again for another scaler.
 */
#include "model/boost/boost.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/cpu_time.h"
#include "base/try.h"
#include "model/boost/boost_layout.h"
#include "model/boost/boost_learner.h"
#include "model/boost/boost_run.h"
#include "model/boost/boost_stopping.h"
#include "model/ensemble/ensemble.h"

/** Adds the tree that says where scores start. There is room. */
static void add_start(perebor_model *model, const boost_run *run) {
    const double n = (double)run->binned->n_rows;
    const double n_ones = (double)run->n_ones;
    model->thresholds[0] = 0.0;
    model->values[0] = run->start;
    model->covers[0] = run->weights[0] * (n - n_ones) + run->weights[1] * n_ones;
    model->columns[0] = model->left[0] = 0;
    model->n_nodes = 1;
    model->first_node[++model->n_trees] = 1;
}

/** Adds the set of a node's split to a model's. */
static perebor_status add_set(perebor_model *model, const boost_run *run, const boost_node *node,
                              perebor_workspace *workspace, perebor_error *error) {
    const boost_feature *feature = &run->scheme->features[node->feature];
    uint32_t columns[BOOST_MOST_BINS];
    size_t n = 0;
    for (uint32_t bin = 0; bin < feature->n_bins; bin++) {
        if (boost_set_has(&node->set, bin)) {
            columns[n++] = feature->column + bin;
        }
    }
    return ensemble_add_set(model, columns, n, workspace, error);
}

/** Adds the tree that was grown last. There is room for its nodes. */
static perebor_status add_tree(perebor_model *model, const boost_run *run,
                               perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const size_t first = model->n_nodes;
    const uint32_t n = run->grower.n_nodes;
    boost_run_covers(run, model->covers + first);
    for (uint32_t i = 0; i < n; i++) {
        const boost_node *node = &run->grower.nodes[i];
        const boost_feature *feature = &run->scheme->features[node->feature];
        const bool is_leaf = node->left == 0;
        const bool by_set = !is_leaf && feature->sets;
        model->values[first + i] = run->values[i];
        model->left[first + i] = node->left;
        model->columns[first + i] = is_leaf  ? 0
                                    : by_set ? (uint32_t)(model->n_columns + model->n_sets)
                                             : feature->column + (feature->levels ? node->bin : 0);
        model->thresholds[first + i] = is_leaf           ? 0.0
                                       : feature->levels ? 0.5
                                                         : feature->cuts[node->bin];
        if (by_set) {
            PEREBOR_TRY(done, add_set(model, run, node, workspace, error));
        }
    }
    model->n_nodes += n;
    model->first_node[++model->n_trees] = model->n_nodes;
done:
    return status;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    const double start = perebor_cpu_seconds();
    boost_options options;
    boost_layout layout;
    boost_run run;
    boost_stopping stopping;
    bool ends = false;
    size_t room = 0;
    PEREBOR_TRY(done, boost_options_read(&options, settings, training->rows.n_rows, error));
    perebor_model *fitted = perebor_workspace_take_zeroed(workspace, 1, sizeof *fitted);
    if (fitted == NULL) {
        return perebor_no_memory(error, "for a model of trees");
    }
    fitted->n_columns = training->rows.n_columns;
    fitted->added = true;
    fitted->first_node =
        perebor_workspace_take_zeroed(workspace, options.n_trees + 2, sizeof *fitted->first_node);
    if (fitted->first_node == NULL) {
        return perebor_no_memory(error, "for %zu trees", options.n_trees);
    }
    PEREBOR_TRY(
        done, boost_layout_create(&layout, &options, training, NULL, workspace, workspace, error));
    PEREBOR_TRY(done, boost_run_create(&run, &options, &layout.scheme, &layout.training,
                                       boost_layout_labels(&layout, training), workspace, error));
    PEREBOR_TRY(done, boost_stopping_create(&stopping, &options, &layout, workspace, error));
    boost_stopping_start(&stopping, &run);
    PEREBOR_TRY(done, ensemble_reserve(fitted, &room, 1, 0, workspace, error));
    add_start(fitted, &run);
    for (size_t tree = 0; tree < options.n_trees && !ends; tree++) {
        PEREBOR_TRY(done, boost_run_grow(&run, tree, error));
        PEREBOR_TRY(done, ensemble_reserve(fitted, &room, fitted->n_nodes + run.grower.n_nodes, 0,
                                           workspace, error));
        PEREBOR_TRY(done, add_tree(fitted, &run, workspace, error));
        PEREBOR_TRY(done, boost_stopping_add(&stopping, &run, &ends, error));
    }
    *model = fitted;
    *report = (perebor_fit_report){.converged = true,
                                   .iterations = stopping.on ? (uint32_t)stopping.n_trees : 0,
                                   .fit_seconds = perebor_cpu_seconds() - start};
done:
    return status;
}

static bool ignores_scale(const perebor_value *settings) {
    (void)settings;
    return true;
}

static double least_of(double a, double b) {
    return a < b ? a : b;
}

static double power(double base, double exponent) {
    return perebor_exp(exponent * perebor_log(base));
}

/** Leaves of a tree, about: of a limited depth not all are there. */
static double leaves_of(const boost_options *options, double rows) {
    double leaves = rows / (1.4 * (double)options->min_leaf + 0.65);
    if (options->max_depth < 60) {
        leaves = least_of(leaves, 0.275 * (double)((uint64_t)1 << options->max_depth));
    }
    leaves = least_of(leaves, (double)options->max_leaves);
    return leaves < 1.0 ? 1.0 : leaves;
}

/** Whether nominal columns, taken to have as many levels each, are split by sets of levels. */
static bool in_sets(const boost_options *options, const perebor_table_shape *shape) {
    return (double)shape->n_levels > (double)shape->n_nominal * (double)options->max_onehot;
}

/** What sets of levels add to a tree, measured: of every nominal column rows are counted and levels
 * put in order. */
static double cost_of_sets(const boost_options *options, const perebor_table_shape *shape,
                           double counted, double leaves, double in_leaf) {
    const double n = (double)shape->n_nominal;
    const double n_levels = (double)shape->n_levels;
    if (!in_sets(options, shape)) {
        return 0.0;
    }
    const double ordered = n_levels < n * in_leaf ? n_levels : n * in_leaf;
    return 8e-10 * counted * n + 6e-9 * leaves * ordered;
}

/** Seconds to look for the best split of every leaf: in all its bins, or in those that a few rows
 * have, and in levels. Columns that a tree leaves out spare it some, but histograms of a child that
 * are not taken from its parent's are summed up. */
static double cost_of_search(const boost_options *options, const perebor_table_shape *shape,
                             double rows, double leaves) {
    // Columns are searched eight at a time, a word of their codes.
    const size_t n_words = (shape->n_columns - shape->n_levels + 7) / 8;
    const double dense = 8.0 * (double)n_words;
    const bool sets = in_sets(options, shape);
    const double levels = sets ? 0.0 : (double)shape->n_levels;
    const double bins = least_of((double)options->max_bins, (double)shape->n_rows);
    const double in_leaf = rows / leaves;
    const double few = least_of(in_leaf, 128.0);
    const bool some = options->colsample < 1.0;
    const double of_dense =
        options->colsample * (8.2e-10 * few + 6.4e-10 * bins + 8.5e-10 * least_of(bins, in_leaf)) +
        (some ? 4.5e-10 * bins : 0.0);
    // Levels that a leaf has are not all in the near cache.
    const double present = least_of(in_leaf, levels);
    const double of_levels =
        options->colsample * (2.7e-9 + 2.5e-12 * present) + (some ? 6.8e-9 : 0.0);
    return leaves * (8.9e-7 + dense * of_dense + levels * of_levels);
}

/** Fitted to 128 settings and shapes of 1000 to 100 000 rows (tests/bench/forest/foretold.py says
 * how well): rows get their gradients and scores, and are counted on every level, in a byte for
 * each dense column and for 255 levels. */
static double cost_of_tree(const boost_options *options, const perebor_table_shape *shape) {
    const double all = (double)shape->n_rows;
    const double rows = options->subsample * all;
    const size_t full_bytes = shape->n_levels / BOOST_MOST_LEVELS;
    const double bytes = (double)(perebor_table_shape_n_passes(shape) + full_bytes);
    const double leaves = leaves_of(options, rows);
    const double doublings = perebor_log2(leaves + 1.0);
    const bool best_first = options->max_leaves != SIZE_MAX; // which goes deeper the more there are
    const double levels = best_first ? 0.00845 * power(doublings, 3.58) : doublings;
    const double drawn = options->subsample < 1.0 ? 6.6e-9 * all * levels : 0.0;
    const double counted = options->colsample < 1.0 ? options->colsample + 0.89 : 1.0;
    const double walked = (best_first ? 1.6 : 1.0) * doublings; // as measured with sets
    return 1.29e-8 * all + drawn + 2.43e-10 * counted * rows * levels * bytes +
           cost_of_search(options, shape, rows, leaves) +
           cost_of_sets(options, shape, rows * walked, leaves, least_of(rows / leaves, 128.0));
}

/** Bins are cut, and rows put in them. */
static double cost_of_bins(const boost_options *options, const perebor_table_shape *shape) {
    const double rows = (double)shape->n_rows;
    const double dense = (double)(shape->n_columns - shape->n_levels);
    const double bins = least_of((double)options->max_bins, rows);
    return 1.21e-8 * rows * dense + 2.8e-8 * rows * (double)shape->n_nominal +
           dense * (1.16e-5 + 1.06e-7 * bins) + 1.04e-7 * (double)shape->n_levels;
}

double boost_cost_of_layout(const perebor_value *settings, const perebor_table_shape *shape) {
    boost_options options;
    perebor_error error;
    return boost_options_read(&options, settings, shape->n_rows, &error) == PEREBOR_OK
               ? cost_of_bins(&options, shape)
               : 0.0;
}

static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    boost_options options;
    perebor_error error;
    if (boost_options_read(&options, settings, shape->n_rows, &error) != PEREBOR_OK) {
        return 0.0;
    }
    return cost_of_bins(&options, shape) + (double)options.n_trees * cost_of_tree(&options, shape);
}

/** A further prefix of the same run costs its scores alone. */
static double marginal_cost(const perebor_value *settings, const perebor_table_shape *shape) {
    (void)settings;
    return 1e-8 * (double)shape->n_rows;
}

static perebor_status restore(perebor_model **model, const perebor_model_form *form,
                              perebor_workspace *workspace, perebor_error *error) {
    return ensemble_restore(model, form, true, workspace, error);
}

static perebor_status check(const perebor_value *settings, size_t n_rows, size_t n_columns,
                            perebor_error *error) {
    (void)n_columns;
    boost_options options;
    return boost_options_read(&options, settings, n_rows, error);
}

const perebor_learner model_boost = {.name = "boost",
                                     .complexity = 3,
                                     .summary = "gradient boosting of trees on histograms",
                                     .score_kind = PEREBOR_SCORE_LOG_ODDS,
                                     .work = PEREBOR_WORK_COUNTING,
                                     PEREBOR_LEARNER_SETTINGS(boost_settings),
                                     .keeps_monotonic = true,
                                     .ignores_scale = ignores_scale,
                                     .check = check,
                                     .fit = fit,
                                     .score = ensemble_score,
                                     .score_first = ensemble_score_first,
                                     .describe = ensemble_describe,
                                     .restore = restore,
                                     .cost = cost,
                                     .share_key = boost_settings_share_key,
                                     .marginal_cost = marginal_cost,
                                     .score_family = boost_score_family,
                                     .layout = &boost_shared_layout};
