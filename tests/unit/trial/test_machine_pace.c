// SPDX-License-Identifier: MIT
/* The pace of a machine: what pins it, what it multiplies, and that plans know nothing of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/learners.h"
#include "small_experiment.h"
#include "trial/machine_pace.h"
#include "trial/machine_pace_kernels.h"

static void assert_near(double a, double b) {
    assert_true(fabs(a - b) <= 1e-9 * fabs(b));
}

enum { n_trials = 200, n_folds = 4 };

typedef struct planned {
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_plan *plan;
} planned;

/** Plans trials of all learners that are one model, or of forests and naive Bayes. */
static void open_planned(planned *of, bool forests) {
    perebor_error error = {0};
    const perebor_fold_shape shape = {.n_training = 500, .n_validation = 125, .n_columns = 9};
    assert_int_equal(forests ? small_experiment_forests(&of->space, 3, &error)
                             : small_experiment_space(&of->space, 3, &error),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&of->pipeline, of->space, "e.yaml", NULL, 0, &error),
                     PEREBOR_OK);
    assert_int_equal(perebor_plan_create(&of->plan, of->pipeline, of->space, 0, n_trials, NULL,
                                         true, n_folds, &shape, &error),
                     PEREBOR_OK);
}

static void close_planned(planned *of) {
    perebor_plan_free(of->plan);
    perebor_pipeline_free(of->pipeline);
    perebor_space_free(of->space);
}

static void the_environment_pins_it(void **state) {
    (void)state;
    setenv("PEREBOR_PACE", "2.5", 1);
    assert_int_equal(perebor_pace_check(NULL), PEREBOR_OK);
    perebor_pace pace = perebor_pace_here();
    assert_false(pace.measured);
    for (size_t kind = 0; kind < PEREBOR_N_WORKS; kind++) {
        assert_true(pace.of[kind] == 2.5);
    }
    char text[160];
    perebor_pace_write(&pace, text, sizeof text);
    assert_string_equal(text, "2.5 times as long as where forecasts were fitted, not measured");
}

static void what_is_no_pace_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"fast", "0", "-1", "1e9", "nan", "inf", "1 2", "1e-4"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        perebor_error error = {0};
        setenv("PEREBOR_PACE", texts[i], 1);
        assert_int_equal(perebor_pace_check(&error), PEREBOR_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, texts[i]));
        assert_true(perebor_pace_here().of[0] == 1.0); // and nothing is made of it
    }
    static const char *const good[] = {"", "1", "0.001", "1000"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        setenv("PEREBOR_PACE", good[i], 1);
        assert_int_equal(perebor_pace_check(NULL), PEREBOR_OK);
    }
}

/** Not set, it is measured, once, and is that of a machine. */
static void it_is_measured_once(void **state) {
    (void)state;
    unsetenv("PEREBOR_PACE");
    perebor_pace first = perebor_pace_here();
    perebor_pace second = perebor_pace_here();
    assert_true(first.measured && second.measured);
    for (size_t kind = 0; kind < PEREBOR_N_WORKS; kind++) {
        assert_true(first.of[kind] >= 1e-3 && first.of[kind] <= 1e3);
        assert_true(first.of[kind] == second.of[kind]);
    }
    char text[160];
    perebor_pace_write(&first, text, sizeof text);
    assert_non_null(strstr(text, "measured just now"));
    assert_true(strlen(text) < sizeof text - 1);
}

/** Seconds of a learner go by its kind of work, preparation by arithmetic. */
static void seconds_are_those_of_each_kind(void **state) {
    (void)state;
    planned of;
    open_planned(&of, true);
    const perebor_plan_savings plain = perebor_plan_predict(of.plan);
    const perebor_pace pace = {
        .of = {[PEREBOR_WORK_ARITHMETIC] = 2.0, [PEREBOR_WORK_COUNTING] = 3.0}};
    const perebor_plan_savings here = perebor_pace_apply(&pace, of.plan);
    size_t n_learners = 0;
    const perebor_learner_savings *learners = perebor_plan_learners(of.plan, &n_learners);
    double counting[2] = {0.0, 0.0};
    for (size_t i = 0; i < n_learners; i++) {
        if (learners[i].n_trials > 0 && strcmp(learners[i].learner->name, "forest") == 0) {
            counting[0] = learners[i].seconds;
            counting[1] = learners[i].seconds_unshared;
        }
    }
    assert_true(counting[0] > 0.0 && counting[0] < plain.seconds); // there are other learners
    assert_near(here.seconds, 2.0 * plain.seconds + counting[0]);
    assert_near(here.seconds_unshared, 2.0 * plain.seconds_unshared + counting[1]);
    assert_int_equal(here.n_bundles, plain.n_bundles);
    const perebor_bundle *bundle = perebor_plan_bundle(of.plan, 0);
    assert_near(perebor_pace_unit_seconds(&pace, bundle),
                3.0 * perebor_bundle_unit_seconds(bundle));
    close_planned(&of);
}

