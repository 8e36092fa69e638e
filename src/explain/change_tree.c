// SPDX-License-Identifier: MIT
/*
 * A leaf is a box: for every prepared column that its path asks, a value that is allowed. Columns
 * of the data can be chosen each by itself, so the cheapest way into a leaf takes for each column
 * its cheapest option whose prepared values are all in the box; and there is none if a column has
 * no such option. The cheapest combination is the cheapest way into any leaf that is low enough.
 */
#include "explain/change_problem.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "perebor/model_form.h"
#include "perebor/preparation.h"

/** The tree, and the prepared values that each option leads to. */
typedef struct tree_problem {
    change_problem *problem;
    const perebor_trees_form *trees;
    const perebor_preparation *preparation;
    size_t n_columns;   /**< Prepared. */
    double *prepared;   /**< [options of all columns][n_columns], column by column. */
    size_t *first;      /**< [n_options] a column's first option in it. */
    double *low, *high; /**< [n_columns] of the present leaf: low < value <= high. */
    uint32_t *picks;
} tree_problem;

/** Prepares every option of every column, the others as they are. */
static perebor_status prepare_options(tree_problem *tree, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    change_problem *problem = tree->problem;
    double *prepared = tree->prepared;
    memset(tree->picks, 0, problem->n_options * sizeof *tree->picks);
    for (size_t i = 0; i < problem->n_options; i++) {
        for (size_t first = 0; first < problem->options[i].n; first += CHANGE_BATCH) {
            size_t left = problem->options[i].n - first;
            size_t n = left < CHANGE_BATCH ? left : CHANGE_BATCH;
            perebor_matrix matrix;
            perebor_workspace_mark begin = perebor_workspace_here(problem->workspace);
            for (size_t k = 0; k < n; k++) {
                tree->picks[i] = (uint32_t)(first + k);
                change_put(problem, k, tree->picks);
            }
            PEREBOR_TRY(done, perebor_preparation_transform(
                                  tree->preparation, &problem->batch->dataset, problem->batch->rows,
                                  n, problem->workspace, &matrix, error));
            PEREBOR_TRY(done, perebor_matrix_expand(&matrix, &matrix, problem->workspace, error));
            for (size_t k = 0; k < n * tree->n_columns; k++) {
                double value =
                    perebor_matrix_column(&matrix, k % tree->n_columns)[k / tree->n_columns];
                *prepared++ = tree->trees->single_precision ? (double)(float)value : value;
            }
            perebor_workspace_return(problem->workspace, begin);
        }
        tree->picks[i] = 0;
    }
done:
    return status;
}

/** Whether an option's prepared values of a data column are in the box. */
static bool fits(const tree_problem *tree, size_t column, const double *values) {
    for (size_t j = 0; j < tree->n_columns; j++) {
        if (perebor_preparation_source(tree->preparation, j) == column &&
            !(values[j] > tree->low[j] && values[j] <= tree->high[j])) {
            return false;
        }
    }
    return true;
}

static bool is_actionable(const change_problem *problem, size_t column) {
    for (size_t i = 0; i < problem->n_options; i++) {
        if (problem->options[i].column == column) {
            return true;
        }
    }
    return false;
}

/** Whether columns that cannot be changed let the row into the leaf. */
static bool is_open(const tree_problem *tree) {
    for (size_t j = 0; j < tree->n_columns; j++) {
        size_t column = perebor_preparation_source(tree->preparation, j);
        double value = tree->prepared[j]; // of the row as it is
        if (!is_actionable(tree->problem, column) &&
            !(value > tree->low[j] && value <= tree->high[j])) {
            return false;
        }
    }
    return true;
}

