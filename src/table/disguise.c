// SPDX-License-Identifier: MIT
#include "table/disguise.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "table/decimal_mark.h"
#include "table/dialect.h"

/** Signs and words behind or before an amount. */
static const char *const units[] = {"%",
                                    "\xE2\x80\xB0" /* per mille */,
                                    "$",
                                    "\xE2\x82\xAC" /* euro */,
                                    "\xC2\xA3" /* pound */,
                                    "\xC2\xA5" /* yen */,
                                    "\xE2\x82\xBD" /* rouble */,
                                    "руб.",
                                    "руб",
                                    "р.",
                                    "USD",
                                    "EUR",
                                    "RUB",
                                    "GBP"};
enum { n_units = sizeof units / sizeof *units };

/** A unit at the beginning of a text, or at its end; its length, 0 if none. */
static size_t unit_length(const char *text, size_t length, bool at_end) {
    for (size_t i = 0; i < n_units; i++) {
        size_t n = strlen(units[i]);
        if (n < length && memcmp(at_end ? text + length - n : text, units[i], n) == 0) {
            return n;
        }
    }
    return 0;
}

static bool is_amount(const char *text, size_t length) {
    size_t sign = length > 0 && (*text == '-' || *text == '+');
    size_t n_digits = 0;
    while (sign + n_digits < length && isdigit((unsigned char)text[sign + n_digits])) {
        n_digits++;
    }
    return (n_digits > 0 && sign + n_digits == length) || table_is_decimal(text, length, '.') ||
           table_is_decimal(text, length, ',') || decimal_mark_is_number(text, length);
}

/** A number with a unit before or behind it: which one. */
static bool has_unit(const char *text, const char **unit, size_t *n_unit) {
    size_t length = strlen(text);
    perebor_text_trim(&text, &length);
    size_t sign = length > 0 && (*text == '-' || *text == '+');
    size_t before = unit_length(text + sign, length - sign, false);
    size_t behind = before > 0 ? 0 : unit_length(text, length, true);
    if (before + behind == 0) {
        return false;
    }
    *unit = before > 0 ? text + sign : text + length - behind;
    *n_unit = before + behind;
    text += before > 0 ? sign + before : 0;
    length -= before > 0 ? sign + before : behind;
    perebor_text_trim(&text, &length);
    return is_amount(text, length);
}

/** An infinity by name, or a number that is too large to be one. */
static bool is_infinite(const char *text) {
    const char *name = text + (*text == '-' || *text == '+');
    if (strcasecmp(name, "inf") == 0 || strcasecmp(name, "infinity") == 0) {
        return true;
    }
    size_t digits = strspn(name, "0123456789.eE+-");
    char *end = NULL;
    bool plain = name[digits] == '\0' && isdigit((unsigned char)*name);
    return plain && isinf(strtod(name, &end)) && *end == '\0';
}

/** Takes from one to so many digits; their number. */
static int take_digits(const char **text, int most) {
    int n = 0;
    while (n < most && isdigit((unsigned char)**text)) {
        (*text)++;
        n++;
    }
    return n;
}

/** A day, with or without a time. */
static bool is_day(const char *text) {
    int n_first = take_digits(&text, 4);
    char mark = *text;
    if (n_first == 0 || n_first == 3 || mark == '\0' || strchr("-./", mark) == NULL) {
        return false;
    }
    text++;
    int n_second = take_digits(&text, 2);
    if (n_second == 0 || *text != mark) {
        return false;
    }
    text++;
    int n_third = take_digits(&text, 4);
    bool year_is_there = n_first == 4 ? n_third == 1 || n_third == 2 : n_third == 2 || n_third == 4;
    return year_is_there && (*text == '\0' || *text == ' ' || *text == 'T');
}

table_disguise table_disguise_of(const char *text) {
    const char *unit;
    size_t n_unit;
    return is_day(text)                                 ? TABLE_DISGUISE_DAY
           : decimal_mark_is_number(text, strlen(text)) ? TABLE_DISGUISE_MARK
           : has_unit(text, &unit, &n_unit)             ? TABLE_DISGUISE_UNIT
           : is_infinite(text)                          ? TABLE_DISGUISE_INFINITE
                                                        : TABLE_DISGUISE_NONE;
}

void table_disguises_add(table_disguises *seen, const char *text) {
    const char *unit = NULL;
    size_t n_unit = 0;
    if (seen->differ) {
        return;
    }
    table_disguise kind = table_disguise_of(text);
    if (kind == TABLE_DISGUISE_UNIT) {
        (void)has_unit(text, &unit, &n_unit);
    }
    bool iso =
        strspn(text, "0123456789") == 4 && text[4] == '-' && strlen(text) >= 10 && text[7] == '-';
    bool dotted = strlen(text) == 10 && text[2] == '.' && text[5] == '.';
    bool first = seen->n_texts++ == 0;
    if (first) {
        seen->kind = kind;
        seen->unit = unit;
        seen->n_unit = n_unit;
    }
    seen->is_iso = iso && (first || seen->is_iso);
    seen->is_dotted = dotted && (first || seen->is_dotted);
    if (kind == TABLE_DISGUISE_NONE || kind != seen->kind || n_unit != seen->n_unit ||
        (n_unit > 0 && memcmp(unit, seen->unit, n_unit) != 0)) {
        seen->differ = true;
        seen->kind = TABLE_DISGUISE_NONE;
    }
}

bool table_levels_are_disguised(const char *const *levels, size_t n_levels) {
    table_disguises seen = {0};
    for (size_t i = 0; i < n_levels && !seen.differ; i++) {
        char *end = NULL;
        double number = strtod(levels[i], &end);
        bool is_number = end != levels[i] && *end == '\0' && isfinite(number);
        if (!is_number) {
            table_disguises_add(&seen, levels[i]);
        }
    }
    return seen.n_texts > 0 && !seen.differ;
}
