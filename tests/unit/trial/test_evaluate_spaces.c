// SPDX-License-Identifier: MIT
/* Any space, whatever settings there are: shared, alone and by fitted pipelines alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "evaluating.h"
#include "perebor/learners.h"

/** Parameters over some of the values that settings take, whatever settings there are. */
typedef struct drawn_space {
    perebor_parameter parameters[64];
    perebor_value values[64][16];
    char names[64][48];
    size_t n;
} drawn_space;

/** Values to try on every setting; those it takes are kept. */
static const perebor_value tried[] = {
    {.kind = PEREBOR_VALUE_NONE},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 1},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 2},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 30},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 0.02},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 0.4},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 2.5},
    {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false},
    {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true},
};

/** Takes about half of what a setting accepts, and at least one value. */
static void draw_values(drawn_space *space, perebor_parameter *parameter,
                        const perebor_setting *setting, uint64_t *random) {
    perebor_value *kept = space->values[space->n];
    perebor_value accepted[24];
    size_t n = 0;
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        perebor_value own;
        if (perebor_setting_accept(setting, tried[i], &own, NULL) == PEREBOR_OK) {
            accepted[n++] = tried[i];
        }
    }
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++) {
        accepted[n++] = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = setting->choices[i]};
    }
    assert_true(n > 0);
    for (size_t i = 0; i < n && parameter->n_values < 16; i++) {
        if (draw_bits(random) % 2 == 0) {
            kept[parameter->n_values++] = accepted[i];
        }
    }
    if (parameter->n_values == 0) {
        kept[parameter->n_values++] = accepted[draw_bits(random) % n];
    }
    parameter->values = kept;
}

static void draw_setting(drawn_space *space, const char *step, const perebor_setting *setting,
                         uint64_t *random) {
    bool endless = strcmp(setting->name, "max_iter") == 0 || // without it svc may go on for long
                   strcmp(setting->name, "n_estimators") == 0;
    if (!endless && draw_bits(random) % 3 == 0) {
        return;
    }
    perebor_parameter *parameter = &space->parameters[space->n];
    (void)snprintf(space->names[space->n], sizeof space->names[0], "%s%s%s", step,
                   setting->name[0] != '\0' ? "__" : "", setting->name);
    *parameter =
        (perebor_parameter){.name = space->names[space->n], .distribution = PEREBOR_CATEGORICAL};
    draw_values(space, parameter, setting, random);
    space->n++;
}

/** A space over settings of every step and learner, drawn by block if its number is odd. */
static perebor_space *make_random_space(uint64_t number) {
    static drawn_space drawn;
    static perebor_value models[7];
    uint64_t random = number;
    drawn.n = 1;
    drawn.parameters[0] = small_experiment_choice(
        "model", models,
        (const char *[]){"boost", "forest", "gnb", "knn", "logreg", "svc", "tree", NULL});
    size_t n_steps = 0;
    const perebor_preparation_step *steps = perebor_preparation_steps(&n_steps);
    for (size_t step = 0; step < n_steps; step++) {
        for (size_t i = 0; i < steps[step].n_settings; i++) {
            draw_setting(&drawn, steps[step].name, &steps[step].settings[i], &random);
        }
    }
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    for (size_t learner = 0; learner < n_learners; learner++) {
        for (size_t i = 0; i < learners[learner]->n_settings; i++) {
            draw_setting(&drawn, learners[learner]->name, &learners[learner]->settings[i], &random);
        }
    }
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status = perebor_space_create(&space, "random", drawn.parameters, drawn.n, NULL,
                                                 0, PEREBOR_SEARCH_RANDOM, number, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    for (size_t i = 0; number % 2 == 1 && i < drawn.n; i += 2) {
        perebor_space_draw_by_block(space, i);
    }
    return space;
}

static void sharing_changes_nothing_in_any_space(void **state) {
    (void)state;
    static fold_record shared[EVALUATING_TRIALS][EVALUATING_FOLDS],
        alone[EVALUATING_TRIALS][EVALUATING_FOLDS];
    size_t n_complete = 0;
    enum { N_SPACES = 10 };
    for (uint64_t number = 0; number < N_SPACES; number++) {
        perebor_space *space = make_random_space(number);
        evaluating_all(space, true, NULL, shared);
        evaluating_all(space, false, NULL, alone);
        for (size_t i = 0; i < EVALUATING_TRIALS * EVALUATING_FOLDS; i++) {
            if (memcmp(&shared[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS],
                       &alone[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS],
                       sizeof alone[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS]) != 0) {
                fail_msg("space %zu, trial %zu, fold %zu: %a \"%s\" shared, %a \"%s\" alone",
                         (size_t)number, i / EVALUATING_FOLDS, i % EVALUATING_FOLDS,
                         shared[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].test_score,
                         shared[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].error,
                         alone[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].test_score,
                         alone[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].error);
            }
            n_complete +=
                alone[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].state == PEREBOR_TRIAL_COMPLETE;
        }
        perebor_space_free(space);
    }
    assert_true(n_complete > N_SPACES * EVALUATING_TRIALS * EVALUATING_FOLDS / 2);
}

static void a_fitted_pipeline_has_the_bits_of_a_search(void **state) {
    (void)state;
    static fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS];
    size_t n_complete = 0;
    evaluating.fitted_too = true;
    for (uint64_t number = 20; number < 24; number++) {
        perebor_space *space = number < 22 ? make_random_space(number) : evaluating_space(number);
        evaluating.every_metric = number % 2 == 0;
        evaluating_all(space, true, NULL, records);
        for (size_t i = 0; i < EVALUATING_TRIALS * EVALUATING_FOLDS; i++) {
            n_complete +=
                records[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS].state == PEREBOR_TRIAL_COMPLETE;
        }
        perebor_space_free(space);
    }
    evaluating.fitted_too = evaluating.every_metric = false;
    assert_true(n_complete > 2 * EVALUATING_TRIALS * EVALUATING_FOLDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_changes_nothing_in_any_space),
        cmocka_unit_test(a_fitted_pipeline_has_the_bits_of_a_search),
    };
    return cmocka_run_group_tests(tests, evaluating_set_up, evaluating_give_back);
}
