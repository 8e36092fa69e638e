// SPDX-License-Identifier: MIT
/* Forms as the content of a file: there and back without a changed bit, and whatever a file may
 * have instead. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/form_tree.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_columns = 3, n_points = 11, n_nodes = 6 };

static double *draw_reals(uint64_t *state, size_t n) {
    double *reals = perebor_workspace_take(&workspace, n, sizeof *reals);
    assert_non_null(reals);
    for (size_t i = 0; i < n; i++) {
        reals[i] = draw_normal(state) * 1e3;
    }
    return reals;
}

static perebor_matrix draw_matrix(uint64_t *state, size_t n_rows) {
    perebor_matrix matrix = learning_matrix(&workspace, n_rows, n_columns);
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        perebor_matrix_column(&matrix, i / n_rows)[i % n_rows] = draw_normal(state) / 3.0;
    }
    return matrix;
}

static void draw_trees(uint64_t *state, perebor_trees_form *trees) {
    static const uint64_t first_node[] = {0, 5, 6};
    static const uint32_t left[n_nodes] = {1, 3, 0, 0, 0, 0};
    static const uint32_t columns[n_nodes] = {2, 1, 0, 0, 0, 4294967295u};
    *trees = (perebor_trees_form){.n_trees = 2,
                                  .n_nodes = n_nodes,
                                  .first_node = first_node,
                                  .thresholds = draw_reals(state, n_nodes),
                                  .values = draw_reals(state, n_nodes),
                                  .covers = draw_reals(state, n_nodes),
                                  .columns = columns,
                                  .left = left,
                                  .single_precision = draw_bits(state) % 2 == 0};
}

static void draw_kernel(uint64_t *state, perebor_model_form *form) {
    static const perebor_kernel_kind kinds[] = {PEREBOR_KERNEL_RBF, PEREBOR_KERNEL_POLY,
                                                PEREBOR_KERNEL_SIGMOID};
    bool monomials = form->kind == PEREBOR_FORM_MONOMIALS;
    form->as.kernel = (perebor_kernel_form){
        .kernel = {.kind = monomials ? PEREBOR_KERNEL_POLY : kinds[draw_bits(state) % 3],
                   .gamma = draw_uniform(state),
                   .coef0 = draw_normal(state),
                   .degree = 1 + (int64_t)(draw_bits(state) % 9)},
        .bias = draw_normal(state)};
    if (monomials) {
        form->as.kernel.n_weights = 7;
        form->as.kernel.weights = draw_reals(state, 7);
        form->as.kernel.support.n_columns = n_columns;
        return;
    }
    form->as.kernel.support = draw_matrix(state, n_points);
    form->as.kernel.coefficients = draw_reals(state, n_points);
}

static void draw_neighbors(uint64_t *state, perebor_neighbors_form *neighbors) {
    uint8_t *labels = perebor_workspace_take(&workspace, n_points, 1);
    assert_non_null(labels);
    for (size_t i = 0; i < n_points; i++) {
        labels[i] = (uint8_t)(draw_bits(state) % 2);
    }
    *neighbors = (perebor_neighbors_form){.points = draw_matrix(state, n_points),
                                          .labels = labels,
                                          .k = 1 + draw_bits(state) % n_points,
                                          .by_distance = draw_bits(state) % 2 == 0,
                                          .distance = (perebor_distance_kind)(draw_bits(state) % 3),
                                          .p = 1.0 + draw_uniform(state)};
}

static void draw_densities(uint64_t *state, perebor_densities_form *densities) {
    for (size_t c = 0; c < 2; c++) {
        double *variances = draw_reals(state, n_columns);
        for (size_t column = 0; column < n_columns; column++) {
            variances[column] = 0.1 + variances[column] * variances[column];
        }
        densities->means[c] = draw_reals(state, n_columns);
        densities->variances[c] = variances;
    }
    densities->offset = draw_normal(state);
}

static perebor_model_form draw_form(perebor_form_kind kind, uint64_t seed) {
    uint64_t state = seed * 977 + 3;
    perebor_model_form form = {.kind = kind, .n_columns = n_columns};
    switch (kind) {
    case PEREBOR_FORM_LINEAR:
        form.as.linear = (perebor_linear_form){draw_reals(&state, n_columns), draw_normal(&state)};
        break;
    case PEREBOR_FORM_TREES:
        draw_trees(&state, &form.as.trees);
        break;
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        draw_kernel(&state, &form);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        draw_neighbors(&state, &form.as.neighbors);
        break;
    case PEREBOR_FORM_DENSITIES:
        draw_densities(&state, &form.as.densities);
        break;
    }
    return form;
}

/** A tree with a form in the group "model". */
static h5_tree *write_form(const perebor_model_form *form) {
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    form_to_tree(form, tree, h5_add_group(tree, tree->root, "model"));
    assert_int_equal(h5_tree_check(tree, "a form", NULL), PEREBOR_OK);
    return tree;
}

