// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/learners.h"
#include "perebor/pipeline.h"

static perebor_value text(const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = value};
}

static perebor_value integer(int64_t value) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = value};
}

static perebor_value real(double value) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = value};
}

/** Binds a space of constants and resolves its only point. */
static perebor_status resolve(const char *const *names, const perebor_value *values, size_t n,
                              const perebor_preset *presets, size_t n_presets,
                              perebor_candidate *candidate, perebor_error *error) {
    perebor_parameter parameters[8] = {0};
    for (size_t i = 0; i < n; i++) {
        parameters[i] = (perebor_parameter){.name = names[i],
                                            .distribution = PEREBOR_CONSTANT,
                                            .values = &values[i],
                                            .n_values = 1,
                                            .line = (uint32_t)i + 1,
                                            .column = 5};
    }
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, n, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, error),
                     PEREBOR_OK);
    perebor_status status =
        perebor_pipeline_create(&pipeline, space, "e.yaml", presets, n_presets, error);
    if (status == PEREBOR_OK && candidate != NULL) {
        perebor_value point[8];
        perebor_space_point(space, 0, point);
        status = perebor_pipeline_resolve(pipeline, point, candidate, error);
    }
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    return status;
}

static void assert_refused(const char *name, perebor_value value, const char *message) {
    const char *names[] = {"model", name};
    perebor_value values[] = {text("knn"), value};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 2, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
}

static void names_and_values_are_checked_with_their_place(void **state) {
    (void)state;
    assert_refused("knn__neighbors", integer(3),
                   "e.yaml:2:5: knn__neighbors: knn has no setting \"neighbors\" (did you mean "
                   "\"n_neighbors\"?); it has n_neighbors, weights, metric, p");
    assert_refused("tre__max_depth", integer(3),
                   "e.yaml:2:5: tre__max_depth: there is no step \"tre\" (did you mean \"tree\"?); "
                   "the steps are model, impute, encode, scale, select, boost, forest, gnb, knn, "
                   "logreg, svc, tree");
    assert_refused(
        "svc", integer(3),
        "e.yaml:2:5: svc: name one of its settings, as in svc__kernel: kernel, C, gamma, "
        "degree, coef0, class_weight, max_iter");
}

static void a_setting_of_model_names_the_learners_that_have_it(void **state) {
    (void)state;
    assert_refused("model__C", real(1.0),
                   "e.yaml:2:5: model__C: model chooses the learner, whose settings have its name: "
                   "logreg__C, svc__C");
    assert_refused("model__depth", integer(3),
                   "e.yaml:2:5: model__depth: model chooses the learner, whose settings have its "
                   "name, as in logreg__C; no learner has a setting \"depth\"");
}

static void words_of_other_tools_are_understood_in_messages(void **state) {
    (void)state;
    static const char *const words[][2] = {{"svm", "svc"},
                                           {"LogisticRegression", "logreg"},
                                           {"decision_tree", "tree"},
                                           {"KNeighborsClassifier", "knn"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *names[] = {"model"};
        perebor_value values[] = {text(words[i][0])};
        perebor_error error = {0};
        char wanted[64];
        snprintf(wanted, sizeof wanted, "\"%s\" (did you mean \"%s\"?)", words[i][0], words[i][1]);
        assert_int_equal(resolve(names, values, 1, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, wanted));
    }
    const char *names[] = {"model", "svm__C"};
    perebor_value values[] = {text("svc"), real(1.0)};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 2, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "(did you mean \"svc\"?)"));
}

/** Binds `model` and one drawn parameter, with one enqueued value of it if @p enqueued is a number.
 */
static perebor_status bind_drawn(perebor_parameter drawn, double enqueued, perebor_error *error) {
    perebor_value model = text("knn");
    perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &model, .n_values = 1},
        drawn};
    perebor_value value = real(enqueued);
    perebor_enqueued point = {
        .names = &drawn.name, .values = &value, .n = 1, .line = 9, .column = 7};
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_status status =
        perebor_space_create(&space, "e.yaml", parameters, 2, &point, isnan(enqueued) ? 0U : 1U,
                             PEREBOR_SEARCH_RANDOM, 1, error);
    assert_int_equal(status, PEREBOR_OK);
    status = perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, error);
    for (uint64_t trial = 0; status == PEREBOR_OK && trial < 200; trial++) {
        perebor_value values[2];
        perebor_candidate candidate;
        perebor_space_point(space, trial, values);
        assert_int_equal(perebor_pipeline_resolve(pipeline, values, &candidate, error), PEREBOR_OK);
    }
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    return status;
}

