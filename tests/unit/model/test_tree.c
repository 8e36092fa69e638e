// SPDX-License-Identifier: MIT
/* Properties of the project's own trees, over random tables full of ties. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "perebor/learners.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum {
    CRITERION,
    MAX_DEPTH,
    MIN_SAMPLES_SPLIT,
    MIN_SAMPLES_LEAF,
    MAX_FEATURES,
    CCP_ALPHA,
    CLASS_WEIGHT,
    RANDOM_STATE,
    N_SETTINGS,
    N_MEMBERS = 24,
    N_CASES = 60,
};

/** A random table with its labels, rows to score, and a family of settings. */
typedef struct problem {
    perebor_training training;
    perebor_matrix validation;
    uint8_t labels[400];
    perebor_value values[N_MEMBERS][N_SETTINGS];
    const perebor_value *settings[N_MEMBERS];
} problem;

static uint64_t dice_state;

/** A number below @p n (xorshift64*, Marsaglia and Vigna). */
static uint32_t dice(uint32_t n) {
    dice_state ^= dice_state >> 12;
    dice_state ^= dice_state << 25;
    dice_state ^= dice_state >> 27;
    return (uint32_t)((dice_state * 0x2545f4914f6cdd1du) >> 33) % n;
}

static perebor_value none(void) {
    return (perebor_value){.kind = PEREBOR_VALUE_NONE};
}

static perebor_value whole(int64_t integer) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = integer};
}

static perebor_value real(double number) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = number};
}

static perebor_value text(const char *constant) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = constant};
}

static const perebor_learner *tree(void) {
    const perebor_learner *learner = perebor_learner_find("tree");
    assert_non_null(learner);
    assert_int_equal(learner->n_settings, N_SETTINGS);
    return learner;
}

static void default_settings(perebor_value *values) {
    for (size_t s = 0; s < N_SETTINGS; s++) {
        values[s] = tree()->settings[s].default_value;
    }
}

/** Some columns of two values, some of few, some of many. */
static void fill(perebor_matrix *matrix, uint64_t seed) {
    dice_state = seed;
    for (size_t column = 0; column < matrix->n_columns; column++) {
        uint32_t levels = column % 3 == 0 ? 2 : column % 3 == 1 ? 9 : 100000;
        for (size_t row = 0; row < matrix->n_rows; row++) {
            perebor_matrix_column(matrix, column)[row] = (double)dice(levels) - 3.0;
        }
    }
}

static void draw_family(problem *problem) {
    perebor_value common[N_SETTINGS];
    default_settings(common);
    const perebor_value features[] = {none(), whole(2), text("sqrt"), real(0.5), text("log2")};
    common[CRITERION] = text(dice(2) == 0 ? "gini" : "entropy");
    common[CLASS_WEIGHT] = dice(2) == 0 ? none() : text("balanced");
    common[MAX_FEATURES] = features[dice(5)];
    for (size_t m = 0; m < N_MEMBERS; m++) {
        perebor_value *values = problem->values[m];
        memcpy(values, common, sizeof common);
        values[MAX_DEPTH] = dice(4) == 0 ? none() : whole(1 + dice(12));
        values[MIN_SAMPLES_SPLIT] = dice(4) == 0 ? real(0.1) : whole(2 + dice(12));
        values[MIN_SAMPLES_LEAF] = dice(4) == 0 ? real(0.03) : whole(1 + dice(12));
        values[CCP_ALPHA] = real(dice(3) == 0 ? 0.004 * (double)(1 + dice(3)) : 0.0);
        problem->settings[m] = values;
    }
}

static void problem_create(problem *problem, uint64_t seed) {
    dice_state = seed * 0x9e3779b97f4a7c15u + 1;
    size_t n_rows = 5 + dice(300);
    size_t n_columns = 1 + dice(20);
    perebor_error error;
    assert_int_equal(
        perebor_matrix_create(&problem->training.rows, n_rows, n_columns, &workspace, &error),
        PEREBOR_OK);
    assert_int_equal(perebor_matrix_create(&problem->validation, 40, n_columns, &workspace, &error),
                     PEREBOR_OK);
    fill(&problem->training.rows, seed + 1);
    fill(&problem->validation, seed + 1000003);
    const double *last = perebor_matrix_column(&problem->training.rows, n_columns - 1);
    for (size_t row = 0; row < n_rows; row++) {
        problem->labels[row] = (uint8_t)(dice(3) == 0 ? dice(2) : last[row] > 1.0);
    }
    problem->labels[0] = 1;
    problem->labels[1] = 0;
    problem->training.labels = problem->labels;
    draw_family(problem);
}

