// SPDX-License-Identifier: MIT
/**
 * @file known_rows.h
 * The rows that a model was fitted on, as the result file has them, and how later rows are known to
 * be among them.
 */
#ifndef PEREBOR_RUN_KNOWN_ROWS_H
#define PEREBOR_RUN_KNOWN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "h5/file_tree.h"
#include "perebor/dataset.h"
#include "perebor/status.h"

/** What the model knew of a row, by its identifier. */
typedef enum prediction_seen {
    PREDICTION_NEW = 0,     /**< It was not among the rows that the model was fitted on. */
    PREDICTION_TRAINED = 1, /**< It was, with the same values: it is scored out of fold. */
    PREDICTION_CHANGED = 2, /**< It was, with other values: it is scored as it is now. */
} prediction_seen;

/** "no", "same", "changed", NULL. */
extern const char *const prediction_seen_names[];

/** What /model/out_of_fold has of the rows of training. Borrows from the result. */
typedef struct known_rows {
    size_t n;
    const char *const *ids; /**< NULL: they have none. */
    const int8_t *labels;
    const double *scores, *probabilities;
    const uint64_t *hashes;
    uint64_t *slots; /**< [n_slots] 1 + a row by the hash of its identifier, whose upper half is
                          above it; 0: none. */
    size_t n_slots;
} known_rows;

/**
 * Finds them.
 *
 * @param[out] known  Released with known_rows_release(), also if this fails.
 * @param[in]  model  The group /model.
 * @retval PEREBOR_ERR_FORMAT  Something is missing, or is not what refitting writes.
 */
PEREBOR_MUST_CHECK perebor_status known_rows_find(known_rows *known, const h5_node *model,
                                                  const char *file, perebor_error *error);

/**
 * What is known of a row of a dataset. Several rows of training have one identifier where it is the
 * group. Without an identifier the number of a row is its name: another row of this number is new.
 *
 * @param[out] found  Which of them has its values, if one has.
 */
prediction_seen known_rows_look_up(const known_rows *known, const perebor_dataset *dataset,
                                   size_t row, uint32_t *found);

void known_rows_release(known_rows *known);

/** A number for the values of a row in all columns: equal rows have one, others hardly ever. */
uint64_t predict_row_hash(const perebor_dataset *dataset, size_t row);

#endif
