// SPDX-License-Identifier: MIT
#include "run/predicting.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/job.h"
#include "exec/sequence.h"
#include "run/prediction_notes.h"

/** A block of rows that are in memory. The first has what is to be said of all. */
static perebor_status make_block(predicting *predicting, uint64_t item, int thread,
                                 perebor_error *error) {
    static const perebor_tables_report nothing = {0};
    byte_buffer *bytes = &predicting->made[thread];
    size_t first = (size_t)item * PREDICTING_BLOCK_ROWS, n = predicting->dataset->n_rows;
    bytes_put_u8(bytes, PART_ROWS);
    prediction_notes_put(bytes, item == 0 ? &predicting->report : &nothing);
    return predict_rows(&predicting->predictor, predicting->dataset, first,
                        first + PREDICTING_BLOCK_ROWS < n ? first + PREDICTING_BLOCK_ROWS : n, NULL,
                        0, &predicting->scratch[thread], bytes, error);
}

static perebor_status make_part(predicting *predicting, uint64_t item, int thread,
                                perebor_error *error) {
    perebor_status status;
    byte_buffer *bytes = &predicting->made[thread];
    frozen_part part = {0};
    PEREBOR_TRY(done, frozen_parts_load(predicting->parts, (size_t)item, &part, error));
    if (part.is_doubtful) {
        bytes_put_u8(bytes, PART_DOUBTFUL);
        goto done;
    }
    bytes_put_u8(bytes, PART_ROWS);
    prediction_notes_put(bytes, &part.report);
    status = predict_rows(&predicting->predictor, part.dataset, 0,
                          part.dataset == NULL ? 0 : part.dataset->n_rows, part.keys, part.n_keys,
                          &predicting->scratch[thread], bytes, error);
done:
    frozen_part_release(&part);
    return status;
}

/** Makes an item. That the table is not as it should be is a result too: the first such item in the
 * order of the table says what is wrong with it, whoever finds it first. */
static perebor_status make(void *context, uint64_t item, int thread, perebor_error *error) {
    predicting *predicting = context;
    byte_buffer *bytes = &predicting->made[thread];
    perebor_error reason = {0};
    bytes->size = 0;
    perebor_status status = predicting->parts != NULL
                                ? make_part(predicting, item, thread, &reason)
                                : make_block(predicting, item, thread, &reason);
    if (status == PEREBOR_ERR_MEMORY || bytes->failed) {
        return perebor_no_memory(error, "for predictions");
    }
    if (status != PEREBOR_OK) {
        bytes->size = 0;
        bytes_put_u8(bytes, PART_FAILED);
        bytes_put_u32(bytes, (uint32_t)status);
        bytes_put(bytes, reason.message, strlen(reason.message) + 1);
    }
    return bytes->failed ? perebor_no_memory(error, "for predictions") : PEREBOR_OK;
}

static void note_bad(predicting *predicting, uint64_t item, part_kind kind, bytes_cursor *cursor) {
    if (item >= predicting->first_bad) {
        return;
    }
    predicting->first_bad = item;
    predicting->bad = kind;
    if (kind == PART_FAILED) {
        perebor_status status = (perebor_status)bytes_get_u32(cursor);
        const char *message = bytes_get(cursor, cursor->left);
        (void)perebor_fail(&predicting->reason, status, "%s", message == NULL ? "" : message);
    }
}

static perebor_status take_rows(predicting *predicting, uint64_t item, bytes_cursor *cursor,
                                perebor_error *error) {
    perebor_status status;
    prediction *prediction = predicting->prediction;
    prediction_rows rows;
    PEREBOR_TRY(done, prediction_notes_take(prediction, item, cursor, error));
    if (!prediction_rows_get(&rows, cursor) || rows.n_counts != predicting->counts.n) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "scored rows are broken");
    }
    for (size_t i = 0; i < rows.n_counts; i++) {
        uint64_t count;
        memcpy(&count, (const char *)rows.counts + i * sizeof count, sizeof count);
        predicting->counts.counts[i] += count;
    }
    PEREBOR_TRY(done, prediction_lines_add(prediction->lines, (size_t)item, &rows, error));
    prediction->n_rows += rows.n_rows;
    prediction->n_trained += rows.n_trained;
    prediction->n_changed += rows.n_changed;
done:
    return status;
}

