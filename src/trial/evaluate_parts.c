// SPDX-License-Identifier: MIT
/*
 * Parts of a bundle on a fold: each is evaluated up to the addends of its scores, and all are
 * joined.
 */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "trial/evaluation.h"

/** Writes addends as perebor_part_scores has them: of the validation rows, and of what else there
 * is. @return How many. */
static size_t list_addends(const evaluation *evaluation, const double *validation_scores,
                           const double *training_scores, const perebor_out_of_bag *out_of_bag,
                           double *sums) {
    const size_t n_training = evaluation->rows->n_training;
    size_t n = evaluation->rows->n_validation;
    memcpy(sums, validation_scores, n * sizeof *sums);
    if (training_scores != NULL) {
        memcpy(sums + n, training_scores, n_training * sizeof *sums);
        n += n_training;
    }
    if (out_of_bag != NULL) {
        memcpy(sums + n, out_of_bag->sums, n_training * sizeof *sums);
        n += n_training;
        for (size_t row = 0; row < n_training; row++) {
            sums[n++] = (double)out_of_bag->n_trees[row];
        }
    }
    return n;
}

/** Keeps what a part adds to a point of learning curves. */
static void receive_point_addends(void *context, const size_t *members, size_t n_members,
                                  size_t n_estimators, const double *validation_scores,
                                  const double *training_scores,
                                  const perebor_out_of_bag *out_of_bag) {
    evaluation *evaluation = context;
    const size_t n_training = evaluation->rows->n_training;
    // Only paths want scores of training rows.
    const bool path = evaluation_has_path(evaluation, members, n_members);
    training_scores = path ? training_scores : NULL;
    out_of_bag = path ? out_of_bag : NULL;
    const size_t n_rows = evaluation->rows->n_validation +
                          (training_scores != NULL ? n_training : 0) +
                          (out_of_bag != NULL ? 2 * n_training : 0);
    uint64_t *words = perebor_part_scores_extend(evaluation->part_scores, 3 + n_members + n_rows);
    if (words == NULL) {
        evaluation_note_failure(evaluation, PEREBOR_ERR_MEMORY, "no memory for a learning curve");
        return;
    }
    words[0] = n_estimators;
    words[1] = n_members;
    words[2] = n_rows;
    for (size_t i = 0; i < n_members; i++) {
        words[3 + i] = members[i];
    }
    // Doubles are kept as their bits.
    (void)list_addends(evaluation, validation_scores, training_scores, out_of_bag,
                       (double *)(void *)(words + 3 + n_members));
}

/** Keeps the addends of a part. */
static void receive_addends(void *context, size_t member, perebor_status status,
                            const char *message, const double *validation_scores,
                            const double *training_scores, const perebor_fit_report *report) {
    evaluation *evaluation = context;
    const perebor_part_scores *scores = evaluation->part_scores;
    perebor_fold_outcome *outcome = &evaluation->outcomes[member].fold;
    outcome->fit_seconds = report->fit_seconds;
    outcome->score_seconds = report->score_seconds;
    outcome->iterations = report->iterations;
    outcome->converged = report->converged;
    if (evaluation_is_of_machine(status)) {
        evaluation_note_failure(evaluation, status, message);
        return;
    }
    if (status != PEREBOR_OK) {
        evaluation_fail_outcome(evaluation, member, message);
        return;
    }
    (void)list_addends(evaluation, validation_scores, training_scores, report->out_of_bag,
                       scores->sums + member * scores->n_rows);
    outcome->state = PEREBOR_TRIAL_COMPLETE;
}

perebor_status perebor_part_scores_create(perebor_part_scores *scores,
                                          const perebor_evaluator *evaluator,
                                          const perebor_plan *plan, size_t bundle, size_t fold,
                                          perebor_error *error) {
    const fold_split *rows = &evaluator->folds[fold];
    const perebor_bundle *planned = perebor_plan_bundle(plan, bundle);
    perebor_part_scores created = {.n_members = planned->n_members, .n_rows = rows->n_validation};
    created.n_rows += evaluator->score_training ? rows->n_training : 0;
    created.n_rows += evaluation_n_out_of_bag(evaluator, plan, planned, rows);
    created.sums = calloc(created.n_members * created.n_rows, sizeof *created.sums);
    created.outcomes = calloc(created.n_members, sizeof *created.outcomes);
    if (created.sums == NULL || created.outcomes == NULL) {
        perebor_part_scores_release(&created);
        return perebor_no_memory(error, "for the scores of %zu candidates", created.n_members);
    }
    *scores = created;
    return PEREBOR_OK;
}