/** What the last form that was read borrows from. */
static h5_pages *held;

static perebor_status read_form(const h5_tree *tree, perebor_model_form *form,
                                perebor_error *error) {
    h5_reader reader = {.root = tree->root, .file = "a.h5", .error = error};
    form_from_tree(&reader, "model", n_columns, &workspace, form, &held);
    return reader.status;
}

static void same_matrix(const perebor_matrix *a, const perebor_matrix *b) {
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t column = 0; column < a->n_columns; column++) {
        assert_memory_equal(perebor_matrix_column(a, column), perebor_matrix_column(b, column),
                            a->n_rows * sizeof(double));
    }
}

static void same_trees(const perebor_trees_form *a, const perebor_trees_form *b) {
    assert_int_equal(a->n_trees, b->n_trees);
    assert_int_equal(a->n_nodes, b->n_nodes);
    assert_int_equal(a->single_precision, b->single_precision);
    assert_memory_equal(a->first_node, b->first_node, (a->n_trees + 1) * sizeof *a->first_node);
    assert_memory_equal(a->thresholds, b->thresholds, n_nodes * sizeof(double));
    assert_memory_equal(a->values, b->values, n_nodes * sizeof(double));
    assert_memory_equal(a->covers, b->covers, n_nodes * sizeof(double));
    assert_memory_equal(a->columns, b->columns, n_nodes * sizeof(uint32_t));
    assert_memory_equal(a->left, b->left, n_nodes * sizeof(uint32_t));
}

static void same_kernel(const perebor_kernel_form *a, const perebor_kernel_form *b) {
    assert_int_equal(a->kernel.kind, b->kernel.kind);
    assert_int_equal(a->kernel.degree, b->kernel.degree);
    assert_true(a->kernel.gamma == b->kernel.gamma && a->kernel.coef0 == b->kernel.coef0);
    assert_true(a->bias == b->bias);
    assert_int_equal(a->n_weights, b->n_weights);
    same_matrix(&a->support, &b->support);
    if (a->n_weights > 0) {
        assert_memory_equal(a->weights, b->weights, a->n_weights * sizeof(double));
    } else {
        assert_memory_equal(a->coefficients, b->coefficients, a->support.n_rows * sizeof(double));
    }
}

static void same_neighbors(const perebor_neighbors_form *a, const perebor_neighbors_form *b) {
    same_matrix(&a->points, &b->points);
    assert_memory_equal(a->labels, b->labels, n_points);
    assert_int_equal(a->k, b->k);
    assert_int_equal(a->by_distance, b->by_distance);
    assert_int_equal(a->distance, b->distance);
    assert_true(a->p == b->p);
}

static void same_densities(const perebor_densities_form *a, const perebor_densities_form *b) {
    assert_true(a->offset == b->offset);
    for (size_t c = 0; c < 2; c++) {
        assert_memory_equal(a->means[c], b->means[c], n_columns * sizeof(double));
        assert_memory_equal(a->variances[c], b->variances[c], n_columns * sizeof(double));
    }
}

