// SPDX-License-Identifier: MIT
#include "perebor/setting.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

/** Which kinds a setting takes. */
typedef struct wanted {
    bool boolean, integer, real, text;
} wanted;

static wanted wanted_kinds(const perebor_setting *setting) {
    wanted wanted = {.text = setting->choices != NULL, .real = setting->accepts_real};
    switch (setting->default_value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        wanted.integer = !wanted.text || wanted.real;
        break;
    case PEREBOR_VALUE_BOOLEAN:
        wanted.boolean = true;
        break;
    case PEREBOR_VALUE_INTEGER:
        wanted.integer = true;
        break;
    case PEREBOR_VALUE_REAL:
        wanted.real = true;
        break;
    case PEREBOR_VALUE_TEXT:
        break;
    }
    return wanted;
}

bool perebor_setting_takes(const perebor_setting *setting, perebor_value_kind kind) {
    wanted wanted = wanted_kinds(setting);
    switch (kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return setting->optional;
    case PEREBOR_VALUE_BOOLEAN:
        return wanted.boolean;
    case PEREBOR_VALUE_INTEGER:
        return wanted.integer || wanted.real;
    case PEREBOR_VALUE_REAL:
        return wanted.real;
    case PEREBOR_VALUE_TEXT:
        return wanted.text;
    }
    return false;
}

/** A sentence being put together in a buffer that is always large enough or cut. */
typedef struct sentence {
    char text[640];
    size_t length;
} sentence;

PEREBOR_PRINTF_LIKE(2, 3) static void say(sentence *sentence, const char *format, ...) {
    size_t room = sizeof sentence->text - sentence->length;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(sentence->text + sentence->length, room, format, arguments);
    va_end(arguments);
    if (n > 0) {
        sentence->length += (size_t)n < room ? (size_t)n : room - 1;
    }
}

static void say_range(sentence *sentence, const perebor_setting *setting, bool whole) {
    say(sentence, whole ? "a whole number" : "a number");
    if (setting->min > setting->max) {
        return;
    }
    if (isfinite(setting->min)) {
        bool both = !setting->exclusive_minimum && isfinite(setting->max);
        say(sentence, setting->exclusive_minimum ? " above " : both ? " from " : " of at least ");
        say(sentence, "%.15g", setting->min);
    }
    if (isfinite(setting->max)) {
        bool both = !setting->exclusive_minimum && isfinite(setting->min);
        say(sentence, both ? " to " : isfinite(setting->min) ? " and at most " : " of at most ");
        say(sentence, "%.15g", setting->max);
    }
}

/** "a whole number of at least 1, a number from 0.0 to 1.0, "sqrt" or null" */
static void say_wanted(sentence *sentence, const perebor_setting *setting) {
    wanted wanted = wanted_kinds(setting);
    const char *comma = "";
    if (wanted.boolean) {
        say(sentence, "true or false");
        comma = ", ";
    }
    if (wanted.integer || wanted.real) {
        say(sentence, "%s", comma);
        say_range(sentence, setting, !wanted.real || setting->real_is_share);
        if (setting->real_is_share) {
            say(sentence, ", a share above 0.0 and at most 1.0");
        }
        comma = ", ";
    }
    for (const char *const *choice = setting->choices; choice != NULL && *choice != NULL;
         choice++) {
        say(sentence, "%s\"%s\"", choice[1] == NULL && *comma != '\0' ? " or " : comma, *choice);
        comma = ", ";
    }
    if (setting->optional) {
        say(sentence, " or null");
    }
}

size_t perebor_setting_describe(const perebor_setting *setting, char *text, size_t size) {
    sentence sentence = {.length = 0};
    say_wanted(&sentence, setting);
    if (size > 0) {
        (void)snprintf(text, size, "%s", sentence.text);
    }
    return sentence.length;
}

static perebor_status refuse(const perebor_setting *setting, perebor_value value,
                             perebor_error *error) {
    char shown[128];
    sentence sentence = {.length = 0};
    (void)perebor_value_format(value, shown, sizeof shown);
    say(&sentence, "%s cannot be %s; it takes ", *setting->name == '\0' ? "it" : setting->name,
        shown);
    say_wanted(&sentence, setting);
    if (value.kind == PEREBOR_VALUE_TEXT && setting->choices != NULL) {
        size_t n = 0;
        while (setting->choices[n] != NULL) {
            n++;
        }
        const char *nearest = perebor_suggest(value.as.text, setting->choices, n);
        if (nearest != NULL) {
            say(&sentence, "; did you mean \"%s\"?", nearest);
        }
    }
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%s", sentence.text);
}

