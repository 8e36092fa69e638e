// SPDX-License-Identifier: MIT
/* What a plan of any trials must keep: every trial answered once, nothing together that does not
 * share, and predictions that are the sums of their parts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/calibration.h"
#include "perebor/learners.h"
#include "small_experiment.h"
#include "trial/plan.h"

enum { most_trials = 3000, most_bundle = 128 };

/** A plan of a space with every learner and step, and what each trial is. */
typedef struct planned {
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_plan *plan;
    uint64_t first;
    size_t n_trials, n_folds;
    bool skip[most_trials];
    perebor_candidate *candidates; /**< [n_trials] */
    perebor_fold_shape shape;
} planned;

/** @param[in] n_training  Rows; 0: a few. */
static void open_planned_of(planned *of, uint64_t seed, size_t n_trials, bool share,
                            size_t n_training) {
    perebor_error error = {0};
    uint64_t random = seed + 5;
    *of = (planned){.n_trials = n_trials,
                    .first = seed % 3 == 0 ? 0 : 1000 * seed,
                    .n_folds = 1 + seed % 5,
                    .shape = {.n_training = n_training != 0 ? n_training : 100 + 37 * seed,
                              .n_validation = 40,
                              .n_columns = 9,
                              .calibrates = seed % 2 == 1,
                              .scores_training = seed % 4 > 1}};
    assert_int_equal(small_experiment_space(&of->space, seed, &error), PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&of->pipeline, of->space, "e.yaml", NULL, 0, &error),
                     PEREBOR_OK);
    of->candidates = malloc((n_trials + 1) * sizeof *of->candidates);
    perebor_value *values = malloc((perebor_space_n_parameters(of->space) + 1) * sizeof *values);
    assert_true(of->candidates != NULL && values != NULL);
    for (size_t trial = 0; trial < n_trials; trial++) {
        of->skip[trial] = seed % 4 == 2 && draw_bits(&random) % 3 == 0;
        perebor_space_point(of->space, of->first + trial, values);
        assert_int_equal(
            perebor_pipeline_resolve(of->pipeline, values, &of->candidates[trial], &error),
            PEREBOR_OK);
    }
    free(values);
    assert_int_equal(perebor_plan_create(&of->plan, of->pipeline, of->space, of->first, n_trials,
                                         of->skip, share, of->n_folds, &of->shape, &error),
                     PEREBOR_OK);
}

static void open_planned(planned *of, uint64_t seed, size_t n_trials, bool share) {
    open_planned_of(of, seed, n_trials, share, 0);
}

static void close_planned(planned *of) {
    perebor_plan_free(of->plan);
    perebor_pipeline_free(of->pipeline);
    perebor_space_free(of->space);
    free(of->candidates);
}

static void check_settings(const planned *of, const perebor_member *member) {
    const perebor_candidate *candidate = &of->candidates[member->trials[0]];
    for (size_t s = 0; s < candidate->learner->n_settings; s++) {
        assert_true(perebor_value_equal(member->settings[s], candidate->settings[s]));
    }
}

/** Counts the trials of a member, which have one candidate, and ascend. */
static void check_member(const planned *of, const perebor_member *member, size_t *times) {
    assert_true(member->n_trials > 0);
    for (uint32_t i = 0; i < member->n_trials; i++) {
        uint32_t trial = member->trials[i];
        assert_true(trial < of->n_trials && !of->skip[trial]);
        times[trial]++;
        assert_true(i == 0 || member->trials[i - 1] < trial);
        assert_int_equal(
            perebor_candidate_compare(&of->candidates[member->trials[0]], &of->candidates[trial]),
            0);
    }
    check_settings(of, member);
}

static void every_trial_is_answered_by_one_member(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        planned of;
        size_t times[most_trials] = {0};
        open_planned(&of, seed, 60 * (seed + 1), seed % 5 != 4);
        size_t n_members = perebor_plan_predict(of.plan).n_members;
        for (size_t member = 0; member < n_members; member++) {
            check_member(&of, perebor_plan_member(of.plan, member), times);
        }
        size_t n_planned = 0;
        for (size_t trial = 0; trial < of.n_trials; trial++) {
            assert_int_equal(times[trial], of.skip[trial] ? 0 : 1);
            n_planned += times[trial];
        }
        assert_int_equal(perebor_plan_predict(of.plan).n_trials, n_planned);
        close_planned(&of);
    }
}

