// SPDX-License-Identifier: MIT
/**
 * @file resample_text.h
 * How sure a corrected score is as far as the number of resamples goes, in words.
 */
#ifndef PEREBOR_CLI_RESAMPLE_TEXT_H
#define PEREBOR_CLI_RESAMPLE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/** A score corrected for a choice. */
typedef struct resample_text {
    double naive, corrected;
    double low, high;      /**< The interval of @p corrected; NaN: there is none. */
    double standard_error; /**< That of @p corrected as the mean of resamples; NaN with one. */
    size_t n;              /**< Resamples that could be measured. */
} resample_text;

/**
 * Writes a line where other resamples would move the score by what counts, with the number that is
 * enough, or where it lies above the naive one; nothing else.
 */
void resample_text_write(const resample_text *text, FILE *stream);

#endif
