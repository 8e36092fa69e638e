// SPDX-License-Identifier: MIT
#include "campaign/campaign_log.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/suggest.h"
#include "base/try.h"
#include "data/id_index.h"
#include "table/lone_table.h"

/** A log while it is read. */
typedef struct log_reading {
    campaign_log *log;
    lone_table table;
    id_index ids;
    const campaign_settings *settings;
    const campaign_customers *customers;
    const char *path;
    size_t id, treated, outcome, offer, score; /**< Columns; TABLE_NO_COLUMN: none. */
    const char **names;                        /**< [n_lines] the offer of each customer kept */
    uint8_t *seen;                             /**< [n_rows] of the data */
    perebor_error *error;
} log_reading;

/** Finds a column of the log by its name. */
static perebor_status find_column(log_reading *reading, const char *name, const char *what,
                                  size_t *column) {
    *column = table_find_column(&reading->table.table, name);
    if (*column != TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    size_t n = reading->table.table.n_columns;
    const char **names = calloc(n + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < n; i++) {
        names[i] = reading->table.table.columns[i].name;
    }
    const char *near = names == NULL ? NULL : perebor_suggest(name, names, n);
    perebor_status status = perebor_fail(
        reading->error, PEREBOR_ERR_FORMAT, "%s has no column \"%.60s\"%s%.60s%s; say %s",
        reading->path, name, near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
        near == NULL ? "" : "\"?", what);
    free((void *)names);
    return status;
}

static perebor_status find_columns(log_reading *reading) {
    perebor_status status;
    const campaign_settings *settings = reading->settings;
    const char *id = settings->id != NULL ? settings->id
                     : reading->customers->dataset->id_name[0] != '\0'
                         ? reading->customers->dataset->id_name
                         : "id";
    PEREBOR_TRY(done, find_column(reading, id, "campaign.id", &reading->id));
    PEREBOR_TRY(done, find_column(reading, settings->treated.column, "campaign.treated",
                                  &reading->treated));
    PEREBOR_TRY(done, find_column(reading, settings->outcome.column, "campaign.outcome",
                                  &reading->outcome));
    reading->offer = reading->score = TABLE_NO_COLUMN;
    if (settings->offer != NULL) {
        PEREBOR_TRY(done, find_column(reading, settings->offer, "campaign.offer", &reading->offer));
    }
    if (settings->score != NULL) {
        PEREBOR_TRY(done, find_column(reading, settings->score, "campaign.score", &reading->score));
    }
done:
    return status;
}

static unsigned line_of(const log_reading *reading, size_t row) {
    const uint32_t *lines = reading->table.table.lines;
    return lines == NULL ? (unsigned)row + 2 : lines[row];
}

/** The score of a line: of the log, or the customer's probability. */
static perebor_status read_score(const log_reading *reading, size_t line, uint32_t row,
                                 double *score) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    if (reading->score == TABLE_NO_COLUMN) {
        *score = reading->customers->probabilities[row];
        return PEREBOR_OK;
    }
    *score = lone_table_number(&reading->table, reading->score, line);
    return isfinite(*score)
               ? PEREBOR_OK
               : perebor_fail(reading->error, PEREBOR_ERR_FORMAT,
                              "%s:%u: %.60s is \"%.60s\"; campaign.score names a column of numbers",
                              reading->path, line_of(reading, line), reading->settings->score,
                              lone_table_text(&reading->table, reading->score, line, buffer));
}

/** A customer who is in the log already. */
static perebor_status refuse_twice(const log_reading *reading, size_t line, const char *id) {
    return perebor_fail(reading->error, PEREBOR_ERR_FORMAT,
                        "%s:%u: the customer %.60s is there already; a log has one line a customer",
                        reading->path, line_of(reading, line), id);
}

/** Whether a word is yes; remembers what else there is. */
static uint8_t read_mark(log_reading *reading, campaign_words *words, const campaign_mark *mark,
                         const char *word) {
    if (strcmp(word, mark->positive) == 0) {
        return 1;
    }
    const char **first = words->no == NULL              ? &words->no
                         : strcmp(word, words->no) == 0 ? NULL
                         : words->other == NULL         ? &words->other
                                                        : NULL;
    words->n_other += words->no != NULL && strcmp(word, words->no) != 0;
    if (first != NULL) {
        *first = perebor_arena_text(&reading->log->arena, word);
    }
    return 0;
}

/** Counts a customer who was not treated as the plan has it. */
static void compare_with_plan(const log_reading *reading, uint32_t row, bool treated) {
    const campaign_part *parts = reading->customers->parts;
    if (parts != NULL && row != ID_INDEX_NONE) {
        reading->log->n_held_treated += treated && parts[row] == CAMPAIGN_HELD_OUT;
        reading->log->n_sent_not += !treated && parts[row] == CAMPAIGN_SENT;
    }
}

