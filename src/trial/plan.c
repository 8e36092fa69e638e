// SPDX-License-Identifier: MIT
#include "trial/plan.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "perebor/calibration.h"
#include "perebor/learners.h"
#include "perebor/learning_curve.h"
#include "trial/plan_state.h"

enum { window_size = PEREBOR_PLAN_WINDOW_TRIALS };

/**
 * A bundle that has come to this many predicted seconds on one fold takes no further family. Well
 * above what handing out a unit costs (microseconds), well below what would leave a rank idle at
 * the end of a search.
 */
static const double bundle_seconds = 4e-3;

/**
 * A bundle is divided into parts of no fewer predicted seconds than
 *
 *     .05, 19 times what each of them repeats, what it takes rank 0 to receive their scores, and a
 *     16384th of what all trials take:
 *
 * of a search of very many units the last ones are short beside the whole anyway. Rank 0 keeps the
 * parts of a fold until the last has come: they are no more than fit in part_bytes.
 */
static const double part_seconds = 0.05;
static const double part_by_fixed = 19.0;
static const double part_bytes_per_second = 1e7;
static const double part_bytes = 0x1p28;
static const double part_of_search = 1.0 / 16384.0;
enum { most_parts = 64 };

/** Predicted seconds to impute, encode and scale one value, measured on 972 x 23. */
static const double prepare_seconds_per_value = 2e-9;

/** A trial and its candidate, to be sorted. */
typedef struct planned_trial {
    perebor_candidate candidate;
    uint32_t trial;
} planned_trial;

static int compare_planned(const void *a, const void *b) {
    const planned_trial *left = a;
    const planned_trial *right = b;
    int order = perebor_candidate_compare(&left->candidate, &right->candidate);
    return order != 0 ? order : (left->trial > right->trial) - (left->trial < right->trial);
}

static bool same_preparation(const perebor_candidate *a, const perebor_candidate *b) {
    return perebor_preparation_settings_share_fit(&a->preparation, &b->preparation);
}

/** Members of one family are handed to their learner together. */
static bool same_family(const perebor_candidate *a, const perebor_candidate *b) {
    return perebor_preparation_settings_compare(&a->preparation, &b->preparation) == 0 &&
           a->learner == b->learner && a->learner->share_key != NULL &&
           a->learner->share_key(a->settings) == a->learner->share_key(b->settings);
}

perebor_table_shape plan_prepared_shape(const perebor_preparation_settings *preparation,
                                        const perebor_fold_shape *shape) {
    perebor_table_shape prepared = {.n_rows = shape->n_training,
                                    .n_scored = shape->n_validation +
                                                (shape->scores_training ? shape->n_training : 0),
                                    .n_columns = shape->n_columns,
                                    .n_nominal = shape->n_nominal,
                                    .n_levels = shape->n_levels};
    if (preparation->encode_nominal == PEREBOR_ENCODE_ORDINAL) {
        prepared.n_columns = perebor_table_shape_n_passes(&prepared);
        prepared.n_nominal = prepared.n_levels = 0;
    }
    size_t k = preparation->select_k;
    if (k != 0 && k < prepared.n_columns) {
        prepared.n_levels =
            (size_t)((double)prepared.n_levels * (double)k / (double)prepared.n_columns);
        prepared.n_columns = k;
    }
    return prepared;
}

static double prepare_seconds(const perebor_fold_shape *shape) {
    return prepare_seconds_per_value * (double)(shape->n_training + shape->n_validation) *
           (double)(shape->n_columns - shape->n_levels + shape->n_nominal);
}

static double member_seconds(const perebor_candidate *candidate, const perebor_fold_shape *shape,
                             bool further) {
    perebor_table_shape prepared = plan_prepared_shape(&candidate->preparation, shape);
    const perebor_learner *learner = candidate->learner;
    double seconds = further && learner->marginal_cost != NULL
                         ? learner->marginal_cost(candidate->settings, &prepared)
                         : learner->cost(candidate->settings, &prepared);
    if (shape->calibrates && perebor_calibration_needed(learner)) {
        prepared.n_scored = shape->n_training / PEREBOR_CALIBRATION_FOLDS;
        prepared.n_rows -= prepared.n_scored;
        seconds += PEREBOR_CALIBRATION_FOLDS * learner->cost(candidate->settings, &prepared);
    }
    return seconds;
}

