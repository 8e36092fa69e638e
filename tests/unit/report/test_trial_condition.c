// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "made_trials.h"
#include "report/trial_condition.h"

static perebor_trials *trials;
static uint32_t by_first[MADE_N], by_second[MADE_N];
static uint32_t *const ranks[] = {by_first, by_second};

static void rank(void) {
    for (size_t metric = 0; metric < trials->n_metrics; metric++) {
        assert_int_equal(perebor_trials_rank_by(trials, metric, ranks[metric], NULL), PEREBOR_OK);
    }
}

static int start(void **state) {
    (void)state;
    trials = made_trials();
    rank();
    return 0;
}

static int end(void **state) {
    (void)state;
    perebor_trials_free(trials);
    return 0;
}

/** The last digits of the trials that satisfy a condition. */
static void assert_holds(const char *where, const char *expected) {
    char found[MADE_N + 1] = "";
    size_t n = 0;
    trial_conditions conditions;
    perebor_error error = {0};
    if (trial_conditions_read(&conditions, where, trials, &error) != PEREBOR_OK) {
        fail_msg("%s: %s", where, error.message);
    }
    for (size_t trial = 0; trial < MADE_N; trial++) {
        if (trial_conditions_hold(&conditions, trials, ranks, trial)) {
            found[n++] = (char)('0' + (int)trial);
        }
    }
    if (strcmp(found, expected) != 0) {
        fail_msg("%s: %s, not %s", where == NULL ? "NULL" : where, found, expected);
    }
}