static void what_a_setting_cannot_take_is_not_drawn(void **state) {
    (void)state;
    static const struct {
        perebor_parameter drawn;
        const char *message; /**< NULL: it is taken, and every draw resolves. */
    } cases[] = {
        {{"knn__n_neighbors", PEREBOR_UNIFORM, .min = 1, .max = 60.5},
         "n_neighbors takes whole numbers, and uniform draws numbers with a fraction; use "
         "int_uniform with min: 1 and max: 60"},
        {{"knn__n_neighbors", PEREBOR_LOG_UNIFORM_VALUES, .min = 1, .max = 60},
         "n_neighbors takes whole numbers, and log_uniform_values draws numbers with a fraction; "
         "use q_log_uniform_values with q: 1, or int_uniform"},
        {{"svc__degree", PEREBOR_LOG_NORMAL, .mu = 1, .sigma = 0.01},
         "degree takes whole numbers, and log_normal draws numbers with a fraction; use "
         "q_log_uniform_values with q: 1, or int_uniform"},
        {{"select__k", PEREBOR_NORMAL, .mu = 10, .sigma = 1},
         "k takes whole numbers, and normal draws numbers with a fraction; use int_uniform"},
        {{"tree__max_depth", PEREBOR_Q_UNIFORM, .min = 1, .max = 9, .q = 0.5},
         "max_depth takes whole numbers, and q_uniform draws numbers with a fraction; use a whole "
         "number as q, such as 1, not 0.5"},
        {{"tree__max_depth", PEREBOR_Q_LOG_UNIFORM_VALUES, .min = 1, .max = 9, .q = 1.5},
         "max_depth takes whole numbers, and q_log_uniform_values draws numbers with a fraction; "
         "use a whole number as q, such as 1, not 1.5"},
        {{"knn__p", PEREBOR_LOG_NORMAL, .mu = 0, .sigma = 1}, "it takes a number from 1 to 100"},
        {{"knn__p", PEREBOR_NORMAL, .mu = 2, .sigma = 0.01}, "a normal distribution has no bounds"},
        {{"logreg__l1_ratio", PEREBOR_Q_UNIFORM, .min = 0, .max = 1.25, .q = 0.25},
         "l1_ratio cannot be 1.25; it takes a number from 0 to 1"},
        {{"tree__min_samples_leaf", PEREBOR_UNIFORM, .min = 0.01, .max = 9.5},
         "min_samples_leaf cannot be 9.5; it takes a whole number of at least 1, a share above 0.0 "
         "and at most 1.0"},
        {{"knn__weights", PEREBOR_UNIFORM, .min = 0, .max = 1},
         "weights cannot be 0.0; it takes \"uniform\" or \"distance\""},
        {{"logreg__class_weight", PEREBOR_INT_UNIFORM, .min = 0, .max = 1},
         "class_weight cannot be 0; it takes \"balanced\" or null"},
        {{"knn__n_neighbors", PEREBOR_UNIFORM, .min = 7, .max = 7}, NULL},
        {{"knn__n_neighbors", PEREBOR_Q_UNIFORM, .min = 1, .max = 60, .q = 1}, NULL},
        {{"knn__n_neighbors", PEREBOR_Q_LOG_UNIFORM_VALUES, .min = 1, .max = 60, .q = 1}, NULL},
        {{"knn__p", PEREBOR_LOG_NORMAL, .mu = 1, .sigma = 0.1}, NULL},
        {{"tree__min_samples_leaf", PEREBOR_UNIFORM, .min = 0.01, .max = 1.0}, NULL},
        {{"tree__max_features", PEREBOR_INT_UNIFORM, .min = 1, .max = 9}, NULL},
        {{"impute__fill_value", PEREBOR_NORMAL, .mu = 0, .sigma = 5}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_parameter drawn = cases[i].drawn;
        drawn.line = 4;
        drawn.column = 5;
        perebor_error error = {0};
        if (cases[i].message == NULL) {
            assert_int_equal(bind_drawn(drawn, NAN, &error), PEREBOR_OK);
            continue;
        }
        assert_int_equal(bind_drawn(drawn, NAN, &error), PEREBOR_ERR_FORMAT);
        assert_int_equal(strncmp(error.message, "e.yaml:4:5: ", 12), 0);
        if (strstr(error.message, cases[i].message) == NULL) {
            fail_msg("%s", error.message);
        }
    }
}

static void an_enqueued_value_must_be_one_that_the_setting_takes(void **state) {
    (void)state;
    perebor_parameter p = {"knn__p", PEREBOR_LOG_NORMAL, .mu = 1, .sigma = 0.1};
    perebor_error error = {0};
    assert_int_equal(bind_drawn(p, 0.3, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message,
                        "e.yaml:9:7: knn__p: p cannot be 0.3; it takes a number from 1 to 100");
    assert_int_equal(bind_drawn(p, 3.0, &error), PEREBOR_OK);
}

static void a_value_that_was_never_bound_is_refused_and_not_replaced(void **state) {
    (void)state;
    perebor_value model = text("knn");
    perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &model, .n_values = 1},
        {.name = "knn__n_neighbors", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 9}};
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_candidate candidate;
    perebor_error error = {0};
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, 2, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, &error),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, &error),
                     PEREBOR_OK);
    perebor_value fraction[] = {model, real(7.5)};
    perebor_value nobody[] = {text("nobody"), integer(7)};
    assert_int_equal(perebor_pipeline_resolve(pipeline, fraction, &candidate, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_int_equal(perebor_pipeline_resolve(pipeline, nobody, &candidate, &error),
                     PEREBOR_ERR_FORMAT);
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
}

static void an_unknown_learner_is_refused(void **state) {
    (void)state;
    const char *names[] = {"model"};
    perebor_value values[] = {text("mlp")};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 1, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, "e.yaml:1:5: model: there is no learner \"mlp\" (it "
                                       "is not available; nearest to it is \"svc\"); the "
                                       "learners are boost, forest, gnb, knn, logreg, svc, tree");
}

