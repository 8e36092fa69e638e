// SPDX-License-Identifier: MIT
/* Trees of rows that count several times, weigh, or have real targets: what forests and boosting
 * stand on. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "model/tree/tree_grow.h"

/** Of every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 400, most_columns = 12, case_count = 60, n_validation = 30 };

/** A random table full of ties, with everything that a tree may learn from. */
typedef struct table {
    perebor_training training;
    perebor_matrix validation;
    tree_columns columns;
    uint8_t labels[most_rows];
    uint32_t counts[most_rows];
    double weights[most_rows], targets[most_rows], gradients[most_rows], hessians[most_rows];
} table;

/** A tree by itself, and what it scores. */
typedef struct grown {
    tree_nodes tree;
    double scores[TREE_MAX_PARTS][most_rows];
} grown;

static uint64_t dice_state;

/** A number below @p n (xorshift64*, Marsaglia and Vigna). */
static uint32_t dice(uint32_t n) {
    dice_state ^= dice_state >> 12;
    dice_state ^= dice_state << 25;
    dice_state ^= dice_state >> 27;
    return (uint32_t)((dice_state * 0x2545f4914f6cdd1du) >> 33) % n;
}

static void create_matrix(perebor_matrix *matrix, size_t n_rows, size_t n_columns) {
    perebor_error error;
    assert_int_equal(perebor_matrix_create(matrix, n_rows, n_columns, &workspace, &error),
                     PEREBOR_OK);
}

static void sort_columns(table *table) {
    perebor_error error;
    assert_int_equal(tree_columns_create(&table->columns, &table->training, &workspace, &error),
                     PEREBOR_OK);
}

static double draw_value(size_t column) {
    uint32_t levels = column % 3 == 0 ? 2 : column % 3 == 1 ? 9 : 100000;
    return (double)dice(levels) - 3.0;
}

/** Sums of its whole counts and dyadic targets are exact; of its gradients and hessians not. */
static void table_create(table *table, uint64_t seed) {
    dice_state = seed * 0x9e3779b97f4a7c15u + 1;
    size_t n_rows = 5 + dice(150);
    size_t n_columns = 1 + dice(most_columns);
    create_matrix(&table->training.rows, n_rows, n_columns);
    create_matrix(&table->validation, n_validation, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] = draw_value(column);
        }
        for (size_t row = 0; row < n_validation; row++) {
            perebor_matrix_column(&table->validation, column)[row] = draw_value(column);
        }
    }
    const double *last = perebor_matrix_column(&table->training.rows, n_columns - 1);
    for (size_t row = 0; row < n_rows; row++) {
        table->labels[row] = (uint8_t)(dice(3) == 0 ? dice(2) : last[row] > 1.0);
        table->counts[row] = dice(4);
        table->weights[row] = (double)dice(30) / 7.0;
        table->targets[row] = (double)dice(64) / 4.0 + last[row] / 8.0;
        table->gradients[row] = (double)dice(1000) / 300.0 - 1.3 - (double)table->labels[row];
        table->hessians[row] = (double)(1 + dice(1000)) / 4000.0;
    }
    table->labels[0] = table->labels[2] = 1;
    table->labels[1] = 0;
    table->counts[0] = table->counts[1] = 2;
    table->training.labels = table->labels;
    sort_columns(table);
}

/** Settings of one of the trees that seeds stand for. */
static tree_search_options draw_search(uint64_t seed, tree_criterion criterion, size_t n_columns) {
    dice_state = seed + 77;
    return (tree_search_options){.criterion = criterion,
                                 .balanced = criterion != TREE_SQUARED && dice(2) == 0,
                                 .max_features =
                                     dice(2) == 0 ? n_columns : 1 + dice((uint32_t)n_columns)};
}

