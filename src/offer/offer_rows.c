// SPDX-License-Identifier: MIT
#include "offer/offer_rows.h"

#include <string.h>

/** Whether a column may be a reason. */
static bool may_be_reason(const offer_settings *settings, const char *column) {
    for (size_t i = 0; i < settings->n_reasons; i++) {
        if (strcmp(settings->reasons[i].column, column) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < settings->n_offers; i++) {
        for (size_t j = 0; j < settings->offers[i].drivers.n; j++) {
            if (strcmp(settings->offers[i].drivers.items[j], column) == 0) {
                return true;
            }
        }
    }
    return false;
}

void offer_reasons_of(const offer_rows *rows, const offer_settings *settings, size_t row,
                      uint16_t reasons[OFFER_TOLD_REASONS]) {
    size_t n = 0;
    const double *shapley =
        rows->shapley == NULL ? NULL : rows->shapley + row * rows->n_reason_columns;
    for (size_t j = 0; shapley != NULL && j < rows->n_reason_columns; j++) {
        if (!(shapley[j] > 0.0) || !may_be_reason(settings, rows->reason_columns[j])) {
            continue;
        }
        size_t at = n < OFFER_TOLD_REASONS ? n++ : OFFER_TOLD_REASONS;
        for (; at > 0 && shapley[reasons[at - 1]] < shapley[j]; at--) {
            if (at < OFFER_TOLD_REASONS) {
                reasons[at] = reasons[at - 1];
            }
        }
        if (at < OFFER_TOLD_REASONS) {
            reasons[at] = (uint16_t)j;
        }
    }
    for (; n < OFFER_TOLD_REASONS; n++) {
        reasons[n] = OFFER_NONE;
    }
}

const char *offer_reason_words(const offer_rows *rows, const offer_settings *settings,
                               uint16_t reason) {
    const char *column = rows->reason_columns[reason];
    for (size_t i = 0; i < settings->n_reasons; i++) {
        if (strcmp(settings->reasons[i].column, column) == 0) {
            return settings->reasons[i].text;
        }
    }
    return column;
}

const char *offer_row_name(const offer_rows *rows, size_t row, char buffer[32]) {
    if (rows->dataset->ids != NULL) {
        return rows->dataset->ids[row];
    }
    (void)snprintf(buffer, 32, "%zu", row);
    return buffer;
}
