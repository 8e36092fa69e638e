// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/resample_text.h"

static void assert_written(const resample_text *text, const char *expected) {
    char written[300] = "";
    FILE *stream = fmemopen(written, sizeof written, "w");
    assert_non_null(stream);
    resample_text_write(text, stream);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(written, expected);
}

/** A twentieth of the interval is 0.005: 40 (0.0099 / 0.005)^2 = 157 resamples reach it, or 160. */
static void few_resamples_are_told_how_many_are_enough(void **state) {
    (void)state;
    const resample_text few = {0.9, 0.8, 0.75, 0.85, 0.0099, 40};
    assert_written(&few, "  the standard error of corrected by 40 resamples is 0.0099: --resamples "
                         "160 brings it below a twentieth of the interval\n");
    const resample_text one = {0.9, 0.8, 0.75, 0.85, NAN, 1};
    assert_written(&one, "  one resample does not tell what others would say: --resamples 100 is "
                         "enough, as a rule\n");
}

static void enough_resamples_are_passed_over(void **state) {
    (void)state;
    const resample_text enough = {0.9, 0.8, 0.75, 0.85, 0.0049, 161};
    assert_written(&enough, "");
    const resample_text unbounded = {0.9, 0.8, NAN, NAN, 0.1, 5};
    assert_written(&unbounded, "");
    const resample_text level = {0.8, 0.80004, 0.75, 0.85, 0.0049, 161};
    assert_written(&level, "");
}

static void a_score_above_the_naive_one_is_explained(void **state) {
    (void)state;
    const resample_text above = {0.8, 0.8012, 0.75, 0.85, 0.0025, 200};
    assert_written(&above, "  corrected above naive: what choosing adds is less than chance adds "
                           "by 200 resamples, whose standard error is 0.0025\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_resamples_are_told_how_many_are_enough),
        cmocka_unit_test(enough_resamples_are_passed_over),
        cmocka_unit_test(a_score_above_the_naive_one_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
