// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdlib.h>

#include "base/try.h"
#include "space/definition.h"

/** Ways to set the branches that are kept in memory, and points that are numbered. */
enum { max_ways = 1 << 20 };
static const uint64_t max_points = UINT64_C(1) << 53;

static perebor_status check_countable(const perebor_space *space, perebor_error *error) {
    for (size_t i = 0; i < space->n_parameters; i++) {
        const perebor_parameter *parameter = &space->parameters[i];
        if (space_n_values(parameter) == UINT64_MAX) {
            return space_refuse(space_place(space->file, parameter->source), parameter->line,
                                parameter->column, error, PEREBOR_ERR_FORMAT,
                                "%s: a grid needs values that can be counted, and %s has none; "
                                "list values, or search at random",
                                parameter->name,
                                perebor_distribution_name(parameter->distribution));
        }
    }
    return PEREBOR_OK;
}

/** Tells the parameters that conditions ask about from the others. */
static perebor_status sort_parameters(perebor_space *space, perebor_error *error) {
    space_grid *grid = &space->grid;
    bool asked[SPACE_MAX_PARAMETERS] = {false};
    for (size_t i = 0; i < space->n_parameters; i++) {
        for (size_t k = 0; k < space->parameters[i].n_conditions; k++) {
            asked[space->parents[i][k]] = true;
        }
    }
    size_t n = space->n_parameters;
    grid->branches = perebor_arena_allocate(&space->arena, n, sizeof *grid->branches);
    grid->leaves = perebor_arena_allocate(&space->arena, n, sizeof *grid->leaves);
    if (grid->branches == NULL || grid->leaves == NULL) {
        return perebor_no_memory(error, "for a grid of %zu parameters", n);
    }
    for (size_t i = 0; i < n; i++) {
        size_t index = space->order[i];
        if (asked[index]) {
            grid->branches[grid->n_branches++] = index;
        }
        if (!asked[i]) {
            grid->leaves[grid->n_leaves++] = i;
        }
    }
    return PEREBOR_OK;
}

/** One way to set the branches, while they are being walked. */
typedef struct walk {
    perebor_space *space;
    perebor_value values[SPACE_MAX_PARAMETERS];
    bool active[SPACE_MAX_PARAMETERS];
    uint32_t chosen[SPACE_MAX_PARAMETERS]; /**< [n_branches] */
    size_t capacity;                       /**< of the grid's ways */
} walk;

/** Points that the other parameters make of this way, or UINT64_MAX if too many. */
static uint64_t count_leaves(const walk *walk) {
    const space_grid *grid = &walk->space->grid;
    uint64_t product = 1;
    for (size_t i = 0; i < grid->n_leaves; i++) {
        size_t index = grid->leaves[i];
        if (space_failing_condition(walk->space, index, walk->values, walk->active) == NULL) {
            uint64_t n = space_n_values(&walk->space->parameters[index]);
            if (n > max_points / product) {
                return UINT64_MAX;
            }
            product *= n;
        }
    }
    return product;
}

static perebor_status reserve_way(walk *walk, perebor_error *error) {
    space_grid *grid = &walk->space->grid;
    if (grid->n_ways < walk->capacity) {
        return PEREBOR_OK;
    }
    size_t capacity = walk->capacity == 0 ? 16 : walk->capacity * 2;
    uint64_t *ends = realloc(grid->ends, capacity * sizeof *ends);
    if (ends != NULL) {
        grid->ends = ends;
    }
    uint32_t *chosen =
        realloc(grid->chosen, capacity * (grid->n_branches + 1) * sizeof *grid->chosen);
    if (chosen != NULL) {
        grid->chosen = chosen;
    }
    if (ends == NULL || chosen == NULL) {
        return perebor_no_memory(error, "for a grid");
    }
    walk->capacity = capacity;
    return PEREBOR_OK;
}

static perebor_status add_way(walk *walk, perebor_error *error) {
    space_grid *grid = &walk->space->grid;
    perebor_status status = reserve_way(walk, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    uint64_t before = grid->n_ways == 0 ? 0 : grid->ends[grid->n_ways - 1];
    uint64_t points = count_leaves(walk);
    if (points > max_points - before || grid->n_ways == max_ways) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: the grid has too many combinations to number; list fewer values, "
                            "or search at random",
                            walk->space->file);
    }
    for (size_t i = 0; i < grid->n_branches; i++) {
        grid->chosen[grid->n_ways * grid->n_branches + i] = walk->chosen[i];
    }
    grid->ends[grid->n_ways++] = before + points;
    return PEREBOR_OK;
}

/** Walks every way to set the branches from @p depth on. */
static perebor_status walk_branches(walk *walk, size_t depth, perebor_error *error) {
    const space_grid *grid = &walk->space->grid;
    if (depth == grid->n_branches) {
        return add_way(walk, error);
    }
    size_t index = grid->branches[depth];
    const perebor_parameter *parameter = &walk->space->parameters[index];
    walk->active[index] =
        space_failing_condition(walk->space, index, walk->values, walk->active) == NULL;
    if (!walk->active[index]) {
        walk->chosen[depth] = UINT32_MAX;
        return walk_branches(walk, depth + 1, error);
    }
    perebor_status status = PEREBOR_OK;
    uint64_t n = space_n_values(parameter);
    for (uint64_t i = 0; i < n && status == PEREBOR_OK; i++) {
        walk->values[index] = space_value_at(parameter, i);
        walk->chosen[depth] = (uint32_t)i; // max_ways ends the walk long before this wraps
        status = walk_branches(walk, depth + 1, error);
    }
    return status;
}

perebor_status space_grid_create(perebor_space *space, perebor_error *error) {
    perebor_status status;
    walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL) {
        return perebor_no_memory(error, "for a grid");
    }
    walk->space = space;
    PEREBOR_TRY(done, check_countable(space, error));
    PEREBOR_TRY(done, sort_parameters(space, error));
    PEREBOR_TRY(done, walk_branches(walk, 0, error));
done:
    free(walk);
    return status;
}

void space_grid_free(space_grid *grid) {
    free(grid->chosen);
    free(grid->ends);
}

/** The way that a point belongs to. */
static size_t find_way(const space_grid *grid, uint64_t number) {
    size_t low = 0;
    size_t high = grid->n_ways - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number < grid->ends[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

void space_grid_point(const perebor_space *space, uint64_t number, perebor_value *values) {
    const space_grid *grid = &space->grid;
    bool active[SPACE_MAX_PARAMETERS] = {false};
    size_t way = find_way(grid, number);
    assert(number < grid->ends[way]);
    for (size_t i = 0; i < grid->n_branches; i++) {
        size_t index = grid->branches[i];
        uint32_t chosen = grid->chosen[way * grid->n_branches + i];
        active[index] = chosen != UINT32_MAX;
        values[index] = active[index] ? space_value_at(&space->parameters[index], chosen)
                                      : (perebor_value){.kind = PEREBOR_VALUE_NONE};
    }
    uint64_t rest = number - (way == 0 ? 0 : grid->ends[way - 1]);
    for (size_t i = grid->n_leaves; i-- > 0;) {
        size_t index = grid->leaves[i];
        const perebor_parameter *parameter = &space->parameters[index];
        if (space_failing_condition(space, index, values, active) != NULL) {
            values[index] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
            continue;
        }
        uint64_t n = space_n_values(parameter);
        values[index] = space_value_at(parameter, rest % n);
        rest /= n;
    }
}
