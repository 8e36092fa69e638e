// SPDX-License-Identifier: MIT
/* The inner loops of sequential minimal optimisation against plain ones, ties and pads included. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/svc/svc_steps.h"

enum { most = 4 * SVC_CLASSES, n_rounds = 300, n_matrix_rows = 9 };

/** Arrays of the solver, in both precisions. */
typedef struct points {
    size_t n;
    _Alignas(64) double errors[most], ceilings[most], floors[most];
    _Alignas(64) float single_errors[most], single_ceilings[most], single_floors[most];
    _Alignas(64) float rows[n_matrix_rows][most], diagonal[most];
} points;

/** Values of few digits, so that both precisions are exact and ties are frequent. */
static double draw_eighth(uint64_t *state) {
    return (double)(int64_t)(draw_bits(state) % 65) / 8.0 - 4.0;
}

static void draw_points(points *points, uint64_t *state) {
    points->n = SVC_CLASSES * (1 + draw_bits(state) % 4);
    size_t n_real = points->n - draw_bits(state) % SVC_CLASSES;
    for (size_t t = 0; t < points->n; t++) {
        uint64_t side = t < n_real ? draw_bits(state) % 8 : 8; // 8: may not move at all
        points->errors[t] = t < n_real ? draw_eighth(state) : 0.0;
        points->ceilings[t] = side == 0 || side == 8 ? -INFINITY : 0.0;
        points->floors[t] = side == 1 || side == 8 ? INFINITY : 0.0;
        points->single_errors[t] = (float)points->errors[t];
        points->single_ceilings[t] = (float)points->ceilings[t];
        points->single_floors[t] = (float)points->floors[t];
        points->diagonal[t] = (float)(2 + draw_bits(state) % 3);
        for (size_t row = 0; row < n_matrix_rows; row++) {
            points->rows[row][t] = (float)draw_eighth(state) / 4.0f;
        }
    }
}

/** The extremes of errors, the last of equals. */
static svc_extremes find_extremes(const points *points) {
    svc_extremes found = {.highest = -INFINITY, .lowest = INFINITY};
    for (size_t t = 0; t < points->n; t++) {
        double up = points->errors[t] + points->ceilings[t];
        double down = points->errors[t] + points->floors[t];
        if (up >= found.highest) {
            found.highest = up;
            found.at = t;
        }
        found.lowest = fmin(found.lowest, down);
    }
    return found;
}

static void same_extremes(const svc_extremes *a, const svc_extremes *b) {
    assert_true(a->highest == b->highest);
    assert_true(a->lowest == b->lowest);
    if (isfinite(a->highest)) { // nobody asks where a point is that nobody may choose
        assert_int_equal(a->at, b->at);
    }
}

static void a_move_changes_errors_and_finds_extremes(void **state) {
    (void)state;
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    uint64_t random = 1;
    for (int round = 0; round < n_rounds; round++) {
        points points;
        svc_extremes found, single;
        draw_points(&points, &random);
        double step = draw_eighth(&random) / 2.0;
        vector->single_move((float)step, points.rows[0], points.rows[1], points.single_ceilings,
                            points.single_floors, points.n, points.single_errors, &single);
        double expected[most];
        for (size_t t = 0; t < points.n; t++) {
            double difference = (double)points.rows[0][t] - (double)points.rows[1][t];
            expected[t] = points.errors[t] - step * difference;
        }
        vector->move(step, points.rows[0], points.rows[1], points.ceilings, points.floors, points.n,
                     points.errors, &found);
        for (size_t t = 0; t < points.n; t++) {
            assert_true(points.errors[t] == expected[t]);
            assert_true((double)points.single_errors[t] == expected[t]);
        }
        svc_extremes plain = find_extremes(&points);
        same_extremes(&found, &plain);
        same_extremes(&single, &plain);
    }
}

/** (highest - e_t)^2 / curvature of those that may go down and have a lower error: the last best.
 */
static size_t find_partner(const points *points, double highest, size_t i) {
    float best = 0.0f;
    size_t at = most;
    for (size_t t = 0; t < points->n; t++) {
        float gap = (float)fmax(0.0, highest - (points->errors[t] + points->floors[t]));
        float curvature =
            (points->diagonal[i] + points->diagonal[t]) - (points->rows[0][t] + points->rows[0][t]);
        float decrease = gap * gap / fmaxf(curvature, (float)SVC_TAU);
        if (gap > 0.0f && decrease >= best) {
            best = decrease;
            at = t;
        }
    }
    return at;
}

