// SPDX-License-Identifier: MIT
/**
 * @file nested_folds.h
 * The folds of nested cross-validation: outer folds of a training part, and of what is left of it
 * outside of each, inner ones.
 *
 * Folds are numbered through: the inner folds of the first outer one, the outer one itself, the
 * inner folds of the second … An inner fold has rows of its outer fold's training part alone.
 */
#ifndef PEREBOR_DATA_NESTED_FOLDS_H
#define PEREBOR_DATA_NESTED_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/folds.h"
#include "perebor/status.h"

/** Owns everything. */
typedef struct nested_folds {
    perebor_folds outer;  /**< Folds of one repeat. */
    perebor_folds *inner; /**< [outer.n_folds] of the rows outside of each, in their order. */
    uint32_t **outside; /**< [outer.n_folds][inner.n_rows] their positions in the training part. */
    size_t n_inner;     /**< Inner folds of each outer one, over all repeats. */
    size_t n_folds;     /**< outer.n_folds * (n_inner + 1) */
} nested_folds;

/**
 * Cuts them: the outer folds by the method of the inner ones, shuffled by the same seed, once.
 *
 * @param[out] folds    Released with nested_folds_release().
 * @param[in]  labels   [n_rows] of the training part, in its order.
 * @param[in]  groups   [n_rows], or NULL unless the method keeps groups.
 * @param[in]  n_outer  At least 2.
 * @param[in]  inner    As they would be cut of the whole training part.
 *
 * @retval PEREBOR_ERR_ARGUMENT  As perebor_folds_make().
 */
PEREBOR_MUST_CHECK perebor_status nested_folds_make(nested_folds *folds, const uint8_t *labels,
                                                    const uint32_t *groups, size_t n_rows,
                                                    size_t n_outer,
                                                    const perebor_folds_settings *inner,
                                                    perebor_error *error);

/** The number of an outer fold. @param[in] outer  Below outer.n_folds. */
size_t nested_folds_outer(const nested_folds *folds, size_t outer);

/** Lists the rows of a fold as perebor_folds_rows() does. @param[in] fold  Below n_folds. */
void nested_folds_rows(const nested_folds *folds, size_t fold, uint32_t *train, size_t *n_train,
                       uint32_t *validation, size_t *n_validation);

/** SHA-256 over all assignments. */
void nested_folds_fingerprint(const nested_folds *folds, uint8_t fingerprint[32]);

void nested_folds_release(nested_folds *folds);

#endif
