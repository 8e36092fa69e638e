// SPDX-License-Identifier: MIT
#include "explain/players.h"

#include <stdbool.h>

/** The smallest number above `last` (or of all, where `any`) among the groups. */
static bool next_group(const uint32_t *groups, size_t n, bool any, uint32_t last, uint32_t *next) {
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if ((any || groups[i] > last) && (!found || groups[i] < *next)) {
            *next = groups[i];
            found = true;
        }
    }
    return found;
}

perebor_status explain_players_group(explain_players *players, const uint32_t *groups,
                                     size_t n_prepared, perebor_workspace *workspace,
                                     perebor_error *error) {
    uint32_t *sources = perebor_workspace_take(workspace, n_prepared, sizeof *sources);
    uint32_t *first = perebor_workspace_take(workspace, n_prepared + 1, sizeof *first);
    uint32_t *prepared = perebor_workspace_take(workspace, n_prepared, sizeof *prepared);
    uint32_t *player_of = perebor_workspace_take(workspace, n_prepared, sizeof *player_of);
    if (sources == NULL || first == NULL || prepared == NULL || player_of == NULL) {
        return perebor_no_memory(error, "for the players among %zu columns", n_prepared);
    }
    size_t n_players = 0;
    uint32_t placed = 0, group = 0;
    first[0] = 0;
    while (next_group(groups, n_prepared, n_players == 0, group, &group)) {
        for (size_t i = 0; i < n_prepared; i++) {
            if (groups[i] == group) {
                prepared[placed++] = (uint32_t)i;
                player_of[i] = (uint32_t)n_players;
            }
        }
        sources[n_players++] = group;
        first[n_players] = placed;
    }
    *players = (explain_players){.n_players = n_players,
                                 .n_prepared = n_prepared,
                                 .sources = sources,
                                 .first = first,
                                 .prepared = prepared,
                                 .player_of = player_of};
    return PEREBOR_OK;
}

perebor_status explain_players_make(explain_players *players,
                                    const perebor_preparation *preparation,
                                    perebor_workspace *workspace, perebor_error *error) {
    size_t n = perebor_preparation_n_columns(preparation);
    uint32_t *groups = perebor_workspace_take(workspace, n, sizeof *groups);
    if (groups == NULL) {
        return perebor_no_memory(error, "for the players among %zu columns", n);
    }
    for (size_t column = 0; column < n; column++) {
        groups[column] = (uint32_t)perebor_preparation_source(preparation, column);
    }
    return explain_players_group(players, groups, n, workspace, error);
}
