// SPDX-License-Identifier: MIT
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
#include "draw.h"
#include "model/svc/svc_linear.h"
#include "model/svc/svc_rows.h"
#include "model/svc/svc_smo.h"
#include "perebor/learners.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { setting_count = 7, word_size = 64 };

static perebor_value text(const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = value};
}

static perebor_value real(double value) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = value};
}

static perebor_value integer(int64_t value) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = value};
}

static const perebor_learner *svc(void) {
    const perebor_learner *learner = perebor_learner_find("svc");
    assert_non_null(learner);
    assert_int_equal(learner->n_settings, setting_count);
    return learner;
}

/** A training part and rows to score. */
typedef struct data {
    perebor_training training;
    uint8_t *labels;
    perebor_matrix test;
} data;

static void data_release(data *data) {
    free(data->labels);
}

static void data_create(data *data, size_t n_rows, size_t n_columns, size_t n_test) {
    perebor_error error;
    data_release(data);
    assert_int_equal(
        perebor_matrix_create(&data->training.rows, n_rows, n_columns, &workspace, &error), 0);
    assert_int_equal(perebor_matrix_create(&data->test, n_test, n_columns, &workspace, &error), 0);
    data->labels = calloc(n_rows, 1);
    assert_non_null(data->labels);
    data->training.labels = data->labels;
}

static void data_draw(data *data, uint64_t seed, size_t n_rows, size_t n_columns, size_t n_test) {
    data_create(data, n_rows, n_columns, n_test);
    for (size_t row = 0; row < n_rows; row++) {
        data->labels[row] = row % 5 < 2;
    }
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&data->training.rows, column)[row] =
                draw_normal(&seed) + 0.5 * data->labels[row];
        }
        for (size_t row = 0; row < n_test; row++) {
            perebor_matrix_column(&data->test, column)[row] = draw_normal(&seed);
        }
    }
}

static void fit_and_score(const data *data, const perebor_value *settings, double *scores,
                          perebor_fit_report *report) {
    perebor_error error = {0};
    perebor_model *model = NULL;
    assert_int_equal(svc()->fit(&model, &data->training, settings, &workspace, report, &error),
                     PEREBOR_OK);
    assert_int_equal(svc()->score(model, &data->test, &workspace, scores, &error), PEREBOR_OK);
}

static void default_settings(perebor_value *settings) {
    for (size_t i = 0; i < setting_count; i++) {
        settings[i] = svc()->settings[i].default_value;
    }
}

static double read_number(FILE *file) {
    char word[word_size];
    assert_int_equal(fscanf(file, "%63s", word), 1);
    return strtod(word, NULL);
}

static void read_dataset(FILE *file, data *data) {
    size_t n_rows = (size_t)read_number(file);
    size_t n_columns = (size_t)read_number(file);
    size_t n_test = (size_t)read_number(file);
    data_create(data, n_rows, n_columns, n_test);
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        perebor_matrix_column(&data->training.rows, i % n_columns)[i / n_columns] =
            read_number(file);
    }
    for (size_t i = 0; i < n_rows; i++) {
        data->labels[i] = (uint8_t)read_number(file);
    }
    for (size_t i = 0; i < n_test * n_columns; i++) {
        perebor_matrix_column(&data->test, i % n_columns)[i / n_columns] = read_number(file);
    }
}

static void check_case(FILE *file, const data *data) {
    char kernel[word_size], gamma[word_size], weight[word_size];
    double scores[word_size];
    perebor_fit_report report = {0};
    (void)read_number(file);
    assert_int_equal(fscanf(file, "%63s", kernel), 1);
    double C = read_number(file);
    assert_int_equal(fscanf(file, "%63s", gamma), 1);
    double degree = read_number(file);
    double coef0 = read_number(file);
    assert_int_equal(fscanf(file, "%63s", weight), 1);
    char *end;
    double number = strtod(gamma, &end);
    const perebor_value settings[setting_count] = {
        text(kernel),
        real(C),
        *end == '\0' ? real(number) : text(gamma),
        integer((int64_t)degree),
        real(coef0),
        strcmp(weight, "none") == 0 ? (perebor_value){.kind = PEREBOR_VALUE_NONE} : text(weight),
        {.kind = PEREBOR_VALUE_NONE},
    };
    fit_and_score(data, settings, scores, &report);
    assert_true(report.converged);
    // LIBSVM rounds kernel values to float, which at a linear optimum moves decisions by C times as
    // much; the interior point method does not, be it over columns or monomials. Values of rbf are
    // computed in single precision, where C magnifies their errors as it does LIBSVM's. Others
    // stop at a violation of 1e-6.
    bool is_exact = strcmp(kernel, "linear") == 0 || strcmp(kernel, "poly") == 0;
    double magnified = is_exact ? 1e-5 * C : 1e-6 * C;
    double tolerance = magnified > 1e-5 ? magnified : 1e-5;
    // Where balanced classes put all points at their bounds, an interval of biases is optimal.
    bool may_shift = strcmp(kernel, "poly") == 0 && strcmp(weight, "balanced") == 0;
    double shift = 0.0;
    for (size_t row = 0; row < data->test.n_rows; row++) {
        double expected = read_number(file);
        shift = may_shift && row == 0 ? scores[row] - expected : shift;
        expected += shift;
        if (!(fabs(scores[row] - expected) <= tolerance * (1.0 + fabs(expected)))) {
            fail_msg("%s C=%g gamma=%s degree=%g coef0=%g weight=%s: row %zu of %zu training rows "
                     "scores %.12g, not %.12g",
                     kernel, C, gamma, degree, coef0, weight, row, data->training.rows.n_rows,
                     scores[row], expected);
        }
    }
}

