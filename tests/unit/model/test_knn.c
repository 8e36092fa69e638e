// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "draw.h"
#include "perebor/learners.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static uint64_t random_state;

/** Values on a grid, so that distances tie often; sometimes a row twice. */
static perebor_matrix random_matrix(size_t n_rows, size_t n_columns, double levels) {
    perebor_matrix matrix;
    assert_int_equal(perebor_matrix_create(&matrix, n_rows, n_columns, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            double value = levels > 0.0 ? floor(draw_uniform(&random_state) * levels)
                                        : draw_uniform(&random_state);
            perebor_matrix_column(&matrix, column)[row] = value - 1.0;
        }
    }
    return matrix;
}

/** Four settings in the learner's order. */
static void set(perebor_value values[4], int64_t k, const char *weights, const char *metric,
                double p) {
    values[0] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = k};
    values[1] = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = weights};
    values[2] = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = metric};
    values[3] = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = p};
}

typedef struct ranked {
    double sum;
    size_t row;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *left = a;
    const ranked *right = b;
    if (left->sum != right->sum) {
        return left->sum < right->sum ? -1 : 1;
    }
    return (left->row > right->row) - (left->row < right->row);
}

/** The definition, written down the plain way. */
static double brute_force(const perebor_training *training, const perebor_matrix *queries,
                          size_t query, size_t k, bool by_distance, double p) {
    size_t n = training->rows.n_rows;
    ranked *all = malloc(n * sizeof *all);
    assert_non_null(all);
    for (size_t row = 0; row < n; row++) {
        double sum = 0.0;
        for (size_t column = 0; column < queries->n_columns; column++) {
            double difference = perebor_matrix_column(queries, column)[query] -
                                perebor_matrix_column(&training->rows, column)[row];
            sum += p == 1.0   ? fabs(difference)
                   : p == 2.0 ? difference * difference
                              : perebor_pow(fabs(difference), p);
        }
        all[row] = (ranked){sum, row};
    }
    qsort(all, n, sizeof *all, compare_ranked);
    double votes = 0.0;
    double positive = 0.0;
    for (size_t i = 0; i < k; i++) {
        double weight = 1.0;
        if (by_distance && all[0].sum == 0.0) {
            weight = all[i].sum == 0.0 ? 1.0 : 0.0;
        } else if (by_distance) {
            double distance = p == 1.0   ? all[i].sum
                              : p == 2.0 ? sqrt(all[i].sum)
                                         : perebor_pow(all[i].sum, 1.0 / p);
            weight = 1.0 / distance;
        }
        votes += weight;
        positive += training->labels[all[i].row] ? weight : 0.0;
    }
    free(all);
    return positive / votes;
}

static void fill_labels(uint8_t *labels, size_t n) {
    for (size_t row = 0; row < n; row++) {
        labels[row] = (uint8_t)(draw_bits(&random_state) & 1u);
    }
    labels[0] = 0;
    labels[1] = 1;
}

/** Fits and scores, and holds every score against the definition's. */
static void assert_definition(const perebor_training *training, const perebor_matrix *queries,
                              size_t k, bool by_distance, double p) {
    const perebor_learner *knn = perebor_learner_find("knn");
    perebor_value values[4];
    perebor_model *model = NULL;
    perebor_fit_report report;
    double scores[32];
    assert_true(queries->n_rows <= 32);
    set(values, (int64_t)k, by_distance ? "distance" : "uniform", "minkowski", p);
    assert_int_equal(knn->fit(&model, training, values, &workspace, &report, NULL), PEREBOR_OK);
    assert_int_equal(knn->score(model, queries, &workspace, scores, NULL), PEREBOR_OK);
    for (size_t query = 0; query < queries->n_rows; query++) {
        double expected = brute_force(training, queries, query, k, by_distance, p);
        assert_true(arithmetic_to_bits(scores[query]) == arithmetic_to_bits(expected));
    }
}

