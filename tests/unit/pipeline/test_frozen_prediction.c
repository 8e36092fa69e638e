// SPDX-License-Identifier: MIT
/** What a pipeline predicts of tables loaded into its schema is what it predicted of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/learners.h"
#include "table_scratch.h"
#include "table_specs.h"

enum { n_rows = 120, n_new = 7 };

static const char *const sizes[] = {"S", "M", "L"};
static const perebor_ordinal_column size_column = {.name = "size", .levels = {sizes, 3}};
static const perebor_boolean_column ok_column = {.name = "ok"};

static perebor_table_source source;
static perebor_tables_spec spec;
static loaded training;
static uint32_t all_rows[n_rows];
static char table_text[n_rows * 64];

/** A line of the table; every column has gaps. */
static void put_line(char *line, size_t size, size_t row, uint64_t *random) {
    static const char *const towns[] = {"Omsk", "Kazan", "Perm", ""};
    static const char *const oks[] = {"yes", "no", ""};
    bool positive = draw_bits(random) % 3 == 0;
    char age[16] = "";
    if (row % 11 != 3) {
        (void)snprintf(age, sizeof age, "%u.%u", (unsigned)(draw_bits(random) % 30 + 9 * positive),
                       (unsigned)(draw_bits(random) % 10));
    }
    (void)snprintf(line, size, "r%zu,%s,%u,%s,%s,%s,%d\n", row, age,
                   (unsigned)(draw_bits(random) % 50), row % 13 == 5 ? "" : sizes[row % 3],
                   oks[draw_bits(random) % 3], towns[draw_bits(random) % 4], positive);
}

static int set_up(void **state) {
    uint64_t random = 11;
    size_t used = (size_t)snprintf(table_text, sizeof table_text, "id,age,visits,size,ok,town,y\n");
    for (size_t row = 0; row < n_rows; row++) {
        put_line(table_text + used, sizeof table_text - used, row, &random);
        used += strlen(table_text + used);
        all_rows[row] = (uint32_t)row;
    }
    if (scratch_open(state) != 0) {
        return 1;
    }
    scratch_write("flat.csv", table_text);
    spec = flat_spec(&source, "y", NULL);
    spec.roles.id = "id";
    spec.roles.ordinal = &size_column;
    spec.roles.n_ordinal = 1;
    spec.roles.boolean = &ok_column;
    spec.roles.n_boolean = 1;
    training = expect_loaded(&spec);
    return 0;
}

static int clean_up(void **state) {
    loaded_release(&training);
    return scratch_close(state);
}

enum { n_encoders = 3 };

/** Every learner with its defaults, by every encoder; select leaves columns out. */
static perebor_candidate candidate_at(size_t i) {
    static const int32_t encoders[n_encoders] = {PEREBOR_ENCODE_ONEHOT, PEREBOR_ENCODE_ONEHOT_FIRST,
                                                 PEREBOR_ENCODE_ORDINAL};
    size_t n_learners;
    perebor_candidate candidate = {.learner = perebor_learners(&n_learners)[i / n_encoders]};
    candidate.preparation.impute_numeric = PEREBOR_IMPUTE_MEDIAN;
    candidate.preparation.impute_nominal =
        i % 2 == 0 ? PEREBOR_IMPUTE_MOST_FREQUENT : PEREBOR_IMPUTE_CONSTANT;
    candidate.preparation.encode_nominal = encoders[i % n_encoders];
    candidate.preparation.scale = PEREBOR_SCALE_STANDARD;
    candidate.preparation.select_k = i % 5 == 4 ? 4 : 0;
    for (size_t k = 0; k < candidate.learner->n_settings; k++) {
        candidate.settings[k] = candidate.learner->settings[k].default_value;
    }
    return candidate;
}

static size_t n_candidates(void) {
    size_t n_learners;
    (void)perebor_learners(&n_learners);
    return n_encoders * n_learners;
}

