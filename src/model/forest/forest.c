// SPDX-License-Identifier: MIT
/*
 * Forests as a learner. Thresholds lie between values, or are drawn between them: a scaler would
 * only round them, and so forests are given unscaled columns and never grown again for another
 * scaler.
 */
#include "model/forest/forest.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/ensemble/ensemble.h"
#include "model/forest/forest_grow.h"
#include "model/forest/forest_learner.h"

/** Adds a tree, level by level from the root on: what was pruned stays behind. There is room. */
static void add_tree(perebor_model *model, const tree_nodes *tree, uint32_t *number) {
    const size_t first = model->n_nodes;
    size_t n = 1;
    number[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const tree_node *node = &tree->nodes[number[i]];
        model->thresholds[first + i] = node->left == 0 ? 0.0 : node->threshold;
        model->values[first + i] = node->value;
        model->covers[first + i] = node->weight;
        model->columns[first + i] = node->left == 0 ? 0 : node->column;
        model->left[first + i] = node->left == 0 ? 0 : (uint32_t)n;
        if (node->left != 0) {
            number[n++] = node->left;
            number[n++] = node->left + 1;
        }
    }
    model->n_nodes += n;
    model->first_node[++model->n_trees] = model->n_nodes;
}

/** Nodes of all trees, an eighth more than if they go on as the first t + 1 of them. */
static size_t likely_nodes(size_t n_nodes, size_t t, const forest_options *options) {
    const double trees = (double)options->n_trees / (double)(t + 1);
    return t + 1 < options->n_trees ? (size_t)(1.125 * trees * (double)n_nodes) : n_nodes;
}

/** Grows one tree after the other. */
static perebor_status grow_all(perebor_model *model, forest_grower *grower,
                               const forest_options *options, perebor_workspace *workspace,
                               perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    tree_nodes tree = {.workspace = workspace};
    const forest_shape shape = {.max_depth = options->max_depth,
                                .min_split = options->min_split,
                                .min_leaf = options->min_leaf,
                                .nodes = &tree};
    uint32_t *number = NULL;
    size_t room = 0;
    size_t numbers = 0;
    for (size_t t = 0; t < options->n_trees; t++) {
        tree.n = 0;
        PEREBOR_TRY(done, forest_grow(grower, t, &shape, 1, error));
        PEREBOR_TRY(done, tree_nodes_prune(&tree, options->ccp_alpha, error));
        const size_t nodes = model->n_nodes + tree.n;
        PEREBOR_TRY(done, ensemble_reserve(model, &room, nodes, likely_nodes(nodes, t, options),
                                           workspace, error));
        if (tree.n > numbers) {
            numbers = 2 * tree.n;
            number = perebor_workspace_take(workspace, numbers, sizeof *number);
        }
        if (number == NULL) {
            return perebor_no_memory(error, "for a tree of %zu nodes", tree.n);
        }
        add_tree(model, &tree, number);
    }
done:
    return status;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    double start = perebor_cpu_seconds();
    forest_options options;
    forest_columns columns;
    forest_grower grower;
    const perebor_matrix *const none[FOREST_MAX_PARTS] = {NULL};
    PEREBOR_TRY(done, forest_options_read(&options, settings, training->rows.n_rows,
                                          training->rows.n_columns, error));
    perebor_model *fitted = perebor_workspace_take_zeroed(workspace, 1, sizeof *fitted);
    if (fitted == NULL) {
        return perebor_no_memory(error, "for a forest");
    }
    fitted->n_columns = training->rows.n_columns;
    fitted->first_node =
        perebor_workspace_take_zeroed(workspace, options.n_trees + 1, sizeof *fitted->first_node);
    if (fitted->first_node == NULL) {
        return perebor_no_memory(error, "for a forest of %zu trees", options.n_trees);
    }
    PEREBOR_TRY(done, forest_columns_create(&columns, training, options.random, workspace,
                                            workspace, error));
    PEREBOR_TRY(done, forest_grower_create(&grower, &columns, &options, none, 1, workspace, error));
    PEREBOR_TRY(done, grow_all(fitted, &grower, &options, workspace, error));
    *model = fitted;
    *report = (perebor_fit_report){.converged = true, .fit_seconds = perebor_cpu_seconds() - start};
done:
    return status;
}

/** Adds what a tree says of the rows that its sample lacks. @param[in] says  Of all rows. */
static void add_out_of_bag(const forest_sample *sample, const double *says, size_t n_rows,
                           double *sums, uint32_t *n_trees) {
    for (size_t row = 0; row < n_rows; row++) {
        bool out = forest_out_of_bag(sample, row);
        sums[row] += out ? says[row] : 0.0;
        n_trees[row] += out;
    }
}