/** Within a window no two members are equal, as long as sharing is on. */
static void no_candidate_is_planned_twice(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        planned of;
        open_planned(&of, seed, 400, true);
        size_t n = perebor_plan_predict(of.plan).n_members;
        for (size_t a = 0; a < n; a++) {
            for (size_t b = a + 1; b < n; b++) {
                uint32_t left = perebor_plan_member(of.plan, a)->trials[0];
                uint32_t right = perebor_plan_member(of.plan, b)->trials[0];
                assert_true(
                    perebor_candidate_compare(&of.candidates[left], &of.candidates[right]) != 0);
            }
        }
        close_planned(&of);
    }
}

static void check_family(const planned *of, const perebor_bundle *bundle,
                         const perebor_family_range *family) {
    uint64_t key = 0;
    for (uint32_t m = 0; m < family->n_members; m++) {
        const perebor_member *member = perebor_plan_member(of->plan, family->first_member + m);
        const perebor_candidate *candidate = &of->candidates[member->trials[0]];
        uint64_t own = family->learner->share_key(member->settings);
        assert_ptr_equal(candidate->learner, family->learner);
        assert_int_equal(candidate->preparation.select_k, family->select_k);
        perebor_preparation_settings preparation = candidate->preparation;
        assert_true(perebor_preparation_settings_share_fit(&preparation, &bundle->preparation));
        assert_true(m == 0 || own == key);
        key = own;
    }
}

static void bundles_and_families_lie_one_after_another(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        planned of;
        size_t member = 0, family = 0;
        open_planned(&of, seed, 900, seed % 5 != 4);
        for (size_t b = 0; b < perebor_plan_n_bundles(of.plan); b++) {
            const perebor_bundle *bundle = perebor_plan_bundle(of.plan, b);
            assert_int_equal(bundle->first_member, member);
            assert_int_equal(bundle->first_family, family);
            assert_in_range(bundle->n_members, 1, most_bundle);
            assert_int_equal(bundle->preparation.select_k, 0);
            for (uint32_t f = 0; f < bundle->n_families; f++) {
                const perebor_family_range *range = perebor_plan_family(of.plan, family++);
                assert_int_equal(range->first_member, member);
                assert_true(range->n_members > 0);
                check_family(&of, bundle, range);
                member += range->n_members;
            }
            assert_int_equal(member, bundle->first_member + bundle->n_members);
        }
        assert_int_equal(member, perebor_plan_predict(of.plan).n_members);
        assert_int_equal(family, perebor_plan_predict(of.plan).n_families);
        close_planned(&of);
    }
}

static void without_sharing_every_trial_is_a_bundle_of_its_own(void **state) {
    (void)state;
    planned of;
    open_planned(&of, 3, 300, false);
    perebor_plan_savings savings = perebor_plan_predict(of.plan);
    assert_int_equal(perebor_plan_n_bundles(of.plan), 300);
    assert_int_equal(savings.n_members, 300);
    assert_int_equal(savings.n_families, 300);
    assert_int_equal(savings.n_preparations, 300);
    assert_true(fabs(savings.seconds / savings.seconds_unshared - 1.0) < 1e-9);
    close_planned(&of);
}

/** What its learner is given: codes are one column each, and levels are selected as others are. */
static perebor_table_shape shape_given(const planned *of, const perebor_candidate *candidate) {
    const perebor_fold_shape *fold = &of->shape;
    bool coded = candidate->preparation.encode_nominal == PEREBOR_ENCODE_ORDINAL;
    size_t n = coded ? fold->n_columns - fold->n_levels + fold->n_nominal : fold->n_columns;
    size_t k = candidate->preparation.select_k;
    bool selects = k != 0 && k < n;
    size_t n_levels = coded ? 0 : fold->n_levels;
    return (perebor_table_shape){.n_rows = fold->n_training,
                                 .n_scored = fold->n_validation +
                                             (fold->scores_training ? fold->n_training : 0),
                                 .n_columns = selects ? k : n,
                                 .n_nominal = coded ? 0 : fold->n_nominal,
                                 .n_levels = selects ? n_levels * k / n : n_levels};
}

