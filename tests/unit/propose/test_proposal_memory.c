// SPDX-License-Identifier: MIT
/** Guessing and writing down end with an error wherever memory ends, never with another guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "propose/proposal.h"
#include "table_scratch.h"

/** A table that takes every step and has a column of every role. */
static void write_table(void) {
    FILE *file = fopen("t.csv", "w");
    assert_non_null(file);
    fputs("id,note,size,age,open,plan,pay,visits,empty,churn\n", file);
    for (int i = 0; i < 40; i++) {
        static const char *const sizes[] = {"small", "medium", "large"};
        static const char *const ages[] = {"<20", "20-40", "41+"};
        fprintf(file, "%d,n%d,%s,%s,%s,%s,%s,%d,,%s\n", i, i * 7 % 41, sizes[i % 3], ages[i % 3],
                i % 2 ? "yes" : "no",
                i == 3  ? "A "
                : i % 4 ? "a"
                        : "b",
                i == 20 ? "none of it"
                : i % 5 ? "10.5"
                        : "20",
                i % 19 == 5 ? -999 : i % 11,
                i == 9       ? ""
                : i % 3 == 0 ? "yes"
                             : "no");
    }
    assert_int_equal(fclose(file), 0);
}

static perebor_status propose_and_write(char **text, perebor_error *error) {
    perebor_proposal proposal = {0};
    perebor_status status = perebor_propose(&proposal, "t.csv", NULL, NULL, error);
    if (status == PEREBOR_OK) {
        status = perebor_proposal_text(&proposal, "t.csv", text, error);
    }
    perebor_proposal_release(&proposal);
    return status;
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    size_t n = 1;
    char *whole = NULL;
    write_table();
    assert_int_equal(propose_and_write(&whole, NULL), PEREBOR_OK);
    for (;; n++) {
        perebor_error error = {0};
        char *text = NULL;
        failing_malloc_arm(n);
        perebor_status status = propose_and_write(&text, &error);
        bool failed = failing_malloc_disarm();
        if (!failed) {
            assert_int_equal(status, PEREBOR_OK);
            assert_string_equal(text, whole);
            free(text);
            break;
        }
        if (status == PEREBOR_OK) { // what was short was not needed
            assert_string_equal(text, whole);
            free(text);
            continue;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
        assert_null(text);
    }
    assert_true(n > 100);
    free(whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
