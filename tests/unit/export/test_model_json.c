// SPDX-License-Identifier: MIT
/** The JSON of a fitted pipeline is read back and compared, member by member, with the pipeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/version.h"
#include "export_cases.h"
#include "json_reader.h"
#include "prepare/prepared_column.h"

static const export_case cases[] = {
    {"logreg", "C=0.1 penalty=l1", {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"logreg", NULL, {.scale = PEREBOR_SCALE_MINMAX}, false, PEREBOR_CALIBRATE_BETA},
    {"boost", "n_estimators=3", {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"forest", "n_estimators=3", {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"gnb", NULL, {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"tree", "max_depth=4", {.encode_nominal = PEREBOR_ENCODE_ORDINAL}, false, 0},
    {"tree", "random_state=7", {.select_k = 3}, false, PEREBOR_CALIBRATE_ISOTONIC},
    {"svc", NULL, {.scale = PEREBOR_SCALE_ROBUST}, false, 0},
    {"svc", "kernel=sigmoid gamma=0.01", {.scale = PEREBOR_SCALE_MAXABS}, true, 0},
    {"svc",
     "kernel=poly degree=2 gamma=0.05 coef0=1.5",
     {.scale = PEREBOR_SCALE_STANDARD, .select_k = 4},
     false,
     PEREBOR_CALIBRATE_ISOTONIC},
    {"knn",
     "metric=manhattan weights=distance n_neighbors=7",
     {.encode_nominal = PEREBOR_ENCODE_ONEHOT_FIRST, .impute_nominal = PEREBOR_IMPUTE_CONSTANT},
     false,
     PEREBOR_CALIBRATE_BETA},
    {"knn",
     "p=3.5",
     {.encode_nominal = PEREBOR_ENCODE_ORDINAL,
      .impute_nominal = PEREBOR_IMPUTE_CONSTANT,
      .impute_numeric = PEREBOR_IMPUTE_CONSTANT,
      .fill_value = -1.5},
     false,
     0},
};
enum { n_cases = sizeof cases / sizeof cases[0] };

static void check_origin(const read_value *document, const perebor_fitted_pipeline *pipeline) {
    uint8_t fingerprint[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_fitted_pipeline_fingerprint(pipeline, fingerprint);
    perebor_sha256_hex(fingerprint, hex);
    bool votes = perebor_fitted_pipeline_n_members(pipeline) > 0;
    expect_keys(document,
                votes ? "format,format_version,creator,creator_version,training_fingerprint,"
                        "learner,converged,iterations,score,schema,members"
                      : "format,format_version,creator,creator_version,training_fingerprint,"
                        "learner,converged,iterations,score,schema,preparation,model,"
                        "calibration");
    expect_text(document, "format", "perebor-model");
    expect_text(document, "format_version", votes ? "2.0" : "1.0");
    expect_text(document, "creator", "perebor");
    expect_text(document, "creator_version", perebor_version());
    expect_text(document, "training_fingerprint", hex);
}

static void check_fit(const read_value *document, const perebor_fitted_pipeline *pipeline) {
    static const char *const scores[] = {"log_odds", "share", "margin"};
    const perebor_fit_report *report = perebor_fitted_pipeline_report(pipeline);
    const perebor_learner *learner = perebor_fitted_pipeline_learner(pipeline);
    expect_text(document, "learner", learner->name);
    expect_boolean(document, "converged", report->converged);
    expect_number(document, "iterations", report->iterations);
    expect_text(document, "score", scores[learner->score_kind]);
}

static void check_schema(const read_value *document) {
    const perebor_dataset *dataset = case_dataset();
    const read_value *schema = read_member(document, "schema");
    const read_value *columns = read_member(schema, "columns");
    expect_keys(schema, "id,target,positive,negative,columns");
    expect_text(schema, "id", dataset->id_name);
    expect_text(schema, "target", dataset->target_name);
    expect_text(schema, "positive", dataset->positive_name);
    expect_text(schema, "negative", dataset->negative_name);
    assert_int_equal(columns->n, dataset->n_columns);
    for (size_t i = 0; i < columns->n; i++) {
        const read_value *levels = read_member(&columns->items[i], "levels");
        expect_keys(&columns->items[i], "name,role,levels");
        expect_text(&columns->items[i], "name", dataset->columns[i].name);
        expect_text(&columns->items[i], "role", perebor_role_names[dataset->columns[i].role]);
        assert_int_equal(levels->kind, READ_ARRAY);
        assert_int_equal(levels->n, dataset->columns[i].n_levels);
        for (size_t level = 0; level < levels->n; level++) {
            assert_string_equal(levels->items[level].text, dataset->columns[i].levels[level]);
        }
    }
}

static void check_prepared(const read_value *object, const perebor_preparation *preparation,
                           size_t i) {
    char name[256];
    prepared_column column = prepared_column_at(preparation, i);
    (void)perebor_preparation_column_name(preparation, i, name, sizeof name);
    expect_text(object, "name", name);
    expect_number(object, "source", (double)column.source);
    expect_number(object, "fill", column.fill);
    switch (column.encoding) {
    case PREPARED_NUMBER:
        expect_keys(object, "name,source,encoding,fill,scaling,shift,factor");
        expect_text(object, "encoding", "number");
        expect_text(object, "scaling", prepared_scaling_names[column.scaling]);
        expect_number(object, "shift", column.shift);
        expect_number(object, "factor", column.factor);
        break;
    case PREPARED_LEVEL:
        expect_keys(object, "name,source,encoding,fill,level");
        expect_text(object, "encoding", "level");
        expect_number(object, "level", (double)column.level);
        break;
    case PREPARED_CODE:
        expect_keys(object, "name,source,encoding,fill,codes");
        expect_text(object, "encoding", "code");
        expect_numbers(object, "codes", column.codes,
                       case_dataset()->columns[column.source].n_levels + 1);
        break;
    }
}

/** Rows of the array are rows of the matrix. */
static void check_matrix(const read_value *model, const char *key, const perebor_matrix *matrix) {
    const read_value *rows = read_member(model, key);
    assert_int_equal(rows->n, matrix->n_rows);
    for (size_t row = 0; row < rows->n; row++) {
        assert_int_equal(rows->items[row].n, matrix->n_columns);
        for (size_t column = 0; column < matrix->n_columns; column++) {
            assert_memory_equal(&rows->items[row].items[column].number,
                                &perebor_matrix_column(matrix, column)[row], sizeof(double));
        }
    }
}

