// SPDX-License-Identifier: MIT
/**
 * @file file_tree_reader.h
 * Takes typed values out of a tree that may hold anything.
 *
 * A reader remembers the first thing that is missing or wrong, with its path for the message; after
 * that it gives zeroes and "". It is asked once at the end: reader.status.
 */
#ifndef PEREBOR_STORE_FILE_TREE_READER_H
#define PEREBOR_STORE_FILE_TREE_READER_H

#include "store/file_tree.h"

typedef struct store_reader {
    const store_node *root;
    const char *file; /**< for messages */
    perebor_status status;
    perebor_error *error;
} store_reader;

/** Remembers that @p path is not what it should be, unless something was before. */
void reader_fail(store_reader *reader, const char *path, const char *what);

/** Remembers that memory ran out. */
void reader_fail_memory(store_reader *reader);

/** The group at a path; NULL, remembered, if there is none. */
const store_node *reader_group(store_reader *reader, const char *path);

/** The length of the row at a path; 0, remembered, if there is none. */
size_t reader_length(store_reader *reader, const char *path);

/**
 * The dataset at a path, of whole numbers (@p kind STORE_INT64, which stands for STORE_UINT64 too),
 * reals or texts, with exactly the given shape. NULL, remembered, if it is another.
 */
const store_array *reader_array(store_reader *reader, const char *path, store_kind kind,
                                size_t n_dimensions, size_t n_rows, size_t n_columns);

/** Element @p at of an array of whole numbers, which must lie in [min, max]. */
int64_t reader_integer_at(store_reader *reader, const char *path, const store_array *array,
                          size_t at, int64_t min, int64_t max);

/** An attribute of the group at @p path: a scalar text. */
const char *reader_text_attribute(store_reader *reader, const char *path, const char *name);

/** A scalar whole number in [min, max]. */
int64_t reader_integer_attribute(store_reader *reader, const char *path, const char *name,
                                 int64_t min, int64_t max);

/** A scalar whole number of 64 bits without sign. */
uint64_t reader_unsigned_attribute(store_reader *reader, const char *path, const char *name);

/** 64 hexadecimal digits as 32 bytes. */
void reader_digest(store_reader *reader, const char *path, const char *hex, uint8_t digest[32]);

#endif