static void a_space_without_a_learner_is_refused(void **state) {
    (void)state;
    const char *names[] = {"scale"};
    perebor_value values[] = {text("minmax")};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 1, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "does not say which learner to use"));
}

static void a_preset_serves_where_no_parameter_does(void **state) {
    (void)state;
    const char *names[] = {"model"};
    perebor_value values[] = {text("knn")};
    perebor_preset presets[] = {{.name = "scale", .value = text("robust")},
                                {.name = "knn__n_neighbors", .value = integer(9)}};
    perebor_candidate candidate;
    assert_int_equal(resolve(names, values, 1, presets, 2, &candidate, NULL), PEREBOR_OK);
    assert_int_equal(candidate.preparation.scale, PEREBOR_SCALE_ROBUST);
    assert_int_equal(candidate.settings[0].as.integer, 9);
}

static void the_same_candidate_in_other_words_is_the_same(void **state) {
    (void)state;
    const char *names[] = {"model", "scale", "tree__max_depth", "knn__p"};
    perebor_value scaled[] = {text("tree"), text("standard"), integer(4), real(1.0)};
    perebor_value unscaled[] = {text("tree"), text("none"), integer(4), real(2.0)};
    perebor_value deeper[] = {text("tree"), text("none"), integer(5), real(2.0)};
    perebor_candidate a, b, c;
    assert_int_equal(resolve(names, scaled, 4, NULL, 0, &a, NULL), PEREBOR_OK);
    assert_int_equal(resolve(names, unscaled, 4, NULL, 0, &b, NULL), PEREBOR_OK);
    assert_int_equal(resolve(names, deeper, 4, NULL, 0, &c, NULL), PEREBOR_OK);
    assert_int_equal(perebor_candidate_compare(&a, &b), 0);
    assert_int_not_equal(perebor_candidate_compare(&a, &c), 0);
    assert_int_equal(perebor_candidate_compare(&a, &c), -perebor_candidate_compare(&c, &a));
}

/** A value that is not the default where a setting switches something on: true, or a number for
 * null. */
static perebor_value switched_on(const perebor_setting *setting) {
    const perebor_value on[] = {{.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true}, integer(3)};
    perebor_value accepted;
    for (size_t i = 0; i < 2; i++) {
        bool is_switch = setting->default_value.kind == on[0].kind || setting->optional;
        if (is_switch && perebor_setting_accept(setting, on[i], &accepted, NULL) == PEREBOR_OK) {
            return accepted;
        }
    }
    return setting->default_value;
}

