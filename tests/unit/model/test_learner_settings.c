// SPDX-License-Identifier: MIT
/* The list of learners, and what each of their settings takes: its limits to the last bit, its
 * default, and what it says of anything else. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "learning.h"

static void learners_are_found_by_their_names_alone(void **state) {
    (void)state;
    size_t n;
    const perebor_learner *const *learners = perebor_learners(&n);
    const char *const names[] = {"boost", "forest", "gnb", "knn", "logreg", "svc", "tree"};
    assert_int_equal(n, 7);
    assert_null(learners[n]);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(learners[i]->name, names[i]); // in the order of the alphabet
        assert_ptr_equal(perebor_learner_find(names[i]), learners[i]);
    }
    assert_null(perebor_learner_find(""));
    assert_null(perebor_learner_find("KNN"));
    assert_null(perebor_learner_find("knn "));
    assert_null(perebor_learner_find("kn"));
}

static void settings_have_names_of_their_own_and_words_for_them(void **state) {
    (void)state;
    size_t n;
    const perebor_learner *const *learners = perebor_learners(&n);
    for (size_t i = 0; i < n; i++) {
        assert_in_range(learners[i]->n_settings, 1, PEREBOR_MAX_SETTINGS);
        assert_in_range(strlen(learners[i]->summary), 5, 60);
        for (size_t s = 0; s < learners[i]->n_settings; s++) {
            const perebor_setting *setting = &learners[i]->settings[s];
            assert_in_range(strlen(setting->summary), 5, 80);
            for (size_t other = 0; other < s; other++) {
                assert_string_not_equal(setting->name, learners[i]->settings[other].name);
            }
        }
    }
}

static bool same_value(perebor_value a, perebor_value b) {
    return a.kind == b.kind && (a.kind == PEREBOR_VALUE_NONE ||
                                (a.kind == PEREBOR_VALUE_TEXT ? strcmp(a.as.text, b.as.text) == 0
                                 : a.kind == PEREBOR_VALUE_INTEGER ? a.as.integer == b.as.integer
                                                                   : a.as.real == b.as.real));
}

static void every_default_and_every_choice_is_accepted_as_it_is(void **state) {
    (void)state;
    size_t n;
    const perebor_learner *const *learners = perebor_learners(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < learners[i]->n_settings; s++) {
            const perebor_setting *setting = &learners[i]->settings[s];
            perebor_value accepted;
            perebor_error error;
            assert_int_equal(
                perebor_setting_accept(setting, setting->default_value, &accepted, &error),
                PEREBOR_OK);
            assert_true(same_value(accepted, setting->default_value));
            assert_int_equal(setting->default_value.kind == PEREBOR_VALUE_NONE,
                             setting->optional &&
                                 setting->default_value.kind == PEREBOR_VALUE_NONE);
            for (const char *const *c = setting->choices; c != NULL && *c != NULL; c++) {
                assert_int_equal(
                    perebor_setting_accept(setting, learning_text(*c), &accepted, &error),
                    PEREBOR_OK);
                assert_true(same_value(accepted, learning_text(*c)));
            }
        }
    }
}

static const perebor_setting *find_setting(const char *learner, const char *name) {
    const perebor_learner *found = learning_find(learner);
    for (size_t s = 0; s < found->n_settings; s++) {
        if (strcmp(found->settings[s].name, name) == 0) {
            return &found->settings[s];
        }
    }
    fail_msg("%s has no %s", learner, name);
    return NULL;
}

static const double tiny = 4.9406564584124654e-324;

/** Numbers at the borders: the last that is taken, the first that is not. */
static const struct {
    const char *learner, *setting;
    double taken, refused;
} borders[] = {
    {"logreg", "C", tiny, 0.0},
    {"logreg", "C", DBL_MAX, INFINITY},
    {"logreg", "C", 1e-300, -1e-300},
    {"logreg", "l1_ratio", 0.0, -tiny},
    {"logreg", "l1_ratio", 1.0, 1.0 + DBL_EPSILON},
    {"logreg", "l1_ratio", 0.5, NAN},
    {"knn", "n_neighbors", 1.0, 0.0},
    {"knn", "n_neighbors", 1e9, 1e9 + 1.0},
    {"knn", "n_neighbors", 7.0, 7.5},
    {"knn", "p", 1.0, 1.0 - DBL_EPSILON / 2.0},
    {"knn", "p", 100.0, 100.0 + 1e-13},
    {"knn", "p", 1.5, INFINITY},
    {"svc", "C", tiny, -0.0},
    {"svc", "C", 1e300, NAN},
    {"svc", "gamma", tiny, 0.0},
    {"svc", "gamma", DBL_MAX, INFINITY},
    {"svc", "degree", 1.0, 0.0},
    {"svc", "degree", 1000.0, 1001.0},
    {"svc", "degree", 3.0, 3.1},
    {"svc", "coef0", -DBL_MAX, -INFINITY},
    {"svc", "coef0", DBL_MAX, NAN},
    {"svc", "max_iter", 1.0, 0.0},
    {"svc", "max_iter", 4294967295.0, 4294967296.0},
    {"tree", "max_depth", 1.0, 0.0},
    {"tree", "ccp_alpha", 0.0, -tiny},
    {"tree", "ccp_alpha", DBL_MAX, INFINITY},
    {"tree", "min_samples_split", tiny, 0.0},
    {"tree", "min_samples_split", 1.0, 1.0 + DBL_EPSILON},
    {"tree", "min_samples_leaf", 0.5, 1.5},
    {"tree", "min_samples_leaf", 1.0, NAN},
    {"tree", "max_features", 1.0, 2.0},
    {"tree", "random_state", 0.0, -1.0},
    {"tree", "random_state", 4294967295.0, 4294967296.0},
};

