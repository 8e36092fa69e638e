// SPDX-License-Identifier: MIT
/**
 * @file campaign_settings.h
 * The section `campaign` of an experiment: how the log of a campaign is to be read and measured.
 */
#ifndef PEREBOR_CAMPAIGN_CAMPAIGN_SETTINGS_H
#define PEREBOR_CAMPAIGN_CAMPAIGN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/tables.h"

enum { CAMPAIGN_MOST_SHARES = 20 };

/** A yes or no in a column of the log. */
typedef struct campaign_mark {
    const char *column;
    const char *positive; /**< The value that means yes; any other means no. */
    perebor_position at;
} campaign_mark;

typedef struct campaign_settings {
    const char *id; /**< The column of identifiers; NULL: the experiment's, or "id". */
    campaign_mark treated, outcome;
    bool wanted;       /**< The outcome is what the offer is to bring, not to prevent. */
    const char *offer; /**< The column that says which offer; NULL: what /offers says. */
    const char *score; /**< A column to rank and adjust by; NULL: the model's probability. */
    perebor_position score_at;
    double shares[CAMPAIGN_MOST_SHARES]; /**< [n_shares] rising, in (0, 1] */
    size_t n_shares;
    size_t n_resamples; /**< Resamples of the bootstrap. */
} campaign_settings;

/** What is assumed of a log where the experiment says nothing. */
extern const campaign_settings campaign_defaults;

#endif
