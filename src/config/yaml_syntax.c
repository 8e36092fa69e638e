// SPDX-License-Identifier: MIT
#include "config/yaml_syntax.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "perebor/status.h"

enum { sample_size = 4096 };

PEREBOR_PRINTF_LIKE(2, 3)
static void say(yaml_complaint *complaint, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(complaint->text, sizeof complaint->text, format, arguments);
    va_end(arguments);
}

/** Whether every other byte of the beginning is zero, as of ASCII in UTF-16 without a mark. */
static bool is_wide(const char *text, size_t size) {
    return size >= 4 && ((text[0] == '\0' && text[2] == '\0' && text[1] != '\0') ||
                         (text[1] == '\0' && text[3] == '\0' && text[0] != '\0'));
}

bool yaml_is_another_kind(const char *text, size_t size, yaml_complaint *complaint) {
    static const struct {
        const char *magic;
        size_t length;
        const char *complaint;
    } kinds[] = {
        {"\x89HDF\r\n\x1a\n", 8,
         "this is an HDF5 file, perhaps a result; an experiment is a YAML file, and 'perebor show "
         "FILE' shows a result"},
        {"SQLite format 3", 16,
         "this is an SQLite database; an experiment is a YAML file that names it under data.table"},
        {"\x1f\x8b", 2, "this is a gzip file; unpack it with gunzip: an experiment is plain YAML"},
        {"\x28\xb5\x2f\xfd", 4,
         "this is a zstd file; unpack it with unzstd: an experiment is plain YAML"},
        {"PK\x03\x04", 4, "this is a zip file or an Excel workbook; an experiment is a YAML file"},
        {"PAR1", 4, "this is a Parquet file; an experiment is a YAML file"},
        {"\xff\xfe", 2, "this is UTF-16; save it as UTF-8, such as with iconv -f UTF-16 -t UTF-8"},
        {"\xfe\xff", 2, "this is UTF-16; save it as UTF-8, such as with iconv -f UTF-16 -t UTF-8"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (size >= kinds[i].length && memcmp(text, kinds[i].magic, kinds[i].length) == 0) {
            complaint->line = complaint->column = 0;
            say(complaint, "%s", kinds[i].complaint);
            return true;
        }
    }
    if (is_wide(text, size)) {
        say(complaint, "this is UTF-16; save it as UTF-8, such as with iconv -f UTF-16%s -t UTF-8",
            text[0] == '\0' ? "BE" : "LE");
    } else if (memchr(text, '\0', size < sample_size ? size : sample_size) != NULL) {
        say(complaint, "this is no text; an experiment is a YAML file");
    } else {
        return false;
    }
    complaint->line = complaint->column = 0;
    return true;
}

/** Where a byte stands. */
static void place_byte(const char *text, size_t offset, yaml_complaint *complaint) {
    complaint->line = complaint->column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            complaint->line++;
            complaint->column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) { // not the rest of a character
            complaint->column++;
        }
    }
}

static void explain_reader(const yaml_parser_t *parser, const char *text, size_t size,
                           yaml_complaint *complaint) {
    size_t offset = parser->problem_offset < size ? parser->problem_offset : size;
    unsigned byte = offset < size ? (unsigned char)text[offset] : 0;
    place_byte(text, offset, complaint);
    if (strstr(parser->problem, "control") != NULL) {
        say(complaint, "not YAML: a control character (0x%02X); remove it", byte);
    } else {
        say(complaint,
            "the byte 0x%02X is not UTF-8; save the file as UTF-8, such as with "
            "iconv -f WINDOWS-1251 -t UTF-8 (or -f LATIN1)",
            byte);
    }
}

/** The line of a mark, and the character at it; both from the text. */
typedef struct marked_line {
    const char *begin, *end, *at;
} marked_line;

static marked_line find_line(const char *text, size_t size, yaml_mark_t mark) {
    const char *end = text + size;
    const char *begin = text;
    for (size_t line = 0; line < mark.line && begin < end; line++) {
        const char *newline = memchr(begin, '\n', (size_t)(end - begin));
        begin = newline == NULL ? end : newline + 1;
    }
    const char *newline = memchr(begin, '\n', (size_t)(end - begin));
    marked_line line = {.begin = begin, .end = newline == NULL ? end : newline, .at = begin};
    for (size_t column = 0; column < mark.column && line.at < line.end; column++) {
        line.at++;
        while (line.at < line.end && ((unsigned char)*line.at & 0xC0) == 0x80) {
            line.at++;
        }
    }
    return line;
}

