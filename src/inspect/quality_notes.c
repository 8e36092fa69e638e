// SPDX-License-Identifier: MIT
#include "inspect/quality_notes.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const char *keep(quality_notes *notes, const char *text) {
    const char *copy = perebor_arena_text(notes->arena, text != NULL ? text : "");
    notes->failed |= copy == NULL;
    return copy != NULL ? copy : "";
}

/** Makes room for one more of an array of things of @p size bytes; NULL if memory is short. */
static void *grow(quality_notes *notes, void *items, size_t n, size_t *capacity, size_t size) {
    if (n < *capacity) {
        return items;
    }
    size_t larger = *capacity == 0 ? 32 : 2 * *capacity;
    void *grown = realloc(items, larger * size);
    if (grown == NULL) {
        notes->failed = true;
        return NULL;
    }
    *capacity = larger;
    return grown;
}

static const char *const *keep_ids(quality_notes *notes, const char *const *ids, size_t *n) {
    const char **kept = perebor_arena_allocate(notes->arena, *n + 1, sizeof(const char *));
    if (kept == NULL) {
        notes->failed = true;
        *n = 0;
        return NULL;
    }
    if (*n > 0) {
        memcpy(kept, ids, *n * sizeof(const char *));
    }
    return kept;
}

void quality_note_finding(quality_notes *notes, perebor_finding finding, const char *format, ...) {
    char detail[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    detail[perebor_text_valid_length(detail, strlen(detail))] = '\0';
    perebor_finding *grown =
        grow(notes, notes->findings, notes->n_findings, &notes->findings_capacity, sizeof *grown);
    if (grown == NULL) {
        return;
    }
    notes->findings = grown;
    finding.stage = notes->stage;
    finding.table = keep(notes, finding.table);
    finding.column = keep(notes, finding.column);
    finding.detail = keep(notes, detail);
    finding.section = keep(notes, finding.section);
    finding.step = keep(notes, finding.step);
    finding.ids = keep_ids(notes, finding.ids, &finding.n_ids);
    notes->findings[notes->n_findings++] = finding;
}

void quality_note_column(quality_notes *notes, perebor_column_summary summary) {
    perebor_column_summary *grown =
        grow(notes, notes->columns, notes->n_columns, &notes->columns_capacity, sizeof *grown);
    if (grown == NULL) {
        return;
    }
    notes->columns = grown;
    summary.stage = notes->stage;
    summary.table = keep(notes, summary.table);
    summary.name = keep(notes, summary.name);
    summary.top = keep(notes, summary.top);
    notes->columns[notes->n_columns++] = summary;
}

/** The same text as the last correction had, or a copy: most of a step's corrections agree. */
static const char *keep_again(quality_notes *notes, const char *last, const char *text) {
    return last != NULL && strcmp(last, text) == 0 ? last : keep(notes, text);
}

uint32_t *quality_note_correction(quality_notes *notes, perebor_correction correction) {
    static const perebor_correction none = {0};
    perebor_correction *grown = grow(notes, notes->corrections, notes->n_corrections,
                                     &notes->corrections_capacity, sizeof *grown);
    uint32_t *lines =
        perebor_arena_allocate(notes->arena, correction.n_lines + 1, sizeof *correction.lines);
    notes->corrections = grown != NULL ? grown : notes->corrections;
    if (grown == NULL || lines == NULL) {
        notes->failed = true;
        return NULL;
    }
    const perebor_correction *last =
        notes->n_corrections > 0 ? &grown[notes->n_corrections - 1] : &none;
    correction.step = keep_again(notes, last->step, correction.step);
    correction.table = keep_again(notes, last->table, correction.table);
    correction.column = keep_again(notes, last->column, correction.column);
    correction.file = keep_again(notes, last->file, correction.file);
    correction.before = keep_again(notes, last->before, correction.before);
    correction.after = keep_again(notes, last->after, correction.after);
    correction.lines = lines;
    grown[notes->n_corrections++] = correction;
    notes->n_corrected += correction.n_lines > 0 ? correction.n_lines : 1;
    return lines;
}

const char *quality_format(quality_notes *notes, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = perebor_arena_vformat(notes->arena, format, arguments);
    va_end(arguments);
    notes->failed |= text == NULL;
    return text != NULL ? text : "";
}

void quality_list_add(quality_notes *notes, quality_list *list, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t needed = list->length + (length > 0 ? (size_t)length : 0) + 1;
    if (needed > list->capacity) {
        char *text = realloc(list->text, 2 * needed);
        list->text = text != NULL ? text : list->text;
        list->capacity = text != NULL ? 2 * needed : list->capacity;
    }
    if (needed > list->capacity || length < 0) {
        notes->failed = true;
    } else {
        (void)vsnprintf(list->text + list->length, (size_t)length + 1, format, again);
        list->length += (size_t)length;
    }
    va_end(again);
}

const char *quality_list_text(const quality_list *list) {
    return list->text != NULL ? list->text : "";
}

void quality_list_release(quality_list *list) {
    free(list->text);
    *list = (quality_list){0};
}

enum { n_shown = 5 };

void quality_ids_add(quality_notes *notes, quality_ids *ids, const char *id) {
    const char **texts = grow(notes, ids->texts, ids->n, &ids->capacity, sizeof(const char *));
    if (texts != NULL) {
        ids->texts = texts;
        ids->texts[ids->n++] = keep(notes, id);
    }
}

const char *quality_ids_shown(quality_notes *notes, const quality_ids *ids) {
    const char *shown = "";
    for (size_t i = 0; i < ids->n && i < n_shown; i++) {
        shown = quality_format(notes, "%s%s%s", shown, i > 0 ? ", " : "", ids->texts[i]);
    }
    return ids->n > n_shown ? quality_format(notes, "%s, ...", shown) : shown;
}

const char *quality_ids_filter(quality_notes *notes, const quality_ids *ids, const char *column,
                               const char *reason) {
    quality_list values = {0};
    for (size_t i = 0; i < ids->n; i++) {
        quality_list_add(notes, &values, "%s%s", i > 0 ? ", " : "",
                         quality_yaml(notes, ids->texts[i]));
    }
    const char *step =
        quality_format(notes, "- {column: %s, op: not_in, values: [%s], reason: %s}",
                       quality_yaml(notes, column), quality_list_text(&values), reason);
    quality_list_release(&values);
    return step;
}

void quality_ids_release(quality_ids *ids) {
    free(ids->texts);
    *ids = (quality_ids){0};
}

/** Whether a text has no control characters and none of the lead bytes of odd spaces. */
static bool is_visible(const char *text) {
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        if (*byte < ' ' || *byte == 0x7F || *byte == 0xC2 || *byte == 0xE2 || *byte == 0xEF) {
            return false;
        }
    }
    return true;
}

