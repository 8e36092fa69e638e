// SPDX-License-Identifier: MIT
/**
 * @file campaign_log.h
 * The log of a campaign: a table with a line a customer, which says who was treated and what came
 * of it.
 */
#ifndef PEREBOR_CAMPAIGN_CAMPAIGN_LOG_H
#define PEREBOR_CAMPAIGN_CAMPAIGN_LOG_H

#include "base/arena.h"
#include "campaign/campaign_settings.h"
#include "campaign/effect.h"
#include "perebor/dataset.h"
#include "perebor/status.h"

/** What the plan has for a customer. */
typedef enum campaign_part {
    CAMPAIGN_NO_OFFER = 0,
    CAMPAIGN_SENT = 1,
    CAMPAIGN_HELD_OUT = 2
} campaign_part;

/** What is known of the customers beside the log. Everything is borrowed. */
typedef struct campaign_customers {
    const perebor_dataset *dataset;
    const double *probabilities; /**< [n_rows] */
    const char *const *offers;   /**< [n_rows] which each had or would have had; NULL: not known. */
    const campaign_part *parts;  /**< [n_rows]; NULL: not known. */
} campaign_customers;

/** What a column says beside yes: two words at most, unless something is misspelt. */
typedef struct campaign_words {
    const char *no;    /**< The first that is not yes; NULL: none is. */
    const char *other; /**< The first that is neither; NULL: none is. */
    size_t n_other;    /**< Lines with neither. */
} campaign_words;

/** Starts as {0}; released with campaign_log_release(). */
typedef struct campaign_log {
    perebor_arena arena;
    campaign_rows rows;
    uint8_t *treated, *outcome; /**< [rows.n] */
    double *score;              /**< [rows.n] */
    uint32_t *offer;            /**< [rows.n] place in offers, UINT32_MAX where none is known */
    const char **offers;        /**< [n_offers] names, in the order of their bytes */
    size_t n_offers;
    size_t n_lines;     /**< Lines of the table. */
    size_t n_unknown;   /**< Lines of customers that the data does not have: left out. */
    size_t n_undecided; /**< Lines without an outcome, or without a word on treatment: left out. */
    campaign_words treated_words, outcome_words;
    size_t n_held_treated; /**< Treated, though the plan holds them out. */
    size_t n_sent_not;     /**< Not treated, though the plan sends them an offer. */
    char sha256[65];       /**< The file's digest. */
} campaign_log;

/**
 * Reads a CSV file.
 *
 * @retval PEREBOR_ERR_IO      It cannot be read.
 * @retval PEREBOR_ERR_FORMAT  A column is not there, a customer is there twice, a mark is never yes
 *                             or always, a score is no number, or nobody is left in a group.
 */
PEREBOR_MUST_CHECK perebor_status campaign_log_read(campaign_log *log, const char *path,
                                                    const campaign_settings *settings,
                                                    const campaign_customers *customers,
                                                    perebor_error *error);

void campaign_log_release(campaign_log *log);

#endif
