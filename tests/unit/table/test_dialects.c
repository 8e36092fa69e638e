// SPDX-License-Identifier: MIT
/** Delimiter, decimal mark, encoding and header are judged by the whole file, and guesses said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

/** Writes a header, then so many rows of one kind and of another, numbered by %zu. */
static void write_rows(const char *header, const char *first, size_t n_first, const char *then,
                       size_t n_then) {
    FILE *file = fopen("flat.csv", "wb");
    assert_non_null(file);
    (void)fputs(header, file);
    for (size_t i = 0; i < n_first + n_then; i++) {
        const char *form = i < n_first ? first : then;
        for (; *form != '\0'; form++) {
            (void)(*form == '#'   ? fprintf(file, "%zu", i)
                   : *form == '?' ? fprintf(file, "%zu", i % 2)
                                  : fputc(*form, file));
        }
    }
    assert_int_equal(fclose(file), 0);
}

static loaded load_flat(const perebor_table_source *like) {
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    if (like != NULL) {
        source.delimiter = like->delimiter;
        source.decimal = like->decimal;
        source.encoding = like->encoding;
        source.columns = like->columns;
        source.skip = like->skip;
        source.comment = like->comment;
    }
    return expect_loaded(&spec);
}

/** The only warning there is. */
static void expect_warning(const loaded *loaded, const char *warning) {
    assert_int_equal(loaded->report.n_warnings, 1);
    assert_string_equal(loaded->report.warnings[0], warning);
}

static void a_late_decimal_comma_counts(void **state) {
    (void)state;
    static const size_t lateness[] = {0, 99, 100, 300, 20000};
    for (size_t i = 0; i < sizeof lateness / sizeof *lateness; i++) {
        write_rows("id;pay;y\n", "#;17;?\n", lateness[i], "#;-13,25;?\n", 40);
        loaded loaded = load_flat(NULL);
        const perebor_column *pay = find_column(loaded.dataset, "pay");
        assert_string_equal(loaded.report.sources[0].decimal, ",");
        assert_int_equal(loaded.report.n_warnings, 0);
        assert_int_equal(pay->role, PEREBOR_ROLE_NUMERIC);
        assert_true(pay->values[lateness[i]] == -13.25);
        loaded_release(&loaded);
    }
}

static void the_beginning_is_outvoted(void **state) {
    (void)state;
    // A hundred commas first, a thousand points after them; then the reverse.
    write_rows("id\tpay\ty\n", "#\t0,5\t?\n", 200, "#\t1.5\t?\n", 1000);
    loaded loaded = load_flat(NULL);
    assert_string_equal(loaded.report.sources[0].decimal, ".");
    assert_int_equal(find_column(loaded.dataset, "pay")->role, PEREBOR_ROLE_NOMINAL);
    expect_warning(&loaded,
                   "flat.csv:2: column \"pay\" is text, not numbers, because \"0,5\" has a "
                   "decimal comma, as 200 of its 1200 values do; say decimal: \",\" of "
                   "the table, or replace the mark by a sql: step");
    loaded_release(&loaded);
    write_rows("id\tpay\ty\n", "#\t0.5\t?\n", 200, "#\t1,5\t?\n", 1000);
    loaded = load_flat(NULL);
    assert_string_equal(loaded.report.sources[0].decimal, ",");
    expect_warning(&loaded,
                   "flat.csv:2: column \"pay\" is text, not numbers, because \"0.5\" has a "
                   "decimal point, as 200 of its 1200 values do; say decimal: \".\" of "
                   "the table, or replace the mark by a sql: step");
    loaded_release(&loaded);
}

static void a_column_declared_nominal_is_not_warned_of(void **state) {
    (void)state;
    write_rows("code,x,y\n", "\"1,5\",1.5,?\n", 9, "\"1,7\",2.5,?\n", 9);
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.report.n_warnings, 1);
    loaded_release(&loaded);
    spec.roles.nominal = TEXTS("code");
    spec.roles.numeric = TEXTS("*");
    spec.roles.detect = false;
    loaded = expect_loaded(&spec);
    assert_int_equal(loaded.report.n_warnings, 0);
    loaded_release(&loaded);
}

