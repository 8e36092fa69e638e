// SPDX-License-Identifier: MIT
/**
 * @file trials_tree.h
 * The table of trials as the content of a file and back: /trials and /tables/trials of
 * docs/reference/result-file.md.
 */
#ifndef PEREBOR_TRIAL_TRIALS_TREE_H
#define PEREBOR_TRIAL_TRIALS_TREE_H

#include <stdbool.h>

#include "h5/file_tree.h"
#include "perebor/trials.h"

/** Adds /trials and /tables/trials. */
PEREBOR_MUST_CHECK perebor_status trials_to_tree(const perebor_trials *trials, h5_tree *tree,
                                                 perebor_error *error);

/**
 * Adds to /trials the columns of every metric, under scikit-learn's names; of roc_auc alone there
 * are none.
 */
PEREBOR_MUST_CHECK perebor_status metrics_to_tree(const perebor_trials *trials, bool train_scores,
                                                  h5_tree *tree, h5_node *group,
                                                  perebor_error *error);

/** Adds to /trials what says which points the trials are: params and the param_ columns. */
void parameters_to_tree(const perebor_trials *trials, h5_tree *tree, h5_node *group);

/**
 * Makes the table of /trials.
 *
 * @param[in] path  Of the file, for messages.
 */
PEREBOR_MUST_CHECK perebor_status trials_from_tree(const h5_tree *tree, const char *path,
                                                   perebor_trials **trials, perebor_error *error);

#endif