perebor_status forest_score_out_of_bag(const perebor_model *model, size_t n_estimators,
                                       const perebor_training *training,
                                       const perebor_value *settings, perebor_workspace *workspace,
                                       double *sums, uint32_t *n_trees, perebor_error *error) {
    perebor_status status;
    const size_t n = training->rows.n_rows;
    const forest_columns rows = {.labels = training->labels, .n_rows = n};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    forest_options options;
    forest_sample sample;
    PEREBOR_TRY(done, forest_options_read(&options, settings, n, training->rows.n_columns, error));
    PEREBOR_TRY(done, forest_sample_create(&sample, &rows, workspace, error));
    double *says = perebor_workspace_take(workspace, n, sizeof *says);
    if (says == NULL) {
        status = perebor_no_memory(error, "to score %zu rows", n);
        goto done;
    }
    memset(sums, 0, n * sizeof *sums);
    memset(n_trees, 0, n * sizeof *n_trees);
    for (size_t t = 0; t < n_estimators; t++) {
        perebor_model tree = *model;
        tree.n_trees = 1;
        tree.first_node += t;
        tree.ranks = NULL;
        forest_sample_draw(&sample, &rows, &options, t);
        PEREBOR_TRY(done, ensemble_score(&tree, &training->rows, workspace, says, error));
        add_out_of_bag(&sample, says, n, sums, n_trees);
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static bool ignores_scale(const perebor_value *settings) {
    (void)settings;
    return true;
}

static double power(double base, double exponent) {
    return perebor_exp(exponent * perebor_log(base));
}

static double least_of(double a, double b) {
    return a < b ? a : b;
}

/** What a tree is foretold to be. */
typedef struct tree_shape {
    double rows;         /**< In the root. */
    double looks[2];     /**< At dense columns and at levels, a node. */
    double depth, nodes; /**< Levels that rows go down on average; nodes that are searched. */
} tree_shape;

/** Levels of a tree that is not cut short: more where splits are drawn, or chosen among few, or
 * where a level is set apart at a time. */
static double levels_of(const forest_options *options, const tree_shape *tree, double choice) {
    const double looks = tree->looks[0] + tree->looks[1];
    const double levels = 1.362 * perebor_log2(tree->rows / (double)options->min_leaf + 2.0) *
                          power(choice, 0.1244) * (options->random ? 1.4416 : 1.0);
    return tree->looks[1] > 0.0
               ? levels * (1.0 + 0.2905 * tree->looks[1] / looks * power(tree->looks[1], 0.1253))
               : levels;
}

/** Ends branches whose nodes look at nothing but levels that too few rows have for a leaf. */
static void end_branches(tree_shape *tree, const forest_options *options,
                         const perebor_table_shape *shape) {
    const double looks = tree->looks[0] + tree->looks[1];
    const double rows = 0.5 * tree->rows * (double)shape->n_nominal / (double)shape->n_levels;
    const double lack = ((double)options->min_leaf - 0.5 - rows) / sqrt(rows);
    const double useless = tree->looks[1] / looks / (1.0 + perebor_exp(-1.7 * lack));
    const double goes_on = 1.0 - power(useless, looks);
    if (!(useless > 0.0) || goes_on >= 1.0 - 1e-9) {
        return;
    }
    const double doubled = 2.0 * goes_on;
    const double grown =
        doubled == 1.0 ? tree->depth : (power(doubled, tree->depth) - 1.0) / (doubled - 1.0);
    tree->nodes = least_of(tree->nodes, grown);
    tree->depth = least_of(tree->depth, (1.0 - power(goes_on, tree->depth)) / (1.0 - goes_on));
}

static tree_shape shape_of_tree(const forest_options *options, const perebor_table_shape *shape) {
    tree_shape tree = {.rows = (double)shape->n_rows * (options->bootstrap ? 0.632 : 1.0)};
    const double looks = (double)options->max_features;
    const double choice = (double)shape->n_columns / looks;
    tree.looks[1] = looks * (double)shape->n_levels / (double)shape->n_columns;
    tree.looks[0] = looks - tree.looks[1];
    const double levels = levels_of(options, &tree, choice);
    tree.depth = least_of((double)options->max_depth, levels);
    tree.nodes = tree.rows / ((double)options->min_leaf + 0.2922) *
                 power(tree.depth / levels, 2.113) * power(choice, 0.94);
    if (shape->n_levels > 0 && options->min_leaf > 1) {
        end_branches(&tree, options, shape);
    }
    return tree;
}

/** Seconds that rows and nodes take to be searched. */
static double cost_of_search(const forest_options *options, const perebor_table_shape *shape,
                             const tree_shape *tree) {
    const double dense = tree->looks[0];
    const double of_levels =
        tree->looks[1] * (3.55e-10 * tree->rows * tree->depth + 2.33e-9 * tree->nodes);
    if (options->random) {
        return of_levels + tree->rows * tree->depth * (5.2e-11 + 5.73e-10 * dense) +
               2.78e-8 * tree->nodes;
    }
    // Levels whose nodes have so many rows that they are counted into cells first; codes that the
    // nearer caches do not hold.
    const double halvings = perebor_log2(tree->rows / 64.0);
    const double many = halvings < 0.0 ? 0.0 : least_of(halvings, tree->depth);
    const bool far = (double)shape->n_rows * (double)(shape->n_columns - shape->n_levels) > 5e5;
    return of_levels + 1.86e-9 * tree->rows * tree->depth +
           tree->rows * dense *
               ((far ? 3.26e-9 : 1.32e-9) * many + 2.42e-9 * (tree->depth - many)) +
           7.7e-10 * tree->nodes;
}

/**
 * Fitted to 131 settings and shapes of 1000 to 100 000 rows (tests/bench/forest/foretold.py says
 * how well): rows are drawn, and on every level looked at in some columns; every node takes its
 * time; and others are scored.
 */
static double cost_of_tree(const forest_options *options, const perebor_table_shape *shape) {
    const tree_shape tree = shape_of_tree(options, shape);
    const double rows = (double)shape->n_rows;
    return 4.1e-6 + (options->bootstrap ? 1.94e-8 * rows : 0.0) + 1.5e-9 * rows * tree.depth +
           cost_of_search(options, shape, &tree);
}

static double cost_of_columns(const forest_options *options, const perebor_table_shape *shape) {
    const double rows = (double)shape->n_rows;
    return 8.8e-8 * rows +
           (options->random ? 4e-9 : 2.4e-8) * rows * (double)(shape->n_columns - shape->n_levels);
}

/** Seconds that a forest takes, or, without its trees, every part of it; 0: no fit will accept it.
 */
static double cost_of_forest(const perebor_value *settings, const perebor_table_shape *shape,
                             bool with_trees) {
    forest_options options;
    perebor_error error;
    if (forest_options_read(&options, settings, shape->n_rows, shape->n_columns, &error) !=
        PEREBOR_OK) {
        return 0.0;
    }
    double trees = with_trees ? (double)options.n_trees * cost_of_tree(&options, shape) : 0.0;
    return cost_of_columns(&options, shape) + trees;
}

static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    return cost_of_forest(settings, shape, true);
}

double forest_cost_of_columns(const perebor_value *settings, const perebor_table_shape *shape) {
    return cost_of_forest(settings, shape, false);
}

static double marginal_cost(const perebor_value *settings, const perebor_table_shape *shape) {
    return 0.06 * cost(settings, shape);
}

static perebor_status restore(perebor_model **model, const perebor_model_form *form,
                              perebor_workspace *workspace, perebor_error *error) {
    return ensemble_restore(model, form, false, workspace, error);
}

static const perebor_learner_parts forest_parts = {
    .cost = forest_cost_of_columns, .score = forest_score_part, .join = forest_join};

static perebor_status check(const perebor_value *settings, size_t n_rows, size_t n_columns,
                            perebor_error *error) {
    forest_options options;
    return forest_options_read(&options, settings, n_rows, n_columns, error);
}

const perebor_learner model_forest = {.name = "forest",
                                      .complexity = 3,
                                      .summary = "random forest, extra trees",
                                      .score_kind = PEREBOR_SCORE_SHARE,
                                      .work = PEREBOR_WORK_COUNTING,
                                      PEREBOR_LEARNER_SETTINGS(forest_settings),
                                      .ignores_scale = ignores_scale,
                                      .check = check,
                                      .fit = fit,
                                      .score = ensemble_score,
                                      .score_first = ensemble_score_first,
                                      .score_out_of_bag = forest_score_out_of_bag,
                                      .describe = ensemble_describe,
                                      .restore = restore,
                                      .cost = cost,
                                      .share_key = forest_settings_share_key,
                                      .marginal_cost = marginal_cost,
                                      .score_family = forest_score_family,
                                      .parts = &forest_parts,
                                      .layout = &forest_shared_columns};