void perebor_part_scores_release(perebor_part_scores *scores) {
    if (scores->outcomes != NULL) {
        perebor_member_outcomes_release(scores->outcomes, scores->n_members);
    }
    free(scores->outcomes);
    free(scores->sums);
    free(scores->points);
    *scores = (perebor_part_scores){0};
}

uint64_t *perebor_part_scores_extend(perebor_part_scores *scores, size_t n_words) {
    size_t needed = scores->n_words + n_words;
    if (needed > scores->words_room) {
        uint64_t *grown = realloc(scores->points, 2 * needed * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        scores->points = grown;
        scores->words_room = 2 * needed;
    }
    uint64_t *added = scores->points + scores->n_words;
    scores->n_words = needed;
    return added;
}

perebor_status perebor_evaluate_part(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                     const perebor_plan_unit *unit, perebor_workspace *workspace,
                                     perebor_part_scores *scores, perebor_stage_seconds *seconds,
                                     perebor_error *error) {
    evaluation evaluation = evaluation_begin(evaluator, plan, unit->bundle, unit->fold, workspace,
                                             scores->outcomes, seconds);
    evaluation.part = unit;
    evaluation.part_scores = scores;
    evaluation.deliver = receive_addends;
    evaluation.deliver_point = receive_point_addends;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = evaluation_run(&evaluation, error);
    perebor_workspace_return(workspace, begin);
    return evaluation_end(&evaluation, status, error);
}

/** Sums of the parts that came before. */
typedef struct parts_so_far {
    double *sums;  /**< [n_members][n_rows] */
    double *point; /**< [n_rows] of a learning curve. */
    size_t n_rows;
    uint32_t *n_trees; /**< [training rows] addends of what is out of bag. */
} parts_so_far;

/** What sums make, all parts joined. */
typedef struct joined_scores {
    const double *validation, *training; /**< NULL: there are none. */
    perebor_out_of_bag out_of_bag;       /**< Its sums NULL: there are none. */
} joined_scores;

/** Makes scores of sums in their place. @param[in] n  As list_addends() said. */
static joined_scores join_scores(const evaluation *evaluation, const parts_so_far *all,
                                 size_t n_estimators, double *sums, size_t n) {
    const size_t n_validation = evaluation->rows->n_validation;
    const size_t n_training = evaluation->rows->n_training;
    const size_t n_others = (n - n_validation) / n_training; // 1 of scores, 2 of what is out of bag
    const size_t n_scored = n_validation + n_others % 2 * n_training;
    joined_scores joined = {.validation = sums,
                            .training = n_others % 2 > 0 ? sums + n_validation : NULL};
    evaluation->family->learner->parts->join(n_estimators, sums, n_scored);
    if (n_others > 1) {
        const double *n_trees = sums + n_scored + n_training;
        for (size_t row = 0; row < n_training; row++) {
            all->n_trees[row] = (uint32_t)n_trees[row];
        }
        joined.out_of_bag = (perebor_out_of_bag){sums + n_scored, all->n_trees};
    }
    return joined;
}

/** Makes points of learning curves of the addends of a part and what came before it. */
static void join_points(evaluation *evaluation, const perebor_part_scores *part,
                        const parts_so_far *before) {
    size_t members[PEREBOR_BUNDLE_MEMBERS];
    for (size_t at = 0; at < part->n_words;) {
        const uint64_t *words = part->points + at;
        const size_t n_members = (size_t)words[1];
        const size_t n = (size_t)words[2];
        for (size_t i = 0; i < n_members; i++) {
            members[i] = (size_t)words[3 + i];
        }
        memcpy(before->point, words + 3 + n_members, n * sizeof *before->point);
        const double *sums = before->sums + (size_t)words[3] * before->n_rows;
        for (size_t i = 0; i < n; i++) {
            before->point[i] += sums[i];
        }
        const joined_scores joined =
            join_scores(evaluation, before, (size_t)words[0], before->point, n);
        evaluation_receive_point(evaluation, members, n_members, (size_t)words[0],
                                 joined.validation, joined.training,
                                 joined.out_of_bag.sums != NULL ? &joined.out_of_bag : NULL);
        at += 3 + n_members + n;
    }
}

static void add_part(const perebor_part_scores *part, const parts_so_far *before) {
    for (size_t i = 0; i < part->n_members * part->n_rows; i++) {
        before->sums[i] += part->sums[i];
    }
}

/** Makes the outcome of a member from its sums. */
static void join_member(evaluation *evaluation, const perebor_part_scores *parts, size_t n_parts,
                        const parts_so_far *all, size_t member) {
    const perebor_learner *learner = evaluation->family->learner;
    const perebor_value *settings = evaluation_settings(evaluation, member);
    perebor_fit_report report = {.converged = true};
    const char *failure = NULL;
    for (size_t part = 0; part < n_parts; part++) {
        const perebor_member_outcome *outcome = &parts[part].outcomes[member];
        report.converged = report.converged && outcome->fold.converged != 0;
        report.iterations += outcome->fold.iterations;
        report.fit_seconds += outcome->fold.fit_seconds;
        report.score_seconds += outcome->fold.score_seconds;
        failure = failure == NULL ? outcome->error : failure;
    }
    if (failure != NULL) {
        evaluation_receive(evaluation, member, PEREBOR_ERR_ARGUMENT, failure, NULL, NULL, &report);
        return;
    }
    const joined_scores joined =
        join_scores(evaluation, all, perebor_learner_n_estimators(learner, settings),
                    all->sums + member * all->n_rows, all->n_rows);
    const bool out_of_bag =
        joined.out_of_bag.sums != NULL && perebor_learner_wants_out_of_bag(learner, settings);
    report.out_of_bag = out_of_bag ? &joined.out_of_bag : NULL;
    evaluation_receive(evaluation, member, PEREBOR_OK, "", joined.validation, joined.training,
                       &report);
}

/** Adds the parts up, and makes outcomes of what they come to. */
static perebor_status join_parts(evaluation *evaluation, const perebor_part_scores *parts,
                                 size_t n_parts, perebor_error *error) {
    const size_t n_rows = parts[0].n_rows;
    const parts_so_far sums = {
        .sums = perebor_workspace_take_zeroed(evaluation->workspace, evaluation->n_members * n_rows,
                                              sizeof(double)),
        .point = perebor_workspace_take(evaluation->workspace, n_rows, sizeof(double)),
        .n_rows = n_rows,
        .n_trees = perebor_workspace_take(evaluation->workspace, evaluation->rows->n_training,
                                          sizeof(uint32_t))};
    if (sums.sums == NULL || sums.point == NULL || sums.n_trees == NULL) {
        return perebor_no_memory(error, "for the scores of %zu candidates", evaluation->n_members);
    }
    for (size_t part = 0; part < n_parts; part++) {
        join_points(evaluation, &parts[part], &sums);
        add_part(&parts[part], &sums);
    }
    for (size_t member = 0; member < evaluation->n_members; member++) {
        join_member(evaluation, parts, n_parts, &sums, member);
    }
    return PEREBOR_OK;
}

perebor_status perebor_evaluate_joined(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                       const perebor_plan_unit *unit,
                                       const perebor_part_scores *parts,
                                       perebor_workspace *workspace,
                                       perebor_member_outcome *outcomes,
                                       perebor_stage_seconds *seconds, perebor_error *error) {
    evaluation evaluation =
        evaluation_begin(evaluator, plan, unit->bundle, unit->fold, workspace, outcomes, seconds);
    evaluation.family = evaluation.families; // a bundle in parts has no other
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = join_parts(&evaluation, parts, unit->n_parts, error);
    perebor_workspace_return(workspace, begin);
    evaluation.seconds = NULL; // the parts have counted theirs
    return evaluation_end(&evaluation, status, error);
}
