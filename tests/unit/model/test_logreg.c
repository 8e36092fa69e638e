// SPDX-License-Identifier: MIT
#include "model/logreg/logreg.h"
#include "perebor/learners.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { setting_count = 5 };

/** Settings in the learner's order. */
typedef struct point {
    const char *penalty;
    double strength, ratio;
    const char *intercept;
    const char *class_weight; /* "none": null */
} point;

static void set_values(perebor_value *values, point point) {
    values[0] = (perebor_value){PEREBOR_VALUE_TEXT, {.text = point.penalty}};
    values[1] = (perebor_value){PEREBOR_VALUE_REAL, {.real = point.strength}};
    values[2] = (perebor_value){PEREBOR_VALUE_REAL, {.real = point.ratio}};
    values[3] = (perebor_value){PEREBOR_VALUE_TEXT, {.text = point.intercept}};
    values[4] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
    if (strcmp(point.class_weight, "none") != 0) {
        values[4] = (perebor_value){PEREBOR_VALUE_TEXT, {.text = point.class_weight}};
    }
}

static const perebor_learner *logreg(void) {
    const perebor_learner *learner = perebor_learner_find("logreg");
    assert_non_null(learner);
    assert_int_equal(learner->n_settings, setting_count);
    return learner;
}

/** A table that a test owns. */
typedef struct table {
    perebor_matrix rows;
    uint8_t *labels;
} table;

static table make_table(size_t n_rows, size_t n_columns) {
    table table;
    perebor_error error;
    assert_int_equal(perebor_matrix_create(&table.rows, n_rows, n_columns, &workspace, &error),
                     PEREBOR_OK);
    table.labels = calloc(n_rows, 1);
    assert_non_null(table.labels);
    return table;
}

static void free_table(table *table) {
    free(table->labels);
}

static perebor_model *fit(const table *table, point point, perebor_fit_report *report) {
    perebor_value values[setting_count];
    set_values(values, point);
    perebor_training training = {.rows = table->rows, .labels = table->labels};
    perebor_model *model = NULL;
    perebor_error error = {0};
    perebor_status status = logreg()->fit(&model, &training, values, &workspace, report, &error);
    if (status != PEREBOR_OK) {
        fail_msg("%s, C %g, %s, %s: %s", point.penalty, point.strength, point.intercept,
                 point.class_weight, error.message);
    }
    return model;
}

/** Kinds of tables on which solvers fail. */
typedef enum kind {
    PLAIN,
    COLLINEAR,
    UNSCALED,
    IMBALANCED,
    FEW_VALUES,
    WIDE,
    N_KINDS,
    NEARLY_COLLINEAR, // of many rows alone
} kind;

static double element(kind kind, const table *table, size_t row, size_t column, uint64_t *state) {
    double value = draw_normal(state);
    const perebor_matrix *rows = &table->rows;
    switch (kind) {
    case COLLINEAR: // a copy, a multiple, a sum, a constant
        if (column == 1 || column == 2) {
            return rows->values[row] * (column == 1 ? 1.0 : -3.0);
        }
        if (column == 5) {
            return rows->values[3 * rows->stride + row] + rows->values[4 * rows->stride + row];
        }
        return column == 6 ? 2.5 : value;
    case NEARLY_COLLINEAR:
        return column == 1 ? rows->values[row] + 1e-4 * value : value;
    case UNSCALED: // money beside shares
        return column % 3 == 0 ? 1e6 * value + 5e6 : column % 3 == 1 ? 1e-5 * value : value;
    case FEW_VALUES:
        return value > 0.5 ? 1.0 : 0.0;
    case PLAIN:
    case IMBALANCED:
    case WIDE:
    case N_KINDS:
        break;
    }
    return value;
}

/** A table of a kind, whose labels lean on the columns but cannot be told apart. */
static table sized_table(kind kind, uint64_t seed, size_t n_rows, size_t n_columns) {
    uint64_t state = seed;
    table table = make_table(n_rows, n_columns);
    for (size_t row = 0; row < n_rows; row++) {
        double odds = kind == IMBALANCED ? -3.5 : 0.3;
        for (size_t column = 0; column < n_columns; column++) {
            double *values = perebor_matrix_column(&table.rows, column);
            values[row] = element(kind, &table, row, column, &state);
            double unit = kind == UNSCALED ? (column % 3 == 0   ? 1e-6
                                              : column % 3 == 1 ? 1e5
                                                                : 1.0)
                                           : 1.0;
            odds += (column % 2 ? -0.5 : 0.7) * unit * values[row] * (column < 6);
        }
        table.labels[row] = odds + 2.0 * draw_normal(&state) > 0.0;
    }
    table.labels[0] = 1;
    table.labels[1] = 0;
    return table;
}

