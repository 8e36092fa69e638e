// SPDX-License-Identifier: MIT
/** The players of a game are original columns: what was encoded into several moves together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/players.h"

static void columns_of_one_source_are_one_player(void **state) {
    (void)state;
    static const uint32_t groups[] = {7, 2, 7, 0, 2, 2};
    static const uint32_t sources[] = {0, 2, 7}, first[] = {0, 1, 4, 6};
    static const uint32_t prepared[] = {3, 1, 4, 5, 0, 2}, player_of[] = {2, 1, 2, 0, 1, 1};
    perebor_workspace workspace = {0};
    explain_players players;
    assert_int_equal(explain_players_group(&players, groups, 6, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(players.n_players, 3);
    assert_int_equal(players.n_prepared, 6);
    assert_memory_equal(players.sources, sources, sizeof sources);
    assert_memory_equal(players.first, first, sizeof first);
    assert_memory_equal(players.prepared, prepared, sizeof prepared);
    assert_memory_equal(players.player_of, player_of, sizeof player_of);
    perebor_workspace_release(&workspace);
}

static void a_nominal_column_is_one_player_and_one_that_is_not_kept_none(void **state) {
    (void)state;
    static const double number[] = {1, 5, 2, 6, 1, 7}, idle[] = {1, 1, 2, 2, 1, 1};
    static const double level[] = {0, 1, 0, 2, 0, 1};
    static const uint8_t labels[] = {0, 1, 0, 1, 0, 1};
    static const char *const levels[] = {"a", "b", "c"};
    const perebor_column columns[] = {
        {"number", PEREBOR_ROLE_NUMERIC, number, NULL, 0, 0},
        {"idle", PEREBOR_ROLE_NUMERIC, idle, NULL, 0, 0},
        {"level", PEREBOR_ROLE_NOMINAL, level, levels, 3, 0},
    };
    const perebor_dataset dataset = {.n_rows = 6,
                                     .n_columns = 3,
                                     .columns = columns,
                                     .labels = labels,
                                     .target_name = "y",
                                     .positive_name = "1",
                                     .negative_name = "0",
                                     .id_name = ""};
    static const uint32_t rows[] = {0, 1, 2, 3, 4, 5};
    const perebor_preparation_settings settings = {.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT,
                                                   .select_k = 4};
    perebor_workspace workspace = {0};
    perebor_preparation *preparation = NULL;
    explain_players players;
    assert_int_equal(
        perebor_preparation_fit(&preparation, &dataset, rows, 6, &settings, &workspace, NULL),
        PEREBOR_OK);
    assert_int_equal(explain_players_make(&players, preparation, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(players.n_players, 2);
    assert_int_equal(players.sources[0], 0);
    assert_int_equal(players.sources[1], 2);
    assert_int_equal(players.first[2] - players.first[1], 3);
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_one_source_are_one_player),
        cmocka_unit_test(a_nominal_column_is_one_player_and_one_that_is_not_kept_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
