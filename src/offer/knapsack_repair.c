// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "base/try.h"
#include "offer/knapsack_state.h"

/** What a row could have instead. */
typedef struct knapsack_move {
    double key; /**< The least first. */
    uint32_t row, option;
} knapsack_move;

typedef struct move_list {
    knapsack_move *moves;
    size_t n, capacity;
} move_list;

static perebor_status append(move_list *list, knapsack_move move, perebor_error *error) {
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? 1024 : 2 * list->capacity;
        knapsack_move *moves = realloc(list->moves, capacity * sizeof *moves);
        if (moves == NULL) {
            return perebor_no_memory(error, "for a plan of offers");
        }
        list->moves = moves;
        list->capacity = capacity;
    }
    list->moves[list->n++] = move;
    return PEREBOR_OK;
}

static int by_key(const void *left, const void *right) {
    const knapsack_move *a = left, *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    return (a->option > b->option) - (a->option < b->option); // none comes last
}

static void sort(move_list *list) {
    if (list->n > 0) {
        qsort(list->moves, list->n, sizeof *list->moves, by_key);
    }
}

/** Every way in which a row could use less of a limit, by what it loses for what it frees. */
static perebor_status list_ways_out(move_list *list, const knapsack_state *state, size_t limit,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const knapsack *problem = state->problem;
    for (size_t row = 0; row < problem->n_rows; row++) {
        uint64_t uses = knapsack_use_of(problem, state->chosen[row], limit);
        double has = knapsack_state_reduced(state, state->chosen[row]);
        uint32_t end = problem->first[row + 1];
        for (uint32_t o = problem->first[row]; uses > 0 && o <= end; o++) {
            uint32_t other = o == end ? KNAPSACK_NONE : o;
            uint64_t would_use = knapsack_use_of(problem, other, limit);
            if (would_use < uses) {
                double loss = has - knapsack_state_reduced(state, other);
                PEREBOR_TRY(done, append(list,
                                         (knapsack_move){loss / (double)(uses - would_use),
                                                         (uint32_t)row, other},
                                         error));
            }
        }
    }
done:
    return status;
}

perebor_status knapsack_repair(knapsack_state *state, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const knapsack *problem = state->problem;
    move_list list = {0};
    for (size_t k = 0; k < problem->n_limits; k++) {
        if (state->used[k] <= problem->capacity[k]) {
            continue;
        }
        list.n = 0;
        PEREBOR_TRY(done, list_ways_out(&list, state, k, error));
        sort(&list);
        for (size_t i = 0; i < list.n && state->used[k] > problem->capacity[k]; i++) {
            const knapsack_move *move = &list.moves[i];
            // A row that has moved already may do so again, if it then uses less.
            if (knapsack_use_of(problem, move->option, k) <
                    knapsack_use_of(problem, state->chosen[move->row], k) &&
                knapsack_state_fits(state, move->row, move->option, k)) {
                knapsack_state_move(state, move->row, move->option);
            }
        }
    }
done:
    free(list.moves);
    return status;
}

/** Every move that gains, by what it loses at the prices. Losing more than the gap is of no use. */
static perebor_status list_gains(move_list *list, const knapsack_state *state,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const knapsack *problem = state->problem;
    double gap = state->bound - knapsack_state_total(state);
    for (size_t row = 0; row < problem->n_rows; row++) {
        double net = knapsack_state_net(state, state->chosen[row]);
        double has = knapsack_state_reduced(state, state->chosen[row]);
        for (uint32_t o = problem->first[row]; o < problem->first[row + 1]; o++) {
            double loss = has - knapsack_state_reduced(state, o);
            if (problem->options[o].net > net && loss <= gap) {
                PEREBOR_TRY(done, append(list, (knapsack_move){loss, (uint32_t)row, o}, error));
            }
        }
    }
done:
    return status;
}

enum { most_passes = 20 };

perebor_status knapsack_fill(knapsack_state *state, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const knapsack *problem = state->problem;
    move_list list = {0};
    bool moved = true;
    for (int pass = 0; moved && pass < most_passes; pass++) {
        moved = false;
        list.n = 0;
        PEREBOR_TRY(done, list_gains(&list, state, error));
        sort(&list);
        for (size_t i = 0; i < list.n; i++) {
            const knapsack_move *move = &list.moves[i];
            uint32_t has = state->chosen[move->row];
            if (problem->options[move->option].net > knapsack_state_net(state, has) &&
                knapsack_state_fits(state, move->row, move->option, SIZE_MAX)) {
                knapsack_state_move(state, move->row, move->option);
                moved = true;
            }
        }
    }
done:
    free(list.moves);
    return status;
}
