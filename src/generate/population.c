// SPDX-License-Identifier: MIT
#include "generate/population.h"

#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/mix.h"
#include "base/try.h"
#include "generate/marginal.h"

double perebor_generator_uniform(uint64_t seed, uint64_t number, uint64_t stream) {
    uint64_t hash = perebor_mix(seed + PEREBOR_MIX_STEP);
    hash = perebor_mix(hash ^ ((number + 1) * 0xD1B54A32D192ED03u));
    hash = perebor_mix(hash ^ ((stream + 1) * 0x8CB92BA72F3D8DD7u));
    return ((double)(hash >> 11) + 0.5) * 0x1p-53;
}

/** The lower triangle L with L L^T = the matrix (Cholesky). */
static perebor_status factorise(double *root, const perebor_variable_correlation *matrix, size_t n,
                                perebor_error *error) {
    for (size_t row = 0; row < n; row++) {
        for (size_t column = 0; column <= row; column++) {
            double sum = matrix->values[row * n + column];
            for (size_t k = 0; k < column; k++) {
                sum -= root[row * n + k] * root[column * n + k];
            }
            if (row != column) {
                root[row * n + column] = sum / root[column * n + column];
            } else if (sum > 0.0) {
                root[row * n + row] = sqrt(sum);
            } else {
                return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                    "correlations.%s is not positive definite (row %zu)",
                                    matrix->name, row + 1);
            }
        }
    }
    return PEREBOR_OK;
}

perebor_status population_create(population *customers, const perebor_generator *generator,
                                 uint64_t seed, perebor_scenario scenario, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = generator->n_variables;
    population result = {.generator = generator, .seed = seed, .scenario = scenario};
    result.roots = calloc(generator->n_correlations + 1, sizeof *result.roots);
    result.normals = calloc(n + 1, sizeof(double));
    result.correlated = calloc(n + 1, sizeof(double));
    bool whole = result.roots != NULL && result.normals != NULL && result.correlated != NULL;
    for (size_t i = 0; whole && i < generator->n_correlations; i++) {
        result.roots[i] = calloc(n * n + 1, sizeof(double));
        whole = result.roots[i] != NULL;
        if (whole) {
            PEREBOR_TRY(done, factorise(result.roots[i], &generator->correlations[i], n, error));
        }
    }
    if (!whole) {
        status = perebor_no_memory(error, "for the correlations");
        goto done;
    }
    *customers = result;
    return PEREBOR_OK;
done:
    population_release(&result);
    return status;
}

void population_release(population *customers) {
    for (size_t i = 0; customers->roots != NULL && i < customers->generator->n_correlations; i++) {
        free(customers->roots[i]);
    }
    free(customers->roots);
    free(customers->normals);
    free(customers->correlated);
    *customers = (population){0};
}

uint32_t population_component(const perebor_generator *generator, uint64_t seed, uint64_t number) {
    double u = perebor_generator_uniform(seed, number, STREAM_COMPONENT);
    double total = 0.0;
    for (size_t i = 0; i < generator->n_components; i++) {
        total += generator->components[i].weight;
    }
    double sum = 0.0;
    for (size_t i = 0; i < generator->n_components; i++) {
        sum += generator->components[i].weight;
        if (u * total < sum) {
            return (uint32_t)i;
        }
    }
    return (uint32_t)generator->n_components - 1;
}

/** How a variable moves in this scenario; NULL: not at all. */
static const perebor_drift_move *find_move(const population *population, size_t variable) {
    const perebor_drift *drift = &population->generator->drift;
    size_t n = population->scenario == PEREBOR_SCENARIO_DRIFT ? drift->n_moves : 0;
    for (size_t i = 0; i < n; i++) {
        if (drift->moves[i].variable == variable) {
            return &drift->moves[i];
        }
    }
    return NULL;
}

/** The latent normal of a variable at the later snapshot. */
static double move(const population *population, uint64_t number,
                   const perebor_drift_move *drift_move) {
    const perebor_drift *drift = &population->generator->drift;
    double before = population->correlated[drift_move->variable];
    double u =
        perebor_generator_uniform(population->seed, number, drift->stream + drift_move->variable);
    double fresh = perebor_normal_quantile(u);
    return drift_move->keep * before + sqrt(1.0 - drift_move->keep * drift_move->keep) * fresh +
           drift_move->shift;
}

