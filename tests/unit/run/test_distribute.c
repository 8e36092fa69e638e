// SPDX-License-Identifier: MIT
// A rank alone: what it loads, in what order it looks, and how it fails. Several ranks are tested
// in tests/mpi.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "people_study.h"
#include "run/distribute.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];

static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

/** What was told of the data. */
static const perebor_study *told;
static int n_told;

static void hear(void *context, const perebor_study *study) {
    assert_ptr_equal(context, &told);
    told = study;
    n_told++;
}

static perebor_search_options options_of(const char *experiment) {
    return (perebor_search_options){.experiment = experiment,
                                    .output = "a.h5",
                                    .share = true,
                                    .loaded = hear,
                                    .progress_context = &told};
}

static perebor_status distribute(const perebor_search_options *options,
                                 const perebor_search_previous *previous, perebor_study **study,
                                 char **output, perebor_error *error) {
    perebor_ranks alone = {.size = 1, .n_nodes = 1, .node_size = 1};
    n_told = 0;
    return distribute_study(&alone, options, previous, study, output, error);
}

static void a_rank_alone_loads_and_tells(void **state) {
    (void)state;
    const perebor_override overrides[] = {{"search.run_cap", "5"}};
    perebor_search_options options = options_of(PEOPLE_FILE);
    options.overrides = overrides;
    options.n_overrides = 1;
    perebor_search_previous previous = {0};
    perebor_study *study = NULL;
    char *output = NULL;
    assert_int_equal(distribute(&options, &previous, &study, &output, NULL), PEREBOR_OK);
    assert_int_equal(n_told, 1);
    assert_ptr_equal(told, study);
    assert_string_equal(output, "a.h5");
    assert_int_equal(perebor_study_n_trials(study), 5);
    free(output);
    perebor_study_free(study);
    options.loaded = NULL; // nobody need listen
    assert_int_equal(distribute(&options, &previous, &study, &output, NULL), PEREBOR_OK);
    assert_int_equal(n_told, 0);
    free(output);
    perebor_study_free(study);
}

static void the_first_thing_that_is_wrong_is_told(void **state) {
    (void)state;
    static const perebor_override no_table[] = {{"data.tables.people.path", "nowhere.csv"}};
    static const struct {
        const char *experiment, *output, *part;
        bool previous_failed, with_no_table;
        perebor_status status;
    } cases[] = {
        {"nowhere.yaml", "no/a.h5", "nowhere.yaml", true, true, PEREBOR_ERR_IO},
        {PEOPLE_FILE, "no/a.h5", "the folder no is not there", true, true, PEREBOR_ERR_IO},
        {PEOPLE_FILE, "a.h5", "it could not be read before", true, true, PEREBOR_ERR_FORMAT},
        {PEOPLE_FILE, "a.h5", "nowhere.csv", false, true, PEREBOR_ERR_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_search_options options = options_of(cases[i].experiment);
        perebor_search_previous previous = {0};
        perebor_error error = {0};
        perebor_study *study = NULL;
        char *output = NULL;
        options.output = cases[i].output;
        options.overrides = no_table;
        options.n_overrides = cases[i].with_no_table;
        if (cases[i].previous_failed) {
            previous.status =
                perebor_fail(&previous.error, PEREBOR_ERR_FORMAT, "it could not be read before");
        }
        assert_int_equal(distribute(&options, &previous, &study, &output, &error), cases[i].status);
        assert_non_null(strstr(error.message, cases[i].part));
        assert_int_equal(n_told, 0);
        assert_null(study);
        assert_null(output);
    }
}

/** Whether the output may be there is decided by what was found before, not by the options. */
static void leave_to_replace_is_that_of_the_look_before(void **state) {
    (void)state;
    perebor_search_options options = options_of(PEOPLE_FILE);
    perebor_search_previous previous = {0};
    perebor_study *study = NULL;
    char *output = NULL;
    FILE *file = fopen("a.h5", "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    options.overwrite = options.resume = true;
    assert_int_equal(distribute(&options, &previous, &study, &output, NULL), PEREBOR_ERR_CONFLICT);
    options.overwrite = options.resume = false;
    previous.resume = true;
    assert_int_equal(distribute(&options, &previous, &study, &output, NULL), PEREBOR_OK);
    free(output);
    perebor_study_free(study);
    assert_int_equal(unlink("a.h5"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rank_alone_loads_and_tells),
        cmocka_unit_test(the_first_thing_that_is_wrong_is_told),
        cmocka_unit_test(leave_to_replace_is_that_of_the_look_before),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
