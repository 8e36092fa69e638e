// SPDX-License-Identifier: MIT
// Models of many trees score what walking each tree by its thresholds says, whichever way they go.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/ensemble/ensemble.h"
#include "model/ensemble/ensemble_bits.h"
#include "model/ensemble/ensemble_blocks.h"
#include "model/ensemble/ensemble_walk.h"

enum { most_nodes = 400000, most_trees = 12, n_levels = 5 };

static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

/** Trees as a form has them. */
static struct {
    uint64_t first[most_trees + 1];
    double thresholds[most_nodes], values[most_nodes], covers[most_nodes];
    uint32_t columns[most_nodes], left[most_nodes];
    size_t n;
} trees;

/** Whether each node draws a threshold of its own; else many have the same. */
static bool has_own_thresholds;

static double draw_threshold(uint64_t *state) {
    const double value = draw_uniform(state);
    return has_own_thresholds ? value : floor(40.0 * value) / 40.0;
}

/** Grows a tree of up to so many nodes: a way of few nodes on the side, a full tree, or in between.
 */
static void draw_tree(uint64_t *state, size_t most, size_t n_columns) {
    const uint32_t of_leaves[] = {0, (uint32_t)n_columns, UINT32_MAX - 1}; // which nobody asks for
    const size_t first = trees.n;
    const uint64_t kind = draw_bits(state) % 3;
    size_t n = 1;
    for (size_t node = 0; node < n; node++) {
        const size_t at = first + node;
        const bool ends = n + 2 > most || (node > 0 && kind == 0 && n > node + 1) ||
                          (kind == 1 && draw_bits(state) % 3 == 0);
        trees.values[at] = draw_uniform(state);
        trees.covers[at] = 1.0 + draw_uniform(state);
        trees.columns[at] = ends ? of_leaves[at % 3] : (uint32_t)(draw_bits(state) % n_columns);
        trees.thresholds[at] = ends ? 0.0 : draw_threshold(state);
        trees.left[at] = ends ? 0 : (uint32_t)n;
        n += ends ? 0 : 2;
    }
    trees.n += n;
}

/** Whether models need not copy the trees. */
static bool lasting;

/** A model of the trees that were drawn. */
static perebor_model *restore_drawn(size_t n_columns, bool added) {
    const perebor_model_form form = {.kind = PEREBOR_FORM_TREES,
                                     .n_columns = n_columns,
                                     .as.trees = {.n_trees = most_trees,
                                                  .n_nodes = trees.n,
                                                  .first_node = trees.first,
                                                  .thresholds = trees.thresholds,
                                                  .values = trees.values,
                                                  .covers = trees.covers,
                                                  .columns = trees.columns,
                                                  .left = trees.left,
                                                  .added = added,
                                                  .lasting = lasting}};
    perebor_model *model = NULL;
    assert_int_equal(perebor_model_form_check(&form, NULL), PEREBOR_OK);
    assert_int_equal(ensemble_restore(&model, &form, added, &workspace, NULL), PEREBOR_OK);
    return model;
}

/** Lets a model's rows walk from node to node by ranks. */
static void rank_nodes(perebor_model *model) {
    perebor_workspace scratch = {0};
    assert_int_equal(ensemble_ranks_create(&model->ranks, model, false, &scratch, &workspace, NULL),
                     PEREBOR_OK);
    assert_true(model->ranks->blocks == NULL && model->ranks->nodes != NULL);
    perebor_workspace_release(&scratch);
}

/** @param[in] most  Nodes of a tree. */
static perebor_model *draw_model_of(uint64_t *state, size_t n_columns, bool added, size_t most) {
    static const size_t sizes[] = {1, 3, 5, 65, 17, 61, 127, 129, 401, 2001, 63, 7};
    trees.n = 0;
    for (size_t tree = 0; tree < most_trees; tree++) {
        trees.first[tree] = trees.n;
        draw_tree(state, sizes[tree] < most ? sizes[tree] : most, n_columns);
    }
    trees.first[most_trees] = trees.n;
    return restore_drawn(n_columns, added);
}