/** The cheapest way into the leaf, if there is one. */
static perebor_status enter_leaf(tree_problem *tree, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    change_problem *problem = tree->problem;
    if (!is_open(tree)) {
        return PEREBOR_OK;
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        const change_options *options = &problem->options[i];
        const double *values = tree->prepared + tree->first[i] * tree->n_columns;
        size_t k = 0;
        while (k < options->n && !fits(tree, options->column, values + k * tree->n_columns)) {
            k++;
        }
        if (k == options->n) {
            return PEREBOR_OK;
        }
        tree->picks[i] = (uint32_t)k;
    }
    PEREBOR_TRY(done, change_try(problem, tree->picks, error));
    status = change_flush(problem, error);
done:
    return status;
}

/** A node on the way down, and the box before it. */
typedef struct tree_step {
    uint32_t node;
    unsigned n_done; /**< Children that have been visited. */
    double low, high;
} tree_step;

/** Goes on from an inner node: to its next child, or up again, with the box as it was. */
static void go_on(tree_problem *tree, tree_step *steps, size_t *n) {
    const perebor_trees_form *trees = tree->trees;
    tree_step *step = &steps[*n - 1];
    uint32_t column = trees->columns[step->node];
    double threshold = trees->thresholds[step->node];
    if (step->n_done == 0) {
        step->low = tree->low[column];
        step->high = tree->high[column];
        tree->high[column] = threshold < step->high ? threshold : step->high;
    } else {
        tree->high[column] = step->high;
        tree->low[column] = step->n_done == 1 && threshold > step->low ? threshold : step->low;
    }
    if (step->n_done < 2) {
        steps[(*n)++] = (tree_step){.node = trees->left[step->node] + step->n_done};
        step->n_done++;
    } else {
        (*n)--;
    }
}

/** Visits every leaf. A tree in a file may be as deep as it has nodes, so that the way down is kept
 * here and not on the stack of the thread. */
static perebor_status visit_leaves(tree_problem *tree, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = 1, most = tree->trees->n_nodes / 2 + 1; // inner nodes, and a leaf
    tree_step *steps = perebor_workspace_take(tree->problem->workspace, most, sizeof *steps);
    if (steps == NULL) {
        return perebor_no_memory(error, "for a tree of %zu nodes", (size_t)tree->trees->n_nodes);
    }
    steps[0] = (tree_step){.node = 0};
    while (n > 0) {
        if (tree->trees->left[steps[n - 1].node] != 0) {
            go_on(tree, steps, &n);
            continue;
        }
        PEREBOR_TRY(done, enter_leaf(tree, error));
        n--;
    }
done:
    return status;
}

perebor_status change_in_tree(change_problem *problem, perebor_error *error) {
    perebor_status status;
    perebor_workspace *workspace = problem->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t n_all = 0, n = problem->n_options;
    tree_problem tree = {.problem = problem,
                         .trees = &perebor_fitted_pipeline_form(problem->pipeline)->as.trees,
                         .preparation = perebor_fitted_pipeline_preparation(problem->pipeline),
                         .n_columns = perebor_fitted_pipeline_form(problem->pipeline)->n_columns,
                         .first = perebor_workspace_take(workspace, n, sizeof *tree.first),
                         .picks = perebor_workspace_take(workspace, n, sizeof *tree.picks)};
    for (size_t i = 0; tree.first != NULL && i < n; i++) {
        tree.first[i] = n_all;
        n_all += problem->options[i].n;
    }
    tree.prepared = perebor_workspace_take(workspace, n_all * tree.n_columns, sizeof(double));
    tree.low = perebor_workspace_take(workspace, tree.n_columns, sizeof(double));
    tree.high = perebor_workspace_take(workspace, tree.n_columns, sizeof(double));
    if (tree.first == NULL || tree.picks == NULL || tree.prepared == NULL || tree.low == NULL ||
        tree.high == NULL) {
        status = perebor_no_memory(error, "for the changes of %zu columns", n);
        goto done;
    }
    for (size_t j = 0; j < tree.n_columns; j++) {
        tree.low[j] = -INFINITY;
        tree.high[j] = INFINITY;
    }
    PEREBOR_TRY(done, prepare_options(&tree, error));
    status = visit_leaves(&tree, error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
