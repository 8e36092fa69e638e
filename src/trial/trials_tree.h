// SPDX-License-Identifier: MIT
/**
 * @file trials_tree.h
 * The table of trials as the content of a file and back: /trials, /curves and /tables/trials of
 * docs/reference/result-file.md.
 */
#ifndef PEREBOR_TRIAL_TRIALS_TREE_H
#define PEREBOR_TRIAL_TRIALS_TREE_H

#include <stdbool.h>

#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "perebor/trials.h"

/** Adds /trials, /curves and /tables/trials. */
PEREBOR_MUST_CHECK perebor_status trials_to_tree(const perebor_trials *trials, h5_tree *tree,
                                                 perebor_error *error);

/**
 * Adds to /trials the columns of every metric, under scikit-learn's names; of roc_auc alone there
 * are none.
 */
PEREBOR_MUST_CHECK perebor_status metrics_to_tree(const perebor_trials *trials, bool train_scores,
                                                  h5_tree *tree, h5_node *group,
                                                  perebor_error *error);

/** Adds /curves, if any trial has a learning curve. */
void curves_to_tree(const perebor_trials *trials, h5_tree *tree);

/**
 * The digest of the learning curves: of the group /curves, as a stage has one.
 *
 * @param[in] file  For the message.
 * @retval PEREBOR_ERR_CONFLICT  No trial has a curve.
 */
PEREBOR_MUST_CHECK perebor_status curves_digest(const perebor_trials *trials, const char *file,
                                                uint8_t digest[32], perebor_error *error);

/** Takes the curves of /curves, if there are any, into the table; failures are the reader's. */
void curves_from_tree(h5_reader *reader, perebor_trials *trials);

/** Adds to /trials what says which points the trials are: params and the param_ columns. */
void parameters_to_tree(const perebor_trials *trials, h5_tree *tree, h5_node *group);

/**
 * Makes the table of /trials and /curves.
 *
 * @param[in] path  Of the file, for messages.
 */
PEREBOR_MUST_CHECK perebor_status trials_from_tree(const h5_tree *tree, const char *path,
                                                   perebor_trials **trials, perebor_error *error);

#endif
