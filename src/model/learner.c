// SPDX-License-Identifier: MIT
#include "perebor/learner.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/text.h"
#include "base/try.h"
#include "perebor/learning_curve.h"

const char *perebor_training_column(const perebor_training *training, size_t column,
                                    char text[PEREBOR_COLUMN_IN_MESSAGE]) {
    char name[PEREBOR_COLUMN_IN_MESSAGE - sizeof "column \"\""];
    if (training->name_column == NULL) {
        (void)snprintf(text, PEREBOR_COLUMN_IN_MESSAGE, "column %zu", column);
        return text;
    }
    size_t length = training->name_column(training->names, column, name, sizeof name);
    name[perebor_text_valid_length(name, strlen(name))] = '\0'; // not within a character
    (void)snprintf(text, PEREBOR_COLUMN_IN_MESSAGE,
                   length < sizeof name ? "column \"%s\"" : "column %s…", name);
    return text;
}

/** The place of a setting; n_settings where there is none. */
static size_t find_setting(const perebor_learner *learner, const char *name) {
    size_t i = 0;
    while (i < learner->n_settings && strcmp(learner->settings[i].name, name) != 0) {
        i++;
    }
    return i;
}

size_t perebor_learner_n_estimators(const perebor_learner *learner, const perebor_value *settings) {
    return learner->score_first == NULL
               ? 0
               : (size_t)settings[find_setting(learner, "n_estimators")].as.integer;
}

bool perebor_learner_is_path(const perebor_learner *learner, const perebor_value *settings) {
    return learner->score_first != NULL && settings[find_setting(learner, "path")].as.boolean;
}

bool perebor_learner_wants_out_of_bag(const perebor_learner *learner,
                                      const perebor_value *settings) {
    return learner->score_out_of_bag != NULL &&
           settings[find_setting(learner, "oob_score")].as.boolean &&
           settings[find_setting(learner, "bootstrap")].as.boolean;
}

void perebor_learner_set_n_estimators(const perebor_learner *learner, perebor_value *settings,
                                      size_t n_estimators) {
    assert(learner->score_first != NULL);
    settings[find_setting(learner, "n_estimators")].as.integer = (int64_t)n_estimators;
    settings[find_setting(learner, "path")].as.boolean = false;
}

void perebor_learner_classes(const perebor_learner *learner, const double *scores, size_t n,
                             uint8_t *classes) {
    // libsvm votes for the second class unless the margin is on the first one's side: 0 is class 1.
    bool tie = learner->score_kind == PEREBOR_SCORE_MARGIN;
    double threshold = learner->score_kind == PEREBOR_SCORE_SHARE ? 0.5 : 0.0;
    for (size_t row = 0; row < n; row++) {
        classes[row] = scores[row] > threshold || (tie && scores[row] == threshold);
    }
}

/** Member by member, into buffers for the scores of one. */
typedef struct single_scoring {
    const perebor_learner *learner;
    const perebor_family *family;
    void *context; /**< What deliver_part() is given. */
    double *validation_scores;
    double *training_scores;       /**< NULL if not asked for. */
    double *sums;                  /**< [training rows] of those that ask for scores out of bag, */
    uint32_t *n_trees;             /**< and how many each is of; both NULL if none does. */
    perebor_out_of_bag out_of_bag; /**< Both as they are delivered. */
} single_scoring;

/** What the first estimators of a member say of rows that they did not learn from, into the
 * buffers. @param[out] out_of_bag  Where it is; NULL if the member does not ask for it. */
static perebor_status score_out_of_bag(const single_scoring *scoring, const perebor_model *model,
                                       size_t member, size_t n_estimators,
                                       const perebor_out_of_bag **out_of_bag,
                                       perebor_error *error) {
    const perebor_family *family = scoring->family;
    const perebor_value *settings = family->settings[member];
    *out_of_bag = NULL;
    if (scoring->sums == NULL || !perebor_learner_wants_out_of_bag(scoring->learner, settings)) {
        return PEREBOR_OK;
    }
    *out_of_bag = &scoring->out_of_bag;
    return scoring->learner->score_out_of_bag(model, n_estimators, family->training, settings,
                                              family->workspace, scoring->sums, scoring->n_trees,
                                              error);
}

