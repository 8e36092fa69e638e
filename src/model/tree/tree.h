// SPDX-License-Identifier: MIT
/**
 * @file tree.h
 * Decision trees: what the files that grow, prune and read them share.
 *
 * There are two definitions of a tree here. The project's own (tree_grow.h) looks at nothing but
 * the order of the values in a column, so it is the same whatever the scaler; tree_sklearn.c
 * repeats scikit-learn's 1.2.1, node for node, for a given random_state. Both end as the same
 * tree_model.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_H
#define PEREBOR_MODEL_TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tree/tree_nodes.h"
#include "perebor/learner.h"

/** What a split lowers: of labels the first two, of targets and gradients the last. */
typedef enum tree_criterion { TREE_GINI, TREE_ENTROPY, TREE_SQUARED } tree_criterion;

/** The settings of a tree, made definite for given training rows. */
typedef struct tree_options {
    tree_criterion criterion;
    bool balanced;     /**< Rows weigh so that the classes weigh the same. */
    bool like_sklearn; /**< Repeat scikit-learn's tree of this random_state. */
    uint32_t random_state;
    size_t max_depth;    /**< SIZE_MAX: no limit. */
    size_t min_split;    /**< Fewest rows of a node that may be split, min_leaf considered. */
    size_t min_leaf;     /**< Fewest rows of a leaf. */
    size_t max_features; /**< Columns looked at in a node, from 1 to n_columns. */
    double ccp_alpha;
} tree_options;

/** Makes settings definite. @param[in] values  [learner's n_settings] */
PEREBOR_MUST_CHECK perebor_status tree_options_read(tree_options *options,
                                                    const perebor_value *values, size_t n_rows,
                                                    size_t n_columns, perebor_error *error);

/** The settings, and their number. */
enum { TREE_N_SETTINGS = 8 };
extern const perebor_setting tree_settings[TREE_N_SETTINGS];

/** Whether these settings ask for scikit-learn's tree. */
bool tree_settings_like_sklearn(const perebor_value *values);

/** What trees must have in common to be grown together. */
uint64_t tree_settings_share_key(const perebor_value *settings);

/** What they must have in common to be grown from the same columns: tree_columns.h. */
uint64_t tree_settings_layout_key(const perebor_value *settings);

/** Predicted seconds that making these takes: perebor_learner_layout. */
double tree_cost_of_layout(const perebor_value *settings, const perebor_table_shape *shape);

struct perebor_model {
    tree_nodes tree;
};

/** The learner's describe() and restore(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status tree_describe(const perebor_model *model,
                                                perebor_workspace *workspace,
                                                perebor_model_form *form, perebor_error *error);
PEREBOR_MUST_CHECK perebor_status tree_restore(perebor_model **model,
                                               const perebor_model_form *form,
                                               perebor_workspace *workspace, perebor_error *error);

#endif
