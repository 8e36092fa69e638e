// SPDX-License-Identifier: MIT
/**
 * @file space.h
 * What may be varied, and which point of it trial number t is.
 *
 * A parameter is named step__setting, as in scikit-learn ("logreg__C"), or just step ("model",
 * "scale"). It has a distribution in the vocabulary of Weights & Biases sweeps and, perhaps,
 * conditions under which it is active. A point gives every parameter a value; that of an inactive
 * parameter is PEREBOR_VALUE_NONE.
 *
 * Trial t's point is a pure function of (seed, name of the parameter, t): Philox4x64-10 (Salmon et
 * al., "Parallel random numbers: as easy as 1, 2, 3", SC11) keyed by the seed and a hash of the
 * name, counted by t. Hence a search of 2000 trials contains the search of 1000, and adding a
 * parameter changes no other's draws.
 */
#ifndef PEREBOR_SPACE_H
#define PEREBOR_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Values are stored in result files and journals: never renumber. */
typedef enum perebor_value_kind {
    PEREBOR_VALUE_NONE = 0, /**< That of a parameter that is not active. */
    PEREBOR_VALUE_BOOLEAN = 1,
    PEREBOR_VALUE_INTEGER = 2,
    PEREBOR_VALUE_REAL = 3,
    PEREBOR_VALUE_TEXT = 4,
    PEREBOR_VALUE_NULL = 5, /**< null in YAML: active, and leaves the setting at its default. */
} perebor_value_kind;

/** A value of a parameter. Text is borrowed from the space, or from a constant. */
typedef struct perebor_value {
    perebor_value_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text;
    } as;
} perebor_value;

/** Equal in kind and in content; reals bit for bit. */
bool perebor_value_equal(perebor_value a, perebor_value b);

/**
 * Orders values: by kind, then numbers by size, reals of one size (0.0 and -0.0) by bits, texts by
 * byte. @return Below 0, 0 or above 0; 0 if they are equal.
 */
int perebor_value_compare(perebor_value a, perebor_value b);

/**
 * Writes a value as JSON would: 1, 0.5, true, "l1", null. Reals take the shortest form that reads
 * back to the same bits, and always show that they are reals.
 *
 * @return The length without the end, even if it did not fit.
 */
size_t perebor_value_format(perebor_value value, char *text, size_t size);

/** A document being written: base/json.h. */
typedef struct perebor_json perebor_json;

/** Adds a value to a JSON document; NONE and NULL are null. */
void perebor_value_write_json(perebor_json *json, perebor_value value);

/** Adds values to a JSON document, as an array. */
void perebor_values_write_json(perebor_json *json, const perebor_value *values, size_t n_values);

/** Values are stored in result files: never renumber. The names are W&B's. */
typedef enum perebor_distribution {
    PEREBOR_CATEGORICAL = 0, /**< values:, with probabilities: or without */
    PEREBOR_CONSTANT = 1,    /**< value: */
    PEREBOR_UNIFORM = 2,     /**< uniform: min, max */
    PEREBOR_INT_UNIFORM = 3, /**< int_uniform: min, max, both included */
    PEREBOR_Q_UNIFORM = 4,   /**< q_uniform: round(uniform / q) * q, kept within min and max; an
                                integer if q is whole, and so for the other q_ */
    PEREBOR_LOG_UNIFORM_VALUES = 5,   /**< log_uniform_values: min, max are values, not exponents */
    PEREBOR_Q_LOG_UNIFORM_VALUES = 6, /**< q_log_uniform_values */
    PEREBOR_NORMAL = 7,               /**< normal: mu, sigma */
    PEREBOR_Q_NORMAL = 8,             /**< q_normal */
    PEREBOR_LOG_NORMAL = 9,           /**< log_normal: exp(normal) */
} perebor_distribution;

/** W&B's name of a distribution; "values" and "value" for the first two. */
const char *perebor_distribution_name(perebor_distribution distribution);

typedef struct perebor_parameter perebor_parameter;

/**
 * The least and the greatest value that a distribution of numbers draws, in the kind that it draws:
 * every draw lies between the two. Where both are integers, all are.
 *
 * @return False for lists of values, which have no such range.
 */
bool perebor_parameter_range(const perebor_parameter *parameter, perebor_value *least,
                             perebor_value *greatest);

/** One condition of when: the other parameter is active and has one of the values. */
typedef struct perebor_condition {
    const char *parameter;
    const perebor_value *values; /**< [n_values] */
    size_t n_values;
} perebor_condition;

