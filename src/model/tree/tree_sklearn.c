// SPDX-License-Identifier: MIT
/*
 * The tree of rows that weigh different amounts, or have values too close to each other, is
 * repeated move by move: sums of weights are taken in the order in which scikit-learn's unstable
 * sort leaves the rows, from the nearer end.
 */
#include "model/tree/tree_sklearn.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/tree/tree_grow.h"
#include "model/tree/tree_sklearn_draw.h"
#include "model/tree/tree_sklearn_impurity.h"
#include "model/tree/tree_sklearn_sort.h"

/** Sums of weights by class in a node, and on the left of a place in it. */
typedef struct criterion {
    tree_criterion kind;
    double total[2], left[2], right[2];
    double n_total, n_left, n_right;
    size_t position;
} criterion;

/** A split as the search keeps it. */
typedef struct choice {
    size_t column;
    size_t position;
    double threshold;
    double impurity[2]; /**< Those of the two sides. */
} choice;

/** A node that waits to be grown. */
typedef struct waiting {
    size_t start, end, depth;
    size_t n_constant; /**< Columns known to be constant. */
    double impurity;
    uint32_t node;
} waiting;

typedef struct sklearn {
    const tree_sklearn_rows *rows;
    const tree_options *options;
    tree_nodes *tree;
    tree_sklearn_draw draw;
    uint32_t *samples; /**< [n_rows] rows, by node. */
    float *sorted;     /**< [n_rows] values of the node's rows in the column at hand. */
    double weights[2];
    double weight_of_all;
    waiting *stack;
    size_t n_stack, room;
} sklearn;

/* The criterion. */

static void criterion_reset(criterion *criterion, size_t start) {
    criterion->position = start;
    criterion->n_left = 0.0;
    criterion->n_right = criterion->n_total;
    for (int k = 0; k < 2; k++) {
        criterion->left[k] = 0.0;
        criterion->right[k] = criterion->total[k];
    }
}

static void criterion_start(criterion *state, const sklearn *grower, size_t start, size_t end) {
    *state = (criterion){.kind = grower->options->criterion};
    for (size_t i = start; i < end; i++) {
        uint8_t label = grower->rows->training->labels[grower->samples[i]];
        state->total[label] += grower->weights[label];
        state->n_total += grower->weights[label];
    }
    criterion_reset(state, start);
}

/** Moves the place up to @p position, counting from the nearer of the old place and the end. */
static void criterion_move(criterion *criterion, const sklearn *grower, size_t position,
                           size_t end) {
    const uint8_t *labels = grower->rows->training->labels;
    if (position - criterion->position <= end - position) {
        for (size_t i = criterion->position; i < position; i++) {
            uint8_t label = labels[grower->samples[i]];
            criterion->left[label] += grower->weights[label];
            criterion->n_left += grower->weights[label];
        }
    } else {
        criterion->left[0] = criterion->total[0];
        criterion->left[1] = criterion->total[1];
        criterion->n_left = criterion->n_total;
        for (size_t i = end; i-- > position;) {
            uint8_t label = labels[grower->samples[i]];
            criterion->left[label] -= grower->weights[label];
            criterion->n_left -= grower->weights[label];
        }
    }
    criterion->n_right = criterion->n_total - criterion->n_left;
    criterion->right[0] = criterion->total[0] - criterion->left[0];
    criterion->right[1] = criterion->total[1] - criterion->left[1];
    criterion->position = position;
}

static void side_impurities(const criterion *criterion, double impurity[2]) {
    impurity[0] = tree_sklearn_impurity(criterion->kind, criterion->left, criterion->n_left);
    impurity[1] = tree_sklearn_impurity(criterion->kind, criterion->right, criterion->n_right);
}

/** What splits are compared by: the improvement but for what is the same for all. */
static double merit(const criterion *criterion) {
    double impurity[2];
    side_impurities(criterion, impurity);
    return -criterion->n_right * impurity[1] - criterion->n_left * impurity[0];
}

static double rough_side(const double sums[2], double n) {
    double side = n * perebor_log2(n);
    for (int k = 0; k < 2; k++) {
        side -= sums[k] > 0.0 ? sums[k] * perebor_log2(sums[k]) : 0.0;
    }
    return side;
}

/** Whether a split is sure to have less than @p best_merit, so that it need not be computed well.
 */
static bool is_hopeless(const criterion *criterion, double best_merit) {
    if (criterion->kind == TREE_GINI) {
        return false;
    }
    double rough = -rough_side(criterion->right, criterion->n_right) -
                   rough_side(criterion->left, criterion->n_left);
    return rough < best_merit - 1e-9 * criterion->n_total;
}

/* The split of a node. */