/** Scores of all members: [N_MEMBERS][validation rows, training rows]. */
typedef struct outcome {
    size_t n_validation, n_training;
    double *scores;
    size_t delivered[N_MEMBERS];
} outcome;

static void take(void *context, size_t member, perebor_status status, const char *message,
                 const double *validation_scores, const double *training_scores,
                 const perebor_fit_report *report) {
    outcome *outcome = context;
    (void)message;
    assert_int_equal(status, PEREBOR_OK);
    assert_true(report->converged);
    double *scores = outcome->scores + member * (outcome->n_validation + outcome->n_training);
    memcpy(scores, validation_scores, outcome->n_validation * sizeof *scores);
    memcpy(scores + outcome->n_validation, training_scores, outcome->n_training * sizeof *scores);
    outcome->delivered[member]++;
}

static size_t outcome_bytes(const outcome *outcome) {
    return N_MEMBERS * (outcome->n_validation + outcome->n_training) * sizeof(double);
}

static void solve(const problem *problem, bool share, outcome *result) {
    *result = (outcome){.n_validation = problem->validation.n_rows,
                        .n_training = problem->training.rows.n_rows};
    result->scores = malloc(outcome_bytes(result));
    assert_non_null(result->scores);
    perebor_family family = {.training = &problem->training,
                             .validation = &problem->validation,
                             .score_training = true,
                             .settings = problem->settings,
                             .n_members = N_MEMBERS,
                             .workspace = &workspace};
    perebor_error error;
    assert_int_equal(perebor_learner_score_family(tree(), &family, share, take, result, &error),
                     PEREBOR_OK);
    for (size_t m = 0; m < N_MEMBERS; m++) {
        assert_int_equal(result->delivered[m], 1);
    }
}

static void a_family_scores_as_its_members_alone_bit_for_bit(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        problem problem;
        problem_create(&problem, seed);
        outcome alone;
        outcome together;
        solve(&problem, false, &alone);
        solve(&problem, true, &together);
        assert_memory_equal(alone.scores, together.scores, outcome_bytes(&alone));
        free(alone.scores);
        free(together.scores);
    }
}

static void members_of_a_family_have_one_share_key(void **state) {
    (void)state;
    problem problem;
    problem_create(&problem, 7);
    uint64_t key = tree()->share_key(problem.settings[0]);
    for (size_t m = 1; m < N_MEMBERS; m++) {
        assert_true(tree()->share_key(problem.settings[m]) == key);
    }
    problem.values[0][CRITERION] = text("log_loss");
    problem.values[1][CRITERION] = text("entropy");
    assert_true(tree()->share_key(problem.settings[0]) == tree()->share_key(problem.settings[1]));
    problem.values[1][CRITERION] = text("gini");
    assert_true(tree()->share_key(problem.settings[0]) != tree()->share_key(problem.settings[1]));
}

static void scaling_a_column_changes_no_score(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        problem problem;
        problem_create(&problem, seed);
        outcome plain;
        outcome scaled;
        solve(&problem, true, &plain);
        for (size_t column = 0; column < problem.validation.n_columns; column++) {
            double factor = 1.0 / (double)(column + 3);
            double *training = perebor_matrix_column(&problem.training.rows, column);
            double *validation = perebor_matrix_column(&problem.validation, column);
            for (size_t row = 0; row < problem.training.rows.n_rows; row++) {
                training[row] = (training[row] - 5.0) * factor;
            }
            for (size_t row = 0; row < problem.validation.n_rows; row++) {
                validation[row] = (validation[row] - 5.0) * factor;
            }
        }
        solve(&problem, true, &scaled);
        // Training rows only: a validation value may lie at a threshold, which scaling rounds.
        for (size_t m = 0; m < N_MEMBERS; m++) {
            size_t at = m * (plain.n_validation + plain.n_training) + plain.n_validation;
            assert_memory_equal(plain.scores + at, scaled.scores + at,
                                plain.n_training * sizeof(double));
        }
        free(plain.scores);
        free(scaled.scores);
    }
}