static table random_table(kind kind, uint64_t seed) {
    return sized_table(kind, seed, kind == WIDE ? 41 : 203, kind == WIDE ? 60 : 9);
}

/** What scikit-learn's objective, divided by C, says of a solution. */
typedef struct optimality {
    double violation; /* the largest of the gradient's, relative to the sum of its terms' sizes */
} optimality;

static optimality check_optimality(const table *table, point point, const double *coefficients,
                                   double intercept) {
    size_t n_rows = table->rows.n_rows;
    bool none = strcmp(point.penalty, "none") == 0;
    double ratio = strcmp(point.penalty, "l1") == 0   ? 1.0
                   : strcmp(point.penalty, "l2") == 0 ? 0.0
                                                      : point.ratio;
    double l1 = none ? 0.0 : ratio / point.strength;
    double l2 = none ? 0.0 : (1.0 - ratio) / point.strength;
    double n_positive = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        n_positive += table->labels[row];
    }
    optimality result = {0.0};
    for (size_t column = 0; column <= table->rows.n_columns; column++) {
        bool is_intercept = column == table->rows.n_columns;
        bool is_free = is_intercept && (none || strcmp(point.intercept, "free") == 0);
        double weight = is_intercept ? intercept : coefficients[column];
        double gradient = is_free ? 0.0 : l2 * weight;
        double size = fabs(gradient) + (is_free ? 0.0 : l1);
        for (size_t row = 0; row < n_rows; row++) {
            double sign = table->labels[row] ? 1.0 : -1.0;
            double margin = intercept;
            for (size_t k = 0; k < table->rows.n_columns; k++) {
                margin += coefficients[k] * perebor_matrix_column(&table->rows, k)[row];
            }
            margin *= sign;
            double in_class = table->labels[row] ? n_positive : (double)n_rows - n_positive;
            double row_weight =
                strcmp(point.class_weight, "none") == 0 ? 1.0 : (double)n_rows / (2.0 * in_class);
            double value = is_intercept ? 1.0 : perebor_matrix_column(&table->rows, column)[row];
            double term = -sign * row_weight * value / (1.0 + exp(margin));
            gradient += term;
            size += fabs(term);
        }
        double violation = fabs(gradient);
        if (l1 > 0.0 && !is_free) {
            violation = weight != 0.0 ? fabs(gradient + copysign(l1, weight))
                                      : fmax(0.0, fabs(gradient) - l1);
        }
        result.violation = fmax(result.violation, size > 0.0 ? violation / size : 0.0);
    }
    return result;
}

static void reproduces_the_optima_of_scikit_learn(void **state) {
    (void)state;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/logreg.txt", "r");
    assert_non_null(file);
    size_t n_rows;
    size_t n_columns;
    size_t n_cases;
    assert_int_equal(fscanf(file, "%zu %zu", &n_rows, &n_columns), 2);
    table table = make_table(n_rows, n_columns);
    for (size_t row = 0; row < n_rows; row++) {
        assert_int_equal(fscanf(file, "%hhu", &table.labels[row]), 1);
        for (size_t column = 0; column < n_columns; column++) {
            double *values = perebor_matrix_column(&table.rows, column);
            assert_int_equal(fscanf(file, "%lf", &values[row]), 1);
        }
    }
    assert_int_equal(fscanf(file, "%zu", &n_cases), 1);
    assert_true(n_cases >= 10);
    for (size_t k = 0; k < n_cases; k++) {
        char penalty[16];
        char intercept_kind[16];
        char class_weight[16];
        point point = {penalty, 0.0, 0.0, intercept_kind, class_weight};
        assert_int_equal(fscanf(file, "%15s %lf %lf %15s %15s", penalty, &point.strength,
                                &point.ratio, intercept_kind, class_weight),
                         5);
        perebor_fit_report report;
        perebor_model *model = fit(&table, point, &report);
        assert_true(report.converged);
        double intercept;
        const double *coefficients = perebor_logreg_coefficients(model, NULL, &intercept);
        for (size_t column = 0; column <= n_columns; column++) {
            double expected;
            assert_int_equal(fscanf(file, "%lf", &expected), 1);
            double found = column == 0 ? intercept : coefficients[column - 1];
            if (!(fabs(found - expected) <= 1e-6)) {
                fail_msg("case %zu, weight %zu: %.12g instead of %.12g", k, column, found,
                         expected);
            }
        }
    }
    free_table(&table);
    assert_int_equal(fclose(file), 0);
}

