// SPDX-License-Identifier: MIT

#include "base/try.h"
#include "space/definition.h"

static perebor_status resolve_name(const perebor_space *space, const perebor_parameter *parameter,
                                   const perebor_condition *condition, size_t *parent,
                                   perebor_error *error) {
    *parent = perebor_space_find(space, condition->parameter);
    if (*parent != SIZE_MAX) {
        return PEREBOR_OK;
    }
    const char *nearest = space_nearest_name(space, condition->parameter);
    return space_refuse(space_place(space->file, parameter->source), parameter->line,
                        parameter->column, error, PEREBOR_ERR_FORMAT,
                        "%s: when asks about %s, which is not a parameter%s%s%s", parameter->name,
                        condition->parameter, nearest == NULL ? "" : "; did you mean ",
                        nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
}

/** Brings the values of a condition to the kind that the parent takes. */
static perebor_status resolve_values(const perebor_space *space, const perebor_parameter *parameter,
                                     const perebor_condition *condition,
                                     const perebor_parameter *parent, perebor_value *own,
                                     perebor_error *error) {
    bool countable = space_n_values(parent) != UINT64_MAX ||
                     parent->distribution == PEREBOR_Q_LOG_UNIFORM_VALUES ||
                     parent->distribution == PEREBOR_Q_NORMAL;
    if (!countable) {
        return space_refuse(
            space_place(space->file, parameter->source), parameter->line, parameter->column, error,
            PEREBOR_ERR_FORMAT, "%s: when asks for single values of %s, which is continuous (%s)",
            parameter->name, parent->name, perebor_distribution_name(parent->distribution));
    }
    for (size_t i = 0; i < condition->n_values; i++) {
        if (!space_belongs(parent, condition->values[i], &own[i])) {
            char value[64];
            char wanted[256];
            (void)perebor_value_format(condition->values[i], value, sizeof value);
            space_describe(parent, wanted, sizeof wanted);
            return space_refuse(space_place(space->file, parameter->source), parameter->line,
                                parameter->column, error, PEREBOR_ERR_FORMAT,
                                "%s: when asks for %s: %s, which it never is; it is %s",
                                parameter->name, parent->name, value, wanted);
        }
    }
    return PEREBOR_OK;
}

static perebor_status resolve_conditions(perebor_space *space, size_t index, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_parameter *parameter = &space->parameters[index];
    size_t n = parameter->n_conditions;
    size_t *parents = perebor_arena_allocate(&space->arena, n, sizeof *parents);
    perebor_condition *conditions = perebor_arena_allocate(&space->arena, n, sizeof *conditions);
    if (parents == NULL || conditions == NULL) {
        return perebor_no_memory(error, "for the conditions of %s", parameter->name);
    }
    for (size_t i = 0; i < n; i++) {
        conditions[i] = parameter->conditions[i];
        PEREBOR_TRY(done, resolve_name(space, parameter, &conditions[i], &parents[i], error));
        perebor_value *own =
            perebor_arena_allocate(&space->arena, conditions[i].n_values, sizeof *own);
        if (own == NULL) {
            return perebor_no_memory(error, "for the conditions of %s", parameter->name);
        }
        PEREBOR_TRY(done, resolve_values(space, parameter, &conditions[i],
                                         &space->parameters[parents[i]], own, error));
        conditions[i].values = own;
    }
    space->parameters[index].conditions = conditions;
    space->parents[index] = parents;
done:
    return status;
}

static bool parents_are_placed(const perebor_space *space, size_t index, const bool *placed) {
    for (size_t i = 0; i < space->parameters[index].n_conditions; i++) {
        if (!placed[space->parents[index][i]]) {
            return false;
        }
    }
    return true;
}

/** Takes, again and again, the first listed parameter whose parents have been taken. */
static perebor_status place_in_order(perebor_space *space, perebor_error *error) {
    bool placed[SPACE_MAX_PARAMETERS] = {false};
    for (size_t n = 0; n < space->n_parameters; n++) {
        size_t first_waiting = SIZE_MAX;
        size_t index = 0;
        for (; index < space->n_parameters; index++) {
            if (!placed[index] && parents_are_placed(space, index, placed)) {
                break;
            }
            if (!placed[index] && first_waiting == SIZE_MAX) {
                first_waiting = index;
            }
        }
        if (index == space->n_parameters) {
            const perebor_parameter *parameter = &space->parameters[first_waiting];
            return space_refuse(space_place(space->file, parameter->source), parameter->line,
                                parameter->column, error, PEREBOR_ERR_FORMAT,
                                "%s: its conditions go round in a circle", parameter->name);
        }
        placed[index] = true;
        space->order[n] = index;
    }
    return PEREBOR_OK;
}

perebor_status space_order(perebor_space *space, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t index = 0; index < space->n_parameters; index++) {
        PEREBOR_TRY(done, resolve_conditions(space, index, error));
    }
    PEREBOR_TRY(done, place_in_order(space, error));
done:
    return status;
}

static bool condition_holds(const perebor_condition *condition, perebor_value value) {
    for (size_t i = 0; i < condition->n_values; i++) {
        if (perebor_value_equal(condition->values[i], value)) {
            return true;
        }
    }
    return false;
}

const perebor_condition *space_failing_condition(const perebor_space *space, size_t index,
                                                 const perebor_value *values, const bool *active) {
    const perebor_parameter *parameter = &space->parameters[index];
    for (size_t i = 0; i < parameter->n_conditions; i++) {
        size_t parent = space->parents[index][i];
        if (!active[parent] || !condition_holds(&parameter->conditions[i], values[parent])) {
            return &parameter->conditions[i];
        }
    }
    return NULL;
}
