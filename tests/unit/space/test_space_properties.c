// SPDX-License-Identifier: MIT
/* Properties that hold for any space, tried on hundreds of random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/stream.h"
#include "space_fixture.h"

enum { max_n = 8, max_values = 4, n_spaces = 300, n_trials = 40 };

/** A random space; parameter i may have a condition on one listed before it. */
typedef struct random_space {
    perebor_parameter parameters[max_n];
    char names[max_n][24];
    perebor_value values[max_n][max_values];
    perebor_condition conditions[max_n];
    size_t parents[max_n]; /**< SIZE_MAX: none */
    size_t n;
} random_space;

static uint64_t below(uint64_t number, uint64_t draw, uint64_t n) {
    return perebor_stream_bits(perebor_stream_make(number, "test"), draw, 0) % n;
}

static void fill_parameter(random_space *space, uint64_t number, size_t i, bool countable) {
    perebor_parameter *parameter = &space->parameters[i];
    (void)snprintf(space->names[i], sizeof space->names[i], "p%zu", i);
    *parameter = (perebor_parameter){.name = space->names[i]};
    uint64_t kind = below(number, 10 + i, countable ? 2 : 4);
    if (kind == 0) {
        parameter->distribution = PEREBOR_CATEGORICAL;
        parameter->n_values = 1 + below(number, 20 + i, max_values);
        for (size_t k = 0; k < parameter->n_values; k++) {
            space->values[i][k] = VALUE(INTEGER((int64_t)k));
        }
        parameter->values = space->values[i];
    } else if (kind == 1) {
        parameter->distribution = PEREBOR_INT_UNIFORM;
        parameter->max = (double)below(number, 30 + i, max_values);
    } else {
        parameter->distribution = kind == 2 ? PEREBOR_UNIFORM : PEREBOR_NORMAL;
        parameter->max = 1.0;
        parameter->sigma = 1.0;
    }
}

static void make_random(random_space *space, uint64_t number, bool countable) {
    space->n = 1 + below(number, 1, max_n);
    for (size_t i = 0; i < space->n; i++) {
        static const perebor_value zero = INTEGER(0);
        fill_parameter(space, number, i, countable);
        space->parents[i] = SIZE_MAX;
        size_t parent = i == 0 ? 0 : below(number, 40 + i, i);
        bool listed = space->parameters[parent].distribution <= PEREBOR_CONSTANT ||
                      space->parameters[parent].distribution == PEREBOR_INT_UNIFORM;
        if (i > 0 && listed && below(number, 50 + i, 2) == 0) {
            space->parents[i] = parent;
            space->conditions[i] = (perebor_condition){space->names[parent], &zero, 1};
            space->parameters[i].conditions = &space->conditions[i];
            space->parameters[i].n_conditions = 1;
        }
    }
}

static perebor_space *build(const perebor_parameter *parameters, size_t n,
                            perebor_search_method method, uint64_t seed) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status =
        perebor_space_create(&space, "random", parameters, n, NULL, 0, method, seed, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return space;
}

static bool is_zero(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER && value.as.integer == 0;
}

static void what_is_active_follows_from_the_values(void **state) {
    (void)state;
    for (uint64_t number = 0; number < n_spaces; number++) {
        random_space random;
        make_random(&random, number, false);
        perebor_space *space = build(random.parameters, random.n, PEREBOR_SEARCH_RANDOM, number);
        for (uint64_t trial = 0; trial < n_trials; trial++) {
            perebor_value values[max_n];
            perebor_space_point(space, trial, values);
            for (size_t i = 0; i < random.n; i++) {
                bool active = random.parents[i] == SIZE_MAX || is_zero(values[random.parents[i]]);
                assert_int_equal(values[i].kind != PEREBOR_VALUE_NONE, active);
            }
        }
        perebor_space_free(space);
    }
}

