// SPDX-License-Identifier: MIT
/**
 * @file explain_columns.h
 * The options of explain that say what is asked of columns, and of changes.
 */
#ifndef PEREBOR_CLI_EXPLAIN_COLUMNS_H
#define PEREBOR_CLI_EXPLAIN_COLUMNS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/stage_file.h"
#include "explain/smallest_change.h"
#include "h5/file_tree.h"
#include "perebor/fitted_pipeline.h"
#include "run/column_stage.h"

/** What the command line says. Starts as explain_columns_default(). */
typedef struct explain_columns {
    column_stage_options options;
    bool shapley; /**< Shapley values of every row are among the kinds. */
    size_t list;  /**< What CSV lists: 0 Shapley values, 1 + column_listing the rest. */
    bool lists;   /**< That was said. */
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

/** What would change the prediction of one row. Released with explained_change_release(). */
typedef struct explained_change {
    double threshold;
    change_space space; /**< Without domains: nothing is actionable, and nothing was looked for. */
    bool unseen;        /**< Whether the model is that of a fold, not the one of the file. */
    smallest_change found;
    double *values; /**< [space.n_domains] */
} explained_change;

/**
 * Finds what would change the prediction of one row, if anything is actionable.
 *
 * @param[in] model  /model of the file, and the @p pipeline that it has.
 *
 * @retval PEREBOR_ERR_FORMAT  An actionable column is none.
 */
PEREBOR_MUST_CHECK perebor_status explain_columns_change(const explain_columns *columns,
                                                         const stage_file *file,
                                                         const h5_node *model,
                                                         const perebor_fitted_pipeline *pipeline,
                                                         uint32_t row, explained_change *change,
                                                         perebor_error *error);

void explained_change_release(explained_change *change);

#endif