/**
 * Makes members of the sorted trials of one window: equal candidates become one, if sharing.
 *
 * @param sorted  [n] on return the members' candidates come first, one each.
 */
static void list_members(perebor_plan *plan, planned_trial *sorted, size_t n, bool share,
                         size_t *n_trials) {
    size_t n_distinct = 0;
    for (size_t i = 0; i < n; i++) {
        bool again =
            share && n_distinct > 0 &&
            perebor_candidate_compare(&sorted[n_distinct - 1].candidate, &sorted[i].candidate) == 0;
        uint32_t trial = sorted[i].trial;
        if (!again) {
            plan->members[plan->n_members++] = (perebor_member){.trials = plan->trials + *n_trials};
            sorted[n_distinct++] = sorted[i];
        }
        plan->trials[(*n_trials)++] = trial;
        plan->members[plan->n_members - 1].n_trials++;
    }
}

/** Keeps the settings of a window's members. @param[in] candidates  [members from first on] */
static perebor_status keep_settings(perebor_plan *plan, size_t window, size_t first,
                                    const planned_trial *candidates, perebor_error *error) {
    size_t n = 0;
    for (size_t i = first; i < plan->n_members; i++) {
        n += candidates[i - first].candidate.learner->n_settings;
    }
    perebor_value *settings = malloc((n + 1) * sizeof *settings);
    if (settings == NULL) {
        return perebor_no_memory(error, "for %zu settings", n);
    }
    plan->window_settings[window] = settings;
    for (size_t i = first; i < plan->n_members; i++) {
        const perebor_candidate *candidate = &candidates[i - first].candidate;
        plan->members[i].settings = settings;
        for (size_t k = 0; k < candidate->learner->n_settings; k++) {
            *settings++ = candidate->settings[k];
        }
    }
    return PEREBOR_OK;
}

/** A family on one fold as it grows: what it shares costs as much as the most demanding member
 * asks for. */
typedef struct growing_family {
    double shared;  /**< Seconds that are spent once. */
    double members; /**< Seconds that every member adds. */
} growing_family;

static double family_seconds(const growing_family *family) {
    return family->shared + family->members;
}

/** The family with a further member. */
static growing_family family_with(growing_family family, const perebor_candidate *candidate,
                                  const perebor_fold_shape *shape) {
    double further = member_seconds(candidate, shape, true);
    double shared = member_seconds(candidate, shape, false) - further;
    family.members += further;
    family.shared = shared > family.shared ? shared : family.shared;
    return family;
}

perebor_learner_savings *plan_savings_of(perebor_plan *plan, const perebor_learner *learner) {
    perebor_learner_savings *savings = plan->learners;
    while (savings->learner != learner) {
        savings++;
    }
    return savings;
}

/** Whether a bundle has room for a further member. @param[in] family  The bundle's last one. */
static bool has_room(const perebor_bundle *bundle, const growing_family *family, bool related) {
    // A family is cut only where what it repeats is no more than what it has done.
    double limit = related && family->shared > bundle_seconds ? family->shared : bundle_seconds;
    return bundle->n_members < PEREBOR_BUNDLE_MEMBERS &&
           bundle->seconds - (related ? family->shared : 0.0) < limit;
}

static void open_bundle(perebor_plan *plan, size_t member, const perebor_candidate *candidate,
                        const perebor_fold_shape *shape) {
    perebor_bundle *bundle = &plan->bundles[plan->n_bundles++];
    *bundle = (perebor_bundle){.preparation = candidate->preparation,
                               .first_family = (uint32_t)plan->n_families,
                               .first_member = (uint32_t)member,
                               .seconds = prepare_seconds(shape)};
    bundle->preparation.select_k = 0;
    plan->savings.n_preparations++;
}

/** In the last bundle. */
static void open_family(perebor_plan *plan, size_t member, const perebor_candidate *candidate) {
    plan->families[plan->n_families++] =
        (perebor_family_range){.learner = candidate->learner,
                               .select_k = candidate->preparation.select_k,
                               .first_member = (uint32_t)member};
    plan->bundles[plan->n_bundles - 1].n_families++;
    plan_savings_of(plan, candidate->learner)->n_families++;
}