/** A trial alone: its learner, with the columns that it selects, and five more where calibrated. */
static double seconds_alone(const planned *of, size_t trial) {
    const perebor_candidate *candidate = &of->candidates[trial];
    const perebor_learner *learner = candidate->learner;
    perebor_table_shape shape = shape_given(of, candidate);
    double seconds = learner->cost(candidate->settings, &shape);
    if (of->shape.calibrates && learner->score_kind == PEREBOR_SCORE_MARGIN) {
        shape.n_scored = of->shape.n_training / PEREBOR_CALIBRATION_FOLDS;
        shape.n_rows -= shape.n_scored;
        seconds += PEREBOR_CALIBRATION_FOLDS * learner->cost(candidate->settings, &shape);
    }
    return seconds * (double)of->n_folds;
}

static void what_is_foreseen_adds_up(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        planned of;
        double bundles = 0.0, learners = 0.0, alone = 0.0, expected = 0.0;
        size_t n_learners, n_trials = 0, n_members = 0, n_families = 0;
        open_planned(&of, seed, 500, true);
        perebor_plan_savings savings = perebor_plan_predict(of.plan);
        for (size_t b = 0; b < perebor_plan_n_bundles(of.plan); b++) {
            bundles += perebor_plan_bundle(of.plan, b)->seconds * (double)of.n_folds;
        }
        const perebor_learner_savings *of_learner = perebor_plan_learners(of.plan, &n_learners);
        for (size_t i = 0; i < n_learners; i++) {
            assert_ptr_equal(of_learner[i].learner, perebor_learners(&n_learners)[i]);
            n_trials += of_learner[i].n_trials;
            n_members += of_learner[i].n_members;
            n_families += of_learner[i].n_families;
            learners += of_learner[i].seconds;
            alone += of_learner[i].seconds_unshared;
            assert_true(of_learner[i].seconds <= of_learner[i].seconds_unshared * (1.0 + 1e-9));
        }
        for (size_t trial = 0; trial < of.n_trials; trial++) {
            expected += of.skip[trial] ? 0.0 : seconds_alone(&of, trial);
        }
        assert_int_equal(n_trials, savings.n_trials);
        assert_int_equal(n_members, savings.n_members);
        assert_int_equal(n_families, savings.n_families);
        assert_true(fabs(savings.seconds - bundles) <= 1e-9 * bundles);
        assert_true(fabs(alone - expected) <= 1e-9 * expected);
        assert_true(learners < savings.seconds); // preparation comes to it
        assert_true(savings.seconds < savings.seconds_unshared);
        close_planned(&of);
    }
}

/** CPU seconds of one candidate on one fold, alone or beside others of its family. */
static double member_seconds(const planned *of, const perebor_member *member, bool further) {
    const perebor_candidate *candidate = &of->candidates[member->trials[0]];
    const perebor_learner *learner = candidate->learner;
    const perebor_table_shape shape = shape_given(of, candidate);
    double alone = seconds_alone(of, member->trials[0]) / (double)of->n_folds;
    return alone - (further ? learner->cost(member->settings, &shape) -
                                  learner->marginal_cost(member->settings, &shape)
                            : 0.0);
}

/** Predicted seconds of the layout that a family finds made by one before it, or 0; marks layouts
 * as seen. */
static double found_layout(const planned *of, const perebor_family_range *family, bool *seen) {
    const perebor_member *member = perebor_plan_member(of->plan, family->first_member);
    const perebor_table_shape shape = shape_given(of, &of->candidates[member->trials[0]]);
    bool found = family->layout != 0 && seen[family->layout];
    seen[family->layout] = true;
    return found ? family->learner->layout->cost(member->settings, &shape) : 0.0;
}

/** Preparation once; of each family what it shares, as the most demanding has it; each member; a
 * layout of several families once in all. */