static void swapping_the_labels_mirrors_the_scores(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        problem problem;
        problem_create(&problem, seed);
        outcome plain;
        outcome swapped;
        solve(&problem, true, &plain);
        for (size_t row = 0; row < problem.training.rows.n_rows; row++) {
            problem.labels[row] ^= 1;
        }
        solve(&problem, true, &swapped);
        for (size_t i = 0; i < outcome_bytes(&plain) / sizeof(double); i++) {
            assert_true(fabs(plain.scores[i] + swapped.scores[i] - 1.0) <= 1e-15);
        }
        free(plain.scores);
        free(swapped.scores);
    }
}

/** A split found by trying all, with whole numbers only. */
typedef struct tried {
    bool found;
    size_t column, n_left, ones_left;
    double below;
    uint64_t numerator, denominator;
} tried;

static void try_splits(const problem *problem, size_t min_leaf, tried *best) {
    size_t n = problem->training.rows.n_rows;
    *best = (tried){0};
    for (size_t column = 0; column < problem->training.rows.n_columns; column++) {
        const double *values = perebor_matrix_column(&problem->training.rows, column);
        for (size_t at = 0; at < n; at++) {
            uint64_t left[2] = {0};
            uint64_t right[2] = {0};
            for (size_t row = 0; row < n; row++) {
                (values[row] <= values[at] ? left : right)[problem->labels[row]]++;
            }
            uint64_t n_left = left[0] + left[1];
            uint64_t n_right = right[0] + right[1];
            if (n_left < min_leaf || n_right < min_leaf || n_right == 0) {
                continue;
            }
            uint64_t numerator = left[0] * left[1] * n_right + right[0] * right[1] * n_left;
            uint64_t denominator = n_left * n_right;
            uint64_t mine = numerator * best->denominator;
            uint64_t theirs = best->numerator * denominator;
            bool lower = mine == theirs && column == best->column && values[at] < best->below;
            if (!best->found || mine < theirs || lower) {
                *best = (tried){true, column, n_left, left[1], values[at], numerator, denominator};
            }
        }
    }
}

static void the_split_is_the_best_of_all_and_ties_go_to_the_first(void **state) {
    (void)state;
    size_t n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        problem problem;
        problem_create(&problem, seed + 500);
        size_t min_leaf = 1 + seed % 4;
        for (size_t m = 0; m < N_MEMBERS; m++) {
            default_settings(problem.values[m]);
            problem.values[m][MAX_DEPTH] = whole(1);
            problem.values[m][MIN_SAMPLES_LEAF] = whole((int64_t)min_leaf);
        }
        outcome outcome;
        solve(&problem, true, &outcome);
        tried best;
        try_splits(&problem, min_leaf, &best);
        size_t n = problem.training.rows.n_rows;
        size_t n_ones = 0;
        for (size_t row = 0; row < n; row++) {
            n_ones += problem.labels[row];
        }
        const double *scores = outcome.scores + outcome.n_validation;
        for (size_t row = 0; row < n; row++) {
            double expected = (double)n_ones / (double)n;
            if (best.found && n >= 2 * min_leaf) {
                double value = perebor_matrix_column(&problem.training.rows, best.column)[row];
                expected = value <= best.below
                               ? (double)best.ones_left / (double)best.n_left
                               : (double)(n_ones - best.ones_left) / (double)(n - best.n_left);
            }
            assert_true(scores[row] == expected);
        }
        n_found += best.found;
        free(outcome.scores);
    }
    assert_true(n_found > N_CASES / 2);
}

