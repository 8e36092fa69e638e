// SPDX-License-Identifier: MIT
#include "run/prediction_notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Length, bytes and a zero: names of files in warnings need not be UTF-8. */
static void put_text(byte_buffer *bytes, const char *text) {
    size_t size = strlen(text) + 1;
    bytes_put_u32(bytes, (uint32_t)size);
    bytes_put(bytes, text, size);
}

static const char *get_text(bytes_cursor *cursor) {
    uint32_t size = bytes_get_u32(cursor);
    const char *text = bytes_get(cursor, size);
    bool whole = text != NULL && size > 0 && text[size - 1] == '\0';
    cursor->failed = cursor->failed || !whole;
    return whole ? text : "";
}

void prediction_notes_put(byte_buffer *bytes, const perebor_tables_report *report) {
    static const perebor_frozen_report nothing = {0};
    const perebor_frozen_report *frozen = report->frozen == NULL ? &nothing : report->frozen;
    bytes_put_u32(bytes, (uint32_t)report->n_warnings);
    for (size_t i = 0; i < report->n_warnings; i++) {
        put_text(bytes, report->warnings[i]);
    }
    bytes_put_u32(bytes, (uint32_t)frozen->n_missing);
    for (size_t i = 0; i < frozen->n_missing; i++) {
        put_text(bytes, frozen->missing[i]);
    }
    bytes_put_u32(bytes, (uint32_t)frozen->n_unknown);
    for (size_t i = 0; i < frozen->n_unknown; i++) {
        const perebor_unknown_values *unknown = &frozen->unknown[i];
        put_text(bytes, unknown->column);
        bytes_put_u64(bytes, unknown->n_rows);
        put_text(bytes, unknown->n_examples > 0 ? unknown->examples[0] : "");
    }
}

/** Adds a text that is not there yet; of one that is, the first part counts. @param[in] place  In
 * what the part says. */
static perebor_status add_note(prediction_note **notes, size_t *n, uint64_t part, uint32_t place,
                               const char *text, perebor_error *error) {
    uint64_t order = part << 32 | place;
    for (size_t i = 0; i < *n; i++) {
        prediction_note *note = &(*notes)[i];
        if (strcmp(note->text, text) == 0) {
            note->order = order < note->order ? order : note->order;
            return PEREBOR_OK;
        }
    }
    prediction_note *larger = realloc(*notes, (*n + 1) * sizeof *larger);
    if (larger == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    *notes = larger;
    larger[*n] = (prediction_note){strdup(text), order};
    if (larger[*n].text == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    ++*n;
    return PEREBOR_OK;
}

static perebor_status replace_text(char **text, const char *by, perebor_error *error) {
    char *copy = strdup(by);
    if (copy == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    free(*text);
    *text = copy;
    return PEREBOR_OK;
}

static perebor_status add_unknown(prediction *prediction, uint64_t part, const char *column,
                                  uint64_t n_rows, const char *example, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t i = 0;
    while (i < prediction->n_unknown && strcmp(prediction->unknown[i].column, column) != 0) {
        i++;
    }
    if (i == prediction->n_unknown) {
        prediction_unknown *larger =
            realloc(prediction->unknown, (i + 1) * sizeof *prediction->unknown);
        if (larger == NULL) {
            return perebor_no_memory(error, "for predictions");
        }
        prediction->unknown = larger;
        larger[i] = (prediction_unknown){.part = UINT64_MAX};
        PEREBOR_TRY(done, replace_text(&larger[i].column, column, error));
        prediction->n_unknown++;
    }
    prediction_unknown *unknown = &prediction->unknown[i];
    unknown->n_rows += n_rows;
    if (part < unknown->part) {
        PEREBOR_TRY(done, replace_text(&unknown->example, example, error));
        unknown->part = part;
    }
done:
    return status;
}

perebor_status prediction_notes_warn(prediction *prediction, uint32_t place, const char *text,
                                     perebor_error *error) {
    return add_note(&prediction->warnings, &prediction->n_warnings, 0, place, text, error);
}

perebor_status prediction_notes_take(prediction *prediction, uint64_t part, bytes_cursor *cursor,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t n_warnings = bytes_get_u32(cursor);
    for (uint32_t i = 0; i < n_warnings && !cursor->failed; i++) {
        PEREBOR_TRY(done, add_note(&prediction->warnings, &prediction->n_warnings, part + 1, i,
                                   get_text(cursor), error));
    }
    uint32_t n_missing = bytes_get_u32(cursor);
    for (uint32_t i = 0; i < n_missing && !cursor->failed; i++) {
        PEREBOR_TRY(done, add_note(&prediction->missing, &prediction->n_missing, part, i,
                                   get_text(cursor), error));
    }
    for (uint32_t n = bytes_get_u32(cursor); n > 0 && !cursor->failed; n--) {
        const char *column = get_text(cursor);
        uint64_t n_rows = bytes_get_u64(cursor);
        PEREBOR_TRY(done, add_unknown(prediction, part, column, n_rows, get_text(cursor), error));
    }
    if (cursor->failed) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "what a part has to say is broken");
    }
done:
    return status;
}

/** Notes of one part stay in the order in which it has them. */
static void sort_notes(prediction_note *notes, size_t n) {
    for (size_t i = 1; i < n; i++) {
        prediction_note note = notes[i];
        size_t k = i;
        for (; k > 0 && notes[k - 1].order > note.order; k--) {
            notes[k] = notes[k - 1];
        }
        notes[k] = note;
    }
}

/** The order of the columns. */
static void sort_unknown(prediction *prediction) {
    size_t sorted = 0;
    for (size_t i = 0; i < prediction->n_columns; i++) {
        for (size_t k = sorted; k < prediction->n_unknown; k++) {
            if (strcmp(prediction->unknown[k].column, prediction->names[i]) == 0) {
                prediction_unknown found = prediction->unknown[k];
                prediction->unknown[k] = prediction->unknown[sorted];
                prediction->unknown[sorted++] = found;
            }
        }
    }
}

void prediction_notes_sort(prediction *prediction) {
    sort_notes(prediction->warnings, prediction->n_warnings);
    sort_notes(prediction->missing, prediction->n_missing);
    sort_unknown(prediction);
}

static void release_notes(prediction_note *notes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        free(notes[i].text);
    }
    free(notes);
}

void prediction_notes_release(prediction *prediction) {
    release_notes(prediction->warnings, prediction->n_warnings);
    release_notes(prediction->missing, prediction->n_missing);
    for (size_t i = 0; i < prediction->n_unknown; i++) {
        free(prediction->unknown[i].column);
        free(prediction->unknown[i].example);
    }
    free(prediction->unknown);
    prediction->warnings = prediction->missing = NULL;
    prediction->unknown = NULL;
    prediction->n_warnings = prediction->n_missing = prediction->n_unknown = 0;
}
