// SPDX-License-Identifier: MIT
/**
 * @file made_model.h
 * Small models of every form, made up at random, and what they compute, written down as plainly as
 * can be; and Shapley values as their definition has them, from every coalition.
 */
#ifndef TESTS_UNIT_EXPLAIN_MADE_MODEL_H
#define TESTS_UNIT_EXPLAIN_MADE_MODEL_H

#include "explain/shapley.h"

enum { MADE_COLUMNS = 6, MADE_ROWS = 11, MADE_BACKGROUND = 7, MADE_POINTS = 40, MADE_NODES = 63 };

/** A form with all that it points to. */
typedef struct made_model {
    perebor_model_form form;
    perebor_workspace workspace;
    perebor_matrix rows, background;
    double weights[256], values[2 * MADE_NODES], thresholds[2 * MADE_NODES];
    double covers[2 * MADE_NODES];
    uint32_t columns[2 * MADE_NODES], left[2 * MADE_NODES];
    uint64_t first_node[3];
    uint8_t labels[MADE_POINTS];
} made_model;

/** What is made. */
typedef enum made_kind {
    MADE_LINEAR,
    MADE_TREES,
    MADE_RBF,
    MADE_POLY,
    MADE_MONOMIALS,
    MADE_VOTES,
    MADE_MANHATTAN,
    MADE_MINKOWSKI,
    MADE_DENSITIES,
    MADE_N_KINDS,
    MADE_SIGMOID = MADE_N_KINDS, /**< No exact way is known. */
} made_kind;

/** Fills a model that stays where it is; released with made_model_release(). Each of its trees is
 * pruned at one node. */
void made_model_fill(made_model *model, made_kind kind, uint64_t seed);
void made_model_release(made_model *model);

/** Makes a leaf of a node of trees; what is below it stays, and nothing leads there. */
void made_model_prune(made_model *model, size_t node);

/** A scorer of explain_model; its context is the model. */
perebor_status made_model_score(const void *context, const perebor_matrix *rows,
                                perebor_workspace *workspace, double *scores, perebor_error *error);

/** The model as it is explained. */
explain_model made_model_explained(const made_model *model);

/**
 * Shapley values by definition.
 *
 * @param[out] values  [n_players]
 * @return v(none)
 */
double made_model_enumerate(const made_model *model, explain_game game,
                            const explain_players *players, size_t row, double *values);

/** The Shapley interaction value of two players by definition. */
double made_model_interaction(const made_model *model, explain_game game,
                              const explain_players *players, size_t row, size_t one, size_t other);

#endif
