// SPDX-License-Identifier: MIT
/**
 * Shapley values of what votes are those of its definition: over every set of columns, with the
 * mean probability asked of rows mixed by hand; they add up, over columns and over members; orders
 * are drawn only where columns are many, and come as near as they say.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/row_explainer.h"
#include "perebor/learners.h"
#include "small_experiment.h"

enum {
    n_columns = SMALL_N_NUMERIC + 1,
    n_training = 120,
    n_background = 25,
    n_rows = 5,
    most_members = 5,
};

static small_experiment data;
static uint32_t all_rows[SMALL_N_ROWS], background[n_background];
static const uint32_t explained_rows[n_rows] = {3, 20, 122, 150, 179}; // two were trained on
static perebor_workspace workspace;

static void must(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        fail_msg("%s", error->message);
    }
}

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&data);
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        all_rows[row] = row;
    }
    (void)row_explainer_background(all_rows, n_training, n_background, 5, background);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

/** A member: its learner, how many prepared columns it keeps (0: all), and its weight. */
typedef struct member {
    const char *learner;
    uint32_t select_k, weight;
} member;

static perebor_candidate candidate_of(const member *of, size_t place) {
    perebor_candidate candidate = {.learner = perebor_learner_find(of->learner)};
    candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    candidate.preparation.scale = place % 2 == 0 ? PEREBOR_SCALE_STANDARD : PEREBOR_SCALE_MINMAX;
    candidate.preparation.encode_nominal =
        place % 2 == 0 ? PEREBOR_ENCODE_ONEHOT : PEREBOR_ENCODE_ORDINAL;
    candidate.preparation.select_k = of->select_k;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        const perebor_setting *setting = &candidate.learner->settings[i];
        candidate.settings[i] = setting->default_value;
        if (strcmp(setting->name, "n_estimators") == 0) {
            candidate.settings[i].as.integer = 4;
        }
        if (strcmp(setting->name, "max_depth") == 0) {
            candidate.settings[i] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 4};
        }
    }
    return candidate;
}

static perebor_fitted_pipeline *fit(const member *members, size_t n) {
    perebor_candidate candidates[most_members];
    uint32_t weights[most_members];
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    for (size_t k = 0; k < n; k++) {
        candidates[k] = candidate_of(&members[k], k);
        weights[k] = members[k].weight;
    }
    must(perebor_fitted_pipeline_fit_voting(&pipeline, candidates, weights, n, &data.dataset,
                                            all_rows, n_training, &error),
         &error);
    return pipeline;
}

/** Values by column of the data, 0 of those that are no players. */
typedef struct explained {
    double values[n_rows][n_columns], errors[n_rows][n_columns];
    double scores[n_rows], probabilities[n_rows];
    uint32_t n_rounds[n_rows];
    double baseline;
    size_t n_players;
    bool exact;
} explained;

static row_explainer_options options_of(explain_game game, explain_scale scale) {
    return (row_explainer_options){
        .game = game, .scale = scale, .standard_error = 2e-4, .most_rounds = 60, .seed = 9};
}

static void explain(const perebor_fitted_pipeline *pipeline, const row_explainer_options *options,
                    size_t block, explained *found) {
    perebor_error error = {0};
    row_explainer *explainer = NULL;
    double room[n_rows][2][n_columns];
    row_explanation rows[n_rows];
    memset(found, 0, sizeof *found);
    must(row_explainer_create(&explainer, pipeline, &data.dataset, background, n_background,
                              options, &error),
         &error);
    const explain_players *players = row_explainer_players(explainer);
    for (size_t i = 0; i < n_rows; i++) {
        rows[i] = (row_explanation){
            .shapley = {.values = room[i][0], .standard_error = room[i][1], .n_rounds = 77}};
    }
    for (size_t first = 0; first < n_rows; first += block) {
        size_t n = n_rows - first < block ? n_rows - first : block;
        must(row_explainer_rows(explainer, explained_rows + first, n, &workspace, rows + first,
                                &error),
             &error);
    }
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t player = 0; player < players->n_players; player++) {
            found->values[i][players->sources[player]] = room[i][0][player];
            found->errors[i][players->sources[player]] = room[i][1][player];
        }
        found->scores[i] = rows[i].score;
        found->probabilities[i] = rows[i].probability;
        found->n_rounds[i] = rows[i].shapley.n_rounds;
    }
    found->baseline = row_explainer_baseline(explainer);
    found->exact = row_explainer_is_exact(explainer);
    found->n_players = players->n_players;
    assert_true(row_explainer_baseline_probability(explainer) == found->baseline);
    row_explainer_free(explainer);
}

