// SPDX-License-Identifier: MIT
/*
 * What a plan has less than the bound is what its rows lose at the prices and what is left unused:
 *
 *     L(w) - Σ_i net(x_i) = Σ_i (best reduced net of i - reduced net of x_i)
 *                           + Σ_k w_k (capacity_k - used_k),           both not below 0.
 *
 * A choice that loses more than the gap of a plan that is known is in no better plan (Ingargiola
 * and Korsh, Management Science 20, 1973). The rows that have more than one choice left are the
 * core; all others have their best. The core is searched depth first, the closest choices deepest,
 * each row's options by what they lose.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "offer/knapsack_dual.h"
#include "offer/knapsack_state.h"

enum { most_core_rows = 40, most_core_options = 64, most_steps = 3000000 };

/** An option of a row of the core. */
typedef struct core_option {
    double loss;
    uint32_t option;
} core_option;

/** A row whose choice is open. */
typedef struct core_row {
    double closeness; /**< What its second best loses. */
    uint32_t row;
    size_t n_options;
    core_option options[most_core_options]; /**< By loss. */
} core_row;

typedef struct core {
    core_row *rows; /**< [n_rows] the closest last */
    size_t n_rows;
    bool whole;     /**< No open choice was left out. */
    double gap;     /**< The gap of the best plan that is known. */
    double fixed;   /**< What the rows outside lose. */
    uint64_t *used; /**< [n_limits] by rows outside and those on the way */
    uint64_t *most; /**< [n_rows + 1][n_limits] what the rows from one on can use at most */
    size_t at[most_core_rows];    /**< The option that each row on the way has. */
    size_t found[most_core_rows]; /**< Those of the best plan. */
    bool better;
} core;

static int by_loss(const void *left, const void *right) {
    const core_option *a = left, *b = right;
    if (a->loss != b->loss) {
        return a->loss < b->loss ? -1 : 1;
    }
    return (a->option > b->option) - (a->option < b->option);
}

