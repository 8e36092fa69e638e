// SPDX-License-Identifier: MIT
/**
 * @file text_template.h
 * The text of an offer with gaps for what is known of a customer.
 *
 *     {column}             the row's level (by offers.words, where it has one) or number
 *     {column|otherwise}   the same, or these words where the value is missing
 *     {reason}             the row's first reason, in the words of offers.reasons
 *     {id}                 its identifier
 *     {{                   a brace
 *
 * A text with a gap that nothing fills is not sent: a gap without "otherwise" is a condition.
 */
#ifndef PEREBOR_OFFER_TEXT_TEMPLATE_H
#define PEREBOR_OFFER_TEXT_TEMPLATE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "offer/offer_rows.h"
#include "offer/offer_settings.h"

typedef enum template_kind {
    TEMPLATE_TEXT,   /**< otherwise, always. */
    TEMPLATE_COLUMN, /**< A column of the data. */
    TEMPLATE_REASON,
    TEMPLATE_ID,
} template_kind;

/** A piece of a text. */
typedef struct template_part {
    template_kind kind;
    const perebor_column *column;
    const char *const *words; /**< [n_levels] of a column with levels */
    const char *otherwise;    /**< NULL: the text is not sent without the value. */
} template_part;

typedef struct text_template {
    const template_part *parts; /**< [n_parts] */
    size_t n_parts;
} text_template;

/**
 * Reads the text of an offer.
 *
 * @param[in] arena  The parts belong to it.
 * @retval PEREBOR_ERR_FORMAT  A brace is not closed, or there is no such column.
 */
PEREBOR_MUST_CHECK perebor_status text_template_read(text_template *template, perebor_arena *arena,
                                                     const offer_item *offer,
                                                     const offer_settings *settings,
                                                     const offer_rows *rows, const char *experiment,
                                                     perebor_error *error);

/** Whether every gap can be filled for a row. */
bool text_template_fits(const text_template *template, const offer_settings *settings,
                        const offer_rows *rows, size_t row);

/** Writes the text for a row. */
void text_template_write(const text_template *template, const offer_settings *settings,
                         const offer_rows *rows, size_t row, FILE *stream);

#endif