/** Reads one line; leaves it out where it says nothing. */
static perebor_status read_line(log_reading *reading, size_t line) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    perebor_status status;
    campaign_log *log = reading->log;
    const campaign_settings *settings = reading->settings;
    const char *id = lone_table_text(&reading->table, reading->id, line, buffer);
    uint32_t row = id_index_find(&reading->ids, id);
    bool stands_alone = reading->score != TABLE_NO_COLUMN; // needs nothing of the data
    if (row == ID_INDEX_NONE) {
        log->n_unknown += 1;
        if (!stands_alone) {
            return PEREBOR_OK;
        }
    } else if (reading->seen[row]++ != 0) {
        return refuse_twice(reading, line, id);
    }
    const char *name = "";
    if (reading->offer != TABLE_NO_COLUMN) {
        name = lone_table_text(&reading->table, reading->offer, line, buffer);
    } else if (reading->customers->offers != NULL && row != ID_INDEX_NONE) {
        name = reading->customers->offers[row];
    }
    size_t n = log->rows.n;
    reading->names[n] = perebor_arena_text(&log->arena, name == NULL ? "" : name);
    if (reading->names[n] == NULL) {
        return perebor_no_memory(reading->error, "for the log of a campaign");
    }
    const char *treated = lone_table_text(&reading->table, reading->treated, line, buffer);
    bool decided = *treated != '\0';
    if (decided) {
        log->treated[n] = read_mark(reading, &log->treated_words, &settings->treated, treated);
    }
    const char *outcome = lone_table_text(&reading->table, reading->outcome, line, buffer);
    decided = decided && *outcome != '\0';
    if (!decided) {
        log->n_undecided += 1;
        return PEREBOR_OK;
    }
    log->outcome[n] = read_mark(reading, &log->outcome_words, &settings->outcome, outcome);
    PEREBOR_TRY(done, read_score(reading, line, row, &log->score[n]));
    compare_with_plan(reading, row, log->treated[n] != 0);
    log->rows.n += 1;
done:
    return status;
}

/** Whether a mark is said of some and not of others. */
static perebor_status check_mark(const log_reading *reading, const campaign_mark *mark,
                                 const uint8_t *values) {
    size_t n = 0;
    for (size_t i = 0; i < reading->log->rows.n; i++) {
        n += values[i];
    }
    return n > 0 && n < reading->log->rows.n
               ? PEREBOR_OK
               : perebor_fail(
                     reading->error, PEREBOR_ERR_FORMAT,
                     "%s: of %zu customers %s \"%.60s\" in the column \"%.60s\": there is "
                     "nothing to compare; the section campaign of the experiment says what "
                     "means yes",
                     reading->path, reading->log->rows.n, n == 0 ? "none has" : "all have",
                     mark->positive, mark->column);
}

static int by_text(const void *left, const void *right) {
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;
    assert(a != NULL && b != NULL);
    return strcmp(a, b);
}

/** Numbers the offers by name. */
static perebor_status number_offers(log_reading *reading) {
    campaign_log *log = reading->log;
    size_t n = log->rows.n;
    const char **sorted = calloc(n + 1, sizeof *sorted);
    log->offers = perebor_arena_allocate(&log->arena, n + 1, sizeof *log->offers);
    if (sorted == NULL || log->offers == NULL) {
        free((void *)sorted);
        return perebor_no_memory(reading->error, "for the log of a campaign");
    }
    memcpy(sorted, reading->names, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_text);
    for (size_t i = 0; i < n; i++) {
        if (*sorted[i] != '\0' && (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)) {
            log->offers[log->n_offers++] = sorted[i];
        }
    }
    free((void *)sorted);
    for (size_t i = 0; i < n; i++) {
        const char **found =
            bsearch(&reading->names[i], log->offers, log->n_offers, sizeof *log->offers, by_text);
        log->offer[i] = found == NULL ? UINT32_MAX : (uint32_t)(found - log->offers);
    }
    return PEREBOR_OK;
}

static perebor_status read_lines(log_reading *reading) {
    perebor_status status;
    campaign_log *log = reading->log;
    size_t n = reading->table.table.n_rows;
    log->n_lines = n;
    log->treated = calloc(n + 1, 1);
    log->outcome = calloc(n + 1, 1);
    log->score = malloc((n + 1) * sizeof *log->score);
    log->offer = malloc((n + 1) * sizeof *log->offer);
    reading->names = calloc(n + 1, sizeof *reading->names);
    reading->seen = calloc(reading->customers->dataset->n_rows + 1, 1);
    if (log->treated == NULL || log->outcome == NULL || log->score == NULL || log->offer == NULL ||
        reading->names == NULL || reading->seen == NULL) {
        return perebor_no_memory(reading->error, "for the log of a campaign");
    }
    for (size_t line = 0; line < n; line++) {
        PEREBOR_TRY(done, read_line(reading, line));
    }
    if (log->rows.n == 0) {
        return perebor_fail(reading->error, PEREBOR_ERR_FORMAT,
                            "%s: none of its %zu lines is of a customer of this file, with an "
                            "outcome",
                            reading->path, n);
    }
    log->rows = (campaign_rows){log->rows.n, log->treated, log->outcome, log->score};
    PEREBOR_TRY(done, check_mark(reading, &reading->settings->treated, log->treated));
    PEREBOR_TRY(done, check_mark(reading, &reading->settings->outcome, log->outcome));
    PEREBOR_TRY(done, number_offers(reading));
done:
    return status;
}

perebor_status campaign_log_read(campaign_log *log, const char *path,
                                 const campaign_settings *settings,
                                 const campaign_customers *customers, perebor_error *error) {
    perebor_status status;
    log_reading reading = {
        .log = log, .settings = settings, .customers = customers, .path = path, .error = error};
    const perebor_table_source source = {.name = "log", .path = path};
    PEREBOR_TRY(done, lone_table_read(&reading.table, &source, error));
    PEREBOR_TRY(done, id_index_make(&reading.ids, customers->dataset, error));
    PEREBOR_TRY(done, find_columns(&reading));
    PEREBOR_TRY(done, read_lines(&reading));
    perebor_sha256_hex(reading.table.source.sha256, log->sha256);
done:
    free((void *)reading.names);
    free(reading.seen);
    id_index_release(&reading.ids);
    lone_table_release(&reading.table);
    return status;
}

void campaign_log_release(campaign_log *log) {
    free(log->treated);
    free(log->outcome);
    free(log->score);
    free(log->offer);
    perebor_arena_release(&log->arena);
    *log = (campaign_log){0};
}