/** What every part of a candidate's bundle repeats; infinite if it cannot be divided. */
static double fixed_seconds(const perebor_candidate *candidate, const perebor_fold_shape *shape) {
    const perebor_learner_parts *parts = candidate->learner->parts;
    if (!shape->divides || parts == NULL) {
        return INFINITY;
    }
    perebor_table_shape prepared = plan_prepared_shape(&candidate->preparation, shape);
    return prepare_seconds(shape) + parts->cost(candidate->settings, &prepared);
}

/** Whether a candidate is so long that its bundle should be its family's alone, to be divided. */
static bool is_long(const perebor_candidate *candidate, const perebor_fold_shape *shape) {
    double fixed = fixed_seconds(candidate, shape);
    return member_seconds(candidate, shape, false) > 2.0 * part_seconds + fixed;
}

/** Counts a member of the last family. @param[in] added  Seconds that it adds on one fold. */
static void add_member(perebor_plan *plan, const perebor_member *member,
                       const perebor_candidate *candidate, double added,
                       const perebor_fold_shape *shape) {
    double n_folds = (double)plan->n_folds;
    double n_trials = (double)member->n_trials;
    double alone = member_seconds(candidate, shape, false);
    plan->families[plan->n_families - 1].n_members++;
    plan->bundles[plan->n_bundles - 1].n_members++;
    plan->bundles[plan->n_bundles - 1].seconds += added;
    perebor_learner_savings *own = plan_savings_of(plan, candidate->learner);
    own->n_members++;
    own->n_trials += member->n_trials;
    own->seconds += added * n_folds;
    own->seconds_unshared += n_trials * alone * n_folds;
    plan->savings.seconds_unshared += n_trials * (alone + prepare_seconds(shape)) * n_folds;
}

/** Cuts members from first on into bundles of families. @param[in] candidates  As above. */
static void cut_bundles(perebor_plan *plan, size_t first, const planned_trial *candidates,
                        bool share, const perebor_fold_shape *shape) {
    growing_family family = {0};
    for (size_t i = first; i < plan->n_members; i++) {
        const perebor_candidate *candidate = &candidates[i - first].candidate;
        const perebor_candidate *before = i > first ? &candidates[i - first - 1].candidate : NULL;
        bool joins = share && before != NULL && same_preparation(candidate, before);
        bool related = joins && same_family(candidate, before);
        joins = joins && has_room(&plan->bundles[plan->n_bundles - 1], &family, related) &&
                (related || !is_long(candidate, shape));
        if (!joins) {
            open_bundle(plan, i, candidate, shape);
        }
        if (!joins || !related) {
            open_family(plan, i, candidate);
            family = (growing_family){0};
            plan->bundles[plan->n_bundles - 1].fixed_seconds = fixed_seconds(candidate, shape);
        }
        double so_far = family_seconds(&family);
        family = family_with(family, candidate, shape);
        add_member(plan, &plan->members[i], candidate, family_seconds(&family) - so_far, shape);
    }
}

static perebor_status allocate(perebor_plan *plan, size_t n_trials, perebor_error *error) {
    plan->n_windows = (n_trials + window_size - 1) / window_size;
    plan->members = malloc((n_trials + 1) * sizeof *plan->members);
    plan->trials = malloc((n_trials + 1) * sizeof *plan->trials);
    plan->families = malloc((n_trials + 1) * sizeof *plan->families);
    plan->bundles = malloc((n_trials + 1) * sizeof *plan->bundles);
    plan->window_settings = calloc(plan->n_windows + 1, sizeof(perebor_value *));
    plan->window_bundle = calloc(plan->n_windows + 1, sizeof *plan->window_bundle);
    const perebor_learner *const *learners = perebor_learners(&plan->n_learners);
    plan->learners = calloc(plan->n_learners, sizeof *plan->learners);
    if (plan->members == NULL || plan->trials == NULL || plan->families == NULL ||
        plan->bundles == NULL || plan->window_settings == NULL || plan->window_bundle == NULL ||
        plan->learners == NULL) {
        return perebor_no_memory(error, "to plan %zu trials", n_trials);
    }
    for (size_t i = 0; i < plan->n_learners; i++) {
        plan->learners[i].learner = learners[i];
    }
    return PEREBOR_OK;
}

/** What trials are planned from. */
typedef struct trial_source {
    const perebor_pipeline *pipeline;
    const perebor_space *space;
    uint64_t first_trial;
    const bool *skip; /**< By trial, or NULL. */
} trial_source;

