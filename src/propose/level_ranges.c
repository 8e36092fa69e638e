// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "propose/level_scales.h"
#include "propose/name_words.h"

enum { most_levels = 60 };

/** A level read as a range of numbers. */
typedef struct range {
    double low, high;
    bool is_range; /**< Two ends, or one and what lies beyond. */
    char unit[24]; /**< What follows a single number. */
} range;

static bool take(const char **text, const char *word) {
    size_t n = strlen(word);
    if (strncmp(*text, word, n) != 0) {
        return false;
    }
    *text += n;
    return true;
}

static void skip_blanks(const char **text) {
    *text += strspn(*text, " ");
}

/** Takes one of several words, which end with NULL. */
static bool take_any(const char **text, const char *const *words) {
    skip_blanks(text);
    for (size_t i = 0; words[i] != NULL; i++) {
        if (take(text, words[i])) {
            skip_blanks(text);
            return true;
        }
    }
    return false;
}

/** Takes digits with a point; k behind them is a thousand. */
static bool take_number(const char **text, double *number) {
    const char *at = *text;
    skip_blanks(&at);
    double sign = take(&at, "\xE2\x88\x92") ? -1.0 : 1.0;
    (void)take(&at, "$");
    (void)take(&at, "\xE2\x82\xAC");
    if (!isdigit((unsigned char)*at)) {
        return false;
    }
    double value = 0.0;
    for (; isdigit((unsigned char)*at); at++) {
        value = 10.0 * value + (*at - '0');
    }
    if (*at == '.' && isdigit((unsigned char)at[1])) {
        double unit = 0.1;
        for (at++; isdigit((unsigned char)*at); at++, unit /= 10.0) {
            value += unit * (*at - '0');
        }
    }
    if (*at == 'k' && !isalpha((unsigned char)at[1])) {
        value *= 1000.0;
        at++;
    }
    *number = sign * value;
    *text = at;
    return true;
}

/** Reads a level that was folded: "-" is a blank there. */
static bool read_range(const char *text, range *range) {
    static const char *const below[] = {"<=",        "<",     "\xE2\x89\xA4", "under", "below",
                                        "less than", "up to", "до",           "менее", NULL};
    static const char *const above[] = {">=",        ">",        "\xE2\x89\xA5", "over",  "above",
                                        "more than", "at least", "от",           "более", "свыше",
                                        NULL};
    static const char *const between[] = {"\xE2\x80\x93", "\xE2\x80\x94", "to ", "..",
                                          ", ",           "до ",          NULL};
    static const char *const beyond[] = {"+",    "and over", "and above", "and more", "or more",
                                         "plus", "и более",  "и старше",  NULL};
    *range = (struct range){.low = -INFINITY, .high = INFINITY, .is_range = true};
    bool bracket = *text == '(' || *text == '[';
    text += bracket;
    if (take_any(&text, below)) {
        return take_number(&text, &range->high);
    }
    if (take_any(&text, above)) {
        return take_number(&text, &range->low);
    }
    if (!take_number(&text, &range->low)) {
        return false;
    }
    bool blank = *text == ' ';
    if (take_any(&text, beyond)) {
        return true;
    }
    bool parted = take_any(&text, between) || blank;
    if (parted && take_number(&text, &range->high)) {
        skip_blanks(&text);
        return !isdigit((unsigned char)*text); // three numbers are a date
    }
    range->is_range = false;
    range->high = range->low;
    strncpy(range->unit, text, sizeof range->unit - 1);
    return *text != ':' && *text != '.' && *text != '/';
}

static bool are_apart(const range *ranges, size_t n) {
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            bool below = ranges[i].high <= ranges[j].low;
            bool above = ranges[j].high <= ranges[i].low;
            if (i != j && ((!below && !above) || ranges[i].low == ranges[j].low ||
                           ranges[i].high < ranges[i].low)) {
                return false;
            }
        }
    }
    return true;
}

const char *level_ranges_find(const char *const *levels, size_t n, double *places, bool *failed) {
    range ranges[most_levels];
    size_t n_ranges = 0;
    if (n < 2 || n > most_levels) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        char *text = name_words_fold(levels[i], failed);
        bool read = text != NULL && read_range(text, &ranges[i]);
        free(text);
        if (!read) {
            return NULL;
        }
        n_ranges += ranges[i].is_range;
        places[i] = ranges[i].low;
    }
    for (size_t i = 1; n_ranges == 0 && i < n; i++) {
        if (*ranges[i].unit == '\0' || strcmp(ranges[i].unit, ranges[0].unit) != 0) {
            return NULL;
        }
    }
    if (!are_apart(ranges, n)) {
        return NULL;
    }
    return n_ranges > 0 ? "ranges of numbers" : "numbers of one unit";
}
