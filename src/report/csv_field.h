// SPDX-License-Identifier: MIT
/**
 * @file csv_field.h
 * Fields of CSV (RFC 4180).
 */
#ifndef PEREBOR_REPORT_CSV_FIELD_H
#define PEREBOR_REPORT_CSV_FIELD_H

#include <stdio.h>

/** Writes a text, quoted where it must be. */
void csv_field_text(FILE *stream, const char *text);

/** Writes a real in the fewest digits that read back to its bits, or nothing where it is NaN. */
void csv_field_real(FILE *stream, double value);

#endif
