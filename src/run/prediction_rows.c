// SPDX-License-Identifier: MIT
#include "run/prediction_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv_text.h"
#include "base/try.h"
#include "perebor/calibration.h"
#include "run/refit_stage.h"

perebor_status predictor_begin(predictor *predictor, const perebor_result *result, const char *file,
                               perebor_error *error) {
    perebor_status status;
    const h5_node *model = NULL;
    known_rows *known = &predictor->known;
    PEREBOR_TRY(done, refit_stage_load(&predictor->pipeline, &model, result, file, error));
    PEREBOR_TRY(done, known_rows_find(known, model, file, error));
    PEREBOR_TRY(done, venn_abers_create(&predictor->bounds, known->scores,
                                        (const uint8_t *)known->labels, known->n, error));
    predictor->reference = h5_find(model, "reference");
    if (perebor_fitted_pipeline_calibration(predictor->pipeline) == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "/model is not calibrated, as 'perebor refit' leaves it");
    }
done:
    return status;
}

void predictor_release(predictor *predictor) {
    known_rows_release(&predictor->known);
    venn_abers_free(predictor->bounds);
    perebor_fitted_pipeline_free(predictor->pipeline);
    memset(predictor, 0, sizeof *predictor);
}

void prediction_scratch_release(prediction_scratch *scratch) {
    perebor_workspace_release(&scratch->workspace);
    column_counts_release(&scratch->counts);
    free(scratch->scores);
    free(scratch->probabilities);
    free(scratch->rows);
    free(scratch->places);
    free(scratch->lengths);
    free(scratch->seen);
    bytes_release(&scratch->ids);
    *scratch = (prediction_scratch){0};
}

static perebor_status make_room(prediction_scratch *scratch, size_t n, perebor_error *error) {
    if (n <= scratch->capacity && scratch->capacity > 0) {
        return PEREBOR_OK;
    }
    free(scratch->scores);
    free(scratch->probabilities);
    free(scratch->rows);
    free(scratch->places);
    free(scratch->lengths);
    free(scratch->seen);
    scratch->capacity = 0;
    scratch->scores = calloc(n + 1, sizeof *scratch->scores);
    scratch->probabilities = calloc(n + 1, sizeof *scratch->probabilities);
    scratch->rows = calloc(n + 1, sizeof *scratch->rows);
    scratch->places = calloc(n + 1, sizeof *scratch->places);
    scratch->lengths = calloc(n + 1, sizeof *scratch->lengths);
    scratch->seen = calloc(n + 1, sizeof *scratch->seen);
    if (scratch->scores == NULL || scratch->probabilities == NULL || scratch->rows == NULL ||
        scratch->places == NULL || scratch->lengths == NULL || scratch->seen == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    scratch->capacity = n + 1;
    return PEREBOR_OK;
}

/** Whether its trees do not stay in the cache. */
static bool has_many_nodes(const perebor_fitted_pipeline *pipeline) {
    enum { few_nodes = 16384 };
    const perebor_model_form *form = perebor_fitted_pipeline_form(pipeline);
    return form->kind == PEREBOR_FORM_TREES && form->as.trees.n_nodes > few_nodes;
}

/** Rows that are prepared and scored at a time: their columns stay in the cache. More rows
 * where trees do not stay there, as each tree comes from afar for each block of rows; but never a
 * whole table, whose prepared columns would take as much memory as it. */
static size_t block_rows(const perebor_fitted_pipeline *pipeline, size_t n) {
    enum { few_rows = 2048, many_rows = 16384 };
    bool is_large = has_many_nodes(pipeline);
    for (size_t i = 0; i < perebor_fitted_pipeline_n_members(pipeline); i++) {
        uint32_t weight;
        is_large = is_large || has_many_nodes(perebor_fitted_pipeline_member(pipeline, i, &weight));
    }
    const size_t most = is_large ? many_rows : few_rows;
    return n < most ? n : most;
}

static perebor_status score(const predictor *predictor, const perebor_dataset *dataset,
                            size_t first, size_t n, prediction_scratch *scratch,
                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_fitted_pipeline *pipeline = predictor->pipeline;
    for (size_t i = 0; i < n; i++) {
        scratch->rows[i] = (uint32_t)(first + i);
    }
    const size_t most = block_rows(pipeline, n);
    for (size_t done = 0; done < n; done += most) {
        size_t n_block = n - done < most ? n - done : most;
        PEREBOR_TRY(done, perebor_fitted_pipeline_score(pipeline, dataset, scratch->rows + done,
                                                        n_block, &scratch->workspace,
                                                        scratch->scores + done, error));
    }
    perebor_calibration_apply(perebor_fitted_pipeline_calibration(pipeline),
                              perebor_fitted_pipeline_learner(pipeline), scratch->scores, n,
                              scratch->probabilities);
done:
    return status;
}

/** Whether rows may be known: the number of a row is no name where rows of training have one. */
static bool knows_rows(const predictor *predictor, const perebor_dataset *dataset) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(predictor->pipeline);
    return dataset->ids != NULL && predictor->known.ids != NULL &&
           strcmp(dataset->id_name, schema->id_name) == 0;
}