static void sort_samples(sklearn *grower, const waiting *node, size_t column) {
    const perebor_matrix *rounded = &grower->rows->rounded;
    for (size_t i = node->start; i < node->end; i++) {
        grower->sorted[i] = (float)perebor_matrix_value(rounded, grower->samples[i], column);
    }
    tree_sklearn_sort(grower->sorted + node->start, grower->samples + node->start,
                      node->end - node->start);
}

static double threshold_at(const float *sorted, size_t position) {
    double below = (double)sorted[position - 1];
    double above = (double)sorted[position];
    double threshold = below / 2.0 + above / 2.0;
    return threshold == above ? below : threshold;
}

/** Looks at every split of a sorted column. */
static void search_column(const sklearn *grower, const waiting *node, criterion *criterion,
                          size_t column, double *best_merit, choice *choice) {
    const float *sorted = grower->sorted;
    size_t min_leaf = grower->options->min_leaf;
    criterion_reset(criterion, node->start);
    for (size_t i = node->start; i < node->end;) {
        while (i + 1 < node->end && sorted[i + 1] <= sorted[i] + tree_sklearn_closest) {
            i++;
        }
        i++;
        if (i >= node->end || i - node->start < min_leaf || node->end - i < min_leaf) {
            continue;
        }
        criterion_move(criterion, grower, i, node->end);
        if (is_hopeless(criterion, *best_merit)) {
            continue;
        }
        double reached = merit(criterion);
        if (reached > *best_merit) {
            *best_merit = reached;
            choice->column = column;
            choice->position = i;
            choice->threshold = threshold_at(sorted, i);
        }
    }
}

/** Searches the columns that the draw visits; the first of equally good splits is taken. */
static void search_columns(sklearn *grower, waiting *node, criterion *criterion, choice *choice) {
    double best_merit = -INFINITY;
    uint32_t column;
    const size_t values_a_row = 64; // of sorting and of searching, about
    size_t worked = 0;
    tree_sklearn_draw_start(&grower->draw, node->n_constant);
    while (!perebor_deadline_passed_after(&worked, values_a_row * (node->end - node->start)) &&
           tree_sklearn_draw_next(&grower->draw, &column)) {
        sort_samples(grower, node, column);
        bool constant =
            grower->sorted[node->end - 1] <= grower->sorted[node->start] + tree_sklearn_closest;
        tree_sklearn_draw_put(&grower->draw, constant);
        if (!constant) {
            search_column(grower, node, criterion, column, &best_merit, choice);
        }
    }
    node->n_constant = tree_sklearn_draw_finish(&grower->draw);
}

/** Puts the rows that go left before the others, in scikit-learn's order. */
static void part_samples(sklearn *grower, const waiting *node, const choice *choice) {
    const perebor_matrix *rounded = &grower->rows->rounded;
    uint32_t *samples = grower->samples;
    size_t i = node->start;
    size_t end = node->end;
    while (i < end) {
        if (perebor_matrix_value(rounded, samples[i], choice->column) <= choice->threshold) {
            i++;
        } else {
            uint32_t sample = samples[--end];
            samples[end] = samples[i];
            samples[i] = sample;
        }
    }
}

/** Whether a split was found that does not make things worse than rounding explains. */
static bool split_samples(sklearn *grower, waiting *node, criterion *criterion, choice *choice) {
    choice->position = node->end;
    search_columns(grower, node, criterion, choice);
    if (choice->position >= node->end) {
        return false;
    }
    part_samples(grower, node, choice);
    criterion_reset(criterion, node->start);
    criterion_move(criterion, grower, choice->position, node->end);
    side_impurities(criterion, choice->impurity);
    double n = criterion->n_total;
    double improvement = n / grower->weight_of_all *
                         (node->impurity - criterion->n_right / n * choice->impurity[1] -
                          criterion->n_left / n * choice->impurity[0]);
    return !(improvement + DBL_EPSILON < 0.0);
}

/* The tree. */

static perebor_status push(sklearn *grower, waiting node, perebor_error *error) {
    if (grower->n_stack == grower->room) {
        size_t room = grower->room == 0 ? 64 : 2 * grower->room;
        waiting *stack = perebor_workspace_take(grower->tree->workspace, room, sizeof *stack);
        if (stack == NULL) {
            return perebor_no_memory(error, "to grow a tree");
        }
        if (grower->n_stack > 0) {
            memcpy(stack, grower->stack, grower->n_stack * sizeof *stack);
        }
        grower->stack = stack;
        grower->room = room;
    }
    grower->stack[grower->n_stack++] = node;
    return PEREBOR_OK;
}

