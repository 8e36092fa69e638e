// SPDX-License-Identifier: MIT
/*
 * The decision tree as a learner. Without random_state it is the project's own, defined on unscaled
 * columns: which rows a split parts depends on the order of values alone, a scaler only rounds
 * them, and so a tree need not be grown again for every scaler. With random_state it is
 * scikit-learn's, which rounds the scaled values to single precision and is therefore given those.
 */
#include "model/tree/tree.h"
#include "base/arithmetic.h"
#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/tree/tree_family.h"
#include "model/tree/tree_grow.h"
#include "model/tree/tree_learner.h"
#include "model/tree/tree_sklearn.h"

static perebor_status grow_own(tree_nodes *tree, const perebor_training *training,
                               const tree_options *options, perebor_error *error) {
    perebor_status status;
    tree_columns columns;
    PEREBOR_TRY(done, tree_columns_create(&columns, training, tree->workspace, error));
    tree_sample sample;
    tree_sample_of_labels(&sample, &columns);
    tree_growth_job job = {.columns = &columns,
                           .last = true,
                           .sample = &sample,
                           .search = {.criterion = options->criterion,
                                      .balanced = options->balanced,
                                      .max_features = options->max_features}};
    tree_member member = {.max_depth = options->max_depth,
                          .min_split = options->min_split,
                          .min_leaf = options->min_leaf,
                          .nodes = tree};
    PEREBOR_TRY(done, tree_grow(&job, &member, 1, tree->workspace, error));
done:
    return status;
}

static perebor_status grow_sklearn(tree_nodes *tree, const perebor_training *training,
                                   const tree_options *options, perebor_error *error) {
    perebor_status status;
    tree_sklearn_rows rows;
    PEREBOR_TRY(done, tree_sklearn_rows_create(&rows, training, tree->workspace, error));
    PEREBOR_TRY(done, tree_sklearn_grow(tree, &rows, options, error));
done:
    return status;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    tree_options options;
    double start = perebor_cpu_seconds();
    perebor_model *result = perebor_workspace_take(workspace, 1, sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for a tree");
    }
    result->tree = (tree_nodes){.workspace = workspace, .n_columns = training->rows.n_columns};
    PEREBOR_TRY(done, tree_options_read(&options, settings, training->rows.n_rows,
                                        training->rows.n_columns, error));
    PEREBOR_TRY(done, options.like_sklearn ? grow_sklearn(&result->tree, training, &options, error)
                                           : grow_own(&result->tree, training, &options, error));
    PEREBOR_TRY(done, tree_nodes_prune(&result->tree, options.ccp_alpha, error));
    *model = result;
    *report = (perebor_fit_report){.converged = true, .fit_seconds = perebor_cpu_seconds() - start};
done:
    return status;
}

static perebor_status score(const perebor_model *model, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error) {
    (void)workspace;
    if (rows->n_columns != model->tree.n_columns) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a decision tree of %zu columns cannot score rows of %zu",
                            model->tree.n_columns, rows->n_columns);
    }
    tree_nodes_score(&model->tree, rows, scores);
    return perebor_deadline_check(error);
}

static bool ignores_scale(const perebor_value *settings) {
    return !tree_settings_like_sklearn(settings);
}

/** Looks at all values: columns are gone over one by one, and long ones leave the near cache. */
static double looks_of(const perebor_table_shape *shape) {
    double rows = (double)shape->n_rows;
    double missed = rows >= 4000.0 ? 1.25 : 1.0;
    return missed * rows * (double)perebor_table_shape_n_passes(shape);
}

static const double seconds_of_sorting = 1.4e-8;

/**
 * Measured: sorting, then a look at every value a level, of which balanced trees have log n. All
 * levels of a nominal column are counted at one look.
 */
static double cost_of_growing(const tree_options *options, const perebor_table_shape *shape) {
    double rows = (double)shape->n_rows;
    double levels = 1.5 * perebor_log2(rows / (double)options->min_leaf + 2.0);
    if ((double)options->max_depth < levels) {
        levels = (double)options->max_depth;
    }
    double share = (double)options->max_features / ((double)shape->n_columns + 1.0);
    return looks_of(shape) * (seconds_of_sorting + levels * (0.7e-9 + share * 1.25e-9));
}

static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    tree_options options;
    perebor_error error;
    if (tree_options_read(&options, settings, shape->n_rows, shape->n_columns, &error) !=
        PEREBOR_OK) {
        return 0.0;
    }
    double growing = cost_of_growing(&options, shape);
    if (options.like_sklearn) {
        return growing * (options.balanced ? 12.0 : 1.4);
    }
    return growing;
}

double tree_cost_of_layout(const perebor_value *settings, const perebor_table_shape *shape) {
    if (!(cost(settings, shape) > 0.0)) {
        return 0.0;
    }
    double sorting = seconds_of_sorting * looks_of(shape);
    return tree_settings_like_sklearn(settings) ? 1.4 * sorting : sorting;
}

/** A hundred random members cost six to seven times as much as one. */
static double marginal_cost(const perebor_value *settings, const perebor_table_shape *shape) {
    double alone = cost(settings, shape);
    return tree_settings_like_sklearn(settings) ? alone : 0.06 * alone;
}

static perebor_status check(const perebor_value *settings, size_t n_rows, size_t n_columns,
                            perebor_error *error) {
    tree_options options;
    return tree_options_read(&options, settings, n_rows, n_columns, error);
}

const perebor_learner model_tree = {.name = "tree",
                                    .complexity = 1,
                                    .summary = "decision tree",
                                    .score_kind = PEREBOR_SCORE_SHARE,
                                    .work = PEREBOR_WORK_COUNTING,
                                    PEREBOR_LEARNER_SETTINGS(tree_settings),
                                    .ignores_scale = ignores_scale,
                                    .check = check,
                                    .fit = fit,
                                    .score = score,
                                    .describe = tree_describe,
                                    .restore = tree_restore,
                                    .cost = cost,
                                    .share_key = tree_settings_share_key,
                                    .marginal_cost = marginal_cost,
                                    .score_family = tree_score_family,
                                    .layout = &tree_shared_layout};
