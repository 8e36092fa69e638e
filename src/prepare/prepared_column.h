// SPDX-License-Identifier: MIT
/**
 * @file prepared_column.h
 * What a frozen preparation computes, column by column: for whoever writes it down elsewhere.
 *
 * With x the value of the source column, a level's number if that is nominal, and x = fill where it
 * is missing:
 *
 *     number   x, scaled: x, (x - shift) / factor or x * factor + shift
 *     level    1 where x is the level, else 0
 *     code     codes[x]; -1 of a level that the schema does not have
 */
#ifndef PEREBOR_PREPARE_PREPARED_COLUMN_H
#define PEREBOR_PREPARE_PREPARED_COLUMN_H

#include <stddef.h>

#include "perebor/preparation.h"

typedef enum prepared_encoding {
    PREPARED_NUMBER,
    PREPARED_LEVEL,
    PREPARED_CODE,
} prepared_encoding;

typedef enum prepared_scaling {
    PREPARED_AS_IS,   /**< x */
    PREPARED_CENTRE,  /**< (x - shift) / factor */
    PREPARED_STRETCH, /**< x * factor + shift */
} prepared_scaling;

extern const char *const prepared_encoding_names[]; /**< "number", "level", "code" */
extern const char *const prepared_scaling_names[];  /**< "none", "centre", "stretch" */

typedef struct prepared_column {
    size_t source; /**< Column of the schema. */
    prepared_encoding encoding;
    size_t level; /**< For PREPARED_LEVEL; the number of levels stands for "missing". */
    double fill;  /**< What a missing value becomes; of a nominal column a level's number. */
    prepared_scaling scaling; /**< For PREPARED_NUMBER. */
    double shift, factor;
    const double *codes; /**< [n_levels + 1] of PREPARED_CODE, the last of "missing"; else NULL. */
} prepared_column;

/** @pre  The preparation is frozen, and @p column below perebor_preparation_n_columns(). */
prepared_column prepared_column_at(const perebor_preparation *preparation, size_t column);

/** perebor_preparation_column_name() as perebor_training.name_column. @param[in] names  A
 * perebor_preparation. */
size_t prepared_column_write_name(const void *names, size_t column, char *name, size_t size);

#endif