static tree_member draw_member(uint64_t seed, grown *grown) {
    dice_state = seed + 99;
    size_t min_leaf = 1 + dice(6);
    size_t min_split = 2 + dice(9);
    return (tree_member){.max_depth = dice(2) == 0 ? SIZE_MAX : 1 + dice(6),
                         .min_leaf = min_leaf,
                         .min_split = min_split < 2 * min_leaf ? 2 * min_leaf : min_split,
                         .nodes = &grown->tree,
                         .scores = {grown->scores[0], grown->scores[1]}};
}

static void grow(const table *table, const tree_sample *sample, const tree_search_options *search,
                 tree_member member, grown *own_grown) {
    *own_grown = (grown){.tree = {.workspace = &workspace}};
    member.nodes = &own_grown->tree;
    member.scores[0] = own_grown->scores[0];
    member.scores[1] = own_grown->scores[1];
    tree_growth_job job = {.columns = &table->columns,
                           .sample = sample,
                           .search = *search,
                           .parts = {&table->validation, &table->training.rows}};
    perebor_error error = {0};
    assert_int_equal(tree_grow(&job, &member, 1, &workspace, &error), PEREBOR_OK);
}

static void assert_same_tree(const grown *a, const grown *b) {
    assert_int_equal(a->tree.n, b->tree.n);
    assert_memory_equal(a->tree.nodes, b->tree.nodes, a->tree.n * sizeof *a->tree.nodes);
    assert_memory_equal(a->scores[0], b->scores[0], n_validation * sizeof(double));
}

/** The same columns and labels, each row as often as it counts, in another order if asked. */
static void repeat_rows(const table *output, const uint32_t *counts, bool backwards,
                        table *repeated) {
    size_t n_columns = output->training.rows.n_columns;
    size_t n_rows = output->training.rows.n_rows;
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        n += counts[row];
    }
    assert_true(n > 0 && n <= most_rows);
    repeated->validation = output->validation;
    create_matrix(&repeated->training.rows, n, n_columns);
    n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        size_t row = backwards ? n_rows - 1 - i : i;
        for (uint32_t time = 0; time < counts[row]; time++, n++) {
            for (size_t column = 0; column < n_columns; column++) {
                perebor_matrix_column(&repeated->training.rows, column)[n] =
                    perebor_matrix_column(&output->training.rows, column)[row];
            }
            repeated->labels[n] = output->labels[row];
            repeated->counts[n] = output->counts[row];
            repeated->weights[n] = output->weights[row];
            repeated->targets[n] = output->targets[row];
            repeated->gradients[n] = output->gradients[row];
            repeated->hessians[n] = output->hessians[row];
        }
    }
    repeated->training.labels = repeated->labels;
    sort_columns(repeated);
}

static void set_ones(uint32_t counts[most_rows]) {
    for (size_t row = 0; row < most_rows; row++) {
        counts[row] = 1;
    }
}

static void sample_counts(const table *table, const uint32_t *counts, tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(tree_sample_of_counts(sample, &table->columns, counts, &workspace, &error),
                     PEREBOR_OK);
}

static void sample_weights(const table *table, const double *weights, tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(tree_sample_of_weights(sample, &table->columns, weights, &workspace, &error),
                     PEREBOR_OK);
}

static void sample_targets(const table *table, const double *weights, tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(tree_sample_of_targets(sample, &table->columns, table->targets, weights,
                                            &workspace, &error),
                     PEREBOR_OK);
}

static void sample_gradients(const table *table, tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(tree_sample_of_gradients(sample, &table->columns, table->gradients,
                                              table->hessians, &workspace, &error),
                     PEREBOR_OK);
}

