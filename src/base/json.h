// SPDX-License-Identifier: MIT
/**
 * @file json.h
 * A JSON writer to a growing buffer.
 *
 * Members and elements are written in the order of the calls; commas are its own affair. An
 * allocation that fails is remembered and reported once, by perebor_json_take(), so that a document
 * is written without a check on every line. Output is compact, without line breaks.
 *
 *     perebor_json json = {0};
 *     perebor_json_begin_object(&json);
 *     perebor_json_put_text(&json, "name", "logreg");
 *     perebor_json_end_object(&json);
 *     char *text = perebor_json_take(&json); // {"name":"logreg"}
 */
#ifndef PEREBOR_BASE_JSON_H
#define PEREBOR_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/real_text.h"

/** A document being written. Starts as {0}. */
typedef struct perebor_json {
    char *text;
    size_t length, capacity;
    bool separate; /**< The next value needs a comma before it. */
    bool failed;   /**< An allocation failed; everything since is lost. */
} perebor_json;

void perebor_json_begin_object(perebor_json *json);
void perebor_json_end_object(perebor_json *json);
void perebor_json_begin_array(perebor_json *json);
void perebor_json_end_array(perebor_json *json);

/** The name of the member whose value is written next. */
void perebor_json_key(perebor_json *json, const char *key);

/** A string, which is a YAML scalar too: what YAML takes for the end of a line, or does not allow,
 * is escaped. NULL is written as null. Bytes that are not UTF-8 become U+FFFD. */
void perebor_json_text(perebor_json *json, const char *text);

void perebor_json_integer(perebor_json *json, int64_t value);
void perebor_json_unsigned(perebor_json *json, uint64_t value);

/** A number that shows that it is a real: 1.0, 0.1, 1e-05. NaN and infinities, which JSON lacks,
 * are null. */
void perebor_json_real(perebor_json *json, double value);

void perebor_json_boolean(perebor_json *json, bool value);
void perebor_json_null(perebor_json *json);

/** A value that is JSON already. */
void perebor_json_raw(perebor_json *json, const char *text);

/*
 * Members: a name and its value in one. "put" writes both, to the object that is being written.
 */
void perebor_json_put_text(perebor_json *json, const char *key, const char *text);
void perebor_json_put_integer(perebor_json *json, const char *key, int64_t value);
void perebor_json_put_unsigned(perebor_json *json, const char *key, uint64_t value);
void perebor_json_put_real(perebor_json *json, const char *key, double value);
void perebor_json_put_boolean(perebor_json *json, const char *key, bool value);
void perebor_json_put_raw(perebor_json *json, const char *key, const char *text);

/** A member whose value is an array of @p n texts. */
void perebor_json_put_texts(perebor_json *json, const char *key, const char *const *texts,
                            size_t n);

/** A member whose value is an array of @p n reals. */
void perebor_json_put_reals(perebor_json *json, const char *key, const double *values, size_t n);

/** A member whose value is an array of @p n whole numbers. */
void perebor_json_put_counts(perebor_json *json, const char *key, const uint64_t *values, size_t n);

/** Hands over the text, which the caller frees; NULL if an allocation failed. Leaves @p json {0}.
 */
char *perebor_json_take(perebor_json *json);

/** Frees a document that is not wanted after all. */
void perebor_json_release(perebor_json *json);

#endif
