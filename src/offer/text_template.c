// SPDX-License-Identifier: MIT
#include "offer/text_template.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/real_text.h"
#include "base/try.h"
#include "segment/columns.h"

/** A text being read. */
typedef struct template_reading {
    perebor_arena *arena;
    const offer_item *offer;
    const offer_settings *settings;
    const offer_rows *rows;
    const char *experiment;
    template_part *parts;
    size_t n_parts;
    perebor_error *error;
} template_reading;

/** The words of a column's levels. NULL if memory is short. */
static const char *const *words_of(const template_reading *reading, const perebor_column *column) {
    const char **words =
        perebor_arena_allocate(reading->arena, column->n_levels + 1, sizeof *words);
    for (size_t level = 0; words != NULL && level < column->n_levels; level++) {
        words[level] = column->levels[level];
        for (size_t i = 0; i < reading->settings->n_words; i++) {
            const offer_word *word = &reading->settings->words[i];
            if (strcmp(word->column, column->name) == 0 &&
                strcmp(word->level, column->levels[level]) == 0) {
                words[level] = word->text;
            }
        }
    }
    return words;
}

static perebor_status no_memory(const template_reading *reading) {
    return perebor_no_memory(reading->error, "for the texts of offers");
}

/** A gap: what stands between its braces. */
static perebor_status read_gap(template_reading *reading, const char *gap, size_t length) {
    template_part *part = &reading->parts[reading->n_parts];
    const char *bar = memchr(gap, '|', length);
    size_t name_length = bar == NULL ? length : (size_t)(bar - gap);
    const char *name = perebor_arena_copy(reading->arena, gap, name_length);
    *part = (template_part){0};
    if (bar != NULL) {
        part->otherwise = perebor_arena_copy(reading->arena, bar + 1, length - name_length - 1);
    }
    if (name == NULL || (bar != NULL && part->otherwise == NULL)) {
        return no_memory(reading);
    }
    reading->n_parts += 1;
    part->column = segment_find_column(reading->rows->dataset, name);
    if (part->column != NULL) {
        part->kind = TEMPLATE_COLUMN;
        part->words = words_of(reading, part->column);
        return part->words == NULL ? no_memory(reading) : PEREBOR_OK;
    }
    part->kind = strcmp(name, "reason") == 0 ? TEMPLATE_REASON : TEMPLATE_ID;
    return part->kind == TEMPLATE_REASON || strcmp(name, "id") == 0
               ? PEREBOR_OK
               : segment_fail_at(reading->experiment, reading->offer->text_at, reading->error,
                                 "the offer \"%.100s\": there is no column \"%.100s\" to fill its "
                                 "text with; a gap is {column}, {column|otherwise}, {reason} or "
                                 "{id}, and {{ is a brace",
                                 reading->offer->name, name);
}

static perebor_status add_text(template_reading *reading, const char *text, size_t length) {
    if (length == 0) {
        return PEREBOR_OK;
    }
    const char *copy = perebor_arena_copy(reading->arena, text, length);
    if (copy == NULL) {
        return no_memory(reading);
    }
    reading->parts[reading->n_parts++] = (template_part){.kind = TEMPLATE_TEXT, .otherwise = copy};
    return PEREBOR_OK;
}

static perebor_status read_parts(template_reading *reading) {
    perebor_status status = PEREBOR_OK;
    const char *at = reading->offer->text;
    while (*at != '\0') {
        size_t length = strcspn(at, "{");
        bool doubled = at[length] == '{' && at[length + 1] == '{';
        PEREBOR_TRY(done, add_text(reading, at, length + (doubled ? 1 : 0)));
        at += length + (doubled ? 2 : 0);
        if (doubled || *at == '\0') {
            continue;
        }
        const char *end = strchr(at, '}');
        if (end == NULL) {
            return segment_fail_at(reading->experiment, reading->offer->text_at, reading->error,
                                   "the offer \"%.100s\": a gap of its text has no } at its end; "
                                   "{{ is a brace",
                                   reading->offer->name);
        }
        PEREBOR_TRY(done, read_gap(reading, at + 1, (size_t)(end - at) - 1));
        at = end + 1;
    }
done:
    return status;
}

perebor_status text_template_read(text_template *template, perebor_arena *arena,
                                  const offer_item *offer, const offer_settings *settings,
                                  const offer_rows *rows, const char *experiment,
                                  perebor_error *error) {
    size_t most = 1;
    for (const char *at = offer->text; *at != '\0'; at++) {
        most += *at == '{' ? 2 : 0;
    }
    template_reading reading = {.arena = arena,
                                .offer = offer,
                                .settings = settings,
                                .rows = rows,
                                .experiment = experiment,
                                .error = error};
    reading.parts = perebor_arena_allocate(arena, most, sizeof *reading.parts);
    if (reading.parts == NULL) {
        return no_memory(&reading);
    }
    perebor_status status = read_parts(&reading);
    if (status == PEREBOR_OK) {
        *template = (text_template){reading.parts, reading.n_parts};
    }
    return status;
}

/**
 * What a part is for a row; NULL: nothing fills it.
 *
 * @param[out] buffer  For a number.
 */
static const char *fill(const template_part *part, const offer_settings *settings,
                        const offer_rows *rows, size_t row, char buffer[PEREBOR_REAL_TEXT_SIZE]) {
    uint16_t reasons[OFFER_TOLD_REASONS];
    switch (part->kind) {
    case TEMPLATE_TEXT:
        return part->otherwise;
    case TEMPLATE_ID:
        return offer_row_name(rows, row, buffer);
    case TEMPLATE_REASON:
        offer_reasons_of(rows, settings, row, reasons);
        return reasons[0] == OFFER_NONE ? part->otherwise
                                        : offer_reason_words(rows, settings, reasons[0]);
    case TEMPLATE_COLUMN:
        break;
    }
    double value = part->column->values[row];
    if (part->column->n_levels > 0) {
        bool known = value < (double)part->column->n_levels; // a missing value is not
        return known ? part->words[(size_t)value] : part->otherwise;
    }
    if (!isfinite(value)) {
        return part->otherwise;
    }
    if (fabs(value) < 1e15 && value == floor(value)) {
        (void)snprintf(buffer, PEREBOR_REAL_TEXT_SIZE, "%.0f", value);
    } else {
        perebor_real_format(value, buffer);
    }
    return buffer;
}

bool text_template_fits(const text_template *template, const offer_settings *settings,
                        const offer_rows *rows, size_t row) {
    char buffer[PEREBOR_REAL_TEXT_SIZE];
    bool fits = true;
    for (size_t i = 0; fits && i < template->n_parts; i++) {
        fits = template->parts[i].otherwise != NULL ||
               fill(&template->parts[i], settings, rows, row, buffer) != NULL;
    }
    return fits;
}

void text_template_write(const text_template *template, const offer_settings *settings,
                         const offer_rows *rows, size_t row, FILE *stream) {
    char buffer[PEREBOR_REAL_TEXT_SIZE];
    for (size_t i = 0; i < template->n_parts; i++) {
        const char *text = fill(&template->parts[i], settings, rows, row, buffer);
        fputs(text == NULL ? "" : text, stream);
    }
}
