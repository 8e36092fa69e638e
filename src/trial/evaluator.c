// SPDX-License-Identifier: MIT
// What an evaluator is made of: the folds, plain or nested, and what is asked of them.
#include "trial/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Turns positions in the training part into rows of the dataset. */
static void locate_rows(uint32_t *positions, size_t n, const uint32_t *part) {
    for (size_t i = 0; i < n; i++) {
        positions[i] = part[positions[i]];
    }
}

/** The rows of a fold, as perebor_folds_rows() lists them. */
typedef void fold_lister(const void *folds, size_t fold, uint32_t *train, size_t *n_train,
                         uint32_t *validation, size_t *n_validation);

static void list_plain(const void *folds, size_t fold, uint32_t *train, size_t *n_train,
                       uint32_t *validation, size_t *n_validation) {
    perebor_folds_rows(folds, fold, train, n_train, validation, n_validation);
}

static void list_nested(const void *folds, size_t fold, uint32_t *train, size_t *n_train,
                        uint32_t *validation, size_t *n_validation) {
    nested_folds_rows(folds, fold, train, n_train, validation, n_validation);
}

static perebor_status divide(perebor_evaluator *evaluator, const perebor_split *split,
                             fold_lister *list, const void *folds, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t fold = 0; fold < evaluator->n_folds; fold++) {
        fold_split *fold_rows = &evaluator->folds[fold];
        PEREBOR_TRY(done, fold_split_allocate(fold_rows, split->n_train, error));
        list(folds, fold, fold_rows->training, &fold_rows->n_training, fold_rows->validation,
             &fold_rows->n_validation);
        locate_rows(fold_rows->training, fold_rows->n_training, split->train);
        locate_rows(fold_rows->validation, fold_rows->n_validation, split->train);
        fold_split_copy_labels(fold_rows, evaluator->dataset->labels);
    }
    fold_split *holdout = &evaluator->holdout;
    PEREBOR_TRY(done, fold_split_allocate(holdout, split->n_train + split->n_test, error));
    holdout->n_training = split->n_train;
    holdout->n_validation = split->n_test;
    if (split->n_train > 0) {
        memcpy(holdout->training, split->train, split->n_train * sizeof *split->train);
    }
    if (split->n_test > 0) {
        memcpy(holdout->validation, split->test, split->n_test * sizeof *split->test);
    }
    fold_split_copy_labels(holdout, evaluator->dataset->labels);
done:
    return status;
}

static perebor_status create(perebor_evaluator **evaluator, const perebor_dataset *dataset,
                             const perebor_split *split, size_t n_folds, fold_lister *list,
                             const void *folds, bool share, bool score_training,
                             perebor_error *error) {
    perebor_status status;
    perebor_evaluator *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for the folds");
    }
    result->dataset = dataset;
    result->share = share;
    result->score_training = score_training;
    result->curves = true;
    perebor_metric_list_add(&result->metrics, perebor_metric_find("roc_auc"));
    result->n_folds = n_folds;
    result->folds = calloc(n_folds + 1, sizeof *result->folds);
    if (result->folds == NULL) {
        status = perebor_no_memory(error, "for the folds");
        goto done;
    }
    PEREBOR_TRY(done, divide(result, split, list, folds, error));
    PEREBOR_TRY(done, layout_cache_create(&result->layouts, PEREBOR_LAYOUT_ROOM, error));
    *evaluator = result;
    result = NULL;
done:
    perebor_evaluator_free(result);
    return status;
}

perebor_status perebor_evaluator_create(perebor_evaluator **evaluator,
                                        const perebor_dataset *dataset, const perebor_split *split,
                                        const perebor_folds *folds, bool share, bool score_training,
                                        perebor_error *error) {
    return create(evaluator, dataset, split, folds->n_folds, list_plain, folds, share,
                  score_training, error);
}

perebor_status perebor_evaluator_create_nested(perebor_evaluator **evaluator,
                                               const perebor_dataset *dataset,
                                               const perebor_split *split,
                                               const nested_folds *folds, bool share,
                                               perebor_error *error) {
    perebor_status status =
        create(evaluator, dataset, split, folds->n_folds, list_nested, folds, share, false, error);
    if (status == PEREBOR_OK) {
        (*evaluator)->curves = false;
    }
    return status;
}

void perebor_evaluator_free(perebor_evaluator *evaluator) {
    if (evaluator == NULL) {
        return;
    }
    for (size_t fold = 0; evaluator->folds != NULL && fold < evaluator->n_folds; fold++) {
        fold_split_release(&evaluator->folds[fold]);
    }
    fold_split_release(&evaluator->holdout);
    layout_cache_free(evaluator->layouts);
    free(evaluator->folds);
    free(evaluator);
}

void perebor_evaluator_move_dataset(perebor_evaluator *evaluator, const perebor_dataset *dataset) {
    evaluator->dataset = dataset;
}

void perebor_evaluator_limit_memory(perebor_evaluator *evaluator, size_t bytes) {
    evaluator->memory_limit = bytes;
}

void perebor_evaluator_forget_layouts(const perebor_evaluator *evaluator) {
    layout_cache_forget(evaluator->layouts);
}

void perebor_evaluator_set_metrics(perebor_evaluator *evaluator,
                                   const perebor_metric_list *metrics) {
    evaluator->metrics = *metrics;
    evaluator->calibrates = perebor_metric_list_needs(metrics, PEREBOR_NEEDS_PROBABILITIES);
}

void perebor_evaluator_set_receiver(perebor_evaluator *evaluator,
                                    perebor_predictions_receive *receive, void *context) {
    evaluator->receive = receive;
    evaluator->receive_context = context;
}

perebor_fold_rows perebor_evaluator_rows(const perebor_evaluator *evaluator, size_t fold) {
    const fold_split *rows = &evaluator->folds[fold];
    return (perebor_fold_rows){rows->training, rows->validation, rows->n_training,
                               rows->n_validation};
}

perebor_fold_shape perebor_evaluator_shape(const perebor_evaluator *evaluator) {
    const perebor_dataset *dataset = evaluator->dataset;
    perebor_fold_shape shape = {.n_training = evaluator->folds[0].n_training,
                                .n_validation = evaluator->folds[0].n_validation,
                                .calibrates = evaluator->calibrates,
                                .scores_training = evaluator->score_training};
    for (size_t column = 0; column < dataset->n_columns; column++) {
        bool nominal = dataset->columns[column].role == PEREBOR_ROLE_NOMINAL;
        // A fold has no more levels than rows.
        size_t n_levels = dataset->columns[column].n_levels;
        n_levels = n_levels < shape.n_training ? n_levels : shape.n_training;
        shape.n_nominal += nominal;
        shape.n_levels += nominal ? n_levels : 0;
        shape.n_columns += nominal ? n_levels : 1;
    }
    return shape;
}