static void rows_that_count_grow_as_rows_repeated_bit_for_bit(void **state) {
    (void)state;
    static table table, repeated;
    static grown counted, plain;
    size_t n_nodes = 0;
    for (uint64_t seed = 0; seed < 2 * case_count; seed++) {
        table_create(&table, seed);
        repeat_rows(&table, table.counts, seed % 3 == 0, &repeated);
        tree_criterion criterion = seed % 2 == 0 ? TREE_GINI : TREE_ENTROPY;
        tree_search_options search = draw_search(seed, criterion, table.training.rows.n_columns);
        tree_member member = draw_member(seed, &counted);
        tree_sample sample;
        sample_counts(&table, table.counts, &sample);
        grow(&table, &sample, &search, member, &counted);
        tree_sample_of_labels(&sample, &repeated.columns);
        grow(&repeated, &sample, &search, member, &plain);
        assert_same_tree(&counted, &plain);
        n_nodes += plain.tree.n;
    }
    assert_true(n_nodes > 10 * case_count);
}

static void weights_of_one_change_no_bit(void **state) {
    (void)state;
    static table table;
    static grown plain, other;
    static uint32_t ones[most_rows];
    static double weights[most_rows];
    set_ones(ones);
    for (size_t row = 0; row < most_rows; row++) {
        weights[row] = 1.0;
    }
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        tree_search_options search = draw_search(seed, seed % 2 == 0 ? TREE_GINI : TREE_ENTROPY,
                                                 table.training.rows.n_columns);
        tree_member member = draw_member(seed, &plain);
        tree_sample sample;
        tree_sample_of_labels(&sample, &table.columns);
        grow(&table, &sample, &search, member, &plain);
        sample_counts(&table, ones, &sample);
        grow(&table, &sample, &search, member, &other);
        assert_same_tree(&plain, &other);
        sample_weights(&table, weights, &sample);
        assert_true(sample.exact);
        grow(&table, &sample, &search, member, &other);
        assert_same_tree(&plain, &other);
        sample.exact = false; // the way of sums that depend on their order, for sums that do not
        grow(&table, &sample, &search, member, &other);
        assert_same_tree(&plain, &other);
    }
}

static void balanced_classes_are_weights_of_the_other_ones_count(void **state) {
    (void)state;
    static table table;
    static grown balanced, weighted;
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        size_t n = table.training.rows.n_rows;
        double n_ones = (double)table.columns.n_ones;
        tree_search_options search = {.criterion = TREE_GINI,
                                      .balanced = true,
                                      .max_features = table.training.rows.n_columns};
        tree_member member = draw_member(seed, &balanced);
        tree_sample sample;
        tree_sample_of_labels(&sample, &table.columns);
        grow(&table, &sample, &search, member, &balanced);
        for (size_t row = 0; row < n; row++) {
            table.weights[row] = table.labels[row] == 0 ? n_ones : (double)n - n_ones;
        }
        sample_weights(&table, table.weights, &sample);
        search.balanced = false;
        grow(&table, &sample, &search, member, &weighted);
        assert_same_tree(&balanced, &weighted);
    }
}

static void a_row_without_weight_is_absent(void **state) {
    (void)state;
    static table table, without;
    static grown with_it, without_it;
    static uint32_t present[most_rows];
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        table.weights[0] = 1.5;
        bool targets = seed % 2 == 0;
        for (size_t row = 0; row < table.training.rows.n_rows; row++) {
            present[row] = table.weights[row] > 0.0;
            if (present[row] == 0) { // what it holds does not matter
                table.targets[row] = NAN;
                perebor_matrix_column(&table.training.rows, 0)[row] = 1e300;
            }
        }
        sort_columns(&table);
        repeat_rows(&table, present, false, &without);
        tree_search_options search =
            draw_search(seed, targets ? TREE_SQUARED : TREE_ENTROPY, table.training.rows.n_columns);
        tree_member member = draw_member(seed, &with_it);
        tree_sample sample;
        if (targets) {
            sample_targets(&table, table.weights, &sample);
        } else {
            sample_weights(&table, table.weights, &sample);
        }
        grow(&table, &sample, &search, member, &with_it);
        if (targets) {
            sample_targets(&without, without.weights, &sample);
        } else {
            sample_weights(&without, without.weights, &sample);
        }
        grow(&without, &sample, &search, member, &without_it);
        assert_same_tree(&with_it, &without_it);
    }
}

