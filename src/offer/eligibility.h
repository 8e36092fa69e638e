// SPDX-License-Identifier: MIT
/**
 * @file eligibility.h
 * Who may get which offer: consent, conditions, exclusions, segments, drivers, cool-down, and a
 * text without a gap.
 *
 * Every row of every offer is asked the same questions in the same order, consent first: what a row
 * may not get is not among its options, and no later step can give it that.
 */
#ifndef PEREBOR_OFFER_ELIGIBILITY_H
#define PEREBOR_OFFER_ELIGIBILITY_H

#include "base/arena.h"
#include "offer/offer_rows.h"
#include "offer/offer_settings.h"
#include "offer/text_template.h"

/** Why a row may not get an offer. Values are stored in result files: never renumber. */
typedef enum offer_refusal {
    OFFER_MAY = 0,
    OFFER_NO_CONSENT = 1, /**< It takes a consent that the row has not given. */
    OFFER_EXCEPTED = 2,   /**< offers.except, or the offer's. */
    OFFER_NOT_FOR = 3,    /**< Its where, segments or drivers. */
    OFFER_TOO_SOON = 4,   /**< A cool-down. */
    OFFER_TEXT_GAP = 5,   /**< Its text needs a value that the row does not have. */
} offer_refusal;

enum { OFFER_N_REFUSALS = 6 };

/** Starts as {0}; released with eligibility_release(). */
typedef struct eligibility {
    const offer_settings *settings;
    const offer_rows *rows;
    perebor_arena arena;
    uint8_t *holds;                   /**< [n_conditions][n_rows] whether a condition holds */
    const uint8_t *consent;           /**< [n_rows]; NULL: nobody was asked. */
    const uint8_t *except;            /**< [n_rows]; NULL: nobody is. */
    const uint8_t **where, **not_for; /**< [n_offers] → [n_rows]; NULL: no condition. */
    const size_t **segments;          /**< [n_offers] → places of the offer's segments */
    text_template *texts;             /**< [n_offers] */
    uint32_t *first_contact;          /**< [n_rows + 1] */
} eligibility;

/**
 * Looks up every condition.
 *
 * @param[in] settings, rows  Outlive it.
 * @param[in] experiment      The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT    A condition is not SQL, or something that is named is not there.
 * @retval PEREBOR_ERR_CONFLICT  An offer has drivers, and the rows are not explained.
 */
PEREBOR_MUST_CHECK perebor_status eligibility_make(eligibility *eligibility,
                                                   const offer_settings *settings,
                                                   const offer_rows *rows, const char *experiment,
                                                   perebor_error *error);

/** Whether a row has agreed to messages. */
bool eligibility_consents(const eligibility *eligibility, size_t row);

/** Whether a row may get an offer, and if not the first reason why. */
offer_refusal eligibility_ask(const eligibility *eligibility, size_t row, size_t offer);

void eligibility_release(eligibility *eligibility);

#endif
