// SPDX-License-Identifier: MIT
/**
 * @file definition.h
 * A space as this room sees it, and the stages its making has: check, order, enqueue, grid.
 */
#ifndef PEREBOR_SPACE_DEFINITION_H
#define PEREBOR_SPACE_DEFINITION_H

#include "base/arena.h"
#include "base/stream.h"
#include "perebor/space.h"

enum { SPACE_MAX_PARAMETERS = 1024 };

/**
 * Every combination, in an order that can be counted without walking it.
 *
 * Parameters that conditions ask about are the branches: each way to set them is walked once and
 * leaves a product of the others' numbers of values.
 */
typedef struct space_grid {
    size_t *branches; /**< [n_branches] parameters that conditions ask about, parents first. */
    size_t n_branches;
    size_t *leaves; /**< [n_leaves] the other parameters, as listed. */
    size_t n_leaves;
    uint32_t *chosen; /**< [n_ways][n_branches] which value; UINT32_MAX if inactive. */
    uint64_t *ends;   /**< [n_ways] points up to and with this way. */
    size_t n_ways;
} space_grid;

struct perebor_space {
    perebor_arena arena; /**< Everything below but the grid's ways. */
    const char *file;
    perebor_search_method method;
    uint64_t seed;

    perebor_parameter *parameters; /**< [n_parameters] as listed. */
    perebor_stream *streams;       /**< [n_parameters] */
    size_t **parents;              /**< [n_parameters][n_conditions] what a condition asks about. */
    size_t *order;                 /**< [n_parameters] parents before children, else as listed. */
    bool *by_block;                /**< [n_parameters] drawn once for every block of trials. */
    size_t n_parameters;

    perebor_value *enqueued;  /**< [n_enqueued][n_parameters] */
    bool *given;              /**< [n_enqueued][n_parameters] false: drawn. */
    perebor_enqueued *places; /**< [n_enqueued] where they stand; neither names nor values. */
    size_t n_enqueued;

    space_grid grid;
};

/** No uniform number of ours has a normal quantile beyond this. */
static const double space_farthest_quantile = 8.3;

/** A message that begins with file:line:column, or the file alone where there is no line. */
PEREBOR_PRINTF_LIKE(6, 7)
perebor_status space_refuse(const char *file, uint32_t line, uint32_t column, perebor_error *error,
                            perebor_status status, const char *format, ...);

/** What a message begins with where there is no line. */
static inline const char *space_place(const char *file, const char *source) {
    return source != NULL ? source : file;
}

/** Checks what a parameter says of itself. */
PEREBOR_MUST_CHECK perebor_status space_check_parameter(const perebor_parameter *parameter,
                                                        const char *file, perebor_error *error);

/** A list of values to look things up in; borrows them. */
typedef struct space_listed {
    const perebor_value *values;
    size_t *slots; /**< [n_slots] place + 1; 0: empty. */
    size_t n_slots;
} space_listed;

PEREBOR_MUST_CHECK perebor_status space_listed_create(space_listed *listed,
                                                      const perebor_value *values, size_t n,
                                                      perebor_error *error);

/** The first value of the list that means the same as @p value. False if there is none. */
bool space_listed_find(const space_listed *listed, perebor_value value, perebor_value *own);

void space_listed_release(space_listed *listed);

/** Whether two values are equal, or are numbers that are. */
bool space_means_same(perebor_value a, perebor_value b);

/** The first value that an earlier one equals. @param[out] repeated  Its place, or SIZE_MAX. */
PEREBOR_MUST_CHECK perebor_status space_find_repeated(const perebor_value *values, size_t n,
                                                      size_t *repeated, perebor_error *error);

/** Finds what conditions ask about and puts parents before children. */
PEREBOR_MUST_CHECK perebor_status space_order(perebor_space *space, perebor_error *error);

/** The first condition of a parameter that does not hold, or NULL: it is active. @pre Its parents
 * have their values and flags already. */
const perebor_condition *space_failing_condition(const perebor_space *space, size_t index,
                                                 const perebor_value *values, const bool *active);

/** The parameter whose name comes nearest, or NULL. */
const char *space_nearest_name(const perebor_space *space, const char *name);

/** Reads and checks the points to run first. */
PEREBOR_MUST_CHECK perebor_status space_enqueue(perebor_space *space,
                                                const perebor_enqueued *enqueued, size_t n_enqueued,
                                                perebor_error *error);

/** The value of a parameter at a uniform number strictly between 0 and 1: the inverse of its
 * cumulative distribution. */
perebor_value space_draw(const perebor_parameter *parameter, double uniform);

/** A uniform number strictly between 0 and 1 for a block of trials. */
double space_block_uniform(perebor_stream stream, uint64_t block);

/** How many values a parameter has, or UINT64_MAX if they are not to be counted. */
uint64_t space_n_values(const perebor_parameter *parameter);

/** The value of that number. @pre index < space_n_values() < UINT64_MAX. */
perebor_value space_value_at(const perebor_parameter *parameter, uint64_t index);

/** True if the parameter can take the value; @p own is then the value in the parameter's own kind.
 */
bool space_belongs(const perebor_parameter *parameter, perebor_value value, perebor_value *own);

/** Says in a few words what a parameter can be. */
void space_describe(const perebor_parameter *parameter, char *text, size_t size);

/** Counts the combinations. */
PEREBOR_MUST_CHECK perebor_status space_grid_create(perebor_space *space, perebor_error *error);
void space_grid_free(space_grid *grid);

/** The combination of that number. @pre number < the count. */
void space_grid_point(const perebor_space *space, uint64_t number, perebor_value *values);

#endif
