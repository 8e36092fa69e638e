// SPDX-License-Identifier: MIT
#include "perebor/model_form.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"

static const char *const kind_names[] = {
    [PEREBOR_FORM_LINEAR] = "linear",       [PEREBOR_FORM_TREES] = "trees",
    [PEREBOR_FORM_KERNEL] = "kernel",       [PEREBOR_FORM_MONOMIALS] = "monomials",
    [PEREBOR_FORM_NEIGHBORS] = "neighbors", [PEREBOR_FORM_DENSITIES] = "densities",
};

const char *perebor_form_kind_name(perebor_form_kind kind) {
    return kind_names[kind];
}

static perebor_status check_finite(const double *values, size_t n, const char *what,
                                   perebor_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s %zu of the model is not finite",
                                what, i);
        }
    }
    return PEREBOR_OK;
}

/** Whether the children of an inner node come after it, within the tree, and are no other node's:
 * no walk goes in a circle, and no two ways lead to one node. @param[in,out] taken  [n] children.
 */
static bool take_children(uint64_t node, uint64_t left, uint64_t n, uint8_t *taken) {
    if (left <= node || left + 1 >= n || taken[left] != 0 || taken[left + 1] != 0) {
        return false;
    }
    taken[left] = taken[left + 1] = 1;
    return true;
}

/** @param[in,out] taken  [n_nodes] 0 at the nodes of the tree. */
static perebor_status check_tree(const perebor_trees_form *trees, size_t tree, size_t n_columns,
                                 uint8_t *taken, perebor_error *error) {
    uint64_t first = trees->first_node[tree];
    uint64_t end = trees->first_node[tree + 1];
    if (first >= end || end > trees->n_nodes) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "tree %zu of the model has no nodes", tree);
    }
    for (uint64_t node = first; node < end; node++) {
        uint64_t left = trees->left[node];
        bool is_leaf = left == 0;
        if (!is_leaf &&
            (!take_children(node - first, left, end - first, taken + first) ||
             trees->columns[node] >= n_columns + trees->n_sets || isnan(trees->thresholds[node]))) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "node %llu of tree %zu of the model leads nowhere",
                                (unsigned long long)(node - first), tree);
        }
    }
    return PEREBOR_OK;
}

static perebor_status check_sets(const perebor_trees_form *trees, size_t n_columns,
                                 perebor_error *error) {
    for (size_t set = 0; set < trees->n_sets; set++) {
        const uint64_t begin = trees->first_member[set];
        const uint64_t end = trees->first_member[set + 1];
        bool well = begin < end && (set > 0 || begin == 0);
        for (uint64_t i = begin; well && i < end; i++) {
            well = trees->members[i] < n_columns &&
                   (i == begin || trees->members[i] > trees->members[i - 1]);
        }
        if (!well) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "set %zu of the model is none of its columns", set);
        }
    }
    return PEREBOR_OK;
}

static perebor_status check_trees(const perebor_trees_form *trees, size_t n_columns,
                                  perebor_error *error) {
    if (trees->n_trees == 0 || trees->first_node[0] != 0 ||
        trees->first_node[trees->n_trees] != trees->n_nodes) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "the model's trees and nodes do not match");
    }
    perebor_status status;
    uint8_t *taken = NULL;
    PEREBOR_TRY(done, check_finite(trees->values, trees->n_nodes, "value", error));
    PEREBOR_TRY(done, check_sets(trees, n_columns, error));
    taken = calloc(trees->n_nodes + 1, sizeof *taken);
    if (taken == NULL) {
        status = perebor_no_memory(error, "to check trees of %zu nodes", trees->n_nodes);
        goto done;
    }
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        PEREBOR_TRY(done, check_tree(trees, tree, n_columns, taken, error));
    }
done:
    free(taken);
    return status;
}

