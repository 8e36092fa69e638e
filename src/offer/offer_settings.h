// SPDX-License-Identifier: MIT
/**
 * @file offer_settings.h
 * The section `offers` of an experiment: channels, the catalogue of offers, and what a plan may
 * cost.
 *
 * Money is in the unit of segments.value. Nothing here bears on a score, so an experiment may
 * change it after its search.
 */
#ifndef PEREBOR_OFFER_OFFER_SETTINGS_H
#define PEREBOR_OFFER_OFFER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/tables.h"

enum { OFFER_MOST_CHANNELS = 64, OFFER_MOST_OFFERS = 200 };

/** What is assumed of an offer: by what share it lowers the probability. */
typedef enum offer_uplift {
    OFFER_UPLIFT_LOW = 0,
    OFFER_UPLIFT_MID = 1,
    OFFER_UPLIFT_HIGH = 2
} offer_uplift;
enum { OFFER_N_UPLIFTS = 3 };

/** "low", "mid", "high", NULL. */
extern const char *const offer_uplift_names[];

/** A condition in SQL, see segment/rule.h; NULL: none. */
typedef struct offer_condition {
    const char *where;
    perebor_position at;
} offer_condition;

/** How a message reaches a customer. */
typedef struct offer_channel {
    const char *name, *title;
    bool requires_consent; /**< Whoever gets a message must have agreed. */
    double cost;           /**< What a message costs. */
    uint64_t capacity;     /**< Messages; UINT64_MAX: any number. */
} offer_channel;

/** One offer. */
typedef struct offer_item {
    const char *name, *title;
    const char *text; /**< A template, see text_template.h. */
    perebor_position at, text_at;
    const char *channel_name;
    perebor_position channel_at;
    size_t channel;
    bool requires_consent;          /**< Even if its channel does not. */
    offer_condition where, except;  /**< Who may have it, and who of these may not. */
    perebor_texts segments;         /**< In one of these; none: anybody. */
    perebor_texts drivers;          /**< The row's first reason is one of these; none: any. */
    double uplift[OFFER_N_UPLIFTS]; /**< Shares, rising. */
    double cost;                    /**< Beside that of the message. */
    double cost_share;              /**< Share of the revenue of whoever goes on buying. */
    uint64_t capacity;              /**< UINT64_MAX: any number. */
    double cool_down;               /**< Days before a customer may have it again. */
} offer_item;

/** What a level, or a column as a reason, is called in texts. */
typedef struct offer_word {
    const char *column;
    const char *level; /**< NULL: the column as a reason. */
    const char *text;
    perebor_position at;
} offer_word;

typedef struct offer_settings {
    offer_condition consent; /**< Who has agreed to messages. */
    offer_condition except;  /**< Who is offered nothing. */
    const char *revenue; /**< A column: revenue of one period; NULL if no offer costs a share. */
    perebor_position revenue_at;
    double revenue_unit;           /**< That one of its units is, in the unit of money. */
    double budget;                 /**< Infinite: any. */
    double least_net;              /**< What is expected to bring less is not offered. */
    offer_uplift uplift;           /**< The plan counts on. */
    double hold_out;               /**< Share of rows that get no offer, to compare with. */
    double cool_down;              /**< Days between messages that require consent. */
    const char *advice;            /**< A file of templates, see advice.h; NULL: none. */
    const offer_channel *channels; /**< [n_channels] */
    size_t n_channels;
    const offer_item *offers; /**< [n_offers] */
    size_t n_offers;
    const offer_word *reasons; /**< [n_reasons] columns that may be reasons, in words */
    size_t n_reasons;
    const offer_word *words; /**< [n_words] levels in words */
    size_t n_words;
} offer_settings;

/** Whether an offer needs the consent of whoever gets it. */
bool offer_requires_consent(const offer_settings *settings, size_t offer);

#endif
