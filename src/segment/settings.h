// SPDX-License-Identifier: MIT
/**
 * @file settings.h
 * The section `segments` of an experiment: what a row is worth, bands of risk and worth, the names
 * of their cells, and segments that the user describes.
 *
 * Nothing here bears on a score, so an experiment may change it after its search.
 */
#ifndef PEREBOR_SEGMENT_SETTINGS_H
#define PEREBOR_SEGMENT_SETTINGS_H

#include <stddef.h>

#include "perebor/status.h"
#include "perebor/tables.h"

enum { SEGMENT_MAX_BANDS = 16 };

/** Consecutive intervals of a number, lowest first. */
typedef struct segment_bands {
    const char *const *names; /**< [n] */
    size_t n;                 /**< 0: there are none. */
    const double *from;       /**< [n - 1] rising: where each but the first begins. */
} segment_bands;

/** Rows that a condition in SQL picks (rule.h). */
typedef struct segment_rule {
    const char *name, *where;
    const char *note; /**< For the reader; "" if there is none. */
    perebor_position at;
} segment_rule;

typedef struct segment_settings {
    const char *value; /**< A column: what a row is worth in one period; NULL: each is worth 1. */
    perebor_position value_at;
    double horizon;      /**< Periods. */
    double share_lost;   /**< Of the value, where what is predicted comes true. */
    segment_bands risk;  /**< Of the probability. */
    segment_bands worth; /**< Of the value, by the share of rows that are worth less. */
    const char *const
        *cells; /**< [risk.n][worth.n] names, NULL where the file has none; or NULL. */
    const segment_rule *rules; /**< [n_rules] */
    size_t n_rules;
} segment_settings;

/** PEREBOR_ERR_FORMAT with a message that begins with where the experiment says the thing.
 * @param[in] experiment  The file's name. */
PEREBOR_PRINTF_LIKE(4, 5)
perebor_status segment_fail_at(const char *experiment, perebor_position at, perebor_error *error,
                               const char *format, ...);

#endif