/** Resolves trials begin … end - 1, those to skip excepted. @param[out] n_resolved  How many. */
static perebor_status resolve_trials(const trial_source *source, size_t begin, size_t end,
                                     perebor_value *values, planned_trial *trials,
                                     size_t *n_resolved, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = 0;
    for (size_t trial = begin; trial < end; trial++) {
        if (source->skip == NULL || !source->skip[trial]) {
            perebor_space_point(source->space, source->first_trial + trial, values);
            PEREBOR_TRY(done, perebor_pipeline_resolve(source->pipeline, values,
                                                       &trials[n].candidate, error));
            trials[n++].trial = (uint32_t)trial;
        }
    }
    *n_resolved = n;
done:
    return status;
}

/** Whether the settings of some member of a bundle say something to its learner. */
static bool some_member(const perebor_plan *plan, const perebor_bundle *bundle,
                        bool (*says)(const perebor_learner *, const perebor_value *)) {
    bool found = false;
    for (size_t f = 0; f < bundle->n_families && !found; f++) {
        const perebor_family_range *family = &plan->families[bundle->first_family + f];
        for (size_t i = 0; i < family->n_members && !found; i++) {
            found = says(family->learner, plan->members[family->first_member + i].settings);
        }
    }
    return found;
}

bool perebor_plan_has_path(const perebor_plan *plan, const perebor_bundle *bundle) {
    return some_member(plan, bundle, perebor_learner_is_path);
}

bool perebor_plan_wants_out_of_bag(const perebor_plan *plan, const perebor_bundle *bundle) {
    return some_member(plan, bundle, perebor_learner_wants_out_of_bag);
}

/** Into how many parts a bundle is divided. @param[in] all_seconds  Of the plan, on one fold. */
static uint32_t parts_of(const perebor_plan *plan, const perebor_bundle *bundle,
                         const perebor_fold_shape *shape, double all_seconds) {
    if (bundle->n_families != 1 || !isfinite(bundle->fixed_seconds)) {
        return 1;
    }
    const double n_members = (double)bundle->n_members;
    const size_t n_out_of_bag =
        perebor_plan_wants_out_of_bag(plan, bundle) ? 2 * shape->n_training : 0;
    const double bytes = sizeof(double) * n_members *
                         (double)(shape->n_training + shape->n_validation + n_out_of_bag);
    // Points of a path are of training rows, too, if these are scored.
    const bool path = perebor_plan_has_path(plan, bundle);
    const size_t n_rows = shape->n_validation + (path ? shape->n_training + n_out_of_bag : 0);
    const double curve_bytes =
        sizeof(double) * n_members * (double)n_rows * PEREBOR_CURVE_MAX_POINTS;
    double least = fmax(part_seconds, part_by_fixed * bundle->fixed_seconds);
    least = fmax(least, bytes / part_bytes_per_second);
    least = fmax(least, part_of_search * all_seconds);
    double seconds = bundle->seconds - bundle->fixed_seconds - curve_bytes / part_bytes_per_second;
    double parts = fmin(floor(seconds / least), floor((part_bytes - curve_bytes) / bytes));
    return (uint32_t)fmin(fmax(parts, 1.0), most_parts);
}

/** Divides bundles, and numbers the units. */
static void divide_bundles(perebor_plan *plan, const perebor_fold_shape *shape) {
    double all_seconds = 0.0;
    for (size_t b = 0; b < plan->n_bundles; b++) {
        all_seconds += plan->bundles[b].seconds;
    }
    for (size_t b = 0; b < plan->n_bundles; b++) {
        perebor_bundle *bundle = &plan->bundles[b];
        bundle->first_unit = plan->n_units;
        bundle->n_parts = parts_of(plan, bundle, shape, all_seconds * (double)plan->n_folds);
        plan->n_units += bundle->n_parts * plan->n_folds;
    }
}

double perebor_bundle_unit_seconds(const perebor_bundle *bundle) {
    return bundle->n_parts == 1
               ? bundle->seconds
               : bundle->fixed_seconds +
                     (bundle->seconds - bundle->fixed_seconds) / (double)bundle->n_parts;
}

static void sum_savings(perebor_plan *plan, size_t n_trials) {
    for (size_t b = 0; b < plan->n_bundles; b++) {
        const perebor_bundle *bundle = &plan->bundles[b];
        plan->savings.seconds +=
            perebor_bundle_unit_seconds(bundle) * (double)bundle->n_parts * (double)plan->n_folds;
    }
    plan->savings.n_trials = n_trials;
    plan->savings.n_members = plan->n_members;
    plan->savings.n_families = plan->n_families;
    plan->savings.n_bundles = plan->n_bundles;
}

