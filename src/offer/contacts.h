// SPDX-License-Identifier: MIT
/**
 * @file contacts.h
 * Messages that customers had before, for cool-downs: a table with the columns id, offer, days_ago.
 */
#ifndef PEREBOR_OFFER_CONTACTS_H
#define PEREBOR_OFFER_CONTACTS_H

#include "offer/offer_rows.h"

/** Starts as {0}; released with contacts_release(). */
typedef struct contacts {
    offer_contact *items; /**< [n] by row */
    size_t n;
    size_t n_unknown; /**< Lines of customers that the data does not have. */
    size_t n_foreign; /**< Lines of offers that the catalogue does not have. */
    char sha256[65];  /**< The file's. */
} contacts;

/**
 * Reads a CSV file.
 *
 * @retval PEREBOR_ERR_IO      It cannot be read.
 * @retval PEREBOR_ERR_FORMAT  A column is missing, or days_ago is not a number from 0 on.
 */
PEREBOR_MUST_CHECK perebor_status contacts_read(contacts *contacts, const char *path,
                                                const perebor_dataset *dataset,
                                                const offer_settings *settings,
                                                perebor_error *error);

void contacts_release(contacts *contacts);

#endif
