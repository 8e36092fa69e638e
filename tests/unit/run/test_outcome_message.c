// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "run/outcome_message.h"

enum { most_members = 5 };

static char long_reason[3000];

/** Outcomes drawn at random; some with a reason, which is borrowed. */
static void draw_outcomes(perebor_member_outcome *outcomes, size_t n, size_t n_further,
                          uint64_t *random) {
    static char *const reasons[] = {NULL, "it did not converge", "не сошлось", long_reason};
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = (perebor_member_outcome){.fold = {.test_score = draw_uniform(random),
                                                        .train_score = NAN,
                                                        .iterations = (uint32_t)draw_bits(random),
                                                        .state = PEREBOR_TRIAL_COMPLETE,
                                                        .converged = 1},
                                               .error = reasons[draw_bits(random) % 4]};
        outcomes[i].n_points = draw_bits(random) % 2 == 0
                                   ? 0
                                   : (uint32_t)(draw_bits(random) % (PEREBOR_CURVE_MAX_POINTS + 1));
        for (size_t k = 0; k < outcomes[i].n_points; k++) {
            outcomes[i].curve[k] = draw_uniform(random);
        }
        for (size_t k = 0; k < n_further; k++) {
            outcomes[i].further.test[k] = draw_uniform(random);
            outcomes[i].further.train[k] = -draw_uniform(random);
        }
    }
}

static outcome_header header_of(size_t n_members, size_t n_further) {
    return (outcome_header){.started = 1.5,
                            .seconds = {.prepare = 1, .fit = 2, .score = 3, .metric = 4},
                            .n_members = (uint32_t)n_members,
                            .n_threads = 7,
                            .n_further = (uint32_t)n_further,
                            .host = "node-1"};
}

static void assert_same(const perebor_member_outcome *a, const perebor_member_outcome *b,
                        size_t n_further) {
    assert_memory_equal(&a->fold, &b->fold, sizeof a->fold);
    assert_memory_equal(a->further.test, b->further.test, n_further * sizeof(double));
    assert_memory_equal(a->further.train, b->further.train, n_further * sizeof(double));
    assert_int_equal(a->n_points, b->n_points);
    assert_memory_equal(a->curve, b->curve, a->n_points * sizeof *a->curve);
    assert_int_equal(a->error == NULL, b->error == NULL);
    if (a->error != NULL) {
        assert_string_equal(a->error, b->error);
    }
}

static void what_is_written_is_read(void **state) {
    (void)state;
    uint64_t random = 1;
    memset(long_reason, 'x', sizeof long_reason - 1);
    for (size_t n_further = 0; n_further < PEREBOR_MAX_METRICS; n_further++) {
        for (size_t n = 0; n <= most_members; n++) {
            perebor_member_outcome outcomes[most_members], read[most_members];
            perebor_unit_result result = {0};
            outcome_header header = header_of(n, n_further), header_read;
            draw_outcomes(outcomes, n, n_further, &random);
            assert_int_equal(outcome_message_write(&result, &header, outcomes, NULL), PEREBOR_OK);
            assert_int_equal(outcome_message_read(result.bytes, result.size, n, n_further,
                                                  &header_read, read, NULL),
                             PEREBOR_OK);
            assert_memory_equal(&header, &header_read, sizeof header);
            for (size_t i = 0; i < n; i++) {
                assert_same(&outcomes[i], &read[i], n_further);
            }
            perebor_member_outcomes_release(read, n);
            for (size_t i = 0; i < n; i++) {
                assert_null(read[i].error);
            }
            free(result.bytes);
        }
    }
}

/** Cut anywhere it is refused, and nothing of it is left allocated. */
static void a_message_that_is_cut_is_refused(void **state) {
    (void)state;
    perebor_member_outcome outcomes[3], read[3];
    perebor_unit_result result = {0};
    outcome_header header = header_of(3, 2), header_read;
    uint64_t random = 1;
    draw_outcomes(outcomes, 3, 2, &random);
    outcomes[0].error = "first";
    outcomes[1].error = NULL;
    outcomes[2].error = "third";
    assert_int_equal(outcome_message_write(&result, &header, outcomes, NULL), PEREBOR_OK);
    for (size_t size = 0; size < result.size; size++) {
        perebor_error error = {0};
        void *cut = malloc(size + 1);
        memcpy(cut, result.bytes, size);
        assert_int_equal(outcome_message_read(cut, size, 3, 2, &header_read, read, &error),
                         PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, "a unit's result is cut short");
        free(cut);
    }
    free(result.bytes);
}

