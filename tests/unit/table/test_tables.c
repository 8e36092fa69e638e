// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

static void a_flat_table_needs_no_step(void **state) {
    (void)state;
    scratch_write("flat.csv", "age,city,churned\n31,Omsk,yes\n,Kazan,no\n44.5,Omsk,no\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "churned", "yes");
    loaded loaded = expect_loaded(&spec);
    const perebor_dataset *dataset = loaded.dataset;
    assert_int_equal(dataset->n_rows, 3);
    assert_int_equal(dataset->n_columns, 2);
    assert_string_equal(dataset->columns[0].name, "age");
    assert_true(dataset->columns[0].values[0] == 31.0);
    assert_true(isnan(dataset->columns[0].values[1]));
    assert_true(dataset->columns[0].values[2] == 44.5);
    assert_int_equal(dataset->columns[1].role, PEREBOR_ROLE_NOMINAL);
    assert_int_equal(dataset->columns[1].n_levels, 2);
    assert_string_equal(dataset->columns[1].levels[0], "Kazan");
    assert_true(dataset->columns[1].values[0] == 1.0);
    assert_int_equal(dataset->labels[0], 1);
    assert_int_equal(dataset->labels[1], 0);
    assert_string_equal(dataset->negative_name, "no");
    assert_string_equal(dataset->ids[2], "2");
    assert_string_equal(dataset->id_name, "");
    loaded_release(&loaded);
}

static void the_dialect_is_found_out(void **state) {
    (void)state;
    static const struct {
        const char *text, *delimiter, *decimal, *encoding;
    } cases[] = {
        {"город;x;y\nОмск;1,5;1\nОмск;2;0\n", ";", ",", "utf-8"},
        {"город\tx\ty\nОмск\t1.5\t1\nОмск\t2\t0\n", "\t", ".", "utf-8"},
        {"город,x,y\r\n\"Омск; Томск\",1.5,1\r\nОмск,2,0\r\n", ",", ".", "utf-8"},
        {"\xEF\xBB\xBFгород,x,y\nОмск,1.5,1\nОмск,2,0\n", ",", ".", "utf-8"},
        {"\xE3\xEE\xF0\xEE\xE4;x;y\n\xCE\xEC\xF1\xEA;1,5;1\n\xCE\xEC\xF1\xEA;2;0\n", ";", ",",
         "windows-1251"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        scratch_write("flat.csv", cases[i].text);
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        loaded loaded = expect_loaded(&spec);
        const perebor_source_report *report = &loaded.report.sources[0];
        assert_string_equal(report->delimiter, cases[i].delimiter);
        assert_string_equal(report->decimal, cases[i].decimal);
        assert_string_equal(report->encoding, cases[i].encoding);
        assert_int_equal(report->n_rows, 2);
        assert_int_equal(report->n_columns, 3);
        assert_int_equal(report->n_bytes, strlen(cases[i].text));
        assert_true(find_column(loaded.dataset, "x")->values[0] == 1.5);
        assert_string_equal(find_column(loaded.dataset, "город")->levels[0], "Омск");
        loaded_release(&loaded);
    }
}

static void a_declared_dialect_is_obeyed(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n\"1,5\",1\n\"2,25\",0\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    source.decimal = ",";
    loaded loaded = expect_loaded(&spec);
    assert_true(find_column(loaded.dataset, "x")->values[1] == 2.25);
    loaded_release(&loaded);
    source.decimal = ".";
    loaded = expect_loaded(&spec);
    assert_int_equal(find_column(loaded.dataset, "x")->role, PEREBOR_ROLE_NOMINAL);
    loaded_release(&loaded);
    source.encoding = "utf-8";
    scratch_write("flat.csv", "x,y\n1,1\n\xCE\xEC,0\n");
    expect_error(&spec, "flat.csv:3: column 1 is not valid UTF-8 (byte 0xCE); if the file is "
                        "in another encoding, say which, such as encoding: windows-1251");
}

static void a_damaged_utf8_file_is_not_taken_for_windows_1251(void **state) {
    (void)state;
    scratch_write("flat.csv", "город,y\nОмск,1\nТом\xD1,0\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    expect_error(&spec, "flat.csv:3: column 1 is not valid UTF-8 (byte 0xD1); if the file is "
                        "in another encoding, say which, such as encoding: windows-1251");
}

static void roles_are_given_by_name_then_pattern_then_star(void **state) {
    (void)state;
    scratch_write("flat.csv", "id,a1,a2,size,ok,b,y,note\n"
                              "x1,1,10,S,да,u,0,n\n"
                              "x2,2,20,L,нет,v,1,n\n"
                              "x3,3,30,,,u,1,n\n");
    const perebor_ordinal_column ordinal = {.name = "size", .levels = TEXTS("S", "M", "L")};
    const perebor_boolean_column boolean = {
        .name = "ok", .true_values = TEXTS("да"), .false_values = TEXTS("нет")};
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.detect = false;
    spec.roles.id = "id";
    spec.roles.numeric = TEXTS("a2", "*");
    spec.roles.nominal = TEXTS("b");
    spec.roles.ordinal = &ordinal;
    spec.roles.n_ordinal = 1;
    spec.roles.boolean = &boolean;
    spec.roles.n_boolean = 1;
    spec.roles.drop = TEXTS("not*");
    loaded loaded = expect_loaded(&spec);
    const perebor_dataset *dataset = loaded.dataset;
    static const char *const expected[] = {"a2", "a1", "size", "ok", "b"};
    assert_int_equal(dataset->n_columns, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(dataset->columns[i].name, expected[i]);
    }
    assert_true(dataset->columns[2].values[1] == 2.0);
    assert_true(isnan(dataset->columns[2].values[2]));
    assert_int_equal(dataset->columns[2].n_levels, 3);
    assert_true(dataset->columns[3].values[0] == 1.0);
    assert_true(dataset->columns[3].values[1] == 0.0);
    assert_string_equal(dataset->columns[3].levels[0], "нет");
    assert_string_equal(dataset->ids[1], "x2");
    assert_string_equal(dataset->id_name, "id");
    loaded_release(&loaded);
}

static void more_than_two_classes_are_one_against_the_rest(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n1,a\n2,b\n3,c\n4,a\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", "b");
    loaded loaded = expect_loaded(&spec);
    assert_string_equal(loaded.dataset->positive_name, "b");
    assert_string_equal(loaded.dataset->negative_name, "rest");
    assert_memory_equal(loaded.dataset->labels, "\0\1\0\0", 4);
    loaded_release(&loaded);
}

static void rows_of_a_group_share_its_number(void **state) {
    (void)state;
    scratch_write("flat.csv", "who,x,y\nann,1,0\nbob,2,1\nann,3,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.group = "who";
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->groups[0], 0);
    assert_int_equal(loaded.dataset->groups[1], 1);
    assert_int_equal(loaded.dataset->groups[2], 0);
    assert_int_equal(loaded.dataset->n_columns, 1);
    loaded_release(&loaded);
}

static void a_source_that_is_no_table_is_an_error(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "flat.csv: the file is empty; its first line must name the columns"},
        {"x,y\n", "flat.csv: there is a header and no row below it"},
        {"x,y\n1,0\n2\n", "flat.csv:3: 1 fields where the header has 2; a field that holds the "
                          "delimiter must be in quotes"},
        {"x,y\n\"1\n2\",0\n1,2,3\n", "flat.csv:4: 3 fields where the header has 2; a field that "
                                     "holds the delimiter must be in quotes"},
        {"x,y, x\n1,0,2\n", "flat.csv: columns 1 and 3 are both named \"x\"; names must differ"},
        {",x,y\n0,1,0\n", "flat.csv: column 1 of 3 has no name in the header; name it or remove it "
                          "(a row index saved with the table has no name)"},
        {"x,y\n\xCE\x98\xEC,0\n", "flat.csv:2: column 1 is neither UTF-8 nor windows-1251 (it has "
                                  "the byte 0x98); save the file as UTF-8, or say its encoding:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        scratch_write("flat.csv", cases[i].text);
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        expect_error(&spec, cases[i].message);
    }
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    source.path = "nowhere.csv";
    expect_error(&spec, "experiment.yaml:2:3: table \"flat\": there is no file nowhere.csv");
    source.path = "flat.csv";
    source.key = "z";
    scratch_write("flat.csv", "x,y\n1,0\n2,1\n");
    expect_error(&spec,
                 "experiment.yaml:2:3: table \"flat\" has no column \"z\"; it has \"x\", \"y\"");
}

static void a_target_that_cannot_be_learned_is_an_error(void **state) {
    (void)state;
    static const struct {
        const char *text, *positive, *message;
    } cases[] = {
        {"x,y\n1,a\n2,a\n", "a",
         "experiment.yaml:4:11: the target \"y\" is \"a\" in all rows (2); there is nothing to "
         "tell "
         "apart"},
        {"x,y\n1,a\n2,b\n", "c",
         "experiment.yaml:4:11: positive: \"c\" does not occur in the target \"y\", whose values "
         "are \"a\", \"b\""},
        {"x,y\n1,a\n2,b\n", NULL,
         "experiment.yaml:4:11: the target \"y\" has the values \"a\", \"b\"; say which is "
         "positive, such as target: {column: y, positive: \"a\"}"},
        {"x,y\n1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n", NULL,
         "experiment.yaml:4:11: the target \"y\" has the values \"1\", \"2\", \"3\", \"4\", \"5\" "
         "and 2 more; say which is positive, such as target: {column: y, positive: \"1\"}"},
        {"x,y\n1,1\n2,\n3,0\n", NULL,
         "flat.csv:3: column \"y\": \"\" is a gap in the target; drop such rows by a filter "
         "(is_not_gap)"},
        {"age,yy\n1,1\n2,0\n", NULL,
         "experiment.yaml:4:11: there is no column \"y\" (did you mean \"yy\"?)"},
        {"y\n1\n0\n", NULL,
         "experiment.yaml:5:7: no column is left to learn from but id, target and what is dropped"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        scratch_write("flat.csv", cases[i].text);
        perebor_tables_spec spec = flat_spec(&source, "y", cases[i].positive);
        expect_error(&spec, cases[i].message);
    }
}

static void a_value_that_is_not_what_its_role_says_is_named(void **state) {
    (void)state;
    scratch_write("flat.csv", "pages,size,ok,y\n\"1\",S,да,0\n\n\"abc\",XL,может быть,1\n");
    const perebor_ordinal_column ordinal = {
        .name = "size", .levels = TEXTS("S", "X"), .at = {9, 1, NULL}};
    const perebor_boolean_column boolean = {.name = "ok",
                                            .true_values = TEXTS("да"),
                                            .false_values = TEXTS("нет"),
                                            .at = {10, 1, NULL}};
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.numeric = TEXTS("pages");
    expect_error(&spec, "flat.csv:4: column \"pages\": \"abc\" is not a number; name the column "
                        "under nominal, or replace the value");
    spec.roles.numeric = (perebor_texts){0};
    spec.roles.ordinal = &ordinal;
    spec.roles.n_ordinal = 1;
    expect_error(&spec, "flat.csv:4: column \"size\": \"XL\" is not one of the 2 values listed for "
                        "it (did you mean \"X\"?); add it, or replace it in clean");
    spec.roles.n_ordinal = 0;
    spec.roles.boolean = &boolean;
    spec.roles.n_boolean = 1;
    expect_error(&spec, "flat.csv:4: column \"ok\": \"может быть\" is not one of the 2 values "
                        "listed for it; add it, or replace it in clean");
}

static void roles_that_contradict_are_an_error(void **state) {
    (void)state;
    scratch_write("flat.csv", "id,age,city,y\n1,2,a,0\n2,3,b,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.numeric = TEXTS("agee");
    expect_error(&spec, "experiment.yaml:5:7: there is no column \"agee\" (did you mean \"age\"?)");
    spec.roles.numeric = TEXTS("age");
    spec.roles.drop = TEXTS("age");
    expect_error(&spec,
                 "experiment.yaml:5:7: column \"age\" is named twice: as drop and as numeric");
    spec.roles.drop = TEXTS("z*");
    expect_error(&spec, "experiment.yaml:5:7: no column matches \"z*\" of drop");
    spec.roles.drop = (perebor_texts){0};
    spec.roles.numeric = TEXTS("a*");
    spec.roles.nominal = TEXTS("*ge");
    expect_error(&spec,
                 "experiment.yaml:5:7: column \"age\" matches patterns of nominal and of numeric");
    spec.roles.nominal = (perebor_texts){0};
    spec.roles.detect = false;
    expect_error(&spec, "experiment.yaml:5:7: column \"id\" of table \"flat\" has no role; name it "
                        "under numeric, ordinal, boolean, nominal or drop");
    source.key = "id";
    spec.roles.numeric = TEXTS("id", "age");
    expect_error(&spec,
                 "experiment.yaml:5:7: column \"id\" is the key of the tables; an identifier "
                 "is never a feature");
}

static void an_id_names_one_row(void **state) {
    (void)state;
    scratch_write("flat.csv", "id,x,y\n7,1,0\n8,2,1\n7,3,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.id = "id";
    expect_error(&spec,
                 "flat.csv:4: column \"id\": \"7\" occurs twice (first at flat.csv:2); an id "
                 "names one row, use group: for more");
    source.key = "id";
    expect_error(&spec, "flat.csv:4: key id \"7\" of table \"flat\" occurs twice (first at "
                        "flat.csv:2); pivot the table or remove one of the rows");
    source.key = NULL;
    spec.roles.group = "id";
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->groups[2], 0);
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flat_table_needs_no_step),
        cmocka_unit_test(the_dialect_is_found_out),
        cmocka_unit_test(a_declared_dialect_is_obeyed),
        cmocka_unit_test(a_damaged_utf8_file_is_not_taken_for_windows_1251),
        cmocka_unit_test(roles_are_given_by_name_then_pattern_then_star),
        cmocka_unit_test(more_than_two_classes_are_one_against_the_rest),
        cmocka_unit_test(rows_of_a_group_share_its_number),
        cmocka_unit_test(a_source_that_is_no_table_is_an_error),
        cmocka_unit_test(a_target_that_cannot_be_learned_is_an_error),
        cmocka_unit_test(a_value_that_is_not_what_its_role_says_is_named),
        cmocka_unit_test(roles_that_contradict_are_an_error),
        cmocka_unit_test(an_id_names_one_row),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
