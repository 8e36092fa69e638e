// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/space_warnings.h"
#include "people_study.h"

/** @return How many it warned of. */
static int warn(const void *parameters) {
    const char *const settings[] = {"search.parameters", parameters, NULL};
    perebor_study *study = people_study(settings);
    int n = (int)space_warnings_print(study);
    perebor_study_free(study);
    return n;
}

#define WARNING "perebor: warning: --set search.parameters: "

static void parameters_that_do_not_matter_are_told_once_for_each_learner(void **state) {
    (void)state;
    static const struct {
        const char *parameters;
        int n;
        const char *said;
    } cases[] = {
        {"{model: {values: [knn]}, knn__n_neighbors: {values: [1, 2]}}", 0, ""},
        {"{model: {values: [knn, tree]}, knn__n_neighbors: {values: [1, 2], when: {model: knn}}}",
         0, ""},
        {"{model: {values: [knn, tree]}, knn__n_neighbors: {values: [1, 2]}}", 1,
         WARNING "knn__n_neighbors is drawn for other learners too, where it does not matter; add "
                 "when: {model: knn}\n"},
        {"{model: {values: [knn, tree]}, knn__n_neighbors: {values: [1, 2]}, knn__p: {values: [1, "
         "2]}, knn__weights: {values: [uniform, distance]}}",
         1,
         WARNING "knn__n_neighbors and 2 more of knn are drawn for other learners too, where they "
                 "do not matter; add when: {model: knn}\n"},
        {"{model: {values: [tree]}, knn__n_neighbors: {values: [1, 2]}}", 1,
         WARNING "knn__n_neighbors is drawn and recorded, but model is never knn: it cannot "
                 "matter\n"},
        {"{model: {values: [knn, tree]}, knn__n_neighbors: {values: [1, 2]}, tree__max_depth: "
         "{values: [1, 2]}}",
         2,
         WARNING "knn__n_neighbors is drawn for other learners too, where it does not matter; add "
                 "when: {model: knn}\n" WARNING
                 "tree__max_depth is drawn for other learners too, where it does not matter; add "
                 "when: {model: tree}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(warn, cases[i].parameters);
        assert_string_equal(found->err, cases[i].said);
        assert_int_equal(found->code, cases[i].n);
    }
}

static int warn_of_file(const void *unused) {
    (void)unused;
    static const char *const settings[] = {"search.parameters.knn__n_neighbors.when",
                                           "{model: [knn, tree]}", NULL};
    perebor_study *study = people_study(settings);
    int n = (int)space_warnings_print(study);
    perebor_study_free(study);
    return n;
}

/** Those of the file are told with line and column; those of the command line by their option. */
static void the_place_of_a_parameter_is_told(void **state) {
    (void)state;
    const captured *found = capture(warn_of_file, NULL);
    assert_int_equal(found->code, 1);
    assert_string_equal(found->err,
                        "perebor: warning: " PEOPLE_FILE
                        ":21:5: knn__n_neighbors is drawn for other learners too, where it does "
                        "not matter; add when: {model: knn}\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_that_do_not_matter_are_told_once_for_each_learner),
        cmocka_unit_test(the_place_of_a_parameter_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
