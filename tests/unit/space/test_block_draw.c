// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "space_fixture.h"

enum { MODEL, SCALE, DEPTH, N_PARAMETERS };
enum { block_size = PEREBOR_SPACE_BLOCK_TRIALS };

static const perebor_value models[] = {TEXT("a"), TEXT("b"), TEXT("c"), TEXT("d")};
static const double chances[] = {0.25, 0.25, 0.375, 0.125};
static const perebor_parameter parameters[N_PARAMETERS] = {
    {.name = "model",
     .distribution = PEREBOR_CATEGORICAL,
     .values = models,
     .n_values = 4,
     .probabilities = chances},
    {.name = "scale", .distribution = PEREBOR_UNIFORM, .min = 0.0, .max = 1.0},
    {.name = "depth", .distribution = PEREBOR_UNIFORM, .min = 0.0, .max = 1.0},
};

/** A space whose first two parameters are drawn by block. */
static perebor_space *make_space(uint64_t seed, const perebor_parameter *listed, size_t n) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_space_create(&space, "e.yaml", listed, n, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, seed, &error),
                     PEREBOR_OK);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(listed[i].name, "depth") != 0) {
            perebor_space_draw_by_block(space, i);
        }
    }
    return space;
}

static void a_block_has_its_coarse_parameters_in_common_and_no_others(void **state) {
    (void)state;
    perebor_space *space = make_space(3, parameters, N_PARAMETERS);
    perebor_value head[N_PARAMETERS];
    perebor_value point[N_PARAMETERS];
    size_t n_changes = 0;
    double before = -1.0;
    for (uint64_t trial = 0; trial < 40u * block_size; trial++) {
        perebor_space_point(space, trial, point);
        assert_true(point[DEPTH].as.real != before);
        before = point[DEPTH].as.real;
        if (trial % block_size == 0) {
            n_changes += trial > 0 && point[SCALE].as.real != head[SCALE].as.real;
            memcpy(head, point, sizeof head);
        }
        assert_true(perebor_value_equal(point[MODEL], head[MODEL]));
        assert_true(perebor_value_equal(point[SCALE], head[SCALE]));
    }
    assert_int_equal(n_changes, 39);
    perebor_space_free(space);
}

static void a_point_is_a_function_of_seed_name_and_number(void **state) {
    (void)state;
    const perebor_parameter reversed[] = {parameters[DEPTH], parameters[SCALE]};
    perebor_space *whole = make_space(3, parameters, N_PARAMETERS);
    perebor_space *part = make_space(3, reversed, 2);
    perebor_space *other = make_space(4, parameters, N_PARAMETERS);
    size_t n_same = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        perebor_value a[N_PARAMETERS];
        perebor_value b[N_PARAMETERS];
        uint64_t trial = (999 - i) * 7919;
        perebor_space_point(whole, trial, a);
        perebor_space_point(part, trial, b);
        assert_true(perebor_value_equal(a[SCALE], b[1]));
        assert_true(perebor_value_equal(a[DEPTH], b[0]));
        perebor_space_point(other, trial, b);
        n_same += perebor_value_equal(a[SCALE], b[SCALE]);
    }
    assert_int_equal(n_same, 0);
    perebor_space_free(whole);
    perebor_space_free(part);
    perebor_space_free(other);
}

static void dense_parameters_are_drawn_as_without_blocks(void **state) {
    (void)state;
    perebor_space *gridded = make_space(5, parameters, N_PARAMETERS);
    perebor_space *plain = NULL;
    assert_int_equal(perebor_space_create(&plain, "e.yaml", parameters, N_PARAMETERS, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 5, NULL),
                     PEREBOR_OK);
    for (uint64_t trial = 0; trial < 500; trial++) {
        perebor_value a[N_PARAMETERS];
        perebor_value b[N_PARAMETERS];
        perebor_space_point(gridded, trial, a);
        perebor_space_point(plain, trial, b);
        assert_true(perebor_value_equal(a[DEPTH], b[DEPTH]));
    }
    perebor_space_free(gridded);
    perebor_space_free(plain);
}

static void any_sixteen_blocks_go_through_the_whole_range(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        perebor_space *space = make_space(seed, parameters, N_PARAMETERS);
        uint64_t first = 16 * (seed % 5);
        unsigned parts = 0;
        size_t counts[4] = {0};
        for (uint64_t block = first; block < first + 16; block++) {
            perebor_value point[N_PARAMETERS];
            perebor_space_point(space, block * block_size + seed % block_size, point);
            parts |= 1u << (unsigned)(point[SCALE].as.real * 16.0);
            counts[point[MODEL].as.text[0] - 'a']++;
        }
        assert_int_equal(parts, 0xFFFF);
        for (size_t model = 0; model < 4; model++) {
            assert_int_equal(counts[model], (size_t)(16.0 * chances[model]));
        }
        perebor_space_free(space);
    }
}

/** Both are in sixteen parts by block; one seed must still bring every pair together. */
static void every_value_meets_every_value_of_the_other_parameter(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        perebor_space *space = make_space(seed, parameters, N_PARAMETERS);
        size_t counts[4][4] = {{0}};
        for (uint64_t block = 0; block < 640; block++) {
            perebor_value point[N_PARAMETERS];
            perebor_space_point(space, block * block_size, point);
            counts[point[MODEL].as.text[0] - 'a'][(size_t)(point[SCALE].as.real * 4.0)]++;
        }
        for (size_t i = 0; i < 16; i++) {
            double expected = 640.0 * chances[i / 4] / 4.0; // 20 for the rarest
            double found = (double)counts[i / 4][i % 4];
            assert_true(found > 0.3 * expected && found < 1.9 * expected);
        }
        perebor_space_free(space);
    }
}

/** Over seeds, one block's draw is uniform, and two parameters of a block have nothing to do with
 * each other: chi-squared over 8 x 8 cells, 63 degrees of freedom, 99.9 % quantile 103.4. */
static void one_block_is_uniform_over_seeds_and_parameters_are_independent(void **state) {
    (void)state;
    static const perebor_parameter two[] = {
        {.name = "scale", .distribution = PEREBOR_UNIFORM, .min = 0.0, .max = 1.0},
        {.name = "select__k", .distribution = PEREBOR_UNIFORM, .min = 0.0, .max = 1.0},
    };
    enum { N_SEEDS = 6400, CELLS = 8 };
    for (uint64_t block = 0; block < 6; block += 5) {
        size_t counts[CELLS][CELLS] = {{0}};
        for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
            perebor_space *space = make_space(seed, two, 2);
            perebor_value point[2];
            perebor_space_point(space, block * block_size, point);
            counts[(size_t)(point[0].as.real * CELLS)][(size_t)(point[1].as.real * CELLS)]++;
            perebor_space_free(space);
        }
        double chi_squared = 0.0;
        for (size_t i = 0; i < CELLS * CELLS; i++) {
            double off = (double)counts[i / CELLS][i % CELLS] - N_SEEDS / (double)(CELLS * CELLS);
            chi_squared += off * off / (N_SEEDS / (double)(CELLS * CELLS));
        }
        assert_true(chi_squared < 103.4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_has_its_coarse_parameters_in_common_and_no_others),
        cmocka_unit_test(a_point_is_a_function_of_seed_name_and_number),
        cmocka_unit_test(dense_parameters_are_drawn_as_without_blocks),
        cmocka_unit_test(any_sixteen_blocks_go_through_the_whole_range),
        cmocka_unit_test(every_value_meets_every_value_of_the_other_parameter),
        cmocka_unit_test(one_block_is_uniform_over_seeds_and_parameters_are_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