/** v(S): the mean probability of the background's rows with the columns of S as in a row. */
static double ask(const perebor_fitted_pipeline *pipeline, uint32_t row, size_t set) {
    double values[n_columns][n_background], probabilities[n_background], sum = 0.0;
    uint32_t rows[n_background];
    perebor_column columns[n_columns];
    perebor_dataset mixed = data.dataset;
    perebor_error error = {0};
    for (size_t column = 0; column < n_columns; column++) {
        columns[column] = data.columns[column];
        columns[column].values = values[column];
        for (size_t z = 0; z < n_background; z++) {
            bool own = (set >> column & 1) != 0;
            values[column][z] = data.columns[column].values[own ? row : background[z]];
            rows[z] = (uint32_t)z;
        }
    }
    mixed.n_rows = n_background;
    mixed.columns = columns;
    mixed.block = NULL;
    mixed.ids = NULL;
    must(perebor_fitted_pipeline_predict(pipeline, &mixed, rows, n_background, &workspace,
                                         probabilities, &error),
         &error);
    for (size_t z = 0; z < n_background; z++) {
        sum += probabilities[z];
    }
    return sum / n_background;
}

/** phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)) */
static void explain_by_hand(const perebor_fitted_pipeline *pipeline, uint32_t row,
                            double values[n_columns]) {
    static const double factorials[] = {1, 1, 2, 6, 24, 120, 720};
    double v[1 << n_columns];
    for (size_t set = 0; set < 1 << n_columns; set++) {
        v[set] = ask(pipeline, row, set);
    }
    for (size_t i = 0; i < n_columns; i++) {
        values[i] = 0.0;
        for (size_t set = 0; set < 1 << n_columns; set++) {
            size_t size = (size_t)__builtin_popcountll(set);
            if ((set >> i & 1) == 0) {
                values[i] += factorials[size] * factorials[n_columns - size - 1] /
                             factorials[n_columns] * (v[set | (size_t)1 << i] - v[set]);
            }
        }
    }
}

static void expect_near(double value, double expected, double tolerance, const char *what,
                        size_t row, size_t column) {
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%s, row %zu, column %zu: %.17g is not %.17g within %.1e", what, row, column,
                 value, expected, tolerance);
    }
}

/** Values are those of the definition, within so many standard errors. */
static void compare_by_hand(const perebor_fitted_pipeline *pipeline, const explained *found,
                            double n_errors, const char *what) {
    for (size_t i = 0; i < n_rows; i++) {
        double expected[n_columns], sum = found->baseline, probability;
        perebor_error error = {0};
        explain_by_hand(pipeline, explained_rows[i], expected);
        for (size_t column = 0; column < n_columns; column++) {
            double tolerance = 1e-12 + n_errors * found->errors[i][column];
            expect_near(found->values[i][column], expected[column], tolerance, what, i, column);
            sum += found->values[i][column];
        }
        must(perebor_fitted_pipeline_predict(pipeline, &data.dataset, &explained_rows[i], 1,
                                             &workspace, &probability, &error),
             &error);
        assert_memory_equal(&found->probabilities[i], &probability, sizeof probability);
        assert_memory_equal(&found->scores[i], &probability, sizeof probability);
        expect_near(sum, probability, 1e-13, what, i, n_columns); // efficiency
    }
    expect_near(found->baseline, ask(pipeline, 0, 0), 1e-13, what, 0, n_columns);
}

static void members_of_shares_are_explained_exactly(void **state) {
    (void)state;
    static const member members[] = {{"tree", 0, 3}, {"forest", 3, 4}, {"knn", 2, 1}};
    const row_explainer_options options = options_of(EXPLAIN_INTERVENTIONAL, EXPLAIN_SCORE);
    explained found;
    perebor_fitted_pipeline *pipeline = fit(members, 3);
    explain(pipeline, &options, EXPLAIN_BLOCK, &found);
    assert_true(found.exact);
    for (size_t i = 0; i < n_rows; i++) {
        assert_int_equal(found.n_rounds[i], 0);
    }
    compare_by_hand(pipeline, &found, 0.0, "shares");
    perebor_fitted_pipeline_free(pipeline);
}