/** Whatever the pace, plans are the same to the bit. */
static void plans_do_not_depend_on_it(void **state) {
    (void)state;
    uint32_t order[2][n_trials * n_folds + 1];
    double seconds[2][n_trials * n_folds + 1];
    size_t n_units[2];
    for (size_t i = 0; i < 2; i++) {
        planned of;
        setenv("PEREBOR_PACE", i == 0 ? "0.01" : "100", 1);
        open_planned(&of, false);
        n_units[i] = perebor_plan_n_units(of.plan);
        assert_in_range(n_units[i], 2, n_trials * n_folds);
        assert_int_equal(perebor_plan_order(of.plan, order[i], seconds[i], NULL), PEREBOR_OK);
        close_planned(&of);
    }
    assert_int_equal(n_units[0], n_units[1]);
    assert_memory_equal(order[0], order[1], n_units[0] * sizeof **order);
    assert_memory_equal(seconds[0], seconds[1], n_units[0] * sizeof **seconds);
}

/** What is timed is done: every gradient is counted, and the order stays a permutation. */
static void what_is_timed_is_done(void **state) {
    (void)state;
    pace_room *room = calloc(1, sizeof *room);
    assert_non_null(room);
    uint64_t total = 0;
    for (uint32_t row = 0; row < PACE_ROWS; row++) {
        room->order[row] = row;
        room->gradients[row] = row % 97;
        total += row % 97;
        for (uint32_t c = 0; c < PACE_CODES; c++) {
            room->codes[row][c] = (uint8_t)(row * (2 * c + 1) >> 4);
        }
    }
    const pace_kernels *kernels = PEREBOR_KERNEL_PICK(pace_kernels);
    kernels->count(room);
    bool seen[PACE_ROWS] = {false};
    for (size_t i = 0; i < PACE_ROWS; i++) {
        assert_false(seen[room->order[i]]);
        seen[room->order[i]] = true;
    }
    for (size_t c = 0; c < PACE_CODES; c++) {
        uint64_t sum = 0;
        for (size_t k = 0; k < PACE_BINS; k++) {
            sum += room->counts[c][k];
        }
        assert_int_equal(sum, total);
    }
    for (size_t j = 0; j < PACE_COLUMNS; j++) {
        room->values[j][0] = 1.0; // all columns e_0: sums = (sums + e_0 + e_0) / 2, 32 times
    }
    kernels->compute(room);
    assert_near(room->sums[0], 2.0);
    assert_true(room->sums[1] == 0.0);
    free(room);
}

/** A byte of which bit c says that the code of column c is high. */
static unsigned high_codes(const pace_room *room, uint32_t row) {
    unsigned bits = 0;
    for (uint32_t c = 0; c < PACE_CODES; c++) {
        bits |= (unsigned)(room->codes[row][c] >= PACE_BINS / 2) << c;
    }
    return bits;
}

/** When each column had its turn, the rows are divided by all of them: those that agree are
 * together, as in a leaf, in the order that they had at first. */
static void every_column_divides_the_rows(void **state) {
    (void)state;
    pace_room *room = calloc(1, sizeof *room);
    assert_non_null(room);
    for (uint32_t row = 0; row < PACE_ROWS; row++) {
        room->order[row] = row;
        room->gradients[row] = row % 97;
        for (uint32_t c = 0; c < PACE_CODES; c++) {
            room->codes[row][c] = (uint8_t)(row >> c << (PACE_CODES - 1) | c);
        }
    }
    const pace_kernels *kernels = PEREBOR_KERNEL_PICK(pace_kernels);
    for (size_t turn = 0; turn < PACE_CODES; turn++) {
        kernels->count(room);
    }
    bool seen[1 << PACE_CODES] = {false};
    for (size_t i = 0; i < PACE_ROWS; i++) {
        const uint32_t row = room->order[i];
        const unsigned leaf = high_codes(room, row);
        if (i > 0 && high_codes(room, room->order[i - 1]) == leaf) {
            assert_true(room->order[i - 1] < row);
        } else {
            assert_false(seen[leaf]);
            seen[leaf] = true;
        }
    }
    for (size_t leaf = 0; leaf < sizeof seen; leaf++) {
        assert_true(seen[leaf]);
    }
    free(room);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_pins_it),
        cmocka_unit_test(what_is_no_pace_is_refused),
        cmocka_unit_test(it_is_measured_once),
        cmocka_unit_test(seconds_are_those_of_each_kind),
        cmocka_unit_test(plans_do_not_depend_on_it),
        cmocka_unit_test(what_is_timed_is_done),
        cmocka_unit_test(every_column_divides_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