/** Delivers the learning curve of a fitted member. */
static perebor_status score_parts(const single_scoring *scoring, const perebor_model *model,
                                  size_t member, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_learner *learner = scoring->learner;
    const perebor_family *family = scoring->family;
    const size_t all = perebor_learner_n_estimators(learner, family->settings[member]);
    const perebor_out_of_bag *out_of_bag = NULL;
    if (family->deliver_part == NULL) {
        return PEREBOR_OK;
    }
    for (size_t point = 0; point < perebor_curve_n_points(all); point++) {
        const size_t n = perebor_curve_n_estimators(point);
        if (n == all) {
            break;
        }
        PEREBOR_TRY(done, learner->score_first(model, n, family->validation, family->workspace,
                                               scoring->validation_scores, error));
        if (scoring->training_scores != NULL) {
            PEREBOR_TRY(done,
                        learner->score_first(model, n, &family->training->rows, family->workspace,
                                             scoring->training_scores, error));
        }
        PEREBOR_TRY(done, score_out_of_bag(scoring, model, member, n, &out_of_bag, error));
        family->deliver_part(scoring->context, &member, 1, n, scoring->validation_scores,
                             scoring->training_scores, out_of_bag);
    }
done:
    return status;
}

/** Fits and scores one member into the buffers. */
static perebor_status score_member(const single_scoring *scoring, size_t member,
                                   perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    const perebor_learner *learner = scoring->learner;
    const perebor_family *family = scoring->family;
    perebor_workspace *workspace = family->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_model *model = NULL;
    PEREBOR_TRY(done, learner->fit(&model, family->training, family->settings[member], workspace,
                                   report, error));
    PEREBOR_TRY(done, score_parts(scoring, model, member, error));
    double fitted = perebor_cpu_seconds();
    PEREBOR_TRY(done, learner->score(model, family->validation, workspace,
                                     scoring->validation_scores, error));
    if (scoring->training_scores != NULL) {
        PEREBOR_TRY(done, learner->score(model, &family->training->rows, workspace,
                                         scoring->training_scores, error));
    }
    PEREBOR_TRY(done,
                score_out_of_bag(scoring, model, member,
                                 perebor_learner_n_estimators(learner, family->settings[member]),
                                 &report->out_of_bag, error));
    report->score_seconds = perebor_cpu_seconds() - fitted;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Takes buffers for scores out of bag, if some member asks for them. */
static perebor_status take_out_of_bag(single_scoring *scoring, perebor_error *error) {
    const perebor_family *family = scoring->family;
    const size_t n = family->training->rows.n_rows;
    bool wanted = false;
    for (size_t member = 0; family->score_out_of_bag && member < family->n_members; member++) {
        wanted =
            wanted || perebor_learner_wants_out_of_bag(scoring->learner, family->settings[member]);
    }
    if (wanted) {
        scoring->sums = perebor_workspace_take(family->workspace, n, sizeof *scoring->sums);
        scoring->n_trees = perebor_workspace_take(family->workspace, n, sizeof *scoring->n_trees);
        scoring->out_of_bag = (perebor_out_of_bag){scoring->sums, scoring->n_trees};
        if (scoring->sums == NULL || scoring->n_trees == NULL) {
            return perebor_no_memory(error, "for the scores of %zu rows", n);
        }
    }
    return PEREBOR_OK;
}

/** The definition that every score_family() must agree with, bit for bit. */
static perebor_status score_one_by_one(const perebor_learner *learner, const perebor_family *family,
                                       perebor_family_deliver *deliver, void *context,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_training = family->score_training ? family->training->rows.n_rows : 0;
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    double *scores = perebor_workspace_take(
        family->workspace, family->validation->n_rows + n_training, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for the scores of %zu rows",
                                 family->validation->n_rows + n_training);
    }
    double *training_scores = family->score_training ? scores + family->validation->n_rows : NULL;
    single_scoring scoring = {.learner = learner,
                              .family = family,
                              .context = context,
                              .validation_scores = scores,
                              .training_scores = training_scores};
    PEREBOR_TRY(done, take_out_of_bag(&scoring, error));
    for (size_t member = 0; member < family->n_members; member++) {
        perebor_fit_report report = {.converged = true};
        perebor_error failure = {0};
        status = score_member(&scoring, member, &report, &failure);
        if (status == PEREBOR_ERR_MEMORY || status == PEREBOR_ERR_STOPPED) { // not of the trial
            if (error != NULL) {
                *error = failure;
            }
            break;
        }
        deliver(context, member, status, failure.message, status == PEREBOR_OK ? scores : NULL,
                status == PEREBOR_OK ? training_scores : NULL, &report);
        status = PEREBOR_OK;
    }
done:
    perebor_workspace_return(family->workspace, begin);
    return status;
}

perebor_status perebor_learner_score_family(const perebor_learner *learner,
                                            const perebor_family *family, bool share,
                                            perebor_family_deliver *deliver, void *context,
                                            perebor_error *error) {
    if (share && learner->score_family != NULL) {
        return learner->score_family(family, deliver, context, error);
    }
    return score_one_by_one(learner, family, deliver, context, error);
}