/** Splits a node and pushes its children, the right one first, so that the left one grows first. */
static perebor_status grow_children(sklearn *grower, const waiting *node, const choice *choice,
                                    perebor_error *error) {
    perebor_status status;
    uint32_t left;
    PEREBOR_TRY(done, tree_nodes_add(grower->tree, 2, &left, error));
    tree_node *parent = &grower->tree->nodes[node->node];
    parent->column = (uint32_t)choice->column;
    parent->threshold = choice->threshold;
    parent->left = left;
    waiting child = *node;
    child.depth++;
    child.start = choice->position;
    child.node = left + 1;
    child.impurity = choice->impurity[1];
    PEREBOR_TRY(done, push(grower, child, error));
    child.start = node->start;
    child.end = choice->position;
    child.node = left;
    child.impurity = choice->impurity[0];
    PEREBOR_TRY(done, push(grower, child, error));
done:
    return status;
}

static perebor_status grow_node(sklearn *grower, waiting *node, perebor_error *error) {
    criterion criterion;
    choice choice = {0};
    criterion_start(&criterion, grower, node->start, node->end);
    if (node->node == 0) {
        node->impurity = tree_sklearn_impurity(criterion.kind, criterion.total, criterion.n_total);
    }
    tree_node *described = &grower->tree->nodes[node->node];
    described->impurity = node->impurity;
    described->weight = criterion.n_total;
    described->value = criterion.total[1] / (criterion.total[0] + criterion.total[1]);
    size_t n = node->end - node->start;
    if (node->depth < grower->options->max_depth && n >= grower->options->min_split &&
        node->impurity > DBL_EPSILON && split_samples(grower, node, &criterion, &choice)) {
        return grow_children(grower, node, &choice, error);
    }
    return PEREBOR_OK;
}

static perebor_status start(sklearn *grower, perebor_error *error) {
    const tree_columns *columns = &grower->rows->columns;
    size_t n = columns->n_rows;
    perebor_workspace *workspace = grower->tree->workspace;
    grower->samples = perebor_workspace_take(workspace, n, sizeof *grower->samples);
    grower->sorted = perebor_workspace_take(workspace, n, sizeof *grower->sorted);
    if (grower->samples == NULL || grower->sorted == NULL) {
        return perebor_no_memory(error, "to grow a tree on %zu rows", n);
    }
    double n_of[2] = {(double)(columns->n_rows - columns->n_ones), (double)columns->n_ones};
    for (int k = 0; k < 2; k++) {
        grower->weights[k] = grower->options->balanced ? (double)n / (2.0 * n_of[k]) : 1.0;
    }
    for (size_t row = 0; row < n; row++) {
        grower->samples[row] = (uint32_t)row;
        grower->weight_of_all += grower->weights[columns->labels[row]];
    }
    return tree_sklearn_draw_create(&grower->draw, grower->options->random_state,
                                    columns->matrix.n_columns, grower->options->max_features,
                                    workspace, error);
}

/** Repeats every move. */
static perebor_status grow_by_moves(tree_nodes *tree, const tree_sklearn_rows *rows,
                                    const tree_options *options, perebor_error *error) {
    perebor_status status;
    sklearn grower = {.rows = rows, .options = options, .tree = tree};
    waiting root = {.end = rows->columns.n_rows};
    PEREBOR_TRY(done, start(&grower, error));
    PEREBOR_TRY(done, tree_nodes_add(tree, 1, &root.node, error));
    PEREBOR_TRY(done, push(&grower, root, error));
    while (grower.n_stack > 0) {
        waiting node = grower.stack[--grower.n_stack];
        PEREBOR_TRY(done, grow_node(&grower, &node, error));
        PEREBOR_TRY(done, perebor_deadline_check(error));
    }
done:
    return status;
}

/** Grows on sorted columns. @pre Rows weigh 1 and no column is crowded. */
static perebor_status grow_by_counts(tree_nodes *tree, const tree_sklearn_rows *rows,
                                     const tree_options *options, perebor_error *error) {
    perebor_status status;
    tree_sklearn_draw draw;
    PEREBOR_TRY(done,
                tree_sklearn_draw_create(&draw, options->random_state, rows->rounded.n_columns,
                                         options->max_features, tree->workspace, error));
    tree_sample sample;
    tree_sample_of_labels(&sample, &rows->columns);
    tree_growth_job job = {.columns = &rows->columns,
                           .sample = &sample,
                           .search = {.criterion = options->criterion,
                                      .max_features = options->max_features,
                                      .sklearn_draw = &draw}};
    tree_member member = {.max_depth = options->max_depth,
                          .min_split = options->min_split,
                          .min_leaf = options->min_leaf,
                          .nodes = tree};
    status = tree_grow(&job, &member, 1, tree->workspace, error);
done:
    return status;
}

perebor_status tree_sklearn_grow(tree_nodes *tree, const tree_sklearn_rows *rows,
                                 const tree_options *options, perebor_error *error) {
    tree->rounds = true;
    return options->balanced || rows->crowded ? grow_by_moves(tree, rows, options, error)
                                              : grow_by_counts(tree, rows, options, error);
}
