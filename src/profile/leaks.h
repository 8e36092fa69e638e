// SPDX-License-Identifier: MIT
/**
 * @file leaks.h
 * Ways in which a dataset may give its target away: what a search would learn and life would not.
 */
#ifndef PEREBOR_PROFILE_LEAKS_H
#define PEREBOR_PROFILE_LEAKS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/folds.h"
#include "perebor/split.h"
#include "perebor/status.h"

typedef enum perebor_leak_kind {
    PEREBOR_LEAK_COLUMN = 0,     /**< A feature alone tells the target implausibly well. */
    PEREBOR_LEAK_ID = 1,         /**< The identifier does: it must never become a feature. */
    PEREBOR_LEAK_ORDER = 2,      /**< Rows are sorted by class. */
    PEREBOR_LEAK_DUPLICATES = 3, /**< Test rows equal training rows in every feature. */
    /** A feature's values are nearly all different: a name or a number of the row. */
    PEREBOR_LEAK_IDENTIFIER = 4,
} perebor_leak_kind;

/** One of them. */
typedef struct perebor_leak {
    perebor_leak_kind kind;
    const char *column; /**< Its name; "" for order and duplicates. */
    double phik, auc; /**< With the target; NaN for order and duplicates, phi_k for many levels. */
    double z;         /**< That of the runs test for order; else NaN. */
    uint64_t n_rows;  /**< Test rows concerned for duplicates, values for identifiers, else 0. */
    const char *detail;  /**< One line that names what it is about. */
    const char *section; /**< Where the step goes in the experiment; "" if nothing is to be done. */
    const char *step;    /**< YAML that would mend it. */
} perebor_leak;

/** All of them. Owns what it points to. */
typedef struct perebor_leaks {
    const perebor_leak *items; /**< [n] features in order, then id, order, duplicates */
    size_t n;
    void *block;
} perebor_leaks;

/**
 * Looks for leaks: features that tell the target implausibly well or are identifiers, an identifier
 * that tells it, rows sorted by class, equal rows in both parts of the split.
 *
 * How well a column tells the target is an area under the curve: of its values as they are, or of
 * its levels (missing values are one), each row's scored by what the other half of the rows showed.
 * A column of few rows a level tells nothing, then, and neither does one of names. It leaks if
 * chance does not explain it (p < 0.001 over all columns) and either
 * - it has at most 10 levels and 99.5 % of the rows are of their level's class, or
 * - its area is above .995 by more than a row of the smaller class is worth, or
 * - its area is .95 or more and it stands apart: it, or a few columns together, at most a third
 *   of all, miss 1 by at most a third of what the next best column misses it by.
 * The rate of false alarms and of misses is in docs/reference/profile.md.
 *
 * @param[out] leaks  Released with perebor_leaks_release().
 * @param[in]  split  NULL: duplicates are not looked for.
 * @param[in]  folds  How folds will be cut, for what to do about sorted rows; NULL: unknown.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_leaks_find(perebor_leaks *leaks,
                                                     const perebor_dataset *dataset,
                                                     const perebor_split *split,
                                                     const perebor_folds_settings *folds,
                                                     perebor_error *error);

void perebor_leaks_release(perebor_leaks *leaks);

/** "column", "id", "order", "twins", "identifier", NULL: what files and lists call a kind. */
extern const char *const perebor_leak_kind_names[];

#endif