static void same_form(const perebor_model_form *a, const perebor_model_form *b) {
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->n_columns, b->n_columns);
    switch (a->kind) {
    case PEREBOR_FORM_LINEAR:
        assert_true(a->as.linear.intercept == b->as.linear.intercept);
        assert_memory_equal(a->as.linear.weights, b->as.linear.weights, n_columns * sizeof(double));
        break;
    case PEREBOR_FORM_TREES:
        same_trees(&a->as.trees, &b->as.trees);
        break;
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        same_kernel(&a->as.kernel, &b->as.kernel);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        same_neighbors(&a->as.neighbors, &b->as.neighbors);
        break;
    case PEREBOR_FORM_DENSITIES:
        same_densities(&a->as.densities, &b->as.densities);
        break;
    }
}

static void forms_come_back_without_a_changed_bit(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        perebor_model_form form = draw_form((perebor_form_kind)(seed % 6), seed);
        perebor_model_form read;
        perebor_error error = {0};
        h5_tree *tree = write_form(&form);
        if (read_form(tree, &read, &error) != PEREBOR_OK) {
            fail_msg("seed %d: %s", (int)seed, error.message);
        }
        same_form(&form, &read);
        h5_tree_free(tree);
    }
}

/** From a tree's arena, or from pages, which are held. */
static void trees_outlast_the_file_that_they_are_read_from(void **state) {
    (void)state;
    enum { n = 9000 }; // as many reals as go to pages
    uint64_t random = 11;
    uint64_t *first_node = perebor_workspace_take(&workspace, n + 1, sizeof *first_node);
    uint32_t *zeros = perebor_workspace_take_zeroed(&workspace, n, sizeof *zeros);
    assert_true(first_node != NULL && zeros != NULL);
    for (size_t i = 0; i <= n; i++) {
        first_node[i] = i;
    }
    const perebor_model_form form = {.kind = PEREBOR_FORM_TREES,
                                     .n_columns = n_columns,
                                     .as.trees = {.n_trees = n,
                                                  .n_nodes = n,
                                                  .first_node = first_node,
                                                  .thresholds = draw_reals(&random, n),
                                                  .values = draw_reals(&random, n),
                                                  .covers = draw_reals(&random, n),
                                                  .columns = zeros,
                                                  .left = zeros}};
    for (int in_pages = 0; in_pages < 2; in_pages++) {
        perebor_model_form read;
        h5_pages *pages = in_pages != 0 ? h5_pages_create(64 * n) : NULL;
        h5_tree *tree = h5_tree_create();
        assert_non_null(tree);
        tree->pages = h5_pages_hold(pages);
        form_to_tree(&form, tree, h5_add_group(tree, tree->root, "model"));
        assert_int_equal(h5_tree_check(tree, "a form", NULL), PEREBOR_OK);
        assert_int_equal(read_form(tree, &read, NULL), PEREBOR_OK);
        assert_ptr_equal(held, pages);
        h5_tree_free(tree);
        h5_pages_release(pages);
        assert_true(read.as.trees.lasting);
        assert_memory_equal(form.as.trees.first_node, read.as.trees.first_node, 8 * (n + 1));
        assert_memory_equal(form.as.trees.thresholds, read.as.trees.thresholds, 8 * n);
        assert_memory_equal(form.as.trees.values, read.as.trees.values, 8 * n);
        assert_memory_equal(form.as.trees.covers, read.as.trees.covers, 8 * n);
        assert_memory_equal(form.as.trees.columns, read.as.trees.columns, 4 * n);
        assert_memory_equal(form.as.trees.left, read.as.trees.left, 4 * n);
        h5_pages_release(held);
    }
}