static perebor_model *draw_model(uint64_t *state, size_t n_columns, bool added) {
    return draw_model_of(state, n_columns, added, most_nodes);
}

/** Rows whose values often are thresholds, and now and then missing or infinite; the last columns
 * are levels if there is room for them. */
static perebor_matrix draw_rows(uint64_t *state, size_t n_rows, size_t n_columns) {
    perebor_matrix rows;
    const size_t n_dense = n_columns > n_levels ? n_columns - n_levels : n_columns;
    assert_int_equal(perebor_matrix_create_coded(&rows, n_rows, n_dense, 1, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t column = 0; column < n_dense; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            const uint64_t kind = draw_bits(state) % 50;
            const double value = draw_uniform(state);
            perebor_matrix_column(&rows, column)[row] = kind == 0   ? (double)NAN
                                                        : kind == 1 ? (double)INFINITY
                                                        : kind == 2 ? -(double)INFINITY
                                                        : kind == 3 ? -0.0
                                                        : kind < 25 ? floor(40.0 * value) / 40.0
                                                                    : value;
        }
    }
    if (n_dense < n_columns) {
        perebor_indicators *levels = perebor_matrix_add_levels(&rows, n_levels);
        for (size_t row = 0; row < n_rows; row++) {
            levels->codes[row] = (uint32_t)(draw_bits(state) % (n_levels + 1));
        }
    }
    return rows;
}

static double walk_tree(const perebor_matrix *rows, size_t row, uint64_t first) {
    uint32_t at = 0;
    while (trees.left[first + at] != 0) {
        double value = perebor_matrix_value(rows, row, trees.columns[first + at]);
        at = trees.left[first + at] + (value <= trees.thresholds[first + at] ? 0 : 1);
    }
    return trees.values[first + at];
}

static void assert_scores(const perebor_model *model, const perebor_matrix *rows) {
    double *scores = perebor_workspace_take(&workspace, rows->n_rows, sizeof *scores);
    assert_non_null(scores);
    assert_int_equal(ensemble_score(model, rows, &workspace, scores, NULL), PEREBOR_OK);
    for (size_t row = 0; row < rows->n_rows; row++) {
        double sum = 0.0;
        for (size_t tree = 0; tree < most_trees; tree++) {
            sum += walk_tree(rows, row, trees.first[tree]);
        }
        const double expected = model->added ? sum : sum / most_trees;
        if (scores[row] != expected) {
            fail_msg("%zu columns, %zu rows, row %zu: %.17g, not %.17g", rows->n_columns,
                     rows->n_rows, row, scores[row], expected);
        }
    }
}

