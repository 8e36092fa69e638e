// SPDX-License-Identifier: MIT
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(perebor_json *json, size_t more) {
    if (json->failed) {
        return false;
    }
    if (json->capacity - json->length > more) {
        return true;
    }
    size_t capacity = json->capacity == 0 ? 256 : json->capacity;
    while (capacity - json->length <= more) {
        capacity *= 2;
    }
    char *text = realloc(json->text, capacity);
    if (text == NULL) {
        json->failed = true;
        return false;
    }
    json->text = text;
    json->capacity = capacity;
    return true;
}

static void append(perebor_json *json, const char *bytes, size_t n) {
    if (reserve(json, n)) {
        memcpy(json->text + json->length, bytes, n);
        json->length += n;
        json->text[json->length] = '\0';
    }
}

/** Writes a whole value, after the comma it may need. */
static void append_value(perebor_json *json, const char *bytes, size_t n) {
    if (json->separate) {
        append(json, ",", 1);
    }
    append(json, bytes, n);
    json->separate = true;
}

void perebor_json_begin_object(perebor_json *json) {
    append_value(json, "{", 1);
    json->separate = false;
}

void perebor_json_end_object(perebor_json *json) {
    append(json, "}", 1);
    json->separate = true;
}

void perebor_json_begin_array(perebor_json *json) {
    append_value(json, "[", 1);
    json->separate = false;
}

void perebor_json_end_array(perebor_json *json) {
    append(json, "]", 1);
    json->separate = true;
}

/** Length of the well-formed UTF-8 sequence at @p text, or 0. */
static size_t sequence_length(const unsigned char *text) {
    unsigned char lead = text[0];
    if (lead < 0x80u) {
        return 1;
    }
    size_t n = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : 2;
    if (lead < 0xC2u || lead > 0xF4u) {
        return 0;
    }
    unsigned char low = lead == 0xE0u ? 0xA0u : lead == 0xF0u ? 0x90u : 0x80u;
    unsigned char high = lead == 0xEDu ? 0x9Fu : lead == 0xF4u ? 0x8Fu : 0xBFu;
    for (size_t i = 1; i < n; i++) {
        if (text[i] < low || text[i] > high) {
            return 0;
        }
        low = 0x80u;
        high = 0xBFu;
    }
    return n;
}

static void append_escape(perebor_json *json, unsigned char byte) {
    static const char names[] = "btn?fr"; // of 0x08 to 0x0d
    char text[8];
    int n;
    if (byte == '"' || byte == '\\') {
        n = snprintf(text, sizeof text, "\\%c", byte);
    } else if (byte >= 0x08u && byte <= 0x0du && byte != 0x0bu) {
        n = snprintf(text, sizeof text, "\\%c", names[byte - 0x08u]);
    } else {
        n = snprintf(text, sizeof text, "\\u%04x", byte);
    }
    append(json, text, (size_t)n);
}

/**
 * The code point of a sequence of two or three bytes that YAML takes for the end of a line, or does
 * not allow: U+0080 to U+009F, U+2028, U+2029, U+FEFF, U+FFFE, U+FFFF. Else 0.
 */
static unsigned find_unprintable(const unsigned char *text, size_t n) {
    unsigned point = n == 2   ? (text[0] & 0x1Fu) << 6 | (text[1] & 0x3Fu)
                     : n == 3 ? (text[0] & 0x0Fu) << 12 | (text[1] & 0x3Fu) << 6 | (text[2] & 0x3Fu)
                              : 0;
    bool unprintable = (point >= 0x80u && point < 0xA0u) || point == 0x2028u || point == 0x2029u ||
                       point == 0xFEFFu || point == 0xFFFEu || point == 0xFFFFu;
    return unprintable ? point : 0;
}

static void append_quoted(perebor_json *json, const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    append(json, "\"", 1);
    while (*at != '\0') {
        size_t n = sequence_length(at);
        if (n == 0) {
            append(json, "\xEF\xBF\xBD", 3);
            n = 1;
        } else if (*at < 0x20u || *at == '"' || *at == '\\' || *at == 0x7fu) {
            append_escape(json, *at);
        } else if (find_unprintable(at, n) != 0) {
            char escape[8];
            (void)snprintf(escape, sizeof escape, "\\u%04x", find_unprintable(at, n));
            append(json, escape, 6);
        } else {
            append(json, (const char *)at, n);
        }
        at += n;
    }
    append(json, "\"", 1);
}

void perebor_json_key(perebor_json *json, const char *key) {
    if (json->separate) {
        append(json, ",", 1);
    }
    append_quoted(json, key);
    append(json, ":", 1);
    json->separate = false;
}

void perebor_json_text(perebor_json *json, const char *text) {
    if (text == NULL) {
        perebor_json_null(json);
        return;
    }
    append_value(json, "", 0);
    append_quoted(json, text);
}

void perebor_json_integer(perebor_json *json, int64_t value) {
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64, value);
    append_value(json, text, (size_t)n);
}

void perebor_json_unsigned(perebor_json *json, uint64_t value) {
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRIu64, value);
    append_value(json, text, (size_t)n);
}

void perebor_json_real(perebor_json *json, double value) {
    if (!isfinite(value)) {
        perebor_json_null(json);
        return;
    }
    char text[PEREBOR_REAL_TEXT_SIZE];
    size_t n = perebor_real_format(value, text);
    append_value(json, text, n);
}

void perebor_json_boolean(perebor_json *json, bool value) {
    perebor_json_raw(json, value ? "true" : "false");
}

void perebor_json_null(perebor_json *json) {
    perebor_json_raw(json, "null");
}

void perebor_json_raw(perebor_json *json, const char *text) {
    append_value(json, text, strlen(text));
}

void perebor_json_put_text(perebor_json *json, const char *key, const char *text) {
    perebor_json_key(json, key);
    perebor_json_text(json, text);
}

void perebor_json_put_integer(perebor_json *json, const char *key, int64_t value) {
    perebor_json_key(json, key);
    perebor_json_integer(json, value);
}

void perebor_json_put_unsigned(perebor_json *json, const char *key, uint64_t value) {
    perebor_json_key(json, key);
    perebor_json_unsigned(json, value);
}

void perebor_json_put_real(perebor_json *json, const char *key, double value) {
    perebor_json_key(json, key);
    perebor_json_real(json, value);
}

void perebor_json_put_boolean(perebor_json *json, const char *key, bool value) {
    perebor_json_key(json, key);
    perebor_json_boolean(json, value);
}

void perebor_json_put_raw(perebor_json *json, const char *key, const char *text) {
    perebor_json_key(json, key);
    perebor_json_raw(json, text);
}

void perebor_json_put_texts(perebor_json *json, const char *key, const char *const *texts,
                            size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_text(json, texts[i]);
    }
    perebor_json_end_array(json);
}

void perebor_json_put_reals(perebor_json *json, const char *key, const double *values, size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_real(json, values[i]);
    }
    perebor_json_end_array(json);
}

void perebor_json_put_counts(perebor_json *json, const char *key, const uint64_t *values,
                             size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_unsigned(json, values[i]);
    }
    perebor_json_end_array(json);
}

char *perebor_json_take(perebor_json *json) {
    append(json, "", 0);
    char *text = json->text;
    if (json->failed) {
        free(text);
        text = NULL;
    }
    *json = (perebor_json){0};
    return text;
}

void perebor_json_release(perebor_json *json) {
    free(json->text);
    *json = (perebor_json){0};
}
