// SPDX-License-Identifier: MIT
#include "story/story_make.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_leaves.h"
#include "base/try.h"
#include "base/version.h"
#include "compare/comparison.h"
#include "story/chapter_comparison.h"
#include "story/finding_codes.h"
#include "story/finding_list.h"
#include "story/telling.h"

/** A score with the row that it is of. */
typedef struct scored_row {
    double score;
    uint32_t row;
} scored_row;

static int by_score(const void *left, const void *right) {
    const scored_row *a = left, *b = right;
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

/** The means of all trials, and which are best. */
static void rank_trials(telling *telling) {
    const perebor_trials *trials = telling->trials;
    story *story = telling->story;
    scored_row *ranked = story_allocate(story, trials->n_trials, sizeof *ranked);
    telling->scores = story_allocate(story, trials->n_trials, sizeof *telling->scores);
    telling->order = story_allocate(story, trials->n_trials, sizeof *telling->order);
    if (story->failed) {
        return;
    }
    for (size_t row = 0; row < trials->n_trials; row++) {
        double score = perebor_trials_mean_test_score(trials, row);
        telling->scores[row] = isfinite(score) ? score : (double)NAN;
        telling->n_finished += perebor_trials_finished(trials, row);
        telling->n_failed += trials->state[row] == PEREBOR_TRIAL_FAIL;
        if (isfinite(score)) {
            ranked[telling->n_complete++] = (scored_row){score, (uint32_t)row};
        }
    }
    qsort(ranked, telling->n_complete, sizeof *ranked, by_score);
    for (size_t i = 0; i < telling->n_complete; i++) {
        telling->order[i] = ranked[i].row;
    }
    telling->best = telling->n_complete > 0 ? telling->order[0] : TELLING_NONE;
}

/** The interval of the best trial's mean over its folds. */
static void weigh_best(telling *telling) {
    const perebor_trials *trials = telling->trials;
    size_t n = trials->n_folds;
    double *scores = story_allocate(telling->story, n, sizeof *scores);
    telling->folds = perebor_resampled_t(NULL, 0, 0.0, telling_level);
    if (telling->best == TELLING_NONE || scores == NULL || telling->result->n_splits < 2) {
        return;
    }
    for (size_t fold = 0; fold < n; fold++) {
        scores[fold] = perebor_trials_score(trials, telling->best, fold, 0, PEREBOR_TEST);
    }
    double ratio = 1.0 / ((double)telling->result->n_splits - 1.0);
    telling->folds = perebor_resampled_t(scores, n, ratio, telling_level);
    telling->folds.high = fmin(telling->folds.high, telling_limit(trials->metric_names[0]));
}

/** Findings that the experiment wants to hear nothing of: report.ignore. */
static perebor_status read_ignored(story *story, const perebor_result *result,
                                   perebor_error *error) {
    perebor_status status;
    perebor_arena arena = {0};
    const json_leaf *leaves = NULL;
    size_t n = 0;
    PEREBOR_TRY(done, json_leaves_read(&arena, result->config_resolved, &leaves, &n, error));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(leaves[i].path, "report.ignore") == 0) {
            finding_list_ignore(story, leaves[i].value);
        }
    }
done:
    perebor_arena_release(&arena);
    return status;
}

static perebor_status tell_file(story *story, const perebor_result *result, const char *path,
                                const story_options *options, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    telling telling = {.story = story,
                       .result = result,
                       .file = telling_shell_word(story, path),
                       .trials = result->trials,
                       .n_customers = options->n_customers,
                       .metric = telling_metric(result->trials->metric_names[0])};
    story->title = story_keep(story, result->title);
    story->positive = story_keep(story, result->positive_name);
    if (result->config_resolved[0] != '\0') {
        PEREBOR_TRY(done, read_ignored(story, result, error));
    }
    rank_trials(&telling);
    weigh_best(&telling);
    tell_verdict(&telling);
    tell_data(&telling);
    tell_features(&telling);
    tell_search(&telling);
    tell_model(&telling);
    tell_explanation(&telling);
    tell_segments(&telling);
    tell_making(&telling);
done:
    return status;
}

static perebor_status tell_one(story *story, const char *path, const story_options *options,
                               perebor_error *error) {
    perebor_result *result = NULL;
    perebor_status status = perebor_result_read(&result, path, error);
    if (status == PEREBOR_OK) {
        status = tell_file(story, result, path, options, error);
    }
    perebor_result_free(result);
    return status;
}

static perebor_status tell_several(story *story, const char *const *paths, size_t n,
                                   perebor_error *error) {
    comparison compared = {0};
    const comparison_options options = {.rope = 0.005};
    perebor_status status = comparison_make(&compared, paths, n, &options, error);
    if (status == PEREBOR_OK) {
        tell_comparison(story, &compared);
    }
    comparison_release(&compared);
    return status;
}

perebor_status story_make(story *output, const char *const *paths, size_t n,
                          const story_options *options, perebor_error *error) {
    perebor_status status;
    story made = {
        .title = "", .ignored = "", .unknown = "", .positive = "", .headline = {{"", ""}}};
    made.made_by = perebor_version();
    PEREBOR_TRY(done, n == 1 ? tell_one(&made, paths[0], options, error)
                             : tell_several(&made, paths, n, error));
    PEREBOR_TRY(done, story_check(&made, error));
    *output = made;
    made = (story){0};
done:
    story_release(&made);
    return status;
}