static void a_bundle_takes_what_its_families_share_and_add(void **state) {
    (void)state;
    size_t n_layouts = 0;
    for (uint64_t seed = 0; seed < 12; seed++) {
        planned of;
        bool seen[601] = {false};
        open_planned(&of, seed, 600, true);
        for (size_t b = 0; b < perebor_plan_n_bundles(of.plan); b++) {
            const perebor_bundle *bundle = perebor_plan_bundle(of.plan, b);
            double seconds = 2e-9 * (double)of.shape.n_columns *
                             (double)(of.shape.n_training + of.shape.n_validation);
            for (uint32_t f = 0; f < bundle->n_families; f++) {
                const perebor_family_range *family =
                    perebor_plan_family(of.plan, bundle->first_family + f);
                double shared = 0.0;
                for (uint32_t m = 0; m < family->n_members; m++) {
                    const perebor_member *member =
                        perebor_plan_member(of.plan, family->first_member + m);
                    double further = member_seconds(&of, member, true);
                    shared = fmax(shared, member_seconds(&of, member, false) - further);
                    seconds += further;
                }
                seconds += shared - found_layout(&of, family, seen);
            }
            assert_true(fabs(bundle->seconds - seconds) <= 1e-9 * seconds);
        }
        n_layouts += perebor_plan_predict(of.plan).n_layouts;
        close_planned(&of);
    }
    assert_true(n_layouts > 12);
}

/** The layout that a unit is put in order by: that of the first family of its bundle that shares
 * one. */
static uint32_t layout_of(const planned *of, uint32_t unit) {
    const perebor_bundle *bundle =
        perebor_plan_bundle(of->plan, perebor_plan_unit_at(of->plan, unit).bundle);
    uint32_t layout = 0;
    for (uint32_t f = 0; f < bundle->n_families && layout == 0; f++) {
        layout = perebor_plan_family(of->plan, bundle->first_family + f)->layout;
    }
    return layout;
}

/** The longer first; where layouts have no room, of the same power of two those of one layout and
 * fold together. */
static bool in_order(const planned *of, const double *seconds, uint32_t a, uint32_t b) {
    int magnitudes[2];
    const uint32_t layouts[2] = {layout_of(of, a), layout_of(of, b)};
    const size_t folds[2] = {a % of->n_folds, b % of->n_folds};
    const bool crowded = perebor_plan_predict(of->plan).layout_bytes > (double)PEREBOR_LAYOUT_ROOM;
    (void)frexp(seconds[a], &magnitudes[0]);
    (void)frexp(seconds[b], &magnitudes[1]);
    if (crowded && magnitudes[0] != magnitudes[1]) {
        return magnitudes[0] > magnitudes[1];
    }
    if (crowded && layouts[0] != layouts[1]) {
        return layouts[0] < layouts[1];
    }
    if (crowded && layouts[0] != 0 && folds[0] != folds[1]) {
        return folds[0] < folds[1];
    }
    return seconds[a] > seconds[b] || (seconds[a] == seconds[b] && a < b);
}

static void units_are_handed_out_the_longest_first(void **state) {
    (void)state;
    size_t n_crowded = 0;
    for (uint64_t seed = 0; seed < 12; seed++) {
        planned of;
        open_planned_of(&of, seed, 700, seed % 2 == 0, seed < 6 ? 0 : 1000000);
        n_crowded += perebor_plan_predict(of.plan).layout_bytes > (double)PEREBOR_LAYOUT_ROOM;
        size_t n = perebor_plan_n_units(of.plan);
        assert_int_equal(n, perebor_plan_n_bundles(of.plan) * of.n_folds);
        assert_int_equal(perebor_plan_n_folds(of.plan), of.n_folds);
        uint32_t *order = malloc((n + 1) * sizeof *order);
        double *seconds = malloc((n + 1) * sizeof *seconds);
        bool *seen = calloc(n + 1, sizeof *seen);
        assert_true(order != NULL && seconds != NULL && seen != NULL);
        assert_int_equal(perebor_plan_order(of.plan, order, seconds, NULL), PEREBOR_OK);
        for (size_t i = 0; i < n; i++) {
            assert_true(order[i] < n && !seen[order[i]]);
            seen[order[i]] = true;
            const perebor_bundle *bundle = perebor_plan_bundle(of.plan, order[i] / of.n_folds);
            assert_true(seconds[order[i]] == bundle->seconds);
            assert_true(i == 0 || in_order(&of, seconds, order[i - 1], order[i]));
        }
        free(order);
        free(seconds);
        free(seen);
        close_planned(&of);
    }
    assert_int_equal(n_crowded, 3);
}

