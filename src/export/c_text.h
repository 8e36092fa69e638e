// SPDX-License-Identifier: MIT
/**
 * @file c_text.h
 * C source being written: templates, literals, tables.
 */
#ifndef PEREBOR_EXPORT_C_TEXT_H
#define PEREBOR_EXPORT_C_TEXT_H

#include "base/bytes.h"
#include "perebor/matrix.h"

/** Starts as {.name = NAME}. What fails for want of memory shows in bytes.failed at the end. */
typedef struct c_text {
    byte_buffer bytes;
    const char *name; /**< Letters, digits and "_". */
    const char *part; /**< The same, of a part that has names of its own; NULL: of the whole. */
} c_text;

/** As printf(), with every "@" of the format replaced by the name, and every "$" by the name and
 * the part. */
void c_put(c_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A template without arguments, in which "%" means itself. */
void c_put_template(c_text *text, const char *source);

/** A string literal that every compiler reads alike: bytes beyond ASCII are escaped. */
void c_put_string(c_text *text, const char *string);

/** A name in quotes within a comment, which it can neither end nor show in another order. */
void c_put_quoted(c_text *text, const char *string);

/** A number as a hexadecimal literal, which names its bits. */
void c_put_real(c_text *text, double value);

/** static const double $_NAME[n] = {…}; of one 0 if n is 0. */
void c_put_reals(c_text *text, const char *name, const double *values, size_t n);

/** The same of whole numbers, as uint32_t. */
void c_put_counts(c_text *text, const char *name, const uint32_t *values, size_t n);

/** static const double $_NAME[n_rows][n_columns], less @p centres [n_columns] unless NULL. */
void c_put_rows(c_text *text, const char *name, const perebor_matrix *matrix,
                const double *centres);

#endif
