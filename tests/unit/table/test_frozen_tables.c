// SPDX-License-Identifier: MIT
/** Tables for prediction become what the tables before fitting were; what differs is told. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

static const char people[] = "id,age,size,ok,town,y\n"
                             "a,31,S,yes,Omsk,yes\n"
                             "b,,L,no,Kazan,no\n"
                             "c,44.5,,yes,,no\n"
                             "d,20,M,,Omsk,yes\n";

static const char *const sizes[] = {"S", "M", "L"};
static const perebor_ordinal_column size_column = {.name = "size", .levels = {sizes, 3}};
static const perebor_boolean_column ok_column = {.name = "ok"};

/** One table of every role. */
static perebor_tables_spec people_spec(perebor_table_source *source) {
    perebor_tables_spec spec = flat_spec(source, "y", "yes");
    spec.roles.id = "id";
    spec.roles.ordinal = &size_column;
    spec.roles.n_ordinal = 1;
    spec.roles.boolean = &ok_column;
    spec.roles.n_boolean = 1;
    return spec;
}

/** The columns of a table, as a pipeline that was fitted on it has them. */
static perebor_dataset *schema_of(const perebor_tables_spec *spec) {
    loaded training = expect_loaded(spec);
    perebor_dataset *schema = NULL;
    assert_int_equal(perebor_dataset_schema(&schema, training.dataset, NULL), PEREBOR_OK);
    loaded_release(&training);
    return schema;
}

static perebor_dataset *people_schema(void) {
    perebor_table_source source;
    scratch_write("flat.csv", people);
    perebor_tables_spec spec = people_spec(&source);
    return schema_of(&spec);
}

static loaded expect_frozen(const perebor_tables_spec *spec, const perebor_dataset *schema) {
    loaded loaded = {0};
    perebor_error error = {0};
    if (perebor_tables_load_frozen(&loaded.dataset, &loaded.report, spec, schema, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_non_null(loaded.report.frozen);
    return loaded;
}

static void expect_refused(const perebor_tables_spec *spec, const perebor_dataset *schema,
                           perebor_status status, const char *message) {
    loaded loaded = {0};
    perebor_error error = {0};
    assert_int_equal(
        perebor_tables_load_frozen(&loaded.dataset, &loaded.report, spec, schema, &error), status);
    assert_string_equal(error.message, message);
    assert_int_equal(error.status, status);
    assert_null(loaded.dataset);
    assert_null(loaded.report.block);
}

static void assert_same_bytes(const perebor_dataset *a, const perebor_dataset *b) {
    void *images[2] = {NULL, NULL};
    size_t sizes[2];
    assert_int_equal(perebor_dataset_pack(a, &images[0], &sizes[0], NULL), PEREBOR_OK);
    assert_int_equal(perebor_dataset_pack(b, &images[1], &sizes[1], NULL), PEREBOR_OK);
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(images[0], images[1], sizes[0]);
    free(images[0]);
    free(images[1]);
}

static void assert_nothing_differs(const perebor_frozen_report *report, size_t n_rows) {
    assert_int_equal(report->n_unknown, 0);
    assert_int_equal(report->n_missing, 0);
    assert_int_equal(report->n_ignored, 0);
    assert_true(report->has_target);
    assert_int_equal(report->n_labelled, n_rows);
    assert_int_equal(report->n_target_gaps, 0);
    assert_int_equal(report->target.n_rows, 0);
}

static void the_training_table_becomes_the_same_dataset(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    loaded training = expect_loaded(&spec);
    loaded frozen = expect_frozen(&spec, schema);
    assert_null(training.report.frozen);
    assert_same_bytes(frozen.dataset, training.dataset);
    assert_nothing_differs(frozen.report.frozen, 4);
    loaded_release(&frozen);
    loaded_release(&training);
    perebor_dataset_free(schema);
}

static void every_declared_step_is_taken_again(void **state) {
    (void)state;
    scratch_write("people.csv", "имя;size;ok;town;x;y\n3;S;1;Омск;1,5;0\n1;L;0; Томск;2,5;1\n"
                                "2;S;1;Омск;;0\n9;S;1;Омск;4;0\n");
    scratch_write("visits.csv", "имя,month,minutes\n1,мар,13\n1,фев,12\n2,фев,22\n3,мар,33\n"
                                "2,мар,23\n3,фев,\n9,мар,99\n");
    scratch_write("profit.csv", "имя,profit,note\n1,0.98,a\n3,4.5,b\n");
    const perebor_table_source sources[] = {
        {.name = "people", .path = "people.csv", .key = "имя"},
        {.name = "visits", .path = "visits.csv", .key = "имя"},
        {.name = "profit", .path = "profit.csv", .key = "имя"},
    };
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_NORMALIZE, .trim = true, .case_fold = "lower"},
        {.kind = PEREBOR_STEP_REPLACE,
         .table = "people",
         .columns = TEXTS("town"),
         .from = TEXTS("томск"),
         .to = TEXTS("Tomsk")},
        {.kind = PEREBOR_STEP_SQL, .sql = "UPDATE visits SET minutes = minutes + 0.5"},
    };
    const perebor_pivot_step pivot = {
        .table = "visits", .columns = "month", .values = "minutes", .prefix = "min_"};
    const perebor_filter_step filter = {
        .columns = TEXTS("min_мар"), .comparison = PEREBOR_LESS, .values = TEXTS("50")};
    const perebor_ordinal_column ordinal = {.name = "size", .levels = TEXTS("s", "l")};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 3,
        .clean = clean,
        .n_clean = 3,
        .pivot = &pivot,
        .n_pivot = 1,
        .join = {.base = "people", .on = "имя", .tables = TEXTS("visits")},
        .filter = &filter,
        .n_filter = 1,
        .roles = {.id = "имя",
                  .target = "y",
                  .numeric = TEXTS("*"),
                  .nominal = TEXTS("town"),
                  .ordinal = &ordinal,
                  .n_ordinal = 1,
                  .boolean = &ok_column,
                  .n_boolean = 1,
                  .passthrough = TEXTS("profit", "note")},
    };
    perebor_dataset *schema = schema_of(&spec);
    loaded training = expect_loaded(&spec);
    loaded frozen = expect_frozen(&spec, schema);
    assert_int_equal(frozen.dataset->n_rows, 3);
    assert_int_equal(frozen.dataset->n_passthrough, 2);
    assert_same_bytes(frozen.dataset, training.dataset);
    assert_nothing_differs(frozen.report.frozen, 3);
    assert_int_equal(frozen.report.n_steps, training.report.n_steps);
    loaded_release(&frozen);
    loaded_release(&training);
    perebor_dataset_free(schema);
}