/** Candidates that cost next to nothing are as many in a bundle as its outcomes have room for. */
static void a_bundle_ends_at_128_members(void **state) {
    (void)state;
    static const perebor_value knn = {.kind = PEREBOR_VALUE_TEXT, .as.text = "knn"};
    static perebor_value ks[300];
    const perebor_fold_shape shape = {.n_training = 4, .n_validation = 2, .n_columns = 1};
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_plan *plan = NULL;
    for (size_t k = 0; k < 300; k++) {
        ks[k] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (int64_t)k + 1};
    }
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &knn, .n_values = 1},
        {.name = "knn__n_neighbors",
         .distribution = PEREBOR_CATEGORICAL,
         .values = ks,
         .n_values = 300}};
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, 2, NULL, 0,
                                          PEREBOR_SEARCH_GRID, 1, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        perebor_plan_create(&plan, pipeline, space, 0, 300, NULL, true, 3, &shape, NULL),
        PEREBOR_OK);
    assert_int_equal(perebor_plan_n_bundles(plan), 3);
    for (size_t b = 0; b < 3; b++) {
        assert_int_equal(perebor_plan_bundle(plan, b)->n_members,
                         b < 2 ? most_bundle : 300 - 2 * most_bundle);
    }
    perebor_plan_free(plan);
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
}

/** Beyond a window nothing is sorted together: its units all go before those of the next. */
static void windows_are_handed_out_one_after_another(void **state) {
    (void)state;
    enum { n_trials = PEREBOR_PLAN_WINDOW_TRIALS + 50 };
    static const perebor_value tree = {.kind = PEREBOR_VALUE_TEXT, .as.text = "tree"};
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &tree, .n_values = 1},
        {.name = "tree__max_depth", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 40}};
    const perebor_fold_shape shape = {.n_training = 90, .n_validation = 45, .n_columns = 4};
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_plan *plan = NULL;
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, 2, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        perebor_plan_create(&plan, pipeline, space, 0, n_trials, NULL, true, 2, &shape, NULL),
        PEREBOR_OK);
    size_t n = perebor_plan_n_units(plan);
    uint32_t order[256];
    double seconds[256];
    assert_true(n <= 256);
    assert_int_equal(perebor_plan_order(plan, order, seconds, NULL), PEREBOR_OK);
    bool second = false;
    for (size_t i = 0; i < n; i++) {
        const perebor_bundle *bundle = perebor_plan_bundle(plan, order[i] / 2);
        const perebor_member *member = perebor_plan_member(plan, bundle->first_member);
        bool beyond = member->trials[0] >= PEREBOR_PLAN_WINDOW_TRIALS;
        assert_true(beyond || !second);
        second = beyond;
    }
    assert_true(second);
    perebor_plan_free(plan);
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
}

/** A plan of a grid of constants and choices. */
static perebor_plan *plan_grid(const perebor_parameter *parameters, size_t n,
                               const perebor_fold_shape *shape) {
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_plan *plan = NULL;
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, n, NULL, 0,
                                          PEREBOR_SEARCH_GRID, 1, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_plan_create(&plan, pipeline, space, 0,
                                         (size_t)perebor_space_n_trials(space), NULL, true, 5,
                                         shape, NULL),
                     PEREBOR_OK);
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    return plan;
}