static void rows_score_what_their_ways_through_the_trees_say(void **state) {
    (void)state;
    static const size_t n_columns[] = {1, 2, 16, 31, 32, 33, 64, 65, 130};
    static const size_t n_rows[] = {1, 7, 8, 9, 500, 17};
    uint64_t random = 3;
    const bool has_blocks = PEREBOR_KERNEL_PICK(ensemble_walk_kernels)->walk != NULL;
    for (size_t i = 0; i < 4 * sizeof n_columns / sizeof *n_columns; i++) {
        const size_t columns = n_columns[i / 4];
        perebor_model *model = draw_model(&random, columns, i % 2 == 1);
        perebor_matrix rows = draw_rows(&random, n_rows[i % 6], columns);
        assert_non_null(model->ranks);
        assert_true((model->ranks->blocks != NULL) ==
                    (has_blocks && model->ranks->n_columns <= ENSEMBLE_BLOCK_COLUMNS));
        assert_scores(model, &rows);
        rank_nodes(model);
        assert_scores(model, &rows);
        model->ranks = NULL; // by values, as so few rows do not pay ranks
        assert_scores(model, &rows);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** More than are taken at a time. */
static void many_rows_score_alike(void **state) {
    (void)state;
    uint64_t random = 4;
    const perebor_model *model = draw_model(&random, 3, false);
    perebor_matrix rows = draw_rows(&random, 16384 + 2048 + 11, 3);
    assert_scores(model, &rows);
    const perebor_model *wide = draw_model(&random, 50, true);
    perebor_matrix wide_rows = draw_rows(&random, 2 * ENSEMBLE_WALK_ROWS + 33, 50);
    assert_scores(wide, &wide_rows);
}

/** A machine that can asks all nodes of such trees, of however many columns. */
static void trees_of_few_leaves_score_rows_of_any_width(void **state) {
    (void)state;
    static const size_t n_columns[] = {1, 33, 65, 700, 5000};
    static const size_t n_rows[] = {1, 31, 32, 33, 700};
    uint64_t random = 5;
    const bool has_bits = PEREBOR_KERNEL_PICK(ensemble_bits_kernels)->add != NULL;
    for (size_t i = 0; i < 25; i++) {
        const size_t columns = n_columns[i % 5];
        const perebor_model *model =
            draw_model_of(&random, columns, i % 2 == 0, i == 7 ? 1 : 2 * ENSEMBLE_BITS_LEAVES - 1);
        const perebor_matrix rows = draw_rows(&random, n_rows[i / 5], columns);
        assert_true((model->ranks->blocks != NULL) == has_bits);
        const ensemble_block_tree *laid = model->ranks->blocks;
        for (size_t tree = 0; laid != NULL && tree < most_trees; tree++) {
            assert_non_null(laid[tree].bits);
        }
        assert_scores(model, &rows);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** A forest of stumps: a row scores the share of the thresholds that lie below it. */
static perebor_model *restore_stumps(const double *thresholds, size_t n) {
    perebor_trees_form trees = {.n_trees = n, .n_nodes = 3 * n};
    uint64_t *first = perebor_workspace_take(&workspace, n + 1, sizeof *first);
    double *at = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *at);
    double *values = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *values);
    double *covers = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *covers);
    uint32_t *columns = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *columns);
    uint32_t *left = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *left);
    assert_true(first != NULL && at != NULL && values != NULL && covers != NULL &&
                columns != NULL && left != NULL);
    for (size_t tree = 0; tree < n; tree++) {
        first[tree + 1] = 3 * (tree + 1);
        at[3 * tree] = thresholds[tree];
        left[3 * tree] = 1;
        values[3 * tree + 2] = 1.0;
    }
    first[0] = 0;
    trees.first_node = first;
    trees.thresholds = at;
    trees.values = values;
    trees.covers = covers;
    trees.columns = columns;
    trees.left = left;
    const perebor_model_form form = {.kind = PEREBOR_FORM_TREES, .n_columns = 1, .as.trees = trees};
    perebor_model *model = NULL;
    assert_int_equal(ensemble_restore(&model, &form, false, &workspace, NULL), PEREBOR_OK);
    return model;
}

/** By ranks, and where there are too many thresholds for them part by part: at, below and above
 * thresholds that lie close together, far apart, and next to the ends of what doubles are. */
