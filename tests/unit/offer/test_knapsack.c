// SPDX-License-Identifier: MIT
/** Plans of offers against every plan there is, and against their bound. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/stream.h"
#include "offer/knapsack.h"
#include "offer/knapsack_dual.h"

enum { most_rows = 20000, most_options = 4, n_channels = 3 };

/** Random numbers of a problem, one after the other. */
typedef struct draws {
    perebor_stream stream;
    uint64_t problem, n;
} draws;

static double draw(draws *draws) {
    return perebor_stream_uniform(draws->stream, draws->problem, draws->n++);
}

static uint32_t first[most_rows + 1];
static knapsack_option options[most_rows * most_options];
static uint64_t capacity[1 + n_channels];

/**
 * Rows with one to four options, each of a channel and a cost; limit 0 is the budget, the others
 * are the channels'. Nets go with the costs, as they do in a shop, and are sometimes equal.
 */
static knapsack make_problem(uint64_t number, size_t n_rows, double share) {
    draws draws = {perebor_stream_make(7, "knapsack"), number, 0};
    uint64_t costs = 0;
    uint32_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        first[row] = n;
        double worth = draw(&draws) < 0.2 ? 5.0 : 10.0 * draw(&draws);
        size_t n_options = 1 + (size_t)(draw(&draws) * most_options);
        for (size_t o = 0; o < n_options; o++) {
            uint64_t cost = 1 + (uint64_t)(draw(&draws) * 40.0);
            uint16_t channel = (uint16_t)(1 + draw(&draws) * n_channels);
            double net = worth * (0.2 + draw(&draws)) + 0.05 * (double)cost;
            options[n++] =
                (knapsack_option){net, cost, {0, channel, KNAPSACK_NO_LIMIT}, (uint16_t)o};
            costs += cost;
        }
    }
    first[n_rows] = n;
    capacity[0] = 41 + (uint64_t)(share * 0.4 * (double)costs);
    for (size_t k = 1; k <= n_channels; k++) {
        capacity[k] = 1 + (uint64_t)(share * draw(&draws) * (double)n_rows);
    }
    return (knapsack){n_rows, first, options, 1 + n_channels, capacity};
}

