// SPDX-License-Identifier: MIT
/* The table of trials as the content of a file and back, whatever a file has instead, and what one
 * table takes from another. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sample_result.h"
#include "trial/trials_tree.h"

enum { n_trials = 40 };

static perebor_trials *make_sample(uint64_t first, size_t n, bool metrics) {
    perebor_trials *trials = sample_trials_create(first, n);
    assert_non_null(trials);
    if (metrics) {
        assert_int_equal(sample_trials_add_metrics(trials), PEREBOR_OK);
    }
    return trials;
}

static h5_tree *write_trials(const perebor_trials *trials) {
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    assert_int_equal(trials_to_tree(trials, tree, NULL), PEREBOR_OK);
    return tree;
}

static void same_text(const char *a, const char *b) {
    assert_int_equal(a == NULL, b == NULL);
    assert_true(a == NULL || strcmp(a, b) == 0);
}

static void same_rows(const perebor_trials *a, const perebor_trials *b) {
    size_t n = a->n_trials, n_cells = n * a->n_folds;
    assert_memory_equal(a->state, b->state, n);
    assert_memory_equal(a->same_as, b->same_as, n * sizeof *a->same_as);
    assert_memory_equal(a->fold_done, b->fold_done, n_cells);
    assert_memory_equal(a->duration, b->duration, n * sizeof(double));
    assert_memory_equal(a->mpi_rank, b->mpi_rank, n * sizeof(int32_t));
    assert_memory_equal(a->n_threads, b->n_threads, n * sizeof(int32_t));
    for (size_t trial = 0; trial < n; trial++) {
        same_text(a->error[trial], b->error[trial]);
        same_text(a->host[trial], b->host[trial]);
        for (size_t i = 0; i < a->n_parameters; i++) {
            assert_true(perebor_value_equal(a->values[trial * a->n_parameters + i],
                                            b->values[trial * a->n_parameters + i]));
        }
    }
    for (size_t at = 0; at < n_cells; at++) {
        const perebor_fold_outcome *x = &a->folds[at], *y = &b->folds[at];
        if (a->fold_done[at]) {
            assert_memory_equal(x, y, sizeof *x);
        } else {
            assert_true(isnan(y->test_score) && isnan(y->train_score));
        }
    }
}

static void tables_come_back_bit_for_bit(void **state) {
    (void)state;
    for (uint64_t first = 0; first < 6; first++) {
        bool metrics = first % 2 == 1;
        perebor_trials *trials = make_sample(1000 * first, n_trials, metrics), *read = NULL;
        h5_tree *tree = write_trials(trials);
        perebor_error error = {0};
        uint8_t digests[2][32];
        assert_int_equal(trials_from_tree(tree, "a.h5", &read, &error), PEREBOR_OK);
        assert_int_equal(read->first_trial, trials->first_trial);
        assert_true(perebor_trials_same_metrics(read, trials));
        same_rows(trials, read);
        for (size_t at = 0; metrics && at < n_trials * trials->n_folds; at++) {
            for (size_t m = 0; m < trials->n_metrics && trials->fold_done[at]; m++) {
                size_t trial = at / trials->n_folds, fold = at % trials->n_folds;
                for (perebor_part part = PEREBOR_TEST; part <= PEREBOR_TRAIN; part++) {
                    double ours = perebor_trials_score(trials, trial, fold, m, part);
                    double theirs = perebor_trials_score(read, trial, fold, m, part);
                    assert_memory_equal(&ours, &theirs, sizeof ours);
                }
            }
        }
        perebor_trials_digest(trials, digests[0]);
        perebor_trials_digest(read, digests[1]);
        assert_memory_equal(digests[0], digests[1], 32);
        perebor_trials_free(read);
        perebor_trials_free(trials);
        h5_tree_free(tree);
    }
}

static void an_empty_table_is_a_table(void **state) {
    (void)state;
    perebor_trials *trials = make_sample(0, 0, false), *read = NULL;
    h5_tree *tree = write_trials(trials);
    assert_int_equal(trials_from_tree(tree, "a.h5", &read, NULL), PEREBOR_OK);
    assert_int_equal(read->n_trials, 0);
    assert_int_equal(read->n_folds, trials->n_folds);
    perebor_trials_free(read);
    perebor_trials_free(trials);
    h5_tree_free(tree);
}

/** What is done to a column, or to an attribute of the group, which begin with "@". */
typedef enum harm { RENAMED, OTHER_TYPE, SHORTER, TEXT, WHOLE, REAL } harm;