static void the_order_of_listing_changes_no_value(void **state) {
    (void)state;
    for (uint64_t number = 0; number < n_spaces; number++) {
        random_space random;
        make_random(&random, number, false);
        perebor_parameter reversed[max_n];
        for (size_t i = 0; i < random.n; i++) {
            reversed[i] = random.parameters[random.n - 1 - i];
        }
        perebor_space *one = build(random.parameters, random.n, PEREBOR_SEARCH_RANDOM, number);
        perebor_space *two = build(reversed, random.n, PEREBOR_SEARCH_RANDOM, number);
        for (uint64_t trial = 0; trial < n_trials; trial++) {
            perebor_value a[max_n];
            perebor_value b[max_n];
            perebor_space_point(one, trial, a);
            perebor_space_point(two, trial, b);
            for (size_t i = 0; i < random.n; i++) {
                assert_true(perebor_value_equal(a[i], b[random.n - 1 - i]));
            }
        }
        perebor_space_free(one);
        perebor_space_free(two);
    }
}

static void taking_parameters_away_changes_no_other(void **state) {
    (void)state;
    for (uint64_t number = 0; number < n_spaces; number++) {
        random_space random;
        make_random(&random, number, false);
        perebor_space *whole = build(random.parameters, random.n, PEREBOR_SEARCH_RANDOM, number);
        // Parents are listed first, so that any beginning of the list is a space.
        for (size_t n = 1; n < random.n; n++) {
            perebor_space *part = build(random.parameters, n, PEREBOR_SEARCH_RANDOM, number);
            for (uint64_t trial = 0; trial < 5; trial++) {
                perebor_value a[max_n];
                perebor_value b[max_n];
                perebor_space_point(whole, trial, a);
                perebor_space_point(part, trial, b);
                for (size_t i = 0; i < n; i++) {
                    assert_true(perebor_value_equal(a[i], b[i]));
                }
            }
            perebor_space_free(part);
        }
        perebor_space_free(whole);
    }
}

static bool same_point(const perebor_value *a, const perebor_value *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!perebor_value_equal(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

/** Counts active points by going through the full product and keeping those that are canonical:
 * whatever is inactive has its first value. */
static uint64_t count_by_force(const random_space *random) {
    uint64_t sizes[max_n];
    uint64_t product = 1;
    uint64_t count = 0;
    for (size_t i = 0; i < random->n; i++) {
        const perebor_parameter *parameter = &random->parameters[i];
        sizes[i] = parameter->n_values > 0 ? parameter->n_values : (uint64_t)parameter->max + 1;
        product *= sizes[i];
    }
    for (uint64_t number = 0; number < product; number++) {
        uint64_t digits[max_n];
        bool active[max_n] = {false};
        bool canonical = true;
        uint64_t rest = number;
        for (size_t i = 0; i < random->n; i++) {
            digits[i] = rest % sizes[i];
            rest /= sizes[i];
            size_t parent = random->parents[i];
            active[i] = parent == SIZE_MAX || (active[parent] && digits[parent] == 0);
            canonical = canonical && (active[i] || digits[i] == 0);
        }
        count += canonical;
    }
    return count;
}

static void a_grid_has_every_active_point_once(void **state) {
    (void)state;
    enum { MAX_POINTS = 400 };
    static perebor_value points[MAX_POINTS][max_n];
    size_t n_compared = 0;
    for (uint64_t number = 0; number < n_spaces; number++) {
        random_space random;
        make_random(&random, number, true);
        perebor_space *space = build(random.parameters, random.n, PEREBOR_SEARCH_GRID, number);
        uint64_t n = perebor_space_n_trials(space);
        assert_int_equal(n, count_by_force(&random));
        for (uint64_t trial = 0; trial < n && n <= MAX_POINTS; trial++, n_compared++) {
            perebor_space_point(space, trial, points[trial]);
            for (uint64_t other = 0; other < trial; other++) {
                assert_false(same_point(points[trial], points[other], random.n));
            }
        }
        perebor_space_free(space);
    }
    assert_true(n_compared > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_active_follows_from_the_values),
        cmocka_unit_test(the_order_of_listing_changes_no_value),
        cmocka_unit_test(taking_parameters_away_changes_no_other),
        cmocka_unit_test(a_grid_has_every_active_point_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
