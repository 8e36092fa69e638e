// SPDX-License-Identifier: MIT
/**
 * @file fitted.h
 * What fitting a preparation finds out, and the parts that do it.
 *
 * Nominal columns go one way, all others ("numbers": numeric, ordinal, boolean) another. Prepared
 * columns are the numbers first, then what the nominal columns are encoded as; any of them may then
 * be selected.
 */
#ifndef PEREBOR_PREPARE_FITTED_H
#define PEREBOR_PREPARE_FITTED_H

#include <stdbool.h>

#include "perebor/preparation.h"
#include "prepare/scaling.h"

/** What fitting found out about a column of the dataset. */
typedef struct prepare_source {
    bool fill_known; /* False for a number without missing values in training: found when needed. */
    double fill;     /* What missing values become. */
    scaling scaling; /* Used for a numeric column. */
    double *codes;   /* [n_levels + 1] of a nominal column that is encoded ordinally. */
} prepare_source;

typedef enum prepare_encoding {
    PREPARE_NUMBER, /* The value, scaled. */
    PREPARE_LEVEL,  /* 1 where the value is the level, else 0. */
    PREPARE_CODE,   /* The place among the levels seen in training, or -1. */
} prepare_encoding;

/** A prepared column. */
typedef struct prepare_column {
    uint32_t source; /* column of the dataset */
    prepare_encoding encoding;
    uint32_t level; /* of PREPARE_LEVEL; the number of levels stands for a missing value */
} prepare_column;

typedef struct prepare_fitted {
    const perebor_dataset *dataset;
    perebor_preparation_settings settings;
    uint32_t *rows; /* [n_rows] of the training part */
    size_t n_rows;
    size_t n_positive;       /* training rows labelled 1 */
    prepare_source *sources; /* [dataset->n_columns] */
    double *codes;           /* what the sources' codes point into */
    size_t n_numbers;
    size_t n_columns;        /* prepared, before selection */
    prepare_column *columns; /* [n_columns] */
    double *f_values;        /* [n_columns] */
    uint32_t *ranking;       /* [n_columns] columns, the most telling last */
} prepare_fitted;

struct perebor_preparation {
    prepare_fitted *fitted;
    size_t n_selected;
    uint32_t selected[]; /* [n_selected] prepared columns, ascending */
};

/**
 * Finds what missing values of a number become, from the training rows. Leaves the workspace as it
 * was.
 *
 * @retval PEREBOR_ERR_NUMERIC  All are missing values.
 */
PEREBOR_MUST_CHECK perebor_status prepare_find_fill(double *fill, const prepare_fitted *fitted,
                                                    size_t source, perebor_workspace *workspace,
                                                    perebor_error *error);

/** Fits imputers, scalers and F of all numbers; @p labels [n_rows] are those of the rows. */
PEREBOR_MUST_CHECK perebor_status prepare_fit_numbers(prepare_fitted *fitted, const uint8_t *labels,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

/** Fits imputers, encoders and F of all nominal columns; appends their prepared columns. */
PEREBOR_MUST_CHECK perebor_status prepare_fit_nominals(prepare_fitted *fitted,
                                                       const uint8_t *labels,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

/** Says that a column has no value in training to fill its missing values with. */
PEREBOR_MUST_CHECK perebor_status prepare_fail_empty(const prepare_fitted *fitted, size_t source,
                                                     perebor_error *error);

#endif