static void separators_of_thousands_are_warned_of(void **state) {
    (void)state;
    static const char *const values[] = {"1.234,50", "1 234,5", "-12.345.678",
                                         ("1\xC2\xA0"
                                          "234")};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char row[64];
        char warning[256];
        (void)snprintf(row, sizeof row, "#;%s;?\n", values[i]);
        (void)snprintf(warning, sizeof warning,
                       "flat.csv:302: column \"pay\" is text, not numbers, because \"%s\" has "
                       "separators of thousands, as 40 of its 340 values do; remove them by a sql: "
                       "step (replace())",
                       values[i]);
        write_rows("id;pay;y\n", "#;12,5;?\n", 300, row, 40);
        loaded own_loaded = load_flat(NULL);
        assert_string_equal(own_loaded.report.sources[0].decimal, ",");
        expect_warning(&own_loaded, warning);
        loaded_release(&own_loaded);
    }
    write_rows("id;pay;y\n", "#;12;?\n", 300, "#;1,234;?\n", 40);
    loaded own_loaded = load_flat(NULL);
    assert_true(find_column(own_loaded.dataset, "pay")->values[300] == 1.234);
    expect_warning(&own_loaded,
                   "flat.csv: \"1,234\" is taken for a number with a decimal comma, as all "
                   "40 with a comma are; if they are thousands, say decimal: \".\", and "
                   "remove the commas by a sql: step; else say decimal: \",\"");
    loaded_release(&own_loaded);
    const perebor_table_source comma = {.decimal = ","};
    own_loaded = load_flat(&comma);
    assert_int_equal(own_loaded.report.n_warnings, 0);
    loaded_release(&own_loaded);
}

static void late_text_and_late_quotes_are_read(void **state) {
    (void)state;
    write_rows("id,x,y\n", "#,5,?\n", 20000, "#,\"a, \"\"b\"\"\n\",?\n", 1);
    loaded loaded = load_flat(NULL);
    const perebor_column *x = find_column(loaded.dataset, "x");
    assert_int_equal(x->role, PEREBOR_ROLE_NOMINAL);
    assert_string_equal(x->levels[1], "a, \"b\"\n");
    loaded_release(&loaded);
}

static void every_common_delimiter_is_found(void **state) {
    (void)state;
    static const char delimiters[] = ",;\t|";
    for (const char *delimiter = delimiters; *delimiter != '\0'; delimiter++) {
        char header[] = "id_x_y\r\n";
        char row[] = "#_1.5_?\r\n";
        header[2] = header[4] = row[1] = row[5] = *delimiter;
        write_rows(header, row, 300, row, 0);
        loaded own_loaded = load_flat(NULL);
        assert_int_equal(own_loaded.report.sources[0].delimiter[0], *delimiter);
        assert_int_equal(own_loaded.report.n_warnings, 0);
        loaded_release(&own_loaded);
    }
    write_rows("id, name;y\n", "#, a;?\n", 3, "", 0);
    loaded own_loaded = load_flat(&(perebor_table_source){.delimiter = ";"});
    assert_string_equal(own_loaded.report.sources[0].names, "id, name, y");
    loaded_release(&own_loaded);
    write_rows("id:x:y\n", "#:1.5:?\n", 3, "", 0);
    own_loaded = load_flat(&(perebor_table_source){.delimiter = ":"});
    assert_string_equal(own_loaded.report.sources[0].delimiter, ":");
    loaded_release(&own_loaded);
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    expect_error(&spec, "experiment.yaml:4:11: there is no column \"y\"; the table has one column, "
                        "\"id:x:y\": is the delimiter right?");
    write_rows("id;pay;y\n", "#;1,5;?\n", 3, "", 0);
    source.delimiter = ",";
    expect_error(&spec, "flat.csv:2: 2 fields where the header has 1; if what is above it is no "
                        "header, say skip: 1");
}

static void a_delimiter_that_is_one_of_two_is_warned_of(void **state) {
    (void)state;
    write_rows("a, b;y;x\n", "1,5;?;2\n", 300, "", 0);
    loaded loaded = load_flat(NULL);
    expect_warning(&loaded,
                   "flat.csv: fields are taken to be separated by \";\", though \",\" gives its "
                   "lines one number of fields too; say delimiter: \";\" if that is right");
    loaded_release(&loaded);
}

