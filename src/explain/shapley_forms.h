// SPDX-License-Identifier: MIT
/**
 * @file shapley_forms.h
 * The ways to Shapley values, one a form. Each is made once and then explains blocks of rows:
 * values of a block are [n_players][EXPLAIN_BLOCK], a lane a row, so that no row's bits depend on
 * its neighbours. What they need beside the model lives in the workspace given when they are made.
 */
#ifndef PEREBOR_EXPLAIN_SHAPLEY_FORMS_H
#define PEREBOR_EXPLAIN_SHAPLEY_FORMS_H

#include "explain/quadrature.h"
#include "explain/shapley.h"

struct explain_shapley {
    explain_model model;
    explain_players own_players;    /**< Those given, and the columns of a model's sets. */
    const explain_players *players; /**< These. */
    perebor_matrix background;
    explain_shapley_options options;
    perebor_workspace workspace; /**< Owns what follows. */
    double baseline;
    const struct shapley_way *way;
    const void *prepared; /**< By the way. */
};

/** A way to Shapley values. */
typedef struct shapley_way {
    /** Makes what explaining needs; NULL: nothing. @param[out] prepared  In shapley->workspace. */
    perebor_status (*prepare)(explain_shapley *shapley, perebor_error *error);
    /** Explains a block of up to EXPLAIN_BLOCK rows, whose columns are padded with zeros to as
     * many. @param[out] values  [n_players][EXPLAIN_BLOCK], zeroed. */
    perebor_status (*explain)(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error);
} shapley_way;

extern const shapley_way shapley_linear;        /**< Sums of columns. */
extern const shapley_way shapley_tree_paths;    /**< Trees, path-dependent. */
extern const shapley_way shapley_tree_patterns; /**< Trees, interventional. */
extern const shapley_way shapley_gaussian;      /**< rbf kernels. */
extern const shapley_way shapley_power;         /**< poly kernels. */
extern const shapley_way shapley_monomials;     /**< poly kernels, expanded. */
extern const shapley_way shapley_neighbors;     /**< Votes of neighbours, few players. */
extern const shapley_way shapley_densities;     /**< Naive Bayes. */
extern const shapley_way shapley_coalitions;    /**< Whatever has no form, few players. */

/** |S|! (n - |S| - 1)! / n! = 1 / (n binomial(n - 1, |S|)). @param[out] weights  [n] by |S|. */
void shapley_weights(double *weights, size_t n);

/** v(none) of the path-dependent game: the means of the leaves by cover. */
PEREBOR_MUST_CHECK perebor_status shapley_tree_mean(const perebor_trees_form *trees,
                                                    perebor_workspace *workspace, double *mean,
                                                    perebor_error *error);

/** Explains one row by drawn orders; values need no block. */
PEREBOR_MUST_CHECK perebor_status shapley_sample(const explain_shapley *shapley,
                                                 const perebor_matrix *rows, size_t row,
                                                 uint64_t key, perebor_workspace *workspace,
                                                 explain_shapley_row *explained,
                                                 perebor_error *error);

#endif