static bool in_range(const perebor_setting *setting, double number) {
    if (!isfinite(number)) {
        return false;
    }
    if (setting->min > setting->max) {
        return true;
    }
    return setting->exclusive_minimum ? number > setting->min && number <= setting->max
                                      : number >= setting->min && number <= setting->max;
}

static bool accept_integer(const perebor_setting *setting, int64_t integer,
                           perebor_value *accepted) {
    wanted wanted = wanted_kinds(setting);
    if (!(wanted.integer || wanted.real) || !in_range(setting, (double)integer)) {
        return false;
    }
    *accepted = wanted.integer
                    ? (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = integer}
                    : (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = (double)integer};
    return true;
}

static bool accept_real(const perebor_setting *setting, double real, perebor_value *accepted) {
    wanted wanted = wanted_kinds(setting);
    bool allowed = setting->real_is_share ? real > 0.0 && real <= 1.0 : in_range(setting, real);
    if (wanted.real && allowed) {
        *accepted = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = real};
        return true;
    }
    bool whole = floor(real) == real && fabs(real) <= 9007199254740992.0;
    return wanted.integer && !wanted.real && whole &&
           accept_integer(setting, (int64_t)real, accepted);
}

static bool accept_text(const perebor_setting *setting, const char *text, perebor_value *accepted) {
    for (const char *const *choice = setting->choices; choice != NULL && *choice != NULL;
         choice++) {
        if (strcmp(*choice, text) == 0) {
            *accepted = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = *choice};
            return true;
        }
    }
    return false;
}

perebor_status perebor_setting_accept(const perebor_setting *setting, perebor_value value,
                                      perebor_value *accepted, perebor_error *error) {
    bool good = false;
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        good = setting->optional;
        value.kind = PEREBOR_VALUE_NONE; // its default is none
        break;
    case PEREBOR_VALUE_BOOLEAN:
        good = wanted_kinds(setting).boolean;
        break;
    case PEREBOR_VALUE_INTEGER:
        good = accept_integer(setting, value.as.integer, &value);
        break;
    case PEREBOR_VALUE_REAL:
        good = accept_real(setting, value.as.real, &value);
        break;
    case PEREBOR_VALUE_TEXT:
        good = accept_text(setting, value.as.text, &value);
        break;
    }
    if (!good) {
        return refuse(setting, value, error);
    }
    *accepted = value;
    return PEREBOR_OK;
}

/** Where a value stands: a number for itself, none beyond all, a text by its place. */
static double place(const perebor_setting *setting, perebor_value value) {
    switch (value.kind) {
    case PEREBOR_VALUE_INTEGER:
        return (double)value.as.integer;
    case PEREBOR_VALUE_REAL:
        return value.as.real;
    case PEREBOR_VALUE_TEXT:
        for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++) {
            if (strcmp(setting->choices[i], value.as.text) == 0) {
                return (double)i;
            }
        }
        return 0.0;
    default:
        return INFINITY;
    }
}

int perebor_setting_compare_simplicity(const perebor_setting *setting, perebor_value a,
                                       perebor_value b) {
    bool texts = a.kind == PEREBOR_VALUE_TEXT || b.kind == PEREBOR_VALUE_TEXT;
    bool shares = setting->real_is_share &&
                  (a.kind == PEREBOR_VALUE_REAL) != (b.kind == PEREBOR_VALUE_REAL) &&
                  (a.kind == PEREBOR_VALUE_INTEGER) != (b.kind == PEREBOR_VALUE_INTEGER);
    if (setting->simpler == PEREBOR_SIMPLER_NEITHER || ((texts || shares) && a.kind != b.kind)) {
        return 0; // "scale" beside a number, three columns beside half of all: one cannot tell
    }
    double left = place(setting, a), right = place(setting, b);
    int sign = (left > right) - (left < right);
    return setting->simpler == PEREBOR_SIMPLER_LESS ? sign : -sign;
}
