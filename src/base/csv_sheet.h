// SPDX-License-Identifier: MIT
/**
 * @file csv_sheet.h
 * CSV for people, who open it with a spreadsheet: cells are put one after the other, separators
 * come by themselves, and no cell can make the spreadsheet run a formula.
 *
 * What a spreadsheet takes for a separator and a decimal mark is a matter of the country that it
 * is set up for: commas and points, or semicolons and commas (as R's write.csv2 has it).
 */
#ifndef PEREBOR_BASE_CSV_SHEET_H
#define PEREBOR_BASE_CSV_SHEET_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** How the spreadsheet reads CSV. {0}: plain UTF-8 with commas. */
typedef struct csv_form {
    bool mark;       /**< A byte order mark at the beginning, by which Excel knows UTF-8. */
    bool semicolons; /**< Between cells, and decimal commas. */
} csv_form;

/** A table under way. */
typedef struct csv_sheet {
    FILE *stream;
    char separator, decimal;
    bool in_row; /**< The row has a cell. */
} csv_sheet;

csv_sheet csv_sheet_begin(FILE *stream, const csv_form *form);

/** Cells with these names, which are parted by commas here. */
void csv_sheet_names(csv_sheet *sheet, const char *names);

/** A text, with an apostrophe before what a spreadsheet would run: what begins with = + - @ or a
 * tab and is no number. NULL: an empty cell. */
void csv_sheet_text(csv_sheet *sheet, const char *text);

void csv_sheet_whole(csv_sheet *sheet, uint64_t value);

/** A real, the shortest that reads as the same; NaN: an empty cell. */
void csv_sheet_exact(csv_sheet *sheet, double value);

/** The same in no more than six digits, and whole numbers without a point. */
void csv_sheet_rounded(csv_sheet *sheet, double value);

/** The same as one says it: four digits, those before the point in any case and six behind it at
 * most. */
void csv_sheet_short(csv_sheet *sheet, double value);

/** Gives the numbers of a text that is to be put the sheet's decimal mark. */
void csv_sheet_localise(const csv_sheet *sheet, char *text);

void csv_sheet_end_row(csv_sheet *sheet);

#endif