static void draw_variables(const population *population, uint64_t number,
                           const perebor_component *component, customer *into) {
    const perebor_generator *generator = population->generator;
    const double *root = population->roots[component->correlation];
    size_t n = generator->n_variables;
    for (size_t j = 0; j < n; j++) {
        double u = perebor_generator_uniform(population->seed, number, STREAM_VARIABLES + j);
        population->normals[j] = perebor_normal_quantile(u);
    }
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t k = 0; k <= j; k++) {
            sum += root[j * n + k] * population->normals[k];
        }
        population->correlated[j] = sum;
    }
    for (size_t j = 0; j < n; j++) {
        const perebor_drift_move *drift_move = find_move(population, j);
        double latent =
            drift_move != NULL ? move(population, number, drift_move) : population->correlated[j];
        for (size_t s = 0; s < component->n_shifts; s++) {
            if (component->shifts[s].variable == j) {
                latent += component->shifts[s].values[into->category];
            }
        }
        double u = perebor_normal_cdf(latent);
        u = u < 1e-15 ? 1e-15 : u > 1.0 - 1e-15 ? 1.0 - 1e-15 : u;
        into->values[j] = marginal_quantile(&component->marginals[j], u);
        into->values[j] += drift_move != NULL ? drift_move->add : 0.0;
    }
}

static void draw_flags(const population *population, uint64_t number,
                       const perebor_component *component, customer *into) {
    const perebor_generator *generator = population->generator;
    for (size_t i = 0; i < generator->n_flags; i++) {
        const perebor_flag *flag = &generator->flags[i];
        double u = perebor_generator_uniform(population->seed, number, flag->stream);
        double own = sqrt(1.0 - flag->correlation * flag->correlation);
        double latent = flag->correlation * population->correlated[flag->variable] +
                        own * perebor_normal_quantile(u);
        into->flags[i] = latent > perebor_normal_quantile(1.0 - component->p_flag[i]);
    }
}

/** Share of customers in components of class 1, as the weights say. */
static double positive_share(const perebor_generator *generator) {
    double sum = 0.0;
    for (size_t i = 0; i < generator->n_components; i++) {
        sum += generator->components[i].target == 1 ? generator->components[i].weight : 0.0;
    }
    return sum;
}

static double log_odds(const perebor_log_odds *odds, const customer *of) {
    double sum = odds->intercept;
    for (size_t i = 0; i < odds->n_terms; i++) {
        const perebor_logit_term *term = &odds->terms[i];
        sum += term->weight * (of->values[term->variable] - term->center) / term->scale;
    }
    return sum;
}

static double probability(double log_of_odds) {
    return 1.0 / (1.0 + perebor_exp(-log_of_odds));
}

/** Treats a customer or not, and sees what comes of it. */
static void draw_campaign(const population *population, uint64_t number, customer *into) {
    const perebor_campaign *campaign = &population->generator->campaign;
    double untreated = log_odds(&campaign->untreated, into);
    into->p_untreated = probability(untreated);
    into->p_treated = probability(untreated + log_odds(&campaign->effect, into));
    into->treated = perebor_generator_uniform(population->seed, number, campaign->treated_stream) <
                    campaign->treated_p;
    into->outcome = perebor_generator_uniform(population->seed, number, campaign->outcome_stream) <
                    (into->treated != 0 ? into->p_treated : into->p_untreated);
}

void population_draw(const population *population, uint64_t number, customer *into) {
    const perebor_generator *generator = population->generator;
    into->component = population_component(generator, population->seed, number);
    const perebor_component *component = &generator->components[into->component];
    into->category = (uint32_t)marginal_choose(
        component->p_category, generator->n_categories,
        perebor_generator_uniform(population->seed, number, STREAM_CATEGORY));
    draw_variables(population, number, component, into);
    draw_flags(population, number, component, into);
    into->target = (uint8_t)component->target;
    into->p_true = NAN;
    if (population->scenario == PEREBOR_SCENARIO_NULL) {
        into->target = perebor_generator_uniform(population->seed, number, STREAM_NULL) <
                       positive_share(generator);
    } else if (population->scenario == PEREBOR_SCENARIO_LOGIT) {
        into->p_true = probability(log_odds(&generator->logit, into));
        into->target =
            perebor_generator_uniform(population->seed, number, STREAM_LOGIT) < into->p_true;
    } else if (population->scenario == PEREBOR_SCENARIO_CAMPAIGN) {
        draw_campaign(population, number, into);
    }
}
