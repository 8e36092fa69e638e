// SPDX-License-Identifier: MIT
// A small search on made-up rows, with every learner and every step, and the digest of its trials
// on standard output. Needs neither MPI nor HDF5, so it can be built for a machine that has
// neither.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "perebor/evaluate.h"

static perebor_workspace workspace;

enum { N_ROWS = 180, N_NUMERIC = 5, N_TRIALS = 150, N_FOLDS = 3, N_PARAMETERS = 13 };

static double values[N_NUMERIC + 1][N_ROWS];
static uint8_t labels[N_ROWS];
static perebor_column columns[N_NUMERIC + 1];

/** SplitMix64. */
static uint64_t draw(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/** Rows with gaps, ties, and something to learn. */
static perebor_dataset make_dataset(void) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "kind"};
    static const char *levels[] = {"x", "y", "z"};
    uint64_t random = 5;
    for (size_t row = 0; row < N_ROWS; row++) {
        labels[row] = (uint8_t)(draw(&random) % 3 == 0);
        for (size_t column = 0; column < N_NUMERIC; column++) {
            double noise = column < 3 ? (double)(draw(&random) % 16) / 4.0
                                      : (double)(draw(&random) >> 11) * 0x1p-53;
            values[column][row] = noise + (column < 2 ? 1.5 * labels[row] : 0.0);
        }
        values[N_NUMERIC][row] = (double)(draw(&random) % 3);
        if (row % 17 == 3) {
            values[row % (N_NUMERIC + 1)][row] = NAN;
        }
    }
    for (size_t column = 0; column <= N_NUMERIC; column++) {
        columns[column] = (perebor_column){
            .name = names[column], .role = PEREBOR_ROLE_NUMERIC, .values = values[column]};
    }
    columns[N_NUMERIC].role = PEREBOR_ROLE_NOMINAL;
    columns[N_NUMERIC].levels = levels;
    columns[N_NUMERIC].n_levels = 3;
    return (perebor_dataset){.n_rows = N_ROWS,
                             .n_columns = N_NUMERIC + 1,
                             .columns = columns,
                             .labels = labels,
                             .target_name = "y",
                             .positive_name = "1",
                             .negative_name = "0",
                             .id_name = ""};
}

/** A categorical parameter over texts; ends with NULL. */
static perebor_parameter choice(const char *name, perebor_value *into, const char *const *texts) {
    perebor_parameter parameter = {
        .name = name, .distribution = PEREBOR_CATEGORICAL, .values = into};
    for (; texts[parameter.n_values] != NULL; parameter.n_values++) {
        into[parameter.n_values] =
            (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = texts[parameter.n_values]};
    }
    return parameter;
}

static perebor_parameter range(const char *name, perebor_distribution distribution, double min,
                               double max) {
    return (perebor_parameter){.name = name, .distribution = distribution, .min = min, .max = max};
}

static perebor_status make_space(perebor_space **space, perebor_error *error) {
    perebor_value texts[8][4];
    perebor_parameter parameters[N_PARAMETERS] = {
        choice("model", texts[0], (const char *[]){"knn", "logreg", "svc", "tree", NULL}),
        choice("scale", texts[1], (const char *[]){"standard", "minmax", "robust", NULL}),
        choice("encode__nominal", texts[2], (const char *[]){"onehot", "ordinal", NULL}),
        range("select__k", PEREBOR_INT_UNIFORM, 1, 9),
        range("knn__n_neighbors", PEREBOR_INT_UNIFORM, 1, 30),
        choice("knn__weights", texts[3], (const char *[]){"uniform", "distance", NULL}),
        range("tree__max_depth", PEREBOR_INT_UNIFORM, 1, 6),
        range("tree__min_samples_leaf", PEREBOR_INT_UNIFORM, 1, 8),
        choice("tree__max_features", texts[4], (const char *[]){"sqrt", "log2", NULL}),
        choice("svc__kernel", texts[5], (const char *[]){"linear", "rbf", "sigmoid", NULL}),
        range("svc__C", PEREBOR_LOG_UNIFORM_VALUES, 0.1, 10.0),
        choice("logreg__penalty", texts[6], (const char *[]){"l1", "l2", "elasticnet", NULL}),
        range("logreg__C", PEREBOR_LOG_UNIFORM_VALUES, 0.01, 10.0),
    };
    return perebor_space_create(space, "small_search", parameters, N_PARAMETERS, NULL, 0,
                                PEREBOR_SEARCH_RANDOM, 7, error);
}