static void numbers_are_taken_to_their_limits_and_no_further(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++) {
        const perebor_setting *setting = find_setting(borders[i].learner, borders[i].setting);
        perebor_value accepted = learning_text("untouched");
        perebor_error error = {0};
        assert_int_equal(
            perebor_setting_accept(setting, learning_real(borders[i].refused), &accepted, &error),
            PEREBOR_ERR_ARGUMENT);
        assert_string_equal(accepted.as.text, "untouched");
        assert_int_equal(strncmp(error.message, setting->name, strlen(setting->name)), 0);
        assert_int_equal(
            perebor_setting_accept(setting, learning_real(borders[i].taken), &accepted, &error),
            PEREBOR_OK);
        double number =
            accepted.kind == PEREBOR_VALUE_INTEGER ? (double)accepted.as.integer : accepted.as.real;
        assert_true(number == borders[i].taken);
    }
}

/** Whole numbers where a real is a share: 1 is one row, 1.0 are all of them. */
static void a_count_and_a_share_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *setting;
        int64_t least;
    } counts[] = {{"min_samples_split", 2}, {"min_samples_leaf", 1}, {"max_features", 1}};
    for (size_t i = 0; i < 3; i++) {
        const perebor_setting *setting = find_setting("tree", counts[i].setting);
        perebor_value accepted;
        perebor_error error;
        assert_int_equal(
            perebor_setting_accept(setting, learning_whole(counts[i].least - 1), &accepted, &error),
            PEREBOR_ERR_ARGUMENT);
        assert_int_equal(
            perebor_setting_accept(setting, learning_whole(counts[i].least), &accepted, &error),
            PEREBOR_OK);
        assert_int_equal(accepted.kind, PEREBOR_VALUE_INTEGER);
        assert_int_equal(perebor_setting_accept(setting, learning_real(1.0), &accepted, &error),
                         PEREBOR_OK);
        assert_int_equal(accepted.kind, PEREBOR_VALUE_REAL);
    }
}

