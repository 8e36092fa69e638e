// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/nearest_file.h"

static const char *const names[] = {"customers.csv", "customers.yaml", "a.h5",      "Выручка.csv",
                                    ".hidden.csv",   "visits.csv",     "visitz.csv"};
enum { n_names = sizeof names / sizeof *names };

static void the_nearest_name_of_the_folder_is_found(void **state) {
    (void)state;
    static const struct {
        const char *missing, *hint;
    } cases[] = {
        {"customer.csv", " (did you mean \"customers.csv\"?)"},
        {"./customer.yaml", " (did you mean \"customers.yaml\"?)"},
        {"customers.yml", " (did you mean \"customers.yaml\"?)"},
        {"Вырукча.csv", " (did you mean \"Выручка.csv\"?)"},
        {"visit.csv", " (did you mean \"visits.csv\"?)"}, // a tie goes to the first by its bytes
        {"b.h5", ""},                                     // nothing but the ending is alike
        {"hidden.csv", ""},
        {"nowhere/customers.csv", ""},
        {"", ""},
        {"/", ""},
    };
    char folder[] = "/tmp/nearest_file.XXXXXX";
    char hint[NEAREST_FILE_SIZE];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < n_names; i++) {
        FILE *file = fopen(names[i], "w");
        assert_non_null(file);
        assert_int_equal(fclose(file), 0);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_nearest_file(cases[i].missing, hint);
        assert_string_equal(hint, cases[i].hint);
    }
    char *endless = malloc(10000);
    assert_non_null(endless);
    memset(endless, 'a', 9999);
    endless[9999] = '\0';
    perebor_nearest_file(endless, hint);
    assert_string_equal(hint, "");
    free(endless);
    for (size_t i = 0; i < n_names; i++) {
        assert_int_equal(unlink(names[i]), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_name_of_the_folder_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