/** Whole weights and dyadic targets add up exactly, so no order shows. */
static void the_order_of_rows_does_not_matter(void **state) {
    (void)state;
    static table output, reversed;
    static grown forwards, backwards;
    static uint32_t ones[most_rows];
    set_ones(ones);
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&output, seed);
        for (size_t row = 0; row < output.training.rows.n_rows; row++) {
            output.weights[row] = (double)output.counts[row];
        }
        repeat_rows(&output, ones, true, &reversed);
        tree_sample sample;
        for (int kind = 0; kind < 3; kind++) {
            tree_search_options search = draw_search(seed, kind == 0 ? TREE_GINI : TREE_SQUARED,
                                                     output.training.rows.n_columns);
            tree_member member = draw_member(seed, &forwards);
            for (int way = 0; way < 2; way++) {
                table *rows = way == 0 ? &output : &reversed;
                if (kind == 0) {
                    sample_counts(rows, rows->counts, &sample);
                } else {
                    sample_targets(rows, kind == 1 ? NULL : rows->weights, &sample);
                }
                grow(rows, &sample, &search, member, way == 0 ? &forwards : &backwards);
            }
            assert_same_tree(&forwards, &backwards);
        }
    }
}

static void trees_grown_together_are_those_grown_alone(void **state) {
    (void)state;
    enum { N_MEMBERS = 8 };
    static table table;
    static grown alone, together[N_MEMBERS];
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        tree_sample sample;
        tree_search_options search = draw_search(seed, seed % 2 == 0 ? TREE_SQUARED : TREE_GINI,
                                                 table.training.rows.n_columns);
        if (seed % 2 == 0) {
            sample_gradients(&table, &sample);
            search.l2 = 0.5;
        } else {
            table.weights[0] = 1.5;
            sample_weights(&table, table.weights, &sample);
        }
        tree_member members[N_MEMBERS];
        for (size_t m = 0; m < N_MEMBERS; m++) {
            together[m] = (grown){.tree = {.workspace = &workspace}};
            members[m] = draw_member(seed + m, &together[m]);
            members[m].min_leaf = 1 + m / 2;
            members[m].min_split = 2 * members[m].min_leaf + m % 2;
        }
        tree_growth_job job = {.columns = &table.columns,
                               .sample = &sample,
                               .search = search,
                               .parts = {&table.validation, &table.training.rows}};
        perebor_error error = {0};
        assert_int_equal(tree_grow(&job, members, N_MEMBERS, &workspace, &error), PEREBOR_OK);
        for (size_t m = 0; m < N_MEMBERS; m++) {
            grow(&table, &sample, &search, members[m], &alone);
            assert_int_equal(alone.tree.n, together[m].tree.n);
            for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
                assert_memory_equal(alone.scores[part], together[m].scores[part],
                                    sizeof alone.scores[part]);
            }
        }
    }
}