static const char *const penalties[] = {"l1", "l2", "elasticnet", "none"};

static void reaches_the_optimum_on_hard_tables(void **state) {
    (void)state;
    static const double strengths[] = {1e-6, 1e-3, 0.03, 0.8, 20.0, 1e3, 1e6};
    uint64_t choice = 5;
    for (int table_kind = 0; table_kind < N_KINDS; table_kind++) {
        for (size_t k = 0; k < 4 * sizeof strengths / sizeof *strengths; k++) {
            table table = random_table((kind)table_kind, (uint64_t)table_kind * 1000 + k);
            point point = {penalties[k % 4], strengths[k / 4], 0.1 + 0.08 * (double)(k % 11),
                           draw_bits(&choice) % 3 == 0 ? "penalized" : "free",
                           draw_bits(&choice) % 3 == 0 ? "balanced" : "none"};
            if (table_kind == WIDE && k % 4 == 3) { // told apart by so many columns: no optimum
                free_table(&table);
                continue;
            }
            perebor_fit_report report;
            perebor_model *model = fit(&table, point, &report);
            double intercept;
            const double *coefficients = perebor_logreg_coefficients(model, NULL, &intercept);
            optimality at = check_optimality(&table, point, coefficients, intercept);
            if (!report.converged || at.violation > 1e-9) {
                fail_msg("kind %d, %s, C %g, %s, %s: converged %d in %u, violation %g", table_kind,
                         point.penalty, point.strength, point.intercept, point.class_weight,
                         report.converged, (unsigned)report.iterations, at.violation);
            }
            free_table(&table);
        }
    }
}

/** Rows and columns enough for curvatures in single precision; of collinear columns these will not
 * do. */
static void reaches_the_optimum_of_many_rows(void **state) {
    (void)state;
    static const kind kinds[] = {PLAIN, COLLINEAR, NEARLY_COLLINEAR, UNSCALED};
    for (size_t k = 0; k < 4; k++) {
        table table = sized_table(kinds[k], 40 + k, 4101, 25);
        for (size_t i = 0; i < 4; i++) {
            const point point = {penalties[i], i % 2 ? 1e6 : 0.02, 0.5,
                                 k % 2 ? "penalized" : "free", i < 2 ? "balanced" : "none"};
            perebor_fit_report report;
            perebor_model *model = fit(&table, point, &report);
            double intercept;
            const double *coefficients = perebor_logreg_coefficients(model, NULL, &intercept);
            const optimality at = check_optimality(&table, point, coefficients, intercept);
            if (!report.converged || at.violation > 1e-9) {
                fail_msg("kind %d, %s: converged %d in %u, violation %g", (int)kinds[k],
                         point.penalty, report.converged, (unsigned)report.iterations,
                         at.violation);
            }
        }
        free_table(&table);
    }
}

static void scores_of_swapped_labels_are_exactly_minus_the_scores(void **state) {
    (void)state;
    for (size_t k = 0; k < 8; k++) {
        table table = random_table((kind)(k % 3), 77 + k);
        point point = {penalties[k % 4], 0.7, 0.4, k < 4 ? "free" : "penalized",
                       k % 2 ? "balanced" : "none"};
        double scores[2][203];
        for (int swapped = 0; swapped < 2; swapped++) {
            perebor_fit_report report;
            perebor_error error;
            perebor_model *model = fit(&table, point, &report);
            assert_int_equal(
                logreg()->score(model, &table.rows, &workspace, scores[swapped], &error),
                PEREBOR_OK);
            for (size_t row = 0; row < table.rows.n_rows; row++) {
                table.labels[row] = !table.labels[row];
            }
        }
        for (size_t row = 0; row < table.rows.n_rows; row++) {
            assert_true(scores[0][row] == -scores[1][row]);
        }
        free_table(&table);
    }
}