typedef struct spoiled {
    const char *member;
    harm harm;
    int64_t value; /**< Of WHOLE: the second element. */
    const char *text;
    const char *message;
} spoiled;

static void set_whole(h5_array *array, size_t at, int64_t value) {
    switch (array->kind) {
    case H5_INT8:
        ((int8_t *)array->data)[at] = (int8_t)value;
        break;
    case H5_INT32:
        ((int32_t *)array->data)[at] = (int32_t)value;
        break;
    default:
        ((int64_t *)array->data)[at] = value;
    }
}

static void spoil_array(h5_array *array, const spoiled *how) {
    size_t at = array->n_dimensions > 0 ? 1 : 0;
    switch (how->harm) {
    case OTHER_TYPE:
        array->kind = array->kind == H5_DOUBLE ? H5_INT64 : H5_DOUBLE;
        break;
    case SHORTER:
        array->dimensions[0]--;
        break;
    case TEXT:
        ((const char **)array->data)[at] = how->text;
        break;
    case WHOLE:
        set_whole(array, at, how->value);
        break;
    case REAL:
        ((double *)array->data)[at] = 0.625;
        break;
    case RENAMED:
        break;
    }
}

static void spoil(h5_tree *tree, const spoiled *how) {
    h5_node *group = tree->root->children;
    while (strcmp(group->name, "trials") != 0) {
        group = group->next;
    }
    for (h5_attribute *a = group->attributes; *how->member == '@' && a != NULL; a = a->next) {
        if (strcmp(a->name, how->member + 1) == 0) {
            spoil_array(&a->value, how);
            a->name = how->harm == RENAMED ? "another" : a->name;
            return;
        }
    }
    for (h5_node *node = group->children; node != NULL; node = node->next) {
        if (strcmp(node->name, how->member) == 0) {
            spoil_array(&node->array, how);
            node->name = how->harm == RENAMED ? "another" : node->name;
            return;
        }
    }
    fail_msg("there is no %s", how->member);
}

#define WRONG "a.h5: not a whole result file: /trials"
#define MISSING(name)                                                                              \
    { name, RENAMED, 0, NULL, WRONG "/" name " is missing" }
#define TYPE(name)                                                                                 \
    { name, OTHER_TYPE, 0, NULL, WRONG "/" name " is of another type than it should be" }
#define SHAPE(name)                                                                                \
    { name, SHORTER, 0, NULL, WRONG "/" name " is of another shape than it should be" }