static void rows_score_the_share_of_thresholds_below_them(void **state) {
    (void)state;
    enum { n_most = 66000, n_rows = 100 };
    static const size_t sizes[] = {1, 2, 700, n_most};
    static double thresholds[n_most];
    for (size_t k = 0; k < 3 * sizeof sizes / sizeof *sizes; k++) {
        const size_t n = sizes[k / 3];
        for (size_t i = 0; i < n; i++) {
            double x = (double)i - 0.3 * (double)n;
            thresholds[i] = k % 3 == 0 ? x : k % 3 == 1 ? x * x * x * 1e-9 : x * 2e303;
        }
        const perebor_model *model = restore_stumps(thresholds, n);
        assert_true((model->ranks == NULL) == (n == n_most));
        assert_int_equal(model->n_parts, n == n_most ? 2 : 0);
        perebor_matrix rows = learning_matrix(&workspace, n_rows, 1);
        double *values = perebor_matrix_column(&rows, 0);
        double scores[n_rows];
        for (size_t row = 0; row < n_rows; row++) {
            double near = thresholds[row * 37 % n];
            values[row] = row % 4 == 0   ? near
                          : row % 4 == 1 ? nextafter(near, -INFINITY)
                          : row % 4 == 2 ? nextafter(near, INFINITY)
                                         : (row % 8 == 3 ? -1.7e308 : 1.7e308);
        }
        assert_int_equal(ensemble_score(model, &rows, &workspace, scores, NULL), PEREBOR_OK);
        for (size_t row = 0; row < n_rows; row++) {
            size_t below = 0;
            for (size_t i = 0; i < n; i++) {
                below += thresholds[i] < values[row];
            }
            assert_true(scores[row] == (double)below / (double)n);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Large trees, too: by blocks, and then from node to node. */
static void parts_of_a_model_score_what_it_does(void **state) {
    (void)state;
    uint64_t random = 6;
    const size_t n_columns = 2;
    trees.n = 0;
    has_own_thresholds = true;
    for (size_t tree = 0; tree < most_trees; tree++) {
        const size_t first = trees.n;
        trees.first[tree] = first;
        do { // until it is large
            trees.n = first;
            draw_tree(&random, tree == 5 ? 31 : 30001, n_columns);
        } while (trees.n - first < (tree == 5 ? 31 : 30001));
    }
    has_own_thresholds = false;
    trees.first[most_trees] = trees.n;
    for (size_t added = 0; added < 2; added++) {
        lasting = added == 1;
        perebor_model *model = restore_drawn(n_columns, added == 1);
        lasting = false;
        assert_int_equal(model->thresholds == trees.thresholds, added);
        assert_true(ensemble_ranks_too_many(model));
        const perebor_matrix rows = draw_rows(&random, 700, n_columns);
        assert_null(model->ranks);
        assert_in_range(model->n_parts, 2, 3);
        assert_scores(model, &rows);
        for (size_t i = 0; i < model->n_parts; i++) {
            rank_nodes(&model->parts[i]);
        }
        assert_scores(model, &rows);
        perebor_model few = *model; // equal thresholds, or too few nodes of a column
        few.thresholds = perebor_workspace_take_zeroed(&workspace, trees.n, sizeof(double));
        assert_non_null(few.thresholds);
        assert_false(ensemble_ranks_too_many(&few));
        assert_false(ensemble_ranks_too_many(&model->parts[0]));
    }
}

/** A way to the right that asks for more thresholds than there are ranks. */
static void one_tree_may_be_too_much_for_ranks(void **state) {
    (void)state;
    enum { n_inner = UINT16_MAX, n_nodes = 2 * n_inner + 1 };
    trees.n = n_nodes;
    for (size_t node = 0; node < n_nodes; node++) {
        const bool inner = node % 2 == 0 && node < n_nodes - 1;
        trees.left[node] = inner ? (uint32_t)node + 1 : 0;
        trees.thresholds[node] = inner ? (double)(node / 2) : 0.0;
        trees.values[node] = (double)((node + 1) / 2);
        trees.columns[node] = 0;
        trees.covers[node] = 1.0;
    }
    for (size_t tree = 1; tree <= most_trees; tree++) {
        trees.first[tree] = trees.n;
        trees.left[trees.n] = 0;
        trees.values[trees.n++] = 0.5;
    }
    trees.first[most_trees] = --trees.n;
    const perebor_model *model = restore_drawn(1, true);
    perebor_matrix rows = learning_matrix(&workspace, 3, 1);
    perebor_matrix_column(&rows, 0)[0] = -1.0;
    perebor_matrix_column(&rows, 0)[1] = 60000.5;
    perebor_matrix_column(&rows, 0)[2] = 1e6;
    assert_null(model->ranks);
    assert_int_equal(model->n_parts, 0);
    assert_scores(model, &rows);
}

/** A forest of one tree. @return What restoring it says. */
static perebor_status restore_tree(const uint32_t *left, const uint32_t *columns, size_t n,
                                   size_t n_columns, perebor_model **model, perebor_error *error) {
    static const double zeros[256];
    static double values[256];
    const uint64_t first_node[] = {0, n};
    const perebor_model_form form = {.kind = PEREBOR_FORM_TREES,
                                     .n_columns = n_columns,
                                     .as.trees = {.n_trees = 1,
                                                  .n_nodes = n,
                                                  .first_node = first_node,
                                                  .thresholds = zeros,
                                                  .values = values,
                                                  .covers = zeros,
                                                  .columns = columns,
                                                  .left = left}};
    for (size_t node = 0; node < n; node++) {
        values[node] = 0.25 + (double)node;
    }
    assert_true(n <= sizeof zeros / sizeof *zeros);
    const perebor_status status = perebor_model_form_check(&form, error);
    return status != PEREBOR_OK ? status : ensemble_restore(model, &form, false, &workspace, error);
}

/** A root that is a leaf, of whatever column. */
static void rows_without_columns_have_scores(void **state) {
    (void)state;
    static const uint32_t columns[] = {0, 1, UINT32_MAX, UINT32_MAX - 1};
    const uint32_t left = 0;
    const perebor_matrix rows = {.n_rows = 9};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        double scores[9];
        perebor_model *model = NULL;
        assert_int_equal(restore_tree(&left, &columns[i], 1, 0, &model, NULL), PEREBOR_OK);
        assert_non_null(model->ranks);
        assert_int_equal(ensemble_score(model, &rows, &workspace, scores, NULL), PEREBOR_OK);
        for (size_t row = 0; row < rows.n_rows; row++) {
            assert_true(scores[row] == 0.25);
        }
    }
}

/** Trees are laid out as many leaves as they have nodes for: what is no tree is refused, be it
 * small or large. */
static void what_is_no_tree_is_refused(void **state) {
    (void)state;
    static const size_t sizes[] = {9, 127, 129, 201};
    static const uint32_t columns[256];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t n = sizes[i];
        uint32_t left[256] = {0};
        perebor_error error;
        perebor_model *model = NULL;
        for (uint32_t node = 0; 2 * (size_t)node + 1 < n; node++) {
            left[node] = 2 * node + 1;
        }
        assert_int_equal(restore_tree(left, columns, n, 1, &model, NULL), PEREBOR_OK);
        left[1] = 0; // cut off
        assert_int_equal(restore_tree(left, columns, n, 1, &model, &error), PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, "tree 0 of the model has nodes that nothing leads to");
        for (uint32_t node = 0; node < n - 2; node++) {
            left[node] = node + 1; // 2^(n/2) ways
        }
        left[n - 2] = 0;
        assert_int_equal(restore_tree(left, columns, n, 1, &model, &error), PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, "node 1 of tree 0 of the model leads nowhere");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rows_score_what_their_ways_through_the_trees_say, give_back),
        cmocka_unit_test_teardown(many_rows_score_alike, give_back),
        cmocka_unit_test_teardown(trees_of_few_leaves_score_rows_of_any_width, give_back),
        cmocka_unit_test_teardown(rows_score_the_share_of_thresholds_below_them, give_back),
        cmocka_unit_test_teardown(parts_of_a_model_score_what_it_does, give_back),
        cmocka_unit_test_teardown(one_tree_may_be_too_much_for_ranks, give_back),
        cmocka_unit_test_teardown(rows_without_columns_have_scores, give_back),
        cmocka_unit_test_teardown(what_is_no_tree_is_refused, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
