// SPDX-License-Identifier: MIT
#include "cli/argument.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

error_t argument_file(int key, char *value, struct argp_state *state, argument_kind kind,
                      const char **file) {
    static const char *const kinds[][2] = {
        [ARGUMENT_EXPERIMENT] = {"an experiment", "one experiment"},
        [ARGUMENT_RESULT] = {"a result", "one result file"},
        [ARGUMENT_TABLE] = {"a table", "one table"},
    };
    if (key == ARGP_KEY_NO_ARGS) {
        argp_error(state, "name %s file", kinds[kind][0]);
        return 0;
    }
    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (state->arg_num > 0) {
        argp_error(state, "%s at a time; \"%s\" is one too many", kinds[kind][1], value);
    }
    if (*value == '\0') {
        argp_error(state, "the name of %s file is empty", kinds[kind][0]);
    }
    *file = value;
    return 0;
}

bool argument_read_number(const char *text, const char *end, uint64_t *number) {
    char *after = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &after, 10);
    if (errno != 0 || after != end || after == text || *text < '0' || *text > '9') {
        return false;
    }
    *number = value;
    return true;
}

uint64_t argument_number(const struct argp_state *state, const char *option, const char *value,
                         uint64_t least, uint64_t most) {
    uint64_t number = 0;
    if (!argument_read_number(value, value + strlen(value), &number) || number < least ||
        number > most) {
        if (most == UINT64_MAX) {
            argp_error(state, "%s %s: write a whole number from %" PRIu64 " to 2^64 - 1", option,
                       value, least);
        } else if (most < INT64_MAX) {
            argp_error(state, "%s %s: write a number from %" PRIu64 " to %" PRIu64, option, value,
                       least, most);
        } else {
            argp_error(state, "%s %s: write a whole number from %" PRIu64, option, value, least);
        }
    }
    return number;
}

double argument_hours(const struct argp_state *state, const char *value) {
    char *after = NULL;
    double hours = strtod(value, &after);
    if (after == value || *after != '\0' || !isfinite(hours) || !(hours > 0.0)) {
        argp_error(state, "--max-hours %s: write a positive number of hours", value);
    }
    return hours * 3600.0;
}

/** Reads "5:30" and the like, numbers with colons between. @return How many; 0: it is not that. */
static size_t read_clock(const char *text, uint64_t numbers[3]) {
    for (size_t n = 0; n < 3; n++) {
        const char *end = text + strcspn(text, ":");
        if (!argument_read_number(text, end, &numbers[n]) || numbers[n] > 1000000) {
            return 0;
        }
        if (*end == '\0') {
            return n + 1;
        }
        text = end + 1;
    }
    return 0;
}

double argument_time(const struct argp_state *state, const char *option, const char *value) {
    uint64_t days = 0;
    uint64_t numbers[3] = {0};
    const char *dash = strchr(value, '-');
    bool with_days = dash != NULL;
    bool read = !with_days || (argument_read_number(value, dash, &days) && days <= 10000);
    size_t n = read ? read_clock(with_days ? dash + 1 : value, numbers) : 0;
    // What the first number counts: hours after days and where there are three, else minutes.
    double unit = with_days || n == 3 ? 3600.0 : 60.0;
    double seconds = (double)days * 86400.0;
    for (size_t i = 0; i < n; i++) {
        seconds += (double)numbers[i] * unit;
        unit /= 60.0;
    }
    if (n == 0 || !(seconds > 0.0)) {
        argp_error(state, "%s %s: write minutes (90), HH:MM:SS or D-HH:MM:SS, more than none",
                   option, value);
    }
    return seconds;
}

bool argument_read_range(const char *text, argument_range *range) {
    const char *colon = strchr(text, ':');
    const char *end = text + strlen(text);
    range->one = colon == NULL;
    if (range->one) {
        bool read = argument_read_number(text, end, &range->first) && range->first < INT64_MAX;
        range->end = range->first + 1;
        return read;
    }
    return argument_read_number(text, colon, &range->first) &&
           argument_read_number(colon + 1, end, &range->end) && range->end <= INT64_MAX &&
           range->first < range->end;
}