/** The key of a learner with its defaults, or all that can be switched on, but for one setting. */
static uint64_t key_with(const perebor_learner *learner, bool on, size_t setting,
                         perebor_value value) {
    perebor_value values[PEREBOR_MAX_SETTINGS] = {0};
    for (size_t i = 0; i < learner->n_settings; i++) {
        values[i] = on ? switched_on(&learner->settings[i]) : learner->settings[i].default_value;
    }
    assert_int_equal(
        perebor_setting_accept(&learner->settings[setting], value, &values[setting], NULL),
        PEREBOR_OK);
    return learner->share_key == NULL ? 0 : learner->share_key(values);
}

/** Whether any of a few values of a setting parts a family in two, the others switched on or not.
 */
static bool parts_families(const perebor_learner *learner, bool on, size_t index) {
    const perebor_setting *setting = &learner->settings[index];
    uint64_t usual = key_with(learner, on, index, setting->default_value);
    bool parts = false;
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++) {
        parts = parts || key_with(learner, on, index, text(setting->choices[i])) != usual;
    }
    const perebor_value others[] = {integer(3),
                                    real(0.75),
                                    {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false},
                                    {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        perebor_value accepted;
        if (perebor_setting_accept(setting, others[i], &accepted, NULL) == PEREBOR_OK) {
            parts = parts || key_with(learner, on, index, others[i]) != usual;
        }
    }
    return parts;
}

static void no_learner_has_more_settings_than_a_candidate_holds(void **state) {
    (void)state;
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    perebor_candidate candidate;
    assert_true(n_learners > 0);
    for (size_t i = 0; i < n_learners; i++) {
        assert_in_range(learners[i]->n_settings, 1,
                        sizeof candidate.settings / sizeof *candidate.settings);
    }
}

static void settings_that_part_families_say_so(void **state) {
    (void)state;
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    for (size_t i = 0; i < n_learners; i++) {
        for (size_t setting = 0; setting < learners[i]->n_settings; setting++) {
            const char *name = learners[i]->settings[setting].name;
            if ((parts_families(learners[i], false, setting) ||
                 parts_families(learners[i], true, setting)) !=
                learners[i]->settings[setting].part_of_key) {
                fail_msg("%s__%s", learners[i]->name, name);
            }
        }
    }
}

static void parameters_that_decide_sharing_are_known(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool decides;
    } cases[] = {
        {"model", true},
        {"scale", true},
        {"select__k", true},
        {"knn__metric", true},
        {"knn__weights", false},
        {"svc__C", false},
        {"tree__max_depth", false},
        {"tree__criterion", true},
    };
    enum { N_CASES = sizeof cases / sizeof *cases };
    const perebor_value values[N_CASES] = {text("svc"),       text("none"),    integer(3),
                                           text("manhattan"), text("uniform"), real(1.0),
                                           integer(4),        text("gini")};
    perebor_parameter parameters[N_CASES];
    for (size_t i = 0; i < N_CASES; i++) {
        parameters[i] = (perebor_parameter){.name = cases[i].name,
                                            .distribution = PEREBOR_CONSTANT,
                                            .values = &values[i],
                                            .n_values = 1};
    }
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, N_CASES, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < N_CASES; i++) {
        assert_int_equal(perebor_pipeline_decides_sharing(pipeline, i), cases[i].decides);
    }
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_values_are_checked_with_their_place),
        cmocka_unit_test(a_setting_of_model_names_the_learners_that_have_it),
        cmocka_unit_test(words_of_other_tools_are_understood_in_messages),
        cmocka_unit_test(what_a_setting_cannot_take_is_not_drawn),
        cmocka_unit_test(an_enqueued_value_must_be_one_that_the_setting_takes),
        cmocka_unit_test(a_value_that_was_never_bound_is_refused_and_not_replaced),
        cmocka_unit_test(an_unknown_learner_is_refused),
        cmocka_unit_test(a_space_without_a_learner_is_refused),
        cmocka_unit_test(a_preset_serves_where_no_parameter_does),
        cmocka_unit_test(the_same_candidate_in_other_words_is_the_same),
        cmocka_unit_test(no_learner_has_more_settings_than_a_candidate_holds),
        cmocka_unit_test(settings_that_part_families_say_so),
        cmocka_unit_test(parameters_that_decide_sharing_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
