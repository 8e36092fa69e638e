// SPDX-License-Identifier: MIT
/**
 * @file explained_tables.h
 * Rows of other tables explained as the stage /explain of a result file explains those of its
 * search: by the same model, on the same terms, beside the same background.
 */
#ifndef PEREBOR_RUN_EXPLAINED_TABLES_H
#define PEREBOR_RUN_EXPLAINED_TABLES_H

#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"
#include "segment/driver.h"

/** Starts as {0}; released with explained_tables_release(). */
typedef struct explained_tables {
    segment_reasons reasons;
    const char **columns; /**< [reasons.n_columns] */
    double *values;       /**< [n_rows][reasons.n_columns] */
} explained_tables;

/**
 * Explains every row, one after the other: as long as perebor explain takes on one thread. A row of
 * the search has the values that the stage has for it, where these are exact; drawn orders depend
 * on the number of a row.
 *
 * @param[in] pipeline  Of the result.
 * @param[in] dataset   As its pipeline's schema has it.
 * @param[in] file      What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  /explain is not there, or not of the model as it is, or of the game
 *         of retrained models.
 * @retval PEREBOR_ERR_FORMAT    It is not what perebor explain writes.
 */
PEREBOR_MUST_CHECK perebor_status explained_tables_make(explained_tables *explained,
                                                        const perebor_result *result,
                                                        const perebor_study *study,
                                                        const perebor_fitted_pipeline *pipeline,
                                                        const perebor_dataset *dataset,
                                                        const char *file, perebor_error *error);

void explained_tables_release(explained_tables *explained);

#endif
