// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made_trials.h"
#include "report/trial_list.h"

static perebor_trials *trials;
static size_t width;

static int start(void **state) {
    (void)state;
    trials = made_trials();
    width = 0;
    return 0;
}

static int end(void **state) {
    (void)state;
    perebor_trials_free(trials);
    return 0;
}

static perebor_status table(const void *list, FILE *stream, perebor_error *error) {
    return perebor_trial_list_write_table(list, width, stream, error);
}

static void assert_table(const char *where, bool merged, const char *expected) {
    perebor_trial_list list = {0};
    perebor_error error = {0};
    if (perebor_trial_list_choose(&list, trials, where, PEREBOR_BY_RANK, 0, &error) != PEREBOR_OK ||
        (merged && perebor_trial_list_merge_equal(&list, 0, &error) != PEREBOR_OK)) {
        fail_msg("%s", error.message);
    }
    char *text = made_written(table, &list);
    assert_string_equal(text, expected);
    free(text);
    perebor_trial_list_release(&list);
}

#define HEADER " rank    trial   roc_auc      sd  parameters\n"

static void every_trial_has_a_line(void **state) {
    (void)state;
    assert_table(NULL, false,
                 HEADER
                 "    1      100  0.812500  0.0625  model=knn knn__n_neighbors=5 scale=a,b\n"
                 "    1      104  0.812500  0.0625  model=knn knn__n_neighbors=5 scale=a,b\n"
                 "    3      101  0.625000  0.1250  model=logreg logreg__C=0.1 logreg__flag=true\n"
                 "    4      105  0.250000  0.0000  model=tree tree__depth=null\n"
                 "    -      102      FAIL       -  model=logreg logreg__C=1000 logreg__flag=false"
                 "  (fold 1 has one \"class\")\n"
                 "    -      103   WAITING       -  model=knn knn__n_neighbors=7\n");
}

static void equal_trials_are_counted(void **state) {
    (void)state;
    assert_table("rank<=3", true,
                 HEADER "    1      100  0.812500  0.0625  model=knn knn__n_neighbors=5 scale=a,b "
                        "(and 1 equal)\n"
                        "    3      101  0.625000  0.1250  model=logreg logreg__C=0.1 "
                        "logreg__flag=true\n");
}

static void what_all_have_stands_once(void **state) {
    (void)state;
    assert_table("model=knn", false,
                 "all have model=knn\n" HEADER
                 "    1      100  0.812500  0.0625  knn__n_neighbors=5 scale=a,b\n"
                 "    1      104  0.812500  0.0625  knn__n_neighbors=5 scale=a,b\n"
                 "    -      103   WAITING       -  knn__n_neighbors=7\n");
    // A single trial has nothing in common with others.
    assert_table("trial=105", false,
                 HEADER "    4      105  0.250000  0.0000  model=tree tree__depth=null\n");
    assert_table("trial=0", false, HEADER);
}

