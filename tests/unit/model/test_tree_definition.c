// SPDX-License-Identifier: MIT
/* The whole tree by its definition (tree_grow.h), written down the plain way: every node by a look
 * at every split in whole numbers, from the root to the leaves. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/tree/tree.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 90, n_test = 40 };

/** What a plain tree is grown by. */
typedef struct limits {
    size_t max_depth, min_split, min_leaf;
    uint64_t weights[2]; /**< Of a row of each class. */
} limits;

/** A split by a column at a value: rows of at most that value go left. */
typedef struct split {
    bool found;
    size_t column;
    double at, next;       /**< The values on both sides. */
    uint64_t above, below; /**< The cost, as a fraction. */
} split;

/** Rows of each class among those that go left. */
static void count_left(const learning *problem, const bool *rows, size_t column, double at,
                       uint64_t counts[2]) {
    counts[0] = counts[1] = 0;
    for (size_t row = 0; row < problem->training.rows.n_rows; row++) {
        bool left = perebor_matrix_column(&problem->training.rows, column)[row] <= at;
        counts[problem->labels[row]] += rows[row] && left;
    }
}

/** z o / w of the left + of the right, over one denominator: of 90 rows far below 2^32. */
static void set_cost(split *split, const uint64_t all[2], const uint64_t left[2],
                     const limits *limits) {
    const uint64_t right[2] = {all[0] - left[0], all[1] - left[1]};
    uint64_t left_weight = left[0] * limits->weights[0] + left[1] * limits->weights[1];
    uint64_t right_weight = right[0] * limits->weights[0] + right[1] * limits->weights[1];
    split->above = left[0] * left[1] * right_weight + right[0] * right[1] * left_weight;
    split->below = left_weight * right_weight;
}

/** The next greater value of a column among the rows, or infinity. */
static double next_value(const learning *problem, const bool *rows, size_t column, double at) {
    double next = INFINITY;
    for (size_t row = 0; row < problem->training.rows.n_rows; row++) {
        double value = perebor_matrix_column(&problem->training.rows, column)[row];
        next = rows[row] && value > at && value < next ? value : next;
    }
    return next;
}

/** The cheapest split that leaves enough rows; of equals the lower column, the lower value. */
static split find_split(const learning *problem, const bool *rows, const uint64_t all[2],
                        const limits *limits) {
    split best = {.found = false};
    for (size_t column = 0; column < problem->training.rows.n_columns; column++) {
        double at = next_value(problem, rows, column, -INFINITY);
        for (double next; (next = next_value(problem, rows, column, at)) < INFINITY; at = next) {
            split one = {.found = true, .column = column, .at = at, .next = next};
            uint64_t left[2];
            count_left(problem, rows, column, at, left);
            size_t n_left = left[0] + left[1], n_right = all[0] + all[1] - n_left;
            if (n_left < limits->min_leaf || n_right < limits->min_leaf) {
                continue;
            }
            set_cost(&one, all, left, limits);
            best = !best.found || one.above * best.below < best.above * one.below ? one : best;
        }
    }
    return best;
}

/** Grows a node and compares it with the tree's. @return How many nodes there are. */
static size_t compare_node(const learning *problem, const limits *limits, const tree_nodes *tree,
                           uint32_t node, const bool *rows, size_t depth) {
    uint64_t all[2];
    bool sides[2][most_rows];
    const tree_node *own = &tree->nodes[node];
    count_left(problem, rows, 0, INFINITY, all);
    double weight = (double)(all[0] * limits->weights[0] + all[1] * limits->weights[1]);
    assert_true(own->value == (double)(all[1] * limits->weights[1]) / weight);
    assert_true(own->weight == weight);
    split split = {.found = false};
    if (depth < limits->max_depth && all[0] + all[1] >= limits->min_split && all[0] * all[1] > 0) {
        split = find_split(problem, rows, all, limits);
    }
    assert_int_equal(own->left != 0, split.found);
    if (!split.found) {
        return 1;
    }
    assert_int_equal(own->column, split.column);
    assert_true(own->threshold == split.at / 2.0 + split.next / 2.0);
    for (size_t row = 0; row < problem->training.rows.n_rows; row++) {
        bool left = perebor_matrix_column(&problem->training.rows, split.column)[row] <= split.at;
        sides[0][row] = rows[row] && left;
        sides[1][row] = rows[row] && !left;
    }
    return 1 + compare_node(problem, limits, tree, own->left, sides[0], depth + 1) +
           compare_node(problem, limits, tree, own->left + 1, sides[1], depth + 1);
}

