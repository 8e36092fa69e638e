// SPDX-License-Identifier: MIT
/**
 * @file explain_columns.h
 * The options of explain that say what is asked of columns, and of changes.
 */
#ifndef PEREBOR_CLI_EXPLAIN_COLUMNS_H
#define PEREBOR_CLI_EXPLAIN_COLUMNS_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "perebor/fitted_pipeline.h"
#include "report/column_words.h"
#include "run/column_stage.h"

/** What the command line says. Starts as explain_columns_default(). */
typedef struct explain_columns {
    column_stage_options options;
    bool shapley;                   /**< Shapley values of every row are among the kinds. */
    perebor_actionable *actionable; /**< [options.n_actionable] */
} explain_columns;

explain_columns explain_columns_default(void);
void explain_columns_release(explain_columns *columns);

/** The parser of the options, a child of a command's: its input is an explain_columns. */
extern const struct argp explain_columns_parser;

/**
 * Looks up what may be changed, before anything is told.
 *
 * @retval PEREBOR_ERR_FORMAT  An actionable column is none.
 */
PEREBOR_MUST_CHECK perebor_status explain_columns_check(const explain_columns *columns,
                                                        const perebor_study *study,
                                                        perebor_error *error);

/**
 * Finds and tells what would change the prediction of one row, if anything is actionable.
 *
 * @param[in] trial  That the pipeline was fitted of.
 *
 * @retval PEREBOR_ERR_FORMAT  An actionable column is none.
 */
PEREBOR_MUST_CHECK perebor_status explain_columns_change(const explain_columns *columns,
                                                         const perebor_study *study,
                                                         const perebor_fitted_pipeline *pipeline,
                                                         uint64_t trial, uint32_t row,
                                                         const column_words *words, FILE *stream,
                                                         perebor_error *error);

#endif