/** A plan of forests of so many trees. @param[in] n_listed  Different sizes, a trial each. */
static perebor_plan *plan_forests(int64_t n_trees, size_t n_listed,
                                  const perebor_fold_shape *shape) {
    static const perebor_value forest = {.kind = PEREBOR_VALUE_TEXT, .as.text = "forest"};
    perebor_value sizes[4];
    for (size_t i = 0; i < n_listed; i++) {
        sizes[i] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER,
                                   .as.integer = n_trees / (int64_t)(i + 1)};
    }
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &forest, .n_values = 1},
        {.name = "forest__n_estimators",
         .distribution = PEREBOR_CATEGORICAL,
         .values = sizes,
         .n_values = n_listed}};
    return plan_grid(parameters, 2, shape);
}

/** A long forest is divided, so that no unit is much longer than another; a short one is not, and
 * none where units are to be whole. */
static void a_long_forest_is_divided_into_parts(void **state) {
    (void)state;
    perebor_fold_shape shape = {
        .n_training = 1000, .n_validation = 250, .n_columns = 16, .divides = true};
    uint32_t order[512];
    double seconds[512];
    for (size_t n_listed = 1; n_listed <= 4; n_listed++) {
        perebor_plan *plan = plan_forests(4000, n_listed, &shape);
        size_t n = perebor_plan_n_units(plan);
        const perebor_bundle *bundle = perebor_plan_bundle(plan, 0);
        assert_int_equal(perebor_plan_n_bundles(plan), 1);
        assert_int_equal(bundle->n_members, n_listed);
        assert_true(bundle->n_parts > 4 && n == 5 * bundle->n_parts && n <= 512);
        assert_int_equal(perebor_plan_order(plan, order, seconds, NULL), PEREBOR_OK);
        for (size_t unit = 0; unit < n; unit++) {
            perebor_plan_unit at = perebor_plan_unit_at(plan, unit);
            assert_true(at.bundle == 0 && at.n_parts == bundle->n_parts);
            assert_int_equal(at.fold * at.n_parts + at.part, unit);
            assert_int_equal(order[unit], unit);
            assert_true(seconds[unit] >= 0.05 && seconds[unit] < 0.11);
        }
        assert_true(fabs(seconds[0] * (double)n - perebor_plan_predict(plan).seconds) < 1e-9);
        perebor_plan_free(plan);
    }
    perebor_plan *plan = plan_forests(100, 1, &shape);
    assert_int_equal(perebor_plan_n_units(plan), 5);
    perebor_plan_free(plan);
    shape.divides = false;
    plan = plan_forests(4000, 1, &shape);
    assert_int_equal(perebor_plan_n_units(plan), 5);
    perebor_plan_free(plan);
}

/** A plan of forests with and without bootstrap. The latter are refused with max_samples. */
static perebor_plan *plan_refused(int64_t random_state, bool all, const perebor_fold_shape *shape) {
    static const perebor_value forest = {.kind = PEREBOR_VALUE_TEXT, .as.text = "forest"};
    static const perebor_value samples[] = {{.kind = PEREBOR_VALUE_REAL, .as.real = 0.5},
                                            {.kind = PEREBOR_VALUE_REAL, .as.real = 0.25},
                                            {.kind = PEREBOR_VALUE_NULL}};
    static const perebor_value bootstrap[] = {{.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false},
                                              {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true}};
    const perebor_value seed = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = random_state};
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &forest, .n_values = 1},
        {.name = "forest__random_state",
         .distribution = PEREBOR_CONSTANT,
         .values = &seed,
         .n_values = 1},
        {.name = "forest__max_samples",
         .distribution = PEREBOR_CATEGORICAL,
         .values = samples,
         .n_values = all ? 2 : 3},
        {.name = "forest__bootstrap",
         .distribution = PEREBOR_CATEGORICAL,
         .values = bootstrap,
         .n_values = all ? 1 : 2}};
    return plan_grid(parameters, 4, shape);
}

/** Checks that accepted families make their layout once, and that refused ones take no time.
 * @return Whether the first family is refused. */
