// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

size_t perebor_text_n_characters(const char *text) {
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0u) != 0x80u;
    }
    return n;
}

bool perebor_text_is_ascii(const char *text, size_t length) {
    const uint64_t high_bits = UINT64_C(0x8080808080808080);
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        if ((word & high_bits) != 0) {
            return false;
        }
    }
    for (; i < length; i++) {
        if (((unsigned char)text[i] & 0x80u) != 0) {
            return false;
        }
    }
    return true;
}

size_t perebor_text_valid_length(const char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        if (((unsigned char)text[i] & 0x80u) == 0) {
            i++;
            continue;
        }
        utf8proc_int32_t character;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                                  (utf8proc_ssize_t)(length - i), &character);
        if (taken <= 0) {
            break;
        }
        i += (size_t)taken;
    }
    return i;
}

bool perebor_text_is_valid(const char *text, size_t length) {
    return perebor_text_valid_length(text, length) == length;
}

static bool is_white_space(utf8proc_int32_t character) {
    if ((character >= '\t' && character <= '\r') || character == ' ' || character == 0x85 ||
        character == 0x200B || character == 0xFEFF) {
        return true;
    }
    utf8proc_category_t category = utf8proc_category(character);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

void perebor_text_trim(const char **text, size_t *length) {
    const utf8proc_uint8_t *start = (const utf8proc_uint8_t *)*text;
    size_t left = *length;
    utf8proc_int32_t character;
    while (left > 0) {
        utf8proc_ssize_t taken = utf8proc_iterate(start, (utf8proc_ssize_t)left, &character);
        if (taken <= 0 || !is_white_space(character)) {
            break;
        }
        start += taken;
        left -= (size_t)taken;
    }
    while (left > 0) {
        size_t last = left - 1;
        while (last > 0 && left - last < 4 && (start[last] & 0xC0u) == 0x80u) {
            last--;
        }
        utf8proc_ssize_t taken =
            utf8proc_iterate(start + last, (utf8proc_ssize_t)(left - last), &character);
        if (taken != (utf8proc_ssize_t)(left - last) || !is_white_space(character)) {
            break;
        }
        left = last;
    }
    *text = (const char *)start;
    *length = left;
}

static utf8proc_int32_t lower_case(utf8proc_int32_t character, void *unused) {
    (void)unused;
    return utf8proc_tolower(character);
}

static utf8proc_int32_t upper_case(utf8proc_int32_t character, void *unused) {
    (void)unused;
    return utf8proc_toupper(character);
}

perebor_status perebor_text_normalize(char **result, size_t *result_length, const char *text,
                                      size_t length, perebor_text_rule rule, perebor_error *error) {
    if (rule.trim) {
        perebor_text_trim(&text, &length);
    }
    int options = 0;
    if (rule.form != PEREBOR_TEXT_AS_IS) {
        options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    }
    if (rule.form == PEREBOR_TEXT_NFKC) {
        options |= UTF8PROC_COMPAT;
    }
    utf8proc_custom_func map = rule.letter_case == PEREBOR_TEXT_LOWER   ? lower_case
                               : rule.letter_case == PEREBOR_TEXT_UPPER ? upper_case
                                                                        : NULL;
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n =
        utf8proc_map_custom((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &mapped,
                            (utf8proc_option_t)options, map, NULL);
    if (n == UTF8PROC_ERROR_NOMEM) {
        return perebor_no_memory(error, "to normalize a text");
    }
    if (n < 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a text is not valid UTF-8");
    }
    *result = (char *)mapped;
    *result_length = (size_t)n;
    return PEREBOR_OK;
}

/** Characters of the bytes 0x80 … 0xBF; 0xC0 … 0xFF are U+0410 … U+044F in order. 0: none. */
static const uint16_t windows_1251[64] = {
    0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021, 0x20AC, 0x2030, 0x0409,
    0x2039, 0x040A, 0x040C, 0x040B, 0x040F, 0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0,      0x2122, 0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F, 0x00A0,
    0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6, 0x00A7, 0x0401, 0x00A9, 0x0404, 0x00AB,
    0x00AC, 0x00AD, 0x00AE, 0x0407, 0x00B0, 0x00B1, 0x0406, 0x0456, 0x0491, 0x00B5, 0x00B6,
    0x00B7, 0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457,
};

size_t perebor_text_from_windows_1251(char *result, const char *text, size_t length) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x80) {
            result[n++] = text[i];
            continue;
        }
        utf8proc_int32_t character =
            byte >= 0xC0 ? 0x0410 + (byte - 0xC0) : windows_1251[byte & 63];
        if (character == 0) {
            return SIZE_MAX;
        }
        n += (size_t)utf8proc_encode_char(character, (utf8proc_uint8_t *)result + n);
    }
    result[n] = '\0';
    return n;
}

/** Whether a terminal acts upon a character, or shows others elsewhere because of it. */
static bool is_acted_upon(utf8proc_int32_t character) {
    return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0x061C ||
           character == 0x200E || character == 0x200F ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xFEFF;
}

static bool is_escaped(utf8proc_int32_t character, perebor_text_escapes escapes) {
    bool is_break = character == '\n' || character == '\t';
    return is_break ? escapes == PEREBOR_ESCAPE_BREAKS
                    : escapes != PEREBOR_ESCAPE_INVALID && is_acted_upon(character);
}

size_t perebor_text_escape(char *result, const char *text, size_t length,
                           perebor_text_escapes escapes) {
    size_t n = 0;
    for (size_t at = 0; at < length;) {
        utf8proc_int32_t character = 0;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(length - at), &character);
        if (taken <= 0) {
            n += (size_t)sprintf(result + n, "\\x%02x", (unsigned char)text[at]);
            at++;
            continue;
        }
        if (is_escaped(character, escapes)) {
            n += (size_t)sprintf(result + n, character < 0x80 ? "\\x%02x" : "\\u%04x",
                                 (unsigned)character);
        } else {
            memcpy(result + n, text + at, (size_t)taken);
            n += (size_t)taken;
        }
        at += (size_t)taken;
    }
    result[n] = '\0';
    return n;
}

size_t perebor_text_width(const char *text, size_t length) {
    size_t width = 0;
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    while (length > 0) {
        utf8proc_int32_t character = 0;
        utf8proc_ssize_t taken = utf8proc_iterate(at, (utf8proc_ssize_t)length, &character);
        bool valid = taken > 0;
        width += valid ? (size_t)utf8proc_charwidth(character) : 1;
        at += valid ? taken : 1;
        length -= valid ? (size_t)taken : 1;
    }
    return width;
}

bool perebor_text_is_pattern(const char *text) {
    return strchr(text, '*') != NULL;
}

bool perebor_text_matches(const char *pattern, const char *text) {
    const char *star = NULL;
    const char *resume = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}