/** What a family delivers, to be compared with fit() and score(). */
typedef struct delivered {
    size_t n_rows, n_training;
    size_t n_calls;
    double validation[8][41];
    double training[8][203];
    uint32_t iterations[8];
} delivered;

static void keep(void *context, size_t member, perebor_status status, const char *message,
                 const double *validation_scores, const double *training_scores,
                 const perebor_fit_report *report) {
    delivered *delivered = context;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    delivered->n_calls++;
    delivered->iterations[member] = report->iterations;
    memcpy(delivered->validation[member], validation_scores, delivered->n_rows * sizeof(double));
    memcpy(delivered->training[member], training_scores, delivered->n_training * sizeof(double));
}

static void a_family_has_the_bits_of_its_members_alone(void **state) {
    (void)state;
    table collinear = random_table(COLLINEAR, 9);
    table other = random_table(PLAIN, 10);
    perebor_matrix validation = other.rows;
    validation.n_rows = 41; // the rows beyond it are only seen by whole vectors
    perebor_training training = {.rows = collinear.rows, .labels = collinear.labels};
    perebor_value values[8][setting_count];
    const perebor_value *settings[8];
    for (size_t k = 0; k < 8; k++) {
        set_values(values[k],
                   (point){penalties[k % 4], k < 4 ? 0.05 : 7.0, 0.5, "free", "balanced"});
        settings[k] = values[k];
        assert_true(logreg()->share_key(values[k]) == logreg()->share_key(values[0]));
    }
    perebor_family family = {.training = &training,
                             .validation = &validation,
                             .score_training = true,
                             .settings = settings,
                             .n_members = 8,
                             .workspace = &workspace};
    delivered together = {.n_rows = 41, .n_training = 203};
    delivered alone = together;
    perebor_error error;
    assert_int_equal(perebor_learner_score_family(logreg(), &family, true, keep, &together, &error),
                     PEREBOR_OK);
    assert_int_equal(perebor_learner_score_family(logreg(), &family, false, keep, &alone, &error),
                     PEREBOR_OK);
    assert_int_equal(together.n_calls, 8);
    assert_memory_equal(&together, &alone, sizeof together);
    free_table(&collinear);
    free_table(&other);
}

static void classes_told_apart_without_a_penalty_are_recorded_as_not_converged(void **state) {
    (void)state;
    table table = make_table(40, 2);
    for (size_t row = 0; row < 40; row++) {
        table.labels[row] = row >= 20;
        table.rows.values[row] = (double)row;
        table.rows.values[table.rows.stride + row] = (double)(row * 7 % 5);
    }
    perebor_fit_report report;
    perebor_error error;
    double scores[40];
    perebor_model *model = fit(&table, (point){"none", 1.0, 0.5, "free", "none"}, &report);
    assert_false(report.converged);
    assert_int_equal(logreg()->score(model, &table.rows, &workspace, scores, &error), PEREBOR_OK);
    for (size_t row = 0; row < 40; row++) {
        assert_true(isfinite(scores[row]));
        assert_true((scores[row] > 0.0) == (row >= 20));
    }
    const point finite[] = {{"l2", 1.0, 0.5, "free", "none"},
                            {"l1", 1.0, 0.5, "penalized", "none"},
                            {"elasticnet", 1.0, 0.5, "free", "none"}};
    for (size_t i = 0; i < sizeof finite / sizeof *finite; i++) {
        point point = finite[i]; // which holds the weights, until it is next to none
        (void)fit(&table, point, &report);
        assert_true(report.converged);
        point.strength = 1e12;
        (void)fit(&table, point, &report);
        assert_false(report.converged);
    }
    free_table(&table);
}