static void a_form_is_named_in_its_group(void **state) {
    (void)state;
    static const char *const kernels[] = {NULL, "rbf", "poly", "sigmoid"};
    for (uint64_t seed = 0; seed < 30; seed++) {
        perebor_model_form form = draw_form((perebor_form_kind)(seed % 6), seed);
        h5_tree *tree = write_form(&form);
        const h5_node *group = h5_find(tree->root, "model");
        const char *kernel = h5_find_text(group, "kernel");
        bool has_kernel = form.kind == PEREBOR_FORM_KERNEL || form.kind == PEREBOR_FORM_MONOMIALS;
        assert_string_equal(h5_find_text(group, "form"), perebor_form_kind_name(form.kind));
        assert_int_equal(kernel != NULL, has_kernel);
        if (has_kernel) {
            assert_string_equal(kernel, kernels[form.as.kernel.kernel.kind]);
        }
        h5_tree_free(tree);
    }
}

/** A model of no support vectors is a constant, and a file can hold it. */
static void a_kernel_form_may_have_no_support(void **state) {
    (void)state;
    perebor_model_form form = draw_form(PEREBOR_FORM_KERNEL, 1);
    perebor_model_form read;
    perebor_error error = {0};
    form.as.kernel.support.n_rows = 0;
    h5_tree *tree = write_form(&form);
    assert_int_equal(read_form(tree, &read, &error), PEREBOR_OK);
    assert_int_equal(read.as.kernel.support.n_rows, 0);
    assert_int_equal(read.as.kernel.support.n_columns, n_columns);
    h5_tree_free(tree);
}

/** What is done to one member of the group. */
typedef enum harm {
    RENAMED,     /* so that it is missing */
    OTHER_TYPE,  /* texts instead of numbers, numbers instead of whole ones */
    OTHER_SHAPE, /* one less */
    AS_MATRIX,   /* two dimensions instead of one */
    SET_TO,      /* its first element */
    NO_ROWS,     /* an empty row */
} harm;

static void harm_array(h5_array *array, harm harm, int64_t value) {
    switch (harm) {
    case OTHER_TYPE:
        array->kind = array->kind == H5_DOUBLE ? H5_INT64 : H5_DOUBLE;
        break;
    case OTHER_SHAPE:
        array->dimensions[0]--;
        break;
    case AS_MATRIX:
        array->n_dimensions = 2;
        array->dimensions[1] = 1;
        break;
    case NO_ROWS:
        array->dimensions[0] = 0;
        break;
    case SET_TO:
        if (array->kind == H5_INT8) {
            *(int8_t *)array->data = (int8_t)value;
        } else {
            *(int64_t *)array->data = value;
        }
        break;
    case RENAMED:
        break;
    }
}

/** Harms the dataset of a name, or the attribute of "@name". */
static void harm_member(h5_tree *tree, const char *name, harm harm, int64_t value) {
    h5_node *group = tree->root->children;
    if (*name == '@') {
        for (h5_attribute *a = group->attributes; a != NULL; a = a->next) {
            if (strcmp(a->name, name + 1) == 0) {
                harm_array(&a->value, harm, value);
                a->name = harm == RENAMED ? "another" : a->name;
                return;
            }
        }
    }
    for (h5_node *node = group->children; node != NULL; node = node->next) {
        if (strcmp(node->name, name) == 0) {
            harm_array(&node->array, harm, value);
            node->name = harm == RENAMED ? "another" : node->name;
            return;
        }
    }
    fail_msg("there is no %s", name);
}

#define WRONG "a.h5: not a whole result file: /model"
#define MISSING(name) WRONG "/" name " is missing"
#define TYPE(name) WRONG "/" name " is of another type than it should be"
#define SHAPE(name) WRONG "/" name " is of another shape than it should be"
#define NOT_A_ROW(name) WRONG "/" name " is not a row"
#define NO_ATTRIBUTE(name) WRONG " has no attribute \"" name "\" that is a single value"
#define NOT_A_NUMBER(name) WRONG "@" name " is not a number"
#define BETWEEN(path, value, range) WRONG path " has " value " at 0, which is not between " range

