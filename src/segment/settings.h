// SPDX-License-Identifier: MIT
/**
 * @file settings.h
 * The section `segments` of an experiment: what a row is worth, bands of risk and worth, the names
 * of their cells, segments that the user describes, and those that are to be found.
 *
 * Nothing here bears on a score, so an experiment may change it after its search.
 */
#ifndef PEREBOR_SEGMENT_SETTINGS_H
#define PEREBOR_SEGMENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "cluster/cluster_choice.h"
#include "perebor/status.h"
#include "perebor/tables.h"
#include "subgroup/subgroup.h"

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

/**
 * An axis of the portrait of a row: a column, or the weighted mean of several, each less its mean
 * and over its standard deviation; in bands by the share of the rows that have less, or in two that
 * part where the density is lowest.
 */
typedef struct segment_axis {
    const char *name;
    const char *const *columns; /**< [n_columns] */
    const double *weights;      /**< [n_columns] */
    size_t n_columns;
    segment_bands bands; /**< Two, without where the second begins, if at_valley. */
    bool at_valley;
    perebor_position at;
} segment_axis;

/** Columns that are one reason: what is to be done is the same for all of them. */
typedef struct segment_driver {
    const char *name, *note;
    perebor_texts columns;
    perebor_position at;
} segment_driver;

/** Clusters that are to be found. */
typedef struct segment_clusters {
    cluster_method method;
    perebor_texts columns; /**< Numeric ones. */
    const char *name;      /**< What clusters are called, before their numbers. */
    const char *where;     /**< A condition upon the rows; NULL: all rows. */
    size_t k_least, k_most;
    size_t n_resamples; /**< For their stability; 0: it is not measured. */
    perebor_position at;
} segment_clusters;

/** Rules that are to be found. */
typedef struct segment_discovery {
    subgroup_terms terms;
    perebor_texts columns; /**< None: every feature. */
    perebor_position at;
} segment_discovery;

typedef struct segment_settings {
    const char *value; /**< A column: what a row is worth in one period; NULL: each is worth 1. */
    perebor_position value_at;
    double horizon;      /**< Periods. */
    double share_lost;   /**< Share of the value that is lost where what is predicted comes true. */
    segment_bands risk;  /**< Bands of the probability. */
    segment_bands worth; /**< Bands of the value, by the share of rows that are worth less. */
    const char *const
        *cells; /**< [risk.n][worth.n] names, NULL where the file has none; or NULL. */
    const segment_rule *rules; /**< [n_rules] */
    size_t n_rules;
    const segment_axis *axes; /**< [n_axes] of the portrait */
    size_t n_axes;
    const segment_clusters *clusters;   /**< NULL: none are to be found. */
    const segment_discovery *discovery; /**< NULL: none are to be found. */
    const segment_driver *drivers;      /**< [n_drivers] */
    size_t n_drivers;
    const char *consent; /**< A column of true and false: who may be written to; NULL: not said. */
    perebor_position consent_at;
} segment_settings;

/** PEREBOR_ERR_FORMAT with a message that begins with where the experiment says the thing.
 * @param[in] experiment  The file's name. */
PEREBOR_PRINTF_LIKE(4, 5)
perebor_status segment_fail_at(const char *experiment, perebor_position at, perebor_error *error,
                               const char *format, ...);

#endif
