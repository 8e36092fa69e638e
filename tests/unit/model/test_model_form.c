// SPDX-License-Identifier: MIT
/* What a form from outside must not be: every check, by the message that it gives. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/model_form.h"

/** One form of every kind that passes, and the arrays it borrows, to be spoiled one at a time. */
typedef struct forms {
    double weights[3];
    uint64_t first_node[3];
    double thresholds[6], values[6], covers[6];
    uint32_t columns[6], left[6];
    double points[2 * 8], coefficients[4];
    uint8_t labels[4];
    perebor_model_form linear, trees, kernel, monomials, neighbors;
} forms;

static perebor_matrix points_of(forms *forms) {
    return (perebor_matrix){.values = forms->points, .n_rows = 4, .n_columns = 2, .stride = 8};
}

/** A tree of five nodes, two splits deep, and one that is a leaf. */
static void set_trees(forms *forms) {
    const uint32_t left[6] = {1, 0, 3, 0, 0, 0};
    const uint32_t columns[6] = {1, 0, 0, 0, 0, 0};
    memcpy(forms->left, left, sizeof left);
    memcpy(forms->columns, columns, sizeof columns);
    forms->first_node[1] = 5;
    forms->first_node[2] = 6;
    forms->trees = (perebor_model_form){.kind = PEREBOR_FORM_TREES,
                                        .n_columns = 2,
                                        .as.trees = {.n_trees = 2,
                                                     .n_nodes = 6,
                                                     .first_node = forms->first_node,
                                                     .thresholds = forms->thresholds,
                                                     .values = forms->values,
                                                     .covers = forms->covers,
                                                     .columns = forms->columns,
                                                     .left = forms->left}};
}

static void set_forms(forms *forms) {
    const perebor_kernel_function cubic = {
        .kind = PEREBOR_KERNEL_POLY, .gamma = 0.5, .coef0 = -1.0, .degree = 3};
    memset(forms, 0, sizeof *forms);
    set_trees(forms);
    forms->linear = (perebor_model_form){
        .kind = PEREBOR_FORM_LINEAR, .n_columns = 3, .as.linear = {.weights = forms->weights}};
    forms->kernel = (perebor_model_form){.kind = PEREBOR_FORM_KERNEL,
                                         .n_columns = 2,
                                         .as.kernel = {.kernel = cubic,
                                                       .support = points_of(forms),
                                                       .coefficients = forms->coefficients}};
    forms->monomials = (perebor_model_form){.kind = PEREBOR_FORM_MONOMIALS,
                                            .n_columns = 2,
                                            .as.kernel = {.kernel = cubic,
                                                          .support = {.n_columns = 2},
                                                          .weights = forms->coefficients,
                                                          .n_weights = 4}};
    forms->neighbors = (perebor_model_form){.kind = PEREBOR_FORM_NEIGHBORS,
                                            .n_columns = 2,
                                            .as.neighbors = {.points = points_of(forms),
                                                             .labels = forms->labels,
                                                             .k = 4,
                                                             .distance = PEREBOR_DISTANCE_MINKOWSKI,
                                                             .p = 1.0}};
}

static void what_is_whole_passes(void **state) {
    (void)state;
    forms forms;
    perebor_error error;
    set_forms(&forms);
    const perebor_model_form *all[] = {&forms.linear, &forms.trees, &forms.kernel, &forms.monomials,
                                       &forms.neighbors};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(perebor_model_form_check(all[i], &error), PEREBOR_OK);
    }
    forms.thresholds[1] = NAN; // of a leaf, where nobody looks
    forms.columns[1] = 77;
    forms.thresholds[0] = INFINITY; // every row goes left
    assert_int_equal(perebor_model_form_check(&forms.trees, &error), PEREBOR_OK);
    forms.left[2] = 0; // a branch that was pruned stays in the array
    assert_int_equal(perebor_model_form_check(&forms.trees, &error), PEREBOR_OK);
    forms.left[1] = 3; // or was a node's that comes before
    forms.columns[1] = 0;
    forms.thresholds[1] = 0.0;
    assert_int_equal(perebor_model_form_check(&forms.trees, &error), PEREBOR_OK);
    forms.kernel.as.kernel.kernel.degree = 1000000;
    assert_int_equal(perebor_model_form_check(&forms.kernel, &error), PEREBOR_OK);
    forms.kernel.as.kernel.support.n_rows = 0; // a constant
    assert_int_equal(perebor_model_form_check(&forms.kernel, &error), PEREBOR_OK);
}

