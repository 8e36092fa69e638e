// SPDX-License-Identifier: MIT
/**
 * @file preparation.h
 * From typed columns to numbers: impute, encode, scale, select; fitted on training rows only.
 *
 * The conventions are scikit-learn 1.2.1's (SimpleImputer, OneHotEncoder, OrdinalEncoder,
 * StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler, SelectKBest(f_classif)). The encoded
 * columns are the numeric ones, then ordinal, boolean and nominal, each in the dataset's order, the
 * levels of a one-hot column by code point. Only numeric columns are scaled.
 */
#ifndef PEREBOR_PREPARATION_H
#define PEREBOR_PREPARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/matrix.h"
#include "perebor/setting.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

PEREBOR_BEGIN_DECLS

typedef enum perebor_imputer {
    PEREBOR_IMPUTE_MEAN = 0,
    PEREBOR_IMPUTE_MEDIAN = 1,
    PEREBOR_IMPUTE_MOST_FREQUENT = 2, /**< Ties go to the smallest value. */
    PEREBOR_IMPUTE_CONSTANT = 3,      /**< fill_value; of a nominal column a level of its own, last,
                                           named "missing". */
} perebor_imputer;

typedef enum perebor_encoder {
    PEREBOR_ENCODE_ONEHOT = 0,       /**< A column a level seen in training; unknown: all zeros. */
    PEREBOR_ENCODE_ONEHOT_FIRST = 1, /**< The same without the first level (drop="first"). */
    PEREBOR_ENCODE_ORDINAL = 2,      /**< Place among the levels seen in training; unknown: -1. */
} perebor_encoder;

typedef enum perebor_scaler {
    PEREBOR_SCALE_NONE = 0,
    PEREBOR_SCALE_STANDARD = 1,
    PEREBOR_SCALE_MINMAX = 2,
    PEREBOR_SCALE_ROBUST = 3,
    PEREBOR_SCALE_MAXABS = 4,
} perebor_scaler;

/** How to prepare. Compared by perebor_preparation_settings_compare(), member by member. */
typedef struct perebor_preparation_settings {
    double fill_value;                      /**< For PEREBOR_IMPUTE_CONSTANT. */
    int32_t impute_numeric, impute_nominal; /**< perebor_imputer; nominal: the last two only. */
    int32_t encode_nominal;                 /**< perebor_encoder */
    int32_t scale;                          /**< perebor_scaler */
    uint32_t
        select_k; /**< Columns kept by select_k_best; 0 keeps all, as does more than there are. */
    uint32_t reserved; /**< 0 */
} perebor_preparation_settings;

/**
 * Orders settings: those that can share a fit lie together, and among them those of one select_k.
 *
 * @return Below 0, 0 or above 0; 0 if they prepare alike.
 */
int perebor_preparation_settings_compare(const perebor_preparation_settings *a,
                                         const perebor_preparation_settings *b);

/** Whether they differ in select_k at most, so that perebor_preparation_reselect() leads from one
 * to the other. */
bool perebor_preparation_settings_share_fit(const perebor_preparation_settings *a,
                                            const perebor_preparation_settings *b);

/** One step of preparation as a search sees it: name and settings, such as "select" and "k". */
typedef struct perebor_preparation_step {
    const char *name;                /**< "impute", "encode", "scale", "select" */
    const perebor_setting *settings; /**< [n_settings] one named "" is the step's own value. */
    size_t n_settings;
} perebor_preparation_step;

/** The steps, in order, and how many. */
const perebor_preparation_step *perebor_preparation_steps(size_t *n_steps);

/**
 * Sets what a parameter named step__setting (or step) says.
 *
 * @param[in] value  As perebor_setting_accept() returned it for that setting.
 */
void perebor_preparation_set(perebor_preparation_settings *settings, const char *step,
                             const char *setting, perebor_value value);

/** A fitted preparation. It lives in the workspace that it was fitted in. */
typedef struct perebor_preparation perebor_preparation;

/**
 * Fits on the given rows.
 *
 * @param[out] preparation  Borrows @p dataset.
 * @param[in]  rows         [n_rows] row numbers of the dataset: the training part of a fold.
 *
 * @retval PEREBOR_ERR_NUMERIC   A column is all missing values and its imputer has nothing to go
 * by, or has values too large to add up.
 * @retval PEREBOR_ERR_ARGUMENT  No rows, no labels, or a level that is none of its column's.
 */
PEREBOR_MUST_CHECK perebor_status perebor_preparation_fit(
    perebor_preparation **preparation, const perebor_dataset *dataset, const uint32_t *rows,
    size_t n_rows, const perebor_preparation_settings *settings, perebor_workspace *workspace,
    perebor_error *error);

/**
 * The same preparation with another select_k, for free: the ranking is kept. Shares memory with
 * @p preparation, which must outlive it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_preparation_reselect(
    perebor_preparation **reselected, const perebor_preparation *preparation, uint32_t select_k,
    perebor_workspace *workspace, perebor_error *error);

/** Columns that transform makes. */
size_t perebor_preparation_n_columns(const perebor_preparation *preparation);

/**
 * Name of a column that transform makes: the dataset column's, followed by "=level" if one-hot.
 *
 * @return The length without the end, even if it did not fit.
 */
size_t perebor_preparation_column_name(const perebor_preparation *preparation, size_t column,
                                       char *name, size_t size);

/** The dataset column that a prepared column comes from. */
size_t perebor_preparation_source(const perebor_preparation *preparation, size_t column);

/**
 * Prepares rows.
 *
 * @param[in]  dataset  The one fitted on, or one with the same columns, roles and levels. A nominal
 *                      value that is no level is unknown to the encoder; labels are not looked at.
 * @param[out] matrix   Created in the workspace, where nothing else is left.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another dataset with other columns.
 */
PEREBOR_MUST_CHECK perebor_status perebor_preparation_transform(
    const perebor_preparation *preparation, const perebor_dataset *dataset, const uint32_t *rows,
    size_t n_rows, perebor_workspace *workspace, perebor_matrix *matrix, perebor_error *error);

/**
 * Makes a preparation independent of the rows that it was fitted on: everything that a missing
 * value may become is found out now.
 *
 * @param[in] schema  Columns of the same names, roles and levels as those fitted on, such as
 *                    perebor_dataset_schema() makes; borrowed from here on.
 */
PEREBOR_MUST_CHECK perebor_status perebor_preparation_freeze(perebor_preparation *preparation,
                                                             const perebor_dataset *schema,
                                                             perebor_workspace *workspace,
                                                             perebor_error *error);

PEREBOR_END_DECLS

#endif
