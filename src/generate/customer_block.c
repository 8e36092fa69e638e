// SPDX-License-Identifier: MIT
#include "generate/customer_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

perebor_status customer_block_create(customer_block *block, const perebor_generator *generator,
                                     size_t capacity, perebor_error *error) {
    customer_block customer_block = {.capacity = capacity};
    customer_block.customers = calloc(capacity + 1, sizeof *customer_block.customers);
    customer_block.values =
        calloc(capacity * generator->n_variables + 1, sizeof *customer_block.values);
    customer_block.flags = calloc(capacity * generator->n_flags + 1, sizeof *customer_block.flags);
    if (customer_block.customers == NULL || customer_block.values == NULL ||
        customer_block.flags == NULL) {
        customer_block_release(&customer_block);
        return perebor_no_memory(error, "for %zu customers", capacity);
    }
    for (size_t i = 0; i < capacity; i++) {
        customer_block.customers[i].values = customer_block.values + i * generator->n_variables;
        customer_block.customers[i].flags = customer_block.flags + i * generator->n_flags;
    }
    *block = customer_block;
    return PEREBOR_OK;
}

void customer_block_release(customer_block *block) {
    free(block->customers);
    free(block->values);
    free(block->flags);
    *block = (customer_block){0};
}

static void report(fault_list *faults, const char *kind, uint64_t id, uint64_t of) {
    const fault added = {.kind = kind, .id = id, .of = of};
    fault_list_add(faults, &added);
}

/** A customer of the block and its draw. */
typedef struct drawn_place {
    double u;
    size_t place;
} drawn_place;

static int compare_places(const void *a, const void *b) {
    const drawn_place *left = a;
    const drawn_place *right = b;
    if (left->u != right->u) {
        return left->u < right->u ? -1 : 1;
    }
    return (left->place > right->place) - (left->place < right->place);
}

/** A count of a whole block, brought to the size of this one. */
static size_t scaled(double of_block, const customer_block *block, const perebor_dirt *dirt) {
    return (size_t)floor(of_block * ((double)block->n / (double)dirt->block) + 0.5);
}

/** Makes @p to a copy of @p from but for one variable; the component stays what it was. */
static void copy_customer(customer *to, const customer *from, const perebor_generator *generator) {
    double own = to->values[generator->dirt.duplicate_keeps];
    memcpy(to->values, from->values, generator->n_variables * sizeof *to->values);
    memcpy(to->flags, from->flags, generator->n_flags);
    to->values[generator->dirt.duplicate_keeps] = own;
    to->category = from->category;
    to->target = from->target;
    to->p_true = from->p_true;
    to->treated = from->treated;
    to->outcome = from->outcome;
    to->p_untreated = from->p_untreated;
    to->p_treated = from->p_treated;
}

static perebor_status double_customers(customer_block *block, const perebor_generator *generator,
                                       uint64_t seed, fault_list *faults, perebor_error *error) {
    const perebor_dirt *dirt = &generator->dirt;
    drawn_place *places = malloc((block->n + 1) * sizeof *places);
    if (places == NULL) {
        return perebor_no_memory(error, "for the dirt");
    }
    size_t n = 0;
    for (size_t i = dirt->exempt; i < block->n; i++) {
        if (block->customers[i].component == dirt->duplicate_component) {
            double u = perebor_generator_uniform(seed, block->first + i, dirt->duplicate_stream);
            places[n++] = (drawn_place){.u = u, .place = i};
        }
    }
    qsort(places, n, sizeof *places, compare_places);
    size_t pairs = scaled(dirt->duplicate_pairs, block, dirt);
    pairs = pairs < n / 2 ? pairs : n / 2;
    uint64_t id = generator->id_start + block->first;
    for (size_t i = 0; i < pairs; i++) {
        size_t from = places[i].place;
        size_t to = places[pairs + i].place;
        copy_customer(&block->customers[to], &block->customers[from], generator);
        report(faults, "implicit_duplicate", id + to, id + from);
    }
    free(places);
    return PEREBOR_OK;
}

static void zero_customers(customer_block *block, const perebor_generator *generator,
                           fault_list *faults) {
    const perebor_dirt *dirt = &generator->dirt;
    size_t n = scaled(dirt->zero_customers, block, dirt);
    n = n == 0 ? 1 : n;
    for (size_t i = 0; i < n && i < block->n; i++) {
        for (size_t k = 0; k < dirt->n_zero_variables; k++) {
            block->customers[i].values[dirt->zero_variables[k]] = 0.0;
        }
        report(faults, "zero_history", generator->id_start + block->first + i, 0);
    }
}

static void add_outlier(customer_block *block, const perebor_generator *generator, uint64_t seed,
                        fault_list *faults) {
    const perebor_dirt *dirt = &generator->dirt;
    size_t chosen = block->n;
    double lowest = 2.0;
    for (size_t i = dirt->exempt; i < block->n; i++) {
        double u = perebor_generator_uniform(seed, block->first + i, dirt->outlier_stream);
        if (u < lowest) {
            lowest = u;
            chosen = i;
        }
    }
    if (chosen == block->n) {
        return;
    }
    double u = perebor_generator_uniform(seed, block->first + chosen, dirt->outlier_factor_stream);
    double factor =
        dirt->outlier_factor_min + (dirt->outlier_factor_max - dirt->outlier_factor_min) * u;
    double steps_in_one = 1.0 / dirt->outlier_step;
    double *value = &block->customers[chosen].values[dirt->outlier_variable];
    *value = floor(*value * factor * steps_in_one + 0.5) / steps_in_one;
    report(faults, "outlier", generator->id_start + block->first + chosen, 0);
}

perebor_status customer_block_soil(customer_block *block, const perebor_generator *generator,
                                   uint64_t seed, fault_list *faults, perebor_error *error) {
    const perebor_dirt *dirt = &generator->dirt;
    perebor_status status = PEREBOR_OK;
    if (dirt->duplicate_pairs > 0.0) {
        status = double_customers(block, generator, seed, faults, error);
    }
    if (dirt->zero_customers > 0.0) {
        zero_customers(block, generator, faults);
    }
    if (dirt->outlier) {
        add_outlier(block, generator, seed, faults);
    }
    return status;
}
