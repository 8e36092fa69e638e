// SPDX-License-Identifier: MIT
/*
 * Trials for a terminal, a line each, as wide as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "report/trial_list.h"

enum {
    indent = 33 /* Where parameters begin after one metric, and further lines of them. */,
    word_size = 256
};

/** A line under way. */
typedef struct table_line {
    FILE *stream;
    size_t width, used;
} table_line;

/** Writes a word after a blank, in the next line if this one is full. */
static void put_word(table_line *line, const char *word) {
    size_t length = perebor_text_n_characters(word);
    if (line->width > 0 && line->used + 1 + length > line->width && line->used > indent) {
        fprintf(line->stream, "\n%*s", indent, "");
        line->used = indent;
    }
    fprintf(line->stream, " %s", word);
    line->used += 1 + length;
}

static perebor_value value_at(const perebor_trials *trials, size_t trial, size_t parameter) {
    return trials->values[trial * trials->n_parameters + parameter];
}

/** "name=value", of a real five digits. */
static void put_parameter(table_line *line, const perebor_trials *trials, size_t trial,
                          size_t parameter) {
    char word[word_size];
    char value[word_size / 2];
    perebor_value shown = value_at(trials, trial, parameter);
    if (shown.kind == PEREBOR_VALUE_TEXT) {
        (void)snprintf(value, sizeof value, "%s", shown.as.text);
    } else if (shown.kind == PEREBOR_VALUE_REAL) {
        (void)snprintf(value, sizeof value, "%.5g", shown.as.real);
    } else {
        (void)perebor_value_format(shown, value, sizeof value);
    }
    (void)snprintf(word, sizeof word, "%s=%s", trials->parameter_names[parameter], value);
    put_word(line, word);
}

static bool equal_values(perebor_value one, perebor_value other) {
    if (one.kind != other.kind) {
        return false;
    }
    switch (one.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return true;
    case PEREBOR_VALUE_BOOLEAN:
        return one.as.boolean == other.as.boolean;
    case PEREBOR_VALUE_INTEGER:
        return one.as.integer == other.as.integer;
    case PEREBOR_VALUE_REAL:
        return one.as.real == other.as.real;
    case PEREBOR_VALUE_TEXT:
        return strcmp(one.as.text, other.as.text) == 0;
    }
    return false;
}

/** Marks the parameters that all of several listed trials have alike. */
static void find_constant(const perebor_trial_list *list, bool *is_constant) {
    const perebor_trials *trials = list->trials;
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        is_constant[parameter] = list->n > 1;
        for (size_t i = 1; i < list->n && is_constant[parameter]; i++) {
            is_constant[parameter] = equal_values(value_at(trials, list->rows[0], parameter),
                                                  value_at(trials, list->rows[i], parameter));
        }
    }
}

static void write_constant(const perebor_trial_list *list, const bool *is_constant, size_t width,
                           FILE *stream) {
    const perebor_trials *trials = list->trials;
    table_line line = {.stream = stream, .width = width};
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        if (!is_constant[parameter] ||
            value_at(trials, list->rows[0], parameter).kind == PEREBOR_VALUE_NONE) {
            continue;
        }
        if (line.used == 0) {
            fputs("all have", stream);
            line.used = strlen("all have");
        }
        put_parameter(&line, trials, list->rows[0], parameter);
    }
    if (line.used > 0) {
        fputc('\n', stream);
    }
}

/** The width of a metric's column: its name, or a score of six places. */
static int metric_width(const perebor_trials *trials, size_t metric) {
    enum { score_width = 8, most = 64 };
    size_t length = strnlen(trials->metric_names[metric], most);
    return length > score_width ? (int)length : score_width;
}

/** Rank, trial, mean and deviation by the selecting metric, and the means by the others. */
static void write_scores(const perebor_trial_list *list, size_t trial, table_line *line) {
    const perebor_trials *trials = list->trials;
    FILE *stream = line->stream;
    unsigned long long number = trials->first_trial + trial;
    bool complete = trials->state[trial] == PEREBOR_TRIAL_COMPLETE;
    int used =
        complete ? fprintf(stream, "%5u  %7llu  %*.6f  %6.4f", (unsigned)list->ranks[trial], number,
                           metric_width(trials, 0), perebor_trials_mean_test_score(trials, trial),
                           perebor_trials_std_test_score(trials, trial))
                 : fprintf(stream, "%5s  %7llu  %*s  %6s", "-", number, metric_width(trials, 0),
                           perebor_trial_state_name(trials->state[trial]), "-");
    for (size_t metric = 1; metric < trials->n_metrics; metric++) {
        int width = metric_width(trials, metric);
        used += complete ? fprintf(stream, "  %*.6f", width,
                                   perebor_trials_mean(trials, trial, metric, PEREBOR_TEST))
                         : fprintf(stream, "  %*s", width, "-");
    }
    used += fprintf(stream, " ");
    line->used = used > indent ? (size_t)used : indent;
}

static void write_header(const perebor_trials *trials, FILE *stream) {
    fprintf(stream, "%5s  %7s  %*s  %6s", "rank", "trial", metric_width(trials, 0),
            trials->metric_names[0], "sd");
    for (size_t metric = 1; metric < trials->n_metrics; metric++) {
        fprintf(stream, "  %*s", metric_width(trials, metric), trials->metric_names[metric]);
    }
    fputs("  parameters\n", stream);
}

static void write_trial(const perebor_trial_list *list, size_t i, const bool *is_constant,
                        size_t width, FILE *stream) {
    const perebor_trials *trials = list->trials;
    size_t trial = list->rows[i];
    table_line line = {.stream = stream, .width = width};
    write_scores(list, trial, &line);
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        if (!is_constant[parameter] &&
            value_at(trials, trial, parameter).kind != PEREBOR_VALUE_NONE) {
            put_parameter(&line, trials, trial, parameter);
        }
    }
    if (list->n_equal != NULL && list->n_equal[i] > 1) {
        char word[64];
        (void)snprintf(word, sizeof word, "(and %u equal)", (unsigned)list->n_equal[i] - 1);
        put_word(&line, word);
    }
    if (trials->error[trial] != NULL) {
        fprintf(stream, "  (%s)", trials->error[trial]);
    }
    fputc('\n', stream);
}

perebor_status perebor_trial_list_write_table(const perebor_trial_list *list, size_t width,
                                              FILE *stream, perebor_error *error) {
    bool *is_constant = calloc(list->trials->n_parameters + 1, sizeof *is_constant);
    if (is_constant == NULL) {
        return perebor_no_memory(error, "to list trials");
    }
    find_constant(list, is_constant);
    if (list->n > 0) {
        write_constant(list, is_constant, width, stream);
    }
    write_header(list->trials, stream);
    for (size_t i = 0; i < list->n; i++) {
        write_trial(list, i, is_constant, width, stream);
    }
    free(is_constant);
    if (fflush(stream) != 0 || ferror(stream)) {
        return perebor_fail(error, PEREBOR_ERR_IO, "the list of trials could not be written");
    }
    return PEREBOR_OK;
}