static void scores_are_the_brute_force_definitions_to_the_bit(void **state) {
    (void)state;
    random_state = 1;
    for (int round = 0; round < 60; round++) {
        size_t n = 2 + (size_t)(draw_uniform(&random_state) * (round % 10 == 0 ? 5000.0 : 300.0));
        size_t d = 1 + (size_t)(draw_uniform(&random_state) * 12.0);
        double p = (double[]){1.0, 2.0, 3.0}[round % 3];
        bool by_distance = round % 2 == 0;
        int64_t k = 1 + (int64_t)(draw_uniform(&random_state) * (double)(n < 80 ? n : 80));
        k = k > (int64_t)n ? (int64_t)n : k;
        uint8_t *labels = malloc(n);
        assert_non_null(labels);
        fill_labels(labels, n);
        double levels = round % 4 == 0 ? 0.0 : 3.0;
        perebor_training training = {.rows = random_matrix(n, d, levels), .labels = labels};
        perebor_matrix queries = random_matrix(23, d, levels);
        assert_definition(&training, &queries, (size_t)k, by_distance, p);
        free(labels);
    }
}

/** Tables that are hard on rough distances: what must not be passed over is hidden in them. */
typedef enum layout {
    TIES,
    RANDOM,
    FAR_FROM_ZERO,
    COMING_NEARER,
    ONE_HUGE_ROW,
    ALL_HUGE,
    N_LAYOUTS
} layout;

static double value_of(layout layout, size_t row, size_t n) {
    double value = draw_uniform(&random_state);
    switch (layout) {
    case TIES:
        return floor(4.0 * value);
    case FAR_FROM_ZERO: // single precision knows nine values between 0 and 1 there
        return 1e6 + value;
    case COMING_NEARER:
        return value + (double)(n - row);
    case ONE_HUGE_ROW:
        return row == n / 2 ? 1e30 : value;
    case ALL_HUGE:
        return 1e60 * value;
    default:
        return value;
    }
}

