// SPDX-License-Identifier: MIT
/**
 * @file population.h
 * Customers drawn: component, variables, category, flags, class.
 */
#ifndef PEREBOR_GENERATE_POPULATION_H
#define PEREBOR_GENERATE_POPULATION_H

#include <stddef.h>
#include <stdint.h>

#include "generate/generator.h"
#include "perebor/status.h"

/** Streams that customers draw from, beside 10 + j of variable j. Part of what a seed means. */
enum {
    STREAM_COMPONENT = 0,
    STREAM_CATEGORY = 1,
    STREAM_NULL = 4,
    STREAM_LOGIT = 5,
    STREAM_VARIABLES = 10,
};

/** One customer. */
typedef struct customer {
    double *values; /**< [n_variables] */
    uint8_t *flags; /**< [n_flags] */
    uint32_t component, category;
    uint8_t target;
    double p_true; /**< Known probability of class 1; NaN if it is not known. */
    uint8_t treated, outcome;
    double p_untreated, p_treated; /**< Known probabilities of the outcome, in a campaign. */
} customer;

/** What is computed once for all customers. */
typedef struct population {
    const perebor_generator *generator;
    uint64_t seed;
    perebor_scenario scenario;
    double **roots;     /**< [n_correlations][n_variables][n_variables] Cholesky factors */
    double *normals;    /**< [n_variables] room for one customer's draws */
    double *correlated; /**< [n_variables] */
} population;

/** @retval PEREBOR_ERR_ARGUMENT  A correlation matrix is not positive definite. */
PEREBOR_MUST_CHECK perebor_status population_create(population *population,
                                                    const perebor_generator *generator,
                                                    uint64_t seed, perebor_scenario scenario,
                                                    perebor_error *error);

void population_release(population *customers);

/** The component that a customer belongs to, without drawing the rest of it. */
uint32_t population_component(const perebor_generator *generator, uint64_t seed, uint64_t number);

/** Draws one customer into room that the caller has made. */
void population_draw(const population *population, uint64_t number, customer *into);

#endif