static void a_table_without_a_target_has_no_labels(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    scratch_write("flat.csv", "id,age,size,ok,town\nz,31,S,yes,Omsk\n");
    for (size_t named = 0; named < 2; named++) {
        spec.roles.target = named ? "y" : NULL;
        loaded frozen = expect_frozen(&spec, schema);
        assert_int_equal(frozen.dataset->n_rows, 1);
        assert_null(frozen.dataset->labels);
        assert_string_equal(frozen.dataset->target_name, "y");
        assert_string_equal(frozen.dataset->positive_name, "yes");
        assert_string_equal(frozen.dataset->ids[0], "z");
        assert_false(frozen.report.frozen->has_target);
        assert_null(frozen.report.frozen->labels);
        assert_int_equal(frozen.report.frozen->n_missing, 0);
        loaded_release(&frozen);
    }
    spec.roles.target = "ok";
    expect_refused(&spec, schema, PEREBOR_ERR_CONFLICT,
                   "experiment.yaml:4:11: the target is \"ok\", but the pipeline was fitted to "
                   "predict \"y\"");
    perebor_dataset_free(schema);
}

static void rows_of_which_some_have_a_class_are_told_apart(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    scratch_write("flat.csv",
                  "id,age,size,ok,town,y\n1,3,S,yes,Omsk,no\n2,3,S,yes,Omsk,\n"
                  "3,3,S,yes,Omsk,perhaps\n4,3,S,yes,Omsk,yes\n5,3,S,yes,Omsk,perhaps\n");
    loaded frozen = expect_frozen(&spec, schema);
    const perebor_frozen_report *report = frozen.report.frozen;
    static const int8_t expected[] = {0, -1, -1, 1, -1};
    assert_null(frozen.dataset->labels);
    assert_true(report->has_target);
    assert_memory_equal(report->labels, expected, sizeof expected);
    assert_int_equal(report->n_labelled, 2);
    assert_int_equal(report->n_target_gaps, 1);
    assert_int_equal(report->target.n_rows, 2);
    assert_int_equal(report->target.n_values, 1);
    assert_string_equal(report->target.examples[0], "perhaps");
    loaded_release(&frozen);
    // One class alone cannot be learned, but scored against.
    scratch_write("flat.csv", "id,age,size,ok,town,y\n1,3,S,yes,Omsk,no\n");
    frozen = expect_frozen(&spec, schema);
    assert_int_equal(frozen.dataset->labels[0], 0);
    loaded_release(&frozen);
    perebor_dataset_free(schema);
}