#define BETWEEN(name, value, range)                                                                \
    { name, WHOLE, value, NULL, WRONG "/" name " has " #value " at 1, which is not between " range }
#define DAMAGED WRONG " is damaged: its rows do not have the digest it states"

static const spoiled harms[] = {
    MISSING("trial"),
    MISSING("split"),
    MISSING("state"),
    MISSING("same_as"),
    MISSING("params"),
    MISSING("split_test_score"),
    MISSING("split_fit_time"),
    MISSING("split_score_time"),
    MISSING("split_converged"),
    MISSING("split_n_iter"),
    MISSING("split_state"),
    MISSING("datetime_start"),
    MISSING("duration"),
    MISSING("mpi_rank"),
    MISSING("n_threads"),
    MISSING("error"),
    MISSING("host"),
    TYPE("trial"),
    TYPE("state"),
    TYPE("params"),
    TYPE("split_test_score"),
    TYPE("split_train_score"),
    TYPE("duration"),
    TYPE("mpi_rank"),
    TYPE("host"),
    SHAPE("same_as"),
    SHAPE("params"),
    SHAPE("split_test_score"),
    SHAPE("split_state"),
    SHAPE("n_threads"),
    SHAPE("error"),
    BETWEEN("trial", 7, "101 and 101"),
    BETWEEN("state", 5, "0 and 4"),
    BETWEEN("state", -1, "0 and 4"),
    BETWEEN("same_as", 99, "100 and 101"),
    BETWEEN("same_as", 102, "100 and 101"),
    BETWEEN("mpi_rank", -2, "-1 and 2147483647"),
    BETWEEN("n_threads", -1, "0 and 2147483647"),
    BETWEEN("split_state", 0, "1 and 4"),
    BETWEEN("split_state", 5, "1 and 4"),
    BETWEEN("split_converged", 2, "0 and 1"),
    BETWEEN("split_n_iter", -1, "0 and 4294967295"),
    {"params", TEXT, 0,
     "{\"model\":", WRONG "/params has not the parameters of a trial as JSON: \"{\"model\":\""},
    {"params", TEXT, 0, "{\"colour\":1}",
     WRONG "/params has not the parameters of a trial as JSON: \"{\"colour\":1}\""},
    {"params", TEXT, 0, "{}", DAMAGED},
    {"split_test_score", REAL, 0, NULL, DAMAGED},
    {"state", WHOLE, 3, NULL, DAMAGED},
    {"@parameters", RENAMED, 0, NULL,
     WRONG " has no attribute \"parameters\" that is a row of texts"},
    {"@parameters", OTHER_TYPE, 0, NULL,
     WRONG " has no attribute \"parameters\" that is a row of texts"},
    {"@digest", RENAMED, 0, NULL, WRONG " has no attribute \"digest\" that is a single value"},
    {"@digest", OTHER_TYPE, 0, NULL, WRONG " has a number where a text should be"},
    {"@digest", TEXT, 0, "00", WRONG " has a digest that is not 64 hexadecimal digits"},
    {"@digest", TEXT, 0, "0000000000000000000000000000000000000000000000000000000000000000",
     DAMAGED},
};

static void refuse(const spoiled *how, bool metrics) {
    perebor_trials *trials = make_sample(100, n_trials, metrics), *read = NULL;
    h5_tree *tree = write_trials(trials);
    perebor_error error = {0};
    assert_int_equal(trials->state[1], PEREBOR_TRIAL_COMPLETE); // the row that is spoiled
    spoil(tree, how);
    assert_int_equal(trials_from_tree(tree, "a.h5", &read, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, how->message);
    assert_null(read);
    perebor_trials_free(trials);
    h5_tree_free(tree);
}

static void whatever_a_file_has_instead_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        refuse(&harms[i], false);
    }
}

static const spoiled metric_harms[] = {
    MISSING("split_test_f1"),
    MISSING("split_test_accuracy"),
    TYPE("split_test_roc_auc"),
    SHAPE("split_test_accuracy"),
    {"split_test_accuracy", REAL, 0, NULL, DAMAGED},
    {"@metrics", OTHER_TYPE, 0, NULL,
     WRONG " has an attribute \"metrics\" that is no row of a few texts"},
    {"@metrics", TEXT, 0, "f1", WRONG " names a metric twice in \"metrics\""},
    {"@metrics", TEXT, 0, "f2", WRONG "/split_test_f2 is missing"},
    {"@metrics", SHORTER, 0, NULL, DAMAGED}, // by fewer metrics than it was made of
    {"@metrics", RENAMED, 0, NULL, DAMAGED},
};

static void whatever_a_file_has_instead_of_metrics_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof metric_harms / sizeof *metric_harms; i++) {
        refuse(&metric_harms[i], true);
    }
}

/** Times and places are in no digest: changed, they are read as they are. */
static void what_no_digest_covers_is_read_as_it_is(void **state) {
    (void)state;
    const spoiled host = {.member = "host", .harm = TEXT, .text = "elsewhere"};
    const spoiled time = {.member = "duration", .harm = REAL};
    perebor_trials *trials = make_sample(100, n_trials, false), *read = NULL;
    h5_tree *tree = write_trials(trials);
    spoil(tree, &host);
    spoil(tree, &time);
    assert_int_equal(trials_from_tree(tree, "a.h5", &read, NULL), PEREBOR_OK);
    assert_string_equal(read->host[1], "elsewhere");
    assert_true(read->duration[1] == 0.625);
    perebor_trials_free(read);
    perebor_trials_free(trials);
    h5_tree_free(tree);
}

/* Taking. */

