// SPDX-License-Identifier: MIT
/**
 * @file study.h
 * An experiment made ready to evaluate: its data loaded, split and folded, its space bound.
 */
#ifndef PEREBOR_RUN_STUDY_H
#define PEREBOR_RUN_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/nested_folds.h"
#include "perebor/dataset.h"
#include "perebor/experiment.h"
#include "perebor/folds.h"
#include "perebor/output.h"
#include "perebor/pipeline.h"
#include "perebor/split.h"
#include "perebor/status.h"
#include "perebor/tables.h"
#include "perebor/trials.h"
#include "store/search_identity.h"
#include "trial/evaluate.h"
#include "trial/path_choices.h"

/** Everything that evaluation needs. Immutable once made; owns what it points to. */
typedef struct perebor_study {
    perebor_experiment *experiment;
    perebor_dataset *dataset;
    perebor_tables_report tables; /**< Empty where the dataset was handed over. */
    perebor_split split;
    perebor_folds folds;  /**< Those of the training part. */
    nested_folds *nested; /**< What trials are evaluated on instead; NULL: on the folds. */
    size_t n_folds;       /**< That a trial is evaluated on. */
    perebor_pipeline *pipeline;
    perebor_evaluator *evaluator;
    path_choices paths; /**< Those of a stored search's trials; other studies have none. */
} perebor_study;

/**
 * Loads the tables that an experiment names and makes it ready.
 *
 * @param[out] study       Freed with perebor_study_free().
 * @param[in]  experiment  Taken over, on failure too.
 * @param[in]  share       Share work between trials; no score depends on it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_study_load(perebor_study **study,
                                                     perebor_experiment *experiment, bool share,
                                                     perebor_error *error);

/** The same for a dataset that is already there. Takes over both, on failure too. */
PEREBOR_MUST_CHECK perebor_status perebor_study_create(perebor_study **study,
                                                       perebor_experiment *experiment,
                                                       perebor_dataset *dataset, bool share,
                                                       perebor_error *error);

/**
 * Has trials evaluated on the folds of nested cross-validation instead: outer folds of the training
 * part, and what are the study's folds, of the rest. The study is another search then.
 *
 * @param[in] n_outer  At least 2.
 * @retval PEREBOR_ERR_ARGUMENT  The rows do not allow such folds.
 */
PEREBOR_MUST_CHECK perebor_status perebor_study_nest(perebor_study *study, size_t n_outer,
                                                     bool share, perebor_error *error);

void perebor_study_free(perebor_study *study);

/**
 * Replaces the dataset of a study by the same dataset in another place, and frees the one that was
 * there. @param[in] dataset  Taken over.
 */
void perebor_study_move_dataset(perebor_study *study, perebor_dataset *dataset);

/**
 * Binds the space of an experiment to the steps that it varies, with the settings that the
 * experiment fixes outside the search. Needs no tables.
 *
 * @param[out] pipeline  Freed with perebor_pipeline_free(); the experiment must outlive it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_study_bind(perebor_pipeline **pipeline,
                                                     const perebor_experiment *experiment,
                                                     perebor_error *error);

/**
 * Whether trials share work, if @p share asks for it. Not where one may run out of time or memory:
 * it fails alone.
 */
bool perebor_study_shares(const perebor_experiment *experiment, bool share);

/** The shape of a typical fold, for the plan. Bundles may be divided into parts where trials may
 * share work: limits are those of a whole trial on a fold. */
perebor_fold_shape perebor_study_shape(const perebor_study *study);

/** Which search this is. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status perebor_study_identify(const perebor_study *study,
                                                         perebor_search_identity *identity,
                                                         perebor_error *error);

/**
 * The files that an experiment reads: its own and its tables.
 *
 * @param[out] inputs  The caller frees the list; the names are the experiment's.
 */
PEREBOR_MUST_CHECK perebor_status perebor_study_inputs(const perebor_experiment *experiment,
                                                       perebor_input **inputs, size_t *n_inputs,
                                                       perebor_error *error);

/** Gives a table the experiment's metrics. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status perebor_study_set_metrics(const perebor_study *study,
                                                            perebor_trials *trials,
                                                            perebor_error *error);

/** The number of trials to run: run_cap, or the size of the grid if that is smaller. */
uint64_t perebor_study_n_trials(const perebor_study *study);

#endif
