// SPDX-License-Identifier: MIT
/**
 * @file json_reader.h
 * Reads JSON into a tree, strictly: what is not JSON fails the test.
 */
#ifndef PEREBOR_TEST_JSON_READER_H
#define PEREBOR_TEST_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum read_kind {
    READ_NULL,
    READ_BOOLEAN,
    READ_NUMBER,
    READ_TEXT,
    READ_ARRAY,
    READ_OBJECT,
} read_kind;

typedef struct read_value {
    read_kind kind;
    bool boolean;
    double number;
    char *text;
    struct read_value *items; /**< [n] elements, or values of members. */
    char **keys;              /**< [n] of an object. */
    size_t n;
} read_value;

/** A whole document and nothing after it but one line feed. Released by read_release(). */
read_value read_json(const char *text);

void read_release(read_value *value);

/** The member of that name; fails the test if there is none, or are two. */
const read_value *read_member(const read_value *object, const char *key);

void expect_text(const read_value *object, const char *key, const char *expected);
void expect_boolean(const read_value *object, const char *key, bool expected);

/** Bit for bit. */
void expect_number(const read_value *object, const char *key, double expected);
void expect_numbers(const read_value *object, const char *key, const double *expected, size_t n);

/** The names of all members, in their order and with a comma between. */
void expect_keys(const read_value *object, const char *keys);

#endif
