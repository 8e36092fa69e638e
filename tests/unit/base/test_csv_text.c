// SPDX-License-Identifier: MIT
/** Fields of CSV are read back as they were written, by the rules of RFC 4180. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv_text.h"
#include "draw.h"

/** What is written of a text, which goes into bytes as it goes into a stream. The caller frees it.
 */
static char *written(const char *text) {
    char *bytes = NULL;
    size_t size = 0;
    byte_buffer buffer = {0};
    FILE *stream = open_memstream(&bytes, &size);
    assert_non_null(stream);
    csv_write_text(stream, text);
    assert_int_equal(fclose(stream), 0);
    csv_put_text(&buffer, text);
    assert_int_equal(buffer.size, size);
    assert_memory_equal(size == 0 ? "" : (const char *)buffer.data, bytes, size);
    bytes_release(&buffer);
    return bytes;
}

static void a_text_is_quoted_where_it_must_be(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"id-7", "id-7"},
        {" a ; 'b'\t", " a ; 'b'\t"},
        {"北京 ü", "北京 ü"},
        {"a,b", "\"a,b\""},
        {"\"", "\"\"\"\""},
        {"say \"no\"", "\"say \"\"no\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"\r", "\"\r\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = written(cases[i][0]);
        assert_string_equal(text, cases[i][1]);
        free(text);
    }
}

/** A reader of one field. @return What is behind it. */
static const char *read_field(const char *field, char *text) {
    if (*field != '"') {
        size_t length = strcspn(field, ",\r\n\"");
        memcpy(text, field, length);
        text[length] = '\0';
        return field + length;
    }
    for (field++; *field != '"' || field[1] == '"'; field++) {
        assert_int_not_equal(*field, '\0');
        field += *field == '"';
        *text++ = *field;
    }
    *text = '\0';
    return field + 1;
}

static void any_text_is_read_back_as_it_was(void **state) {
    (void)state;
    static const char letters[] = "ab,\"\"\r\n ;\xd0\xb9";
    uint64_t random = 11;
    char text[12], read[24];
    for (int i = 0; i < 20000; i++) {
        size_t length = draw_bits(&random) % (sizeof text - 1);
        for (size_t k = 0; k < length; k++) {
            text[k] = letters[draw_bits(&random) % (sizeof letters - 1)];
        }
        text[length] = '\0';
        char *field = written(text);
        assert_string_equal(read_field(field, read), "");
        assert_string_equal(read, text);
        free(field);
    }
}

/** What is written of a number, read back. @param[out] text  [40] */
static void write_real(double value, char *text) {
    FILE *stream = fmemopen(text, 40, "w");
    assert_non_null(stream);
    csv_write_real(stream, value);
    assert_int_equal(fclose(stream), 0);
}

static void a_real_is_the_shortest_that_reads_as_the_same(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, ",0.1"}, {1.0 / 3.0, ",0.3333333333333333"}, {-0.25, ",-0.25"}, {NAN, ","}};
    char text[40];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_real(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void every_real_is_read_back_with_all_its_bits(void **state) {
    (void)state;
    uint64_t random = 12;
    char text[40];
    double values[1000] = {0.0, -0.0, 1.0, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, 1e23};
    for (size_t i = 8; i < 1000; i++) {
        uint64_t bits = draw_bits(&random);
        memcpy(&values[i], &bits, sizeof bits);
        values[i] = isfinite(values[i]) ? values[i] : draw_uniform(&random);
    }
    for (size_t i = 0; i < 1000; i++) {
        write_real(values[i], text);
        assert_int_equal(text[0], ',');
        double read = strtod(text + 1, NULL);
        assert_memory_equal(&read, &values[i], sizeof read);
    }
}

/** The first number of digits at which printf's text reads back, and those digits. */
static void every_real_has_the_fewest_digits(void **state) {
    (void)state;
    uint64_t random = 17;
    char digits[64], least[64], text[256];
    for (size_t i = 0; i < 20000; i++) {
        double value =
            i % 4 == 0   ? draw_uniform(&random)
            : i % 4 == 1 ? ldexp(draw_uniform(&random), (int)(draw_bits(&random) % 90) - 60)
            : i % 4 == 2 ? (double)(draw_bits(&random) % 100000) / 1000.0
                         : nextafter(ldexp(1.0, (int)(draw_bits(&random) % 90) - 60), 0.0);
        int n = 1;
        do {
            snprintf(least, sizeof least, "%.*e", n++ - 1, value);
        } while (strtod(least, NULL) != value);
        write_real(value, text);
        snprintf(digits, sizeof digits, "%.*e", n - 2, strtod(text + 1, NULL));
        assert_string_equal(digits, least);
        size_t n_digits = 0, n_zeros = 0;
        for (const char *at = text + 1; *at != '\0' && *at != 'e'; at++) {
            bool leads = n_digits == 0 && *at == '0';
            n_digits += *at != '.' && !leads;
            n_zeros = *at == '0' ? n_zeros + !leads : *at == '.' ? n_zeros : 0;
        }
        assert_true((int)(n_digits - n_zeros) <= n - 1);
    }
}

static void a_number_follows_its_comma(void **state) {
    (void)state;
    char text[CSV_UNSIGNED_SIZE];
    assert_int_equal(csv_format_unsigned(0, text), 2);
    assert_memory_equal(text, ",0", 2);
    assert_int_equal(csv_format_unsigned(1002003, text), 8);
    assert_memory_equal(text, ",1002003", 8);
    assert_int_equal(csv_format_unsigned(UINT64_MAX, text), 21);
    assert_memory_equal(text, ",18446744073709551615", 21);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_quoted_where_it_must_be),
        cmocka_unit_test(any_text_is_read_back_as_it_was),
        cmocka_unit_test(a_real_is_the_shortest_that_reads_as_the_same),
        cmocka_unit_test(every_real_is_read_back_with_all_its_bits),
        cmocka_unit_test(every_real_has_the_fewest_digits),
        cmocka_unit_test(a_number_follows_its_comma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