static int by_closeness(const void *left, const void *right) {
    const core_row *a = left, *b = right;
    if (a->closeness != b->closeness) {
        return a->closeness > b->closeness ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

/** The choices of a row that lose less than the gap. @return False: it is not open. */
static bool open_row(core_row *open, bool *whole, const knapsack_state *state, size_t row,
                     double gap) {
    const knapsack *problem = state->problem;
    uint32_t wish = knapsack_wish(problem, state->price, row), end = problem->first[row + 1];
    double best = knapsack_state_reduced(state, wish);
    *open = (core_row){.row = (uint32_t)row};
    for (uint32_t o = problem->first[row]; o <= end; o++) {
        uint32_t option = o == end ? KNAPSACK_NONE : o;
        double loss = best - knapsack_state_reduced(state, option);
        if (loss < gap || option == state->chosen[row]) {
            if (open->n_options == most_core_options) {
                *whole = false;
                return false;
            }
            open->options[open->n_options++] = (core_option){loss, option};
        }
    }
    qsort(open->options, open->n_options, sizeof *open->options, by_loss);
    open->closeness = open->n_options > 1 ? open->options[1].loss : 0.0;
    return open->n_options > 1;
}

/** Finds the core: the closest rows, if there are more than it may have. */
static perebor_status find_core(core *core, const knapsack_state *state, perebor_error *error) {
    core_row open;
    core->rows = calloc((size_t)most_core_rows + 1, sizeof *core->rows);
    core->used = calloc(state->problem->n_limits + 1, sizeof *core->used);
    core->most =
        calloc(((size_t)most_core_rows + 1) * (state->problem->n_limits + 1), sizeof *core->most);
    if (core->rows == NULL || core->used == NULL || core->most == NULL) {
        return perebor_no_memory(error, "for a plan of offers");
    }
    core->whole = true;
    for (size_t row = 0; row < state->problem->n_rows; row++) {
        if (!open_row(&open, &core->whole, state, row, core->gap)) {
            continue;
        }
        if (core->n_rows == most_core_rows) {
            core->whole = false;
            if (by_closeness(&open, &core->rows[0]) < 0) {
                continue; // less close than all of them
            }
            memmove(core->rows, core->rows + 1, (most_core_rows - 1) * sizeof *core->rows);
            core->n_rows -= 1;
        }
        size_t at = core->n_rows++;
        for (; at > 0 && by_closeness(&open, &core->rows[at - 1]) < 0; at--) {
            core->rows[at] = core->rows[at - 1];
        }
        core->rows[at] = open;
    }
    return PEREBOR_OK;
}

/** What the rows outside use and lose, and the most that the rows of the core can use. */
static void frame(core *core, const knapsack_state *state) {
    const knapsack *problem = state->problem;
    size_t n_limits = problem->n_limits;
    memcpy(core->used, state->used, n_limits * sizeof *core->used);
    for (size_t row = 0; row < problem->n_rows; row++) {
        uint32_t wish = knapsack_wish(problem, state->price, row);
        core->fixed +=
            knapsack_state_reduced(state, wish) - knapsack_state_reduced(state, state->chosen[row]);
    }
    for (size_t i = core->n_rows; i-- > 0;) {
        const core_row *open = &core->rows[i];
        for (size_t j = 0; j < open->n_options; j++) {
            if (open->options[j].option == state->chosen[open->row]) {
                core->fixed -= open->options[j].loss;
            }
        }
        for (size_t k = 0; k < n_limits; k++) {
            uint64_t most = 0;
            core->used[k] -= knapsack_use_of(problem, state->chosen[open->row], k);
            for (size_t j = 0; j < open->n_options; j++) {
                uint64_t use = knapsack_use_of(problem, open->options[j].option, k);
                most = use > most ? use : most;
            }
            core->most[i * n_limits + k] = core->most[(i + 1) * n_limits + k] + most;
        }
    }
}

/** Adds or takes away what an option uses. */
static void use(core *core, const knapsack *problem, uint32_t option, bool add) {
    for (size_t u = 0; option != KNAPSACK_NONE && u < KNAPSACK_MOST_USES; u++) {
        uint16_t limit = problem->options[option].limits[u];
        uint64_t amount = knapsack_amount(&problem->options[option], u);
        if (limit != KNAPSACK_NO_LIMIT) {
            core->used[limit] += add ? amount : -amount; // modulo 2^64
        }
    }
}

/** What must stay unused is worth at the prices, if the rows before @p depth are settled; infinite
 * where a limit is overdrawn. */
static double unused(const core *core, const knapsack_state *state, size_t depth) {
    double sum = 0.0;
    for (size_t k = 0; k < state->problem->n_limits; k++) {
        uint64_t capacity = state->problem->capacity[k];
        if (core->used[k] > capacity) {
            return (double)INFINITY;
        }
        uint64_t most = core->used[k] + core->most[depth * state->problem->n_limits + k];
        sum += most < capacity ? state->price[k] * (double)(capacity - most) : 0.0;
    }
    return sum;
}

/** The search. @return Whether it came to its end. */
static bool search(core *core, const knapsack_state *state) {
    double lost[most_core_rows + 1];
    size_t depth = 0, n_steps = 0;
    lost[0] = core->fixed;
    core->at[0] = 0;
    while (true) {
        const core_row *open = &core->rows[depth];
        if (core->at[depth] > 0) { // back from below: the one before has been looked at
            use(core, state->problem, open->options[core->at[depth] - 1].option, false);
        }
        if (core->at[depth] == open->n_options ||
            lost[depth] + open->options[core->at[depth]].loss >= core->gap) {
            if (depth == 0) {
                return true;
            }
            depth -= 1;
            continue;
        }
        if (++n_steps > most_steps) {
            return false;
        }
        const core_option *taken = &open->options[core->at[depth]++];
        use(core, state->problem, taken->option, true);
        lost[depth + 1] = lost[depth] + taken->loss;
        double gap = lost[depth + 1] + unused(core, state, depth + 1);
        if (!(gap < core->gap)) {
            continue;
        }
        if (depth + 1 < core->n_rows) {
            core->at[++depth] = 0;
            continue;
        }
        core->gap = gap;
        core->better = true;
        memcpy(core->found, core->at, sizeof core->found);
    }
}

perebor_status knapsack_improve(knapsack_state *state, bool *best, perebor_error *error) {
    perebor_status status;
    core core = {.gap = state->bound - knapsack_state_total(state)};
    PEREBOR_TRY(done, find_core(&core, state, error));
    *best = core.whole;
    if (core.n_rows == 0) {
        goto done;
    }
    frame(&core, state);
    bool ended = search(&core, state);
    *best = core.whole && ended;
    for (size_t i = 0; core.better && i < core.n_rows; i++) {
        const core_row *open = &core.rows[i];
        knapsack_state_move(state, open->row, open->options[core.found[i] - 1].option);
    }
done:
    free(core.rows);
    free(core.used);
    free(core.most);
    return status;
}