static void the_partner_is_the_one_that_promises_most(void **state) {
    (void)state;
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    uint64_t random = 2;
    size_t n_found = 0;
    for (int round = 0; round < n_rounds; round++) {
        points points;
        draw_points(&points, &random);
        svc_extremes extremes = find_extremes(&points);
        if (!isfinite(extremes.highest) || !(extremes.lowest < extremes.highest)) {
            continue;
        }
        size_t expected = find_partner(&points, extremes.highest, extremes.at);
        float diagonal = points.diagonal[extremes.at];
        assert_int_equal(vector->partner(&extremes, points.rows[0], diagonal, points.diagonal,
                                         points.errors, points.floors, points.n),
                         expected);
        assert_int_equal(vector->single_partner(&extremes, points.rows[0], diagonal,
                                                points.diagonal, points.single_errors,
                                                points.single_floors, points.n),
                         expected);
        n_found++;
    }
    assert_true(n_found > n_rounds / 2);
}

/** A curvature that is not above 0 counts as LIBSVM's TAU: such a partner promises most of all. */
static void a_partner_of_no_curvature_is_taken(void **state) {
    (void)state;
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    for (size_t at = 1; at < SVC_CLASSES; at++) {
        points points = {.n = SVC_CLASSES};
        svc_extremes extremes = {.highest = 2.0, .at = 0, .lowest = -1.0};
        for (size_t t = 0; t < points.n; t++) {
            points.diagonal[t] = 1.0f;
            points.errors[t] = t == at ? 1.5 : -1.0;
            points.rows[0][t] = t == at ? 1.25f : 0.0f;
        }
        assert_int_equal(vector->partner(&extremes, points.rows[0], 1.0f, points.diagonal,
                                         points.errors, points.floors, points.n),
                         at);
    }
}

static void steps_of_many_points_are_subtracted_in_their_order(void **state) {
    (void)state;
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    uint64_t random = 3;
    for (int round = 0; round < n_rounds; round++) {
        points points;
        double steps[n_matrix_rows], expected[most];
        const float *rows[n_matrix_rows];
        draw_points(&points, &random);
        size_t n_rows = draw_bits(&random) % (n_matrix_rows + 1);
        for (size_t k = 0; k < n_rows; k++) {
            steps[k] = draw_normal(&random); // all digits, so that the order shows
            rows[k] = points.rows[(k + (size_t)round) % n_matrix_rows];
        }
        memcpy(expected, points.errors, sizeof expected);
        for (size_t k = 0; k < n_rows; k++) {
            for (size_t t = 0; t < points.n; t++) {
                expected[t] -= steps[k] * (double)rows[k][t];
            }
        }
        vector->subtract(steps, rows, n_rows, points.n, points.errors);
        assert_memory_equal(points.errors, expected, points.n * sizeof *expected);
    }
}

static void each_class_of_positions_has_its_own_candidates(void **state) {
    (void)state;
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    uint64_t random = 4;
    for (int round = 0; round < n_rounds; round++) {
        points points;
        svc_candidates found;
        draw_points(&points, &random);
        vector->candidates(points.errors, points.ceilings, points.floors, points.n, &found);
        assert_true(found.finite);
        for (size_t class_index = 0; class_index < SVC_CLASSES; class_index++) {
            double highest = -INFINITY, lowest = INFINITY;
            size_t upward = class_index, downward = class_index;
            for (size_t t = class_index; t < points.n; t += SVC_CLASSES) {
                double up = points.errors[t] + points.ceilings[t];
                double down = points.errors[t] + points.floors[t];
                upward = up > highest ? t : upward; // the first of equals
                downward = down < lowest ? t : downward;
                highest = fmax(highest, up);
                lowest = fmin(lowest, down);
            }
            assert_true(found.highest[class_index] == highest);
            assert_true(found.lowest[class_index] == lowest);
            assert_true(isinf(highest) || found.upward[class_index] == (double)upward);
            assert_true(isinf(lowest) || found.downward[class_index] == (double)downward);
        }
    }
}

static void an_error_that_is_not_finite_is_seen_wherever_it_is(void **state) {
    (void)state;
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    const double poisons[] = {NAN, INFINITY, -INFINITY};
    uint64_t random = 5;
    points points;
    draw_points(&points, &random);
    for (size_t t = 0; t < points.n; t++) {
        for (size_t k = 0; k < 3; k++) {
            svc_candidates found;
            double kept = points.errors[t];
            points.errors[t] = poisons[k];
            vector->candidates(points.errors, points.ceilings, points.floors, points.n, &found);
            assert_false(found.finite);
            points.errors[t] = kept;
        }
    }
    points.errors[0] = DBL_MAX;
    svc_candidates found;
    vector->candidates(points.errors, points.ceilings, points.floors, points.n, &found);
    assert_true(found.finite);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_move_changes_errors_and_finds_extremes),
        cmocka_unit_test(the_partner_is_the_one_that_promises_most),
        cmocka_unit_test(a_partner_of_no_curvature_is_taken),
        cmocka_unit_test(steps_of_many_points_are_subtracted_in_their_order),
        cmocka_unit_test(each_class_of_positions_has_its_own_candidates),
        cmocka_unit_test(an_error_that_is_not_finite_is_seen_wherever_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