/** The pipeline that was saved, as another program has it. */
static perebor_fitted_pipeline *fit_and_save(size_t i, double *expected) {
    perebor_candidate candidate = candidate_at(i);
    perebor_fitted_pipeline *pipeline = NULL, *saved = NULL;
    perebor_workspace workspace = {0};
    perebor_error error = {0};
    if (perebor_fitted_pipeline_fit_calibrated(&pipeline, &candidate, training.dataset, all_rows,
                                               n_rows, &error) != PEREBOR_OK ||
        perebor_fitted_pipeline_save(pipeline, "model.h5", true, &error) != PEREBOR_OK ||
        perebor_fitted_pipeline_load(&saved, "model.h5", &error) != PEREBOR_OK ||
        perebor_fitted_pipeline_predict(pipeline, training.dataset, all_rows, n_rows, &workspace,
                                        expected, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_workspace_release(&workspace);
    perebor_fitted_pipeline_free(pipeline);
    return saved;
}

/** Loads flat.csv for a pipeline and predicts all its rows. @return  How many. */
static size_t predict_table(const perebor_fitted_pipeline *pipeline, double *probabilities) {
    perebor_workspace workspace = {0};
    perebor_error error = {0};
    loaded frozen = {0};
    if (perebor_tables_load_frozen(&frozen.dataset, &frozen.report, &spec,
                                   perebor_fitted_pipeline_schema(pipeline),
                                   &error) != PEREBOR_OK ||
        perebor_fitted_pipeline_predict(pipeline, frozen.dataset, all_rows, frozen.dataset->n_rows,
                                        &workspace, probabilities, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    size_t n = frozen.dataset->n_rows;
    loaded_release(&frozen);
    perebor_workspace_release(&workspace);
    return n;
}

static void a_saved_pipeline_predicts_the_same_of_the_training_table(void **state) {
    (void)state;
    scratch_write("flat.csv", table_text);
    for (size_t i = 0; i < n_candidates(); i++) {
        double expected[n_rows], probabilities[n_rows];
        perebor_fitted_pipeline *pipeline = fit_and_save(i, expected);
        assert_int_equal(predict_table(pipeline, probabilities), n_rows);
        assert_memory_equal(probabilities, expected, sizeof expected);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static const char *const new_lines[n_new] = {
    "Omsk,a,12.5,S,yes", "Tomsk,b,30.1,L,no", "Ufa,c,,XL,maybe", ",d,7,M,",
    "Perm,e,1e6,,1",     "Kazan,f,-3,S,no",   "Tomsk,g,22,L,yes"};

static void predictions_of_a_row_do_not_depend_on_the_other_rows(void **state) {
    (void)state;
    static const char header[] = "town,id,age,size,ok\n"; // no target, no visits
    char text[512];
    for (size_t i = 0; i < n_candidates(); i++) {
        double expected[n_rows], together[n_new], alone;
        perebor_fitted_pipeline *pipeline = fit_and_save(i, expected);
        (void)strcpy(text, header);
        for (size_t row = 0; row < n_new; row++) {
            (void)strcat(strcat(text, new_lines[row]), "\n");
        }
        scratch_write("flat.csv", text);
        assert_int_equal(predict_table(pipeline, together), n_new);
        for (size_t row = 0; row < n_new; row++) {
            (void)snprintf(text, sizeof text, "%s%s\n", header, new_lines[row]);
            scratch_write("flat.csv", text);
            assert_int_equal(predict_table(pipeline, &alone), 1);
            assert_memory_equal(&alone, &together[row], sizeof alone);
            assert_true(alone >= 0.0 && alone <= 1.0);
        }
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void a_column_that_is_not_there_is_one_that_is_empty(void **state) {
    (void)state;
    for (size_t i = 0; i < n_candidates(); i++) {
        double expected[n_rows], without[2], empty[2];
        perebor_fitted_pipeline *pipeline = fit_and_save(i, expected);
        scratch_write("flat.csv", "id,age,ok\na,12,yes\nb,30,no\n");
        assert_int_equal(predict_table(pipeline, without), 2);
        scratch_write("flat.csv", "id,age,ok,town,visits,size\na,12,yes,,,\nb,30,no,,,\n");
        assert_int_equal(predict_table(pipeline, empty), 2);
        assert_memory_equal(without, empty, sizeof empty);
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void one_unknown_level_is_as_good_as_another(void **state) {
    (void)state;
    for (size_t i = 0; i < n_candidates(); i++) {
        double expected[n_rows], probabilities[3];
        perebor_fitted_pipeline *pipeline = fit_and_save(i, expected);
        scratch_write("flat.csv", "id,age,visits,size,ok,town\na,12,5,S,yes,Tomsk\n"
                                  "b,12,5,S,yes,Ufa\nc,12,5,S,yes,Aachen\n");
        assert_int_equal(predict_table(pipeline, probabilities), 3);
        assert_true(probabilities[0] == probabilities[1]);
        assert_true(probabilities[1] == probabilities[2]);
        perebor_fitted_pipeline_free(pipeline);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_pipeline_predicts_the_same_of_the_training_table),
        cmocka_unit_test(predictions_of_a_row_do_not_depend_on_the_other_rows),
        cmocka_unit_test(a_column_that_is_not_there_is_one_that_is_empty),
        cmocka_unit_test(one_unknown_level_is_as_good_as_another),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