static const struct {
    perebor_form_kind kind;
    const char *member;
    harm harm;
    int64_t value;
    const char *message;
} harms[] = {
    {PEREBOR_FORM_LINEAR, "@form_kind", RENAMED, 0, NO_ATTRIBUTE("form_kind")},
    {PEREBOR_FORM_LINEAR, "@form_kind", SET_TO, 6, BETWEEN("", "6", "0 and 5")},
    {PEREBOR_FORM_LINEAR, "@form_kind", SET_TO, -1, BETWEEN("", "-1", "0 and 5")},
    {PEREBOR_FORM_LINEAR, "weights", RENAMED, 0, MISSING("weights")},
    {PEREBOR_FORM_LINEAR, "weights", OTHER_TYPE, 0, TYPE("weights")},
    {PEREBOR_FORM_LINEAR, "weights", OTHER_SHAPE, 0, SHAPE("weights")},
    {PEREBOR_FORM_LINEAR, "@intercept", RENAMED, 0, NOT_A_NUMBER("intercept")},
    {PEREBOR_FORM_LINEAR, "@intercept", OTHER_TYPE, 0, NOT_A_NUMBER("intercept")},
    {PEREBOR_FORM_LINEAR, "@intercept", AS_MATRIX, 0, NOT_A_NUMBER("intercept")},
    {PEREBOR_FORM_LINEAR, "weights", SET_TO, INT64_C(0x7ff0000000000000),
     WRONG " is wrong: weight 0 of the model is not finite"},
    {PEREBOR_FORM_TREES, "first_node", RENAMED, 0, MISSING("first_node")},
    {PEREBOR_FORM_TREES, "first_node", AS_MATRIX, 0, NOT_A_ROW("first_node")},
    {PEREBOR_FORM_TREES, "first_node", OTHER_TYPE, 0, TYPE("first_node")},
    {PEREBOR_FORM_TREES, "first_node", NO_ROWS, 0, WRONG "/first_node is empty"},
    {PEREBOR_FORM_TREES, "first_node", SET_TO, 7, BETWEEN("/first_node", "7", "0 and 6")},
    {PEREBOR_FORM_TREES, "first_node", SET_TO, -1, BETWEEN("/first_node", "-1", "0 and 6")},
    {PEREBOR_FORM_TREES, "first_node", SET_TO, 1,
     WRONG " is wrong: the model's trees and nodes do not match"},
    {PEREBOR_FORM_TREES, "threshold", RENAMED, 0, MISSING("threshold")},
    {PEREBOR_FORM_TREES, "value", OTHER_SHAPE, 0, SHAPE("value")},
    {PEREBOR_FORM_TREES, "cover", OTHER_TYPE, 0, TYPE("cover")},
    {PEREBOR_FORM_TREES, "node_column", OTHER_SHAPE, 0, SHAPE("node_column")},
    {PEREBOR_FORM_TREES, "node_column", SET_TO, -1,
     BETWEEN("/node_column", "-1", "0 and 4294967295")},
    {PEREBOR_FORM_TREES, "left", SET_TO, 4294967296,
     BETWEEN("/left", "4294967296", "0 and 4294967295")},
    {PEREBOR_FORM_TREES, "left", SET_TO, 4,
     WRONG " is wrong: node 0 of tree 0 of the model leads nowhere"},
    {PEREBOR_FORM_TREES, "@single_precision", SET_TO, 2, BETWEEN("", "2", "0 and 1")},
    {PEREBOR_FORM_KERNEL, "@kernel_kind", SET_TO, 0, BETWEEN("", "0", "1 and 3")},
    {PEREBOR_FORM_KERNEL, "@kernel_kind", SET_TO, 4, BETWEEN("", "4", "1 and 3")},
    {PEREBOR_FORM_KERNEL, "@gamma", RENAMED, 0, NOT_A_NUMBER("gamma")},
    {PEREBOR_FORM_KERNEL, "@coef0", OTHER_TYPE, 0, NOT_A_NUMBER("coef0")},
    {PEREBOR_FORM_KERNEL, "@degree", SET_TO, 0, BETWEEN("", "0", "1 and 9223372036854775807")},
    {PEREBOR_FORM_KERNEL, "@degree", SET_TO, 1000001,
     WRONG " is wrong: the model's kernel is none that is known"},
    {PEREBOR_FORM_KERNEL, "@bias", RENAMED, 0, NOT_A_NUMBER("bias")},
    {PEREBOR_FORM_KERNEL, "coefficients", OTHER_SHAPE, 0, SHAPE("support")},
    {PEREBOR_FORM_KERNEL, "coefficients", AS_MATRIX, 0, NOT_A_ROW("coefficients")},
    {PEREBOR_FORM_KERNEL, "support", RENAMED, 0, MISSING("support")},
    {PEREBOR_FORM_KERNEL, "support", OTHER_TYPE, 0, TYPE("support")},
    {PEREBOR_FORM_MONOMIALS, "weights", RENAMED, 0, MISSING("weights")},
    {PEREBOR_FORM_MONOMIALS, "weights", OTHER_TYPE, 0, TYPE("weights")},
    {PEREBOR_FORM_MONOMIALS, "@kernel_kind", SET_TO, 3,
     WRONG " is wrong: only a polynomial has monomials"},
    {PEREBOR_FORM_NEIGHBORS, "labels", RENAMED, 0, MISSING("labels")},
    {PEREBOR_FORM_NEIGHBORS, "labels", OTHER_SHAPE, 0, SHAPE("points")},
    {PEREBOR_FORM_NEIGHBORS, "labels", SET_TO, 2, BETWEEN("/labels", "2", "0 and 1")},
    {PEREBOR_FORM_NEIGHBORS, "points", OTHER_TYPE, 0, TYPE("points")},
    {PEREBOR_FORM_NEIGHBORS, "@k", SET_TO, 0, BETWEEN("", "0", "1 and 9223372036854775807")},
    {PEREBOR_FORM_NEIGHBORS, "@k", SET_TO, 12,
     WRONG " is wrong: the model asks for 12 of 11 neighbours, or for no known distance"},
    {PEREBOR_FORM_NEIGHBORS, "@by_distance", SET_TO, 2, BETWEEN("", "2", "0 and 1")},
    {PEREBOR_FORM_NEIGHBORS, "@distance", SET_TO, 3, BETWEEN("", "3", "0 and 2")},
    {PEREBOR_FORM_NEIGHBORS, "@p", RENAMED, 0, NOT_A_NUMBER("p")},
    {PEREBOR_FORM_DENSITIES, "@offset", RENAMED, 0, NOT_A_NUMBER("offset")},
    {PEREBOR_FORM_DENSITIES, "means", RENAMED, 0, MISSING("means")},
    {PEREBOR_FORM_DENSITIES, "variances", OTHER_SHAPE, 0, SHAPE("variances")},
};

static void whatever_a_file_has_instead_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        perebor_model_form form = draw_form(harms[i].kind, i);
        perebor_model_form read;
        perebor_error error = {0};
        h5_tree *tree = write_form(&form);
        harm_member(tree, harms[i].member, harms[i].harm, harms[i].value);
        assert_int_equal(read_form(tree, &read, &error), PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, harms[i].message);
        h5_tree_free(tree);
    }
}

static void a_group_that_is_not_there_is_said(void **state) {
    (void)state;
    perebor_model_form read;
    perebor_error error = {0};
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    assert_int_equal(read_form(tree, &read, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, WRONG " is missing");
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_come_back_without_a_changed_bit),
        cmocka_unit_test(trees_outlast_the_file_that_they_are_read_from),
        cmocka_unit_test(a_form_is_named_in_its_group),
        cmocka_unit_test(a_kernel_form_may_have_no_support),
        cmocka_unit_test(whatever_a_file_has_instead_is_said),
        cmocka_unit_test(a_group_that_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
