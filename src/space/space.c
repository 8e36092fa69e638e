// SPDX-License-Identifier: MIT
#include "perebor/space.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/try.h"
#include "space/definition.h"

static perebor_status copy_text(perebor_space *space, const char **text, const char *from,
                                perebor_error *error) {
    *text = perebor_arena_text(&space->arena, from);
    return *text == NULL ? perebor_no_memory(error, "for the space of the search") : PEREBOR_OK;
}

static perebor_status copy_values(perebor_space *space, const perebor_value **values,
                                  const perebor_value *from, size_t n, perebor_error *error) {
    perebor_value *copy = perebor_arena_allocate(&space->arena, n, sizeof *copy);
    if (copy == NULL) {
        return perebor_no_memory(error, "for the space of the search");
    }
    for (size_t i = 0; i < n; i++) {
        copy[i] = from[i];
        if (from[i].kind == PEREBOR_VALUE_TEXT) {
            copy[i].as.text = perebor_arena_text(&space->arena, from[i].as.text);
            if (copy[i].as.text == NULL) {
                return perebor_no_memory(error, "for the space of the search");
            }
        }
    }
    *values = copy;
    return PEREBOR_OK;
}

static perebor_status copy_conditions(perebor_space *space, perebor_parameter *copy,
                                      const perebor_parameter *from, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_condition *conditions =
        perebor_arena_allocate(&space->arena, from->n_conditions, sizeof *conditions);
    if (conditions == NULL) {
        return perebor_no_memory(error, "for the space of the search");
    }
    for (size_t i = 0; i < from->n_conditions; i++) {
        const perebor_condition *condition = &from->conditions[i];
        conditions[i].n_values = condition->n_values;
        PEREBOR_TRY(done, copy_text(space, &conditions[i].parameter, condition->parameter, error));
        PEREBOR_TRY(done, copy_values(space, &conditions[i].values, condition->values,
                                      condition->n_values, error));
    }
    copy->conditions = conditions;
done:
    return status;
}

static perebor_status copy_parameter(perebor_space *space, perebor_parameter *copy,
                                     const perebor_parameter *from, perebor_error *error) {
    perebor_status status;
    *copy = *from;
    PEREBOR_TRY(done, copy_text(space, &copy->name, from->name, error));
    if (from->source != NULL) {
        PEREBOR_TRY(done, copy_text(space, &copy->source, from->source, error));
    }
    PEREBOR_TRY(done, copy_values(space, &copy->values, from->values, from->n_values, error));
    PEREBOR_TRY(done, copy_conditions(space, copy, from, error));
    if (from->probabilities != NULL) {
        double *probabilities =
            perebor_arena_allocate(&space->arena, from->n_values, sizeof *probabilities);
        if (probabilities == NULL) {
            return perebor_no_memory(error, "for the space of the search");
        }
        memcpy(probabilities, from->probabilities, from->n_values * sizeof *probabilities);
        copy->probabilities = probabilities;
    }
done:
    return status;
}

static perebor_status add_parameter(perebor_space *space, const perebor_parameter *from,
                                    perebor_error *error) {
    perebor_status status;
    size_t existing = perebor_space_find(space, from->name);
    if (existing != SIZE_MAX) {
        return space_refuse(space_place(space->file, from->source), from->line, from->column, error,
                            PEREBOR_ERR_FORMAT, "%s: the parameter is there already, on line %u",
                            from->name, space->parameters[existing].line);
    }
    PEREBOR_TRY(done, space_check_parameter(from, space->file, error));
    PEREBOR_TRY(done, copy_parameter(space, &space->parameters[space->n_parameters], from, error));
    space->streams[space->n_parameters] = perebor_stream_make(space->seed, from->name);
    space->n_parameters++;
done:
    return status;
}

