// SPDX-License-Identifier: MIT
/** Scored rows as CSV: parts are written out on all threads and go out in their order. */
#include <stdlib.h>
#include <string.h>

#include "base/csv_text.h"
#include "base/real_text.h"
#include "base/try.h"
#include "exec/sequence.h"
#include "run/prediction_lines.h"

const char predict_header[] =
    "id,score,probability,probability_lower,probability_upper,rank,decile,in_training";

/** What a thread needs. */
typedef struct writer {
    double *probabilities; /**< [capacity] */
    size_t capacity;
    uint8_t *said; /**< [said_capacity] */
    size_t said_capacity;
    byte_buffer bytes;
} writer;

/** Lines being written. */
typedef struct writing {
    const prediction_lines *lines;
    size_t *first; /**< [n_parts] rows before each part */
    writer *writers;
    int n_writers;
    predict_sink *sink;
    void *context;
} writing;

static perebor_status make_room(writer *writer, const line_part *part, perebor_error *error) {
    if (writer->capacity < part->n_rows) {
        free(writer->probabilities);
        writer->capacity = 0;
        writer->probabilities = malloc(part->n_rows * sizeof *writer->probabilities);
        writer->capacity = writer->probabilities == NULL ? 0 : part->n_rows;
    }
    if (writer->said_capacity < part->size) {
        free(writer->said);
        writer->said = malloc(part->size);
        writer->said_capacity = writer->said == NULL ? 0 : part->size;
    }
    return writer->capacity >= part->n_rows && writer->said_capacity >= part->size
               ? PEREBOR_OK
               : perebor_no_memory(error, "for predictions");
}

static perebor_status read_part(const prediction_lines *lines, const line_part *part,
                                writer *writer, perebor_error *error) {
    perebor_status status;
    const perebor_scratch *scratch = &lines->scratch;
    uint64_t said_at = part->at + part->n_rows * sizeof(double) + part->n_keys * sizeof(uint64_t);
    PEREBOR_TRY(done, make_room(writer, part, error));
    PEREBOR_TRY(done, perebor_scratch_read(scratch, part->at, writer->probabilities,
                                           part->n_rows * sizeof(double), error));
    status = perebor_scratch_read(scratch, said_at, writer->said, part->size, error);
done:
    return status;
}

/** The most that a line takes beside its identifier: four reals, two numbers, a word. */
enum { most_beside_id = 4 * (PEREBOR_REAL_TEXT_SIZE + 1) + 2 * CSV_UNSIGNED_SIZE + 16 };

/** A row's probability, as text. */
typedef struct own_text {
    char text[PEREBOR_REAL_TEXT_SIZE];
    size_t length;
} own_text;

static char *put_bytes(char *to, const char *text, size_t length) {
    *to++ = ',';
    memcpy(to, text, length);
    return to + length;
}

/** A bound is widened to the probability: the model's calibration is another than Venn's and
 * Abers'.
 */
static char *put_bound(char *to, const bound_text *bound, const own_text *own, bool is_beyond) {
    return is_beyond ? put_bytes(to, bound->text, bound->length)
                     : put_bytes(to, own->text, own->length);
}

static char *put_line(char *to, const interval_texts *intervals, const prediction_saying *saying,
                      double probability, const prediction_place *place) {
    own_text own;
    const bound_text *lower = &intervals->bounds[intervals->lower[saying->place]];
    const bound_text *upper = &intervals->bounds[intervals->upper[saying->place]];
    const char *name = prediction_seen_names[saying->seen <= PREDICTION_CHANGED ? saying->seen : 0];
    own.length = perebor_real_format(probability, own.text);
    *to++ = ',';
    to += perebor_real_format(saying->score, to);
    to = put_bytes(to, own.text, own.length);
    to = put_bound(to, lower, &own, lower->value < probability);
    to = put_bound(to, upper, &own, upper->value > probability);
    to += csv_format_unsigned(place->rank, to);
    to += csv_format_unsigned(place->decile, to);
    to = put_bytes(to, name, strlen(name));
    *to++ = '\n';
    return to;
}

static perebor_status write_part(const writing *writing, size_t item, writer *writer,
                                 perebor_error *error) {
    const prediction_lines *lines = writing->lines;
    const line_part *part = &lines->parts[item];
    const prediction_slot *slots = lines->slots + writing->first[item];
    bytes_cursor cursor = {.at = writer->said, .left = part->size};
    byte_buffer *bytes = &writer->bytes;
    bytes->size = 0;
    for (size_t row = 0; row < part->n_rows; row++) {
        prediction_saying saying;
        const char *id = prediction_saying_get(&saying, &cursor);
        if (id == NULL || saying.place >= lines->intervals.n_places) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT, "scratch was altered");
        }
        csv_put_text(bytes, id);
        char *room = bytes_reserve(bytes, most_beside_id);
        if (room == NULL) {
            return perebor_no_memory(error, "for predictions");
        }
        const char *end = put_line(room, &lines->intervals, &saying, writer->probabilities[row],
                                   &slots[row].place);
        bytes->size += (size_t)(end - room);
    }
    return PEREBOR_OK;
}

static perebor_status make(void *context, uint64_t item, int thread, perebor_error *error) {
    perebor_status status;
    const writing *writing = context;
    writer *writer = &writing->writers[thread];
    PEREBOR_TRY(done, read_part(writing->lines, &writing->lines->parts[item], writer, error));
    status = write_part(writing, (size_t)item, writer, error);
done:
    return status;
}

static perebor_status hand_over(void *context, uint64_t item, int thread, perebor_error *error) {
    const writing *writing = context;
    const byte_buffer *bytes = &writing->writers[thread].bytes;
    (void)item;
    return bytes->size == 0 ? PEREBOR_OK
                            : writing->sink(writing->context, bytes->data, bytes->size, error);
}

static void release(writing *writing) {
    for (int i = 0; writing->writers != NULL && i < writing->n_writers; i++) {
        free(writing->writers[i].probabilities);
        free(writing->writers[i].said);
        bytes_release(&writing->writers[i].bytes);
    }
    free(writing->writers);
    free(writing->first);
}

perebor_status predict_write(const prediction *prediction, predict_sink *sink, void *context,
                             perebor_error *error) {
    perebor_status status;
    const prediction_lines *lines = prediction->lines;
    size_t n_rows = 0;
    writing writing = {
        .lines = lines, .n_writers = prediction->n_threads, .sink = sink, .context = context};
    writing.first = calloc(lines->n_parts + 1, sizeof *writing.first);
    writing.writers = calloc((size_t)writing.n_writers, sizeof *writing.writers);
    if (writing.first == NULL || writing.writers == NULL) {
        status = perebor_no_memory(error, "for predictions");
        goto done;
    }
    for (size_t i = 0; i < lines->n_parts; i++) {
        writing.first[i] = n_rows;
        n_rows += lines->parts[i].n_rows;
    }
    const perebor_sequence sequence = {.n_items = lines->n_parts,
                                       .n_threads = writing.n_writers,
                                       .context = &writing,
                                       .make = make,
                                       .hand_over = hand_over};
    PEREBOR_TRY(done, sink(context, predict_header, sizeof predict_header - 1, error));
    PEREBOR_TRY(done, sink(context, "\n", 1, error));
    status = perebor_sequence_run(&sequence, error);
done:
    release(&writing);
    return status;
}