static void check_whole(const read_value *model, const char *key, const uint32_t *expected,
                        size_t n) {
    const read_value *member = read_member(model, key);
    assert_int_equal(member->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(member->items[i].number == (double)expected[i]);
    }
}

static void check_trees(const read_value *model, const perebor_trees_form *trees) {
    expect_keys(model,
                "form,grain,single_precision,added,first_node,column,threshold,left,value,cover");
    const read_value *first = read_member(model, "first_node");
    expect_boolean(model, "single_precision", trees->single_precision);
    expect_boolean(model, "added", trees->added);
    assert_int_equal(first->n, trees->n_trees + 1);
    for (size_t i = 0; i < first->n; i++) {
        assert_true(first->items[i].number == (double)trees->first_node[i]);
    }
    check_whole(model, "column", trees->columns, trees->n_nodes);
    check_whole(model, "left", trees->left, trees->n_nodes);
    expect_numbers(model, "threshold", trees->thresholds, trees->n_nodes);
    expect_numbers(model, "value", trees->values, trees->n_nodes);
    expect_numbers(model, "cover", trees->covers, trees->n_nodes);
}

static void check_kernel(const read_value *model, const perebor_model_form *form) {
    static const char *const names[] = {"", "rbf", "poly", "sigmoid"};
    const perebor_kernel_form *kernel = &form->as.kernel;
    bool expanded = form->kind == PEREBOR_FORM_MONOMIALS;
    expect_keys(model, expanded ? "form,grain,kernel,gamma,coef0,degree,bias,weights"
                                : "form,grain,kernel,gamma,coef0,degree,bias,coefficients,support");
    expect_text(model, "kernel", names[kernel->kernel.kind]);
    expect_number(model, "gamma", kernel->kernel.gamma);
    expect_number(model, "coef0", kernel->kernel.coef0);
    expect_number(model, "degree", (double)kernel->kernel.degree);
    expect_number(model, "bias", kernel->bias);
    if (expanded) {
        expect_numbers(model, "weights", kernel->weights, kernel->n_weights);
    } else {
        expect_numbers(model, "coefficients", kernel->coefficients, kernel->support.n_rows);
        check_matrix(model, "support", &kernel->support);
    }
}

static void check_neighbors(const read_value *model, const perebor_neighbors_form *neighbors) {
    static const char *const names[] = {"manhattan", "euclidean", "minkowski"};
    expect_keys(model, "form,grain,k,by_distance,distance,p,labels,points");
    expect_number(model, "k", (double)neighbors->k);
    expect_boolean(model, "by_distance", neighbors->by_distance);
    expect_text(model, "distance", names[neighbors->distance]);
    expect_number(model, "p", neighbors->p);
    const read_value *labels = read_member(model, "labels");
    assert_int_equal(labels->n, CASE_TRAINING);
    for (size_t i = 0; i < labels->n; i++) {
        assert_true(labels->items[i].number == neighbors->labels[i]);
    }
    check_matrix(model, "points", &neighbors->points);
}

static void check_classes(const read_value *model, const char *key, const double *const of_class[2],
                          size_t n_columns) {
    const read_value *classes = read_member(model, key);
    assert_int_equal(classes->n, 2);
    for (size_t c = 0; c < 2; c++) {
        assert_int_equal(classes->items[c].n, n_columns);
        for (size_t column = 0; column < n_columns; column++) {
            assert_true(classes->items[c].items[column].number == of_class[c][column]);
        }
    }
}

static void check_densities(const read_value *model, const perebor_model_form *form) {
    const perebor_densities_form *densities = &form->as.densities;
    expect_keys(model, "form,grain,offset,means,variances");
    expect_number(model, "offset", densities->offset);
    check_classes(model, "means", densities->means, form->n_columns);
    check_classes(model, "variances", densities->variances, form->n_columns);
}