static void everything_is_the_rest_of_several_classes(void **state) {
    (void)state;
    perebor_table_source source;
    scratch_write("flat.csv", "x,y\n1,a\n2,b\n3,c\n");
    perebor_tables_spec spec = flat_spec(&source, "y", "b");
    perebor_dataset *schema = schema_of(&spec);
    scratch_write("flat.csv", "x,y\n1,b\n2,other\n");
    loaded frozen = expect_frozen(&spec, schema);
    assert_memory_equal(frozen.dataset->labels, "\1\0", 2);
    loaded_release(&frozen);
    perebor_dataset_free(schema);
}

static void unknown_levels_are_counted_and_named(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    scratch_write("flat.csv", "id,age,size,ok,town\n1,3,S,yes,Perm\n2,3,XL,1,Omsk\n3,3,,maybe,A\n"
                              "4,3,L,no,Perm\n5,3,L,no,B\n6,3,L,no,C\n7,3,L,no,D\n8,3,L,no,E\n"
                              "9,3,L,no,\n");
    loaded frozen = expect_frozen(&spec, schema);
    const perebor_frozen_report *report = frozen.report.frozen;
    static const char *const columns[] = {"size", "ok", "town"};
    static const uint64_t n_rows[] = {1, 1, 7};
    assert_int_equal(report->n_unknown, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(report->unknown[i].column, columns[i]);
        assert_int_equal(report->unknown[i].n_rows, n_rows[i]);
    }
    assert_string_equal(report->unknown[0].examples[0], "XL");
    assert_string_equal(report->unknown[1].examples[0], "maybe");
    assert_int_equal(report->unknown[2].n_values, 6);
    assert_int_equal(report->unknown[2].n_examples, PEREBOR_UNKNOWN_EXAMPLES);
    assert_string_equal(report->unknown[2].examples[0], "Perm");
    assert_string_equal(report->unknown[2].examples[4], "D");
    const perebor_column *size = find_column(frozen.dataset, "size");
    const perebor_column *ok = find_column(frozen.dataset, "ok");
    const perebor_column *town = find_column(frozen.dataset, "town");
    assert_true(size->values[0] == 0.0 && isnan(size->values[1]) && isnan(size->values[2]));
    assert_true(ok->values[0] == 1.0 && ok->values[1] == 1.0 && isnan(ok->values[2]));
    assert_int_equal(town->n_levels, 2);
    assert_true(town->values[0] == 3.0 && town->values[1] == 1.0 && isnan(town->values[8]));
    loaded_release(&frozen);
    perebor_dataset_free(schema);
}

static void columns_are_found_by_name_wherever_they_stand(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    loaded training = expect_loaded(&spec);
    scratch_write("flat.csv", "note,town,y,size,more,id,age,ok\n"
                              "n,Omsk,yes,S,1,a,31,yes\nn,Kazan,no,L,2,b,,no\n"
                              "n,,no,,3,c,44.5,yes\nn,Omsk,yes,M,4,d,20,\n");
    loaded frozen = expect_frozen(&spec, schema);
    assert_same_bytes(frozen.dataset, training.dataset);
    assert_int_equal(frozen.report.frozen->n_ignored, 2);
    assert_string_equal(frozen.report.frozen->ignored[0], "note");
    assert_string_equal(frozen.report.frozen->ignored[1], "more");
    loaded_release(&frozen);
    spec.roles.drop = TEXTS("no*");
    frozen = expect_frozen(&spec, schema);
    assert_int_equal(frozen.report.frozen->n_ignored, 1);
    loaded_release(&frozen);
    loaded_release(&training);
    perebor_dataset_free(schema);
}

