// SPDX-License-Identifier: MIT
/** Levels have the order that their names tell, and none where they tell none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "propose/level_scales.h"
#include "propose/name_words.h"

enum { most_levels = 12 };

typedef const char *finder(const char *const *levels, size_t n, double *places, bool *failed);

static size_t count(const char *const *levels) {
    size_t n = 0;
    while (levels[n] != NULL) {
        n++;
    }
    return n;
}

/** Levels that are listed lowest first are found to be, and in any other order too. */
static void assert_order(finder *find, const char *const *levels) {
    size_t n = count(levels);
    bool failed = false;
    for (size_t turn = 0; turn < n; turn++) {
        const char *turned[most_levels];
        double places[most_levels];
        for (size_t i = 0; i < n; i++) {
            turned[i] = levels[(i + turn) % n];
        }
        assert_non_null(find(turned, n, places, &failed));
        for (size_t i = 0; i + 1 < n; i++) {
            assert_true(places[(i + n - turn) % n] < places[(i + 1 + n - turn) % n]);
        }
    }
}

static void assert_no_order(finder *find, const char *const *levels) {
    double places[most_levels];
    bool failed = false;
    assert_null(find(levels, count(levels), places, &failed));
}

static void scales_are_known(void **state) {
    (void)state;
    assert_order(level_scale_find, (const char *const[]){"low", "medium", "high", NULL});
    assert_order(level_scale_find, (const char *const[]){"Low", "HIGH", "Very-High ", NULL});
    assert_order(level_scale_find, (const char *const[]){"S", "M", "L", "XL", NULL});
    assert_order(level_scale_find, (const char *const[]){"jan", "Feb", "march", "Dec", NULL});
    assert_order(level_scale_find, (const char *const[]){"Mon", "Tue", "Sun", NULL});
    assert_order(level_scale_find, (const char *const[]){"низкий", "средний", "высокий", NULL});
    assert_order(level_scale_find, (const char *const[]){"базовый", "премиум", NULL});
}

static void other_levels_are_on_no_scale(void **state) {
    (void)state;
    assert_no_order(level_scale_find, (const char *const[]){"low", "high", "red", NULL});
    assert_no_order(level_scale_find, (const char *const[]){"jan", "january", NULL}); // one place
    assert_no_order(level_scale_find, (const char *const[]){"male", "female", NULL});
    assert_no_order(level_scale_find, (const char *const[]){"low", NULL});
    assert_no_order(level_scale_find,
                    (const char *const[]){"low", "monthly", NULL}); // of two scales
}

static void ranges_are_ordered_by_their_ends(void **state) {
    (void)state;
    assert_order(level_ranges_find, (const char *const[]){"0-9", "10-19", "20-99", "100+", NULL});
    assert_order(level_ranges_find,
                 (const char *const[]){"<18", "18-25", "26-64", "65 and over", NULL});
    assert_order(level_ranges_find,
                 (const char *const[]){"(0, 10]", "(10, 20]", "(20, 100]", NULL});
    assert_order(level_ranges_find,
                 (const char *const[]){"under $50K", "$50K-$100K", ">100k", NULL});
    assert_order(level_ranges_find, (const char *const[]){"1 to 5 years", "6 to 10 years", NULL});
    assert_order(level_ranges_find, (const char *const[]){"до 30", "31–50", "более 50", NULL});
    assert_order(level_ranges_find,
                 (const char *const[]){"6 months", "36 months", "60 months", NULL});
    assert_order(level_ranges_find, (const char *const[]){"0", "1-5", "6+", NULL});
}

static void other_texts_are_no_ranges(void **state) {
    (void)state;
    assert_no_order(level_ranges_find, (const char *const[]){"0-10", "5-20", NULL}); // they overlap
    assert_no_order(level_ranges_find, (const char *const[]){"2023-01-05", "2023-02-05", NULL});
    assert_no_order(level_ranges_find, (const char *const[]){"10:30", "11:30", NULL});
    assert_no_order(level_ranges_find, (const char *const[]){"5 apples", "6 pears", NULL});
    assert_no_order(level_ranges_find, (const char *const[]){"0-10", "unknown", NULL});
    assert_no_order(level_ranges_find, (const char *const[]){"store 1", "store 2", NULL});
    assert_no_order(level_ranges_find, (const char *const[]){"1", "2", NULL}); // numbers
}

static void names_are_split_into_words(void **state) {
    (void)state;
    char words[NAME_WORDS_SIZE];
    bool failed = false;
    static const char *const id[] = {"id", NULL};
    static const char *const churn[] = {"churn*", NULL};
    const char *const ids[] = {"customerID", "customer_id", "ID", "Customer Id", "id_of_customer"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        name_words_split(ids[i], words, &failed);
        assert_true(name_words_have(words, id));
    }
    name_words_split("paid", words, &failed);
    assert_false(name_words_have(words, id));
    name_words_split("is_churned?", words, &failed);
    assert_string_equal(words, "is churned");
    assert_true(name_words_have(words, churn));
    char name[3 * NAME_WORDS_SIZE];
    memset(name, 0, sizeof name);
    for (size_t i = 0; i + 2 < sizeof name; i += 2) {
        memcpy(name + i, "\xD0\x96", 2); // cut at any length, it stays UTF-8
    }
    name_words_split(name, words, &failed);
    assert_true(strlen(words) > NAME_WORDS_SIZE / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_are_known),
        cmocka_unit_test(other_levels_are_on_no_scale),
        cmocka_unit_test(ranges_are_ordered_by_their_ends),
        cmocka_unit_test(other_texts_are_no_ranges),
        cmocka_unit_test(names_are_split_into_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
