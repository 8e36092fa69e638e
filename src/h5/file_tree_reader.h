// SPDX-License-Identifier: MIT
/**
 * @file file_tree_reader.h
 * Takes typed values out of a tree that may hold anything.
 *
 * A reader remembers the first thing that is missing or wrong, with its path for the message; after
 * that it gives zeroes and "". It is asked once at the end: reader.status.
 */
#ifndef PEREBOR_H5_FILE_TREE_READER_H
#define PEREBOR_H5_FILE_TREE_READER_H

#include "h5/file_tree.h"

typedef struct h5_reader {
    const h5_node *root;
    const char *file; /**< for messages */
    perebor_status status;
    perebor_error *error;
} h5_reader;

/** Bytes that a path takes, its end included. */
enum { READER_PATH = 128 };

/** The path of what a group has. @return @p path */
const char *reader_path(char path[READER_PATH], const char *group, const char *name);

/** Remembers that @p path is not what it should be, unless something was before. */
void reader_fail(h5_reader *reader, const char *path, const char *what);

/** Remembers that memory ran out. */
void reader_fail_memory(h5_reader *reader);

/** The group at a path; NULL, remembered, if there is none. */
const h5_node *reader_group(h5_reader *reader, const char *path);

/** The length of the row at a path; 0, remembered, if there is none. */
size_t reader_length(h5_reader *reader, const char *path);

/**
 * The dataset at a path, of whole numbers (@p kind H5_INT64, which stands for H5_UINT64 too),
 * reals or texts, with exactly the given shape. NULL, remembered, if it is another.
 */
const h5_array *reader_array(h5_reader *reader, const char *path, h5_kind kind, size_t n_dimensions,
                             size_t n_rows, size_t n_columns);

/** Element @p at of an array of whole numbers, which must lie in [min, max]. */
int64_t reader_integer_at(h5_reader *reader, const char *path, const h5_array *array, size_t at,
                          int64_t min, int64_t max);

/** An attribute of the group at @p path: a scalar text. */
const char *reader_text_attribute(h5_reader *reader, const char *path, const char *name);

/** A scalar whole number in [min, max]. */
int64_t reader_integer_attribute(h5_reader *reader, const char *path, const char *name, int64_t min,
                                 int64_t max);

/** A scalar whole number of 64 bits without sign. */
uint64_t reader_unsigned_attribute(h5_reader *reader, const char *path, const char *name);

/** 64 hexadecimal digits as 32 bytes. */
void reader_digest(h5_reader *reader, const char *path, const char *hex, uint8_t digest[32]);

#endif
