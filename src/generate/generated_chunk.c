// SPDX-License-Identifier: MIT
#include "generate/generated_chunk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "generate/generated_file.h"
#include "generate/generated_rows.h"

/** Customers in a chunk where there is no dirt to be local to anything. */
enum { clean_capacity = 1300 };

size_t generated_chunk_capacity(const perebor_generator *generator) {
    return generator->dirt.block > 0 ? generator->dirt.block : clean_capacity;
}

bool generated_chunk_has_table(const perebor_generator *generator, perebor_scenario scenario,
                               size_t table) {
    const perebor_generated_table *of = &generator->tables[table];
    return !of->only_in_one || of->only == scenario;
}

perebor_status generated_chunk_create(generated_chunk *chunk, const perebor_generator *generator,
                                      const perebor_generate_options *options,
                                      perebor_error *error) {
    perebor_status status;
    size_t capacity = generated_chunk_capacity(generator);
    *chunk = (generated_chunk){.generator = generator, .options = options};
    chunk->numbers = malloc(capacity * sizeof *chunk->numbers);
    chunk->tables = calloc(generator->n_tables + 1, sizeof *chunk->tables);
    if (chunk->numbers == NULL || chunk->tables == NULL) {
        return perebor_no_memory(error, "for %zu customers", capacity);
    }
    PEREBOR_TRY(
        done, population_create(&chunk->drawn, generator, options->seed, options->scenario, error));
    PEREBOR_TRY(done, customer_block_create(&chunk->block, generator, capacity, error));
done:
    return status;
}

void generated_chunk_release(generated_chunk *chunk) {
    for (size_t i = 0; chunk->tables != NULL && i < chunk->generator->n_tables; i++) {
        generated_text_release(&chunk->tables[i]);
    }
    free(chunk->tables);
    free(chunk->numbers);
    free(chunk->faults);
    generated_text_release(&chunk->truth);
    perebor_json_release(&chunk->found.json);
    customer_block_release(&chunk->block);
    if (chunk->drawn.generator != NULL) {
        population_release(&chunk->drawn);
    }
    *chunk = (generated_chunk){0};
}

static generated_rows rows_of(generated_chunk *chunk, size_t table) {
    return (generated_rows){.generator = chunk->generator,
                            .table = table,
                            .seed = chunk->options->seed,
                            .clean = chunk->options->clean,
                            .extreme = !chunk->options->clean &&
                                       chunk->options->scenario == PEREBOR_SCENARIO_DIRT_EXTREME,
                            .faults = &chunk->found};
}

/** Empties the chunk. */
static void clear(generated_chunk *chunk) {
    for (size_t i = 0; i < chunk->generator->n_tables; i++) {
        chunk->tables[i].length = 0;
    }
    chunk->truth.length = 0;
    chunk->n_positive = 0;
    chunk->found.n = 0;
    free(chunk->faults);
    chunk->faults = NULL;
    perebor_json_begin_array(&chunk->found.json);
}

/** Takes the faults found out of their array, and sees that nothing was lost. */
static perebor_status settle(generated_chunk *chunk, perebor_error *error) {
    perebor_json_end_array(&chunk->found.json);
    chunk->faults = perebor_json_take(&chunk->found.json);
    bool failed = chunk->faults == NULL || chunk->truth.failed;
    for (size_t i = 0; i < chunk->generator->n_tables; i++) {
        failed = failed || chunk->tables[i].failed;
    }
    if (failed) {
        return perebor_no_memory(error, "for the lines of the tables");
    }
    size_t length = strlen(chunk->faults) - 2;
    memmove(chunk->faults, chunk->faults + 1, length);
    chunk->faults[length] = '\0';
    return PEREBOR_OK;
}

perebor_status generated_chunk_begin(generated_chunk *chunk, perebor_error *error) {
    clear(chunk);
    perebor_scenario scenario = chunk->options->scenario;
    for (size_t i = 0; i < chunk->generator->n_tables; i++) {
        if (generated_chunk_has_table(chunk->generator, scenario, i)) {
            generated_rows rows = rows_of(chunk, i);
            generated_rows_header(&rows, &chunk->tables[i]);
        }
    }
    bool campaign = scenario == PEREBOR_SCENARIO_CAMPAIGN;
    generated_text_append_string(&chunk->truth, GENERATED_TRUTH_START);
    generated_text_append_string(&chunk->truth,
                                 campaign ? ",treated,p_untreated,p_treated\n" : "\n");
    return settle(chunk, error);
}

static void draw_block(generated_chunk *chunk, const class_order *order, uint64_t first, size_t n) {
    customer_block *block = &chunk->block;
    block->first = first;
    block->n = n;
    if (order != NULL) {
        class_order_list(order, first, n, chunk->numbers);
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t number = order != NULL ? chunk->numbers[i] : first + i;
        population_draw(&chunk->drawn, number, &block->customers[i]);
    }
}

/** A probability; nothing if it is not known. */
static void append_probability(generated_text *text, double p) {
    char digits[32];
    if (!isnan(p)) {
        int length = snprintf(digits, sizeof digits, "%.12g", p);
        generated_text_append(text, digits, (size_t)length);
    }
}

static void append_truth(generated_chunk *chunk, uint64_t id, const customer *of) {
    generated_text *text = &chunk->truth;
    generated_text_append_unsigned(text, id);
    generated_text_append(text, ",", 1);
    size_t start = text->length;
    generated_text_append_string(text, chunk->generator->components[of->component].name);
    generated_text_quote(text, start, ',');
    generated_text_append_string(text, of->target != 0 ? ",1," : ",0,");
    append_probability(text, of->p_true);
    if (chunk->options->scenario == PEREBOR_SCENARIO_CAMPAIGN) {
        generated_text_append_string(text, of->treated != 0 ? ",1," : ",0,");
        append_probability(text, of->p_untreated);
        generated_text_append(text, ",", 1);
        append_probability(text, of->p_treated);
    }
    generated_text_append(text, "\n", 1);
    chunk->n_positive += of->target;
}

perebor_status generated_chunk_make(generated_chunk *chunk, const class_order *order,
                                    uint64_t first, size_t n, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = chunk->generator;
    clear(chunk);
    draw_block(chunk, order, first, n);
    if (!chunk->options->clean && generator->dirt.block > 0) {
        PEREBOR_TRY(done, customer_block_soil(&chunk->block, generator, chunk->options->seed,
                                              &chunk->found, error));
    }
    for (size_t i = 0; i < generator->n_tables; i++) {
        if (generated_chunk_has_table(generator, chunk->options->scenario, i)) {
            generated_rows rows = rows_of(chunk, i);
            generated_rows_write(&rows, &chunk->block, &chunk->tables[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        append_truth(chunk, generator->id_start + first + i, &chunk->block.customers[i]);
    }
    status = settle(chunk, error);
done:
    return status;
}