static bool check_refused(int64_t random_state, bool all) {
    const perebor_fold_shape shape = {.n_training = 20000, .n_validation = 5000, .n_columns = 16};
    const perebor_table_shape table = {.n_rows = 20000, .n_scored = 5000, .n_columns = 16};
    const double preparing = 2e-9 * 25000.0 * 16.0;
    perebor_plan *plan = plan_refused(random_state, all, &shape);
    const perebor_plan_savings savings = perebor_plan_predict(plan);
    const perebor_learner *learner = perebor_plan_family(plan, 0)->learner;
    double expected = preparing * (double)savings.n_bundles, of_layout = 0.0;
    for (size_t m = 0; m < savings.n_members; m++) {
        const perebor_value *settings = perebor_plan_member(plan, m)->settings;
        const double layout = learner->layout->cost(settings, &table);
        assert_int_equal(layout > 0.0, learner->cost(settings, &table) > 0.0);
        expected += learner->cost(settings, &table) - layout;
        of_layout = fmax(of_layout, layout);
    }
    expected += of_layout; // once
    for (size_t b = 0; b < savings.n_bundles; b++) {
        assert_true(perebor_plan_bundle(plan, b)->seconds >= preparing);
    }
    assert_int_equal(savings.n_families, savings.n_members);
    assert_int_equal(savings.n_layouts, 1);
    assert_true(savings.layout_bytes == 5.0 * savings.largest_layout_bytes);
    assert_true(savings.largest_layout_bytes >= 25000.0 * 16.0);
    assert_true(fabs(savings.seconds - 5.0 * expected) <= 1e-9 * savings.seconds);
    const bool first = learner->cost(perebor_plan_member(plan, 0)->settings, &table) <= 0.0;
    perebor_plan_free(plan);
    return first;
}

static void refused_settings_take_no_time(void **state) {
    (void)state;
    bool some = false;
    for (int64_t random_state = 0; random_state < 4; random_state++) {
        some = check_refused(random_state, false) || some;
    }
    assert_true(some);
    assert_true(check_refused(0, true));
}

/** No search hands a learner such settings, but where it does, no layout is reckoned with. */
static void layouts_of_refused_settings_cost_nothing(void **state) {
    (void)state;
    size_t n_learners, n_refused = 0;
    const perebor_table_shape table = {.n_rows = 20000, .n_scored = 5000, .n_columns = 16};
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    for (size_t i = 0; i < n_learners; i++) {
        const perebor_learner *learner = learners[i];
        perebor_value settings[PEREBOR_MAX_SETTINGS];
        for (size_t k = 0; k < learner->n_settings && learner->layout != NULL; k++) {
            settings[k] = learner->settings[k].default_value;
            if (strcmp(learner->settings[k].name, "min_samples_leaf") == 0) {
                settings[k] = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 1.5};
                n_refused++;
            }
        }
        if (learner->layout != NULL) {
            assert_true(learner->cost(settings, &table) == 0.0);
            assert_true(learner->layout->cost(settings, &table) == 0.0);
        }
    }
    assert_int_equal(n_refused, 3); // tree, forest, boost
}

static void no_trials_make_an_empty_plan(void **state) {
    (void)state;
    planned of;
    open_planned(&of, 1, 0, true);
    uint32_t order = 77;
    double seconds = 77.0;
    assert_int_equal(perebor_plan_n_units(of.plan), 0);
    assert_int_equal(perebor_plan_order(of.plan, &order, &seconds, NULL), PEREBOR_OK);
    assert_true(order == 77 && seconds == 77.0);
    assert_true(perebor_plan_predict(of.plan).seconds == 0.0);
    close_planned(&of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_trial_is_answered_by_one_member),
        cmocka_unit_test(no_candidate_is_planned_twice),
        cmocka_unit_test(bundles_and_families_lie_one_after_another),
        cmocka_unit_test(without_sharing_every_trial_is_a_bundle_of_its_own),
        cmocka_unit_test(what_is_foreseen_adds_up),
        cmocka_unit_test(a_bundle_takes_what_its_families_share_and_add),
        cmocka_unit_test(a_bundle_ends_at_128_members),
        cmocka_unit_test(units_are_handed_out_the_longest_first),
        cmocka_unit_test(windows_are_handed_out_one_after_another),
        cmocka_unit_test(a_long_forest_is_divided_into_parts),
        cmocka_unit_test(refused_settings_take_no_time),
        cmocka_unit_test(layouts_of_refused_settings_cost_nothing),
        cmocka_unit_test(no_trials_make_an_empty_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
