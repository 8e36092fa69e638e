// SPDX-License-Identifier: MIT
// Two small searches on made-up rows, with every learner and every step, and the digests of their
// trials on standard output. Needs neither MPI nor HDF5, so it can be built for a machine that has
// neither.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "small_experiment.h"
#include "trial/evaluate.h"

static perebor_workspace workspace;

enum { trial_count = 150, n_folds = 3 };

/** What evaluation needs. */
typedef struct bench {
    small_experiment data;
    perebor_split split;
    perebor_folds folds;
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_evaluator *evaluator;
    perebor_plan *plan;
    perebor_trials *trials;
} bench;

/** Makes a space. */
typedef perebor_status make_space(perebor_space **space, uint64_t seed, perebor_error *error);

static perebor_status prepare(bench *b, make_space *make, perebor_error *error) {
    perebor_status status;
    uint8_t training[SMALL_N_ROWS];
    const uint8_t *labels = b->data.labels;
    perebor_split_settings split = {.test_size = 0.2, .stratify = true, .seed = 1};
    perebor_folds_settings folds = {
        .method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_folds, .n_repeats = 1};
    small_experiment_fill(&b->data);
    PEREBOR_TRY(done, perebor_split_make(&b->split, labels, NULL, SMALL_N_ROWS, &split, error));
    for (size_t i = 0; i < b->split.n_train; i++) {
        training[i] = labels[b->split.train[i]];
    }
    PEREBOR_TRY(done,
                perebor_folds_make(&b->folds, training, NULL, b->split.n_train, &folds, error));
    PEREBOR_TRY(done, make(&b->space, 7, error));
    PEREBOR_TRY(done, perebor_evaluator_create(&b->evaluator, &b->data.dataset, &b->split,
                                               &b->folds, true, false, error));
    PEREBOR_TRY(done,
                perebor_pipeline_create(&b->pipeline, b->space, "small_search", NULL, 0, error));
    perebor_fold_shape shape = perebor_evaluator_shape(b->evaluator);
    PEREBOR_TRY(done, perebor_plan_create(&b->plan, b->pipeline, b->space, 0, trial_count, NULL,
                                          true, n_folds, &shape, error));
    status = perebor_trials_create(&b->trials, b->space, 0, trial_count, n_folds, error);
done:
    return status;
}

static void keep(perebor_trials *trials, const perebor_member *member, size_t fold,
                 const perebor_fold_outcome *outcome) {
    for (uint32_t k = 0; k < member->n_trials; k++) {
        size_t trial = member->trials[k];
        trials->folds[trial * n_folds + fold] = *outcome;
        trials->fold_done[trial * n_folds + fold] = 1;
        if (outcome->state != PEREBOR_TRIAL_COMPLETE) {
            trials->state[trial] = PEREBOR_TRIAL_FAIL;
        } else if (trials->state[trial] == PEREBOR_TRIAL_WAITING) {
            trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
        }
    }
}

static perebor_status evaluate(const bench *b, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_member_outcome outcomes[trial_count];
    for (size_t i = 0; i < perebor_plan_n_units(b->plan); i++) {
        const perebor_bundle *bundle = perebor_plan_bundle(b->plan, i / n_folds);
        memset(outcomes, 0, sizeof outcomes);
        PEREBOR_TRY(done, perebor_evaluate(b->evaluator, b->plan, i / n_folds, i % n_folds,
                                           &workspace, outcomes, NULL, error));
        for (size_t k = 0; k < bundle->n_members; k++) {
            keep(b->trials, perebor_plan_member(b->plan, bundle->first_member + k), i % n_folds,
                 &outcomes[k].fold);
            free(outcomes[k].error);
        }
    }
done:
    perebor_workspace_release(&workspace);
    return status;
}

static void release(bench *b) {
    perebor_trials_free(b->trials);
    perebor_plan_free(b->plan);
    perebor_evaluator_free(b->evaluator);
    perebor_pipeline_free(b->pipeline);
    perebor_space_free(b->space);
    perebor_folds_release(&b->folds);
    perebor_split_release(&b->split);
    *b = (bench){0};
}

/** Searches a space, and prints the digest. */
static bool search(make_space *make) {
    static bench b;
    perebor_error error = {0};
    perebor_status status = prepare(&b, make, &error);
    status = status == PEREBOR_OK ? evaluate(&b, &error) : status;
    if (status == PEREBOR_OK) {
        uint8_t digest[32];
        char text[65];
        perebor_trials_digest(b.trials, digest);
        perebor_sha256_hex(digest, text);
        puts(text);
    } else {
        fprintf(stderr, "small_search: %s\n", error.message);
    }
    release(&b);
    return status == PEREBOR_OK;
}

int main(void) {
    return search(small_experiment_space) && search(small_experiment_forests) ? 0 : 1;
}
