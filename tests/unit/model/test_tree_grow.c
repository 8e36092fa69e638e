// SPDX-License-Identifier: MIT
/* Growing trees together, on targets and on gradients: what boosting stands on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "tree_growing.h"

static void trees_grown_together_are_those_grown_alone(void **state) {
    (void)state;
    enum { N_MEMBERS = 8 };
    static growing_table table;
    static grown alone, together[N_MEMBERS];
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        tree_sample sample;
        tree_search_options search = growing_draw_search(
            seed, seed % 2 == 0 ? TREE_SQUARED : TREE_GINI, table.training.rows.n_columns);
        if (seed % 2 == 0) {
            growing_sample_gradients(&table, &sample);
            search.l2 = 0.5;
        } else {
            table.weights[0] = 1.5;
            growing_sample_weights(&table, table.weights, &sample);
        }
        tree_member members[N_MEMBERS];
        for (size_t m = 0; m < N_MEMBERS; m++) {
            together[m] = (grown){.tree = {.workspace = &growing_workspace}};
            members[m] = growing_draw_member(seed + m, &together[m]);
            members[m].min_leaf = 1 + m / 2;
            members[m].min_split = 2 * members[m].min_leaf + m % 2;
        }
        tree_growth_job job = {.columns = &table.columns,
                               .sample = &sample,
                               .search = search,
                               .parts = {&table.validation, &table.training.rows}};
        perebor_error error = {0};
        assert_int_equal(tree_grow(&job, members, N_MEMBERS, &growing_workspace, &error),
                         PEREBOR_OK);
        for (size_t m = 0; m < N_MEMBERS; m++) {
            growing_grow(&table, &sample, &search, members[m], &alone);
            assert_int_equal(alone.tree.n, together[m].tree.n);
            for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
                assert_memory_equal(alone.scores[part], together[m].scores[part],
                                    sizeof alone.scores[part]);
            }
        }
    }
}

/** Rows are divided in the columns' own memory, then, and trees part from one another there. */
static void the_last_trees_of_columns_are_the_same(void **state) {
    (void)state;
    enum { N_MEMBERS = 4 };
    static growing_table table;
    static grown alone[N_MEMBERS], last[N_MEMBERS];
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        tree_sample sample;
        tree_sample_of_labels(&sample, &table.columns);
        const tree_search_options search =
            growing_draw_search(seed, TREE_GINI, table.training.rows.n_columns);
        tree_member members[N_MEMBERS];
        for (size_t m = 0; m < N_MEMBERS; m++) {
            last[m] = (grown){.tree = {.workspace = &growing_workspace}};
            members[m] = growing_draw_member(seed + m, &last[m]);
            members[m].min_leaf = 1 + m;
            members[m].min_split = 2 * members[m].min_leaf;
            growing_grow(&table, &sample, &search, members[m], &alone[m]);
        }
        const tree_growth_job job = {.columns = &table.columns,
                                     .last = true,
                                     .sample = &sample,
                                     .search = search,
                                     .parts = {&table.validation, &table.training.rows}};
        perebor_error error = {0};
        const size_t n = seed % 2 == 0 ? 1 : N_MEMBERS;
        assert_int_equal(tree_grow(&job, members, n, &growing_workspace, &error), PEREBOR_OK);
        for (size_t m = 0; m < n; m++) {
            assert_int_equal(alone[m].tree.n, last[m].tree.n);
            assert_memory_equal(alone[m].scores, last[m].scores, sizeof last[m].scores);
        }
    }
}

