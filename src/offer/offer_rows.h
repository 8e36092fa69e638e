// SPDX-License-Identifier: MIT
/**
 * @file offer_rows.h
 * What is known of the rows that offers are made to.
 */
#ifndef PEREBOR_OFFER_OFFER_ROWS_H
#define PEREBOR_OFFER_OFFER_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "offer/offer_settings.h"
#include "perebor/dataset.h"
#include "segment/settings.h"
#include "segment/worth.h"

/** No reason, or no offer. */
enum { OFFER_NONE = UINT16_MAX };

/** Reasons of a row that are told. */
enum { OFFER_TOLD_REASONS = 3 };

/** A message that a customer had. */
typedef struct offer_contact {
    uint32_t row;
    uint16_t offer; /**< OFFER_NONE: one that the catalogue does not have. */
    double days_ago;
} offer_contact;

/** Everything is borrowed. */
typedef struct offer_rows {
    const perebor_dataset *dataset;
    const double *probabilities; /**< [n_rows] */
    const segment_worth *worth;  /**< With a row for each of the dataset. */
    const segment_bands *risk, *worth_bands;
    size_t n_segments;
    const char *const *segments; /**< [n_segments] names */
    const int8_t *members;       /**< [n_segments][n_rows] 1 for a member */
    /** [n_rows][n_reason_columns] Shapley values; NULL: the rows are not explained. */
    const double *shapley;
    const char *const *reason_columns; /**< [n_reason_columns] */
    size_t n_reason_columns;
    const offer_contact *contacts; /**< [n_contacts] by row */
    size_t n_contacts;
} offer_rows;

/**
 * Why a row's probability is high: columns that may be reasons (offers.reasons and what offers name
 * as drivers) whose Shapley values are above 0, the greatest first, of equal ones the first.
 *
 * @param[out] reasons  The columns, places in rows->reason_columns; OFFER_NONE behind the last.
 */
void offer_reasons_of(const offer_rows *rows, const offer_settings *settings, size_t row,
                      uint16_t reasons[OFFER_TOLD_REASONS]);

/** What a column is called as a reason. */
const char *offer_reason_words(const offer_rows *rows, const offer_settings *settings,
                               uint16_t reason);

/** The identifier, or the number where there is none. @param[out] buffer  [32] for a number. */
const char *offer_row_name(const offer_rows *rows, size_t row, char buffer[32]);

#endif
