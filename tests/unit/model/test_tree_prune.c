// SPDX-License-Identifier: MIT
/* Pruning against all prunings: the smallest subtree that minimises R(T) + alpha |T|, found from
 * the leaves up instead of link by link. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

enum { most_nodes = 2 * LEARNING_MOST_ROWS };

static const tree_nodes *fit_tree(const learning *problem, const char *settings, double ccp_alpha) {
    const perebor_learner *tree = learning_find("tree");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    learning_defaults(tree, values);
    learning_set_all(tree, values, settings);
    learning_set(tree, values, "ccp_alpha", learning_real(ccp_alpha));
    return &learning_fit(tree, problem, values, NULL)->tree;
}

static double risk(const tree_nodes *tree, uint32_t node) {
    return tree->nodes[node].impurity * tree->nodes[node].weight / tree->nodes[0].weight;
}

/**
 * The least R + alpha |T| of the branch at a node, and whether it is that of a leaf:
 * min(R(t) + alpha, best(left) + best(right)), of equals the leaf.
 *
 * @param[in,out] margin  The smallest difference between the two that decided anything.
 */
static double best_pruning(const tree_nodes *tree, uint32_t node, double alpha, bool *is_leaf,
                           double *margin) {
    double as_leaf = risk(tree, node) + alpha;
    uint32_t left = tree->nodes[node].left;
    is_leaf[node] = true;
    if (left == 0) {
        return as_leaf;
    }
    double split = best_pruning(tree, left, alpha, is_leaf, margin) +
                   best_pruning(tree, left + 1, alpha, is_leaf, margin);
    is_leaf[node] = as_leaf <= split;
    *margin = fmin(*margin, fabs(as_leaf - split));
    return fmin(as_leaf, split);
}

/** Both trees from the root: one ends where the best pruning of the other does. */
static size_t compare(const tree_nodes *pruned, uint32_t at, const tree_nodes *whole, uint32_t node,
                      const bool *is_leaf) {
    assert_true(pruned->nodes[at].value == whole->nodes[node].value);
    assert_int_equal(pruned->nodes[at].left == 0, is_leaf[node]);
    if (is_leaf[node]) {
        return 1;
    }
    assert_int_equal(pruned->nodes[at].column, whole->nodes[node].column);
    assert_true(pruned->nodes[at].threshold == whole->nodes[node].threshold);
    uint32_t left = whole->nodes[node].left;
    return compare(pruned, pruned->nodes[at].left, whole, left, is_leaf) +
           compare(pruned, pruned->nodes[at].left + 1, whole, left + 1, is_leaf);
}

static void the_pruned_tree_is_the_best_of_all_prunings(void **state) {
    (void)state;
    static const char *const settings[] = {"", "criterion=entropy", "class_weight=balanced",
                                           "max_depth=4", "random_state=7 max_features=2"};
    const double alphas[] = {1e-9, 0.0013, 0.0041, 0.0097, 0.021, 0.053, 0.11, 0.37, 2.0};
    size_t n_decided = 0, n_leaves = 0;
    for (uint64_t seed = 0; seed < 90; seed++) {
        learning problem;
        bool is_leaf[most_nodes] = {false};
        double margin = INFINITY;
        double alpha = alphas[seed % (sizeof alphas / sizeof *alphas)];
        learning_draw(&problem, &workspace, seed, 20 + 2 * seed, 5, 1, seed % 2 == 0 ? 0 : 4);
        const tree_nodes *whole = fit_tree(&problem, settings[seed % 5], 0.0);
        const tree_nodes *pruned = fit_tree(&problem, settings[seed % 5], alpha);
        (void)best_pruning(whole, 0, alpha, is_leaf, &margin);
        if (margin > 1e-10) { // not decided by rounding
            n_leaves += compare(pruned, 0, whole, 0, is_leaf);
            n_decided++;
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
    assert_true(n_decided > 80);
    assert_true(n_leaves > 5 * n_decided); // not all of them roots
}

/** Scikit-learn's rule: a link is cut while its alpha is at most the one that is asked for. */
static void a_link_is_cut_at_its_own_alpha_and_not_before(void **state) {
    (void)state;
    learning problem;
    learning_draw(&problem, &workspace, 1, 40, 1, 1, 0);
    for (size_t row = 0; row < 40; row++) { // one split leaves nothing: alpha = 1/2 - 0
        problem.labels[row] = row % 2 == 0;
        perebor_matrix_column(&problem.training.rows, 0)[row] = row % 2 == 0 ? 1.0 : -1.0;
    }
    const tree_nodes *cut = fit_tree(&problem, "", 0.5);
    assert_int_equal(cut->nodes[0].left, 0);
    assert_true(cut->nodes[0].value == 0.5);
    const tree_nodes *kept = fit_tree(&problem, "", nextafter(0.5, 0.0));
    assert_int_equal(kept->nodes[0].left, 1);
}

static size_t count_leaves(const tree_nodes *tree, uint32_t node) {
    uint32_t left = tree->nodes[node].left;
    return left == 0 ? 1 : count_leaves(tree, left) + count_leaves(tree, left + 1);
}

static void greater_alphas_leave_fewer_leaves_down_to_the_root(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        learning problem;
        learning_draw(&problem, &workspace, seed, 150, 6, 1, 0);
        size_t before = count_leaves(fit_tree(&problem, "", 0.0), 0);
        assert_true(before > 15);
        for (int step = 0; step < 30; step++) {
            size_t n_leaves = count_leaves(fit_tree(&problem, "", 5e-4 * pow(1.25, step)), 0);
            assert_true(n_leaves <= before);
            before = n_leaves;
        }
        assert_int_equal(before, 1);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void without_memory_a_tree_says_so(void **state) {
    (void)state;
    learning problem;
    perebor_error error = {0};
    learning_draw(&problem, &workspace, 3, 100, 5, 1, 0);
    tree_nodes tree = *fit_tree(&problem, "", 0.0);
    char message[64];
    (void)snprintf(message, sizeof message, "no memory to prune a tree of %zu nodes", tree.n);
    perebor_workspace_limit(&workspace, 64);
    assert_int_equal(tree_nodes_prune(&tree, 0.01, &error), PEREBOR_ERR_MEMORY);
    assert_true(perebor_workspace_unlimit(&workspace));
    assert_string_equal(error.message, message);
    perebor_workspace_limit(&workspace, 64); // nothing to do needs nothing
    assert_int_equal(tree_nodes_prune(&tree, 0.0, &error), PEREBOR_OK);
    assert_false(perebor_workspace_unlimit(&workspace));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pruned_tree_is_the_best_of_all_prunings),
        cmocka_unit_test(a_link_is_cut_at_its_own_alpha_and_not_before),
        cmocka_unit_test(greater_alphas_leave_fewer_leaves_down_to_the_root),
        cmocka_unit_test(without_memory_a_tree_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
