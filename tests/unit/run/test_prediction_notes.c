// SPDX-License-Identifier: MIT
/** What parts of a table have to say is said once, in the order of the table, whichever part comes
 * in first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run/prediction_notes.h"

enum { n_parts = 3 };

static char *names[] = {"fee", "kind", "plan"};

static const char *const first_warnings[] = {"odd beginning", "late"};
static const char *const later_warnings[] = {"late", "new"};
static const char *const missing[] = {"fee"};
static const char *const some[] = {"gold", "tin"};
static const char *const others[] = {"iron"};
static const perebor_unknown_values first_unknown[] = {{"plan", 2, 2, some, 2}};
static const perebor_unknown_values later_unknown[] = {
    {"plan", 3, 1, others, 1}, {"kind", 1, 1, others, 1}, {"fee", 4, 0, NULL, 0}};
static const perebor_frozen_report first_frozen = {
    .unknown = first_unknown, .n_unknown = 1, .missing = missing, .n_missing = 1};
static const perebor_frozen_report later_frozen = {
    .unknown = later_unknown, .n_unknown = 3, .missing = missing, .n_missing = 1};

/** Part 1 has nothing to say. */
static const perebor_tables_report reports[n_parts] = {
    {.warnings = first_warnings, .n_warnings = 2, .frozen = &first_frozen},
    {0},
    {.warnings = later_warnings, .n_warnings = 2, .frozen = &later_frozen},
};

static void take_part(prediction *prediction, uint64_t part) {
    byte_buffer bytes = {0};
    prediction_notes_put(&bytes, &reports[part]);
    bytes_cursor cursor = {.at = bytes.data, .left = bytes.size};
    assert_int_equal(prediction_notes_take(prediction, part, &cursor, NULL), PEREBOR_OK);
    assert_int_equal(cursor.left, 0);
    bytes_release(&bytes);
}

static void notes_are_the_same_in_any_order_of_parts(void **state) {
    (void)state;
    static const uint64_t orders[][n_parts] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                               {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        prediction made = {.names = names, .n_columns = 3};
        for (size_t k = 0; k < n_parts; k++) {
            take_part(&made, orders[i][k]);
        }
        assert_int_equal(prediction_notes_warn(&made, 0, "of the header", NULL), PEREBOR_OK);
        prediction_notes_sort(&made);
        assert_int_equal(made.n_warnings, 4);
        assert_string_equal(made.warnings[0].text, "of the header");
        assert_string_equal(made.warnings[1].text, "odd beginning");
        assert_string_equal(made.warnings[2].text, "late");
        assert_string_equal(made.warnings[3].text, "new");
        assert_int_equal(made.n_missing, 1);
        assert_string_equal(made.missing[0].text, "fee");
        assert_int_equal(made.n_unknown, 3);
        assert_string_equal(made.unknown[0].column, "fee");
        assert_string_equal(made.unknown[0].example, "");
        assert_string_equal(made.unknown[1].column, "kind");
        assert_string_equal(made.unknown[2].column, "plan");
        assert_string_equal(made.unknown[2].example, "gold"); // the first part's
        assert_int_equal(made.unknown[2].n_rows, 2 + 3);
        prediction_notes_release(&made);
        assert_null(made.warnings);
    }
}

static void bytes_that_end_early_are_refused(void **state) {
    (void)state;
    byte_buffer bytes = {0};
    prediction_notes_put(&bytes, &reports[2]);
    for (size_t size = 0; size < bytes.size; size++) {
        prediction made = {0};
        perebor_error error = {0};
        uint8_t *copy = malloc(size + 1); // of exactly that size, for who looks beyond
        assert_non_null(copy);
        memcpy(copy, bytes.data, size);
        bytes_cursor cursor = {.at = copy, .left = size};
        assert_int_equal(prediction_notes_take(&made, 0, &cursor, &error), PEREBOR_ERR_FORMAT);
        prediction_notes_release(&made);
        free(copy);
    }
    bytes_release(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_the_same_in_any_order_of_parts),
        cmocka_unit_test(bytes_that_end_early_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