static const struct {
    const char *learner, *setting, *value, *message;
} refused_texts[] = {
    {"logreg", "penalty", "l3",
     "penalty cannot be \"l3\"; it takes \"l1\", \"l2\", \"elasticnet\" or \"none\"; did you mean "
     "\"l1\"?"},
    {"logreg", "intercept", "penalised",
     "intercept cannot be \"penalised\"; it takes \"free\" or \"penalized\"; did you mean "
     "\"penalized\"?"},
    {"logreg", "class_weight", "equal",
     "class_weight cannot be \"equal\"; it takes \"balanced\" or null"},
    {"logreg", "C", "strong", "C cannot be \"strong\"; it takes a number above 0"},
    {"knn", "weights", "distances",
     "weights cannot be \"distances\"; it takes \"uniform\" or \"distance\"; did you mean "
     "\"distance\"?"},
    {"knn", "n_neighbors", "all",
     "n_neighbors cannot be \"all\"; it takes a whole number from 1 to 1000000000"},
    {"knn", "p", "euclidean", "p cannot be \"euclidean\"; it takes a number from 1 to 100"},
    {"svc", "kernel", "RBF",
     "kernel cannot be \"RBF\"; it takes \"linear\", \"rbf\", \"poly\" or \"sigmoid\"; did you "
     "mean "
     "\"rbf\"?"},
    {"svc", "gamma", "scaled",
     "gamma cannot be \"scaled\"; it takes a number above 0, \"scale\" or \"auto\"; did you mean "
     "\"scale\"?"},
    {"tree", "criterion", "gina",
     "criterion cannot be \"gina\"; it takes \"gini\", \"entropy\" or \"log_loss\"; did you mean "
     "\"gini\"?"},
    {"tree", "random_state", "none",
     "random_state cannot be \"none\"; it takes a whole number from 0 to 4294967295 or null"},
};

static void texts_that_are_none_of_the_choices_are_refused_by_name(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused_texts / sizeof *refused_texts; i++) {
        const perebor_setting *setting =
            find_setting(refused_texts[i].learner, refused_texts[i].setting);
        perebor_value accepted;
        perebor_error error = {0};
        assert_int_equal(perebor_setting_accept(setting, learning_text(refused_texts[i].value),
                                                &accepted, &error),
                         PEREBOR_ERR_ARGUMENT);
        assert_string_equal(error.message, refused_texts[i].message);
    }
}

/** Two values of a setting, both other than the default where that can be. */
static void two_values(const perebor_setting *setting, perebor_value values[2]) {
    const char *const *choices = setting->choices;
    if (choices != NULL && choices[1] != NULL) {
        values[0] = learning_text(choices[0]);
        values[1] = learning_text(choices[1]);
    } else if (choices != NULL) {
        values[0] = learning_none();
        values[1] = learning_text(choices[0]);
    } else {
        bool whole = perebor_setting_takes(setting, PEREBOR_VALUE_INTEGER);
        double low = isfinite(setting->min) && setting->min <= setting->max ? setting->min : 0.0;
        values[0] = whole ? learning_whole((int64_t)low + 3) : learning_real(low + 0.25);
        values[1] = whole ? learning_whole((int64_t)low + 4) : learning_real(low + 0.5);
        for (int k = 0; k < 2; k++) {
            perebor_value given = values[k];
            if (perebor_setting_accept(setting, given, &values[k], NULL) != PEREBOR_OK) {
                values[k] = learning_real(low + 0.25 * (k + 1)); // l1_ratio
            }
        }
    }
}

/**
 * Holds for what may be searched: settings that are not part of the key do not part families. Where
 * a setting is part of it, some learner parts them by it.
 */
