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
#include "model/forest/forest_work.h"

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
    double trees =
        with_trees ? (double)options.n_trees * forest_seconds_of_tree(&options, shape) : 0.0;
    return forest_seconds_of_columns(&options, shape) + trees;
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
