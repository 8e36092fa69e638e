// SPDX-License-Identifier: MIT
/**
 * @file csv_fields.h
 * Fields of CSV (RFC 4180).
 */
#ifndef PEREBOR_REPORT_CSV_FIELDS_H
#define PEREBOR_REPORT_CSV_FIELDS_H

#include <stdio.h>

/** A text, quoted where it must be. */
void csv_write_text(FILE *stream, const char *text);

/** The same, with an apostrophe before what a spreadsheet would run: a text that begins with = + -
 * @ or a tab and is no number. */
void csv_write_harmless(FILE *stream, const char *text);

/** A comma and a real, the shortest that reads as the same; or the comma alone for NaN. */
void csv_write_real(FILE *stream, double value);

/** The same in no more than six digits, and whole numbers without a point: for people. */
void csv_write_rounded(FILE *stream, double value);

#endif
