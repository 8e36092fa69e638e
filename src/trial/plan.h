// SPDX-License-Identifier: MIT
/**
 * @file plan.h
 * What trials share, and hence what is computed together.
 *
 * The trials of a window are resolved to candidates; equal candidates become one member. Members
 * are sorted so that those with one preparation, one selection and one learner's share key lie
 * together, and are cut into bundles. A bundle on one fold is a unit of work: it prepares the fold
 * once, selects columns once for each k, and hands every family of members to its learner. What the
 * learner makes of the fold before it looks at most settings, its layout, families of one
 * preparation share, also those of different bundles (layout_cache.h). Where
 * that takes very long, and the learner's scores are sums over parts of its models, each part is a
 * unit.
 *
 * The plan depends on the trial numbers and the space alone, never on ranks or threads, and no
 * score depends on the plan: `share` false makes a bundle of every trial, with the same digest.
 */
#ifndef PEREBOR_TRIAL_PLAN_H
#define PEREBOR_TRIAL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"
#include "perebor/pipeline.h"
#include "perebor/preparation.h"
#include "perebor/status.h"

/** Bytes of layouts that nobody reads, of which a rank keeps no more. Beside them each of its
 * threads may hold the one that it reads (layout_cache.h). With a limit of time or memory of a
 * trial none are kept: nothing is shared (perebor_study_shares()). */
enum { PEREBOR_LAYOUT_ROOM = 1 << 27 };

/** Members in a bundle at most: their outcomes on a fold make a result of a few kilobytes, and of
 * no more than 30 with every metric. */
enum { PEREBOR_BUNDLE_MEMBERS = 128 };

/** Trials planned together, by number: a plan may depend on trial numbers only. */
enum { PEREBOR_PLAN_WINDOW_TRIALS = 16384 };

/** A distinct candidate of a family and the trials that it answers for. */
typedef struct perebor_member {
    const perebor_value *settings; /**< [learner->n_settings] of its family's learner. */
    const uint32_t
        *trials; /**< [n_trials] numbers relative to the plan's first trial, ascending. */
    uint32_t n_trials;
} perebor_member;

/** Members first_member … first_member + n_members - 1, which their learner takes at once: one
 * selection and one share key. */
typedef struct perebor_family_range {
    const perebor_learner *learner;
    uint32_t select_k; /**< As in perebor_preparation_settings. */
    uint32_t first_member, n_members;
    uint32_t layout; /**< Number, from 1, of the layout that it shares with other families, or its
                          parts do; 0: none. */
} perebor_family_range;

/** Families of one preparation, whose members are evaluated together, fold by fold. */
typedef struct perebor_bundle {
    perebor_preparation_settings preparation; /**< Theirs, but for select_k, which is 0. */
    uint32_t first_family, n_families;
    uint32_t first_member, n_members; /**< Those of all its families, in their order. */
    double seconds;                   /**< Predicted, for one fold. */
    double fixed_seconds;             /**< Those that every part of it takes. */
    size_t first_unit;                /**< The first of the units that it is. */
    uint32_t n_parts;                 /**< On one fold; 1 where it is not divided. */
} perebor_bundle;

/** What one learner takes, as the plan predicts it: CPU seconds for all folds, without
 * preparation. */
typedef struct perebor_learner_savings {
    const perebor_learner *learner;
    size_t n_trials, n_members;
    size_t n_families; /**< Groups handed to the learner at once. */
    double seconds;
    double seconds_unshared; /**< If every trial were evaluated alone. */
} perebor_learner_savings;

/** What sharing saves, as the plan predicts it. */
typedef struct perebor_plan_savings {
    size_t n_trials, n_members, n_bundles;
    size_t n_families;           /**< Groups handed to a learner at once. */
    size_t n_layouts;            /**< That several families, or parts of one, share on each fold, */
    double layout_bytes;         /**< and what all of them take at most, of every fold, */
    double largest_layout_bytes; /**< and the largest of them, of one. */
    size_t n_preparations;       /**< Distinct preparations over all bundles. */
    double seconds;              /**< Predicted for all folds, on one core. */
    double seconds_unshared;     /**< The same if every trial were evaluated alone. */
} perebor_plan_savings;