static perebor_status add_parameters(perebor_space *space, const perebor_parameter *parameters,
                                     size_t n, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (n > SPACE_MAX_PARAMETERS) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: %zu parameters; at most %d are allowed",
                            space->file, n, SPACE_MAX_PARAMETERS);
    }
    space->parameters = perebor_arena_allocate(&space->arena, n, sizeof *space->parameters);
    space->streams = perebor_arena_allocate(&space->arena, n, sizeof *space->streams);
    space->parents = perebor_arena_allocate(&space->arena, n, sizeof *space->parents);
    space->order = perebor_arena_allocate(&space->arena, n, sizeof *space->order);
    space->by_block = perebor_arena_allocate(&space->arena, n, sizeof *space->by_block);
    if (space->parameters == NULL || space->streams == NULL || space->parents == NULL ||
        space->order == NULL || space->by_block == NULL) {
        return perebor_no_memory(error, "for the space of the search");
    }
    for (size_t i = 0; i < n; i++) {
        PEREBOR_TRY(done, add_parameter(space, &parameters[i], error));
    }
done:
    return status;
}

perebor_status perebor_space_create(perebor_space **space, const char *file,
                                    const perebor_parameter *parameters, size_t n_parameters,
                                    const perebor_enqueued *enqueued, size_t n_enqueued,
                                    perebor_search_method method, uint64_t seed,
                                    perebor_error *error) {
    perebor_status status;
    perebor_space *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for the space of the search");
    }
    result->method = method;
    result->seed = seed;
    PEREBOR_TRY(failed, copy_text(result, &result->file, file, error));
    PEREBOR_TRY(failed, add_parameters(result, parameters, n_parameters, error));
    PEREBOR_TRY(failed, space_order(result, error));
    PEREBOR_TRY(failed, space_enqueue(result, enqueued, n_enqueued, error));
    if (method == PEREBOR_SEARCH_GRID) {
        PEREBOR_TRY(failed, space_grid_create(result, error));
    }
    *space = result;
    return PEREBOR_OK;
failed:
    perebor_space_free(result);
    return status;
}

void perebor_space_free(perebor_space *space) {
    if (space != NULL) {
        space_grid_free(&space->grid);
        perebor_arena_release(&space->arena);
        free(space);
    }
}

void perebor_space_draw_by_block(perebor_space *space, size_t index) {
    assert(index < space->n_parameters);
    space->by_block[index] = true;
}

size_t perebor_space_n_parameters(const perebor_space *space) {
    return space->n_parameters;
}

const perebor_parameter *perebor_space_parameter(const perebor_space *space, size_t index) {
    assert(index < space->n_parameters);
    return &space->parameters[index];
}

size_t perebor_space_n_enqueued(const perebor_space *space) {
    return space->n_enqueued;
}

bool perebor_space_enqueued(const perebor_space *space, size_t point, size_t parameter,
                            perebor_value *value, perebor_enqueued *place) {
    assert(point < space->n_enqueued && parameter < space->n_parameters);
    size_t index = point * space->n_parameters + parameter;
    *value = space->enqueued[index];
    *place = space->places[point];
    return space->given[index];
}

uint64_t perebor_space_n_trials(const perebor_space *space) {
    if (space->method == PEREBOR_SEARCH_GRID) {
        return space->grid.ends[space->grid.n_ways - 1] + space->n_enqueued;
    }
    return UINT64_MAX;
}

static perebor_value draw(const perebor_space *space, size_t index, uint64_t trial) {
    perebor_stream stream = space->streams[index];
    double uniform = space->by_block[index]
                         ? space_block_uniform(stream, trial / PEREBOR_SPACE_BLOCK_TRIALS)
                         : perebor_stream_uniform(stream, trial, 0);
    return space_draw(&space->parameters[index], uniform);
}

void perebor_space_point(const perebor_space *space, uint64_t trial, perebor_value *values) {
    if (space->method == PEREBOR_SEARCH_GRID && trial >= space->n_enqueued) {
        space_grid_point(space, trial - space->n_enqueued, values);
        return;
    }
    const bool *given =
        trial < space->n_enqueued ? &space->given[trial * space->n_parameters] : NULL;
    bool active[SPACE_MAX_PARAMETERS];
    for (size_t n = 0; n < space->n_parameters; n++) {
        active[n] = false;
    }
    for (size_t n = 0; n < space->n_parameters; n++) {
        size_t index = space->order[n];
        active[index] = space_failing_condition(space, index, values, active) == NULL;
        if (!active[index]) {
            values[index] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
        } else if (given != NULL && given[index]) {
            values[index] = space->enqueued[trial * space->n_parameters + index];
        } else {
            values[index] = draw(space, index, trial);
        }
    }
}
