// SPDX-License-Identifier: MIT
/**
 * @file telling.h
 * A story under way: the file that is told, what several chapters need of it, and the chapters.
 */
#ifndef PEREBOR_STORY_TELLING_H
#define PEREBOR_STORY_TELLING_H

#include <stdbool.h>

#include "h5/file_tree.h"
#include "perebor/result_file.h"
#include "perebor/trials.h"
#include "statistics/resampled_t.h"
#include "story/phrase.h"
#include "story/story.h"

/** No trial is complete. */
#define TELLING_NONE SIZE_MAX

/** The level of every interval. */
static const double telling_level = 0.95;

typedef struct telling {
    story *story;
    const perebor_result *result;
    const char *file;   /**< As a shell reads it. */
    size_t n_customers; /**< As in story_options. */
    const perebor_trials *trials;
    const char *metric; /**< The selecting one, as people write it: "ROC AUC". */
    double *scores;     /**< [n_trials] mean test scores; NaN unless complete. */
    uint32_t *order;    /**< [n_complete] rows, best first, the first of equal ones first. */
    size_t n_complete, n_failed, n_finished;
    size_t best;                  /**< A row, or TELLING_NONE. */
    perebor_resampled_mean folds; /**< The mean of the best one's scores; NaN without one. */
} telling;

/** The group of a stage, and whether it may be told: NULL if it is missing or stale. Sets the
 * chapter's state, and adds the command that would make it. */
const h5_node *telling_stage(const telling *telling, story_chapter *chapter, const char *stage,
                             const char *command, story_text what);

/** What people call a learner, by its name in the space. */
story_text telling_model(const char *name);

/** perebor_trials_model(). */
const char *telling_model_name(const telling *telling, size_t row);

/** A trial's number. */
static inline uint64_t telling_number(const telling *telling, size_t row) {
    return telling->trials->first_trial + row;
}

/** "perebor COMMAND FILE". */
const char *telling_command(const telling *telling, const char *command);

/** A path as a word of a shell. */
const char *telling_shell_word(story *story, const char *path);

/** A metric as people write it; its own name if there is no other. */
const char *telling_metric(const char *name);

/** What no score by a metric exceeds: intervals of a normal distribution do. */
double telling_limit(const char *metric);

/** A trial's parameters as "k=7, weights=distance". */
const char *telling_params(const telling *telling, size_t row);

/** Whether the scores of training rows were kept. */
bool telling_has_train_scores(const telling *telling);

/* The chapters, in their order. */
void tell_verdict(telling *telling);
void tell_data(telling *telling);
void tell_quality(telling *telling, story_chapter *chapter);
void tell_features(telling *telling);
void tell_search(telling *telling);
void tell_parameters(telling *telling, story_chapter *chapter);
void tell_curve(telling *telling, story_chapter *chapter);
void tell_ranks(telling *telling, story_chapter *chapter);
void tell_simulation(telling *telling, story_chapter *chapter);
void tell_model(telling *telling);
void tell_explanation(telling *telling);
void tell_changes(telling *telling, story_chapter *chapter, const h5_node *explain);
void tell_segments(telling *telling);
void tell_making(telling *telling);

#endif
