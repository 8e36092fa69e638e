// SPDX-License-Identifier: MIT
/**
 * @file people_study.h
 * The study of the people in tests/cli/tables, with settings of a test's own, and outcomes that
 * were not computed but made up: for what is kept of a search, not for what it comes to.
 */
#ifndef TESTS_SUPPORT_PEOPLE_STUDY_H
#define TESTS_SUPPORT_PEOPLE_STUDY_H

#include "run/record.h"
#include "run/study.h"

#define PEOPLE_FILE PEREBOR_TESTS_DIR "/cli/tables/people.yaml"

enum { PEOPLE_N_TRIALS = 12, PEOPLE_N_FOLDS = 3 };

/** @param[in] settings  Key and value in turn, ending with NULL; NULL: none. */
perebor_experiment *people_experiment(const char *const *settings);
perebor_study *people_study(const char *const *settings);

/** A table of trials of the study with its metrics; all wait. */
perebor_trials *people_trials(const perebor_study *study, uint64_t first, size_t n);

/** Makes a trial COMPLETE with one score on every fold, begun at second @p trial since 1970. */
void people_finish(perebor_trials *trials, size_t trial, double score);

/** Makes it FAIL with a reason. */
void people_fail(perebor_trials *trials, size_t trial, const char *reason);

/** Everything that a record needs of a run by one rank with two threads. */
typedef struct people_facts {
    perebor_ranks ranks;
    perebor_rank_timings timings;
    perebor_stage_seconds stages;
    record_node node;
    perebor_plan *plan;
    record_facts facts;
} people_facts;

/** @param[out] self  Released by people_facts_release(); stays where it is. */
void people_facts_make(people_facts *self, const perebor_study *study, perebor_trials *trials);
void people_facts_release(people_facts *self);

/** Writes a result file with the uuid "00000000-0000-4000-8000-000000000001". */
void people_write(const perebor_study *study, perebor_trials *trials, perebor_result_status status,
                  const char *path);

perebor_result *people_read(const char *path);

#endif
