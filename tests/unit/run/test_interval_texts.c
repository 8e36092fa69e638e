// SPDX-License-Identifier: MIT
/** The text of a bound reads as the bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "run/interval_texts.h"

static void assert_reads_as(const bound_text *bound, double value) {
    char *end;
    assert_true(bound->value == value);
    assert_true(strtod(bound->text, &end) == value);
    assert_ptr_equal(end, bound->text + bound->length);
}

static void texts_read_as_the_bounds_of_every_place(void **state) {
    (void)state;
    enum { most = 300 };
    uint64_t random = 23;
    double scores[most];
    uint8_t labels[most];
    for (size_t n = 0; n <= most; n = 2 * n + 1) {
        venn_abers *known = NULL;
        interval_texts texts = {0};
        for (size_t i = 0; i < n; i++) {
            scores[i] = (double)(draw_bits(&random) % 97) / 7.0;
            labels[i] = draw_uniform(&random) * 14.0 < scores[i];
        }
        assert_int_equal(venn_abers_create(&known, scores, labels, n, NULL), PEREBOR_OK);
        assert_int_equal(interval_texts_create(&texts, known, NULL), PEREBOR_OK);
        for (int i = 0; i < 1000; i++) {
            double lower, upper;
            double score = i % 2 == 0 && n > 0 ? scores[(size_t)i % n] : draw_uniform(&random) * 15;
            size_t place = venn_abers_place(known, score);
            assert_true(place < texts.n_places);
            venn_abers_interval(known, score, &lower, &upper);
            assert_reads_as(&texts.bounds[texts.lower[place]], lower);
            assert_reads_as(&texts.bounds[texts.upper[place]], upper);
        }
        interval_texts_release(&texts);
        venn_abers_free(known);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_read_as_the_bounds_of_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