static void what_stands_above_the_header_is_skipped(void **state) {
    (void)state;
    write_rows("sep=|\nid|y|x\n", "#|?|1,5\n", 9, "", 0);
    loaded loaded = load_flat(NULL);
    assert_string_equal(loaded.report.sources[0].delimiter, "|");
    assert_string_equal(loaded.report.sources[0].decimal, ",");
    assert_int_equal(loaded.report.sources[0].header_line, 2);
    loaded_release(&loaded);
    const char *const text = "# exported, of late\n# \"by\nid;y;x\n1;0;2\n#1;0\n2;1;3\n";
    scratch_write("flat.csv", text);
    loaded = load_flat(&(perebor_table_source){.comment = "#"});
    assert_int_equal(loaded.dataset->n_rows, 2);
    assert_int_equal(loaded.report.sources[0].header_line, 3);
    loaded_release(&loaded);
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "# one\nid;y;x\n1;0;2\n");
    expect_error(&spec, "flat.csv:2: 3 fields where the header has 1; if lines that begin with # "
                        "are comments, say comment: \"#\"");
    scratch_write("flat.csv", "Report\n\nid;y;x\n1;0;2\n2;1;2\n");
    expect_error(&spec, "flat.csv:3: 3 fields where the header has 1; if what is above it is no "
                        "header, say skip: 2");
    source.skip = 2;
    loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_rows, 2);
    loaded_release(&loaded);
}

static void blank_lines_at_the_end_are_no_rows(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\r\n1,0\r\n2,1\r\n\r\n  \t\r\n\x1A");
    loaded loaded = load_flat(NULL);
    assert_int_equal(loaded.dataset->n_rows, 2);
    loaded_release(&loaded);
    scratch_write("flat.csv", "x,y\r1,0\r2,1\r\r");
    loaded = load_flat(NULL);
    assert_int_equal(loaded.dataset->n_rows, 2);
    loaded_release(&loaded);
}

static void declared_encodings_are_read(void **state) {
    (void)state;
    static const struct {
        const char *encoding, *bytes, *text;
    } cases[] = {
        {"latin-1", "caf\xE9 \xE2ge", "café âge"},
        {"ISO-8859-1", "\xA0\xDF", "\xC2\xA0ß"},
        {"windows-1252", "\x80 caf\xE9", "€ café"},
        {"cp1252", "\x93quoted\x94", "“quoted”"},
        {"windows-1251", "\xCE\xEC\xF1\xEA", "Омск"},
        {"koi8-r", "\xEF\xCD\xD3\xCB", "Омск"},
        {"cp866", "\x8E\xAC\xE1\xAA", "Омск"},
        {"windows-1250", "\xA3\xF3\x9F", "Łóź"},
        {"latin-9", "\xA4", "€"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "%s,y\n%s,0\nx,1\n", cases[i].bytes, cases[i].bytes);
        scratch_write("flat.csv", text);
        const char *encoding = perebor_encoding_find(cases[i].encoding);
        assert_non_null(encoding);
        loaded loaded = load_flat(&(perebor_table_source){.encoding = encoding});
        const perebor_column *column = &loaded.dataset->columns[0];
        bool found = false;
        for (size_t level = 0; level < column->n_levels; level++) {
            found |= strcmp(column->levels[level], cases[i].text) == 0;
        }
        assert_true(found);
        assert_string_equal(loaded.report.sources[0].encoding, encoding);
        assert_int_equal(loaded.report.n_warnings, 0);
        loaded_release(&loaded);
    }
    assert_null(perebor_encoding_find("latin-7"));
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    source.encoding = "windows-1252";
    scratch_write("flat.csv", "x,y\n\x81,0\n");
    expect_error(&spec, "flat.csv:2: column 1 is not windows-1252 (it has the byte 0x81); is it "
                        "the encoding?");
}

static void an_encoding_that_is_guessed_is_warned_of(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\nno,0\ncaf\xE9,1\n");
    loaded loaded = load_flat(NULL);
    assert_string_equal(loaded.report.sources[0].encoding, "windows-1251");
    expect_warning(&loaded, "flat.csv:3: not UTF-8, so taken for windows-1251, by which column 1 "
                            "has \"cafй\"; say encoding: windows-1251 if that is right, else which "
                            "it is (latin-1, windows-1252, koi8-r, cp866 …)");
    loaded_release(&loaded);
    scratch_write("flat.csv", "x,y\nno,0\ncafé,1\n");
    loaded = load_flat(&(perebor_table_source){.encoding = "latin-1"});
    expect_warning(&loaded, "flat.csv: every text of it is valid UTF-8, but is read as latin-1, as "
                            "encoding: says");
    loaded_release(&loaded);
}