void argument_trials(const struct argp_state *state, const char *value,
                     perebor_search_options *search) {
    argument_range range = {0};
    if (!argument_read_range(value, &range)) {
        argp_error(state, "--trials %s: write a number (500) or a range (500:1000)", value);
    }
    if (range.one && range.first == 0) {
        argp_error(state, "--trials 0: there is nothing to run; write 1 or more, or a range "
                          "(0:500)");
    }
    search->trials_given = true;
    search->first_trial = range.one ? 0 : range.first;
    search->end_trial = range.one ? range.first : range.end;
}

/** "csv|json" as it is said: "csv or json". */
static void say_words(const char *words, char *text, size_t size) {
    size_t used = 0;
    for (const char *at = words; *at != '\0' && used + 1 < size; at++) {
        if (*at != '|') {
            text[used++] = *at;
            text[used] = '\0';
        } else {
            bool last = strchr(at + 1, '|') == NULL;
            used += (size_t)snprintf(text + used, size - used, "%s", last ? " or " : ", ");
        }
    }
}

size_t argument_choice(const struct argp_state *state, const char *option, const char *value,
                       const char *words) {
    size_t length = strlen(value);
    const char *word = words;
    for (size_t place = 0;; place++) {
        size_t n = strcspn(word, "|");
        if (n == length && memcmp(word, value, n) == 0) {
            return place;
        }
        if (word[n] == '\0') {
            break;
        }
        word += n + 1;
    }
    char said[128] = "";
    say_words(words, said, sizeof said);
    argp_error(state, "%s %s: write %s", option, value, said);
    return 0;
}

const char *argument_one_of(const struct argp_state *state, const char *option, const char *value,
                            const char *const *words) {
    char joined[256] = "";
    size_t length = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        int added =
            snprintf(joined + length, sizeof joined - length, "%s%s", i > 0 ? "|" : "", words[i]);
        length += (size_t)added;
        assert(length < sizeof joined);
    }
    return words[argument_choice(state, option, value, joined)];
}

const char *argument_output(const struct argp_state *state, const char *option, const char *value) {
    if (*value == '\0') {
        argp_error(state, "%s: the name of the file is empty", option);
    }
    return value;
}

const char *argument_result_file(const struct argp_state *state, const char *option,
                                 const char *value) {
    (void)argument_output(state, option, value);
    static const char *const others[] = {
        ".csv",     ".tsv", ".txt",    ".json", ".yaml", ".yml",     ".md", ".xlsx",    ".html",
        ".parquet", ".db",  ".sqlite", ".gz",   ".zip",  ".journal", ".py", ".feather", NULL};
    const char *dot = strrchr(value, '.');
    for (size_t i = 0; dot != NULL && others[i] != NULL; i++) {
        if (strcasecmp(dot, others[i]) == 0) {
            argp_error(state,
                       "%s %s: a result is an HDF5 file; name it .h5, and 'perebor export' "
                       "writes its tables as CSV or JSON",
                       option, value);
        }
    }
    return value;
}

void argument_set(const struct argp_state *state, argument_overrides *list,
                  const char *assignment) {
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment) {
        argp_error(state, "--set %s: write key=value, such as --set search.run_cap=100",
                   assignment);
        return;
    }
    perebor_override *grown = realloc(list->items, (list->n + 1) * sizeof *grown);
    if (grown == NULL) {
        argp_failure(state, argp_err_exit_status, ENOMEM, "--set %s", assignment);
        return;
    }
    list->items = grown;
    char *key = strndup(assignment, (size_t)(equals - assignment));
    if (key == NULL) {
        argp_failure(state, argp_err_exit_status, ENOMEM, "--set %s", assignment);
        return;
    }
    list->items[list->n++] = (perebor_override){.key = key, .value = equals + 1};
}

void argument_overrides_release(argument_overrides *list) {
    for (size_t i = 0; i < list->n; i++) {
        free((char *)(uintptr_t)list->items[i].key); // NOLINT(performance-no-int-to-ptr)
    }
    free(list->items);
    *list = (argument_overrides){0};
}
