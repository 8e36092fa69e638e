// SPDX-License-Identifier: MIT
/**
 * @file csv.h
 * Reads records of comma-separated values (RFC 4180 and its cousins) one by one from a file or
 * from memory, through one buffer however large the file is.
 *
 * Records end with LF, CRLF or CR; fields may be quoted, and a quoted field may hold delimiters,
 * line ends and doubled quotes. A quote inside an unquoted field is an ordinary character. Empty
 * lines are skipped. Bytes are passed on as they are: encodings are the caller's concern.
 */
#ifndef PEREBOR_TABLE_CSV_H
#define PEREBOR_TABLE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "perebor/status.h"
#include "table/byte_stream.h"

/** One field of the present record. */
typedef struct csv_field {
    char *text; /**< Not terminated; valid until the next record is read. */
    size_t length;
} csv_field;

/** Reads one source. Everything in it is private to csv.c but what is marked. */
typedef struct csv_reader {
    const char *name;   /**< For messages. */
    csv_field *fields;  /**< [n_fields] of the present record: to be read. */
    size_t n_fields;    /**< To be read. */
    uint64_t line;      /**< First line of the present record, from 1: to be read. */
    byte_stream stream; /**< To be read where its header says so. */

    char delimiter;
    char comment; /**< Lines that begin with it are skipped; '\0': none. To be set. */
    size_t fields_capacity;
    char *buffer;
    size_t start, end, capacity; /**< buffer[start, end) is not yet parsed. */
    bool at_end;                 /**< Nothing is left beyond the buffer. */
    uint64_t n_taken;            /**< Bytes that have come into the buffer. */
    uint64_t plain_until;        /**< Before this position there are but plain lines. */
    uint64_t careful_until;      /**< Before it there may be other ones. */
    uint64_t next_line;
    size_t chunk_size;
    bool special[256];  /**< Bytes that may end an unquoted field. */
    size_t marks_of;    /**< The start that the marks are of; SIZE_MAX: of none. */
    size_t marked;      /**< Up to where the buffer has been looked through for special bytes. */
    uint64_t marks;     /**< Those of the last 64 bytes before it that are still ahead. */
    unsigned n_careful; /**< Records to be read before plain ones are hoped for again. */
} csv_reader;

/** Bytes behind the buffer, and so behind any field, that may be read: they mean nothing. */
enum { CSV_SLACK = 16 };

/**
 * Opens a file and fills the buffer for the first time. A byte order mark is skipped.
 *
 * @param[in] name      Borrowed; the path.
 * @param[in] encoding  As declared, or NULL; see byte_stream_open_file(), whose failures these are.
 */
PEREBOR_MUST_CHECK perebor_status csv_open_file(csv_reader *reader, const char *name,
                                                const char *encoding, perebor_error *error);

/** The same from memory, which is borrowed, through a buffer of @p chunk_size bytes at first. */
PEREBOR_MUST_CHECK perebor_status csv_open_memory(csv_reader *reader, const char *name,
                                                  const char *encoding, const char *bytes,
                                                  size_t size, size_t chunk_size,
                                                  perebor_error *error);

/** Text in memory, which is borrowed and already in UTF-8, or near it. */
PEREBOR_MUST_CHECK perebor_status csv_open_sample(csv_reader *reader, const char *text, size_t size,
                                                  perebor_error *error);

/**
 * Whole records in memory, in UTF-8 or near it: a part of a source.
 *
 * @param[in] bytes  [size + CSV_SLACK] of malloc(); the reader's from now on.
 * @param[in] line   Of the source, on which they begin.
 */
void csv_open_part(csv_reader *reader, const char *name, char *bytes, size_t size, uint64_t line);

/** The text of a file from where it stands, in UTF-8 or near it. @param[in] file  The reader's from
 * now on. */
PEREBOR_MUST_CHECK perebor_status csv_open_descriptor(csv_reader *reader, const char *name,
                                                      int file, perebor_error *error);

/** Skips lines, whatever is in them, before the first record is read. */
PEREBOR_MUST_CHECK perebor_status csv_skip_lines(csv_reader *reader, uint32_t n_lines,
                                                 perebor_error *error);

/**
 * Takes a line `sep=;`, by which spreadsheets name the delimiter, before the first record is read.
 *
 * @param[out] delimiter  '\0' if there is no such line.
 */
PEREBOR_MUST_CHECK perebor_status csv_take_separator(csv_reader *reader, char *delimiter,
                                                     perebor_error *error);

/** Sets what separates fields, ',' at first. To be called before the first record is read. */
void csv_set_delimiter(csv_reader *reader, char delimiter);

/** What is in the buffer before the first record is read: the beginning of the source. */
const char *csv_peek(const csv_reader *reader, size_t *size);

/**
 * Reads the next record into fields.
 *
 * @param[out] more  Whether there was one.
 *
 * @retval PEREBOR_ERR_FORMAT  A quote that is not closed, text after a closing quote, a zero byte.
 */
PEREBOR_MUST_CHECK perebor_status csv_read(csv_reader *reader, bool *more, perebor_error *error);

/**
 * Passes over the next record, if that is plain to see: a line in the buffer without quotes, that
 * ends with LF and begins with more than white space or a comment.
 *
 * @return false if csv_read() must look.
 */
bool csv_skip_plain(csv_reader *reader);

/** Where the next record begins: bytes of text before it, and the line. */
uint64_t csv_position(const csv_reader *reader, uint64_t *line);

/** The digest of the file, which must have been read to its end; memory is not digested. */
void csv_digest(const csv_reader *reader, uint8_t sha256[PEREBOR_SHA256_SIZE]);

void csv_close(csv_reader *reader);

#endif