static void the_header_again_is_no_row(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", "1");
    write_rows("id,age,y\n", "#,30,?\n", 30, "", 0);
    FILE *file = fopen("flat.csv", "ab");
    assert_non_null(file);
    (void)fputs("id,age,y\n31,4,1\n", file);
    assert_int_equal(fclose(file), 0);
    expect_error(&spec, "flat.csv:32: the header again; remove the line");
    // Parts that each began with a byte order mark, and quotes that differ.
    scratch_write("flat.csv", "\xEF\xBB\xBFid,y\n1,0\n\xEF\xBB\xBFid,y\n2,1\n\"id\",\"y\"\n3,1\n");
    expect_error(&spec, "flat.csv:3: the header again, the first of 2 such lines; remove them");
    scratch_write("flat.csv", "2019,2020,y\n1,2,0\n2019,2020,1\n");
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_rows, 2);
    loaded_release(&loaded);
}

static void a_file_without_a_header_is_noticed(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "1", "1");
    scratch_write("flat.csv", "6,148,33.6,1\n1,85,26.6,0\n8,183,23.3,1\n");
    loaded loaded = expect_loaded(&spec);
    expect_warning(&loaded,
                   "flat.csv:1: the names \"6\", \"148\" … look like data; if the file has "
                   "no header, name its 4 columns by columns: [NAME, …]");
    loaded_release(&loaded);
    spec.roles.target = "class";
    expect_error(&spec, "experiment.yaml:4:11: there is no column \"class\"; the header looks like "
                        "data: if the file has none, name its columns by columns: [NAME, …]");
    source.columns = TEXTS("a", "b", "c", "class");
    loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_rows, 3);
    assert_int_equal(loaded.report.n_warnings, 0);
    assert_int_equal(loaded.report.sources[0].header_line, 0);
    assert_true(find_column(loaded.dataset, "c")->values[0] == 33.6);
    loaded_release(&loaded);
    source.columns = TEXTS("a", "class");
    expect_error(&spec, "flat.csv:1: 4 fields where columns: names 2; columns: must name them all");
    source.columns = (perebor_texts){0};
    scratch_write("flat.csv", "A11,6,A34,6\nA11,48,A32,1\nA12,12,A34,2\n");
    expect_error(&spec, "flat.csv: columns 2 and 4 are both named \"6\"; names must differ; the "
                        "header looks like data: if the file has none, name its columns by "
                        "columns: [NAME, …]");
}

/** Numbers for names: counts, as a matrix is saved, and years. */
static void numbers_may_be_names(void **state) {
    (void)state;
    static const char *const headers[] = {"0,1,2,y\n", "2019,2020,2021,y\n", "id,2021,2020,y\n"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        write_rows(headers[i], "1,1,2,?\n", 4, "0,0,3,?\n", 4);
        loaded loaded = load_flat(NULL);
        assert_int_equal(loaded.report.n_warnings, 0);
        loaded_release(&loaded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_decimal_comma_counts),
        cmocka_unit_test(the_beginning_is_outvoted),
        cmocka_unit_test(a_column_declared_nominal_is_not_warned_of),
        cmocka_unit_test(separators_of_thousands_are_warned_of),
        cmocka_unit_test(late_text_and_late_quotes_are_read),
        cmocka_unit_test(every_common_delimiter_is_found),
        cmocka_unit_test(a_delimiter_that_is_one_of_two_is_warned_of),
        cmocka_unit_test(what_stands_above_the_header_is_skipped),
        cmocka_unit_test(blank_lines_at_the_end_are_no_rows),
        cmocka_unit_test(declared_encodings_are_read),
        cmocka_unit_test(an_encoding_that_is_guessed_is_warned_of),
        cmocka_unit_test(the_header_again_is_no_row),
        cmocka_unit_test(a_file_without_a_header_is_noticed),
        cmocka_unit_test(numbers_may_be_names),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
