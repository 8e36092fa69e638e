// SPDX-License-Identifier: MIT
/**
 * @file experiment.h
 * The experiment file, read: YAML in, typed settings out.
 *
 * An unknown or duplicate key, a value of the wrong type or out of range, an anchor or tag that the
 * schema does not know is an error that names file:line:column, the value and the nearest right
 * name. Nothing is guessed. docs/reference/experiment.md lists every key with its default.
 */
#ifndef PEREBOR_EXPERIMENT_H
#define PEREBOR_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/actionable.h"
#include "perebor/folds.h"
#include "perebor/metric.h"
#include "perebor/space.h"
#include "perebor/split.h"
#include "perebor/status.h"
#include "perebor/tables.h"

PEREBOR_BEGIN_DECLS

/** A setting of a pipeline step fixed outside the search: missing.numeric, for one. */
typedef struct perebor_fixed_setting {
    const char *name; /**< step__setting */
    perebor_value value;
    perebor_position at;
} perebor_fixed_setting;

/** One --set key=value: a path of keys joined by dots, and YAML for the value. */
typedef struct perebor_override {
    const char *key, *value;
} perebor_override;

/** One experiment. Everything it points to belongs to it. */
typedef struct perebor_experiment {
    const char *file; /**< As it was named on the command line. */
    const char *name, *description;
    uint64_t seed;

    perebor_tables_spec tables;
    perebor_split_settings split;
    perebor_folds_settings folds;
    bool return_train_score; /**< Score the training rows of every fold too. */

    perebor_space *space;
    perebor_search_method method;
    perebor_metric_list metrics; /**< The first selects. */
    perebor_sampler sampler;     /**< For the random method; perebor_study applies it. */
    uint64_t n_trials;           /**< run_cap; of a grid no more than it has. */
    double timeout_seconds;      /**< 0: none */
    double max_failures; /**< Share of trials that may fail before exit code 4, in [0, 1]. */
    double trial_timeout_seconds;       /**< Wall time one fold may take; 0: none. */
    uint64_t trial_memory_bytes;        /**< That one fold of a trial may take; 0: any. */
    const perebor_fixed_setting *fixed; /**< [n_fixed] */
    size_t n_fixed;

    size_t assess_trials;    /**< How many of the best trials are assessed. */
    size_t assess_resamples; /**< Resamples of that. */
    size_t nested_outer;     /**< Outer folds of nested cross-validation; at least 2. */

    const char
        *output; /**< Result file, resolved against the experiment's folder; NULL: default. */
    double checkpoint_seconds;

    double explain_threshold;             /**< Below it a probability is low enough. */
    const perebor_actionable *actionable; /**< [n_actionable] */
    size_t n_actionable;
    bool declares_explain;       /**< There is a section explain. */
    perebor_texts report_ignore; /**< Codes of findings that a report is not to tell: PRB001. */
    /** What comes after the search, or NULL; nothing of it bears on a score. */
    const struct segment_settings *segments;
    const struct offer_settings *offers;
    const struct campaign_settings *campaign;

    const char *text; /**< The file, verbatim. */
    size_t text_size;
    const perebor_override *overrides; /**< [n_overrides] as they were applied */
    size_t n_overrides;
    const char *resolved; /**< JSON with every default written out and overrides applied. */
    uint8_t sha256[32];   /**< Over the parts of `resolved` that bear on scores. */
} perebor_experiment;

/**
 * Reads an experiment file.
 *
 * @param[out] experiment  Freed with perebor_experiment_free().
 * @param[in]  overrides   [n_overrides] applied before anything is interpreted.
 *
 * @retval PEREBOR_ERR_IO      The file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  Not YAML, or not an experiment.
 */
PEREBOR_MUST_CHECK perebor_status perebor_experiment_read(perebor_experiment **experiment,
                                                          const char *path,
                                                          const perebor_override *overrides,
                                                          size_t n_overrides, perebor_error *error);

/**
 * Reads an experiment that is in memory already, such as the text kept in a result file.
 *
 * @param[in] path  What to call it in messages; relative paths in it are seen from its folder.
 */
PEREBOR_MUST_CHECK perebor_status perebor_experiment_parse(
    perebor_experiment **experiment, const char *path, const char *text, size_t size,
    const perebor_override *overrides, size_t n_overrides, perebor_error *error);

void perebor_experiment_free(perebor_experiment *experiment);

PEREBOR_END_DECLS

#endif
