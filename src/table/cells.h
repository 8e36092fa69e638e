// SPDX-License-Identifier: MIT
/**
 * @file cells.h
 * A cell of a table in one machine word, and the pool of the texts that do not fit into one.
 *
 * A cell is a missing value, a plain decimal number held in the word itself, or the index of a text
 * that the pool holds once. Every text has exactly one word, so two cells are equal if and only if
 * their words are: joining, pivoting and replacing compare integers, and what is done to a text is
 * done once however many rows repeat it.
 *
 *     0                                    a missing value
 *     1 | sign 1 | scale 5 | digits 57     (-1)^sign digits / 10^scale, written with all its zeros
 *     0 | index 63                         texts of the pool, from 1
 *
 * A number written with a decimal comma is the same word as with a point, if its table says that
 * commas are decimal marks.
 */
#ifndef PEREBOR_TABLE_CELLS_H
#define PEREBOR_TABLE_CELLS_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arithmetic.h"
#include "base/text.h"
#include "perebor/status.h"

typedef uint64_t table_cell;

#define TABLE_MISSING ((table_cell)0)
#define TABLE_DECIMAL_BIT (UINT64_C(1) << 63)
#define TABLE_SCALE_MASK (UINT64_C(31) << 57)

enum { TABLE_DECIMAL_TEXT_SIZE = 48 /**< enough for any decimal cell as text */ };

/** A text of at most eight bytes as a word, filled up with zeros, and its cell. */
typedef struct table_short_text {
    uint64_t word; /**< 0: none. */
    table_cell cell;
} table_short_text;

enum { TABLE_RECENT_BITS = 8 };

/** The distinct texts of all tables. */
typedef struct table_pool {
    char *bytes; /**< Terminated texts, one after the other. */
    size_t n_bytes, bytes_capacity;
    size_t *starts;      /**< [n_texts] of each in bytes; text 0 is empty. */
    uint8_t *is_missing; /**< [n_texts] whether the text stands for a missing value. */
    uint8_t *invalid;    /**< [n_texts] whether the text is not UTF-8. */
    size_t n_texts, texts_capacity;
    uint64_t *slots; /**< [n_slots] hash << 32 | index; 0 is empty. */
    size_t n_slots;  /**< A power of two. */
    size_t n_invalid;
    locale_t c_locale;
    table_short_text
        recent[1 << TABLE_RECENT_BITS]; /**< By a hash; a later text takes the place. */
} table_pool;

/**
 * Prepares a pool that knows what stands for a missing value: what pandas takes for one by default,
 * that is an empty cell, #N/A, #N/A N/A, #NA, -1.#IND, -1.#QNAN, -NaN, -nan, 1.#IND, 1.#QNAN, <NA>,
 * N/A, NA, NULL, NaN, n/a, nan and null.
 */
PEREBOR_MUST_CHECK perebor_status table_pool_create(table_pool *pool, perebor_error *error);

void table_pool_release(table_pool *pool);

/**
 * Finds or makes the cell of a text.
 *
 * @param[in] decimal  '.' or ',': the mark that a number in this text may have.
 */
PEREBOR_MUST_CHECK perebor_status table_pool_intern(table_pool *pool, table_cell *cell,
                                                    const char *text, size_t length, char decimal,
                                                    perebor_error *error);

/** The same for a text without zeros behind which eight bytes may be read, whatever they are. */
PEREBOR_MUST_CHECK perebor_status table_pool_intern_field(table_pool *pool, table_cell *cell,
                                                          const char *text, size_t length,
                                                          char decimal, perebor_error *error);

/**
 * Finds the cell of a text without making one.
 *
 * @param[out] cell  Left alone if there is none.
 *
 * @return Whether there is one: false if the text is neither a decimal nor in the pool.
 */
bool table_pool_find(const table_pool *pool, table_cell *cell, const char *text, size_t length,
                     char decimal);

/** The shortest decimal text that reads back as @p value, as a cell. NaN is a missing value. */
PEREBOR_MUST_CHECK perebor_status table_pool_intern_double(table_pool *pool, table_cell *cell,
                                                           double value, char decimal,
                                                           perebor_error *error);

/**
 * The text of a cell, "" for a missing value.
 *
 * @param[in] buffer  Receives the text of a decimal.
 */
const char *table_pool_text(const table_pool *pool, table_cell cell,
                            char buffer[TABLE_DECIMAL_TEXT_SIZE]);

/** The most bytes that table_pool_write() writes. */
size_t table_pool_text_room(const table_pool *pool, table_cell cell);

/** Writes the text of a cell and a zero. @return Its length. */
size_t table_pool_write(const table_pool *pool, table_cell cell, char *to);

/**
 * Reads a cell as a number, correctly rounded whatever the locale. White space around it is
 * allowed.
 *
 * @return false if the cell is a missing value, or is not a finite number.
 */
bool table_pool_number(const table_pool *pool, table_cell cell, char decimal, double *number);

/** Powers of ten that are doubles exactly. */
enum { TABLE_EXACT_POWERS = 23 };
extern const double table_powers_of_ten[TABLE_EXACT_POWERS];

/**
 * The number that a decimal cell is, for one that has at most 2^53 without its mark and a power of
 * ten that is a double below it: both are doubles exactly, so that the division rounds once.
 *
 * @return false if it is another cell.
 */
static inline bool table_cell_exact_number(table_cell cell, double *number) {
    uint64_t digits = cell & ((UINT64_C(1) << 57) - 1), scale = cell >> 57 & 31;
    if ((cell & TABLE_DECIMAL_BIT) == 0 || digits > UINT64_C(1) << 53 ||
        scale >= TABLE_EXACT_POWERS) {
        return false;
    }
    double value = (double)(int64_t)digits / table_powers_of_ten[scale];
    // The sign without a branch, which no processor foretells of numbers about zero.
    *number = arithmetic_from_bits(arithmetic_to_bits(value) | (cell & UINT64_C(1) << 62) << 1);
    return true;
}

/** Whether a cell is written as a number, but of a size that no double has, such as 1e400. */
bool table_pool_is_beyond_doubles(const table_pool *pool, table_cell cell, char decimal);

static inline bool table_cell_is_decimal(table_cell cell) {
    return (cell & TABLE_DECIMAL_BIT) != 0;
}

/** Whether a cell is a decimal with a decimal mark. */
static inline bool table_cell_has_fraction(table_cell cell) {
    return table_cell_is_decimal(cell) && (cell & TABLE_SCALE_MASK) != 0;
}

/** Whether a cell is an index into the pool. */
static inline bool table_cell_is_text(table_cell cell) {
    return cell != TABLE_MISSING && !table_cell_is_decimal(cell);
}

#endif