/** Whether a line has ": " before the place of its mark: key: value: value. */
static bool has_earlier_colon(marked_line line) {
    for (const char *c = line.begin; c + 1 < line.at; c++) {
        if (c[0] == ':' && c[1] == ' ') {
            return true;
        }
    }
    return false;
}

/** Whether white space before the first word of a line has a tab. */
static bool is_indented_by_tab(marked_line line) {
    for (const char *c = line.begin; c < line.end && (*c == ' ' || *c == '\t'); c++) {
        if (*c == '\t') {
            return true;
        }
    }
    return false;
}

static bool problem_is(const yaml_parser_t *parser, const char *words) {
    return parser->problem != NULL && strstr(parser->problem, words) != NULL;
}

static bool context_is(const yaml_parser_t *parser, const char *words) {
    return parser->context != NULL && strstr(parser->context, words) != NULL;
}

/** What a value may not begin with. */
static void explain_character(marked_line line, yaml_complaint *complaint) {
    if (line.at < line.end && strchr("@`%&*!|>", *line.at) != NULL) {
        say(complaint, "a value that begins with %c must be in quotes", *line.at);
    } else {
        say(complaint, "not YAML: nothing begins with this character; put the value in quotes");
    }
}

static void explain_structure(const yaml_parser_t *parser, marked_line line,
                              yaml_complaint *complaint) {
    unsigned opened = (unsigned)parser->context_mark.line + 1;
    unsigned column = (unsigned)parser->context_mark.column + 1;
    if (problem_is(parser, "mapping values are not allowed")) {
        say(complaint, "%s",
            has_earlier_colon(line)
                ? "a second \": \" on this line; put the value in quotes, or each key on a line "
                  "of its own"
                : "a key in a place for a value: the indentation is not that of its neighbours; "
                  "keys of one section begin in one column");
    } else if (context_is(parser, "flow sequence") || context_is(parser, "flow mapping")) {
        bool list = context_is(parser, "flow sequence");
        say(complaint, "the %s that opens with %s on line %u, column %u needs a comma here, or %s",
            list ? "list" : "section", list ? "[" : "{", opened, column,
            list ? "] to close it" : "} to close it");
    } else if (context_is(parser, "quoted scalar")) {
        say(complaint, "%s",
            problem_is(parser, "escape")
                ? "\\ begins an escape in double quotes; use single quotes, or \\\\"
                : "a quote that is opened is not closed before the end");
    } else if (problem_is(parser, "expected ':'")) {
        say(complaint, "a key without a colon: write key: value");
        complaint->line = opened;
        complaint->column = column;
    } else if (context_is(parser, "alias") || context_is(parser, "anchor")) {
        say(complaint, "a value that begins with %s must be in quotes, such as \"*\"",
            context_is(parser, "alias") ? "*" : "&");
    } else if (context_is(parser, "block mapping") || context_is(parser, "block collection") ||
               context_is(parser, "block sequence") || problem_is(parser, "not allowed in this")) {
        say(complaint,
            "this line belongs to nothing above it: the section that begins on line %u has its "
            "keys in column %u; indent alike",
            opened, column);
    } else {
        say(complaint, "not YAML: %s%s%s", parser->problem, parser->context == NULL ? "" : " ",
            parser->context == NULL ? "" : parser->context);
    }
}

void yaml_explain(const yaml_parser_t *parser, const char *text, size_t size,
                  yaml_complaint *complaint) {
    if (parser->error == YAML_READER_ERROR) {
        explain_reader(parser, text, size, complaint);
        return;
    }
    yaml_mark_t mark = parser->problem_mark;
    marked_line line = find_line(text, size, mark);
    complaint->line = (uint32_t)mark.line + 1;
    complaint->column = (uint32_t)mark.column + 1;
    if ((line.at < line.end && *line.at == '\t') || is_indented_by_tab(line)) {
        say(complaint, "a tab; YAML is indented by spaces alone: replace tabs by spaces");
    } else if (problem_is(parser, "cannot start any token")) {
        explain_character(line, complaint);
    } else {
        explain_structure(parser, line, complaint);
    }
}