/** Spoils the forms and says which of them is to be looked at. */
typedef perebor_model_form *spoil(forms *forms);

/* clang-format off */
static perebor_model_form *weight(forms *f) { f->weights[2] = NAN; return &f->linear; }
static perebor_model_form *intercept(forms *f) { f->linear.as.linear.intercept = INFINITY; return &f->linear; }
static perebor_model_form *no_trees(forms *f) { f->trees.as.trees.n_trees = 0; return &f->trees; }
static perebor_model_form *late_start(forms *f) { f->first_node[0] = 1; return &f->trees; }
static perebor_model_form *loose_nodes(forms *f) { f->first_node[2] = 5; return &f->trees; }
static perebor_model_form *empty_tree(forms *f) { f->first_node[1] = 0; return &f->trees; }
static perebor_model_form *long_tree(forms *f) { f->first_node[1] = 7; return &f->trees; }
static perebor_model_form *leaf_value(forms *f) { f->values[4] = -INFINITY; return &f->trees; }
static perebor_model_form *circle(forms *f) { f->left[2] = 2; return &f->trees; }
static perebor_model_form *backwards(forms *f) { f->left[2] = 1; return &f->trees; }
static perebor_model_form *next_tree(forms *f) { f->left[2] = 4; return &f->trees; }
static perebor_model_form *two_parents(forms *f) { f->left[1] = 3; return &f->trees; }
static perebor_model_form *half_taken(forms *f) { f->left[1] = 2; return &f->trees; }
static perebor_model_form *no_column(forms *f) { f->columns[0] = 2; return &f->trees; }
static perebor_model_form *no_threshold(forms *f) { f->thresholds[2] = NAN; return &f->trees; }
static perebor_model_form *kind_0(forms *f) { f->kernel.as.kernel.kernel.kind = 0; return &f->kernel; }
static perebor_model_form *kind_4(forms *f) { f->kernel.as.kernel.kernel.kind = 4; return &f->kernel; }
static perebor_model_form *gamma_nan(forms *f) { f->kernel.as.kernel.kernel.gamma = NAN; return &f->kernel; }
static perebor_model_form *coef0_inf(forms *f) { f->kernel.as.kernel.kernel.coef0 = INFINITY; return &f->kernel; }
static perebor_model_form *bias_nan(forms *f) { f->monomials.as.kernel.bias = NAN; return &f->monomials; }
static perebor_model_form *degree_0(forms *f) { f->kernel.as.kernel.kernel.degree = 0; return &f->kernel; }
static perebor_model_form *degree_vast(forms *f) { f->kernel.as.kernel.kernel.degree = 1000001; return &f->kernel; }
static perebor_model_form *rbf_monomials(forms *f) { f->monomials.as.kernel.kernel.kind = PEREBOR_KERNEL_RBF; return &f->monomials; }
static perebor_model_form *monomial(forms *f) { f->coefficients[1] = NAN; return &f->monomials; }
static perebor_model_form *coefficient(forms *f) { f->coefficients[3] = NAN; return &f->kernel; }
static perebor_model_form *narrow_support(forms *f) { f->kernel.as.kernel.support.n_columns = 1; return &f->kernel; }
static perebor_model_form *support(forms *f) { f->points[8 + 3] = NAN; return &f->kernel; }
static perebor_model_form *k_0(forms *f) { f->neighbors.as.neighbors.k = 0; return &f->neighbors; }
static perebor_model_form *k_5(forms *f) { f->neighbors.as.neighbors.k = 5; return &f->neighbors; }
static perebor_model_form *distance_3(forms *f) { f->neighbors.as.neighbors.distance = 3; return &f->neighbors; }
static perebor_model_form *p_small(forms *f) { f->neighbors.as.neighbors.p = 0.99; return &f->neighbors; }
static perebor_model_form *p_nan(forms *f) { f->neighbors.as.neighbors.p = NAN; return &f->neighbors; }
static perebor_model_form *p_inf(forms *f) { f->neighbors.as.neighbors.p = INFINITY; return &f->neighbors; }
static perebor_model_form *label_2(forms *f) { f->labels[2] = 2; return &f->neighbors; }
static perebor_model_form *point(forms *f) { f->points[1] = INFINITY; return &f->neighbors; }
static perebor_model_form *wide_points(forms *f) { f->neighbors.n_columns = 3; return &f->neighbors; }
static perebor_model_form *no_form(forms *f) { f->linear.kind = 6; return &f->linear; }
/* clang-format on */

