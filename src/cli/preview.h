// SPDX-License-Identifier: MIT
/**
 * @file preview.h
 * What a search would do: data, columns, folds, space, plan. For `check` and `run --dry-run`.
 */
#ifndef PEREBOR_CLI_PREVIEW_H
#define PEREBOR_CLI_PREVIEW_H

#include "perebor/search.h"

/**
 * Loads the experiment and prints the preview on standard output.
 *
 * @param[in] n_ranks   For the predicted time.
 * @param[in] previous  Of a run that is to write: where it would, and whether it may, is said too.
 *                      NULL for an experiment by itself.
 * @return The exit code.
 */
int preview_print(const perebor_search_options *options, int n_ranks,
                  const perebor_search_previous *previous);

#endif