/** Rows that the model was fitted on get what it said of them before it had seen them. */
static void recognise(const predictor *predictor, const perebor_dataset *dataset, size_t first,
                      prediction_rows *made, prediction_scratch *scratch) {
    const known_rows *known = &predictor->known;
    bool knows = knows_rows(predictor, dataset);
    for (size_t i = 0; i < made->n_rows; i++) {
        uint32_t found = 0;
        prediction_seen seen =
            knows ? known_rows_look_up(known, dataset, first + i, &found) : PREDICTION_NEW;
        scratch->seen[i] = (uint8_t)seen;
        made->n_changed += seen == PREDICTION_CHANGED;
        if (seen == PREDICTION_TRAINED) {
            made->n_trained++;
            scratch->scores[i] = known->scores[found];
            scratch->probabilities[i] = known->probabilities[found];
        }
    }
}

static void say_rows(const predictor *predictor, const perebor_dataset *dataset, size_t first,
                     size_t n, prediction_scratch *scratch) {
    byte_buffer *ids = &scratch->ids;
    for (size_t i = 0; i < n; i++) {
        size_t before = ids->size;
        csv_put_text(ids, dataset->ids[first + i]);
        scratch->lengths[i] = (uint32_t)(ids->size - before);
    }
    venn_abers_places(predictor->bounds, scratch->scores, n, scratch->places);
}

size_t prediction_said_size(size_t n_rows, size_t size) {
    return n_rows * (sizeof(double) + 2 * sizeof(uint32_t) + 1) + size;
}

bool prediction_said_find(prediction_said *said, const void *bytes, size_t n_rows, size_t size) {
    uint64_t sum = 0;
    said->scores = bytes;
    said->places = (const void *)(said->scores + n_rows);
    said->lengths = said->places + n_rows;
    said->seen = (const void *)(said->lengths + n_rows);
    said->ids = (const void *)(said->seen + n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        sum += said->lengths[i];
    }
    return sum == size;
}

/** As prediction_rows_get() reads it, but for what is said, which is still in the scratch. */
static void put(const prediction_rows *rows, const prediction_scratch *scratch,
                byte_buffer *bytes) {
    const size_t sizes[] = {rows->n_rows, rows->n_trained, rows->n_changed,
                            rows->n_keys, rows->n_counts,  rows->size};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bytes_put_u64(bytes, sizes[i]);
    }
    bytes_put(bytes, rows->counts, rows->n_counts * sizeof(uint64_t));
    bytes_put(bytes, scratch->probabilities, rows->n_rows * sizeof(double));
    bytes_put(bytes, rows->keys, rows->n_keys * sizeof(uint64_t));
    bytes_put(bytes, scratch->scores, rows->n_rows * sizeof(double));
    bytes_put(bytes, scratch->places, rows->n_rows * sizeof(uint32_t));
    bytes_put(bytes, scratch->lengths, rows->n_rows * sizeof(uint32_t));
    bytes_put(bytes, scratch->seen, rows->n_rows);
    bytes_put(bytes, scratch->ids.data, rows->size);
}