/** Takes an item, in any order. */
static perebor_status take(predicting *predicting, uint64_t item, const void *bytes, size_t size,
                           perebor_error *error) {
    bytes_cursor cursor = {.at = bytes, .left = size};
    part_kind kind = (part_kind)bytes_get_u8(&cursor);
    predicting->taken[item] = 1;
    while (predicting->n_before < predicting->n_items &&
           predicting->taken[predicting->n_before] != 0) {
        predicting->n_before++;
    }
    if (kind != PART_ROWS) {
        note_bad(predicting, item, kind, &cursor);
        return PEREBOR_OK;
    }
    return item < predicting->first_bad ? take_rows(predicting, item, &cursor, error) : PEREBOR_OK;
}

/** Whether it is known which item is the first that is not as it should be. */
static bool is_decided(const predicting *predicting) {
    return predicting->n_before >= predicting->first_bad;
}

static perebor_status hand_over(void *context, uint64_t item, int thread, perebor_error *error) {
    predicting *predicting = context;
    const byte_buffer *bytes = &predicting->made[thread];
    perebor_status status = take(predicting, item, bytes->data, bytes->size, error);
    bool ends = status == PEREBOR_OK && is_decided(predicting) &&
                predicting->first_bad < predicting->n_items;
    return ends ? perebor_fail(error, PEREBOR_ERR_STOPPED, "the rest is not looked at") : status;
}

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    predicting *predicting = context;
    perebor_status status = make(context, unit, thread, error);
    return status != PEREBOR_OK ? status
                                : perebor_unit_result_append(result, predicting->made[thread].data,
                                                             predicting->made[thread].size, error);
}

static perebor_status deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    (void)rank;
    return take(context, unit, bytes, size, error);
}

static perebor_status give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    (void)context;
    (void)unit;
    (void)rank;
    (void)seconds;
    return perebor_fail(error, PEREBOR_ERR_IO, "%s", reason);
}

static perebor_status look(void *context, const perebor_job_progress *progress, bool *stop,
                           perebor_error *error) {
    const predicting *predicting = context;
    (void)progress;
    (void)error;
    *stop = predicting->first_bad < predicting->n_items && is_decided(predicting);
    return PEREBOR_OK;
}

/** Makes room for the items that there are, on the rank that takes them. */
static perebor_status begin_taking(predicting *predicting, perebor_error *error) {
    perebor_status status;
    prediction *prediction = predicting->prediction;
    predicting->first_bad = predicting->n_items;
    predicting->n_before = 0;
    free(predicting->taken);
    predicting->taken = calloc(predicting->n_items + 1, sizeof *predicting->taken);
    prediction_lines_free(prediction->lines);
    prediction->lines = NULL;
    prediction_notes_release(prediction);
    prediction->n_rows = prediction->n_trained = prediction->n_changed = 0;
    column_counts_release(&predicting->counts);
    if (predicting->taken == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    PEREBOR_TRY(done, prediction_lines_create(&prediction->lines, predicting->n_items,
                                              predicting->predictor.bounds,
                                              predicting->request->beside, error));
    PEREBOR_TRY(done, column_counts_begin(&predicting->counts, predicting->predictor.reference,
                                          predicting_schema(predicting), error));
done:
    return status;
}

perebor_status predicting_run_here(predicting *predicting, perebor_error *error) {
    perebor_status status;
    const perebor_sequence sequence = {.n_items = predicting->n_items,
                                       .n_threads = predicting->n_threads,
                                       .context = predicting,
                                       .make = make,
                                       .hand_over = hand_over};
    PEREBOR_TRY(done, begin_taking(predicting, error));
    status = perebor_sequence_run(&sequence, error);
    if (status == PEREBOR_ERR_STOPPED && predicting->first_bad < predicting->n_items) {
        status = PEREBOR_OK;
    }
done:
    return status;
}

perebor_status predicting_run_on_ranks(predicting *predicting, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_ranks *ranks = predicting->request->ranks;
    const perebor_job job = {.n_units = predicting->n_items,
                             .n_threads = predicting->n_threads,
                             .context = predicting,
                             .execute = execute,
                             .deliver = deliver,
                             .give_up = give_up,
                             .tick = look};
    status = ranks->rank == 0 ? begin_taking(predicting, error) : PEREBOR_OK;
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    status = perebor_job_run(ranks, &job, NULL, error);
    if (status == PEREBOR_ERR_STOPPED && ranks->rank == 0 &&
        predicting->first_bad < predicting->n_items && is_decided(predicting)) {
        status = PEREBOR_OK;
    }
done:
    return status;
}
