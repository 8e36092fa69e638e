// SPDX-License-Identifier: MIT
/**
 * @file column_stage.h
 * What the model that refit keeps does with its columns: importance, shapes, interactions, and what
 * would change predictions, as groups inside the stage /explain. Rank 0 has the file and the
 * tables; all ranks compute.
 *
 *   /explain/importance    permutation, drop-column and mean |Shapley value|, their agreement
 *   /explain/shape         curves of every column
 *   /explain/interaction   pairs of columns
 *   /explain/change        the smallest change of every row
 *
 * Each group says by `terms` and `model` what it was made from; one that is there on the same terms
 * is taken as it is. What else the stage holds stays.
 */
#ifndef PEREBOR_RUN_COLUMN_STAGE_H
#define PEREBOR_RUN_COLUMN_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/importance_table.h"
#include "h5/file_tree.h"
#include "perebor/actionable.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/explain_job.h"
#include "run/shared_model.h"
#include "run/study.h"

/** The groups of the stage. */
typedef enum column_group {
    COLUMN_IMPORTANCE,
    COLUMN_SHAPE,
    COLUMN_INTERACTION,
    COLUMN_CHANGE,
    COLUMN_GROUPS,
} column_group;

/** "importance", "shape", "interaction", "change". */
extern const char *const column_group_names[COLUMN_GROUPS];

/** What is asked: the same on every rank. */
typedef struct column_stage_options {
    bool permutes, drops; /**< Kinds of importance. */
    bool sklearn;         /**< With scikit-learn's shuffles, of the model on the test part. */
    size_t n_repeats;     /**< Repeats of every exchange. */
    size_t n_retrained;   /**< So many of the best trials are fitted without a column; 1: the
                               model's own. */
    bool local_effects, dependence;
    size_t n_single; /**< Rows whose curves are kept. */
    size_t n_points; /**< Points of a curve. */
    bool interactions;
    bool changes;        /**< Those of every row; there must be actionable columns. */
    explain_scale scale; /**< The scale of shapes and interactions. */
    double threshold;    /**< Below it a probability is low enough; NaN: the experiment's. */
    const perebor_actionable *actionable; /**< [n_actionable] instead of the experiment's; 0: those.
                                           */
    size_t n_actionable;
    int n_threads;              /**< 0: what was granted. */
    bool oversubscribe;         /**< Allow more threads than processors. */
    const explain_watch *watch; /**< Or NULL. */
} column_stage_options;

/** What rank 0 starts from. */
typedef struct column_stage_source {
    perebor_result *result;          /**< Gets the groups. */
    const char *file;                /**< For messages. */
    const importance_values *values; /**< Shapley values of rows, or NULL. */
    const char *values_terms;        /**< What they are, for `terms`; "" without any. */
} column_stage_source;

/** What is taken unless somebody says otherwise: everything cheap. */
column_stage_options column_stage_defaults(void);

/** Which groups are asked for. @param[in] values  There are Shapley values of rows. */
void column_stage_asks(const column_stage_options *options, bool values, bool asked[COLUMN_GROUPS]);

/**
 * Rank 0: checks what is asked, as far as that can be said before anything is computed, as
 * column_stage_make() does. Who computes something else before that asks first.
 *
 * @param[in,out] shared  Loaded.
 * @retval others  As column_stage_make().
 */
PEREBOR_MUST_CHECK perebor_status column_stage_check(shared_model *shared,
                                                     const column_stage_source *source,
                                                     const column_stage_options *options,
                                                     perebor_error *error);

/**
 * Computes what is asked and is not there. Called by all ranks, which agree on how it ended.
 *
 * @param[in,out] shared  The study and the model; shared once something is to be computed.
 * @param[in]  source  Rank 0; NULL elsewhere.
 * @param[in]  ready   Rank 0: PEREBOR_OK, or how it failed before, with @p error.
 * @param[out] made    Rank 0: whether the result is to be written.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_ARGUMENT  Changes are asked, and no column is actionable; or several trials
 *                               are to be fitted without a column, and the model is an ensemble; or
 *                               scikit-learn's shuffles, of a seed that it does not take.
 * @retval PEREBOR_ERR_FORMAT    An actionable column is none.
 * @retval PEREBOR_ERR_STOPPED   On request.
 */
PEREBOR_MUST_CHECK perebor_status column_stage_make(perebor_ranks *ranks, shared_model *shared,
                                                    const column_stage_source *source,
                                                    const column_stage_options *options,
                                                    perebor_status ready, bool *made,
                                                    perebor_error *error);

#endif