/** Two trials that differ in one parameter alone. */
static void only_what_differs_stands_in_the_lines(void **state) {
    (void)state;
    static const struct {
        perebor_value one, other;
        const char *expected[2];
    } cases[] = {
        {{.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5},
         {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 6},
         {"=5", "=6"}},
        {{.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5},
         {.kind = PEREBOR_VALUE_REAL, .as.real = 5.0},
         {"=5", "=5"}},
        {{.kind = PEREBOR_VALUE_REAL, .as.real = 0.123456},
         {.kind = PEREBOR_VALUE_REAL, .as.real = 1234567.0},
         {"=0.12346", "=1.2346e+06"}},
        {{.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true},
         {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false},
         {"=true", "=false"}},
        {{.kind = PEREBOR_VALUE_TEXT, .as.text = "x"},
         {.kind = PEREBOR_VALUE_TEXT, .as.text = "я"},
         {"=x", "=я"}},
        {{.kind = PEREBOR_VALUE_NULL}, {.kind = PEREBOR_VALUE_NONE}, {"=null", NULL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[512] = "all have model=knn scale=a,b\n" HEADER;
        const perebor_value values[] = {cases[i].one, cases[i].other};
        for (size_t k = 0; k < 2; k++) {
            trials->values[4 * k * MADE_N_PARAMETERS + MADE_K] = values[k];
            (void)sprintf(expected + strlen(expected), "    1      10%c  0.812500  0.0625 %s%s\n",
                          k == 0 ? '0' : '4',
                          cases[i].expected[k] == NULL ? "" : " knn__n_neighbors",
                          cases[i].expected[k] == NULL ? "" : cases[i].expected[k]);
        }
        assert_table("rank=1", false, expected);
        for (size_t k = 0; k < 2; k++) { // and with two alike
            trials->values[4 * k * MADE_N_PARAMETERS + MADE_K] = cases[i].one;
        }
        (void)sprintf(expected, "all have model=knn knn__n_neighbors%s scale=a,b\n", //
                      cases[i].expected[0]);
        strcat(expected, HEADER "    1      100  0.812500  0.0625 \n"
                                "    1      104  0.812500  0.0625 \n");
        assert_table("rank=1", false, expected);
    }
}

/** Letters are counted, not bytes; a word longer than the line is not broken. */
static void parameters_go_on_in_the_next_line(void **state) {
    (void)state;
    static const struct {
        size_t width;
        const char *expected;
    } cases[] = {
        {79,
         HEADER "    1      100  0.812500  0.0625  model=knn knn__n_neighbors=5 scale=привет\n"},
        {75,
         HEADER "    1      100  0.812500  0.0625  model=knn knn__n_neighbors=5 scale=привет\n"},
        {74, HEADER "    1      100  0.812500  0.0625  model=knn knn__n_neighbors=5\n"
                    "                                  scale=привет\n"},
        {40, HEADER "    1      100  0.812500  0.0625  model=knn\n"
                    "                                  knn__n_neighbors=5\n"
                    "                                  scale=привет\n"},
        {1, HEADER "    1      100  0.812500  0.0625  model=knn\n"
                   "                                  knn__n_neighbors=5\n"
                   "                                  scale=привет\n"},
    };
    trials->values[MADE_SCALE].as.text = perebor_trials_intern(trials, "привет");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        width = cases[i].width;
        assert_table("trial=100", false, cases[i].expected);
    }
}

static void every_metric_has_a_column(void **state) {
    (void)state;
    static const char *const metrics[] = {"matthews_corrcoef", "f1"};
    assert_int_equal(perebor_trials_set_metrics(trials, metrics, 2, NULL), PEREBOR_OK);
    for (size_t fold = 0; fold < MADE_FOLDS; fold++) {
        perebor_trials_further(trials, 0, fold, PEREBOR_TEST)[0] = 0.5;
    }
    assert_table("trial<=103 and trial!=101", false,
                 " rank    trial  matthews_corrcoef      sd        f1  parameters\n"
                 "    1      100           0.812500  0.0625  0.500000  model=knn "
                 "knn__n_neighbors=5 scale=a,b\n"
                 "    -      102               FAIL       -         -  model=logreg "
                 "logreg__C=1000 logreg__flag=false  (fold 1 has one \"class\")\n"
                 "    -      103            WAITING       -         -  model=knn "
                 "knn__n_neighbors=7\n");
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    perebor_trial_list list = {0};
    assert_int_equal(perebor_trial_list_choose(&list, trials, NULL, PEREBOR_BY_RANK, 0, NULL),
                     PEREBOR_OK);
    assert_full_disk_is_told(table, &list, "the list of trials could not be written");
    perebor_trial_list_release(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_trial_has_a_line),
        TEST(equal_trials_are_counted),
        TEST(what_all_have_stands_once),
        TEST(only_what_differs_stands_in_the_lines),
        TEST(parameters_go_on_in_the_next_line),
        TEST(every_metric_has_a_column),
        TEST(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