static void other_members_are_drawn_together(void **state) {
    (void)state;
    static const member members[] = {
        {"svc", 0, 2}, {"tree", 0, 5}, {"logreg", 3, 3}, {"boost", 0, 1}, {"knn", 4, 2}};
    row_explainer_options options = options_of(EXPLAIN_INTERVENTIONAL, EXPLAIN_SCORE);
    explained found, other;
    bool inexact = false;
    options.draws = true;
    perebor_fitted_pipeline *pipeline = fit(members, 5);
    explain(pipeline, &options, EXPLAIN_BLOCK, &found);
    assert_false(found.exact);
    for (size_t i = 0; i < n_rows; i++) {
        assert_true(found.n_rounds[i] >= 8 && found.n_rounds[i] <= options.most_rounds);
        for (size_t column = 0; column < n_columns; column++) {
            assert_true(found.errors[i][column] < 2e-3);
            inexact = inexact || found.errors[i][column] > 0.0;
        }
    }
    assert_true(inexact);
    compare_by_hand(pipeline, &found, 5.0, "drawn");
    // Whatever rows are explained with a row, and on whatever scale: its score is a probability.
    row_explainer_options again = options_of(EXPLAIN_INTERVENTIONAL, EXPLAIN_PROBABILITY);
    again.draws = true;
    explain(pipeline, &again, 2, &other);
    assert_memory_equal(&found, &other, sizeof found);
    perebor_fitted_pipeline_free(pipeline);
}

static void of_few_columns_other_members_are_exact_together(void **state) {
    (void)state;
    static const member members[] = {
        {"svc", 0, 2}, {"tree", 0, 5}, {"logreg", 3, 3}, {"boost", 0, 1}, {"knn", 4, 2}};
    const row_explainer_options options = options_of(EXPLAIN_INTERVENTIONAL, EXPLAIN_SCORE);
    explained found, other;
    perebor_fitted_pipeline *pipeline = fit(members, 5);
    explain(pipeline, &options, EXPLAIN_BLOCK, &found);
    assert_true(found.exact);
    assert_int_equal(found.n_rounds[0], 0);
    compare_by_hand(pipeline, &found, 0.0, "asked");
    explain(pipeline, &options, 2, &other);
    assert_memory_equal(&found, &other, sizeof found);
    perebor_fitted_pipeline_free(pipeline);
}

/** Eight columns are more than are all asked. */
static void of_more_columns_orders_are_drawn(void **state) {
    (void)state;
    enum { n_wide = n_columns + 2 };
    perebor_column columns[n_wide];
    perebor_dataset wide = data.dataset;
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    row_explainer *explainer = NULL;
    static const member of = {"logreg", 0, 2};
    const perebor_candidate candidate = candidate_of(&of, 0);
    double values[n_wide], errors[n_wide];
    row_explanation found = {.shapley = {.values = values, .standard_error = errors}};
    const row_explainer_options options = options_of(EXPLAIN_INTERVENTIONAL, EXPLAIN_SCORE);
    memcpy(columns, data.columns, sizeof data.columns);
    columns[n_columns] = columns[3];
    columns[n_columns].name = "f";
    columns[n_columns + 1] = columns[4];
    columns[n_columns + 1].name = "g";
    wide.columns = columns;
    wide.n_columns = n_wide;
    must(perebor_fitted_pipeline_fit_voting(&pipeline, &candidate, &of.weight, 1, &wide, all_rows,
                                            n_training, &error),
         &error);
    must(row_explainer_create(&explainer, pipeline, &wide, background, n_background, &options,
                              &error),
         &error);
    assert_false(row_explainer_is_exact(explainer));
    must(row_explainer_rows(explainer, explained_rows, 1, &workspace, &found, &error), &error);
    assert_true(found.shapley.n_rounds >= 8);
    double sum = row_explainer_baseline(explainer);
    for (size_t player = 0; player < n_wide; player++) {
        sum += values[player];
    }
    expect_near(sum, found.probability, 1e-13, "wide", 0, n_columns);
    row_explainer_free(explainer);
    perebor_fitted_pipeline_free(pipeline);
}