/** The gain of the best split of all rows by the definition, every split tried. */
static double best_gain(const table *table, const tree_search_options *search, size_t min_leaf) {
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
static double gain_of(const table *table, const grown *grown, double l2) {
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
    static table table;
    static grown grown;
    size_t n_split = 0;
    size_t n_refused = 0;
    for (uint64_t seed = 0; seed < 2 * case_count; seed++) {
        table_create(&table, seed);
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
        sample_gradients(&table, &sample);
        grow(&table, &sample, &search,
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
    assert_true(n_split > case_count && n_refused > 10);
}

static void a_leaf_is_the_sum_of_its_rows_in_order(void **state) {
    (void)state;
    static table table;
    static grown grown;
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        tree_search_options search =
            draw_search(seed, TREE_SQUARED, table.columns.matrix.n_columns);
        search.l2 = 0.25;
        tree_sample sample;
        sample_gradients(&table, &sample);
        grow(&table, &sample, &search, draw_member(seed, &grown), &grown);
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
    static table table;
    static grown grown;
    table_create(&table, 4);
    for (size_t row = 0; row < table.training.rows.n_rows; row++) {
        table.targets[row] = 0.1; // whose sums round
    }
    tree_sample sample;
    sample_targets(&table, NULL, &sample);
    tree_search_options search = {.criterion = TREE_SQUARED,
                                  .max_features = table.training.rows.n_columns,
                                  .min_gain = -INFINITY};
    tree_member member = {.max_depth = SIZE_MAX, .min_leaf = 1, .min_split = 2};
    grow(&table, &sample, &search, member, &grown);
    assert_int_equal(grown.tree.n, 1);
    table.targets[3] = 0.2;
    sample_targets(&table, NULL, &sample);
    grow(&table, &sample, &search, member, &grown);
    assert_true(grown.tree.n > 1);
}

static void assert_refused(perebor_status status, const perebor_error *error, const char *why) {
    assert_int_equal(status, PEREBOR_ERR_ARGUMENT);
    if (strstr(error->message, why) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", why, error->message);
    }
}

static void what_cannot_be_weighed_is_refused_by_row(void **state) {
    (void)state;
    static table table;
    table_create(&table, 8);
    const tree_columns *columns = &table.columns;
    tree_sample sample = {.n_present = 12345};
    perebor_error error = {0};
    double *weights = table.weights;
    const double wrong[] = {-0.5, NAN, INFINITY};
    const char *const shown[] = {"-0.5", "nan", "inf"};
    for (size_t i = 0; i < 3; i++) {
        weights[3] = table.hessians[3] = wrong[i];
        assert_refused(tree_sample_of_weights(&sample, columns, weights, &workspace, &error),
                       &error, "weight of row 3");
        assert_non_null(strstr(error.message, shown[i]));
        assert_refused(
            tree_sample_of_targets(&sample, columns, table.targets, weights, &workspace, &error),
            &error, "weight of row 3");
        assert_refused(tree_sample_of_gradients(&sample, columns, table.gradients, table.hessians,
                                                &workspace, &error),
                       &error, "hessian of row 3");
    }
    weights[3] = DBL_MAX;
    table.hessians[3] = 1.0;
    assert_refused(tree_sample_of_weights(&sample, columns, weights, &workspace, &error), &error,
                   "scale them");
    table.targets[3] = NAN;
    assert_refused(
        tree_sample_of_targets(&sample, columns, table.targets, NULL, &workspace, &error), &error,
        "scale them");
    memset(table.weights, 0, sizeof table.weights);
    assert_refused(tree_sample_of_weights(&sample, columns, weights, &workspace, &error), &error,
                   "weigh nothing");
    table.counts[0] = UINT32_MAX;
    assert_refused(tree_sample_of_counts(&sample, columns, table.counts, &workspace, &error),
                   &error, "2^31");
    assert_int_equal(sample.n_present, 12345); // outputs are left alone
}

static void weights_may_lie_far_apart(void **state) {
    (void)state;
    static table table;
    static grown grown;
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        for (size_t row = 0; row < table.training.rows.n_rows; row++) {
            table.weights[row] = dice(2) == 0 ? 1e-300 : 1e60;
            table.hessians[row] = dice(2) == 0 ? 0.0 : 1e-40;
        }
        tree_sample sample;
        for (int kind = 0; kind < 3; kind++) {
            tree_search_options search = draw_search(seed,
                                                     kind == 0   ? TREE_SQUARED
                                                     : kind == 1 ? TREE_GINI
                                                                 : TREE_ENTROPY,
                                                     table.training.rows.n_columns);
            if (kind == 0) {
                sample_gradients(&table, &sample);
            } else {
                sample_weights(&table, table.weights, &sample);
            }
            grow(&table, &sample, &search, draw_member(seed, &grown), &grown);
            for (size_t node = 0; node < grown.tree.n; node++) {
                assert_true(isfinite(grown.tree.nodes[node].value));
                assert_true(node == 0 || grown.tree.nodes[node].weight > 0.0);
            }
        }
    }
}

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    static table table;
    static grown own_grown;
    table_create(&table, 5);
    table.weights[0] = 1.5;
    tree_search_options search = {.criterion = TREE_ENTROPY,
                                  .max_features = table.training.rows.n_columns};
    perebor_status status = PEREBOR_ERR_MEMORY;
    size_t n_failed = 0;
    for (size_t limit = 64; status != PEREBOR_OK; limit += 512, n_failed++) {
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        perebor_workspace_mark begin = perebor_workspace_here(&workspace);
        perebor_error error = {0};
        tree_sample sample;
        perebor_workspace_limit(&workspace, limit);
        status = tree_sample_of_weights(&sample, &table.columns, table.weights, &workspace, &error);
        if (status == PEREBOR_OK) {
            own_grown = (grown){.tree = {.workspace = &workspace}};
            tree_member member = draw_member(0, &own_grown);
            tree_growth_job job = {.columns = &table.columns, .sample = &sample, .search = search};
            member.scores[0] = member.scores[1] = NULL;
            status = tree_grow(&job, &member, 1, &workspace, &error);
        }
        assert_int_equal(perebor_workspace_unlimit(&workspace), status != PEREBOR_OK);
        assert_int_equal(error.status, status);
        perebor_workspace_return(&workspace, begin);
    }
    assert_true(n_failed > 20);
}

/* scikit-learn's trees. */

static uint32_t golden_state;

/** As in make_tree_weighted.py. */
static uint32_t golden_dice(uint32_t n) {
    golden_state = 1664525u * golden_state + 1013904223u;
    return (golden_state >> 16) % n;
}

static void draw_golden_table(table *table, uint32_t seed, size_t n_rows, size_t n_columns) {
    static const uint32_t levels[] = {1000, 2, 30000, 40};
    golden_state = seed;
    create_matrix(&table->training.rows, n_rows, n_columns);
    create_matrix(&table->validation, n_validation, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] =
                ((double)golden_dice(levels[column % 4]) - 3.0) / 8.0;
        }
    }
    const double *first = perebor_matrix_column(&table->training.rows, 0);
    for (size_t row = 0; row < n_rows; row++) {
        table->labels[row] = (golden_dice(4) == 0) != (first[row] > 60.0);
        table->targets[row] = (double)golden_dice(1000) / 16.0 + (first[row] > 60.0 ? 20.0 : 0.0);
        table->counts[row] = golden_dice(5);
        table->weights[row] = (double)golden_dice(40) / 7.0;
    }
    table->training.labels = table->labels;
    sort_columns(table);
}

