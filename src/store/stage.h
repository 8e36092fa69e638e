// SPDX-License-Identifier: MIT
/**
 * @file stage.h
 * Stages: what commands after the search leave in its result file, a group each.
 *
 * A stage is a pure function of the search (its trials, data and settings) and of the command's
 * own settings. Its group says what it was made from and has a digest of its own, the same wherever
 * it was made. A search that goes on keeps its stages, which are then no longer current.
 *
 *   /nested        what nested cross-validation came to
 *   /ensemble      which trials to average
 *   /explain       Shapley values of every row
 *   /predictions   out-of-fold scores of the best trials, and what they say
 *   /model         a fitted pipeline
 *   /profile       what the columns are like, and what is the matter with the tables
 *   /segments      the rows of the search in segments, and what these are like
 *   /offers        who of these rows gets which offer
 *   /campaign      what a campaign did
 *   /simulation    what the search would take on other numbers of ranks
 *   /test          which trials were scored on the test part, and when in the search
 */
#ifndef PEREBOR_STORE_STAGE_H
#define PEREBOR_STORE_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "h5/file_tree.h"
#include "perebor/result_file.h"
#include "perebor/status.h"

/** Every stage there is, in alphabetical order; NULL ends them. */
extern const char *const stage_names[];

/** What every stage is made from: SHA-256 of what makes it this search, and of every trial's
 * outcome. */
void stage_identify_search(const perebor_result *result, char hex[65]);

/**
 * Puts a stage into a result in memory, in place of one of its name.
 *
 * @param[in] group  Copied. Gets the attributes made_from and digest.
 */
PEREBOR_MUST_CHECK perebor_status stage_put(perebor_result *result, const h5_node *group,
                                            perebor_error *error);

/** The group of a stage; NULL if there is none. */
const h5_node *stage_find(const perebor_result *result, const char *name);

/** Whether a stage was made from the search as it is now, and, if it has an attribute `ensemble`,
 * `model`, `explain` or `segments`, from the stage whose digest that is and which is current
 * itself. False if there is none. */
bool stage_is_current(const perebor_result *result, const char *name);

/**
 * The group of a stage that is there and current.
 *
 * @param[in] file  For the message.
 *
 * @retval PEREBOR_ERR_CONFLICT  It is missing, or not current; the message says what to make anew
 *                                first.
 * @retval PEREBOR_ERR_FORMAT    It has no digest.
 */
PEREBOR_MUST_CHECK perebor_status stage_require(const perebor_result *result, const char *name,
                                                const char *file, const h5_node **group,
                                                perebor_error *error);

/** Takes the stages of another result that this one does not have, or that are current where its
 * own are not. */
PEREBOR_MUST_CHECK perebor_status stage_take(perebor_result *result, const perebor_result *from,
                                             perebor_error *error);

/** From and to the tree of a file. */
PEREBOR_MUST_CHECK perebor_status stages_from_tree(perebor_result *result, const h5_tree *tree,
                                                   perebor_error *error);
void stages_to_tree(const perebor_result *result, h5_tree *tree);

#endif