static void a_share_above_one_is_refused_by_name(void **state) {
    (void)state;
    problem problem;
    problem_create(&problem, 3);
    perebor_model *model = NULL;
    perebor_fit_report report;
    const size_t settings[] = {MIN_SAMPLES_SPLIT, MIN_SAMPLES_LEAF, MAX_FEATURES};
    for (size_t s = 0; s < 3; s++) {
        perebor_value values[N_SETTINGS];
        default_settings(values);
        values[settings[s]] = real(1.5);
        perebor_error error = {0};
        assert_int_equal(
            tree()->fit(&model, &problem.training, values, &workspace, &report, &error),
            PEREBOR_ERR_ARGUMENT);
        assert_null(model);
        assert_non_null(strstr(error.message, tree()->settings[settings[s]].name));
        assert_non_null(strstr(error.message, "1.5"));
    }
}

/** Counts what a family delivers, and checks who fails. */
static void count_delivered(void *context, size_t member, perebor_status status,
                            const char *message, const double *validation_scores,
                            const double *training_scores, const perebor_fit_report *report) {
    size_t *n_delivered = context;
    (void)report;
    assert_null(training_scores);
    if (member == 5) {
        assert_int_equal(status, PEREBOR_ERR_ARGUMENT);
        assert_null(validation_scores);
        assert_non_null(strstr(message, "min_samples_leaf"));
    } else {
        assert_int_equal(status, PEREBOR_OK);
        assert_non_null(validation_scores);
    }
    ++*n_delivered;
}

static void a_member_with_wrong_settings_fails_alone(void **state) {
    (void)state;
    for (int share = 0; share < 2; share++) {
        problem problem;
        problem_create(&problem, 11);
        problem.values[5][MIN_SAMPLES_LEAF] = real(1.25);
        perebor_family family = {.training = &problem.training,
                                 .validation = &problem.validation,
                                 .settings = problem.settings,
                                 .n_members = N_MEMBERS,
                                 .workspace = &workspace};
        size_t n_delivered = 0;
        perebor_error error;
        assert_int_equal(perebor_learner_score_family(tree(), &family, share != 0, count_delivered,
                                                      &n_delivered, &error),
                         PEREBOR_OK);
        assert_int_equal(n_delivered, N_MEMBERS);
    }
}

static void a_node_of_one_row_may_not_be_split(void **state) {
    (void)state;
    problem problem;
    problem_create(&problem, 3);
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    perebor_value values[N_SETTINGS];
    default_settings(values);
    values[MIN_SAMPLES_SPLIT] = whole(1);
    assert_int_equal(tree()->fit(&model, &problem.training, values, &workspace, &report, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "min_samples_split cannot be 1; it takes a whole number of at least 2, or "
                        "a share of the rows above 0.0 and at most 1.0");
}

static void only_trees_of_a_random_state_look_at_the_scale(void **state) {
    (void)state;
    perebor_value values[N_SETTINGS];
    default_settings(values);
    assert_true(tree()->ignores_scale(values));
    values[RANDOM_STATE] = whole(0);
    assert_false(tree()->ignores_scale(values));
}

/** The same everywhere: another compiler, optimisation or instruction set changes no bit of it. */
static void scores_are_the_committed_ones(void **state) {
    (void)state;
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        problem problem;
        problem_create(&problem, seed);
        outcome outcome;
        solve(&problem, true, &outcome);
        for (size_t i = 0; i < outcome_bytes(&outcome) / sizeof(double); i++) {
            perebor_sha256_update_double(&digest, outcome.scores[i]);
        }
        free(outcome.scores);
    }
    uint8_t result[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_final(&digest, result);
    perebor_sha256_hex(result, hex);
    assert_string_equal(hex, "c41b16c0acd4cefda10295eebbea4bc0fd5b48db490ef3da6f8567ce4e8a88f2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_scores_as_its_members_alone_bit_for_bit),
        cmocka_unit_test(members_of_a_family_have_one_share_key),
        cmocka_unit_test(scaling_a_column_changes_no_score),
        cmocka_unit_test(swapping_the_labels_mirrors_the_scores),
        cmocka_unit_test(the_split_is_the_best_of_all_and_ties_go_to_the_first),
        cmocka_unit_test(a_share_above_one_is_refused_by_name),
        cmocka_unit_test(a_member_with_wrong_settings_fails_alone),
        cmocka_unit_test(a_node_of_one_row_may_not_be_split),
        cmocka_unit_test(only_trees_of_a_random_state_look_at_the_scale),
        cmocka_unit_test(scores_are_the_committed_ones),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