/** Compares nodes in preorder with the file's. */
static void compare_nodes(FILE *file, const tree_nodes *tree, size_t at, size_t *n_splits) {
    long column;
    double number;
    const tree_node *node = &tree->nodes[at];
    assert_int_equal(fscanf(file, "%ld %lf", &column, &number), 2);
    if (node->left == 0) {
        assert_int_equal(column, -1);
        assert_true(fabs(node->value - number) <= 1e-10 * (1.0 + fabs(number)));
        return;
    }
    assert_int_equal(column, node->column);
    assert_true(number == node->threshold);
    ++*n_splits;
    compare_nodes(file, tree, node->left, n_splits);
    compare_nodes(file, tree, node->left + 1, n_splits);
}

/** What a case of the file is grown by. */
typedef struct golden {
    unsigned seed;
    size_t n_rows, n_columns;
    char criterion[16], weights[8];
    size_t max_depth, min_leaf;
    double min_fraction, min_decrease, ccp_alpha;
} golden;

static void sample_golden(table *table, const golden *golden, tree_sample *sample) {
    for (size_t row = 0; row < golden->n_rows && strcmp(golden->weights, "real") != 0; row++) {
        bool whole = strcmp(golden->weights, "whole") == 0;
        table->weights[row] = whole ? (double)table->counts[row] : 1.0;
    }
    if (strcmp(golden->criterion, "squared_error") == 0) {
        sample_targets(table, table->weights, sample);
    } else {
        sample_weights(table, table->weights, sample);
    }
}

