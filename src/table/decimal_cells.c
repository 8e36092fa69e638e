// SPDX-License-Identifier: MIT
#include "table/decimal_cells.h"

#include "base/digits.h"

enum { scale_shift = 57, max_scale = 31 };

#define SIGN_BIT (UINT64_C(1) << 62)

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

table_cell table_decimal_of_text(const char *text, size_t length, char mark) {
    if (length == 0 || length > TABLE_MAX_DECIMAL_LENGTH) {
        return TABLE_MISSING;
    }
    const char *end = text + length;
    table_cell cell = TABLE_DECIMAL_BIT;
    if (*text == '-') {
        cell |= SIGN_BIT;
        text++;
    }
    const char *first = text;
    uint64_t digits = 0;
    while (text < end && is_digit(*text)) {
        digits = digits * 10 + (uint64_t)(*text++ - '0');
    }
    size_t n_whole = (size_t)(text - first);
    if (n_whole == 0 || (n_whole > 1 && *first == '0')) {
        return TABLE_MISSING;
    }
    size_t scale = 0;
    if (text < end) {
        if (*text++ != mark) {
            return TABLE_MISSING;
        }
        const char *fraction = text;
        while (text < end && is_digit(*text)) {
            digits = digits * 10 + (uint64_t)(*text++ - '0');
        }
        scale = (size_t)(text - fraction);
        if (scale == 0 || text < end) {
            return TABLE_MISSING;
        }
    }
    // Nineteen digits stay below 2^64, so a number too large for the word shows here.
    if (digits > TABLE_DIGITS_MASK) {
        return TABLE_MISSING;
    }
    return cell | (table_cell)scale << scale_shift | digits;
}

/**
 * As table_decimal_of_text(), for a text of one to eight bytes in a word: its digits are moved
 * together over the mark, and to the end of the word, so that eight are taken at once.
 */
table_cell table_decimal_of_word(uint64_t word, size_t length, char mark) {
    table_cell cell = TABLE_DECIMAL_BIT;
    if ((char)word == '-') {
        cell |= SIGN_BIT;
        word >>= 8;
        if (--length == 0) {
            return TABLE_MISSING;
        }
    }
    size_t n_whole = length;
    uint64_t differing = word ^ (UINT64_C(0x0101010101010101) * (unsigned char)mark);
    // The highest bit of the lowest zero byte, and of no byte below it.
    uint64_t marks = (differing - UINT64_C(0x0101010101010101)) & ~differing &
                     UINT64_C(0x8080808080808080) & digits_lowest(length);
    if (marks != 0) {
        n_whole = (size_t)__builtin_ctzll(marks) / 8;
        if (n_whole == 0 || n_whole == length - 1) {
            return TABLE_MISSING;
        }
        uint64_t before = digits_lowest(n_whole);
        word = (word & before) | (word >> 8 & ~before);
        length--;
        cell |= (table_cell)(length - n_whole) << scale_shift;
    }
    if (n_whole > 1 && (char)word == '0') {
        return TABLE_MISSING;
    }
    uint64_t digits = (word ^ DIGITS_ZEROS) << (64 - 8 * length);
    // A byte above 9 shows in its highest bit, or in that of its sum with 0x76.
    bool all_digits =
        (((digits + UINT64_C(0x7676767676767676)) | digits) & UINT64_C(0x8080808080808080)) == 0;
    return all_digits ? cell | digits_gather(digits) : TABLE_MISSING;
}

static size_t decimal_scale(table_cell cell) {
    return (size_t)(cell >> scale_shift) & max_scale;
}

const char *table_decimal_text(table_cell cell, char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    uint64_t digits = cell & TABLE_DIGITS_MASK;
    size_t scale = decimal_scale(cell);
    char *start = buffer + TABLE_DECIMAL_TEXT_SIZE - 1;
    *start = '\0';
    for (size_t i = 0; i < scale || digits > 0 || i == scale; i++) {
        if (i == scale && scale > 0) {
            *--start = '.';
        }
        *--start = (char)('0' + digits % 10);
        digits /= 10;
    }
    if ((cell & SIGN_BIT) != 0) {
        *--start = '-';
    }
    return start;
}
