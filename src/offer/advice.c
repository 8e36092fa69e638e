// SPDX-License-Identifier: MIT
#include "offer/advice.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "offer/conditions.h"
#include "segment/columns.h"

/** Writes a number with the file's decimal mark. */
static void write_number(FILE *stream, const char *decimal, const char *format, int digits,
                         double value) {
    char text[400];
    (void)snprintf(text, sizeof text, format, digits, value == 0.0 ? 0.0 : value);
    char *point = strchr(text, '.');
    if (point == NULL) {
        fputs(text, stream);
    } else {
        *point = '\0';
        fprintf(stream, "%s%s%s", text, decimal, point + 1);
    }
}

/** Writes a number by the format behind the colon; NULL: none. @return False: there is no such. */
static bool write_formatted(FILE *stream, const char *decimal, const char *format, double value) {
    bool percent = format != NULL && *format == '%';
    const char *digits = format == NULL ? "" : percent ? format + 1 : format;
    if (strlen(digits) > 1 || (*digits != '\0' && (*digits < '0' || *digits > '9')) ||
        (format != NULL && !percent && *digits == '\0')) {
        return false;
    }
    if (!isfinite(value)) {
        fputs("–", stream);
    } else if (percent) {
        write_number(stream, decimal, "%.*f", *digits == '\0' ? 0 : *digits - '0', 100.0 * value);
        fputs(" %", stream);
    } else if (format != NULL) {
        write_number(stream, decimal, "%.*f", *digits - '0', value);
    } else if (fabs(value) < 1e15 && value == floor(value)) {
        write_number(stream, decimal, "%.*f", 0, value);
    } else {
        write_number(stream, decimal, "%.*f",
                     fabs(value) < 10.0    ? 2
                     : fabs(value) < 100.0 ? 1
                                           : 0,
                     value);
    }
    return true;
}

/** What stands between two braces. */
static perebor_status write_gap(const advice_sentence *sentence, const offer_advice *advice,
                                const perebor_dataset *figures, size_t row, const char *gap,
                                size_t length, FILE *stream, perebor_error *error) {
    char name[100] = "", *format = NULL;
    if (length < sizeof name) {
        memcpy(name, gap, length);
        name[length] = '\0';
        format = strchr(name, ':');
    }
    if (format != NULL) {
        *format++ = '\0';
    }
    const perebor_column *figure = segment_find_column(figures, name);
    if (figure == NULL) {
        return segment_fail_at(advice->file, sentence->at, error,
                               "there is no figure \"%.*s\"; docs/reference/advice.md lists them",
                               (int)(length < 60 ? length : 60), gap);
    }
    if (figure->n_levels > 0) {
        const char *text = segment_level(figure, row);
        fputs(text == NULL ? "–" : text, stream);
        return PEREBOR_OK;
    }
    return write_formatted(stream, advice->decimal, format, figure->values[row])
               ? PEREBOR_OK
               : segment_fail_at(advice->file, sentence->at, error,
                                 "{%s:%s}: behind the colon stands how many decimals, 0 to 9, or "
                                 "%% and how many",
                                 name, format);
}

perebor_status advice_text_write(const advice_sentence *sentence, const offer_advice *advice,
                                 const perebor_dataset *figures, size_t row, FILE *stream,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *at = sentence->text;
    while (*at != '\0') {
        size_t length = strcspn(at, "{");
        bool doubled = at[length] == '{' && at[length + 1] == '{';
        (void)fwrite(at, 1, length + (doubled ? 1 : 0), stream);
        at += length + (doubled ? 2 : 0);
        if (doubled || *at == '\0') {
            continue;
        }
        const char *end = strchr(at, '}');
        if (end == NULL) {
            return segment_fail_at(advice->file, sentence->at, error,
                                   "a gap has no } at its end; {{ is a brace");
        }
        PEREBOR_TRY(done, write_gap(sentence, advice, figures, row, at + 1, (size_t)(end - at) - 1,
                                    stream, error));
        at = end + 1;
    }
done:
    return status;
}

/** Looks up for which rows each sentence holds. @param[out] holds [part->n][n_rows] */
static perebor_status look_up(uint8_t *holds, const advice_part *part, const offer_advice *advice,
                              const perebor_dataset *figures, perebor_error *error) {
    size_t n_rows = figures->n_rows;
    segment_rule *rules = calloc(part->n + 1, sizeof *rules);
    double *zero = calloc(n_rows + 1, sizeof *zero);
    uint32_t *rank = calloc(n_rows + 1, sizeof *rank);
    uint8_t *none = malloc(n_rows + 1);
    perebor_status status;
    if (rules == NULL || zero == NULL || rank == NULL || none == NULL) {
        status = perebor_no_memory(error, "for advice");
        goto done;
    }
    memset(none, SEGMENT_NO_BAND, n_rows + 1);
    for (size_t i = 0; i < part->n; i++) {
        const char *where = part->sentences[i].where;
        rules[i] = (segment_rule){"where", where == NULL ? "1" : where, "", part->sentences[i].at};
    }
    // Rows of figures are not scored: what conditions see of scores is 0 and no band.
    const segment_bands no_bands = {0};
    const segment_worth worth = {.n_rows = n_rows,
                                 .value = zero,
                                 .at_risk = zero,
                                 .rank = rank,
                                 .risk = none,
                                 .worth = none};
    const offer_rows rows = {.dataset = figures,
                             .probabilities = zero,
                             .worth = &worth,
                             .risk = &no_bands,
                             .worth_bands = &no_bands};
    status = conditions_look_up(holds, rules, part->n, &rows, advice->file, error);
done:
    free(rules);
    free(zero);
    free(rank);
    free(none);
    return status;
}

perebor_status advice_part_write(const advice_part *part, const offer_advice *advice,
                                 const perebor_dataset *figures, FILE *stream,
                                 perebor_error *error) {
    perebor_status status;
    size_t n_rows = figures->n_rows;
    uint8_t *holds = calloc(part->n * n_rows + 1, 1);
    if (holds == NULL) {
        return perebor_no_memory(error, "for advice");
    }
    PEREBOR_TRY(done, look_up(holds, part, advice, figures, error));
    for (size_t row = 0; row < n_rows; row++) {
        bool begun = false;
        for (size_t i = 0; i < part->n; i++) {
            if (holds[i * n_rows + row] == 0) {
                continue;
            }
            const advice_sentence heading = {NULL, part->heading, part->sentences[i].at};
            if (!begun) {
                fputs("\n## ", stream);
                PEREBOR_TRY(done, advice_text_write(&heading, advice, figures, row, stream, error));
                fputs("\n\n", stream);
                begun = true;
            }
            fputs("* ", stream);
            PEREBOR_TRY(
                done, advice_text_write(&part->sentences[i], advice, figures, row, stream, error));
            fputc('\n', stream);
        }
    }
done:
    free(holds);
    return status;
}