/** What evaluation needs. */
typedef struct bench {
    perebor_dataset dataset;
    perebor_split split;
    perebor_folds folds;
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_evaluator *evaluator;
    perebor_plan *plan;
    perebor_trials *trials;
} bench;

static perebor_status prepare(bench *b, perebor_error *error) {
    perebor_status status;
    uint8_t training[N_ROWS];
    perebor_split_settings split = {.test_size = 0.2, .stratify = true, .seed = 1};
    perebor_folds_settings folds = {
        .method = PEREBOR_STRATIFIED_KFOLD, .n_splits = N_FOLDS, .n_repeats = 1};
    b->dataset = make_dataset();
    PEREBOR_TRY(done, perebor_split_make(&b->split, labels, NULL, N_ROWS, &split, error));
    for (size_t i = 0; i < b->split.n_train; i++) {
        training[i] = labels[b->split.train[i]];
    }
    PEREBOR_TRY(done,
                perebor_folds_make(&b->folds, training, NULL, b->split.n_train, &folds, error));
    PEREBOR_TRY(done, make_space(&b->space, error));
    PEREBOR_TRY(done, perebor_evaluator_create(&b->evaluator, &b->dataset, &b->split, &b->folds,
                                               true, false, error));
    PEREBOR_TRY(done,
                perebor_pipeline_create(&b->pipeline, b->space, "small_search", NULL, 0, error));
    perebor_fold_shape shape = perebor_evaluator_shape(b->evaluator);
    PEREBOR_TRY(done, perebor_plan_create(&b->plan, b->pipeline, b->space, 0, N_TRIALS, NULL, true,
                                          N_FOLDS, &shape, error));
    status = perebor_trials_create(&b->trials, b->space, 0, N_TRIALS, N_FOLDS, error);
done:
    return status;
}

static void keep(perebor_trials *trials, const perebor_member *member, size_t fold,
                 const perebor_fold_outcome *outcome) {
    for (uint32_t k = 0; k < member->n_trials; k++) {
        size_t trial = member->trials[k];
        trials->folds[trial * N_FOLDS + fold] = *outcome;
        trials->fold_done[trial * N_FOLDS + fold] = 1;
        if (outcome->state != PEREBOR_TRIAL_COMPLETE) {
            trials->state[trial] = PEREBOR_TRIAL_FAIL;
        } else if (trials->state[trial] == PEREBOR_TRIAL_WAITING) {
            trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
        }
    }
}

static perebor_status evaluate(const bench *b, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_member_outcome outcomes[N_TRIALS];
    for (size_t i = 0; i < perebor_plan_n_units(b->plan); i++) {
        const perebor_bundle *bundle = perebor_plan_bundle(b->plan, i / N_FOLDS);
        memset(outcomes, 0, sizeof outcomes);
        PEREBOR_TRY(done, perebor_evaluate(b->evaluator, b->plan, i / N_FOLDS, i % N_FOLDS,
                                           &workspace, outcomes, NULL, error));
        for (size_t k = 0; k < bundle->n_members; k++) {
            keep(b->trials, perebor_plan_member(b->plan, bundle->first_member + k), i % N_FOLDS,
                 &outcomes[k].fold);
            free(outcomes[k].error);
        }
    }
done:
    perebor_workspace_release(&workspace);
    return status;
}

int main(void) {
    perebor_error error = {0};
    bench b = {0};
    perebor_status status = prepare(&b, &error);
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
    perebor_trials_free(b.trials);
    perebor_plan_free(b.plan);
    perebor_evaluator_free(b.evaluator);
    perebor_pipeline_free(b.pipeline);
    perebor_space_free(b.space);
    perebor_folds_release(&b.folds);
    perebor_split_release(&b.split);
    return status == PEREBOR_OK ? 0 : 1;
}
