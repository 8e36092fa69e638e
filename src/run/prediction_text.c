// SPDX-License-Identifier: MIT
/** Scored rows as CSV: parts are written out on all threads and go out in their order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/csv_text.h"
#include "base/real_text.h"
#include "base/try.h"
#include "exec/sequence.h"
#include "run/prediction_lines.h"

const char predict_header[] =
    "id,score,probability,probability_lower,probability_upper,rank,decile,in_training";

/** A real, as text. */
typedef struct real_text {
    double value;
    size_t length;
    char text[PEREBOR_REAL_TEXT_SIZE];
} real_text;

enum { recent_bits = 8, n_recent = 1 << recent_bits, copied = 16 };

/** What a thread needs. */
typedef struct writer {
    double *probabilities; /**< [capacity] */
    size_t capacity;
    double *said; /**< [said_capacity] bytes */
    size_t said_capacity;
    byte_buffer bytes;
    real_text recent[n_recent]; /**< Leaves and levels give many rows one score. */
} writer;

/** The end of a line, by what is known of its row. */
typedef struct line_end {
    char text[copied];
    size_t length;
} line_end;

/** Lines being written. */
typedef struct writing {
    const prediction_lines *lines;
    size_t *first; /**< [n_parts] rows before each part */
    writer *writers;
    int n_writers;
    line_end ends[PREDICTION_CHANGED + 1];
    predict_sink *sink;
    void *context;
} writing;

static perebor_status make_room(writer *writer, const line_part *part, perebor_error *error) {
    size_t size = prediction_said_size(part->n_rows, part->size) + copied;
    if (writer->capacity < part->n_rows) {
        free(writer->probabilities);
        writer->capacity = 0;
        writer->probabilities = malloc(part->n_rows * sizeof *writer->probabilities);
        writer->capacity = writer->probabilities == NULL ? 0 : part->n_rows;
    }
    if (writer->said_capacity < size) {
        free(writer->said);
        writer->said = calloc(1, size);
        writer->said_capacity = writer->said == NULL ? 0 : size;
    }
    return writer->capacity >= part->n_rows && writer->said_capacity >= size
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
    status = perebor_scratch_read(scratch, said_at, writer->said,
                                  prediction_said_size(part->n_rows, part->size), error);
done:
    return status;
}

/** The most that a line takes beside its identifier: four reals, two numbers, a word, and room for
 * copies that are longer than what they copy. */
enum { most_beside_id = 5 * (PEREBOR_REAL_TEXT_SIZE + 1) + 2 * CSV_UNSIGNED_SIZE + 16 };

/** Copies all the room that a text of a real has: one length costs less than many. */
static char *put_real(char *to, const char text[PEREBOR_REAL_TEXT_SIZE], size_t length) {
    *to = ',';
    memcpy(to + 1, text, PEREBOR_REAL_TEXT_SIZE);
    return to + 1 + length;
}

/** A bound is widened to the probability: the model's calibration is another than Venn's and
 * Abers'.
 */
static char *put_bound(char *to, const bound_text *bound, const real_text *own, bool is_beyond) {
    return put_real(to, is_beyond ? bound->text : own->text,
                    is_beyond ? bound->length : own->length);
}

/** The text of a real, until another takes its place. */
static const real_text *find_text(real_text recent[n_recent], double value) {
    uint64_t bits = arithmetic_to_bits(value);
    real_text *text = &recent[bits * UINT64_C(0x9E3779B97F4A7C15) >> (64 - recent_bits)];
    if (text->length == 0 || arithmetic_to_bits(text->value) != bits) {
        text->length = perebor_real_format(value, text->text);
        text->value = value;
    }
    return text;
}

/** What a line has beside its identifier. */
typedef struct line_values {
    double score, probability;
    const bound_text *lower, *upper;
    const prediction_place *place;
    const line_end *end;
} line_values;

static char *put_line(char *to, const line_values *line, real_text recent[n_recent]) {
    const real_text *score = find_text(recent, line->score);
    to = put_real(to, score->text, score->length);
    const real_text *own = find_text(recent, line->probability);
    to = put_real(to, own->text, own->length);
    to = put_bound(to, line->lower, own, line->lower->value < line->probability);
    to = put_bound(to, line->upper, own, line->upper->value > line->probability);
    to += csv_format_unsigned(line->place->rank, to);
    to += csv_format_unsigned(line->place->decile, to);
    memcpy(to, line->end->text, sizeof line->end->text);
    return to + line->end->length;
}

/** @param[in] id  [length], and room to read beyond it. */
static char *put_id(char *to, const char *id, size_t length) {
    if (length <= copied) {
        memcpy(to, id, copied);
    } else {
        memcpy(to, id, length);
    }
    return to + length;
}

static perebor_status fail_altered(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "scratch was altered");
}

static perebor_status write_part(const writing *writing, size_t item, writer *writer,
                                 perebor_error *error) {
    const prediction_lines *lines = writing->lines;
    const interval_texts *intervals = &lines->intervals;
    const line_part *part = &lines->parts[item];
    const prediction_slot *slots = lines->slots + writing->first[item];
    prediction_said said;
    if (!prediction_said_find(&said, writer->said, part->n_rows, part->size)) {
        return fail_altered(error);
    }
    const char *id = said.ids;
    writer->bytes.size = 0;
    char *start =
        bytes_reserve(&writer->bytes, part->n_rows * most_beside_id + part->size + copied);
    char *to = start;
    if (start == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t row = 0; row < part->n_rows; row++) {
        uint32_t place = said.places[row], seen = said.seen[row];
        if (place >= intervals->n_places || seen > PREDICTION_CHANGED) {
            return fail_altered(error);
        }
        const line_values line = {.score = said.scores[row],
                                  .probability = writer->probabilities[row],
                                  .lower = &intervals->bounds[intervals->lower[place]],
                                  .upper = &intervals->bounds[intervals->upper[place]],
                                  .place = &slots[row].place,
                                  .end = &writing->ends[seen]};
        to = put_id(to, id, said.lengths[row]);
        to = put_line(to, &line, writer->recent);
        id += said.lengths[row];
    }
    writer->bytes.size = (size_t)(to - start);
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
    for (size_t seen = 0; seen <= PREDICTION_CHANGED; seen++) {
        line_end *end = &writing.ends[seen];
        end->length =
            (size_t)snprintf(end->text, sizeof end->text, ",%s\n", prediction_seen_names[seen]);
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