static void other_numbers_of_members_or_metrics_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t members, further, expected_members, expected_further;
        const char *message;
    } cases[] = {
        {2, 1, 3, 1, "a unit's result has 2 members, not 3"},
        {2, 1, 1, 1, "a unit's result has 2 members, not 1"},
        {2, 1, 2, 0, "a unit's result has 2 metrics, not 1"},
        {2, 1, 2, 2, "a unit's result has 2 metrics, not 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_member_outcome outcomes[most_members], read[most_members];
        perebor_unit_result result = {0};
        perebor_error error = {0};
        outcome_header header = header_of(cases[i].members, cases[i].further), header_read;
        uint64_t random = 1;
        draw_outcomes(outcomes, cases[i].members, cases[i].further, &random);
        assert_int_equal(outcome_message_write(&result, &header, outcomes, NULL), PEREBOR_OK);
        assert_int_equal(outcome_message_read(result.bytes, result.size, cases[i].expected_members,
                                              cases[i].expected_further, &header_read, read,
                                              &error),
                         PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, cases[i].message);
        free(result.bytes);
    }
}

/** More metrics than there is room for, though both sides say so. */
static void a_number_of_metrics_that_has_no_room_is_refused(void **state) {
    (void)state;
    outcome_header header = header_of(0, PEREBOR_MAX_METRICS), header_read;
    perebor_member_outcome read[1];
    assert_int_equal(outcome_message_read(&header, sizeof header, 0, PEREBOR_MAX_METRICS,
                                          &header_read, read, NULL),
                     PEREBOR_ERR_FORMAT);
}

static void a_reason_longer_than_the_message_is_refused(void **state) {
    (void)state;
    perebor_member_outcome outcome = {.error = "why"}, read[1];
    perebor_unit_result result = {0};
    outcome_header header = header_of(1, 0), header_read;
    assert_int_equal(outcome_message_write(&result, &header, &outcome, NULL), PEREBOR_OK);
    uint32_t length = 1 << 20;
    memcpy(result.bytes + result.size - 3 - sizeof length, &length, sizeof length);
    assert_int_equal(
        outcome_message_read(result.bytes, result.size, 1, 0, &header_read, read, NULL),
        PEREBOR_ERR_FORMAT);
    free(result.bytes);
}

static void the_addends_of_a_part_come_with_its_outcomes(void **state) {
    (void)state;
    enum { n_members = 3, n_rows = 7 };
    uint64_t random = 5;
    perebor_member_outcome outcomes[n_members], read[n_members];
    double sums[n_members * n_rows], read_sums[n_members * n_rows];
    perebor_part_scores scores = {
        .n_members = n_members, .n_rows = n_rows, .sums = sums, .outcomes = outcomes};
    perebor_part_scores scores_read = {
        .n_members = n_members, .n_rows = n_rows, .sums = read_sums, .outcomes = read};
    perebor_unit_result result = {0};
    outcome_header header = header_of(n_members, 2), header_read;
    draw_outcomes(outcomes, n_members, 2, &random);
    for (size_t i = 0; i < n_members * n_rows; i++) {
        sums[i] = draw_uniform(&random);
    }
    uint64_t *words = perebor_part_scores_extend(&scores, 5);
    assert_non_null(words);
    for (size_t i = 0; i < 5; i++) {
        words[i] = draw_bits(&random);
    }
    assert_int_equal(part_message_write(&result, &header, &scores, NULL), PEREBOR_OK);
    assert_int_equal(
        part_message_read(result.bytes, result.size, 2, &header_read, &scores_read, NULL),
        PEREBOR_OK);
    assert_memory_equal(sums, read_sums, sizeof sums);
    assert_int_equal(scores_read.n_words, 5);
    assert_memory_equal(scores.points, scores_read.points, 5 * sizeof *words);
    for (size_t i = 0; i < n_members; i++) {
        assert_same(&outcomes[i], &read[i], 2);
    }
    perebor_member_outcomes_release(read, n_members);
    for (size_t size = 0; size < result.size; size++) {
        assert_int_equal(part_message_read(result.bytes, size, 2, &header_read, &scores_read, NULL),
                         PEREBOR_ERR_FORMAT);
        scores_read.n_words = 0;
    }
    free(scores.points);
    free(scores_read.points);
    free(result.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_message_that_is_cut_is_refused),
        cmocka_unit_test(other_numbers_of_members_or_metrics_are_refused),
        cmocka_unit_test(a_number_of_metrics_that_has_no_room_is_refused),
        cmocka_unit_test(a_reason_longer_than_the_message_is_refused),
        cmocka_unit_test(the_addends_of_a_part_come_with_its_outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
