// SPDX-License-Identifier: MIT
/**
 * @file stored_study.h
 * The experiment of a result file, made ready to evaluate again: the file has its text and what the
 * command line changed, so that nobody need name it again.
 */
#ifndef PEREBOR_RUN_STORED_STUDY_H
#define PEREBOR_RUN_STORED_STUDY_H

#include "perebor/experiment.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

/**
 * Reads the experiment that a result file holds.
 *
 * @param[out] experiment  Freed with perebor_experiment_free().
 * @param[in]  file        What to call the result in messages.
 * @param[in]  folder      Where the experiment's folder is now; NULL: where it was.
 *
 * @retval PEREBOR_ERR_CONFLICT  A file of before, which does not say where its experiment was.
 */
PEREBOR_MUST_CHECK perebor_status stored_experiment_read(perebor_experiment **experiment,
                                                         const perebor_result *result,
                                                         const char *file, const char *folder,
                                                         perebor_error *error);

/**
 * Loads its tables too, and refuses them if they are not what they were.
 *
 * @param[out] study   Freed with perebor_study_free().
 * @param[in]  others  As in stored_experiment_read().
 *
 * @retval PEREBOR_ERR_CONFLICT  The tables have changed.
 */
PEREBOR_MUST_CHECK perebor_status stored_study_load(perebor_study **study,
                                                    const perebor_result *result, const char *file,
                                                    const char *folder, perebor_error *error);

/** The same for an experiment file that is named, which must be the one that was run. */
PEREBOR_MUST_CHECK perebor_status stored_study_load_named(perebor_study **study,
                                                          const perebor_result *result,
                                                          const char *file, const char *experiment,
                                                          const perebor_override *overrides,
                                                          size_t n_overrides, perebor_error *error);

/**
 * The candidate of a trial, with as many estimators as its path came to.
 *
 * @param[in] trial  Its number; the space need not have been searched that far.
 */
PEREBOR_MUST_CHECK perebor_status stored_study_candidate(const perebor_study *study, uint64_t trial,
                                                         perebor_candidate *candidate,
                                                         perebor_error *error);

#endif