/** The third column is 1 in some rows of the positive class and nowhere else. */
static void an_optimum_out_of_reach_is_recorded_as_not_converged(void **state) {
    (void)state;
    const point unpenalised = {"none", 1.0, 0.5, "free", "none"};
    const point penalised = {"l2", 1.0, 0.5, "free", "none"};
    const point hardly_penalised[] = {{"l2", 1e12, 0.5, "free", "none"},
                                      {"l1", 1e12, 0.5, "free", "none"},
                                      {"elasticnet", 1e12, 0.5, "free", "none"},
                                      {"elasticnet", 1e14, 0.1, "free", "none"},
                                      {"l2", 1e12, 0.5, "penalized", "none"},
                                      {"l1", 1e12, 0.5, "penalized", "none"},
                                      {"elasticnet", 1e12, 0.5, "penalized", "none"}};
    for (int separated = 0; separated < 2; separated++) {
        table table = make_table(200, 3);
        uint64_t random = 8;
        perebor_fit_report report = {0};
        for (size_t row = 0; row < 200; row++) {
            double x = draw_normal(&random);
            table.labels[row] = x + draw_normal(&random) > 0.0;
            perebor_matrix_column(&table.rows, 0)[row] = x;
            perebor_matrix_column(&table.rows, 1)[row] = 2.0 * x; // depends on it, which is well
            perebor_matrix_column(&table.rows, 2)[row] =
                row % 3 == 0 && (table.labels[row] != 0 || !separated);
        }
        (void)fit(&table, unpenalised, &report);
        assert_int_equal(report.converged, !separated);
        for (size_t i = 0; i < sizeof hardly_penalised / sizeof *hardly_penalised; i++) {
            (void)fit(&table, hardly_penalised[i], &report);
            assert_int_equal(report.converged, !separated);
        }
        (void)fit(&table, penalised, &report);
        assert_true(report.converged);
        (void)fit(&table, (point){"l1", 1e4, 0.5, "free", "none"}, &report);
        assert_true(report.converged);
        (void)fit(&table, (point){"elasticnet", 1e4, 0.5, "penalized", "none"}, &report);
        assert_true(report.converged);
        free_table(&table);
    }
}

static void says_why_it_cannot_fit(void **state) {
    (void)state;
    table table = random_table(PLAIN, 3);
    perebor_training training = {.rows = table.rows, .labels = table.labels};
    perebor_value values[setting_count];
    set_values(values, (point){"l2", 1.0, 0.5, "free", "none"});
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    double kept = table.rows.values[5];
    table.rows.values[5] = 1e200;
    assert_int_equal(logreg()->fit(&model, &training, values, &workspace, &report, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_non_null(strstr(error.message, "column 0"));
    table.rows.values[5] = kept;
    memset(table.labels, 1, table.rows.n_rows);
    assert_int_equal(logreg()->fit(&model, &training, values, &workspace, &report, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "one class"));
    assert_null(model);
    free_table(&table);
}

/** FNV-1a over the bits of scores of many fits. */
static void the_bits_of_scores_are_the_same_everywhere(void **state) {
    (void)state;
    const uint64_t expected = 0x28e504f51e602eb8u;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t k = 0; k < 24; k++) {
        table table = random_table((kind)(k % N_KINDS), 300 + k);
        point point = {penalties[k % 3], k < 12 ? 0.4 : 30.0, 0.6, k % 5 ? "free" : "penalized",
                       k % 7 ? "none" : "balanced"};
        perebor_fit_report report;
        perebor_error error;
        double scores[203];
        perebor_model *model = fit(&table, point, &report);
        assert_int_equal(logreg()->score(model, &table.rows, &workspace, scores, &error),
                         PEREBOR_OK);
        for (size_t row = 0; row < table.rows.n_rows; row++) {
            uint64_t bits;
            memcpy(&bits, &scores[row], sizeof bits);
            hash = (hash ^ bits) * 0x100000001b3u;
        }
        free_table(&table);
    }
    if (hash != expected) {
        fail_msg("the hash is 0x%016llx", (unsigned long long)hash);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reproduces_the_optima_of_scikit_learn),
        cmocka_unit_test(reaches_the_optimum_on_hard_tables),
        cmocka_unit_test(reaches_the_optimum_of_many_rows),
        cmocka_unit_test(scores_of_swapped_labels_are_exactly_minus_the_scores),
        cmocka_unit_test(a_family_has_the_bits_of_its_members_alone),
        cmocka_unit_test(classes_told_apart_without_a_penalty_are_recorded_as_not_converged),
        cmocka_unit_test(an_optimum_out_of_reach_is_recorded_as_not_converged),
        cmocka_unit_test(says_why_it_cannot_fit),
        cmocka_unit_test(the_bits_of_scores_are_the_same_everywhere),
    };
    return cmocka_run_group_tests_name("logistic regression", tests, NULL, give_back);
}