perebor_status perebor_plan_create(perebor_plan **plan, const perebor_pipeline *pipeline,
                                   const perebor_space *space, uint64_t first_trial,
                                   size_t n_trials, const bool *skip, bool share, size_t n_folds,
                                   const perebor_fold_shape *shape, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const trial_source source = {pipeline, space, first_trial, skip};
    size_t window_trials = n_trials < window_size ? n_trials : window_size;
    planned_trial *sorted = malloc((window_trials + 1) * sizeof *sorted);
    perebor_value *values = malloc((perebor_space_n_parameters(space) + 1) * sizeof *values);
    perebor_plan *result = calloc(1, sizeof *result);
    if (n_trials > UINT32_MAX || sorted == NULL || values == NULL || result == NULL) {
        status = perebor_no_memory(error, "to plan %zu trials", n_trials);
        goto done;
    }
    PEREBOR_TRY(done, allocate(result, n_trials, error));
    result->n_folds = n_folds;
    size_t planned = 0;
    for (size_t window = 0; window < result->n_windows; window++) {
        size_t begin = window * window_size;
        size_t end = begin + window_size < n_trials ? begin + window_size : n_trials;
        size_t n = 0;
        PEREBOR_TRY(done, resolve_trials(&source, begin, end, values, sorted, &n, error));
        size_t first_member = result->n_members;
        qsort(sorted, n, sizeof *sorted, compare_planned);
        list_members(result, sorted, n, share, &planned);
        PEREBOR_TRY(done, keep_settings(result, window, first_member, sorted, error));
        cut_bundles(result, first_member, sorted, share, shape);
        result->window_bundle[window + 1] = result->n_bundles;
    }
    divide_bundles(result, shape);
    if (share) {
        PEREBOR_TRY(done, plan_share_layouts(result, shape, error));
    }
    sum_savings(result, planned);
    *plan = result;
    result = NULL;
done:
    perebor_plan_free(result);
    free(sorted);
    free(values);
    return status;
}

void perebor_plan_free(perebor_plan *plan) {
    if (plan != NULL) {
        for (size_t window = 0; plan->window_settings != NULL && window < plan->n_windows;
             window++) {
            free(plan->window_settings[window]);
        }
        free(plan->members);
        free(plan->trials);
        free(plan->families);
        free(plan->bundles);
        free(plan->window_settings);
        free(plan->window_bundle);
        free(plan->learners);
        free(plan);
    }
}

size_t perebor_plan_n_bundles(const perebor_plan *plan) {
    return plan->n_bundles;
}

const perebor_bundle *perebor_plan_bundle(const perebor_plan *plan, size_t bundle) {
    return &plan->bundles[bundle];
}

const perebor_family_range *perebor_plan_family(const perebor_plan *plan, size_t family) {
    return &plan->families[family];
}

const perebor_member *perebor_plan_member(const perebor_plan *plan, size_t member) {
    return &plan->members[member];
}

perebor_plan_savings perebor_plan_predict(const perebor_plan *plan) {
    return plan->savings;
}

const perebor_learner_savings *perebor_plan_learners(const perebor_plan *plan, size_t *n_learners) {
    *n_learners = plan->n_learners;
    return plan->learners;
}

size_t perebor_plan_n_units(const perebor_plan *plan) {
    return plan->n_units;
}

perebor_plan_unit perebor_plan_unit_at(const perebor_plan *plan, size_t unit) {
    size_t first = 0;
    size_t last = plan->n_bundles; // the bundle is one of [first, last)
    while (last - first > 1) {
        size_t middle = first + (last - first) / 2;
        bool before = plan->bundles[middle].first_unit > unit;
        last = before ? middle : last;
        first = before ? first : middle;
    }
    const perebor_bundle *bundle = &plan->bundles[first];
    size_t within = unit - bundle->first_unit;
    return (perebor_plan_unit){.bundle = first,
                               .fold = within / bundle->n_parts,
                               .part = (uint32_t)(within % bundle->n_parts),
                               .n_parts = bundle->n_parts};
}

size_t perebor_plan_n_folds(const perebor_plan *plan) {
    return plan->n_folds;
}
