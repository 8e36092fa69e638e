// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/command.h"
#include "cli/preview.h"
#include "people_study.h"

/** A preview of the people with settings of its own. */
typedef struct looked_at {
    const char *settings[7];
    const char *trials; /**< "FIRST:END"; NULL: the experiment's. */
    bool no_share;
    int n_ranks;
} looked_at;

static int print(const void *context) {
    const looked_at *of = context;
    perebor_override overrides[3];
    perebor_search_options options = {
        .experiment = PEOPLE_FILE, .overrides = overrides, .share = !of->no_share};
    for (; of->settings[2 * options.n_overrides] != NULL; options.n_overrides++) {
        overrides[options.n_overrides] = (perebor_override){
            of->settings[2 * options.n_overrides], of->settings[2 * options.n_overrides + 1]};
    }
    if (of->trials != NULL) {
        unsigned long long first = 0, end = 0;
        options.trials_given = sscanf(of->trials, "%llu:%llu", &first, &end) == 2;
        options.first_trial = first;
        options.end_trial = end;
    }
    return preview_print(&options, of->n_ranks, NULL);
}

/** A line, or part of one, for each thing that can be said in several ways. */
static const struct {
    looked_at of;
    const char *said;
} lines[] = {
    {{.settings = {NULL}}, "experiment  people (" PEOPLE_FILE ")\n"},
    {{.settings = {NULL}}, "  table     people: 60 rows, 4 columns ("},
    {{.settings = {NULL}}, "data        60 rows, 4 columns; answer = yes in 32 (53.3 %)\n"},
    {{.settings = {NULL}}, "  nominal   kind: a, b, c\n"},
    {{.settings = {NULL}}, "split       45 rows to train on, 15 to test on (stratified, seed 7)\n"},
    {{.settings = {NULL}}, "folds       stratified k-fold, 3 splits x 1 repeat\n"},
    {{.settings = {NULL}}, "space       4 parameters\n"},
    {{.settings = {NULL}}, "  scale                  \"standard\", \"minmax\"\n"},
    {{.settings = {NULL}}, "  knn__n_neighbors       int_uniform(1 … 9)  when model = \"knn\"\n"},
    {{.settings = {NULL}}, "plan        12 trials x 3 folds; "},
    {{.settings = {NULL}}, " if nothing were shared ("},
    {{.settings = {NULL}}, "result      everything is right\n"},
    {{.settings = {NULL}, .n_ranks = 4}, "; 4 ranks\n"},
    {{.settings = {"cv", "{method: repeated_kfold, n_splits: 5, n_repeats: 2}"}},
     "folds       k-fold, 5 splits x 2 repeats, shuffled\n"},
    {{.settings = {"split.stratify", "false"}}, "on (not stratified, seed 7)\n"},
    {{.settings = {"search.metric", "f1"}}, "metrics     f1 selects\n"},
    {{.settings = {"search.metric", "f1", "search.metrics", "[accuracy]"}},
     "metrics     f1 selects; accuracy\n"},
    {{.settings = {"search.sampler", "gridded"}},
     "space       4 parameters; # is drawn once for every block of trials\n"},
    {{.settings = {"search.sampler", "gridded"}}, "  scale                 #\"standard\""},
    {{.settings = {"search.parameters", "{model: {values: [logreg]}, logreg__C: {distribution: "
                                        "log_normal, mu: 1, sigma: 2}}"}},
     "  logreg__C              log_normal(mu 1, sigma 2)\n"},
    {{.settings = {"search.parameters",
                   "{model: {values: [knn]}, knn__n_neighbors: {values: [1, 2, 3, 4, "
                   "5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, "
                   "22]}}"}},
     ", 19, 20 and 2 more\n"},
    {{.settings = {"search.parameters.knn__n_neighbors.when", "{model: [knn, tree]}"}},
     "  when model = \"knn\" or \"tree\"\n"},
    {{.settings = {NULL}, .trials = "5:6"}, "  trial 5     model="},
    {{.settings = {NULL}, .trials = "5:6"},
     "plan        1 trial x 3 folds; 1 distinct candidate in 1 bundle\n"},
    {{.settings = {"data.filter", "[{columns: [income], op: \">\", value: 10}]"}}, "  filter    "},
};

static void everything_is_said_as_it_is(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const captured *found = capture(print, &lines[i].of);
        if (strstr(found->out, lines[i].said) == NULL) {
            fail_msg("\"%s\" is not in:\n%s%s", lines[i].said, found->out, found->err);
        }
        assert_int_equal(found->code, EXIT_OK);
    }
}

static void what_is_not_there_is_not_said(void **state) {
    (void)state;
    static const struct {
        looked_at of;
        const char *unsaid;
    } cases[] = {
        {{.settings = {NULL}}, "metrics"},
        {{.settings = {NULL}}, "rank"},
        {{.settings = {NULL}}, " gap"},
        {{.settings = {NULL}}, "carried"},
        {{.settings = {NULL}, .no_share = true}, "if nothing were shared"},
        {{.settings = {NULL}, .no_share = true}, " instead of "},
        {{.settings = {"search.trial_timeout", "5"}}, " instead of "},
        {{.settings = {NULL}, .trials = "5:8"}, "trial 8 "},
        {{.settings = {NULL}, .trials = "5:8"}, "trial 4 "},
        {{.settings = {NULL}, .trials = "0:100"}, "trial 3 "}, // three samples
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(print, &cases[i].of);
        assert_int_equal(found->code, EXIT_OK);
        if (strstr(found->out, cases[i].unsaid) != NULL) {
            fail_msg("\"%s\" is in:\n%s", cases[i].unsaid, found->out);
        }
    }
}

static void warnings_are_counted_at_the_end(void **state) {
    (void)state;
    static const looked_at of = {
        .settings = {"search.parameters.knn__n_neighbors.when", "{model: [knn, tree]}"}};
    const captured *found = capture(print, &of);
    assert_non_null(strstr(found->out, "result      nothing stands in the way; 1 warning above\n"));
    assert_non_null(strstr(found->err, "knn__n_neighbors is drawn for other learners too"));
}

static void what_is_wrong_is_said_and_fails(void **state) {
    (void)state;
    static const struct {
        looked_at of;
        const char *said;
    } cases[] = {
        {{.settings = {"search.method", "grid", "search.parameters",
                       "{model: {values: [knn, tree]}}"},
          .trials = "2:5"},
         "perebor: there is no trial to run\n"},
        {{.settings = {"seed", "x"}}, "perebor: --set seed: "},
        {{.settings = {"data.tables.people.path", "nowhere.csv"}}, "nowhere.csv"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(print, &cases[i].of);
        assert_non_null(strstr(found->err, cases[i].said));
        assert_null(strstr(found->out, "result  "));
        assert_int_equal(found->code, EXIT_FAILED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_said_as_it_is),
        cmocka_unit_test(what_is_not_there_is_not_said),
        cmocka_unit_test(warnings_are_counted_at_the_end),
        cmocka_unit_test(what_is_wrong_is_said_and_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
