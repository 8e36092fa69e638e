// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "base/try.h"
#include "space/definition.h"

static perebor_status refuse_name(const perebor_space *space, const perebor_enqueued *point,
                                  const char *name, perebor_error *error) {
    const char *nearest = space_nearest_name(space, name);
    return space_refuse(space_place(space->file, point->source), point->line, point->column, error,
                        PEREBOR_ERR_FORMAT, "enqueue: %s is not a parameter of the search%s%s%s",
                        name, nearest == NULL ? "" : "; did you mean ",
                        nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
}

/** Lists as long as this are looked up in a table. */
enum { long_list = 32 };

/** Tables of the parameters that list many values. @param[out] lists  [n_parameters] zeroed. */
static perebor_status index_lists(const perebor_space *space, space_listed *lists,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < space->n_parameters; i++) {
        const perebor_parameter *parameter = &space->parameters[i];
        if (parameter->n_values >= long_list) {
            PEREBOR_TRY(done, space_listed_create(&lists[i], parameter->values, parameter->n_values,
                                                  error));
        }
    }
done:
    return status;
}

static bool belongs(const perebor_space *space, const space_listed *lists, size_t index,
                    perebor_value value, perebor_value *own) {
    return lists[index].slots != NULL ? space_listed_find(&lists[index], value, own)
                                      : space_belongs(&space->parameters[index], value, own);
}

static perebor_status place_values(const perebor_space *space, const space_listed *lists,
                                   const perebor_enqueued *point, perebor_value *values,
                                   bool *given, perebor_error *error) {
    for (size_t i = 0; i < point->n; i++) {
        size_t index = perebor_space_find(space, point->names[i]);
        if (index == SIZE_MAX) {
            return refuse_name(space, point, point->names[i], error);
        }
        if (given[index]) {
            return space_refuse(space_place(space->file, point->source), point->line, point->column,
                                error, PEREBOR_ERR_FORMAT, "enqueue: %s is given twice",
                                point->names[i]);
        }
        if (!belongs(space, lists, index, point->values[i], &values[index])) {
            char value[64];
            char wanted[256];
            (void)perebor_value_format(point->values[i], value, sizeof value);
            space_describe(&space->parameters[index], wanted, sizeof wanted);
            return space_refuse(space_place(space->file, point->source), point->line, point->column,
                                error, PEREBOR_ERR_FORMAT,
                                "enqueue: %s cannot be %s; the search takes it from: %s",
                                point->names[i], value, wanted);
        }
        given[index] = true;
    }
    return PEREBOR_OK;
}

/**
 * A value that a condition would set aside is a mistake, and so is one whose condition depends on a
 * draw: what an enqueued point says must hold for every seed.
 */
static perebor_status check_conditions(const perebor_space *space, const perebor_enqueued *point,
                                       const perebor_value *values, const bool *given,
                                       perebor_error *error) {
    perebor_value known[SPACE_MAX_PARAMETERS];
    bool active[SPACE_MAX_PARAMETERS] = {false};
    for (size_t n = 0; n < space->n_parameters; n++) {
        size_t index = space->order[n];
        const perebor_parameter *parameter = &space->parameters[index];
        bool constant = parameter->distribution == PEREBOR_CONSTANT;
        known[index] = constant ? parameter->values[0] : values[index];
        const perebor_condition *failing = space_failing_condition(space, index, known, active);
        active[index] = (given[index] || constant) && failing == NULL;
        if (given[index] && failing != NULL) {
            char value[64];
            (void)perebor_value_format(failing->values[0], value, sizeof value);
            return space_refuse(space_place(space->file, point->source), point->line, point->column,
                                error, PEREBOR_ERR_FORMAT,
                                "enqueue: %s is active only when %s is %s%s, which this point does "
                                "not say",
                                parameter->name, failing->parameter, value,
                                failing->n_values > 1 ? " (or another that when lists)" : "");
        }
    }
    return PEREBOR_OK;
}

static perebor_status copy_place(perebor_space *space, perebor_enqueued *copy,
                                 const perebor_enqueued *from, perebor_error *error) {
    *copy = (perebor_enqueued){.line = from->line, .column = from->column};
    if (from->source != NULL) {
        copy->source = perebor_arena_text(&space->arena, from->source);
        if (copy->source == NULL) {
            return perebor_no_memory(error, "for an enqueued point");
        }
    }
    return PEREBOR_OK;
}

perebor_status space_enqueue(perebor_space *space, const perebor_enqueued *enqueued,
                             size_t n_enqueued, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = space->n_parameters;
    space_listed *lists = calloc(n + 1, sizeof *lists);
    space->enqueued =
        n != 0 && n_enqueued > SIZE_MAX / n
            ? NULL
            : perebor_arena_allocate(&space->arena, n_enqueued * n, sizeof *space->enqueued);
    space->given = space->enqueued == NULL
                       ? NULL
                       : perebor_arena_allocate(&space->arena, n_enqueued * n, sizeof(bool));
    space->places = perebor_arena_allocate(&space->arena, n_enqueued, sizeof *space->places);
    if (space->given == NULL || space->places == NULL || lists == NULL) {
        status = perebor_no_memory(error, "for %zu enqueued points", n_enqueued);
        goto done;
    }
    if (n_enqueued > 0) {
        PEREBOR_TRY(done, index_lists(space, lists, error));
    }
    for (size_t i = 0; i < n_enqueued; i++) {
        PEREBOR_TRY(done, copy_place(space, &space->places[i], &enqueued[i], error));
        perebor_value *values = &space->enqueued[i * n];
        bool *given = &space->given[i * n];
        PEREBOR_TRY(done, place_values(space, lists, &enqueued[i], values, given, error));
        PEREBOR_TRY(done, check_conditions(space, &enqueued[i], values, given, error));
    }
    space->n_enqueued = n_enqueued;
done:
    for (size_t i = 0; lists != NULL && i < n; i++) {
        space_listed_release(&lists[i]);
    }
    free(lists);
    return status;
}