perebor_status predict_rows(const predictor *predictor, const perebor_dataset *dataset,
                            size_t first, size_t end, const uint64_t *keys, size_t n_keys,
                            prediction_scratch *scratch, byte_buffer *bytes, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(predictor->pipeline);
    column_counts *counts = &scratch->counts;
    prediction_rows made = {.n_rows = dataset == NULL ? 0 : end - first, .n_keys = n_keys};
    if (counts->counts == NULL) {
        PEREBOR_TRY(done, column_counts_begin(counts, predictor->reference, schema, error));
    }
    memset(counts->counts, 0, counts->n * sizeof *counts->counts);
    scratch->ids.size = 0;
    if (made.n_rows > 0) {
        PEREBOR_TRY(done, make_room(scratch, made.n_rows, error));
        PEREBOR_TRY(done, score(predictor, dataset, first, made.n_rows, scratch, error));
        recognise(predictor, dataset, first, &made, scratch);
        say_rows(predictor, dataset, first, made.n_rows, scratch);
        column_counts_add(counts, dataset, first, end);
    }
    made.n_counts = counts->n;
    made.counts = counts->counts;
    made.keys = keys;
    made.size = scratch->ids.size;
    put(&made, scratch, bytes);
    status = bytes->failed || scratch->ids.failed ? perebor_no_memory(error, "for predictions")
                                                  : PEREBOR_OK;
done:
    return status;
}

void scored_rows_release(scored_rows *scored) {
    free(scored->probabilities);
    free(scored->lower);
    free(scored->upper);
    prediction_scratch_release(&scored->scratch);
    *scored = (scored_rows){0};
}

perebor_status scored_rows_make(scored_rows *scored, const predictor *predictor,
                                const perebor_dataset *dataset, perebor_error *error) {
    perebor_status status;
    size_t n = dataset->n_rows;
    prediction_scratch *scratch = &scored->scratch;
    prediction_rows made = {.n_rows = n};
    scored->probabilities = calloc(n + 1, sizeof(double));
    scored->lower = calloc(n + 1, sizeof(double));
    scored->upper = calloc(n + 1, sizeof(double));
    if (scored->probabilities == NULL || scored->lower == NULL || scored->upper == NULL) {
        return perebor_no_memory(error, "for %zu scored rows", n);
    }
    PEREBOR_TRY(done, make_room(scratch, n, error));
    PEREBOR_TRY(done, score(predictor, dataset, 0, n, scratch, error));
    recognise(predictor, dataset, 0, &made, scratch);
    for (size_t row = 0; row < n; row++) {
        double lower, upper, probability = scratch->probabilities[row];
        venn_abers_interval(predictor->bounds, scratch->scores[row], &lower, &upper);
        scored->probabilities[row] = probability;
        scored->lower[row] = lower < probability ? lower : probability;
        scored->upper[row] = upper > probability ? upper : probability;
    }
    scored->n_trained = made.n_trained;
    scored->n_changed = made.n_changed;
done:
    prediction_scratch_release(scratch);
    return status;
}

bool prediction_rows_get(prediction_rows *rows, bytes_cursor *cursor) {
    rows->n_rows = (size_t)bytes_get_u64(cursor);
    rows->n_trained = (size_t)bytes_get_u64(cursor);
    rows->n_changed = (size_t)bytes_get_u64(cursor);
    rows->n_keys = (size_t)bytes_get_u64(cursor);
    rows->n_counts = (size_t)bytes_get_u64(cursor);
    rows->size = (size_t)bytes_get_u64(cursor);
    rows->counts = bytes_get(cursor, rows->n_counts * sizeof(uint64_t));
    rows->probabilities = bytes_get(cursor, rows->n_rows * sizeof(double));
    rows->keys = bytes_get(cursor, rows->n_keys * sizeof(uint64_t));
    rows->said = bytes_get(cursor, prediction_said_size(rows->n_rows, rows->size));
    return !cursor->failed;
}