/** Whether YAML reads a plain scalar as this very text, in a flow collection too. */
static bool is_plain(const char *text) {
    static const char *const words[] = {"true", "false", "yes", "no", "on",
                                        "off",  "null",  "y",   "n"};
    unsigned char first = (unsigned char)text[0];
    size_t length = strlen(text);
    if (length == 0 || !(isalpha(first) || first == '_' || first >= 0x80) ||
        text[length - 1] == ' ' || !is_visible(text)) {
        return false;
    }
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        if (!isalnum(*byte) && *byte < 0x80 && strchr("_- .", *byte) == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            return false;
        }
    }
    return true;
}

/** A text between quotation marks; those in it stand twice. */
static const char *quote(quality_notes *notes, const char *text, char mark) {
    char *quoted = perebor_arena_allocate(notes->arena, 2 * strlen(text) + 3, 1);
    if (quoted == NULL) {
        notes->failed = true;
        return "";
    }
    char *end = quoted;
    *end++ = mark;
    for (; *text != '\0'; text++) {
        if (*text == mark) {
            *end++ = mark;
        }
        *end++ = *text;
    }
    *end = mark;
    return quoted;
}

const char *quality_yaml(quality_notes *notes, const char *text) {
    if (is_plain(text)) {
        return keep(notes, text);
    }
    if (strchr(text, '"') != NULL && is_visible(text)) {
        return quote(notes, text, '\''); // which YAML takes as it is but for those quotes
    }
    perebor_json json = {0};
    perebor_json_text(&json, text); // every JSON string is a YAML scalar
    char *quoted = perebor_json_take(&json);
    notes->failed |= quoted == NULL;
    const char *kept = keep(notes, quoted);
    free(quoted);
    return kept;
}

const char *quality_sql_name(quality_notes *notes, const char *text) {
    return quote(notes, text, '"');
}

const char *quality_number(quality_notes *notes, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    size_t length = perebor_real_format(value, text);
    if (length > 2 && strcmp(text + length - 2, ".0") == 0) {
        text[length - 2] = '\0';
    }
    return keep(notes, text);
}

perebor_status quality_notes_check(const quality_notes *notes, perebor_error *error) {
    return notes->failed ? perebor_no_memory(error, "to note what tables hold") : PEREBOR_OK;
}

void quality_notes_release(quality_notes *notes) {
    free(notes->findings);
    free(notes->columns);
    free(notes->corrections);
    *notes = (quality_notes){0};
}