/** The gain of the best split of all rows by the definition, every split tried. */
static double best_gain(const growing_table *table, const tree_search_options *search,
                        size_t min_leaf) {
    size_t n = table->training.rows.n_rows;
    double best = -INFINITY;
    for (size_t column = 0; column < table->training.rows.n_columns; column++) {
        const double *values = perebor_matrix_column(&table->training.rows, column);
        for (size_t at = 0; at < n; at++) {
            double g[2] = {0.0, 0.0};
            double h[2] = {0.0, 0.0};
            size_t n_rows[2] = {0, 0};
            for (size_t row = 0; row < n; row++) {
                int side = values[row] <= values[at] ? 0 : 1;
                g[side] += table->gradients[row];
                h[side] += table->hessians[row];
                n_rows[side]++;
            }
            if (n_rows[0] < min_leaf || n_rows[1] < min_leaf || h[0] < search->min_weight ||
                h[1] < search->min_weight) {
                continue;
            }
            double both = g[0] + g[1];
            double gain = g[0] * g[0] / (h[0] + search->l2) + g[1] * g[1] / (h[1] + search->l2) -
                          both * both / (h[0] + h[1] + search->l2);
            best = gain > best ? gain : best;
        }
    }
    return best;
}

/** What a tree of one split gains over its root, by the values of its leaves. */
static double gain_of(const growing_table *table, const grown *grown, double l2) {
    double gain = 0.0;
    double root = grown->tree.nodes[0].value;
    for (size_t row = 0; row < table->training.rows.n_rows; row++) {
        double value = grown->scores[1][row];
        gain -= 2.0 * table->gradients[row] * (value - root) +
                table->hessians[row] * (value * value - root * root);
    }
    const tree_node *leaves = grown->tree.nodes + grown->tree.nodes[0].left;
    return gain - l2 * (leaves[0].value * leaves[0].value + leaves[1].value * leaves[1].value -
                        root * root);
}

static void the_split_on_gradients_gains_most(void **state) {
    (void)state;
    static growing_table table;
    static grown grown;
    size_t n_split = 0;
    size_t n_refused = 0;
    for (uint64_t seed = 0; seed < 2 * GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        tree_search_options search = {.criterion = TREE_SQUARED,
                                      .max_features = table.training.rows.n_columns,
                                      .l2 = (double)(seed % 3),
                                      .min_weight = seed % 4 == 0 ? 2.0 : 0.0};
        size_t min_leaf = 1 + seed % 5;
        double best = best_gain(&table, &search, min_leaf);
        search.min_gain = seed % 5 == 0 ? 1.01 * best : seed % 5 == 1 ? 0.99 * best : 0.0;
        if (best == -INFINITY) {
            search.min_gain = 0.0;
        }
        bool splits = best >= search.min_gain && table.training.rows.n_rows >= 2 * min_leaf;
        tree_sample sample;
        growing_sample_gradients(&table, &sample);
        growing_grow(&table, &sample, &search,
                     (tree_member){.max_depth = 1, .min_leaf = min_leaf, .min_split = 2 * min_leaf},
                     &grown);
        assert_int_equal(grown.tree.n, splits ? 3 : 1);
        if (splits) {
            assert_true(fabs(gain_of(&table, &grown, search.l2) - best) <= 1e-9 * (1.0 + best));
            n_split++;
        } else {
            n_refused++;
        }
    }
    assert_true(n_split > GROWING_CASES && n_refused > 10);
}

static void a_leaf_is_the_sum_of_its_rows_in_order(void **state) {
    (void)state;
    static growing_table table;
    static grown grown;
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        tree_search_options search =
            growing_draw_search(seed, TREE_SQUARED, table.columns.matrix.n_columns);
        search.l2 = 0.25;
        tree_sample sample;
        growing_sample_gradients(&table, &sample);
        growing_grow(&table, &sample, &search, growing_draw_member(seed, &grown), &grown);
        const double *values = grown.scores[1];
        for (size_t row = 0; row < table.training.rows.n_rows; row++) {
            double g = 0.0;
            double h = 0.0;
            for (size_t other = 0; other < table.training.rows.n_rows; other++) {
                if (values[other] == values[row]) {
                    g += -table.gradients[other];
                    h += table.hessians[other];
                }
            }
            assert_true(values[row] == g / (h + search.l2));
        }
    }
}