static void assert_refused(const char *where, const char *message) {
    trial_conditions conditions;
    perebor_error error = {0};
    assert_int_equal(trial_conditions_read(&conditions, where, trials, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, message);
}

typedef struct holding {
    const char *where, *trials;
} holding;

static void every_column_can_be_asked_for(void **state) {
    (void)state;
    static const holding cases[] = {
        {NULL, "012345"},
        {"", "012345"},
        {"trial=102", "2"},
        {"trial>=104", "45"},
        {"trial!=100", "12345"},
        {"state=COMPLETE", "0145"},
        {"state=complete", "0145"},
        {"state=Completed", "0145"},
        {"state=failed", "2"},
        {"state=Failure", "2"},
        {"state=error", "2"},
        {"state=done", "0145"},
        {"state=pending", "3"},
        {"state!=FAIL", "01345"},
        {"state=waiting", "3"},
        {"state=pruned", ""},
        {"mean_test_score>0.625", "04"},
        {"roc_auc>=0.625", "014"},
        {"mean_test_roc_auc<0.625", "5"},
        {"mean_test_score!=0.25", "01234"}, // one without a score is not 0.25 either
        {"sd=0.0625", "04"},
        {"std_test_score<=0.0625", "045"},
        {"std_test_roc_auc=0", "5"},
        {"rank=1", "04"},
        {"rank_test_score=3", "1"},
        {"rank_test_roc_auc<4", "014"},
        {"converged=true", "045"},
        {"converged=no", "1"},
        {"converged!=yes", "1"},
        {"converged=FALSE", "1"},
        {"same_as=100", "04"},
        {"train>0", ""},
        {"mean_train_score!=0", "012345"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_holds(cases[i].where, cases[i].trials);
    }
    made_trials_add_train(trials);
    assert_holds("train>=0.75", "014");
    assert_holds("mean_train_score=0.375", "5");
}

static void parameters_compare_as_what_they_are(void **state) {
    (void)state;
    static const holding cases[] = {
        {"model=knn", "034"},
        {"model!=knn", "125"},
        {"model<logreg", "034"},
        {"model>=logreg", "125"},
        {"param_model==tree", "5"},
        {"knn__n_neighbors=5", "04"},
        {"knn__n_neighbors=5.0", "04"},
        {"knn__n_neighbors>5", "3"},
        {"knn__n_neighbors<5e1", "034"},
        {"param_knn__n_neighbors!=5", "1235"}, // nor where it is not active
        {"logreg__C<1", "1"},
        {"logreg__C=1e3", "2"},
        {"logreg__C=0.1", "1"},
        {"logreg__flag=true", "1"},
        {"logreg__flag!=true", "02345"},
        {"tree__depth=null", "012345"}, // null, or not active
        {"scale=null", "1235"},
        {"scale!=null", "04"},
        {"logreg__C=abc", ""},
        {"logreg__C!=abc", "012345"},
        {"scale='a,b'", "04"},
        {"scale=\"a,b\"", "04"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_holds(cases[i].where, cases[i].trials);
    }
}

static void conditions_are_joined_by_and(void **state) {
    (void)state;
    static const holding cases[] = {
        {"model=knn and state=waiting", "3"},
        {"model=knn AND rank=1 and trial>100", "4"},
        {"  model  =  knn  and  state = complete ", "04"},
        {"model=knn and model=tree", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_holds(cases[i].where, cases[i].trials);
    }
}

static void there_is_room_for_sixteen_conditions(void **state) {
    (void)state;
    char where[512] = "trial>0";
    for (size_t i = 1; i < TRIAL_CONDITIONS_MAX; i++) {
        strcat(where, " and trial>0");
    }
    assert_holds(where, "012345");
    strcat(where, " and trial>0");
    assert_refused(where, "--where: more than 16 conditions");
}

/** What is in quotes is neither a conjunction nor a comparison. */
static void quotes_keep_words_together(void **state) {
    (void)state;
    perebor_value *point = trials->values + 0 * MADE_N_PARAMETERS;
    point[MADE_SCALE].as.text = perebor_trials_intern(trials, "this and that or \"those\"");
    point = trials->values + 4 * MADE_N_PARAMETERS;
    point[MADE_SCALE].as.text = perebor_trials_intern(trials, " =b ");
    assert_holds("scale='this and that or \"those\"' and trial=100", "0");
    assert_holds("scale=' =b '", "4");
}

static void what_is_no_condition_is_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"model", "=knn", "model=", "model!knn", "!", " = "};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[256];
        (void)snprintf(message, sizeof message,
                       "--where: \"%s\" is not a condition; write name=value, such as "
                       "\"model=knn and roc_auc>0.9\"",
                       cases[i]);
        assert_refused(cases[i], message);
    }
    assert_refused("model=knn and", // names no second condition: the value is "knn and"
                   "--where: no trial has model=knn and; its values are knn, logreg, tree");
    assert_refused("model=knn and  and trial>0",
                   "--where: \"\" is not a condition; write name=value, such as "
                   "\"model=knn and roc_auc>0.9\"");
    assert_refused("model=knn or model=tree",
                   "--where: conditions are joined by \"and\" alone; ask once for each side of "
                   "the \"or\"");
    char where[300] = "model=";
    memset(where + 6, 'x', TRIAL_CONDITION_TEXT); // a value that has no room
    trial_conditions conditions;
    assert_int_equal(trial_conditions_read(&conditions, where, trials, NULL), PEREBOR_ERR_ARGUMENT);
}

#define COLUMNS                                                                                    \
    "; there are rank, trial, state, roc_auc, sd, train, converged, same_as and the parameters"

static void a_column_that_there_is_not_is_named_with_the_nearest(void **state) {
    (void)state;
    static const struct {
        const char *where, *message;
    } cases[] = {
        {"modle=knn", "--where: there is no column \"modle\"; did you mean \"model\"?" COLUMNS},
        {"n_neighbours=5", "--where: there is no column \"n_neighbours\"" COLUMNS},
        {"knn__n_neighbours=5", "--where: there is no column \"knn__n_neighbours\"; did you mean "
                                "\"knn__n_neighbors\"?" COLUMNS},
        {"rank_test_scor=5", "--where: there is no column \"rank_test_scor\"; did you mean "
                             "\"rank_test_score\"?" COLUMNS},
        {"f1>0.5", "--where: there is no column \"f1\"" COLUMNS},
        {"Model=knn", "--where: there is no column \"Model\"; did you mean \"model\"?" COLUMNS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_refused(cases[i].where, cases[i].message);
    }
}

static void a_value_that_no_trial_can_have_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *where, *message;
    } cases[] = {
        {"model=nkn", "--where: no trial has model=nkn; did you mean \"knn\"?; its values are "
                      "knn, logreg, tree"},
        {"model=svc", "--where: no trial has model=svc; its values are knn, logreg, tree"},
        {"state=over", "--where: no trial has state=over; its values are RUNNING, COMPLETE, "
                       "PRUNED, FAIL, WAITING"},
        {"state=completes",
         "--where: no trial has state=completes; did you mean \"COMPLETE\"?; its values are "
         "RUNNING, COMPLETE, PRUNED, FAIL, WAITING"},
        {"converged=1", "--where: no trial has converged=1; its values are true, false"},
        {"trial=first", "--where: trial is a number, and \"first\" is none"},
        {"sd=1,5", "--where: sd is a number, and \"1,5\" is none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_refused(cases[i].where, cases[i].message);
    }
}

/** A list of values is cut between letters, and after eight. */
static void long_lists_of_values_are_cut(void **state) {
    (void)state;
    static const char *const texts[] = {"aбббббббббббббббббббббб", "b2", "b3"};
    for (size_t trial = 0; trial < MADE_N; trial++) {
        perebor_value *point = trials->values + trial * MADE_N_PARAMETERS;
        point[MADE_MODEL].as.text = perebor_trials_intern(trials, texts[trial % 3]);
    }
    assert_refused("model=zzz", "--where: no trial has model=zzz; its values are "
                                "aббббббббббббббб, b2, b3");
}

/** With so many texts of a parameter nobody can tell which there are not. */
static void a_parameter_of_many_texts_takes_any(void **state) {
    (void)state;
    static const char *const names[] = {"name"};
    static const struct {
        size_t n_texts;
        bool refused;
    } cases[] = {{63, true}, {64, false}, {70, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_trials *many = NULL;
        trial_conditions conditions;
        assert_int_equal(perebor_trials_create_empty(&many, names, 1, 0, cases[i].n_texts, 2, NULL),
                         PEREBOR_OK);
        for (size_t trial = 0; trial < cases[i].n_texts; trial++) {
            char text[32];
            (void)snprintf(text, sizeof text, "text %zu", trial);
            many->values[trial] = (perebor_value){.kind = PEREBOR_VALUE_TEXT,
                                                  .as.text = perebor_trials_intern(many, text)};
        }
        assert_int_equal(trial_conditions_read(&conditions, "name=another", many, NULL),
                         cases[i].refused ? PEREBOR_ERR_ARGUMENT : PEREBOR_OK);
        assert_int_equal(trial_conditions_read(&conditions, "name='text 5'", many, NULL),
                         PEREBOR_OK);
        perebor_trials_free(many);
    }
}

static void columns_of_every_metric_can_be_asked_for(void **state) {
    (void)state;
    static const holding cases[] = {
        {"f1>0.5", "014"},
        {"accuracy>0.5", "5"},
        {"mean_test_score>0.5", "014"},
        {"mean_test_accuracy=0.1875", "04"},
        {"std_test_accuracy=0.125", "1"},
        {"rank_test_accuracy=1", "5"},
        {"rank=1", "04"},
        {"rank_test_f1=1", "04"},
    };
    made_trials_add_metrics(trials);
    rank();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_holds(cases[i].where, cases[i].trials);
    }
    assert_refused("roc_auc>0.5",
                   "--where: there is no column \"roc_auc\"; there are rank, trial, state, f1, sd, "
                   "train, converged, same_as, those of every metric (mean_test_accuracy) and the "
                   "parameters");
    assert_refused("acuracy>0.5",
                   "--where: there is no column \"acuracy\"; did you mean \"accuracy\"?; there are "
                   "rank, trial, state, f1, sd, train, converged, same_as, those of every metric "
                   "(mean_test_accuracy) and the parameters");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_column_can_be_asked_for),
        TEST(parameters_compare_as_what_they_are),
        TEST(conditions_are_joined_by_and),
        TEST(there_is_room_for_sixteen_conditions),
        TEST(quotes_keep_words_together),
        TEST(what_is_no_condition_is_refused),
        TEST(a_column_that_there_is_not_is_named_with_the_nearest),
        TEST(a_value_that_no_trial_can_have_is_refused),
        TEST(long_lists_of_values_are_cut),
        TEST(a_parameter_of_many_texts_takes_any),
        TEST(columns_of_every_metric_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
