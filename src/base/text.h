// SPDX-License-Identifier: MIT
/**
 * @file text.h
 * UTF-8 text as tables and experiment files hold it: validity, normal forms, white space, case,
 * windows-1251, and patterns of names.
 *
 * A text is bytes and a length; results are also terminated by a zero byte.
 */
#ifndef PEREBOR_BASE_TEXT_H
#define PEREBOR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

typedef enum perebor_text_form {
    PEREBOR_TEXT_AS_IS,
    PEREBOR_TEXT_NFC,
    PEREBOR_TEXT_NFKC,
} perebor_text_form;

typedef enum perebor_text_case {
    PEREBOR_TEXT_ANY_CASE,
    PEREBOR_TEXT_LOWER,
    PEREBOR_TEXT_UPPER,
} perebor_text_case;

/** What to make alike in a text. */
typedef struct perebor_text_rule {
    perebor_text_form form;
    perebor_text_case letter_case; /**< Letter by letter; no letter becomes several. */
    bool trim;                     /**< White space at both ends, see perebor_text_trim(). */
} perebor_text_rule;

/** Whether the bytes are UTF-8 by RFC 3629: no overlong forms, no surrogates. */
bool perebor_text_is_valid(const char *text, size_t length);

/** The length of the longest beginning that is valid UTF-8. */
size_t perebor_text_valid_length(const char *text, size_t length);

/** How many characters a valid text has: what it takes on a terminal, if each takes one column. */
size_t perebor_text_n_characters(const char *text);

/** Whether every byte is below 128. */
bool perebor_text_is_ascii(const char *text, size_t length);

/**
 * Narrows [*text, *text + *length) to leave out white space at both ends: ASCII's, every Unicode
 * space (the no-break spaces included), zero-width spaces and the byte order mark.
 */
void perebor_text_trim(const char **text, size_t *length);

/**
 * Applies a rule.
 *
 * @param[out] result         Receives a terminated text that the caller frees.
 * @param[out] result_length  Its length in bytes.
 * @param[in]  text           Valid UTF-8.
 *
 * @retval PEREBOR_ERR_MEMORY  The result does not fit.
 * @retval PEREBOR_ERR_FORMAT  @p text is not valid UTF-8.
 */
PEREBOR_MUST_CHECK perebor_status perebor_text_normalize(char **result, size_t *result_length,
                                                         const char *text, size_t length,
                                                         perebor_text_rule rule,
                                                         perebor_error *error);

/**
 * Converts windows-1251 to UTF-8.
 *
 * @param[out] result  At least 3 * @p length + 1 bytes; receives a terminated text.
 *
 * @return The length of the result, or SIZE_MAX if a byte is not assigned in windows-1251 (0x98).
 */
size_t perebor_text_from_windows_1251(char *result, const char *text, size_t length);

/** What is not to be passed on as it is. Bytes that are not UTF-8 never are. */
typedef enum perebor_text_escapes {
    PEREBOR_ESCAPE_INVALID,  /**< Those bytes alone: what a file can hold. */
    PEREBOR_ESCAPE_CONTROLS, /**< And what a terminal acts upon: control characters but tab and line
                                  feed, marks and overrides of writing direction, line separators.
                              */
    PEREBOR_ESCAPE_BREAKS,   /**< And tab and line feed: one line stays one line. */
} perebor_text_escapes;

/**
 * Writes a text so that whoever reads it sees what is in it: a byte as \x1b, a character as
 * \u202e.
 *
 * @param[out] result  At least 4 * @p length + 1 bytes; receives a terminated text, valid UTF-8.
 *
 * @return The length of the result.
 */
size_t perebor_text_escape(char *result, const char *text, size_t length,
                           perebor_text_escapes escapes);

/** Columns that a terminal gives the text: 2 for a wide character, 0 for a mark that combines. */
size_t perebor_text_width(const char *text, size_t length);

/** Whether a name is a pattern, that is contains `*`. */
bool perebor_text_is_pattern(const char *text);

/** Whether @p text matches @p pattern, in which every `*` stands for any bytes, also none. */
bool perebor_text_matches(const char *pattern, const char *text);

#endif