static void families_are_parted_by_parts_of_the_key_alone(void **state) {
    (void)state;
    size_t n;
    const perebor_learner *const *learners = perebor_learners(&n);
    for (size_t i = 0; i < n; i++) {
        size_t n_parting = 0;
        if (learners[i]->share_key == NULL) {
            continue;
        }
        for (size_t s = 0; s < learners[i]->n_settings; s++) {
            perebor_value values[2][PEREBOR_MAX_SETTINGS], two[2];
            two_values(&learners[i]->settings[s], two);
            for (int k = 0; k < 2; k++) {
                learning_defaults(learners[i], values[k]);
                values[k][s] = two[k];
            }
            bool parted = learners[i]->share_key(values[0]) != learners[i]->share_key(values[1]);
            if (parted && !learners[i]->settings[s].part_of_key) {
                fail_msg("%s parts families by %s", learners[i]->name,
                         learners[i]->settings[s].name);
            }
            n_parting += parted;
        }
        assert_true(n_parting > 0);
    }
}

/** More rows, and more columns, never cost less; alone costs no less than beside others. */
static void costs_are_positive_and_grow(void **state) {
    (void)state;
    size_t n;
    const perebor_learner *const *learners = perebor_learners(&n);
    static const char *const settings[] = {"",
                                           "kernel=linear",
                                           "kernel=poly degree=2",
                                           "penalty=l1",
                                           "max_depth=3",
                                           "random_state=1",
                                           "metric=minkowski p=3",
                                           "kernel=sigmoid max_iter=5"};
    for (size_t i = 0; i < 8 * n; i++) {
        const perebor_learner *learner = learners[i / 8];
        const char *name = settings[i % 8];
        bool known = *name == '\0';
        for (size_t s = 0; s < learner->n_settings && !known; s++) {
            size_t length = strlen(learner->settings[s].name);
            known = strncmp(name, learner->settings[s].name, length) == 0 && name[length] == '=';
        }
        if (!known) {
            continue;
        }
        perebor_value values[PEREBOR_MAX_SETTINGS];
        learning_defaults(learner, values);
        learning_set_all(learner, values, name);
        double before = 0.0;
        for (size_t rows = 100; rows <= 100000; rows *= 10) {
            const perebor_table_shape shape = {
                .n_rows = rows, .n_scored = rows / 4, .n_columns = 20};
            const perebor_table_shape wider = {
                .n_rows = rows, .n_scored = rows / 4, .n_columns = 40};
            double cost = learner->cost(values, &shape);
            double marginal =
                learner->marginal_cost == NULL ? cost : learner->marginal_cost(values, &shape);
            assert_true(isfinite(cost) && cost > before);
            assert_true(marginal > 0.0 && marginal <= cost);
            assert_true(learner->cost(values, &wider) > cost);
            before = cost;
        }
    }
}

/** One nominal column costs about a pass, however many levels it has. */
static void levels_are_foreseen_as_one_column(void **state) {
    (void)state;
    static const char *const names[] = {"logreg", "tree"};
    for (size_t k = 0; k < 2; k++) {
        const perebor_learner *learner = learning_find(names[k]);
        perebor_value values[PEREBOR_MAX_SETTINGS];
        learning_defaults(learner, values);
        const perebor_table_shape numbers = {.n_rows = 10000, .n_columns = 11};
        perebor_table_shape levels = {
            .n_rows = 10000, .n_columns = 1010, .n_nominal = 1, .n_levels = 1000};
        double thousand = learner->cost(values, &levels);
        levels.n_levels = 10000;
        levels.n_columns = 10010;
        assert_true(thousand >= learner->cost(values, &numbers));
        assert_true(thousand < 20.0 * learner->cost(values, &numbers));
        assert_true(learner->cost(values, &levels) < 2.0 * thousand);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_foreseen_as_one_column),
        cmocka_unit_test(learners_are_found_by_their_names_alone),
        cmocka_unit_test(settings_have_names_of_their_own_and_words_for_them),
        cmocka_unit_test(every_default_and_every_choice_is_accepted_as_it_is),
        cmocka_unit_test(numbers_are_taken_to_their_limits_and_no_further),
        cmocka_unit_test(a_count_and_a_share_are_told_apart),
        cmocka_unit_test(texts_that_are_none_of_the_choices_are_refused_by_name),
        cmocka_unit_test(families_are_parted_by_parts_of_the_key_alone),
        cmocka_unit_test(costs_are_positive_and_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