static void columns_that_are_not_there_are_all_missing(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_REPLACE,
         .columns = TEXTS("town", "size"),
         .from = TEXTS("s"),
         .to = TEXTS("S"),
         .at = {9, 5, NULL}},
        {.kind = PEREBOR_STEP_NORMALIZE,
         .columns = TEXTS("tow*"),
         .trim = true,
         .at = {10, 5, NULL}},
    };
    spec.clean = clean;
    spec.n_clean = 2;
    scratch_write("flat.csv", "size,ok\ns,yes\nL,no\n");
    loaded frozen = expect_frozen(&spec, schema);
    const perebor_frozen_report *report = frozen.report.frozen;
    assert_int_equal(frozen.dataset->n_columns, 4);
    assert_int_equal(report->n_missing, 2);
    assert_string_equal(report->missing[0], "age");
    assert_string_equal(report->missing[1], "town");
    for (size_t row = 0; row < 2; row++) {
        assert_true(isnan(find_column(frozen.dataset, "age")->values[row]));
        assert_true(isnan(find_column(frozen.dataset, "town")->values[row]));
    }
    assert_true(find_column(frozen.dataset, "size")->values[0] == 0.0);
    assert_int_equal(find_column(frozen.dataset, "town")->n_levels, 2);
    assert_int_equal(report->n_unknown, 0);
    assert_string_equal(frozen.dataset->id_name, "");
    assert_string_equal(frozen.dataset->ids[1], "1");
    assert_int_equal(frozen.report.n_warnings, 3);
    assert_string_equal(frozen.report.warnings[0],
                        "experiment.yaml:9:5: there is no column \"town\" to predict from; the "
                        "step goes without it");
    assert_string_equal(frozen.report.warnings[1],
                        "experiment.yaml:10:5: no column matches \"tow*\"; the step goes without");
    assert_string_equal(frozen.report.warnings[2],
                        "experiment.yaml:5:7: there is no column \"id\" to predict from; rows are "
                        "known by their number");
    loaded_release(&frozen);
    spec.n_clean = 0;
    scratch_write("flat.csv", "id,x\n1,2\n");
    expect_refused(
        &spec, schema, PEREBOR_ERR_FORMAT,
        "experiment.yaml:5:7: none of the columns that the pipeline was fitted on (4) is "
        "there; the first is \"age\"; it has \"id\", \"x\"");
    perebor_dataset_free(schema);
}

static void text_among_numbers_is_an_error(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    scratch_write("flat.csv", "id,age,size,ok,town\n1,3,S,yes,Omsk\n2,young,S,yes,Omsk\n");
    expect_refused(&spec, schema, PEREBOR_ERR_FORMAT,
                   "flat.csv:3: column \"age\": \"young\" is not a number, but the pipeline was "
                   "fitted on numbers here; replace the value");
    // Numbers where levels were are levels, known or not.
    scratch_write("flat.csv", "id,age,size,ok,town\n1,3,S,yes,7\n");
    loaded frozen = expect_frozen(&spec, schema);
    assert_true(find_column(frozen.dataset, "town")->values[0] == 3.0);
    loaded_release(&frozen);
    perebor_dataset_free(schema);
}

static void numeric_levels_are_the_same_with_either_decimal_mark(void **state) {
    (void)state;
    perebor_table_source source;
    scratch_write("flat.csv", "code;x;y\n1,5;1;0\n2;2;1\nbig;3;0\n");
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.nominal = TEXTS("code");
    perebor_dataset *schema = schema_of(&spec);
    scratch_write("flat.csv", "code,x\n1.5,1\nbig,3\n2,2\n");
    loaded frozen = expect_frozen(&spec, schema);
    const double *codes = find_column(frozen.dataset, "code")->values;
    assert_int_equal(frozen.report.frozen->n_unknown, 0);
    assert_true(codes[0] == 0.0 && codes[1] == 2.0 && codes[2] == 1.0);
    loaded_release(&frozen);
    perebor_dataset_free(schema);
}

