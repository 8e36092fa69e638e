// SPDX-License-Identifier: MIT
#include "cli/number_argument.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_argument_count(const char *text, const char *end, uint64_t *count) {
    char *after = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &after, 10);
    if (errno != 0 || after != end || after == text || *text < '0' || *text > '9' ||
        value > INT64_MAX) {
        return false;
    }
    *count = value;
    return true;
}

bool number_argument_trials(const char *text, perebor_search_options *search) {
    const char *colon = strchr(text, ':');
    const char *end = text + strlen(text);
    search->trials_given = true;
    if (colon == NULL) {
        search->first_trial = 0;
        return number_argument_count(text, end, &search->end_trial);
    }
    return number_argument_count(text, colon, &search->first_trial) &&
           number_argument_count(colon + 1, end, &search->end_trial) &&
           search->first_trial < search->end_trial;
}