static void columns_that_no_member_looks_at_are_no_players(void **state) {
    (void)state;
    static const member members[] = {{"logreg", 1, 1}, {"tree", 1, 1}};
    const row_explainer_options options = options_of(EXPLAIN_INTERVENTIONAL, EXPLAIN_SCORE);
    explained found;
    perebor_fitted_pipeline *pipeline = fit(members, 2);
    explain(pipeline, &options, EXPLAIN_BLOCK, &found);
    assert_true(found.n_players >= 1 && found.n_players <= 2);
    compare_by_hand(pipeline, &found, 5.0, "few");
    perebor_fitted_pipeline_free(pipeline);
}

/** Values of the whole are those of its members, by their weights. */
static void values_of_members_add_up(void **state) {
    (void)state;
    static const member members[] = {{"tree", 0, 3}, {"forest", 0, 4}};
    for (int game = EXPLAIN_INTERVENTIONAL; game <= EXPLAIN_PATH_DEPENDENT; game++) {
        const row_explainer_options options = options_of((explain_game)game, EXPLAIN_SCORE);
        explained whole, parts[2];
        perebor_fitted_pipeline *pipeline = fit(members, 2);
        explain(pipeline, &options, EXPLAIN_BLOCK, &whole);
        assert_true(whole.exact);
        for (size_t k = 0; k < 2; k++) {
            perebor_fitted_pipeline *alone = NULL;
            perebor_error error = {0};
            const perebor_candidate candidate = candidate_of(&members[k], k);
            must(perebor_fitted_pipeline_fit_calibrated(&alone, &candidate, &data.dataset, all_rows,
                                                        n_training, &error),
                 &error);
            explain(alone, &options, EXPLAIN_BLOCK, &parts[k]);
            perebor_fitted_pipeline_free(alone);
        }
        for (size_t i = 0; i < n_rows; i++) {
            double sum = whole.baseline;
            for (size_t column = 0; column < n_columns; column++) {
                double expected =
                    (3.0 * parts[0].values[i][column] + 4.0 * parts[1].values[i][column]) / 7.0;
                expect_near(whole.values[i][column], expected, 1e-15, "members", i, column);
                sum += whole.values[i][column];
            }
            expect_near(sum, whole.scores[i], 1e-14, "sum", i, n_columns);
        }
        expect_near(whole.baseline, (3.0 * parts[0].baseline + 4.0 * parts[1].baseline) / 7.0,
                    1e-15, "baseline", 0, n_columns);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void expect_refusal(const member *members, size_t n, explain_game game,
                           const char *message) {
    perebor_error error = {0};
    row_explainer *explainer = NULL;
    const row_explainer_options options = options_of(game, EXPLAIN_SCORE);
    perebor_fitted_pipeline *pipeline = fit(members, n);
    assert_int_equal(row_explainer_create(&explainer, pipeline, &data.dataset, background,
                                          n_background, &options, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_null(explainer);
    assert_string_equal(error.message, message);
    perebor_fitted_pipeline_free(pipeline);
}

static void games_that_a_member_cannot_play_are_refused(void **state) {
    (void)state;
    static const member boost[] = {{"tree", 0, 1}, {"boost", 0, 1}}; // of log-odds
    static const member knn[] = {{"knn", 0, 1}};
    expect_refusal(boost, 2, EXPLAIN_PATH_DEPENDENT,
                   "the path-dependent game is played on trees whose scores are probabilities, "
                   "and a member of the ensemble is of boost: take --game interventional");
    expect_refusal(knn, 1, EXPLAIN_PATH_DEPENDENT,
                   "the path-dependent game is played on trees whose scores are probabilities, "
                   "and a member of the ensemble is of knn: take --game interventional");
    expect_refusal(knn, 1, EXPLAIN_RETRAINED,
                   "the retrained game is played with many models, not with one");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_shares_are_explained_exactly),
        cmocka_unit_test(other_members_are_drawn_together),
        cmocka_unit_test(of_few_columns_other_members_are_exact_together),
        cmocka_unit_test(of_more_columns_orders_are_drawn),
        cmocka_unit_test(columns_that_no_member_looks_at_are_no_players),
        cmocka_unit_test(values_of_members_add_up),
        cmocka_unit_test(games_that_a_member_cannot_play_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
