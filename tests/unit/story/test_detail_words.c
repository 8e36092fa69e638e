// SPDX-License-Identifier: MIT
/** What steps did and what is the matter with tables, taken apart and put into the other language.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "story/detail_words.h"

static void details_are_said_in_both_languages(void **state) {
    (void)state;
    story told = {0};
    static const struct {
        const char *kind, *english, *russian;
    } cases[] = {
        {"normalize", "file: NFC trim", "file: NFC, пробелы по краям убраны"},
        {"normalize", "file: NFC trim: blanks", "file: NFC, пробелы по краям убраны: blanks"},
        {"replace", "a.b: \"x -> y\" -> gap: why", "a.b: «x -> y» → пропуск: why"},
        {"replace", "a.b: \"x\" -> \"y\"", "a.b: «x» → «y»"},
        {"pivot", "money: 3900 rows to 1 row and 3 columns of sum by month",
         "money: строк было 3900, стало 1; 3 столбца sum по month"},
        {"join", "b: 5 of 6 rows of a matched by id; 1 row of b without partner",
         "b: по id нашлись 5 из 6 строк a; без пары 1"},
        {"join",
         "b: 5 of 6 rows of a matched by id (carried columns only); 2 rows of b without partner",
         "b: по id нашлись 5 из 6 строк a (только для переносимых столбцов); без пары 2"},
        {"gaps", "1 of 20 cells is a gap", "пропусков 1 из 20"},
        {"gaps", "3 of 20 cells are gaps", "пропусков 3 из 20"},
        {"near_constant", "99 of 100 values are \"no\"", "99 из 100 значений — «no»"},
        {"outliers",
         "3 of 1300 values are farther than 8 from the median 5191.05 by 0.6745 |x - median| / "
         "MAD: "
         "0 (7), 1",
         "3 из 1300 значений дальше 8 от медианы 5191,05 по 0,6745 |x − медиана| / MAD: 0 (7), 1"},
        {"duplicate_rows",
         "2 of 9 rows repeat an earlier row in every column, first a.csv line 3 that of a.csv line "
         "2",
         "2 из 9 строк повторяют прежнюю во всех столбцах, первая — a.csv line 3, за a.csv line 2"},
        {"orphan_key", "2 keys are not in table \"b\": 1, 2; but so",
         "2 ключа не из таблицы «b»: 1, 2; но so"},
        {"near_spelling", "\"a\" in 21 rows is nearly \"b\" in 7",
         "«a» (21 строка) — почти «b» (7)"},
        {"class_imbalance", "\"yes\" is 12.50 % of the rows (5 of 40)",
         "«yes» — 12,50 % строк (5 из 40)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        story_text both = detail_words(&told, cases[i].kind, cases[i].english);
        assert_string_equal(both.in[STORY_ENGLISH], cases[i].english);
        assert_string_equal(both.in[STORY_RUSSIAN], cases[i].russian);
    }
    story_release(&told);
}

/** Names of the user's have whatever they have; what has no known form stays as it is. */
static void what_is_not_known_stays(void **state) {
    (void)state;
    story told = {0};
    static const char *const details[][2] = {{"sql", "UPDATE a SET b = 1: {n} of {all}"},
                                             {"gaps", "many of them"},
                                             {"gaps", ""},
                                             {"no such kind", "3 of 20 cells are gaps"},
                                             {"replace", "a.b: \"x\" -> "}};
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        story_text both = detail_words(&told, details[i][0], details[i][1]);
        assert_string_equal(both.in[STORY_ENGLISH], details[i][1]);
        assert_string_equal(both.in[STORY_RUSSIAN], details[i][1]);
    }
    story_text braces = detail_words(&told, "near_constant", "9 of 9 values are \"{all} {n:a|b}\"");
    assert_string_equal(braces.in[STORY_RUSSIAN], "9 из 9 значений — «{all} {n:a|b}»");
    assert_string_equal(detail_kind("outliers").in[STORY_RUSSIAN], "выбросы");
    assert_string_equal(detail_kind("new_kind").in[STORY_RUSSIAN], "new_kind");
    story_release(&told);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(details_are_said_in_both_languages),
        cmocka_unit_test(what_is_not_known_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
