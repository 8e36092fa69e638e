// SPDX-License-Identifier: MIT
/**
 * @file advice.h
 * What is to be done, in words: sentences with gaps for figures, from a file of templates.
 *
 * A sentence is told of the plan, or of each segment, for which its condition in SQL holds over the
 * figures that there are of it. The language is that of the file; nothing here is in any.
 */
#ifndef PEREBOR_OFFER_ADVICE_H
#define PEREBOR_OFFER_ADVICE_H

#include <stdio.h>

#include "base/arena.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"

/** A sentence and where it applies. */
typedef struct advice_sentence {
    const char *where; /**< A condition in SQL; NULL: always. */
    const char *text;  /**< With gaps, see advice_text_write(). */
    perebor_position at;
} advice_sentence;

/** Sentences that are told one after the other. */
typedef struct advice_part {
    const char *heading;
    const advice_sentence *sentences; /**< [n] */
    size_t n;
} advice_part;

/** A file of templates. */
typedef struct offer_advice {
    const char *file;
    const char *decimal; /**< "." or ",". */
    const char *title;
    const char *higher, *lower;     /**< A number above or below the others': {column} {inside}
                                         {outside}. */
    const char *oftener, *seldomer; /**< A level: {column} {level} {inside} {outside}. */
    const char *between;            /**< Between two of these. */
    size_t n_traits;                /**< So many of them at most. */
    perebor_position traits_at;
    advice_part general, segment;
} offer_advice;

/**
 * The text of a sentence for a row of figures.
 *
 *     {figure}     a text as it is, a number as short as three digits allow
 *     {figure:2}   a number with two decimals
 *     {figure:%}   a share in percent, {figure:%1} with one decimal
 *     {{           a brace
 *
 * A figure that is not known is told as "–".
 *
 * @retval PEREBOR_ERR_FORMAT  There is no such figure, or a gap is not closed.
 */
PEREBOR_MUST_CHECK perebor_status advice_text_write(const advice_sentence *sentence,
                                                    const offer_advice *advice,
                                                    const perebor_dataset *figures, size_t row,
                                                    FILE *stream, perebor_error *error);

/**
 * Writes the sentences of a part that hold for each row of figures, as Markdown: a heading, and an
 * item for each sentence. Rows for which none holds are left out.
 *
 * @retval PEREBOR_ERR_FORMAT  A sentence cannot be written, or its condition is not SQL.
 */
PEREBOR_MUST_CHECK perebor_status advice_part_write(const advice_part *part,
                                                    const offer_advice *advice,
                                                    const perebor_dataset *figures, FILE *stream,
                                                    perebor_error *error);

#endif
