// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "draw.h"

static void check_normal(const char *text, perebor_text_rule rule, const char *expected) {
    char *result = NULL;
    size_t length = 0;
    perebor_error error;
    assert_int_equal(perebor_text_normalize(&result, &length, text, strlen(text), rule, &error),
                     PEREBOR_OK);
    assert_string_equal(result, expected);
    assert_int_equal(length, strlen(expected));
    free(result);
}

static void letters_and_their_marks_become_one_character(void **state) {
    (void)state;
    const perebor_text_rule nfc = {.form = PEREBOR_TEXT_NFC};
    check_normal("и\xCC\x86", nfc, "й"); // и and a combining breve
    check_normal("\xEF\xBC\x91", nfc, "\xEF\xBC\x91");
    check_normal("\xEF\xBC\x91", (perebor_text_rule){.form = PEREBOR_TEXT_NFKC}, "1");
    check_normal("й\xC2\xAD", (perebor_text_rule){0}, "й\xC2\xAD");
}

static void white_space_is_trimmed_at_both_ends_only(void **state) {
    (void)state;
    const perebor_text_rule trim = {.trim = true};
    check_normal(" \t\xC2\xA0 да и нет\xC2\xA0\xE2\x80\xAF\r\n", trim, "да и нет");
    check_normal("\xEF\xBB\xBFid", trim, "id");
    check_normal("\xC2\xA0", trim, "");
    check_normal("", trim, "");
    check_normal(" x ", (perebor_text_rule){0}, " x ");
}

static void letter_case_follows_unicode(void **state) {
    (void)state;
    check_normal("ЁЖ Straße", (perebor_text_rule){.letter_case = PEREBOR_TEXT_LOWER}, "ёж straße");
    check_normal("ёж", (perebor_text_rule){.letter_case = PEREBOR_TEXT_UPPER}, "ЁЖ");
}

static void broken_utf8_is_known(void **state) {
    (void)state;
    static const char *const broken[] = {"\xFF",     "a\xC0\xAF",        "\xED\xA0\x80", "\xD0",
                                         "\xE2\x82", "\xF4\x90\x80\x80", "\x80"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char *result = NULL;
        size_t length = 0;
        perebor_error error;
        assert_false(perebor_text_is_valid(broken[i], strlen(broken[i])));
        assert_int_equal(perebor_text_normalize(&result, &length, broken[i], strlen(broken[i]),
                                                (perebor_text_rule){.form = PEREBOR_TEXT_NFC},
                                                &error),
                         PEREBOR_ERR_FORMAT);
        assert_null(result);
    }
    assert_int_equal(perebor_text_valid_length("да\xD0", 5), 4);
    assert_true(perebor_text_is_valid("Покупательская €𝔘", strlen("Покупательская €𝔘")));
}

static void ascii_is_told_from_the_rest_at_every_place(void **state) {
    (void)state;
    char text[24];
    for (size_t place = 0; place < sizeof text; place++) {
        memset(text, 'x', sizeof text);
        assert_true(perebor_text_is_ascii(text, sizeof text));
        text[place] = (char)0xD0;
        assert_false(perebor_text_is_ascii(text, sizeof text));
        assert_true(perebor_text_is_ascii(text, place));
    }
}

static void windows_1251_is_converted(void **state) {
    (void)state;
    char result[64];
    assert_int_equal(perebor_text_from_windows_1251(result, "\xC0\xFF \xA8\xB8 \x88 \xB9 a", 11),
                     strlen("Ая Ёё € № a"));
    assert_string_equal(result, "Ая Ёё € № a");
    assert_true(perebor_text_from_windows_1251(result, "\x98", 1) == SIZE_MAX);
}

static void a_star_stands_for_anything(void **state) {
    (void)state;
    assert_true(perebor_text_matches("Выручка_*", "Выручка_"));
    assert_true(perebor_text_matches("Выручка_*", "Выручка_май"));
    assert_false(perebor_text_matches("Выручка_*", "минут_май"));
    assert_true(perebor_text_matches("*a*b", "xaaabb"));
    assert_false(perebor_text_matches("*a*b", "xaaabc"));
    assert_true(perebor_text_matches("*", ""));
    assert_true(perebor_text_matches("id", "id"));
    assert_false(perebor_text_matches("id", "idx"));
    assert_false(perebor_text_matches("idx", "id"));
    assert_true(perebor_text_is_pattern("a*"));
    assert_false(perebor_text_is_pattern("a"));
}

static void assert_escaped(const char *text, perebor_text_escapes escapes, const char *expected) {
    char result[400];
    size_t length = perebor_text_escape(result, text, strlen(text), escapes);
    assert_string_equal(result, expected);
    assert_int_equal(length, strlen(expected));
    assert_true(perebor_text_is_valid(result, length));
    assert_true(length <= 4 * strlen(text));
}

static void what_a_terminal_acts_upon_is_shown(void **state) {
    (void)state;
    assert_escaped("Тип\tx\n", PEREBOR_ESCAPE_CONTROLS, "Тип\tx\n");
    assert_escaped("Тип\tx\n", PEREBOR_ESCAPE_BREAKS, "Тип\\x09x\\x0a");
    assert_escaped("\x1b]0;pwn\a\x7f", PEREBOR_ESCAPE_CONTROLS, "\\x1b]0;pwn\\x07\\x7f");
    assert_escaped("\xc2\x9b"
                   "31m",
                   PEREBOR_ESCAPE_CONTROLS, "\\u009b31m");
    assert_escaped("a\xe2\x80\xae"
                   "b\xe2\x81\xa6",
                   PEREBOR_ESCAPE_CONTROLS, "a\\u202eb\\u2066");
    assert_escaped("\x1b\xe2\x80\xae", PEREBOR_ESCAPE_INVALID, "\x1b\xe2\x80\xae");
    assert_escaped("\xef\xe0/\xd0", PEREBOR_ESCAPE_INVALID, "\\xef\\xe0/\\xd0");
    assert_escaped("😀é", PEREBOR_ESCAPE_BREAKS, "😀é");
    assert_escaped("", PEREBOR_ESCAPE_BREAKS, "");
}

/** Whatever the bytes are, what comes out is valid, and no longer than is promised. */
static void any_bytes_become_valid_text(void **state) {
    (void)state;
    uint64_t random = 1;
    char bytes[64], result[4 * sizeof bytes + 1];
    for (int round = 0; round < 20000; round++) {
        size_t length = draw_bits(&random) % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            bytes[i] = (char)draw_bits(&random);
        }
        for (int escapes = PEREBOR_ESCAPE_INVALID; escapes <= PEREBOR_ESCAPE_BREAKS; escapes++) {
            size_t n = perebor_text_escape(result, bytes, length, (perebor_text_escapes)escapes);
            assert_true(n <= 4 * length);
            assert_true(perebor_text_is_valid(result, n));
            for (size_t i = 0; i < n && escapes == PEREBOR_ESCAPE_BREAKS; i++) {
                assert_true((unsigned char)result[i] >= 0x20 && result[i] != 0x7f);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_and_their_marks_become_one_character),
        cmocka_unit_test(white_space_is_trimmed_at_both_ends_only),
        cmocka_unit_test(letter_case_follows_unicode),
        cmocka_unit_test(broken_utf8_is_known),
        cmocka_unit_test(ascii_is_told_from_the_rest_at_every_place),
        cmocka_unit_test(windows_1251_is_converted),
        cmocka_unit_test(a_star_stands_for_anything),
        cmocka_unit_test(what_a_terminal_acts_upon_is_shown),
        cmocka_unit_test(any_bytes_become_valid_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
