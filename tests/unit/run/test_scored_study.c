// SPDX-License-Identifier: MIT
/** The rows of a search have the probabilities that refitting keeps, each where its row is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "flat_study.h"
#include "metric/venn_abers.h"
#include "people_study.h"
#include "run/scored_study.h"
#include "run/stored_study.h"
#include "scratch.h"
#include "store/stage.h"

static char folder[SCRATCH_SIZE];
static perebor_result *result;
static perebor_study *study;

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    flat_write_search("r.h5", true);
    flat_refit("r.h5", 0);
    result = people_read("r.h5");
    return stored_study_load(&study, result, "r.h5", NULL, NULL) == PEREBOR_OK ? 0 : -1;
}

static int leave(void **state) {
    (void)state;
    perebor_study_free(study);
    perebor_result_free(result);
    flat_remove();
    (void)unlink("r.h5");
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static const h5_node *kept(const char *group, const char *name) {
    return h5_find(h5_find(stage_find(result, "model"), group), name);
}

static const double *reals(const char *group, const char *name) {
    return kept(group, name)->array.data;
}

/** Holds one row against what the file has of it. */
static void compare_row(const scored_study *scored, const venn_abers *known, uint32_t row,
                        double score, double probability) {
    double lower, upper;
    venn_abers_interval(known, score, &lower, &upper);
    assert_true(scored->probabilities[row] == probability);
    assert_true(scored->lower[row] == (lower < probability ? lower : probability));
    assert_true(scored->upper[row] == (upper > probability ? upper : probability));
}

static void every_row_has_what_refitting_kept_of_it(void **state) {
    (void)state;
    scored_study scored = {0};
    venn_abers *known = NULL;
    const perebor_split *split = &study->split;
    const double *out_of_fold = reals("out_of_fold", "score");
    assert_int_equal(scored_study_make(&scored, study, result, "r.h5", NULL), PEREBOR_OK);
    assert_int_equal(scored.n_rows, FLAT_N_ROWS);
    assert_int_equal(split->n_train + split->n_test, FLAT_N_ROWS);
    assert_true(split->n_test > 0);
    assert_int_equal(venn_abers_create(&known, out_of_fold,
                                       kept("out_of_fold", "target")->array.data, split->n_train,
                                       NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < split->n_train; i++) {
        compare_row(&scored, known, split->train[i], out_of_fold[i],
                    reals("out_of_fold", "probability")[i]);
    }
    for (size_t i = 0; i < split->n_test; i++) {
        compare_row(&scored, known, split->test[i], reals("test_part", "score")[i],
                    reals("test_part", "probability")[i]);
    }
    venn_abers_free(known);
    scored_study_release(&scored);
}

static void assert_refused(perebor_status status, const char *reason) {
    scored_study scored = {0};
    perebor_error error = {0};
    assert_int_equal(scored_study_make(&scored, study, result, "r.h5", &error), status);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
    scored_study_release(&scored);
}

static void what_refitting_does_not_write_is_refused(void **state) {
    (void)state;
    static const char *const groups[] = {"out_of_fold", "test_part"};
    for (size_t i = 0; i < 2; i++) {
        int64_t *rows = kept(groups[i], "row")->array.data;
        double *probabilities = kept(groups[i], "probability")->array.data;
        double probability = probabilities[1];
        int8_t *labels = kept(groups[i], "target")->array.data, label = labels[0];
        rows[2]++;
        assert_refused(PEREBOR_ERR_FORMAT, groups[i]);
        rows[2]--;
        probabilities[1] = 1.5;
        assert_refused(PEREBOR_ERR_FORMAT, "run 'perebor refit' again");
        probabilities[1] = probability;
        labels[0] = 2;
        assert_refused(PEREBOR_ERR_FORMAT, groups[i]);
        labels[0] = label;
    }
    every_row_has_what_refitting_kept_of_it(state);
}

static void a_file_without_a_model_names_the_command(void **state) {
    (void)state;
    perebor_result *before = result;
    flat_write_search("r.h5", true);
    result = people_read("r.h5");
    assert_refused(PEREBOR_ERR_CONFLICT, "perebor refit");
    perebor_result_free(result);
    result = before;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_what_refitting_kept_of_it),
        cmocka_unit_test(what_refitting_does_not_write_is_refused),
        cmocka_unit_test(a_file_without_a_model_names_the_command),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
