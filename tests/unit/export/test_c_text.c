// SPDX-License-Identifier: MIT
/** C source being written: what a compiler reads of literals, comments and tables. */
#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "export/c_text.h"
#include "failing_malloc.h"

/** Ends a text, compares it and releases it. */
static void expect(c_text *text, const char *expected) {
    bytes_put_u8(&text->bytes, 0);
    assert_false(text->bytes.failed);
    assert_string_equal((const char *)text->bytes.data, expected);
    bytes_release(&text->bytes);
}

static void the_name_takes_the_place_of_each_at_sign(void **state) {
    (void)state;
    c_text text = {.name = "m1"};
    c_put_template(&text, "@_x %d @@ @");
    expect(&text, "m1_x %d m1m1 m1");
    c_put_template(&text, "100%");
    expect(&text, "100%");
    c_put(&text, "@_%s[%zu] = %d%%;", "a@b", (size_t)3, -7); // arguments stay as they are
    expect(&text, "m1_a@b[3] = -7%;");
    c_put_template(&text, "");
    expect(&text, "");
}

static void strings_escape_what_compilers_read_otherwise(void **state) {
    (void)state;
    static const struct {
        const char *string, *literal;
    } cases[] = {
        {"", "\"\""},
        {"plain ~!@#%", "\"plain ~!@#%\""},
        {"a\"b\\c", "\"a\\042b\\134c\""},
        {"what\?\?/", "\"what\\077\\077/\""}, // a trigraph for a backslash
        {"\n\t\x7f", "\"\\012\\011\\177\""},
        {"\001"
         "1",
         "\"\\0011\""}, // three digits: the next one is not taken for a fourth
        {"Ж", "\"\\320\\226\""},
        {"\xff", "\"\\377\""},
        {"%s", "\"%s\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        c_text text = {.name = "m"};
        c_put_string(&text, cases[i].string);
        expect(&text, cases[i].literal);
    }
}

/** The bytes that a compiler makes of a literal of plain characters and octal escapes. */
static size_t compile_literal(const char *literal, char *into) {
    size_t n = 0;
    assert_int_equal(*literal++, '"');
    while (*literal != '"') {
        assert_true(*literal >= 0x20 && *literal < 0x7f && *literal != '?');
        if (*literal != '\\') {
            into[n++] = *literal++;
            continue;
        }
        int byte = 0, n_digits = 0;
        for (literal++; *literal >= '0' && *literal <= '7' && n_digits < 3; n_digits++) {
            byte = 8 * byte + (*literal++ - '0');
        }
        assert_int_equal(n_digits, 3);
        into[n++] = (char)byte;
    }
    assert_int_equal(literal[1], '\0');
    into[n] = '\0';
    return n;
}

static void any_string_is_read_back(void **state) {
    (void)state;
    uint64_t random = 4;
    for (size_t trial = 0; trial < 2000; trial++) {
        char string[24], read[24];
        size_t n = draw_bits(&random) % sizeof string;
        for (size_t i = 0; i < n; i++) {
            bool hard = draw_bits(&random) % 3 == 0;
            string[i] = hard ? "\\\"?@%0178\n"[draw_bits(&random) % 10]
                             : (char)(1 + draw_bits(&random) % 255);
        }
        c_text text = {.name = "m"};
        n = n > 0 ? n - 1 : 0;
        string[n] = '\0';
        c_put_string(&text, string);
        bytes_put_u8(&text.bytes, 0);
        assert_int_equal(compile_literal((const char *)text.bytes.data, read), n);
        assert_string_equal(read, string);
        bytes_release(&text.bytes);
    }
}

static void a_name_in_a_comment_neither_ends_it_nor_the_line(void **state) {
    (void)state;
    static const struct {
        const char *name, *quoted;
    } cases[] = {
        {"age", "\"age\""},
        {"*/ int x; /*", "\"__ int x; __\""},
        {"a\\", "\"a_\""},
        {"a\nb\r\x7f", "\"a_b__\""},
        {"what\?\?/", "\"what___\""},
        {"Возраст", "\"Возраст\""},
        {"a\u202e\u2028b\u2066", "\"a__b_\""},
        {"\xff\xe2\x80|\xf0\x9f\x98\x80", "\"__|\xf0\x9f\x98\x80\""},
        {"say \"x\"", "\"say \"x\"\""},
        {"", "\"\""},
        {"@ %s", "\"@ %s\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        c_text text = {.name = "m"};
        c_put_quoted(&text, cases[i].name);
        expect(&text, cases[i].quoted);
    }
}

/** Numbers whose bits are drawn, the last and the least. */
static void a_real_is_read_back_to_its_bits(void **state) {
    (void)state;
    static const double edges[] = {0.0, -0.0, 1.0, 0.1, DBL_MAX, -DBL_MAX, DBL_MIN, 0x1p-1074};
    uint64_t random = 8;
    for (size_t trial = 0; trial < 3000; trial++) {
        double value = 0.0;
        uint64_t bits = draw_bits(&random);
        memcpy(&value, &bits, sizeof value);
        value = trial < 8 ? edges[trial] : value;
        if (!(value - value == 0.0)) {
            continue; // no number
        }
        c_text text = {.name = "m"};
        char *end = NULL;
        c_put_real(&text, value);
        bytes_put_u8(&text.bytes, 0);
        const char *literal = (const char *)text.bytes.data;
        double read = strtod(literal, &end);
        assert_int_equal(*end, '\0');
        assert_memory_equal(&read, &value, sizeof value);
        assert_memory_equal(literal + (literal[0] == '-'), "0x", 2);
        assert_non_null(strchr(literal, 'p')); // without an exponent it would be an integer
        bytes_release(&text.bytes);
    }
}

static void tables_are_as_long_as_they_say(void **state) {
    (void)state;
    const double reals[] = {1.0, -0.5, 0.0, 2.0, 3.0};
    const uint32_t counts[17] = {4294967295u, [16] = 9};
    c_text text = {.name = "m"};
    c_put_reals(&text, "w", reals, 5);
    expect(&text, "static const double m_w[5] = {\n"
                  "    0x1p+0, -0x1p-1, 0x0p+0, 0x1p+1,\n"
                  "    0x1.8p+1,\n"
                  "};\n");
    c_put_counts(&text, "c", counts, 17);
    expect(&text, "static const uint32_t m_c[17] = {\n"
                  "    4294967295, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n"
                  "    9,\n"
                  "};\n");
    c_put_reals(&text, "w", NULL, 0); // C has no array of none
    expect(&text, "static const double m_w[1] = {0.0};\n");
    c_put_counts(&text, "c", NULL, 0);
    expect(&text, "static const uint32_t m_c[1] = {0};\n");
}

static void rows_of_a_matrix_are_rows_less_their_centres(void **state) {
    (void)state;
    const double centres[] = {1.0, 2.0, 0.0, 0.0, -1.0};
    perebor_workspace workspace = {0};
    perebor_matrix matrix;
    c_text text = {.name = "m"};
    assert_int_equal(perebor_matrix_create(&matrix, 2, 5, &workspace, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 10; i++) {
        perebor_matrix_column(&matrix, i % 5)[i / 5] = (double)i;
    }
    c_put_rows(&text, "p", &matrix, centres);
    expect(&text, "static const double m_p[2][5] = {\n"
                  "    {-0x1p+0, -0x1p+0, 0x1p+1, 0x1.8p+1,\n"
                  "     0x1.4p+2},\n"
                  "    {0x1p+2, 0x1p+2, 0x1.cp+2, 0x1p+3,\n"
                  "     0x1.4p+3},\n"
                  "};\n");
    matrix.n_columns = 1;
    c_put_rows(&text, "p", &matrix, NULL);
    expect(&text, "static const double m_p[2][1] = {\n    {0x0p+0},\n    {0x1.4p+2},\n};\n");
    matrix.n_rows = 0;
    c_put_rows(&text, "p", &matrix, NULL);
    expect(&text, "static const double m_p[1][1] = {{0.0}};\n");
    perebor_workspace_release(&workspace);
}

static void any_allocation_that_fails_is_remembered(void **state) {
    (void)state;
    const double reals[200] = {0.1};
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        c_text text = {.name = "m"};
        failing_malloc_arm(n);
        c_put(&text, "@_%s", "begin");
        c_put_string(&text, "text");
        c_put_reals(&text, "w", reals, 200);
        c_put(&text, "@_%s", "end");
        failed = failing_malloc_disarm();
        assert_int_equal(text.bytes.failed, failed);
        assert_true(n < 50 && (failed || n > 6));
        bytes_release(&text.bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_takes_the_place_of_each_at_sign),
        cmocka_unit_test(strings_escape_what_compilers_read_otherwise),
        cmocka_unit_test(any_string_is_read_back),
        cmocka_unit_test(a_name_in_a_comment_neither_ends_it_nor_the_line),
        cmocka_unit_test(a_real_is_read_back_to_its_bits),
        cmocka_unit_test(tables_are_as_long_as_they_say),
        cmocka_unit_test(rows_of_a_matrix_are_rows_less_their_centres),
        cmocka_unit_test(any_allocation_that_fails_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
