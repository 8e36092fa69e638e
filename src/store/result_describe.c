// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/try.h"
#include "perebor/result_file.h"

/** A copy that lives as long as the result; "" for NULL. */
static perebor_status keep(perebor_result *result, const char *text, const char **kept,
                           perebor_error *error) {
    const char *copy = perebor_result_text(result, text == NULL ? "" : text);
    if (copy == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    *kept = copy;
    return PEREBOR_OK;
}

static perebor_status keep_row(perebor_result *result, const char *const *texts, size_t n,
                               const char *const **kept, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char **copies = perebor_result_allocate(result, n, sizeof *copies);
    if (copies == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    for (size_t i = 0; i < n; i++) {
        PEREBOR_TRY(done, keep(result, texts[i], &copies[i], error));
    }
    *kept = copies;
done:
    return status;
}

static perebor_status describe_columns(perebor_result *result, const perebor_dataset *dataset,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_result_column *columns =
        perebor_result_allocate(result, dataset->n_columns, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    for (size_t i = 0; i < dataset->n_columns; i++) {
        const perebor_column *from = &dataset->columns[i];
        columns[i].role = from->role;
        columns[i].n_levels = from->n_levels;
        PEREBOR_TRY(done, keep(result, from->name, &columns[i].name, error));
        PEREBOR_TRY(done,
                    keep_row(result, from->levels, from->n_levels, &columns[i].levels, error));
    }
    result->columns = columns;
    result->n_columns = dataset->n_columns;
done:
    return status;
}

static perebor_status describe_rows(perebor_result *result, const perebor_dataset *dataset,
                                    const perebor_split *split, perebor_error *error) {
    size_t n = dataset->n_rows;
    uint8_t *labels = perebor_result_allocate(result, n, sizeof *labels);
    uint8_t *part = perebor_result_allocate(result, n, sizeof *part);
    uint32_t *source_rows = perebor_result_allocate(result, n, sizeof *source_rows);
    if (labels == NULL || part == NULL || source_rows == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    memcpy(labels, dataset->labels, n * sizeof *labels);
    memcpy(source_rows, dataset->source_rows, n * sizeof *source_rows);
    for (size_t i = 0; i < split->n_test; i++) {
        part[split->test[i]] = 1;
    }
    result->n_rows = n;
    result->labels = labels;
    result->part = part;
    result->source_rows = source_rows;
    return dataset->ids == NULL ? PEREBOR_OK
                                : keep_row(result, dataset->ids, n, &result->ids, error);
}

/** The folds of the training part, spread over the rows of the dataset. */
static perebor_status describe_folds(perebor_result *result, const perebor_split *split,
                                     const perebor_folds *folds, perebor_error *error) {
    size_t n_rows = result->n_rows;
    int32_t *test_fold =
        perebor_result_allocate(result, n_rows * folds->n_repeats, sizeof *test_fold);
    if (test_fold == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    for (size_t i = 0; i < n_rows * folds->n_repeats; i++) {
        test_fold[i] = -1;
    }
    for (size_t repeat = 0; repeat < folds->n_repeats; repeat++) {
        for (size_t i = 0; i < folds->n_rows; i++) {
            test_fold[repeat * n_rows + split->train[i]] =
                folds->test_fold[repeat * folds->n_rows + i];
        }
    }
    result->n_splits = folds->n_splits;
    result->n_repeats = folds->n_repeats;
    result->test_fold = test_fold;
    perebor_folds_fingerprint(folds, result->folds_fingerprint);
    return PEREBOR_OK;
}

perebor_status perebor_result_describe_data(perebor_result *result, const perebor_dataset *dataset,
                                            const perebor_split *split, const perebor_folds *folds,
                                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, keep(result, dataset->id_name, &result->id_name, error));
    PEREBOR_TRY(done, keep(result, dataset->target_name, &result->target_name, error));
    PEREBOR_TRY(done, keep(result, dataset->positive_name, &result->positive_name, error));
    PEREBOR_TRY(done, keep(result, dataset->negative_name, &result->negative_name, error));
    perebor_dataset_fingerprint(dataset, result->data_fingerprint);
    PEREBOR_TRY(done, describe_columns(result, dataset, error));
    PEREBOR_TRY(done, describe_rows(result, dataset, split, error));
    PEREBOR_TRY(done, describe_folds(result, split, folds, error));
done:
    return status;
}

/** Takes the text out of @p json into the result. */
static perebor_status keep_json(perebor_result *result, perebor_json *json, const char **kept,
                                perebor_error *error) {
    char *text = perebor_json_take(json);
    perebor_status status = text == NULL ? perebor_no_memory(error, "to describe a result")
                                         : keep(result, text, kept, error);
    free(text);
    return status;
}

static perebor_status describe_values(perebor_result *result, const perebor_parameter *from,
                                      perebor_result_parameter *to, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_json json = {0};
    to->values = to->probabilities = to->when = "";
    if (from->n_values > 0) {
        perebor_values_write_json(&json, from->values, from->n_values);
        PEREBOR_TRY(done, keep_json(result, &json, &to->values, error));
    }
    if (from->n_values > 0 && from->probabilities != NULL) {
        perebor_json_begin_array(&json);
        for (size_t i = 0; i < from->n_values; i++) {
            perebor_json_real(&json, from->probabilities[i]);
        }
        perebor_json_end_array(&json);
        PEREBOR_TRY(done, keep_json(result, &json, &to->probabilities, error));
    }
    if (from->n_conditions > 0) {
        perebor_json_begin_object(&json);
        for (size_t i = 0; i < from->n_conditions; i++) {
            perebor_json_key(&json, from->conditions[i].parameter);
            perebor_values_write_json(&json, from->conditions[i].values,
                                      from->conditions[i].n_values);
        }
        perebor_json_end_object(&json);
        PEREBOR_TRY(done, keep_json(result, &json, &to->when, error));
    }
done:
    return status;
}

static perebor_status describe_parameter(perebor_result *result, const perebor_parameter *from,
                                         perebor_result_parameter *to, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *to = (perebor_result_parameter){
        .min = from->min, .max = from->max, .q = from->q, .mu = from->mu, .sigma = from->sigma};
    PEREBOR_TRY(done, keep(result, from->name, &to->name, error));
    PEREBOR_TRY(done, keep(result, perebor_distribution_name(from->distribution), &to->distribution,
                           error));
    PEREBOR_TRY(done, describe_values(result, from, to, error));
done:
    return status;
}

perebor_status perebor_result_describe_space(perebor_result *result, const perebor_space *space,
                                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = perebor_space_n_parameters(space);
    char *json = NULL;
    perebor_result_parameter *parameters = perebor_result_allocate(result, n, sizeof *parameters);
    if (parameters == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    for (size_t i = 0; i < n; i++) {
        PEREBOR_TRY(done, describe_parameter(result, perebor_space_parameter(space, i),
                                             &parameters[i], error));
    }
    json = perebor_space_json(space);
    if (json == NULL) {
        return perebor_no_memory(error, "to describe a result");
    }
    PEREBOR_TRY(done, keep(result, json, &result->space_json, error));
    result->parameters = parameters;
    result->n_parameters = n;
done:
    free(json);
    return status;
}
