// SPDX-License-Identifier: MIT
/**
 * @file ensemble.h
 * Many trees as one model: what forests and boosting share once their trees are grown. The score of
 * a row is the mean of the leaves that it comes to, or their sum.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

/** The model of a learner that grows many trees; its nodes as a trees form has them. */
struct perebor_model {
    size_t n_columns, n_trees, n_nodes;
    uint64_t *first_node; /**< [n_trees + 1] */
    double *thresholds;   /**< [n_nodes] and so on: perebor_trees_form. */
    double *values, *covers;
    uint32_t *columns, *left;
    size_t n_sets;          /**< And sets of columns, as the form has them, */
    uint64_t *first_member; /**< [n_sets + 1], NULL if there are none */
    uint32_t *members;
    size_t set_room, member_room; /**< There is memory for so many. */
    bool added;                   /**< The score is the sum of the leaves; else their mean. */
    struct ensemble_ranks *ranks; /**< A restored model has them to score by; else NULL, */
    perebor_model *parts;         /**< [n_parts] or its parts have, of some of its trees each, as a
                                       column has more thresholds than there are ranks. */
    size_t n_parts;               /**< 0: none */
};

/** What a model is in messages. */
const char *ensemble_kind(bool added);

/**
 * Makes room for nodes in all arrays of a model.
 *
 * @param[in,out] room    Nodes that there is room for, 0 at first.
 * @param[in]     n       Nodes wanted.
 * @param[in]     likely  Nodes that there will be in the end, as far as can be told; else 0: room
 *                        doubles.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_reserve(perebor_model *model, size_t *room, size_t n,
                                                   size_t likely, perebor_workspace *workspace,
                                                   perebor_error *error);

/** Adds a set of columns to a model's. @param[in] columns  [n] ascending, at least one. */
PEREBOR_MUST_CHECK perebor_status ensemble_add_set(perebor_model *model, const uint32_t *columns,
                                                   size_t n, perebor_workspace *workspace,
                                                   perebor_error *error);

/** Scores rows; breaks off at the deadline. @param[out] scores  [rows->n_rows] */
PEREBOR_MUST_CHECK perebor_status ensemble_score(const perebor_model *model,
                                                 const perebor_matrix *rows,
                                                 perebor_workspace *workspace, double *scores,
                                                 perebor_error *error);

/** A learner's score_first(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status ensemble_score_first(const perebor_model *model,
                                                       size_t n_estimators,
                                                       const perebor_matrix *rows,
                                                       perebor_workspace *workspace, double *scores,
                                                       perebor_error *error);

/** A learner's describe(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status ensemble_describe(const perebor_model *model,
                                                    perebor_workspace *workspace,
                                                    perebor_model_form *form, perebor_error *error);

/**
 * For a learner's restore().
 *
 * @param[in] added  Whether the learner's trees are added up; a form of the other kind is not its
 *                   own.
 * @retval PEREBOR_ERR_FORMAT  The form is not one of trees of double precision, or of such ones.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_restore(perebor_model **model,
                                                   const perebor_model_form *form, bool added,
                                                   perebor_workspace *workspace,
                                                   perebor_error *error);

/** Nodes of the largest tree. */
size_t ensemble_most_nodes(const perebor_model *model);

#endif