static perebor_status check_matrix(const perebor_matrix *matrix, size_t n_columns, const char *what,
                                   perebor_error *error) {
    if (matrix->n_columns != n_columns) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "the model has %zu columns, its %ss %zu",
                            n_columns, what, matrix->n_columns);
    }
    perebor_status status = PEREBOR_OK;
    for (size_t column = 0; status == PEREBOR_OK && column < n_columns; column++) {
        status = check_finite(perebor_matrix_column(matrix, column), matrix->n_rows, what, error);
    }
    return status;
}

static perebor_status check_kernel(const perebor_model_form *form, perebor_error *error) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    const perebor_kernel_function *function = &kernel->kernel;
    bool known = function->kind >= PEREBOR_KERNEL_RBF && function->kind <= PEREBOR_KERNEL_SIGMOID;
    if (!known || !isfinite(function->gamma) || !isfinite(function->coef0) ||
        !isfinite(kernel->bias) || function->degree < 1 || function->degree > 1000000) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "the model's kernel is none that is known");
    }
    if (form->kind == PEREBOR_FORM_MONOMIALS) {
        return function->kind != PEREBOR_KERNEL_POLY
                   ? perebor_fail(error, PEREBOR_ERR_FORMAT, "only a polynomial has monomials")
                   : check_finite(kernel->weights, kernel->n_weights, "weight", error);
    }
    perebor_status status =
        check_matrix(&kernel->support, form->n_columns, "support vector", error);
    return status != PEREBOR_OK
               ? status
               : check_finite(kernel->coefficients, kernel->support.n_rows, "coefficient", error);
}

static perebor_status check_neighbors(const perebor_neighbors_form *neighbors, size_t n_columns,
                                      perebor_error *error) {
    if (neighbors->k < 1 || neighbors->k > neighbors->points.n_rows ||
        neighbors->distance < PEREBOR_DISTANCE_MANHATTAN ||
        neighbors->distance > PEREBOR_DISTANCE_MINKOWSKI || !(neighbors->p >= 1.0) ||
        isinf(neighbors->p)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "the model asks for %zu of %zu neighbours, or for no known distance",
                            neighbors->k, neighbors->points.n_rows);
    }
    for (size_t i = 0; i < neighbors->points.n_rows; i++) {
        if (neighbors->labels[i] > 1) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT, "label %zu of the model is not 0 or 1",
                                i);
        }
    }
    return check_matrix(&neighbors->points, n_columns, "point", error);
}

static perebor_status check_densities(const perebor_densities_form *densities, size_t n_columns,
                                      perebor_error *error) {
    if (!isfinite(densities->offset)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "the model's offset is not finite");
    }
    perebor_status status = PEREBOR_OK;
    for (size_t c = 0; status == PEREBOR_OK && c < 2; c++) {
        status = check_finite(densities->means[c], n_columns, "mean", error);
        for (size_t j = 0; status == PEREBOR_OK && j < n_columns; j++) {
            if (!(densities->variances[c][j] > 0.0) || isinf(densities->variances[c][j])) {
                status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                                      "variance %zu of the model is not a number above 0", j);
            }
        }
    }
    return status;
}

/** Dividing by a power of two rounds nothing. */
static bool is_grain(double grain) {
    int exponent;
    return grain == 0.0 ||
           (grain >= 0x1p-1000 && grain <= 0x1p1000 && frexp(grain, &exponent) == 0.5);
}

perebor_status perebor_model_form_check(const perebor_model_form *form, perebor_error *error) {
    if (!is_grain(form->grain)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "the model's grain is no power of two: %g",
                            form->grain);
    }
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        return isfinite(form->as.linear.intercept)
                   ? check_finite(form->as.linear.weights, form->n_columns, "weight", error)
                   : perebor_fail(error, PEREBOR_ERR_FORMAT, "the model's intercept is not finite");
    case PEREBOR_FORM_TREES:
        return check_trees(&form->as.trees, form->n_columns, error);
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        return check_kernel(form, error);
    case PEREBOR_FORM_NEIGHBORS:
        return check_neighbors(&form->as.neighbors, form->n_columns, error);
    case PEREBOR_FORM_DENSITIES:
        return check_densities(&form->as.densities, form->n_columns, error);
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "the model has an unknown form");
}
