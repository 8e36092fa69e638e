// SPDX-License-Identifier: MIT
#include "trial/params_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Where the parser is, and room for one unescaped text, as long as the whole at most. */
typedef struct parser {
    const char *at;
    char *text;
    bool failed;
    bool out_of_memory;
} parser;

static void skip_spaces(parser *parser) {
    parser->at += strspn(parser->at, " \t\n\r");
}

/** Steps over @p letter if it is next. */
static bool accept(parser *parser, char letter) {
    skip_spaces(parser);
    bool is_next = *parser->at == letter;
    parser->at += is_next;
    return is_next;
}

static void expect(parser *parser, char letter) {
    parser->failed = !accept(parser, letter) || parser->failed;
}

/** Four hexadecimal digits, or -1. */
static long read_code_unit(parser *parser) {
    char digits[5] = "";
    if (strspn(parser->at, "0123456789abcdefABCDEF") < 4) {
        parser->failed = true;
        return -1;
    }
    memcpy(digits, parser->at, 4);
    parser->at += 4;
    return strtol(digits, NULL, 16);
}

static char *put_utf8(char *to, unsigned long code) {
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *to++ = (char)(0xE0 | code >> 12);
        } else {
            *to++ = (char)(0xF0 | code >> 18);
            *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (code & 0x3F));
    return to;
}

/** After "\u": a character of the basic plane, or a pair of surrogates. */
static char *read_unicode_escape(parser *parser, char *to) {
    long code = read_code_unit(parser);
    if (code >= 0xD800 && code < 0xDC00 && strncmp(parser->at, "\\u", 2) == 0) {
        parser->at += 2;
        long low = read_code_unit(parser);
        code =
            low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : -1;
    }
    if (code <= 0 || (code >= 0xD800 && code < 0xE000)) {
        parser->failed = true;
        return to;
    }
    return put_utf8(to, (unsigned long)code);
}

static char *read_escape(parser *parser, char *to) {
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char letter = *parser->at;
    const char *escape = letter == '\0' ? NULL : strchr(escapes, letter);
    parser->at += letter != '\0';
    if (letter == 'u') {
        return read_unicode_escape(parser, to);
    }
    if (escape == NULL) {
        parser->failed = true;
        return to;
    }
    *to = meanings[escape - escapes];
    return to + 1;
}

/** A text, unescaped into parser->text. */
static const char *read_text(parser *parser) {
    char *to = parser->text;
    expect(parser, '"');
    while (!parser->failed && *parser->at != '"') {
        if (*parser->at == '\0') {
            parser->failed = true;
        } else if (*parser->at == '\\') {
            parser->at++;
            to = read_escape(parser, to);
        } else {
            *to++ = *parser->at++;
        }
    }
    parser->at += !parser->failed;
    *to = '\0';
    return parser->text;
}

static perebor_value read_number(parser *parser) {
    perebor_value value = {.kind = PEREBOR_VALUE_INTEGER};
    size_t length = strspn(parser->at, "+-0123456789.eE");
    char *end = NULL;
    errno = 0;
    if (strcspn(parser->at, ".eE") < length) {
        value.kind = PEREBOR_VALUE_REAL;
        value.as.real = strtod(parser->at, &end);
        errno = errno == ERANGE && value.as.real < 1.0 && value.as.real > -1.0 ? 0 : errno;
    } else {
        value.as.integer = strtoll(parser->at, &end, 10);
    }
    parser->failed = parser->failed || length == 0 || end != parser->at + length || errno != 0;
    parser->at += length;
    return value;
}

static bool accept_word(parser *parser, const char *word) {
    size_t length = strlen(word);
    bool is_next = strncmp(parser->at, word, length) == 0;
    parser->at += is_next ? length : 0;
    return is_next;
}

static perebor_value read_value(parser *parser, perebor_trials *trials) {
    perebor_value value = {.kind = PEREBOR_VALUE_NULL};
    skip_spaces(parser);
    if (accept_word(parser, "true") || accept_word(parser, "false")) {
        value.kind = PEREBOR_VALUE_BOOLEAN;
        value.as.boolean = parser->at[-2] == 'u'; // tr-u-e, fal-s-e
        return value;
    }
    if (accept_word(parser, "null")) {
        return value;
    }
    if (*parser->at != '"') {
        return read_number(parser);
    }
    value.kind = PEREBOR_VALUE_TEXT;
    value.as.text = perebor_trials_intern(trials, read_text(parser));
    parser->out_of_memory = value.as.text == NULL;
    parser->failed = parser->failed || parser->out_of_memory;
    return value;
}

/** The place of the parameter that is named next, or n_parameters. */
static size_t read_name(parser *parser, const perebor_trials *trials) {
    const char *name = read_text(parser);
    size_t parameter = 0;
    while (parameter < trials->n_parameters &&
           strcmp(trials->parameter_names[parameter], name) != 0) {
        parameter++;
    }
    parser->failed = parser->failed || parameter == trials->n_parameters;
    return parameter;
}

static void read_members(parser *parser, perebor_trials *trials, perebor_value *point) {
    expect(parser, '{');
    if (parser->failed || accept(parser, '}')) {
        return;
    }
    do {
        size_t parameter = read_name(parser, trials);
        expect(parser, ':');
        perebor_value value = read_value(parser, trials);
        if (parser->failed) {
            return;
        }
        point[parameter] = value;
    } while (accept(parser, ','));
    expect(parser, '}');
}

perebor_status params_parse(perebor_trials *trials, size_t trial, const char *json,
                            perebor_error *error) {
    parser parser = {.at = json, .text = malloc(strlen(json) + 1)};
    parser.out_of_memory = parser.text == NULL;
    if (!parser.out_of_memory) {
        read_members(&parser, trials, trials->values + trial * trials->n_parameters);
        skip_spaces(&parser);
    }
    free(parser.text);
    if (parser.out_of_memory) {
        return perebor_no_memory(error, "for the point of a trial");
    }
    if (parser.failed || *parser.at != '\0') {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "not the parameters of a trial as JSON: \"%.200s\"", json);
    }
    return PEREBOR_OK;
}
