// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "table/csv.h"
#include "table_scratch.h"

/** Reads all records as `line:field|field;`, or the error's message. */
static void read_all(const char *bytes, size_t size, size_t chunk, char delimiter, char *result,
                     size_t capacity) {
    csv_reader reader;
    perebor_error error;
    size_t used = 0;
    result[0] = '\0';
    perebor_status status = csv_open_memory(&reader, "x.csv", NULL, bytes, size, chunk, &error);
    if (status == PEREBOR_OK) {
        csv_set_delimiter(&reader, delimiter);
    }
    bool more = status == PEREBOR_OK;
    while (more) {
        status = csv_read(&reader, &more, &error);
        if (status != PEREBOR_OK) {
            break;
        }
        for (size_t i = 0; more && i < reader.n_fields; i++) {
            if (i == 0) {
                used += (size_t)snprintf(result + used, capacity - used, "%d:", (int)reader.line);
            }
            used += (size_t)snprintf(result + used, capacity - used, "%.*s%s",
                                     (int)reader.fields[i].length, reader.fields[i].text,
                                     i + 1 < reader.n_fields ? "|" : ";");
        }
    }
    if (status != PEREBOR_OK) {
        (void)snprintf(result, capacity, "%s", error.message);
    }
    csv_close(&reader);
}

/** The result must not depend on where the buffer ends. */
static void check(const char *text, const char *expected) {
    static const size_t chunks[] = {1, 2, 3, 4, 5, 7, 8, 16, 1 << 16};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        char result[1024];
        read_all(text, strlen(text), chunks[i], ',', result, sizeof result);
        assert_string_equal(result, expected);
    }
}

static void records_end_with_any_line_end(void **state) {
    (void)state;
    check("a,b\n1,2\n", "1:a|b;2:1|2;");
    check("a,b\r\n1,2\r\n", "1:a|b;2:1|2;");
    check("a,b\r1,2\r", "1:a|b;2:1|2;");
    check("a,b\n1,2", "1:a|b;2:1|2;");
    check("a\r\n\r\nb\n\n\nc", "1:a;3:b;6:c;");
    check("", "");
    check("\n\r\n\n", "");
}

static void empty_fields_are_fields(void **state) {
    (void)state;
    check(",\n,,\na,", "1:|;2:||;3:a|;");
    check("a\n\"\"\nb", "1:a;2:;3:b;");
}

static void quotes_hold_delimiters_line_ends_and_quotes(void **state) {
    (void)state;
    check("\"a,b\",c\n", "1:a,b|c;");
    check("\"a\nb\",c\nd,e\n", "1:a\nb|c;3:d|e;");
    check("\"a\r\nb\"\r\nc\r\n", "1:a\r\nb;3:c;");
    check("\"say \"\"hi\"\"\",\"\"\"\"\n", "1:say \"hi\"|\";");
    check("a\"b,c\"\n", "1:a\"b|c\";");
    check("\"x\"", "1:x;");
}

static void a_mark_at_the_beginning_is_no_text(void **state) {
    (void)state;
    check("\xEF\xBB\xBFid,x\n", "1:id|x;");
    check("\xEF\xBB\xBF", "");
}

static void what_is_broken_is_named_with_its_line(void **state) {
    (void)state;
    check("a\nb,\"c\nd\n", "x.csv:2: a quote is opened and never closed");
    check("a\n\"b\"c\n",
          "x.csv:2: there is text after a closing quote; double a quote inside quotes");
    check("\xFF\xFEi\xD8i\xD8", "x.csv: byte 0: there is no such character in utf-16le; is it the "
                                "encoding?");
    char result[256];
    read_all("a\nb\0c\n", 6, 2, ',', result, sizeof result);
    assert_string_equal(result, "x.csv:2: there is a zero byte; is this a text file?");
}

static void other_delimiters_separate(void **state) {
    (void)state;
    char result[256];
    read_all("a;b,c\td\n", 8, 3, ';', result, sizeof result);
    assert_string_equal(result, "1:a|b,c\td;");
    read_all("a;b,c\td\n", 8, 3, '\t', result, sizeof result);
    assert_string_equal(result, "1:a;b,c|d;");
}

static void a_file_is_read_as_memory_is(void **state) {
    (void)state;
    csv_reader reader;
    perebor_error error;
    uint8_t digest[PEREBOR_SHA256_SIZE];
    uint8_t expected[PEREBOR_SHA256_SIZE];
    enum { N_RECORDS = 300000 };
    FILE *file = fopen("long.csv", "wb");
    assert_non_null(file);
    for (int i = 0; i < N_RECORDS; i++) {
        (void)fprintf(file, "%d,\"x\n%d\"\n", i, i);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(csv_open_file(&reader, "long.csv", NULL, &error), PEREBOR_OK);
    bool more = true;
    size_t n = 0;
    while (csv_read(&reader, &more, &error) == PEREBOR_OK && more) {
        char text[32];
        (void)snprintf(text, sizeof text, "x\n%zu", n);
        assert_int_equal(reader.line, 2 * n + 1);
        assert_int_equal(reader.fields[1].length, strlen(text));
        assert_memory_equal(reader.fields[1].text, text, strlen(text));
        n++;
    }
    assert_int_equal(n, N_RECORDS);
    assert_true(reader.capacity < 4u << 20);
    csv_digest(&reader, digest);
    csv_close(&reader);
    static char bytes[16 << 20];
    file = fopen("long.csv", "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    perebor_sha256_of(bytes, size, expected);
    assert_memory_equal(digest, expected, sizeof digest);
}

static void a_file_that_is_not_there_is_an_error(void **state) {
    (void)state;
    csv_reader reader;
    perebor_error error;
    assert_int_equal(csv_open_file(&reader, "nowhere.csv", NULL, &error), PEREBOR_ERR_IO);
    assert_string_equal(error.message, "cannot open nowhere.csv: No such file or directory");
    assert_int_equal(csv_open_file(&reader, ".", NULL, &error), PEREBOR_ERR_IO);
    assert_string_equal(
        error.message, ".: this is a folder; a table must be a regular file, so write it into one");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_end_with_any_line_end),
        cmocka_unit_test(empty_fields_are_fields),
        cmocka_unit_test(quotes_hold_delimiters_line_ends_and_quotes),
        cmocka_unit_test(a_mark_at_the_beginning_is_no_text),
        cmocka_unit_test(what_is_broken_is_named_with_its_line),
        cmocka_unit_test(other_delimiters_separate),
        cmocka_unit_test(a_file_is_read_as_memory_is),
        cmocka_unit_test(a_file_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