static void trees_are_scikit_learns_but_for_ties(void **state) {
    (void)state;
    static table table;
    static grown grown;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/tree_weighted.txt", "r");
    assert_non_null(file);
    size_t n_cases = 0;
    size_t n_splits = 0;
    golden golden;
    while (fscanf(file, "%u %zu %zu %15s %7s %zu %zu %lf %lf %lf", &golden.seed, &golden.n_rows,
                  &golden.n_columns, golden.criterion, golden.weights, &golden.max_depth,
                  &golden.min_leaf, &golden.min_fraction, &golden.min_decrease,
                  &golden.ccp_alpha) == 10) {
        assert_true(golden.n_rows <= most_rows);
        draw_golden_table(&table, golden.seed, golden.n_rows, golden.n_columns);
        tree_sample sample;
        sample_golden(&table, &golden, &sample);
        bool squared = strcmp(golden.criterion, "squared_error") == 0;
        double weight = sample.total.of[0] + (squared ? 0.0 : sample.total.of[1]);
        tree_search_options search = {.criterion = squared ? TREE_SQUARED
                                                   : strcmp(golden.criterion, "gini") == 0
                                                       ? TREE_GINI
                                                       : TREE_ENTROPY,
                                      .max_features = golden.n_columns,
                                      .min_weight = golden.min_fraction * weight,
                                      .min_gain = golden.min_decrease * weight};
        tree_member member = {.max_depth = golden.max_depth,
                              .min_leaf = golden.min_leaf,
                              .min_split = 2 * golden.min_leaf};
        grow(&table, &sample, &search, member, &grown);
        perebor_error error;
        assert_int_equal(tree_nodes_prune(&grown.tree, golden.ccp_alpha, &error), PEREBOR_OK);
        compare_nodes(file, &grown.tree, 0, &n_splits);
        n_cases++;
    }
    (void)fclose(file);
    assert_int_equal(n_cases, 60);
    assert_true(n_splits > 120);
}

/** The same everywhere: another compiler, optimisation or instruction set changes no bit of it. */
static void scores_are_the_committed_ones(void **state) {
    (void)state;
    static table table;
    static grown grown;
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    for (uint64_t seed = 0; seed < case_count; seed++) {
        table_create(&table, seed);
        tree_sample sample;
        static const tree_criterion criteria[] = {TREE_SQUARED, TREE_GINI, TREE_ENTROPY};
        tree_search_options search =
            draw_search(seed, criteria[seed % 3], table.training.rows.n_columns);
        if (seed % 3 == 0) {
            sample_gradients(&table, &sample);
            search.l2 = 0.3;
        } else {
            table.weights[0] = 1.5;
            sample_weights(&table, table.weights, &sample);
        }
        grow(&table, &sample, &search, draw_member(seed, &grown), &grown);
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
        cmocka_unit_test(rows_that_count_grow_as_rows_repeated_bit_for_bit),
        cmocka_unit_test(weights_of_one_change_no_bit),
        cmocka_unit_test(balanced_classes_are_weights_of_the_other_ones_count),
        cmocka_unit_test(a_row_without_weight_is_absent),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(trees_grown_together_are_those_grown_alone),
        cmocka_unit_test(the_split_on_gradients_gains_most),
        cmocka_unit_test(a_leaf_is_the_sum_of_its_rows_in_order),
        cmocka_unit_test(rows_of_one_target_are_not_split),
        cmocka_unit_test(what_cannot_be_weighed_is_refused_by_row),
        cmocka_unit_test(weights_may_lie_far_apart),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(trees_are_scikit_learns_but_for_ties),
        cmocka_unit_test(scores_are_the_committed_ones),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
