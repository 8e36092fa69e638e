// SPDX-License-Identifier: MIT
#include "perebor/generator.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/try.h"
#include "generate/customer_block.h"
#include "generate/generated_file.h"
#include "generate/generated_rows.h"
#include "generate/population.h"

/** Customers in memory at a time where there is no dirt to be local to anything. */
enum { CLEAN_BLOCK = 1300 };

/** One run of a generator. */
typedef struct generation {
    const perebor_generator *generator;
    const perebor_generate_options *options;
    population drawn;
    customer_block block;
    generated_file *tables; /**< [n_tables] */
    generated_file truth, faults;
    bool first_fault;
    uint64_t next;  /**< Customer to be drawn next. */
    uint8_t wanted; /**< In a scenario that sorts by class: the class being written. */
    perebor_generate_summary summary;
} generation;

static perebor_status make_folder(const char *folder, perebor_error *error) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return perebor_fail(error, PEREBOR_ERR_IO, "%s: the folder cannot be made (%s)", folder,
                            strerror(errno));
    }
    return PEREBOR_OK;
}

static generated_rows rows_of(const generation *running, size_t table) {
    return (generated_rows){.generator = running->generator,
                            .table = &running->generator->tables[table],
                            .seed = running->options->seed,
                            .clean = running->options->clean};
}

static perebor_status open_files(generation *running, perebor_error *error) {
    perebor_status status;
    const perebor_generator *generator = running->generator;
    const char *folder = running->options->folder;
    bool overwrite = running->options->overwrite;
    PEREBOR_TRY(done, make_folder(folder, error));
    for (size_t i = 0; i < generator->n_tables; i++) {
        PEREBOR_TRY(done, generated_file_open(&running->tables[i], folder,
                                              generator->tables[i].file, overwrite, error));
        generated_rows rows = rows_of(running, i);
        generated_rows_header(&rows, running->tables[i].stream);
    }
    PEREBOR_TRY(done, generated_file_open(&running->truth, folder, "truth.csv", overwrite, error));
    PEREBOR_TRY(done, generated_file_open(&running->faults, folder, "dirt.json", overwrite, error));
    fputs("id,component,y,p_true\n", running->truth.stream);
    fputs("[", running->faults.stream);
    running->first_fault = true;
done:
    return status;
}

/** Draws the customers of the next block, in the order of the scenario. */
static void fill_block(generation *running, size_t n) {
    bool sorted = running->options->scenario == PEREBOR_SCENARIO_LEAK_ID;
    running->block.n = 0;
    while (running->block.n < n) {
        customer *into = &running->block.customers[running->block.n];
        population_draw(&running->drawn, running->next, into);
        running->block.n += !sorted || into->target == running->wanted;
        running->next++;
        if (sorted && running->next == running->options->n_rows && running->wanted == 1) {
            running->next = 0; // a second pass, for the other class
            running->wanted = 0;
        }
    }
}

static void write_truth(generation *running) {
    const perebor_generator *generator = running->generator;
    for (size_t i = 0; i < running->block.n; i++) {
        const customer *of = &running->block.customers[i];
        fprintf(running->truth.stream, "%" PRIu64 ",%s,%u,",
                generator->id_start + running->block.first + i,
                generator->components[of->component].name, (unsigned)of->target);
        if (!isnan(of->p_true)) {
            fprintf(running->truth.stream, "%.12g", of->p_true);
        }
        fputc('\n', running->truth.stream);
        running->summary.n_positive += of->target;
    }
}

/** Appends the faults of a block to their file: the array without its brackets. */
static perebor_status write_faults(generation *running, perebor_json *faults,
                                   perebor_error *error) {
    perebor_json_end_array(faults);
    char *text = perebor_json_take(faults);
    if (text == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the list of faults");
    }
    size_t length = strlen(text);
    if (length > 2) {
        fputs(running->first_fault ? "" : ",\n", running->faults.stream);
        fwrite(text + 1, 1, length - 2, running->faults.stream);
        running->first_fault = false;
    }
    free(text);
    return PEREBOR_OK;
}

static perebor_status write_block(generation *running, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = running->generator;
    perebor_json faults = {0};
    perebor_json_begin_array(&faults);
    if (!running->options->clean && generator->dirt.block > 0) {
        PEREBOR_TRY(done, customer_block_soil(&running->block, generator, running->options->seed,
                                              &faults, &running->summary.n_faults, error));
    }
    for (size_t i = 0; i < generator->n_tables; i++) {
        generated_rows rows = rows_of(running, i);
        generated_rows_write(&rows, &running->block, running->tables[i].stream, &faults,
                             &running->summary.n_faults);
    }
    write_truth(running);
    PEREBOR_TRY(done, write_faults(running, &faults, error));
done:
    perebor_json_release(&faults);
    return status;
}

static perebor_status finish_files(generation *running, perebor_error *error) {
    perebor_status status;
    fputs("]\n", running->faults.stream);
    for (size_t i = 0; i < running->generator->n_tables; i++) {
        PEREBOR_TRY(done, generated_file_finish(&running->tables[i], error));
    }
    PEREBOR_TRY(done, generated_file_finish(&running->truth, error));
    PEREBOR_TRY(done, generated_file_finish(&running->faults, error));
done:
    return status;
}

static void release(generation *running) {
    for (size_t i = 0; running->tables != NULL && i < running->generator->n_tables; i++) {
        generated_file_release(&running->tables[i]);
    }
    free(running->tables);
    generated_file_release(&running->truth);
    generated_file_release(&running->faults);
    customer_block_release(&running->block);
    if (running->drawn.generator != NULL) {
        population_release(&running->drawn);
    }
}

perebor_status perebor_generate(const perebor_generator *generator,
                                const perebor_generate_options *options,
                                perebor_generate_summary *summary, perebor_error *error) {
    perebor_status status;
    size_t capacity = generator->dirt.block > 0 ? generator->dirt.block : CLEAN_BLOCK;
    generation running = {.generator = generator, .options = options, .wanted = 1};
    running.tables = calloc(generator->n_tables + 1, sizeof *running.tables);
    if (running.tables == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu tables",
                            generator->n_tables);
    }
    PEREBOR_TRY(done, population_create(&running.drawn, generator, options->seed, options->scenario,
                                        error));
    PEREBOR_TRY(done, customer_block_create(&running.block, generator, capacity, error));
    PEREBOR_TRY(done, open_files(&running, error));
    for (uint64_t first = 0; first < options->n_rows; first += capacity) {
        uint64_t left = options->n_rows - first;
        running.block.first = first;
        fill_block(&running, left < capacity ? (size_t)left : capacity);
        PEREBOR_TRY(done, write_block(&running, error));
    }
    PEREBOR_TRY(done, finish_files(&running, error));
    running.summary.n_rows = options->n_rows;
    *summary = running.summary;
done:
    release(&running);
    return status;
}