static void check_form(const read_value *model, const perebor_model_form *form) {
    expect_text(model, "form", perebor_form_kind_name(form->kind));
    expect_number(model, "grain", form->grain);
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        expect_keys(model, "form,grain,intercept,weights");
        expect_number(model, "intercept", form->as.linear.intercept);
        expect_numbers(model, "weights", form->as.linear.weights, form->n_columns);
        break;
    case PEREBOR_FORM_TREES:
        check_trees(model, &form->as.trees);
        break;
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        check_kernel(model, form);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        check_neighbors(model, &form->as.neighbors);
        break;
    case PEREBOR_FORM_DENSITIES:
        check_densities(model, form);
        break;
    }
}

static void check_calibration(const read_value *map, const perebor_fitted_pipeline *pipeline) {
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    bool share = perebor_fitted_pipeline_learner(pipeline)->score_kind == PEREBOR_SCORE_SHARE;
    if (calibration == NULL || (share && calibration->kind == PEREBOR_CALIBRATION_SIGMOID)) {
        assert_int_equal(map->kind, READ_NULL);
        return;
    }
    if (calibration->kind == PEREBOR_CALIBRATION_ISOTONIC) {
        expect_keys(map, "kind,knots,values");
        expect_text(map, "kind", "isotonic");
        expect_numbers(map, "knots", calibration->knots, calibration->n_knots);
        expect_numbers(map, "values", calibration->values, calibration->n_knots);
        return;
    }
    bool beta = calibration->kind == PEREBOR_CALIBRATION_BETA;
    expect_keys(map, beta ? "kind,slope,offset,a,b,c,floor" : "kind,slope,offset");
    expect_text(map, "kind", beta ? "beta" : "sigmoid");
    expect_number(map, "slope", calibration->slope);
    expect_number(map, "offset", calibration->offset);
    if (beta) {
        expect_number(map, "a", calibration->a);
        expect_number(map, "b", calibration->b);
        expect_number(map, "c", calibration->c);
        expect_number(map, "floor", calibration->floor);
    }
}

/** @return  The map to probabilities. */
static const read_value *check_steps(const read_value *document,
                                     const perebor_fitted_pipeline *pipeline) {
    const perebor_preparation *preparation = perebor_fitted_pipeline_preparation(pipeline);
    const perebor_model_form *form = perebor_fitted_pipeline_form(pipeline);
    const read_value *prepared = read_member(document, "preparation");
    assert_int_equal(prepared->n, form->n_columns);
    for (size_t column = 0; column < prepared->n; column++) {
        check_prepared(&prepared->items[column], preparation, column);
    }
    check_form(read_member(document, "model"), form);
    const read_value *map = read_member(document, "calibration");
    check_calibration(map, pipeline);
    return map;
}

static void every_member_is_what_the_pipeline_has(void **state) {
    unsigned forms = 0, maps = 0;
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        size_t size = 0;
        perebor_fitted_pipeline *pipeline = case_fit(&cases[i]);
        char *text = case_export(pipeline, PEREBOR_MODEL_JSON, &size);
        assert_int_equal(strlen(text), size);
        read_value document = read_json(text);
        check_origin(&document, pipeline);
        check_fit(&document, pipeline);
        check_schema(&document);
        const read_value *map = check_steps(&document, pipeline);
        forms |= 1u << perebor_fitted_pipeline_form(pipeline)->kind;
        maps |=
            map->kind == READ_NULL ? 1u : 2u << perebor_fitted_pipeline_calibration(pipeline)->kind;
        read_release(&document);
        free(text);
        perebor_fitted_pipeline_free(pipeline);
    }
    assert_int_equal(forms, (2u << PEREBOR_FORM_DENSITIES) - 1); // every form was there,
    assert_int_equal(maps, 15);                                  // and every calibration
}

static void every_member_of_an_ensemble_too(void **state) {
    (void)state;
    uint32_t weights[n_cases];
    export_case of[16];
    const size_t n = n_cases < 16 ? n_cases : 16;
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        of[i] = cases[i];
        weights[i] = (uint32_t)(n - i);
    }
    perebor_fitted_pipeline *pipeline = case_fit_voting(of, weights, n);
    char *text = case_export(pipeline, PEREBOR_MODEL_JSON, &size);
    read_value document = read_json(text);
    check_origin(&document, pipeline);
    check_fit(&document, pipeline);
    expect_text(&document, "learner", "voting");
    expect_text(&document, "score", "share");
    check_schema(&document);
    const read_value *members = read_member(&document, "members");
    assert_int_equal(members->n, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t weight = 0;
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(pipeline, i, &weight);
        expect_keys(&members->items[i],
                    "weight,learner,converged,iterations,score,preparation,model,calibration");
        expect_number(&members->items[i], "weight", (double)(n - i));
        check_fit(&members->items[i], member);
        (void)check_steps(&members->items[i], member);
    }
    read_release(&document);
    free(text);
    perebor_fitted_pipeline_free(pipeline);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_of_an_ensemble_too),
        cmocka_unit_test(every_member_is_what_the_pipeline_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