/** Limits of a tree on n rows, and the settings that ask for them. */
static limits draw_limits(const learning *problem, uint64_t seed, perebor_value *values) {
    const perebor_learner *tree = learning_find("tree");
    size_t n = problem->training.rows.n_rows;
    uint64_t random = seed;
    limits limits = {.max_depth = seed % 4 == 0 ? 1 + draw_bits(&random) % 4 : SIZE_MAX,
                     .min_split = 2 + draw_bits(&random) % 9,
                     .min_leaf = 1 + draw_bits(&random) % (n < 10 ? 1 : 5),
                     .weights = {1, 1}};
    learning_defaults(tree, values);
    learning_set(tree, values, "min_samples_split", learning_whole((int64_t)limits.min_split));
    learning_set(tree, values, "min_samples_leaf", learning_whole((int64_t)limits.min_leaf));
    if (limits.max_depth < SIZE_MAX) {
        learning_set(tree, values, "max_depth", learning_whole((int64_t)limits.max_depth));
    }
    if (seed % 3 == 0) { // a row weighs what the other class counts
        learning_set(tree, values, "class_weight", learning_text("balanced"));
        limits.weights[0] = limits.weights[1] = 0;
        for (size_t row = 0; row < n; row++) {
            limits.weights[1 - problem->labels[row]]++;
        }
    }
    if (limits.min_split < 2 * limits.min_leaf) {
        limits.min_split = 2 * limits.min_leaf;
    }
    return limits;
}

static void every_node_is_the_one_that_the_definition_says(void **state) {
    (void)state;
    const unsigned levels[] = {0, 2, 3, 7}; // 2: columns of two values, which are packed
    size_t n_nodes = 0;
    for (uint64_t seed = 0; seed < 120; seed++) {
        learning problem;
        perebor_value values[PEREBOR_MAX_SETTINGS];
        bool rows[most_rows];
        uint64_t random = seed + 1000;
        size_t n = 2 + draw_bits(&random) % (most_rows - 2);
        memset(rows, 1, sizeof rows);
        learning_draw(&problem, &workspace, seed, n, 1 + seed % 11, 1, levels[seed % 4]);
        limits limits = draw_limits(&problem, seed, values);
        const perebor_model *model = learning_fit(learning_find("tree"), &problem, values, NULL);
        size_t found = compare_node(&problem, &limits, &model->tree, 0, rows, 0);
        assert_int_equal(found, model->tree.n);
        n_nodes += found;
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
    assert_true(n_nodes > 1000);
}

/** A row's score is the value of the leaf that the plain walk ends in. */
static void rows_walk_to_their_leaves(void **state) {
    (void)state;
    const perebor_learner *learner = learning_find("tree");
    for (uint64_t seed = 0; seed < 30; seed++) {
        learning problem;
        perebor_value values[PEREBOR_MAX_SETTINGS];
        double scores[n_test];
        learning_draw(&problem, &workspace, seed, 80, 5, n_test, seed % 2 == 0 ? 0 : 3);
        learning_defaults(learner, values);
        const perebor_model *model = learning_fit(learner, &problem, values, NULL);
        for (size_t row = 0; row < 9 && model->tree.nodes[0].left != 0; row++) { // just at a border
            const tree_node *root = &model->tree.nodes[0];
            perebor_matrix_column(&problem.test, root->column)[row] =
                row % 3 == 0   ? root->threshold
                : row % 3 == 1 ? nextafter(root->threshold, INFINITY)
                               : nextafter(root->threshold, -INFINITY);
        }
        learning_score(learner, model, &problem.test, &workspace, scores);
        for (size_t row = 0; row < n_test; row++) {
            uint32_t node = 0;
            while (model->tree.nodes[node].left != 0) {
                const tree_node *at = &model->tree.nodes[node];
                double value = perebor_matrix_column(&problem.test, at->column)[row];
                node = at->left + (value <= at->threshold ? 0 : 1);
            }
            assert_true(scores[row] == model->tree.nodes[node].value);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_is_the_one_that_the_definition_says),
        cmocka_unit_test(rows_walk_to_their_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
