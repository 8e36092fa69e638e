// SPDX-License-Identifier: MIT
#include "config/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const words[3]) {
    return strcmp(text, words[0]) == 0 || strcmp(text, words[1]) == 0 ||
           strcmp(text, words[2]) == 0;
}

bool scalar_is_null(const char *text) {
    static const char *const words[3] = {"null", "Null", "NULL"};
    return *text == '\0' || strcmp(text, "~") == 0 || is_one_of(text, words);
}

bool scalar_is_boolean(const char *text, bool *value) {
    static const char *const yes[3] = {"true", "True", "TRUE"};
    static const char *const no[3] = {"false", "False", "FALSE"};
    *value = is_one_of(text, yes);
    return *value || is_one_of(text, no);
}

static const char *skip_digits(const char *text) {
    while (*text >= '0' && *text <= '9') {
        text++;
    }
    return text;
}

bool scalar_is_unsigned(const char *text, uint64_t *value) {
    if (*text == '\0' || *skip_digits(text) != '\0') {
        return false;
    }
    uint64_t sum = 0;
    for (const char *digit = text; *digit != '\0'; digit++) {
        uint64_t units = (uint64_t)(*digit - '0');
        if (sum > (UINT64_MAX - units) / 10) {
            return false;
        }
        sum = sum * 10 + units;
    }
    *value = sum;
    return true;
}

bool scalar_is_integer(const char *text, int64_t *value) {
    bool negative = *text == '-';
    uint64_t magnitude = 0;
    if (!scalar_is_unsigned(text + (negative || *text == '+'), &magnitude)) {
        return false;
    }
    if (magnitude > (uint64_t)INT64_MAX) {
        return false;
    }
    *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/** The end of a number without sign at @p text; @p text itself if there is none. */
static const char *skip_number(const char *text) {
    const char *whole_end = skip_digits(text);
    const char *end = whole_end;
    bool digits = whole_end != text;
    if (*end == '.') {
        const char *fraction_end = skip_digits(end + 1);
        digits = digits || fraction_end != end + 1;
        end = fraction_end;
    }
    if (!digits) {
        return text;
    }
    if (*end == 'e' || *end == 'E') {
        const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');
        const char *exponent_end = skip_digits(exponent);
        end = exponent_end == exponent ? end : exponent_end;
    }
    return end;
}

bool scalar_is_real(const char *text, double *value) {
    const char *number = text + (*text == '-' || *text == '+');
    const char *end = skip_number(number);
    if (end == number || *end != '\0') {
        return false;
    }
    *value = strtod(text, NULL);
    return true;
}

bool scalar_is_share(const char *text, double *value) {
    const char *end = skip_number(text);
    if (end == text || (*end != '\0' && strcmp(end, "%") != 0)) {
        return false;
    }
    double number = strtod(text, NULL);
    *value = *end == '%' ? number / 100.0 : number;
    return true;
}

bool scalar_is_duration(const char *text, double *seconds) {
    static const struct {
        char letter;
        double seconds;
    } units[] = {{'d', 86400.0}, {'h', 3600.0}, {'m', 60.0}, {'s', 1.0}};
    double sum = 0.0;
    size_t unit = 0;
    const char *at = text;
    while (*at != '\0') {
        const char *end = skip_number(at);
        if (end == at) {
            return false;
        }
        double number = strtod(at, NULL);
        if (*end == '\0' && at == text) { // seconds without a unit
            sum = number;
            break;
        }
        while (unit < 4 && units[unit].letter != *end) {
            unit++;
        }
        if (unit == 4) {
            return false;
        }
        sum += number * units[unit++].seconds;
        at = end + 1;
    }
    *seconds = sum;
    return sum > 0.0 && isfinite(sum);
}

bool scalar_is_bytes(const char *text, uint64_t *bytes) {
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"", 1.0},    {"B", 1.0},      {"kB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
                 {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    const char *end = skip_number(text);
    if (end == text) {
        return false;
    }
    const char *name = *end == ' ' ? end + 1 : end;
    for (size_t unit = 0; unit < sizeof units / sizeof *units; unit++) {
        double number = strtod(text, NULL) * units[unit].bytes;
        if (strcmp(name, units[unit].name) == 0 && number >= 1.0 && number <= 0x1p60) {
            *bytes = (uint64_t)number;
            return true;
        }
    }
    return false;
}

bool scalar_value(const char *text, perebor_value *value) {
    bool boolean = false;
    int64_t integer = 0;
    double real = 0.0;
    if (scalar_is_null(text)) {
        *value = (perebor_value){.kind = PEREBOR_VALUE_NULL};
    } else if (scalar_is_boolean(text, &boolean)) {
        *value = (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = boolean};
    } else if (scalar_is_integer(text, &integer)) {
        *value = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = integer};
    } else if (scalar_is_real(text, &real)) {
        bool whole = *skip_digits(text + (*text == '-' || *text == '+')) == '\0';
        if (whole || !isfinite(real)) { // an integer beyond 64 bits, or a real beyond all
            return false;
        }
        *value = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = real};
    } else {
        *value = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = text};
    }
    return true;
}