/** One parameter of a space. Pointers belong to the space. */
typedef struct perebor_parameter {
    const char *name;
    perebor_distribution distribution;
    double min, max, q, mu, sigma; /**< Those that the distribution uses; others 0. */
    const perebor_value *values;   /**< [n_values] for CATEGORICAL and CONSTANT. */
    const double *probabilities;   /**< [n_values], summing to 1; NULL if all are equal. */
    size_t n_values;
    const perebor_condition *conditions; /**< [n_conditions], all of which must hold. */
    size_t n_conditions;
    uint32_t line, column; /**< Where the experiment file declares it; 0 if nowhere. */
    const char *source; /**< Where line is 0: what says it instead, "--set search"; may be NULL. */
} perebor_parameter;

/** How a random search draws. Kept in the resolved experiment: never renumber. */
typedef enum perebor_sampler {
    PEREBOR_SAMPLER_INDEPENDENT = 0, /**< Every parameter of every trial by itself. */
    /** What trials can share (preparation, learner, metric of neighbours, ...) once for a block of
     * trials, the rest for each trial. */
    PEREBOR_SAMPLER_GRIDDED = 1,
} perebor_sampler;

/** Trials that have the parameters in common which are drawn by block. */
enum { PEREBOR_SPACE_BLOCK_TRIALS = 32 };

typedef enum perebor_search_method {
    PEREBOR_SEARCH_RANDOM = 0, /**< Every trial drawn on its own. */
    /** Every combination of active values once. Parameters that conditions ask about vary slowest;
     * of the others the last one listed varies fastest. */
    PEREBOR_SEARCH_GRID = 1,
} perebor_search_method;

/** A space: parameters, points to run first, and how to walk it. Immutable once it has been asked
 * for a point. */
typedef struct perebor_space perebor_space;

/** A point that runs before all drawn ones; parameters it leaves out are drawn. */
typedef struct perebor_enqueued {
    const char *const *names;    /**< [n] */
    const perebor_value *values; /**< [n] */
    size_t n;
    uint32_t line, column;
    const char *source; /**< As of a parameter. */
} perebor_enqueued;

/**
 * Makes a space, copying everything.
 *
 * @param[in] file  Name of the experiment file, for messages; parameters carry their lines.
 *
 * @retval PEREBOR_ERR_FORMAT  A parameter named twice, min above max, a min of log_uniform_values
 *         that is not positive, probabilities that do not sum to 1, a condition on an unknown
 *         parameter or in a circle, an enqueued value outside its parameter's range or set aside
 *         by a condition, a grid over a continuous parameter.
 */
PEREBOR_MUST_CHECK perebor_status
perebor_space_create(perebor_space **space, const char *file, const perebor_parameter *parameters,
                     size_t n_parameters, const perebor_enqueued *enqueued, size_t n_enqueued,
                     perebor_search_method method, uint64_t seed, perebor_error *error);

void perebor_space_free(perebor_space *space);

/**
 * Draws a parameter once for every PEREBOR_SPACE_BLOCK_TRIALS trials that follow one another: a
 * pure function of (seed, name, number of the block), with the distribution that the parameter has.
 * To be said before the first point is asked for. A grid and enqueued values are not touched.
 */
void perebor_space_draw_by_block(perebor_space *space, size_t index);

size_t perebor_space_n_parameters(const perebor_space *space);

/** Borrows a parameter. @pre index < n_parameters. */
const perebor_parameter *perebor_space_parameter(const perebor_space *space, size_t index);

/** Index of the parameter of that name, or SIZE_MAX. */
size_t perebor_space_find(const perebor_space *space, const char *name);

/** How many points run before all drawn ones. */
size_t perebor_space_n_enqueued(const perebor_space *space);

/**
 * What an enqueued point says of a parameter. @pre point < perebor_space_n_enqueued().
 *
 * @param[out] place  Its line, column and source; names and values are not filled in.
 * @return False if it leaves the parameter to be drawn.
 */
bool perebor_space_enqueued(const perebor_space *space, size_t point, size_t parameter,
                            perebor_value *value, perebor_enqueued *place);

/** How many trials there are: combinations of a grid (plus enqueued points), or UINT64_MAX. */
uint64_t perebor_space_n_trials(const perebor_space *space);

/**
 * The point of a trial: a pure function of the space and the number.
 *
 * @param[in]  trial   Below perebor_space_n_trials(); the first are the enqueued points.
 * @param[out] values  [n_parameters]; inactive parameters get PEREBOR_VALUE_NONE.
 */
void perebor_space_point(const perebor_space *space, uint64_t trial, perebor_value *values);

/** The space as JSON: every parameter with all its attributes. The caller frees it; NULL if it does
 * not fit. */
char *perebor_space_json(const perebor_space *space);

PEREBOR_END_DECLS

#endif