static void decisions_are_those_of_libsvm_at_a_tight_tolerance(void **state) {
    (void)state;
    data data = {0};
    char word[word_size];
    size_t n_cases = 0;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/svc.txt", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%63s", word), 1);
    while (fscanf(file, "%63s", word) == 1) {
        if (strcmp(word, "dataset") == 0) {
            read_dataset(file, &data);
        } else {
            check_case(file, &data);
            n_cases++;
        }
    }
    assert_true(n_cases > 200);
    fclose(file);
    data_release(&data);
}

/** 1/2 |w|^2 + C sum of hinge losses. */
static double primal_value(const perebor_training *training, const double *plane, double C) {
    size_t p = training->rows.n_columns;
    double value = 0.0;
    for (size_t column = 0; column < p; column++) {
        value += 0.5 * plane[column] * plane[column];
    }
    for (size_t row = 0; row < training->rows.n_rows; row++) {
        double decision = plane[p];
        for (size_t column = 0; column < p; column++) {
            decision += plane[column] * perebor_matrix_column(&training->rows, column)[row];
        }
        double loss = 1.0 - (training->labels[row] != 0 ? decision : -decision);
        value += loss > 0.0 ? C * loss : 0.0;
    }
    return value;
}

/** The hyperplane's weights, and last its bias, before decisions are rounded. */
static void read_plane(const data *data, double C, double *plane) {
    const double bounds[2] = {C, C};
    svc_hyperplane result = {.weights = plane};
    perebor_error error;
    assert_int_equal(
        svc_linear_solve(&data->training, bounds, UINT64_MAX, &workspace, &result, &error), 0);
    assert_true(result.converged);
    plane[data->training.rows.n_columns] = result.bias;
}

/** Columns in wildly different units, one the sum of two others, and rows twice. */
static void spoil(data *data, size_t kind) {
    perebor_matrix *rows = &data->training.rows;
    for (size_t row = 0; row < rows->n_rows; row++) {
        for (size_t column = 0; column < rows->n_columns && kind % 2 == 1; column++) {
            double *value = &perebor_matrix_column(rows, column)[row];
            *value = column % 3 == 0   ? 1e5 * (*value + 30.0)
                     : column % 3 == 1 ? 1e-3 * *value
                                       : *value;
        }
        if (kind / 2 % 2 == 1) {
            perebor_matrix_column(rows, 0)[row] =
                perebor_matrix_column(rows, 1)[row] + perebor_matrix_column(rows, 2)[row];
        }
    }
}

static void no_hyperplane_nearby_is_better(void **state) {
    (void)state;
    enum { COLUMNS = 6 };
    data data = {0};
    double plane[COLUMNS + 1], other[COLUMNS + 1];
    uint64_t random = 3;
    for (size_t kind = 0; kind < 36; kind++) {
        double C = (const double[]){1e-4, 1.0, 1e4}[kind % 3];
        data_draw(&data, kind, kind % 5 == 0 ? 20 : 90, COLUMNS, COLUMNS + 1);
        spoil(&data, kind / 3);
        read_plane(&data, C, plane);
        double least = primal_value(&data.training, plane, C);
        for (size_t attempt = 0; attempt < 300; attempt++) {
            double size = attempt % 3 == 0 ? 1e-2 : attempt % 3 == 1 ? 1e-4 : 1e-6;
            memcpy(other, plane, sizeof plane);
            for (size_t i = 0; i <= COLUMNS; i++) {
                other[i] +=
                    size * draw_normal(&random) * (fabs(plane[i]) + (attempt % 2 == 0 ? 1e-7 : 0));
            }
            assert_true(primal_value(&data.training, other, C) >= least - 1e-9 * (1.0 + least));
        }
    }
    data_release(&data);
}