/** Predicted seconds of one unit of a bundle. */
double perebor_bundle_unit_seconds(const perebor_bundle *bundle);

/** A plan. Immutable. */
typedef struct perebor_plan perebor_plan;

/** The shape of the work on one fold, for predictions. */
typedef struct perebor_fold_shape {
    size_t n_training, n_validation;
    size_t n_columns;     /**< Encoded one-hot, before selection. */
    size_t n_nominal;     /**< Nominal columns, */
    size_t n_levels;      /**< and how many of the encoded columns are their levels. */
    bool calibrates;      /**< Probabilities are needed, and margins calibrated for them. */
    bool divides;         /**< Bundles may be divided into parts. */
    bool scores_training; /**< Training rows are scored as well. */
} perebor_fold_shape;

/**
 * Plans trials first_trial … first_trial + n_trials - 1.
 *
 * @param[in] skip  [n_trials] true for trials that need no evaluation (already done); NULL: none.
 */
PEREBOR_MUST_CHECK perebor_status perebor_plan_create(
    perebor_plan **plan, const perebor_pipeline *pipeline, const perebor_space *space,
    uint64_t first_trial, size_t n_trials, const bool *skip, bool share, size_t n_folds,
    const perebor_fold_shape *shape, perebor_error *error);

void perebor_plan_free(perebor_plan *plan);

size_t perebor_plan_n_bundles(const perebor_plan *plan);

/** Borrows a bundle. @pre bundle < perebor_plan_n_bundles(). */
const perebor_bundle *perebor_plan_bundle(const perebor_plan *plan, size_t bundle);

/** Borrows a family, whose bundle's others follow it. @param[in] family  From
 * bundle->first_family on. */
const perebor_family_range *perebor_plan_family(const perebor_plan *plan, size_t family);

/** Borrows a member. @param[in] member  From bundle->first_member or family->first_member on. */
const perebor_member *perebor_plan_member(const perebor_plan *plan, size_t member);

/** Whether the n_estimators of some member of a bundle is a path. */
bool perebor_plan_has_path(const perebor_plan *plan, const perebor_bundle *bundle);

/** Whether some member of a bundle asks for scores out of bag. */
bool perebor_plan_wants_out_of_bag(const perebor_plan *plan, const perebor_bundle *bundle);

/** What the plan will cost, and what it would if nothing were shared. */
perebor_plan_savings perebor_plan_predict(const perebor_plan *plan);

/** Learner by learner. @param[out] n_learners  How many, in the order of perebor_learners(). */
const perebor_learner_savings *perebor_plan_learners(const perebor_plan *plan, size_t *n_learners);

/** Units are numbered bundle by bundle, fold by fold, part by part: where nothing is divided, a
 * unit is bundle * n_folds + fold. */
size_t perebor_plan_n_units(const perebor_plan *plan);
size_t perebor_plan_n_folds(const perebor_plan *plan);

/** What a unit is. */
typedef struct perebor_plan_unit {
    size_t bundle, fold;
    uint32_t part, n_parts; /**< Which part of how many the bundle has on the fold. */
} perebor_plan_unit;

/** Looks a unit up. @pre unit < perebor_plan_n_units(). */
perebor_plan_unit perebor_plan_unit_at(const perebor_plan *plan, size_t unit);

/**
 * The order to hand units out in: window by window, the longest first; where layouts do not fit in
 * their room, of units of the same order of magnitude those that share one after one another.
 *
 * @param[out] order    [n_units] unit numbers.
 * @param[out] seconds  [n_units] predicted, by unit number.
 */
PEREBOR_MUST_CHECK perebor_status perebor_plan_order(const perebor_plan *plan, uint32_t *order,
                                                     double *seconds, perebor_error *error);

#endif
