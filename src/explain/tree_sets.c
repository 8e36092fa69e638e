// SPDX-License-Identifier: MIT
#include "explain/tree_sets.h"

#include <string.h>

#include "base/try.h"

/** 1 where any of a set's columns is above 1/2. */
static void fill_column(const perebor_matrix *rows, const uint32_t *members, uint64_t n,
                        double *values) {
    for (uint64_t i = 0; i < n; i++) {
        const double *column = perebor_matrix_column(rows, members[i]);
        for (size_t row = 0; row < rows->n_rows; row++) {
            values[row] = column[row] > 0.5 ? 1.0 : values[row];
        }
    }
}

perebor_status tree_sets_extend_rows(perebor_matrix *extended, const perebor_matrix *rows,
                                     const perebor_trees_form *trees, perebor_workspace *workspace,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_matrix made = *rows;
    if (trees->n_sets > 0) {
        PEREBOR_TRY(done, perebor_matrix_create(&made, rows->n_rows,
                                                rows->n_columns + trees->n_sets, workspace, error));
        for (size_t column = 0; column < rows->n_columns; column++) {
            memcpy(perebor_matrix_column(&made, column), perebor_matrix_column(rows, column),
                   rows->n_rows * sizeof *rows->values);
        }
    }
    for (size_t set = 0; set < trees->n_sets; set++) {
        const uint64_t first = trees->first_member[set];
        fill_column(rows, trees->members + first, trees->first_member[set + 1] - first,
                    perebor_matrix_column(&made, rows->n_columns + set));
    }
    *extended = made;
done:
    return status;
}

perebor_status tree_sets_extend_players(explain_players *extended, const explain_players *players,
                                        const perebor_trees_form *trees,
                                        perebor_workspace *workspace, perebor_error *error) {
    const size_t n = players->n_prepared;
    *extended = *players;
    if (trees->n_sets == 0) {
        return PEREBOR_OK;
    }
    uint32_t *player_of = perebor_workspace_take(workspace, n + trees->n_sets, sizeof *player_of);
    if (player_of == NULL) {
        return perebor_no_memory(error, "for the players of %zu sets", trees->n_sets);
    }
    memcpy(player_of, players->player_of, n * sizeof *player_of);
    for (size_t set = 0; set < trees->n_sets; set++) {
        player_of[n + set] = player_of[trees->members[trees->first_member[set]]];
        for (uint64_t i = trees->first_member[set]; i < trees->first_member[set + 1]; i++) {
            if (player_of[trees->members[i]] != player_of[n + set]) {
                return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                    "set %zu of the model's trees is of levels of several columns",
                                    set);
            }
        }
    }
    extended->player_of = player_of;
    return PEREBOR_OK;
}