static void long_tables_have_the_definition_s_neighbours_too(void **state) {
    (void)state;
    enum { N = 9500, N_QUERIES = 7, N_COLUMNS = 4 };
    static uint8_t labels[N];
    random_state = 5;
    fill_labels(labels, N);
    for (int round = 0; round < 2 * N_LAYOUTS; round++) {
        layout point_layout = (layout)(round / 2);
        double p = round % 2 == 0 ? 1.0 : 2.0;
        perebor_training training = {.rows = random_matrix(N, N_COLUMNS, 0.0), .labels = labels};
        perebor_matrix queries = random_matrix(N_QUERIES, N_COLUMNS, 0.0);
        for (size_t i = 0; i < (size_t)N * N_COLUMNS; i++) {
            perebor_matrix_column(&training.rows, i / N)[i % N] = value_of(point_layout, i % N, N);
        }
        for (size_t i = 0; i < (size_t)N_QUERIES * N_COLUMNS; i++) {
            perebor_matrix_column(&queries, i / N_QUERIES)[i % N_QUERIES] =
                value_of(point_layout, 0, 1);
        }
        assert_definition(&training, &queries, 12, true, p);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Lists begun from rough distances: lengths about whole registers, k about the most for which that
 * is done, rows that are alike, and rows twice. */
static void short_tables_have_the_definition_s_neighbours_too(void **state) {
    (void)state;
    enum { most = 2100, N_QUERIES = 9, n_lengths = 9 };
    static const size_t lengths[n_lengths] = {63, 64, 65, 79, 127, 250, 972, 2049, most};
    static uint8_t labels[most];
    random_state = 9;
    fill_labels(labels, most);
    for (size_t round = 0; round < (size_t)2 * n_lengths * N_LAYOUTS; round++) {
        const size_t n = lengths[round / 2 % n_lengths], d = 1 + round % 7;
        const layout point_layout = (layout)(round / 2 / n_lengths);
        const double p = round % 2 == 0 ? 1.0 : 2.0;
        perebor_training training = {.rows = random_matrix(n, d, 0.0), .labels = labels};
        perebor_matrix queries = random_matrix(N_QUERIES, d, 0.0);
        for (size_t i = 0; i < n * d; i++) {
            const bool twice = i % n >= n - n / 4; // as far as there are rows before
            perebor_matrix_column(&training.rows, i / n)[i % n] =
                twice ? perebor_matrix_column(&training.rows, i / n)[i % n - n / 2]
                      : value_of(point_layout, i % n, n);
        }
        for (size_t i = 0; i < N_QUERIES * d; i++) { // the first is a training row
            perebor_matrix_column(&queries, i / N_QUERIES)[i % N_QUERIES] =
                i % N_QUERIES == 0 ? perebor_matrix_column(&training.rows, i / N_QUERIES)[n / 3]
                                   : value_of(point_layout, 0, 1);
        }
        const size_t ks[] = {1, n / 16, n / 16 + 1, n < 200 ? n : 129};
        for (size_t i = 0; i < 4; i++) {
            const size_t k = ks[i] > 0 ? ks[i] : 1;
            const bool by_distance = i % 2 == 0;
            assert_definition(&training, &queries, k, by_distance, p);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** No list is begun where a distance overflows. */
static void overflowing_distances_of_short_tables_are_refused(void **state) {
    (void)state;
    enum { n = 320 };
    const perebor_learner *knn = perebor_learner_find("knn");
    static uint8_t labels[n];
    random_state = 10;
    fill_labels(labels, n);
    for (int huge_query = 0; huge_query < 2; huge_query++) {
        perebor_training training = {.rows = random_matrix(n, 2, 0.0), .labels = labels};
        perebor_matrix queries = random_matrix(2, 2, 0.0);
        perebor_matrix *huge = huge_query == 1 ? &queries : &training.rows;
        for (size_t row = 0; row < huge->n_rows; row++) {
            perebor_matrix_column(huge, 1)[row] = 1e200;
        }
        perebor_value values[4];
        set(values, 15, "uniform", "euclidean", 2.0);
        perebor_model *model = NULL;
        perebor_fit_report report;
        perebor_error error;
        double scores[2];
        assert_int_equal(knn->fit(&model, &training, values, &workspace, &report, NULL),
                         PEREBOR_OK);
        assert_int_equal(knn->score(model, &queries, &workspace, scores, &error),
                         PEREBOR_ERR_NUMERIC);
        assert_string_equal(error.message, "distances overflow: scale the columns");
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Levels of nominal columns behind numbers: mostly one value, which need not be 0. A row may have
 *  several, and queries may differ from the rows wherever they like. */
static void draw_levels(perebor_matrix *rows, size_t n_numbers, size_t n_blocks, bool scaled) {
    size_t n_levels = (rows->n_columns - n_numbers) / n_blocks;
    for (size_t column = n_numbers; column < rows->n_columns; column++) {
        for (size_t row = 0; row < rows->n_rows; row++) {
            perebor_matrix_column(rows, column)[row] = scaled ? -0.1 * (double)(column % 7) : 0.0;
        }
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        for (size_t block = 0; block < n_blocks; block++) {
            size_t level = (size_t)(draw_uniform(&random_state) * (double)n_levels);
            double value = scaled ? 1.0 + 0.3 * (double)(level % 5) : 1.0;
            perebor_matrix_column(rows, n_numbers + block * n_levels + level)[row] = value;
        }
    }
}

static void levels_are_compared_with_the_definition_s_bits(void **state) {
    (void)state;
    enum { FEW = 300, MANY = 9000, N_QUERIES = 9, N_NUMBERS = 3, N_LEVELS = 90 };
    const perebor_learner *knn = perebor_learner_find("knn");
    static uint8_t labels[MANY];
    random_state = 8;
    fill_labels(labels, MANY);
    for (int round = 0; round < 16; round++) {
        size_t n = round < 12 ? FEW : MANY; // beyond 8192 rows there are rough distances, too
        double p = (double[]){1.0, 2.0, 3.0, 1.0}[round < 12 ? round % 3 : round % 2];
        size_t n_blocks = 1 + (size_t)round / 3 % 2;
        bool scaled = round % 4 > 1;
        perebor_training training = {.rows = random_matrix(n, N_NUMBERS + N_LEVELS, 0.0),
                                     .labels = labels};
        perebor_matrix queries = random_matrix(N_QUERIES, N_NUMBERS + N_LEVELS, 0.0);
        draw_levels(&training.rows, N_NUMBERS, n_blocks, scaled);
        draw_levels(&queries, N_NUMBERS, n_blocks, scaled);
        perebor_matrix_column(&queries, N_NUMBERS + 1)[0] = 0.7;
        perebor_matrix_column(&queries, N_NUMBERS + 80)[0] = -0.2;
        perebor_value values[4];
        set(values, 12, "distance", "minkowski", p);
        perebor_model *model = NULL;
        perebor_fit_report report;
        double scores[N_QUERIES];
        assert_int_equal(knn->fit(&model, &training, values, &workspace, &report, NULL),
                         PEREBOR_OK);
        assert_int_equal(knn->score(model, &queries, &workspace, scores, NULL), PEREBOR_OK);
        for (size_t query = 0; query < N_QUERIES; query++) {
            double expected = brute_force(&training, &queries, query, 12, true, p);
            assert_true(arithmetic_to_bits(scores[query]) == arithmetic_to_bits(expected));
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Numbers and blocks of levels as codes; one row in twelve has no level of a block. */
static perebor_matrix draw_codes(size_t n_rows) {
    static const size_t n_levels[] = {3, 70, 1, 40};
    perebor_matrix rows;
    assert_int_equal(perebor_matrix_create_coded(&rows, n_rows, 2, 4, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < 2 * n_rows; i++) {
        // Few digits in one column: distances tie. Of many in the other, ones round sums.
        double value = draw_uniform(&random_state);
        perebor_matrix_column(&rows, i / n_rows)[i % n_rows] =
            i < n_rows ? floor(4 * value) : value;
    }
    for (size_t block = 0; block < 4; block++) {
        perebor_indicators *levels = perebor_matrix_add_levels(&rows, n_levels[block]);
        for (size_t row = 0; row < n_rows; row++) {
            size_t n = n_levels[block];
            bool none = draw_bits(&random_state) % 12 == 0;
            levels->codes[row] = (uint32_t)(none ? n : draw_bits(&random_state) % n);
        }
    }
    return rows;
}

/** Codes against codes, and either side written out: four ways to the definition's bits. */
static void codes_are_compared_with_the_bits_of_columns(void **state) {
    (void)state;
    enum { FEW = 301, MANY = 8203, N_QUERIES = 9 };
    const perebor_learner *knn = perebor_learner_find("knn");
    static uint8_t labels[MANY];
    random_state = 21;
    fill_labels(labels, MANY);
    for (int round = 0; round < 8; round++) {
        double p = (double[]){1.0, 2.0, 3.0}[round < 6 ? round % 3 : round % 2];
        perebor_matrix rows[2], queries[2]; // codes, and written out
        rows[0] = draw_codes(round < 6 ? FEW : MANY);
        queries[0] = draw_codes(N_QUERIES);
        assert_int_equal(perebor_matrix_expand(&rows[1], &rows[0], &workspace, NULL), PEREBOR_OK);
        assert_int_equal(perebor_matrix_expand(&queries[1], &queries[0], &workspace, NULL),
                         PEREBOR_OK);
        perebor_training training = {.rows = rows[1], .labels = labels};
        double expected[N_QUERIES];
        for (size_t query = 0; query < N_QUERIES; query++) {
            expected[query] = brute_force(&training, &queries[1], query, 12, true, p);
        }
        perebor_value values[4];
        set(values, 12, "distance", "minkowski", p);
        for (int way = 0; way < 4; way++) {
            perebor_model *model = NULL;
            perebor_fit_report report;
            double scores[N_QUERIES];
            training.rows = rows[way / 2];
            assert_int_equal(knn->fit(&model, &training, values, &workspace, &report, NULL),
                             PEREBOR_OK);
            assert_int_equal(knn->score(model, &queries[way % 2], &workspace, scores, NULL),
                             PEREBOR_OK);
            assert_memory_equal(scores, expected, sizeof scores);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Scores of a family, by member. */
typedef struct received {
    double validation[12][40], training[12][220];
    perebor_status status[12];
    int times[12];
    size_t n_validation, n_training;
} received;

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation, const double *training,
                    const perebor_fit_report *report) {
    received *into = context;
    (void)message;
    assert_true(report->converged);
    into->status[member] = status;
    into->times[member]++;
    if (status == PEREBOR_OK) {
        memcpy(into->validation[member], validation, into->n_validation * sizeof(double));
        memcpy(into->training[member], training, into->n_training * sizeof(double));
    }
}

static void a_family_has_the_bits_of_its_members_alone(void **state) {
    (void)state;
    const perebor_learner *knn = perebor_learner_find("knn");
    random_state = 2;
    const int64_t ks[12] = {1, 2, 3, 5, 8, 13, 21, 34, 55, 200, 201, 7};
    for (int round = 0; round < 6; round++) {
        const char *metric = round % 2 == 0 ? "manhattan" : "euclidean";
        uint8_t labels[200];
        fill_labels(labels, 200);
        perebor_training training = {.rows = random_matrix(200, 5, 4.0), .labels = labels};
        perebor_matrix validation = random_matrix(37, 5, 4.0);
        perebor_value values[12][4];
        const perebor_value *members[12];
        for (size_t member = 0; member < 12; member++) {
            set(values[member], ks[member], member % 2 == 0 ? "uniform" : "distance", metric, 2.0);
            members[member] = values[member];
            assert_true(knn->share_key(values[member]) == knn->share_key(values[0]));
        }
        perebor_family family = {.training = &training,
                                 .validation = &validation,
                                 .score_training = true,
                                 .settings = members,
                                 .n_members = 12,
                                 .workspace = &workspace};
        static received shared, alone;
        shared = alone = (received){.n_validation = 37, .n_training = 200};
        assert_int_equal(perebor_learner_score_family(knn, &family, true, receive, &shared, NULL),
                         PEREBOR_OK);
        assert_int_equal(perebor_learner_score_family(knn, &family, false, receive, &alone, NULL),
                         PEREBOR_OK);
        for (size_t member = 0; member < 12; member++) {
            assert_int_equal(shared.times[member], 1);
            assert_int_equal(shared.status[member], alone.status[member]);
            bool too_many = ks[member] > 200;
            assert_int_equal(shared.status[member], too_many ? PEREBOR_ERR_ARGUMENT : PEREBOR_OK);
        }
        assert_memory_equal(shared.validation, alone.validation, sizeof shared.validation);
        assert_memory_equal(shared.training, alone.training, sizeof shared.training);
    }
}

static void metrics_do_not_share_with_each_other(void **state) {
    (void)state;
    const perebor_learner *knn = perebor_learner_find("knn");
    perebor_value manhattan[4], euclidean[4], minkowski[4], same[4];
    set(manhattan, 5, "uniform", "manhattan", 2.0);
    set(euclidean, 5, "uniform", "euclidean", 2.0);
    set(minkowski, 5, "uniform", "minkowski", 3.0);
    set(same, 9, "distance", "minkowski", 1.0);
    assert_true(knn->share_key(manhattan) == knn->share_key(same));
    assert_true(knn->share_key(manhattan) != knn->share_key(euclidean));
    assert_true(knn->share_key(euclidean) != knn->share_key(minkowski));
}

static void too_many_neighbors_are_refused(void **state) {
    (void)state;
    const perebor_learner *knn = perebor_learner_find("knn");
    random_state = 3;
    uint8_t labels[10];
    fill_labels(labels, 10);
    perebor_training training = {.rows = random_matrix(10, 2, 0.0), .labels = labels};
    perebor_value values[4];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error;
    set(values, 11, "uniform", "manhattan", 2.0);
    assert_int_equal(knn->fit(&model, &training, values, &workspace, &report, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_null(model);
    assert_string_equal(error.message, "n_neighbors is 11, but there are only 10 training rows");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_the_brute_force_definitions_to_the_bit),
        cmocka_unit_test(long_tables_have_the_definition_s_neighbours_too),
        cmocka_unit_test(short_tables_have_the_definition_s_neighbours_too),
        cmocka_unit_test(overflowing_distances_of_short_tables_are_refused),
        cmocka_unit_test(levels_are_compared_with_the_definition_s_bits),
        cmocka_unit_test(codes_are_compared_with_the_bits_of_columns),
        cmocka_unit_test(a_family_has_the_bits_of_its_members_alone),
        cmocka_unit_test(metrics_do_not_share_with_each_other),
        cmocka_unit_test(too_many_neighbors_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