static void a_boolean_value_keeps_its_meaning(void **state) {
    (void)state;
    perebor_table_source source;
    const perebor_boolean_column fitted = {
        .name = "ok", .true_values = TEXTS("да", "ага"), .false_values = TEXTS("нет")};
    const perebor_boolean_column swapped = {
        .name = "ok", .true_values = TEXTS("нет"), .false_values = TEXTS("да"), .at = {8, 9, NULL}};
    scratch_write("flat.csv", "ok,y\nда,0\nнет,1\nага,1\n");
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.boolean = &fitted;
    spec.roles.n_boolean = 1;
    perebor_dataset *schema = schema_of(&spec);
    loaded frozen = expect_frozen(&spec, schema);
    assert_true(frozen.dataset->columns[0].values[2] == 1.0);
    loaded_release(&frozen);
    spec.roles.boolean = &swapped;
    expect_refused(&spec, schema, PEREBOR_ERR_CONFLICT,
                   "experiment.yaml:8:9: column \"ok\": \"да\" stands for false, but did for true "
                   "when the pipeline was fitted");
    spec.roles.n_boolean = 0; // the schema's two values alone are known
    frozen = expect_frozen(&spec, schema);
    assert_true(frozen.dataset->columns[0].values[0] == 1.0);
    assert_int_equal(frozen.report.frozen->unknown[0].n_rows, 1);
    loaded_release(&frozen);
    perebor_dataset_free(schema);
}

static void filters_drop_rows_but_not_by_the_target(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    perebor_filter_step filters[] = {
        {.columns = TEXTS("y"), .comparison = PEREBOR_IS_NOT_MISSING, .at = {11, 5, NULL}},
        {.columns = TEXTS("age", "y"), .comparison = PEREBOR_IS_NOT_MISSING},
        {.columns = TEXTS("age"), .comparison = PEREBOR_LESS, .values = TEXTS("40")},
    };
    spec.filter = filters;
    spec.n_filter = 3;
    static const char *const tables[] = {
        "id,age,town\na,31,Omsk\nb,,Omsk\nc,20,Omsk\nd,77,Omsk\n",
        "id,age,town,y\na,31,Omsk,\nb,,Omsk,\nc,20,Omsk,\nd,77,Omsk,\n",
    };
    for (size_t i = 0; i < 2; i++) {
        scratch_write("flat.csv", tables[i]);
        loaded frozen = expect_frozen(&spec, schema);
        assert_int_equal(frozen.dataset->n_rows, 2);
        assert_string_equal(frozen.dataset->ids[1], "c");
        assert_int_equal(frozen.dataset->source_rows[1], 2);
        assert_int_equal(frozen.report.n_steps, 3);
        assert_string_equal(frozen.report.steps[0].detail,
                            "y is not a gap: not applied, y is what is predicted");
        loaded_release(&frozen);
    }
    scratch_write("flat.csv", "id,town\na,Omsk\n");
    filters[0].columns = TEXTS("age");
    expect_refused(&spec, schema, PEREBOR_ERR_FORMAT,
                   "experiment.yaml:11:5: there is no column \"age\" to predict from, by which the "
                   "filter drops rows: add it to the table");
    perebor_dataset_free(schema);
}

static void sql_that_names_what_is_not_there_fails(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL,
                                      .sql = "UPDATE flat SET age = 1 WHERE y = 'yes'",
                                      .at = {9, 5, NULL}};
    spec.clean = &clean;
    spec.n_clean = 1;
    scratch_write("flat.csv", "id,age,town\na,31,Omsk\n");
    expect_refused(&spec, schema, PEREBOR_ERR_FORMAT,
                   "experiment.yaml:9:5: sql: no such column: y; tables to predict from need every "
                   "table and column that the statement names");
    perebor_dataset_free(schema);
}

