// SPDX-License-Identifier: MIT
/**
 * Indexes of keys and of names, against lists that are searched from the front.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "table/key_index.h"
#include "table/name_list.h"

enum { most = 3000 };

/** Keys of every kind that tables have: numbers in a row, far apart, texts. */
static table_cell draw_key(uint64_t *seed) {
    uint64_t number = draw_bits(seed);
    switch (number % 4) {
    case 0:
        return TABLE_DECIMAL_BIT | (number >> 8) % 500;
    case 1:
        return TABLE_DECIMAL_BIT | (number >> 8) % 500 << 20;
    case 2:
        return 1 + (number >> 8) % 500;
    default:
        return number | 1;
    }
}

static void every_key_has_its_first_value(void **state) {
    (void)state;
    static table_cell keys[most];
    uint64_t seed = 11;
    for (size_t reserved = 0; reserved < 5000; reserved += 1700) {
        table_key_index index = {0};
        size_t n = 0;
        assert_int_equal(table_key_index_find(&index, 7), TABLE_NO_ROW);
        assert_int_equal(table_key_index_reserve(&index, reserved, NULL), PEREBOR_OK);
        for (int i = 0; i < most; i++) {
            table_cell key = draw_key(&seed);
            size_t before = 0;
            while (before < n && keys[before] != key) {
                before++;
            }
            uint32_t expected = before < n ? (uint32_t)before : TABLE_NO_ROW;
            uint32_t found = 12345;
            assert_int_equal(table_key_index_find(&index, key), expected);
            assert_int_equal(table_key_index_add(&index, key, (uint32_t)n, &found, NULL),
                             PEREBOR_OK);
            assert_int_equal(found, expected);
            keys[n] = key;
            n += before == n;
            assert_int_equal(index.n_keys, n);
        }
        table_key_index_release(&index);
        assert_int_equal(index.n_slots, 0);
    }
}

static void what_is_reserved_is_not_moved(void **state) {
    (void)state;
    table_key_index index = {0};
    uint32_t found;
    assert_int_equal(table_key_index_reserve(&index, 1000, NULL), PEREBOR_OK);
    size_t n_slots = index.n_slots;
    for (uint32_t i = 1; i <= 1000; i++) {
        assert_int_equal(table_key_index_add(&index, i, i, &found, NULL), PEREBOR_OK);
    }
    assert_int_equal(index.n_slots, n_slots);
    assert_int_equal(table_key_index_reserve(&index, 10, NULL), PEREBOR_OK);
    assert_int_equal(index.n_slots, n_slots); // never smaller
    assert_int_equal(table_key_index_find(&index, 1000), 1000);
    table_key_index_release(&index);
}

static void every_name_has_its_first_value(void **state) {
    (void)state;
    static char names[most][16];
    name_index index = {0};
    uint64_t seed = 12;
    size_t n = 0;
    assert_true(name_index_find(&index, "x") == NAME_INDEX_NONE);
    for (int i = 0; i < most; i++) {
        char name[16];
        size_t found = 0;
        (void)snprintf(name, sizeof name, "%s%u", draw_bits(&seed) % 2 == 0 ? "Выр_" : "x",
                       (unsigned)(draw_bits(&seed) % 900));
        size_t before = 0;
        while (before < n && strcmp(names[before], name) != 0) {
            before++;
        }
        strcpy(names[n], name);
        assert_int_equal(name_index_add(&index, names[n], n, &found, NULL), PEREBOR_OK);
        assert_true(found == (before < n ? before : NAME_INDEX_NONE));
        n += before == n;
    }
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(name_index_find(&index, names[i]), i);
    }
    assert_true(name_index_find(&index, "") == NAME_INDEX_NONE);
    name_index_release(&index);
}

static void a_list_has_names_and_patterns(void **state) {
    (void)state;
    static const char *const items[] = {"age", "sum_*", "a?c", "*[x]"};
    static const struct {
        const char *name;
        bool is_in;
    } cases[] = {{"age", true},  {"ages", false}, {"sum_", true}, {"sum_may", true},
                 {"sum", false}, {"a?c", true},   {"abc", false}, {"[x]", true},
                 {"я[x]", true}, {"x", false},    {"", false},    {"Age", false}};
    name_list list = {0};
    assert_false(name_list_has(&list, "age"));
    assert_int_equal(name_list_create(&list, &(perebor_texts){items, 4}, NULL), PEREBOR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (name_list_has(&list, cases[i].name) != cases[i].is_in) {
            fail_msg("\"%s\"", cases[i].name);
        }
    }
    name_list_release(&list);
    assert_int_equal(name_list_create(&list, &(perebor_texts){NULL, 0}, NULL), PEREBOR_OK);
    assert_false(name_list_has(&list, "age"));
    name_list_release(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_its_first_value),
        cmocka_unit_test(what_is_reserved_is_not_moved),
        cmocka_unit_test(every_name_has_its_first_value),
        cmocka_unit_test(a_list_has_names_and_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