static void only_what_is_finished_there_and_open_here_is_taken(void **state) {
    (void)state;
    perebor_trials *from = make_sample(110, 50, true), *to = make_sample(100, n_trials, true);
    size_t n_expected = 0;
    uint64_t n_taken = 77;
    for (size_t trial = 0; trial < n_trials; trial += 2) {
        to->state[trial] = PEREBOR_TRIAL_WAITING;
    }
    for (uint64_t number = 110; number < 140; number++) { // both have these
        n_expected += perebor_trials_finished(from, number - 110) &&
                      !perebor_trials_finished(to, number - 100);
    }
    assert_true(n_expected > 5);
    assert_int_equal(perebor_trials_take(to, from, &n_taken, NULL), PEREBOR_OK);
    assert_int_equal(n_taken, n_expected);
    for (size_t trial = 0; trial < n_trials; trial++) {
        bool both = trial >= 10;
        assert_true(!both || to->state[trial] == from->state[trial - 10]);
        assert_true(both || trial % 2 == 1 || to->state[trial] == PEREBOR_TRIAL_WAITING);
    }
    assert_int_equal(perebor_trials_take(to, from, &n_taken, NULL), PEREBOR_OK);
    assert_int_equal(n_taken, 0);
    assert_int_equal(perebor_trials_take(to, from, NULL, NULL), PEREBOR_OK);
    perebor_trials_free(from);
    perebor_trials_free(to);
}

static void tables_that_do_not_overlap_take_nothing(void **state) {
    (void)state;
    perebor_trials *from = make_sample(140, 10, false), *to = make_sample(100, n_trials, false);
    uint64_t n_taken = 77;
    assert_int_equal(perebor_trials_take(to, from, &n_taken, NULL), PEREBOR_OK);
    assert_int_equal(n_taken, 0);
    assert_int_equal(perebor_trials_take(from, to, &n_taken, NULL), PEREBOR_OK);
    assert_int_equal(n_taken, 0);
    perebor_trials_free(from);
    perebor_trials_free(to);
}

/** One value that differs in one finished trial. */
static void a_trial_with_another_point_is_named_and_nothing_taken(void **state) {
    (void)state;
    for (int there = 0; there < 2; there++) {
        perebor_trials *from = make_sample(100, n_trials, false);
        perebor_trials *to = make_sample(100, n_trials, false);
        perebor_trials *changed = there ? from : to;
        uint64_t n_taken = 77;
        char message[200], shown[60];
        perebor_error error = {0};
        to->state[1] = PEREBOR_TRIAL_WAITING;
        size_t trial = 20;
        while (from->state[trial] != PEREBOR_TRIAL_COMPLETE) {
            trial++;
        }
        perebor_value *model = &changed->values[trial * changed->n_parameters];
        (void)perebor_value_format(*model, shown, sizeof shown);
        *model = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 7};
        (void)snprintf(message, sizeof message,
                       "trial %zu is another here: model is %s, there it is %s", trial + 100,
                       there ? shown : "7", there ? "7" : shown);
        assert_int_equal(perebor_trials_take(to, from, &n_taken, &error), PEREBOR_ERR_CONFLICT);
        assert_string_equal(error.message, message);
        assert_int_equal(n_taken, 77);
        assert_int_equal(to->state[1], PEREBOR_TRIAL_WAITING);
        perebor_trials_free(from);
        perebor_trials_free(to);
    }
}

static void trials_of_other_folds_are_not_taken(void **state) {
    (void)state;
    perebor_trials *to = NULL, *from = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_trials_create_empty(&to, NULL, 0, 0, 3, 5, NULL), PEREBOR_OK);
    assert_int_equal(perebor_trials_create_empty(&from, NULL, 0, 0, 3, 4, NULL), PEREBOR_OK);
    assert_int_equal(perebor_trials_take(to, from, NULL, &error), PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, "trials of 5 folds and of 4");
    perebor_trials_free(from);
    perebor_trials_free(to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_come_back_bit_for_bit),
        cmocka_unit_test(an_empty_table_is_a_table),
        cmocka_unit_test(whatever_a_file_has_instead_is_said),
        cmocka_unit_test(whatever_a_file_has_instead_of_metrics_is_said),
        cmocka_unit_test(what_no_digest_covers_is_read_as_it_is),
        cmocka_unit_test(only_what_is_finished_there_and_open_here_is_taken),
        cmocka_unit_test(tables_that_do_not_overlap_take_nothing),
        cmocka_unit_test(a_trial_with_another_point_is_named_and_nothing_taken),
        cmocka_unit_test(trials_of_other_folds_are_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
