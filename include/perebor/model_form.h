// SPDX-License-Identifier: MIT
/**
 * @file model_form.h
 * A fitted model by its form: what it computes, not which learner found it.
 *
 * A learner describes its models in one of the forms below and makes a model of such a description
 * again, which scores with the same bits. Whoever explains, stores or exports a model knows forms
 * and no learner. With x a prepared row:
 *
 *     linear      f(x) = intercept + sum_j weights[j] x[j]
 *     trees       f(x) = mean over trees of the value of the leaf that x falls into, or their sum
 *     kernel      f(x) = bias + sum_s coefficients[s] k(support[s], x)
 *     monomials   f(x) = bias + sum_m weights[m] monomial_m(x): a polynomial kernel, expanded
 *     neighbors   f(x) = share of the positive class among the k training points nearest to x
 *     densities   f(x) = offset + sum_j ((x[j] - means[0][j])^2 / variances[0][j]
 *                                       - (x[j] - means[1][j])^2 / variances[1][j]) / 2
 *
 * Scores are f(x), or where the model has a grain, f(x) rounded to a multiple of it, halves to even
 * ones.
 */
#ifndef PEREBOR_MODEL_FORM_H
#define PEREBOR_MODEL_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/matrix.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Stored in files: never renumber. */
typedef enum perebor_form_kind {
    PEREBOR_FORM_LINEAR = 0,
    PEREBOR_FORM_TREES = 1,
    PEREBOR_FORM_KERNEL = 2,
    PEREBOR_FORM_MONOMIALS = 3,
    PEREBOR_FORM_NEIGHBORS = 4,
    PEREBOR_FORM_DENSITIES = 5,
} perebor_form_kind;

/** The name of a kind as files have it: "linear", "trees" … */
const char *perebor_form_kind_name(perebor_form_kind kind);

typedef struct perebor_linear_form {
    const double *weights; /**< [n_columns] */
    double intercept;
} perebor_linear_form;

/**
 * Trees, their nodes one after the other. In a tree the root is its first node; children come in
 * pairs, the right one after the left, after their parent, and of one parent. A row goes left where
 * its value of the node's column is at most the threshold. To nodes that were pruned nothing leads;
 * forests and boosting have none.
 *
 * Behind the columns of the prepared rows come those of sets: the column n_columns + s is 1 where
 * any column of set s is above 1/2, and 0 elsewhere. Sets are of levels of a nominal column.
 */
typedef struct perebor_trees_form {
    size_t n_trees;
    size_t n_nodes;             /**< Nodes of all trees. */
    const uint64_t *first_node; /**< [n_trees + 1]; the last is n_nodes. */
    const double *thresholds;   /**< [n_nodes] */
    const double *values;       /**< [n_nodes] share of the positive class, by weight; or what is
                                     added. */
    const double *covers;       /**< [n_nodes] weight of the training rows that came by. */
    const uint32_t *columns;    /**< [n_nodes] below n_columns + n_sets; any in a leaf. */
    const uint32_t *left;       /**< [n_nodes] left child, counted within the tree; 0 in a leaf. */
    size_t n_sets;
    const uint64_t *first_member; /**< [n_sets + 1]; NULL if there are none. */
    const uint32_t *members;      /**< [first_member[n_sets]] of a set ascending, at least one. */
    bool single_precision;        /**< Values are rounded to float before they are compared. */
    bool added;                   /**< f is the sum of the trees, in their order, not the mean. */
    bool lasting; /**< Whoever has a model restored from this keeps its arrays for as long as the
                       model, which then need not copy them. */
} perebor_trees_form;

/** What the sum of the trees is divided by. */
static inline double perebor_trees_form_divisor(const perebor_trees_form *trees) {
    return trees->added ? 1.0 : (double)trees->n_trees;
}

/** Stored in files: never renumber. */
typedef enum perebor_kernel_kind {
    PEREBOR_KERNEL_RBF = 1,     /**< exp(-gamma |x - z|^2) */
    PEREBOR_KERNEL_POLY = 2,    /**< (gamma x.z + coef0)^degree */
    PEREBOR_KERNEL_SIGMOID = 3, /**< tanh(gamma x.z + coef0) */
} perebor_kernel_kind;

typedef struct perebor_kernel_function {
    perebor_kernel_kind kind;
    double gamma, coef0;
    int64_t degree; /**< At least 1, of poly alone. */
} perebor_kernel_function;

typedef struct perebor_kernel_form {
    perebor_kernel_function kernel;
    double bias;
    perebor_matrix support;     /**< [n_support][n_columns]; of monomials without rows. */
    const double *coefficients; /**< [n_support]: alpha_s y_s */
    /**
     * The weights of monomials: [n_weights], those of degree `degree` in the columns and, if coef0
     * > 0, a constant after them, in lexical order of their ascending factors, the constant one
     * left out.
     */
    const double *weights;
    size_t n_weights;
} perebor_kernel_form;

/** Stored in files: never renumber. */
typedef enum perebor_distance_kind {
    PEREBOR_DISTANCE_MANHATTAN = 0,
    PEREBOR_DISTANCE_EUCLIDEAN = 1,
    PEREBOR_DISTANCE_MINKOWSKI = 2, /**< of exponent p */
} perebor_distance_kind;

typedef struct perebor_neighbors_form {
    perebor_matrix points; /**< [n_points][n_columns] the training rows, in their order. */
    const uint8_t *labels; /**< [n_points] */
    size_t k;
    bool by_distance; /**< Votes weigh 1/distance, else 1; at distance zero only those count. */
    perebor_distance_kind distance;
    double p; /**< The exponent: 1, 2 or minkowski's. */
} perebor_neighbors_form;

/** Normal densities of the two classes, column by column. */
typedef struct perebor_densities_form {
    const double *means[2];     /**< [n_columns] of each class. */
    const double *variances[2]; /**< [n_columns] of each class, above 0. */
    double offset; /**< The logarithm of the classes' odds, and of what the densities are divided
                      by. */
} perebor_densities_form;

/** A model's description. Pointers are the model's, or of the workspace given to describe(). */
typedef struct perebor_model_form {
    perebor_form_kind kind;
    size_t n_columns; /**< Columns of the prepared rows. */
    double grain;     /**< A power of two, or 0: scores are not rounded. */
    union {
        perebor_linear_form linear;
        perebor_trees_form trees;
        perebor_kernel_form kernel; /**< For PEREBOR_FORM_KERNEL and PEREBOR_FORM_MONOMIALS. */
        perebor_neighbors_form neighbors;
        perebor_densities_form densities;
    } as;
} perebor_model_form;

/**
 * Checks a form that came from outside: after this no scoring of it reads beyond an array or runs
 * for ever.
 *
 * @retval PEREBOR_ERR_FORMAT  What is wrong is in the message.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_model_form_check(const perebor_model_form *form,
                                                           perebor_error *error);

PEREBOR_END_DECLS

#endif