#define UNKNOWN_KERNEL "the model's kernel is none that is known"
#define NO_MATCH "the model's trees and nodes do not match"
#define NEIGHBOURS(k) "the model asks for " k " of 4 neighbours, or for no known distance"

static const struct {
    spoil *spoil;
    const char *message;
} wrong[] = {
    {weight, "weight 2 of the model is not finite"},
    {intercept, "the model's intercept is not finite"},
    {no_trees, NO_MATCH},
    {late_start, NO_MATCH},
    {loose_nodes, NO_MATCH},
    {empty_tree, "tree 0 of the model has no nodes"},
    {long_tree, "tree 0 of the model has no nodes"},
    {leaf_value, "value 4 of the model is not finite"},
    {circle, "node 2 of tree 0 of the model leads nowhere"},
    {backwards, "node 2 of tree 0 of the model leads nowhere"},
    {next_tree, "node 2 of tree 0 of the model leads nowhere"},
    {two_parents, "node 2 of tree 0 of the model leads nowhere"},
    {half_taken, "node 1 of tree 0 of the model leads nowhere"},
    {no_column, "node 0 of tree 0 of the model leads nowhere"},
    {no_threshold, "node 2 of tree 0 of the model leads nowhere"},
    {kind_0, UNKNOWN_KERNEL},
    {kind_4, UNKNOWN_KERNEL},
    {gamma_nan, UNKNOWN_KERNEL},
    {coef0_inf, UNKNOWN_KERNEL},
    {bias_nan, UNKNOWN_KERNEL},
    {degree_0, UNKNOWN_KERNEL},
    {degree_vast, UNKNOWN_KERNEL},
    {rbf_monomials, "only a polynomial has monomials"},
    {monomial, "weight 1 of the model is not finite"},
    {coefficient, "coefficient 3 of the model is not finite"},
    {narrow_support, "the model has 2 columns, its support vectors 1"},
    {support, "support vector 3 of the model is not finite"},
    {k_0, NEIGHBOURS("0")},
    {k_5, NEIGHBOURS("5")},
    {distance_3, NEIGHBOURS("4")},
    {p_small, NEIGHBOURS("4")},
    {p_nan, NEIGHBOURS("4")},
    {p_inf, NEIGHBOURS("4")},
    {label_2, "label 2 of the model is not 0 or 1"},
    {point, "point 1 of the model is not finite"},
    {wide_points, "the model has 3 columns, its points 2"},
    {no_form, "the model has an unknown form"},
};

static void whatever_is_wrong_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        forms forms;
        perebor_error error = {0};
        set_forms(&forms);
        const perebor_model_form *form = wrong[i].spoil(&forms);
        assert_int_equal(perebor_model_form_check(form, &error), PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, wrong[i].message);
        assert_int_equal(perebor_model_form_check(form, NULL), PEREBOR_ERR_FORMAT);
    }
}

static void kinds_have_the_names_and_numbers_of_files(void **state) {
    (void)state;
    const char *const names[] = {"linear",    "trees",     "kernel",
                                 "monomials", "neighbors", "densities"};
    for (size_t kind = 0; kind < sizeof names / sizeof *names; kind++) {
        assert_string_equal(perebor_form_kind_name((perebor_form_kind)kind), names[kind]);
    }
    assert_int_equal(PEREBOR_FORM_NEIGHBORS, 4);
    assert_int_equal(PEREBOR_FORM_DENSITIES, 5);
    assert_int_equal(PEREBOR_KERNEL_RBF, 1);
    assert_int_equal(PEREBOR_KERNEL_POLY, 2);
    assert_int_equal(PEREBOR_KERNEL_SIGMOID, 3);
    assert_int_equal(PEREBOR_DISTANCE_MANHATTAN, 0);
    assert_int_equal(PEREBOR_DISTANCE_EUCLIDEAN, 1);
    assert_int_equal(PEREBOR_DISTANCE_MINKOWSKI, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_whole_passes),
        cmocka_unit_test(whatever_is_wrong_is_said),
        cmocka_unit_test(kinds_have_the_names_and_numbers_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
