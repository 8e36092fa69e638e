// SPDX-License-Identifier: MIT
/** Sentences with gaps, numbers and words that go with numbers, in both languages. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "story/phrase.h"

static void numbers_are_written_as_each_language_does(void **state) {
    (void)state;
    char text[48];
    const struct {
        double number;
        int places;
        const char *english, *russian;
    } cases[] = {
        {0.93412, 3, "0.934", "0,934"},
        {1234.0, 0, "1234", "1234"},
        {1234567.0, 0,
         "1\xe2\x80\xaf"
         "234\xe2\x80\xaf"
         "567",
         "1\xe2\x80\xaf"
         "234\xe2\x80\xaf"
         "567"},
        {-0.5, 1,
         "\xe2\x88\x92"
         "0.5",
         "\xe2\x88\x92"
         "0,5"},
        {-0.0001, 2, "0.00", "0,00"},
        {NAN, 3, "–", "–"},
        {-INFINITY, 3, "\xe2\x88\x92∞", "\xe2\x88\x92∞"},
        {0.000012345, -1, "1.234e-05", "1,234e-05"},
        {1e300, 2, "1e+300", "1e+300"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        phrase_number(text, cases[i].number, cases[i].places, STORY_ENGLISH);
        assert_string_equal(text, cases[i].english);
        phrase_number(text, cases[i].number, cases[i].places, STORY_RUSSIAN);
        assert_string_equal(text, cases[i].russian);
    }
}

static void words_go_with_their_numbers(void **state) {
    (void)state;
    story told = {0};
    const struct {
        double n;
        const char *english, *russian;
    } cases[] = {{1, "1 trial", "1 испытание"},     {2, "2 trials", "2 испытания"},
                 {5, "5 trials", "5 испытаний"},    {11, "11 trials", "11 испытаний"},
                 {21, "21 trials", "21 испытание"}, {112, "112 trials", "112 испытаний"},
                 {0, "0 trials", "0 испытаний"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        story_text text =
            PHRASE(&told, "{n} {n:trial|trials}", "{n} {n:испытание|испытания|испытаний}",
                   GAP_WHOLE("n", cases[i].n));
        assert_string_equal(text.in[STORY_ENGLISH], cases[i].english);
        assert_string_equal(text.in[STORY_RUSSIAN], cases[i].russian);
    }
    story_release(&told);
}

static void what_is_no_gap_stays(void **state) {
    (void)state;
    story told = {0};
    story_text text = PHRASE(&told, "{a}{b} {unknown} {", "{b}{a} {", GAP_TERM("a", "{b}"),
                             GAP_WORD("b", WORDS("x", "y")));
    assert_string_equal(text.in[STORY_ENGLISH], "{b}x {unknown} {");
    assert_string_equal(text.in[STORY_RUSSIAN], "y{b} {");
    story_release(&told);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_each_language_does),
        cmocka_unit_test(words_go_with_their_numbers),
        cmocka_unit_test(what_is_no_gap_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
