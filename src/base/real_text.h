// SPDX-License-Identifier: MIT
/**
 * @file real_text.h
 * Reals as the shortest texts that read back as the same.
 */
#ifndef PEREBOR_BASE_REAL_TEXT_H
#define PEREBOR_BASE_REAL_TEXT_H

#include <stddef.h>

enum { PEREBOR_REAL_TEXT_SIZE = 32 };

/**
 * Writes a finite real in the fewest digits that read back to the same bits, with a point or an
 * exponent always, as Python's repr does: 1.0, 0.1, 1e-05, 1e+16.
 *
 * @return The length.
 */
size_t perebor_real_format(double value, char text[PEREBOR_REAL_TEXT_SIZE]);

#endif
