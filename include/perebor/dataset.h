// SPDX-License-Identifier: MIT
/**
 * @file dataset.h
 * A labelled table in memory: typed feature columns, a binary target, identifiers, passthrough
 * columns.
 *
 * Shapes used throughout the library:
 *
 *     n_rows      number of examples
 *     n_columns   number of feature columns, before any encoding
 *     values      [n_rows] of one column; a missing value is NaN and stays one for the imputers
 *     labels      [n_rows], 1 for the positive class, 0 for the rest
 *
 * A dataset never changes after it is made, so any number of threads may read one without locking.
 * It can be packed into one block of bytes and viewed in place there, so that the ranks of a node
 * share a single copy.
 */
#ifndef PEREBOR_DATASET_H
#define PEREBOR_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** What a column is to a learner. Values are stored in result files: never renumber. */
typedef enum perebor_role {
    PEREBOR_ROLE_NUMERIC = 0, /**< A number. */
    PEREBOR_ROLE_ORDINAL = 1, /**< A level of a declared order; the value is its place, from 0. */
    PEREBOR_ROLE_BOOLEAN = 2, /**< 0 or 1. */
    PEREBOR_ROLE_NOMINAL = 3, /**< A level without order; the value is its place by code point. */
} perebor_role;

/** "numeric", "ordinal", "boolean", "nominal", NULL: what files and lists call a role. */
extern const char *const perebor_role_names[];

/** One column of a dataset. */
typedef struct perebor_column {
    const char *name; /**< UTF-8, NFC. */
    perebor_role role;
    /** [n_rows] the number, or the index of the level; NaN is a missing value. Rows that are only
     * to be scored may have n_levels + 1 in a nominal column: a level that the schema does not
     * have. */
    const double *values;
    const char *const *levels; /**< [n_levels]: boolean {false, true}; nominal sorted as bytes. */
    size_t n_levels;           /**< 0 for a numeric column. */
    int8_t monotonic; /**< 1: scores may not fall as the column rises, -1: they may not rise, 0:
                           either; never of a nominal column. Learners that keep to it say so. */
} perebor_column;

/** A labelled table. Everything it points to belongs to it, or to the image it is a view of. */
typedef struct perebor_dataset {
    size_t n_rows;
    size_t n_columns;
    const perebor_column *columns; /**< [n_columns]: numeric, ordinal, boolean, nominal, in this
                                        order, each role in the order the experiment lists it. */
    const uint8_t *labels; /**< [n_rows]; NULL: not known, and the rows are only to be scored. */
    const char *target_name;
    const char *positive_name;   /**< The value of the target that is labelled 1. */
    const char *negative_name;   /**< The other value, or "rest" if there are several. */
    const char *id_name;         /**< "" if the experiment names no identifier. */
    const char *const *ids;      /**< [n_rows] identifiers as text; never a feature. NULL: none. */
    const uint32_t *source_rows; /**< [n_rows] 0-based row in the base table as it was read; NULL:
                                    the row itself. */
    const uint32_t *groups;      /**< [n_rows] group of each row for group-aware folds, or NULL. */
    size_t n_passthrough;
    const perebor_column
        *passthrough; /**< [n_passthrough] joined, but never a feature: profit and such. */
    void *block;      /**< Owned memory; NULL for a view. */
} perebor_dataset;

/**
 * Copies everything @p from points to into a new dataset that owns one block of memory.
 *
 * @param[out] dataset  Receives the dataset; freed with perebor_dataset_free().
 * @param[in]  from     Any consistent dataset; its block is ignored.
 *
 * @retval PEREBOR_ERR_MEMORY  The copy does not fit.
 * @retval PEREBOR_ERR_FORMAT  A level is none of its column's.
 */
PEREBOR_MUST_CHECK perebor_status perebor_dataset_copy(perebor_dataset **dataset,
                                                       const perebor_dataset *from,
                                                       perebor_error *error);

/**
 * The columns of a dataset without its rows: names, roles, levels, target, identifier. What a model
 * is fitted on and what later rows must have. Freed with perebor_dataset_free().
 */
PEREBOR_MUST_CHECK perebor_status perebor_dataset_schema(perebor_dataset **schema,
                                                         const perebor_dataset *from,
                                                         perebor_error *error);

/** Frees a dataset. Does nothing if @p dataset is NULL. */
void perebor_dataset_free(perebor_dataset *dataset);

/**
 * Writes a dataset as one block of bytes that holds no pointers.
 *
 * @param[out] image  Receives a block that the caller frees with free(); 64-byte aligned.
 * @param[out] size   Its size in bytes.
 */
PEREBOR_MUST_CHECK perebor_status perebor_dataset_pack(const perebor_dataset *dataset, void **image,
                                                       size_t *size, perebor_error *error);

/**
 * Views a packed dataset in place.
 *
 * @param[out] dataset  Borrows the large arrays from @p image, which must outlive it; freed with
 *                      perebor_dataset_free(), which leaves the image alone.
 * @param[in]  image    As perebor_dataset_pack() made it, at a 64-byte boundary.
 *
 * @retval PEREBOR_ERR_FORMAT  Not such an image, or not of this version.
 */
PEREBOR_MUST_CHECK perebor_status perebor_dataset_unpack(perebor_dataset **dataset,
                                                         const void *image, size_t size,
                                                         perebor_error *error);

/** SHA-256 over everything in the dataset but passthrough columns; the same on every machine. */
void perebor_dataset_fingerprint(const perebor_dataset *dataset, uint8_t fingerprint[32]);

PEREBOR_END_DECLS

#endif