static knapsack_plan solve(const knapsack *problem) {
    knapsack_plan plan = {0};
    perebor_error error = {0};
    if (knapsack_solve(&plan, problem, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return plan;
}

/** That the plan keeps every limit, and has the net that it says. */
static void check_limits(const knapsack *problem, const knapsack_plan *plan) {
    uint64_t used[KNAPSACK_MOST_LIMITS] = {0};
    double net = 0.0;
    for (size_t row = 0; row < problem->n_rows; row++) {
        uint32_t option = plan->chosen[row];
        if (option == KNAPSACK_NONE) {
            continue;
        }
        assert_in_range(option, problem->first[row], problem->first[row + 1] - 1);
        net += problem->options[option].net;
        for (size_t u = 0; u < KNAPSACK_MOST_USES; u++) {
            uint16_t limit = problem->options[option].limits[u];
            if (limit != KNAPSACK_NO_LIMIT) {
                used[limit] += knapsack_amount(&problem->options[option], u);
            }
        }
    }
    for (size_t k = 0; k < problem->n_limits; k++) {
        assert_true(used[k] <= problem->capacity[k]);
        assert_true(plan->price[k] >= 0.0);
    }
    assert_true(fabs(net - plan->net) <= 1e-9 * (1.0 + net));
    assert_true(plan->net <= plan->bound);
}

/** The best of all plans, by trying them. */
static double try_all(const knapsack *problem, size_t row, uint64_t *left) {
    if (row == problem->n_rows) {
        return 0.0;
    }
    double best = try_all(problem, row + 1, left);
    for (uint32_t o = problem->first[row]; o < problem->first[row + 1]; o++) {
        uint64_t cost = problem->options[o].amount, *channel = &left[problem->options[o].limits[1]];
        if (cost <= left[0] && *channel >= 1) {
            left[0] -= cost;
            *channel -= 1;
            double net = problem->options[o].net + try_all(problem, row + 1, left);
            best = net > best ? net : best;
            left[0] += cost;
            *channel += 1;
        }
    }
    return best;
}

static void test_small_problems_against_all_plans(void **state) {
    (void)state;
    size_t n_best = 0;
    for (uint64_t number = 0; number < 200; number++) {
        knapsack problem = make_problem(number, 4 + number % 5, 0.3 + 0.005 * (double)number);
        uint64_t left[1 + n_channels];
        memcpy(left, capacity, sizeof left);
        double exact = try_all(&problem, 0, left);
        knapsack_plan plan = solve(&problem);
        check_limits(&problem, &plan);
        assert_true(plan.net >= 0.99 * exact);
        assert_true(plan.net <= exact * (1.0 + 1e-12));
        assert_true(plan.bound >= exact * (1.0 - 1e-12));
        assert_true(plan.best);
        n_best += plan.net >= exact * (1.0 - 1e-12) ? 1 : 0;
        knapsack_plan_release(&plan);
    }
    assert_int_equal(n_best, 200);
}

static void test_the_gap_closes_with_more_rows(void **state) {
    (void)state;
    const size_t n_rows[] = {200, 1300, most_rows};
    const double gaps[] = {2e-3, 2e-4, 2e-5};
    for (size_t i = 0; i < 3; i++) {
        for (uint64_t number = 0; number < (i == 2 ? 1 : 5); number++) {
            knapsack problem = make_problem(1000 + number, n_rows[i], 0.3);
            knapsack_plan plan = solve(&problem);
            check_limits(&problem, &plan);
            printf("%zu rows: net %.3f, gap %.2g\n", n_rows[i], plan.net,
                   1.0 - plan.net / plan.bound);
            assert_true(plan.net >= (1.0 - gaps[i]) * plan.bound);
            knapsack_plan_release(&plan);
        }
    }
}

static void test_without_limits_everybody_has_the_best(void **state) {
    (void)state;
    knapsack problem = make_problem(3, 50, 0.5);
    problem.n_limits = 0;
    for (uint32_t o = 0; o < first[50]; o++) {
        options[o].limits[0] = options[o].limits[1] = KNAPSACK_NO_LIMIT;
        options[o].net -= 2.0;
    }
    double none = 0.0;
    knapsack_plan plan = solve(&problem);
    assert_true(plan.best);
    assert_true(plan.net == plan.bound);
    for (size_t row = 0; row < 50; row++) {
        assert_int_equal(plan.chosen[row], knapsack_wish(&problem, &none, row));
    }
    knapsack_plan_release(&plan);
}

static void test_equal_rows_share_what_there_is(void **state) {
    (void)state;
    static const knapsack_option same = {3.0, 1, {0, KNAPSACK_NO_LIMIT, KNAPSACK_NO_LIMIT}, 0};
    for (uint32_t row = 0; row <= 1000; row++) {
        first[row] = row;
        options[row] = same;
    }
    capacity[0] = 377;
    knapsack problem = {1000, first, options, 1, capacity};
    knapsack_plan plan = solve(&problem);
    check_limits(&problem, &plan);
    assert_true(plan.net == 3.0 * 377.0);
    assert_true(plan.bound <= plan.net * (1.0 + 2e-4)); // all rows are tied
    knapsack_plan_release(&plan);
}

static void test_no_rows_and_nothing_to_gain(void **state) {
    (void)state;
    first[0] = first[1] = 0;
    knapsack problem = {0, first, options, 0, capacity};
    knapsack_plan plan = solve(&problem);
    assert_true(plan.net == 0.0 && plan.bound == 0.0);
    knapsack_plan_release(&plan);
    options[0] = (knapsack_option){-1.0, 1, {0, KNAPSACK_NO_LIMIT, KNAPSACK_NO_LIMIT}, 0};
    capacity[0] = 5;
    first[1] = 1;
    problem = (knapsack){1, first, options, 1, capacity};
    plan = solve(&problem);
    assert_int_equal(plan.chosen[0], KNAPSACK_NONE);
    knapsack_plan_release(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_problems_against_all_plans),
        cmocka_unit_test(test_the_gap_closes_with_more_rows),
        cmocka_unit_test(test_without_limits_everybody_has_the_best),
        cmocka_unit_test(test_equal_rows_share_what_there_is),
        cmocka_unit_test(test_no_rows_and_nothing_to_gain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
