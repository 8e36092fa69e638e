// SPDX-License-Identifier: MIT
/**
 * @file leaks.h
 * Ways in which a dataset may give its target away: what a search would learn and life would not.
 */
#ifndef PEREBOR_LEAKS_H
#define PEREBOR_LEAKS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/split.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

typedef enum perebor_leak_kind {
    PEREBOR_LEAK_COLUMN = 0,     /**< A feature alone tells the target implausibly well. */
    PEREBOR_LEAK_ID = 1,         /**< The identifier does: it must never become a feature. */
    PEREBOR_LEAK_ORDER = 2,      /**< Rows are sorted by class. */
    PEREBOR_LEAK_DUPLICATES = 3, /**< Test rows equal training rows in every feature. */
} perebor_leak_kind;

/** One of them. */
typedef struct perebor_leak {
    perebor_leak_kind kind;
    const char *column;  /**< Its name; "" for order and duplicates. */
    double phik, auc;    /**< With the target; NaN for order and duplicates. */
    double z;            /**< Of the runs test for order, else NaN. */
    uint64_t n_rows;     /**< Test rows concerned for duplicates, else 0. */
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

/** From here on a single column is taken for a leak. */
#define PEREBOR_LEAK_PHIK 0.9
#define PEREBOR_LEAK_AUC 0.97

/**
 * Looks for leaks: phi_k and area under the curve of every feature and of the identifier, the
 * number of runs of the labels in the order of the file, equal rows in both parts of the split.
 *
 * @param[out] leaks  Released with perebor_leaks_release().
 * @param[in]  split  NULL: duplicates are not looked for.
 */
PEREBOR_MUST_CHECK perebor_status perebor_leaks_find(perebor_leaks *leaks,
                                                     const perebor_dataset *dataset,
                                                     const perebor_split *split,
                                                     perebor_error *error);

void perebor_leaks_release(perebor_leaks *leaks);

/** "column", "id", "order", "twins". */
const char *perebor_leak_kind_name(perebor_leak_kind kind);

PEREBOR_END_DECLS

#endif
