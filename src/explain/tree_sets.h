// SPDX-License-Identifier: MIT
/**
 * @file tree_sets.h
 * Trees whose nodes ask for sets of levels (perebor_trees_form), for those who know columns alone:
 * the sets' columns, written out behind the others, each of the player of its levels.
 */
#ifndef PEREBOR_EXPLAIN_TREE_SETS_H
#define PEREBOR_EXPLAIN_TREE_SETS_H

#include "explain/players.h"
#include "perebor/matrix.h"
#include "perebor/model_form.h"

/**
 * Adds the columns of a model's sets to rows.
 *
 * @param[in]  rows      All columns dense.
 * @param[out] extended  @p rows itself where there are no sets, else a copy in the workspace.
 */
PEREBOR_MUST_CHECK perebor_status tree_sets_extend_rows(perebor_matrix *extended,
                                                        const perebor_matrix *rows,
                                                        const perebor_trees_form *trees,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/**
 * The same players, whose player_of says of the columns of sets, too, whose they are.
 *
 * @retval PEREBOR_ERR_ARGUMENT  A set is of levels of several players.
 */
PEREBOR_MUST_CHECK perebor_status tree_sets_extend_players(explain_players *extended,
                                                           const explain_players *players,
                                                           const perebor_trees_form *trees,
                                                           perebor_workspace *workspace,
                                                           perebor_error *error);

#endif