static void a_table_of_targets_may_be_left_out(void **state) {
    (void)state;
    scratch_write("flat.csv", "id,x\na,1\nb,2\nc,3\n");
    scratch_write("answers.csv", "id,y\na,0\nb,1\nc,1\n");
    const perebor_table_source sources[] = {
        {.name = "flat", .path = "flat.csv", .key = "id"},
        {.name = "answers", .path = "answers.csv", .key = "id"},
    };
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_NORMALIZE, .table = "answers", .trim = true, .at = {7, 5, NULL}};
    perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 2,
        .clean = &clean,
        .n_clean = 1,
        .join = {.base = "flat", .on = "id", .tables = TEXTS("answers"), .at = {8, 5, NULL}},
        .roles = {.id = "id", .target = "y", .detect = true},
    };
    perebor_dataset *schema = schema_of(&spec);
    spec.n_sources = 1;
    loaded frozen = expect_frozen(&spec, schema);
    assert_int_equal(frozen.dataset->n_rows, 3);
    assert_null(frozen.dataset->labels);
    assert_int_equal(frozen.report.n_warnings, 2);
    assert_string_equal(frozen.report.warnings[0],
                        "experiment.yaml:7:5: there is no table \"answers\" to predict from; the "
                        "step goes without it");
    assert_string_equal(frozen.report.warnings[1],
                        "experiment.yaml:8:5: there is no table \"answers\" to predict from; the "
                        "join goes without it");
    loaded_release(&frozen);
    expect_error(&spec, "experiment.yaml:7:5: there is no table \"answers\"; the tables are "
                        "\"flat\"");
    perebor_dataset_free(schema);
}

static void the_values_of_a_row_do_not_depend_on_others(void **state) {
    (void)state;
    enum { n_lines = 6 };
    static const char *const lines[n_lines] = {"a,31,S,yes,Omsk", "b,,L,no,Perm",  "c,4.5,,1,",
                                               "d,20,XL,,Kazan",  "e,1e3,M,off,A", "f,7,M,no,Perm"};
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    char text[512] = "id,age,size,ok,town\n";
    for (size_t i = 0; i < n_lines; i++) {
        (void)strcat(strcat(text, lines[i]), "\n");
    }
    scratch_write("flat.csv", text);
    loaded all = expect_frozen(&spec, schema);
    for (size_t i = 0; i < n_lines; i++) {
        (void)snprintf(text, sizeof text, "id,age,size,ok,town\n%s\n", lines[i]);
        scratch_write("flat.csv", text);
        loaded one = expect_frozen(&spec, schema);
        for (size_t j = 0; j < schema->n_columns; j++) {
            assert_memory_equal(one.dataset->columns[j].values, &all.dataset->columns[j].values[i],
                                sizeof(double));
        }
        loaded_release(&one);
    }
    loaded_release(&all);
    perebor_dataset_free(schema);
}

static void a_schema_that_cannot_be_is_refused(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_dataset *schema = people_schema();
    perebor_tables_spec spec = people_spec(&source);
    const char *const twice = "experiment.yaml:5:7: the pipeline was fitted on the column \"%s\", "
                              "which cannot be a key, an id, a group, the target or another "
                              "feature too";
    static const char *const names[] = {"age", "id", "y"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        perebor_column columns[4];
        char message[256];
        perebor_dataset strange = *schema;
        memcpy(columns, schema->columns, sizeof columns);
        columns[3].name = names[i];
        strange.columns = columns;
        (void)snprintf(message, sizeof message, twice, names[i]);
        expect_refused(&spec, &strange, PEREBOR_ERR_FORMAT, message);
    }
    perebor_dataset_free(schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_training_table_becomes_the_same_dataset),
        cmocka_unit_test(every_declared_step_is_taken_again),
        cmocka_unit_test(a_table_without_a_target_has_no_labels),
        cmocka_unit_test(rows_of_which_some_have_a_class_are_told_apart),
        cmocka_unit_test(everything_is_the_rest_of_several_classes),
        cmocka_unit_test(unknown_levels_are_counted_and_named),
        cmocka_unit_test(columns_are_found_by_name_wherever_they_stand),
        cmocka_unit_test(columns_that_are_not_there_are_all_missing),
        cmocka_unit_test(text_among_numbers_is_an_error),
        cmocka_unit_test(numeric_levels_are_the_same_with_either_decimal_mark),
        cmocka_unit_test(a_boolean_value_keeps_its_meaning),
        cmocka_unit_test(filters_drop_rows_but_not_by_the_target),
        cmocka_unit_test(sql_that_names_what_is_not_there_fails),
        cmocka_unit_test(a_table_of_targets_may_be_left_out),
        cmocka_unit_test(the_values_of_a_row_do_not_depend_on_others),
        cmocka_unit_test(a_schema_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