/** What fitting three columns has to say, one setting aside from its default. */
static perebor_fit_report report_with(size_t n_rows, size_t setting, perebor_value value) {
    data data = {0};
    perebor_value settings[setting_count];
    perebor_fit_report report = {.converged = true};
    double scores[4];
    data_draw(&data, 1, n_rows, 3, 4);
    default_settings(settings);
    settings[setting] = value;
    fit_and_score(&data, settings, scores, &report);
    data_release(&data);
    return report;
}

static void a_cap_on_iterations_is_reported(void **state) {
    (void)state;
    perebor_fit_report report = report_with(100, 6, integer(5));
    assert_false(report.converged);
    assert_int_equal(report.iterations, 5);
}

/** Points are chosen anew before many moves are spent on the wrong ones: 90 thousand, not 180. */
static void few_columns_at_a_large_cost_take_few_moves(void **state) {
    (void)state;
    perebor_fit_report report = report_with(300, 1, real(1000.0));
    assert_true(report.converged);
    assert_in_range(report.iterations, 1, 120000);
}

static void kernel_values_that_overflow_are_an_error(void **state) {
    (void)state;
    data data = {0};
    perebor_value settings[setting_count];
    perebor_fit_report report;
    perebor_error error;
    perebor_model *model = NULL;
    data_draw(&data, 1, 50, 3, 4);
    default_settings(settings);
    settings[0] = text("poly");
    settings[3] = integer(1000);
    settings[4] = real(1e9);
    assert_int_equal(svc()->fit(&model, &data.training, settings, &workspace, &report, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_null(model);
    data_release(&data);
}

static void swapped_labels_turn_decisions_around(void **state) {
    (void)state;
    enum { N_TEST = 24 };
    data data = {0};
    perebor_value settings[setting_count];
    perebor_fit_report report;
    double scores[N_TEST], swapped[N_TEST];
    default_settings(settings);
    for (size_t kernel = 0; kernel < 3; kernel++) {
        settings[0] = text((const char *const[]){"linear", "rbf", "poly"}[kernel]);
        settings[5] = kernel == 1 ? text("balanced") : settings[5];
        data_draw(&data, 5, 150, 4, N_TEST);
        fit_and_score(&data, settings, scores, &report);
        for (size_t row = 0; row < data.training.rows.n_rows; row++) {
            data.labels[row] = !data.labels[row];
        }
        fit_and_score(&data, settings, swapped, &report);
        for (size_t row = 0; row < N_TEST; row++) {
            assert_true(fabs(scores[row] + swapped[row]) < 1.5e-5); // a grain more
        }
    }
    data_release(&data);
}

static void finish_hex(perebor_sha256 *digest, char *hex) {
    uint8_t bytes[PEREBOR_SHA256_SIZE];
    perebor_sha256_final(digest, bytes);
    perebor_sha256_hex(bytes, hex);
}

/** A digest of the solution of one problem, by either path, under given limits of memory. */
static void digest_solution(const data *data, const svc_kernel *kernel, bool together,
                            size_t max_bytes, char *hex) {
    size_t n = data->training.rows.n_rows;
    perebor_error error;
    svc_gram gram;
    perebor_sha256 digest;
    svc_solution solution = {.coefficients = calloc(n, sizeof *solution.coefficients)};
    const svc_problem problem = {.labels = data->labels,
                                 .bounds = {3.0, 5.0},
                                 .tolerance = 1e-6,
                                 .max_iterations = 1000000,
                                 .convex = kernel->kind != SVC_SIGMOID,
                                 .together = together};
    assert_non_null(solution.coefficients);
    assert_int_equal(
        svc_gram_create(&gram, &data->training.rows, kernel, 1, max_bytes, &workspace, &error), 0);
    assert_int_equal(svc_smo_solve(&gram, &problem, &workspace, &solution, &error), 0);
    assert_true(solution.converged);
    perebor_sha256_init(&digest);
    for (size_t row = 0; row < n; row++) {
        perebor_sha256_update_double(&digest, solution.coefficients[row]);
    }
    perebor_sha256_update_double(&digest, solution.bias);
    perebor_sha256_update_u64(&digest, solution.iterations);
    finish_hex(&digest, hex);
    free(solution.coefficients);
}

static void memory_limits_change_no_bit(void **state) {
    (void)state;
    data data = {0};
    const svc_kernel kernels[] = {{.kind = SVC_RBF, .gamma = 0.2},
                                  {.kind = SVC_POLY, .gamma = 0.2, .coef0 = 1.0, .degree = 3},
                                  {.kind = SVC_SIGMOID, .gamma = 0.01, .coef0 = 0.1},
                                  {.kind = SVC_RBF, .gamma = 3.0}}; // nearly all points are free
    char plenty[PEREBOR_SHA256_HEX_SIZE], little[PEREBOR_SHA256_HEX_SIZE];
    data_draw(&data, 6, 400, 5, 1);
    for (size_t i = 0; i < 8; i++) {
        bool together = i >= 4; // all unsettled points at once, as where rows are not very many
        digest_solution(&data, &kernels[i % 4], together, SVC_DEFAULT_BYTES, plenty);
        // Too little for the whole matrix: room for few rows or for many.
        for (size_t bytes = 0; bytes < 600000; bytes += 100000) {
            digest_solution(&data, &kernels[i % 4], together, bytes, little);
            assert_string_equal(plenty, little);
        }
    }
    data_release(&data);
}

/** What a family delivered, member by member. */
typedef struct delivered {
    const data *data;
    double scores[32][64];
    double training_scores[32][256];
    size_t n;
} delivered;

static void deliver(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *delivered = context;
    (void)message;
    assert_int_equal(status, PEREBOR_OK);
    assert_true(report->converged);
    memcpy(delivered->scores[member], validation_scores,
           delivered->data->test.n_rows * sizeof *validation_scores);
    memcpy(delivered->training_scores[member], training_scores,
           delivered->data->training.rows.n_rows * sizeof *training_scores);
    delivered->n++;
}

/** Settings that repeat kernels and mix them. */
static void vary_settings(perebor_value settings[][setting_count], size_t n) {
    static const char *const kernels[] = {"rbf", "poly", "sigmoid", "linear"};
    for (size_t member = 0; member < n; member++) {
        default_settings(settings[member]);
        settings[member][0] = text(kernels[member % 4]);
        settings[member][1] = real((const double[]){0.1, 1.0, 20.0}[member % 3]);
        settings[member][2] = member % 5 < 2 ? real(0.07) : text(member % 5 < 4 ? "scale" : "auto");
        settings[member][3] = integer(2 + (int64_t)(member % 2));
        settings[member][5] = member % 7 == 0 ? text("balanced") : settings[member][5];
    }
}

static void run_family(const data *data, bool share, delivered *delivered) {
    enum { MEMBERS = 24 };
    perebor_value settings[MEMBERS][setting_count];
    const perebor_value *members[MEMBERS];
    perebor_error error;
    vary_settings(settings, MEMBERS);
    for (size_t member = 0; member < MEMBERS; member++) {
        members[member] = settings[member];
    }
    const perebor_family family = {.training = &data->training,
                                   .validation = &data->test,
                                   .score_training = true,
                                   .settings = members,
                                   .n_members = MEMBERS,
                                   .workspace = &workspace};
    memset(delivered, 0, sizeof *delivered);
    delivered->data = data;
    assert_int_equal(
        perebor_learner_score_family(svc(), &family, share, deliver, delivered, &error), 0);
    assert_int_equal(delivered->n, MEMBERS);
}

static void a_family_has_the_bits_of_its_members(void **state) {
    (void)state;
    static delivered shared, alone;
    data data = {0};
    data_draw(&data, 8, 203, 5, 37);
    run_family(&data, true, &shared);
    run_family(&data, false, &alone);
    assert_memory_equal(shared.scores, alone.scores, sizeof shared.scores);
    assert_memory_equal(shared.training_scores, alone.training_scores,
                        sizeof shared.training_scores);
    data_release(&data);
}

/** These bits are the same for every instruction set, compiler and level of optimisation. */
static void scores_have_the_recorded_bits(void **state) {
    (void)state;
    static delivered delivered;
    data data = {0};
    perebor_sha256 digest;
    char hex[PEREBOR_SHA256_HEX_SIZE];
    data_draw(&data, 9, 187, 6, 29);
    run_family(&data, true, &delivered);
    perebor_sha256_init(&digest);
    for (size_t member = 0; member < delivered.n; member++) {
        for (size_t row = 0; row < data.test.n_rows; row++) {
            perebor_sha256_update_double(&digest, delivered.scores[member][row]);
        }
    }
    finish_hex(&digest, hex);
    assert_string_equal(hex, "a94225e71f34bbacb9c46544c539f761bcdaf2ea2c7757713f819025de54f954");
    data_release(&data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_those_of_libsvm_at_a_tight_tolerance),
        cmocka_unit_test(no_hyperplane_nearby_is_better),
        cmocka_unit_test(swapped_labels_turn_decisions_around),
        cmocka_unit_test(memory_limits_change_no_bit),
        cmocka_unit_test(a_family_has_the_bits_of_its_members),
        cmocka_unit_test(scores_have_the_recorded_bits),
        cmocka_unit_test(a_cap_on_iterations_is_reported),
        cmocka_unit_test(few_columns_at_a_large_cost_take_few_moves),
        cmocka_unit_test(kernel_values_that_overflow_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