static void rows_of_one_target_are_not_split(void **state) {
    (void)state;
    static growing_table table;
    static grown grown;
    growing_create_table(&table, 4);
    for (size_t row = 0; row < table.training.rows.n_rows; row++) {
        table.targets[row] = 0.1; // whose sums round
    }
    tree_sample sample;
    growing_sample_targets(&table, NULL, &sample);
    tree_search_options search = {.criterion = TREE_SQUARED,
                                  .max_features = table.training.rows.n_columns,
                                  .min_gain = -INFINITY};
    tree_member member = {.max_depth = SIZE_MAX, .min_leaf = 1, .min_split = 2};
    growing_grow(&table, &sample, &search, member, &grown);
    assert_int_equal(grown.tree.n, 1);
    table.targets[3] = 0.2;
    growing_sample_targets(&table, NULL, &sample);
    growing_grow(&table, &sample, &search, member, &grown);
    assert_true(grown.tree.n > 1);
}

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    static growing_table table;
    static grown own_grown;
    growing_create_table(&table, 5);
    table.weights[0] = 1.5;
    tree_search_options search = {.criterion = TREE_ENTROPY,
                                  .max_features = table.training.rows.n_columns};
    perebor_status status = PEREBOR_ERR_MEMORY;
    size_t n_failed = 0;
    for (size_t limit = 64; status != PEREBOR_OK; limit += 512, n_failed++) {
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        perebor_workspace_mark begin = perebor_workspace_here(&growing_workspace);
        perebor_error error = {0};
        tree_sample sample;
        perebor_workspace_limit(&growing_workspace, limit);
        status = tree_sample_of_weights(&sample, &table.columns, table.weights, &growing_workspace,
                                        &error);
        if (status == PEREBOR_OK) {
            own_grown = (grown){.tree = {.workspace = &growing_workspace}};
            tree_member member = growing_draw_member(0, &own_grown);
            tree_growth_job job = {.columns = &table.columns, .sample = &sample, .search = search};
            member.scores[0] = member.scores[1] = NULL;
            status = tree_grow(&job, &member, 1, &growing_workspace, &error);
        }
        assert_int_equal(perebor_workspace_unlimit(&growing_workspace), status != PEREBOR_OK);
        assert_int_equal(error.status, status);
        perebor_workspace_return(&growing_workspace, begin);
    }
    assert_true(n_failed > 20);
}

/** The same everywhere: another compiler, optimisation or instruction set changes no bit of it. */
static void scores_are_the_committed_ones(void **state) {
    (void)state;
    static growing_table table;
    static grown grown;
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        tree_sample sample;
        static const tree_criterion criteria[] = {TREE_SQUARED, TREE_GINI, TREE_ENTROPY};
        tree_search_options search =
            growing_draw_search(seed, criteria[seed % 3], table.training.rows.n_columns);
        if (seed % 3 == 0) {
            growing_sample_gradients(&table, &sample);
            search.l2 = 0.3;
        } else {
            table.weights[0] = 1.5;
            growing_sample_weights(&table, table.weights, &sample);
        }
        growing_grow(&table, &sample, &search, growing_draw_member(seed, &grown), &grown);
        for (size_t row = 0; row < table.training.rows.n_rows; row++) {
            perebor_sha256_update_double(&digest, grown.scores[1][row]);
        }
    }
    uint8_t result[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_final(&digest, result);
    perebor_sha256_hex(result, hex);
    assert_string_equal(hex, "fe351c7835e2fd43d094b1963efd1c79be6f26a2307b483a41bf7e666b454930");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_grown_together_are_those_grown_alone),
        cmocka_unit_test(the_last_trees_of_columns_are_the_same),
        cmocka_unit_test(the_split_on_gradients_gains_most),
        cmocka_unit_test(a_leaf_is_the_sum_of_its_rows_in_order),
        cmocka_unit_test(rows_of_one_target_are_not_split),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(scores_are_the_committed_ones),
    };
    return cmocka_run_group_tests(tests, NULL, growing_give_back);
}
