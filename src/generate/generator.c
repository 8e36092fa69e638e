// SPDX-License-Identifier: MIT
#include "generate/generator.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/try.h"
#include "exec/sequence.h"
#include "generate/generated_chunk.h"
#include "generate/generated_file.h"
#include "generate/generated_part.h"
#include "generate/own_file.h"

/** One run of a generator. */
typedef struct generation {
    const perebor_generator *generator;
    const perebor_generate_options *options;
    class_order order;       /**< Where rows are sorted by class. */
    uint64_t first, end;     /**< Positions of the customers of this part. */
    generated_chunk *chunks; /**< [n_threads] */
    generated_file *tables;  /**< [n_tables] */
    generated_file truth, faults;
    bool any_fault; /**< Is in the file already. */
    perebor_generate_summary summary;
} generation;

static bool is_part(const perebor_generate_options *options) {
    return options->n_parts > 1;
}

static bool has_table(const generation *generation, size_t table) {
    return generated_chunk_has_table(generation->generator, generation->options->scenario, table);
}

/** Whether every id is one that can be written, and those made up for orphans are nobody's. */
static perebor_status check_ids(const perebor_generator *generator,
                                const perebor_generate_options *options, perebor_error *error) {
    if (options->n_rows > UINT64_MAX - generator->id_start) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%" PRIu64 " customers from id %" PRIu64
                            " on: the last ids do not fit; ask for fewer",
                            options->n_rows, generator->id_start);
    }
    const perebor_dirt_extreme *dirt = &generator->dirt_extreme;
    bool extreme = options->scenario == PEREBOR_SCENARIO_DIRT_EXTREME && !options->clean;
    for (size_t i = 0; extreme && i < dirt->n_rows; i++) {
        uint64_t added = dirt->rows[i].id_add;
        if (added > 0 && (added < options->n_rows ||
                          added > UINT64_MAX - generator->id_start - options->n_rows)) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "dirt_extreme: id_add %" PRIu64 " of %s gives the ids of other "
                                "customers where there are %" PRIu64 ": write at least as much",
                                added, dirt->rows[i].kind, options->n_rows);
        }
    }
    return PEREBOR_OK;
}

/** Which customers are this part's: whole chunks. */
static void choose_customers(generation *generation) {
    uint64_t capacity = generated_chunk_capacity(generation->generator);
    uint64_t n_rows = generation->options->n_rows;
    generation->end = n_rows;
    if (is_part(generation->options)) {
        uint64_t n_chunks = n_rows / capacity + (n_rows % capacity != 0);
        uint64_t part = generation->options->part;
        uint64_t n_parts = generation->options->n_parts;
        uint64_t each = n_chunks / n_parts;
        uint64_t longer = n_chunks % n_parts; // parts that have one chunk more, the first ones
        generation->first = capacity * (each * part + (part < longer ? part : longer));
        generation->end = generation->first + capacity * (each + (part < longer));
        generation->first = generation->first < n_rows ? generation->first : n_rows;
        generation->end = generation->end < n_rows ? generation->end : n_rows;
    }
}

static perebor_status make_folder(const char *folder, perebor_error *error) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return perebor_fail(error, PEREBOR_ERR_IO, "%s: the folder cannot be made (%s)", folder,
                            strerror(errno));
    }
    return PEREBOR_OK;
}

/** @param[in] table  Number of the table whose file it is; n_tables: of another file. */
static perebor_status open_file(const generation *generation, generated_file *file, size_t table,
                                const char *name, perebor_error *error) {
    perebor_status status;
    char suffix[PART_SUFFIX_SIZE];
    const perebor_generate_options *options = generation->options;
    generated_part_suffix(options, options->part, suffix);
    PEREBOR_TRY(done, own_file_check(generation->generator, options, table, name, error));
    PEREBOR_TRY(done, generated_file_open(file, options->folder, name, suffix, error));
done:
    return status;
}

static perebor_status open_files(generation *generation, perebor_error *error) {
    perebor_status status;
    const perebor_generator *generator = generation->generator;
    PEREBOR_TRY(done, make_folder(generation->options->folder, error));
    for (size_t i = 0; i < generator->n_tables; i++) {
        if (has_table(generation, i)) {
            PEREBOR_TRY(done, open_file(generation, &generation->tables[i], i,
                                        generator->tables[i].file, error));
        }
    }
    PEREBOR_TRY(done, open_file(generation, &generation->truth, generator->n_tables,
                                GENERATED_TRUTH, error));
    PEREBOR_TRY(done, open_file(generation, &generation->faults, generator->n_tables,
                                GENERATED_FAULTS, error));
    if (!is_part(generation->options)) {
        PEREBOR_TRY(done, generated_file_write(&generation->faults, "[", 1, error));
    }
done:
    return status;
}

static perebor_status write_faults(generation *generation, const char *faults,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (*faults != '\0') {
        if (generation->any_fault) {
            PEREBOR_TRY(done, generated_file_write(&generation->faults, ",\n", 2, error));
        }
        PEREBOR_TRY(done, generated_file_write(&generation->faults, faults, strlen(faults), error));
        generation->any_fault = true;
    }
done:
    return status;
}

/** Appends a chunk to the files. */
static perebor_status write_chunk(generation *generation, const generated_chunk *chunk,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < generation->generator->n_tables; i++) {
        if (has_table(generation, i)) {
            PEREBOR_TRY(done, generated_file_write(&generation->tables[i], chunk->tables[i].bytes,
                                                   chunk->tables[i].length, error));
        }
    }
    PEREBOR_TRY(done, generated_file_write(&generation->truth, chunk->truth.bytes,
                                           chunk->truth.length, error));
    PEREBOR_TRY(done, write_faults(generation, chunk->faults, error));
    generation->summary.n_positive += chunk->n_positive;
    generation->summary.n_faults += chunk->found.n;
done:
    return status;
}

static perebor_status make_item(void *context, uint64_t item, int thread, perebor_error *error) {
    const generation *generation = context;
    uint64_t capacity = generated_chunk_capacity(generation->generator);
    uint64_t first = generation->first + item * capacity;
    uint64_t left = generation->end - first;
    const class_order *order = generation->order.positives != NULL ? &generation->order : NULL;
    return generated_chunk_make(&generation->chunks[thread], order, first,
                                (size_t)(left < capacity ? left : capacity), error);
}

static perebor_status write_item(void *context, uint64_t item, int thread, perebor_error *error) {
    (void)item;
    perebor_status status;
    generation *generation = context;
    const generated_chunk *chunk = &generation->chunks[thread];
    const perebor_generate_options *options = generation->options;
    PEREBOR_TRY(done, write_chunk(generation, chunk, error));
    if (options->progress != NULL) {
        options->progress(options->progress_context,
                          chunk->block.first + chunk->block.n - generation->first,
                          generation->end - generation->first);
    }
done:
    return status;
}

static perebor_status write_all(generation *generation, perebor_error *error) {
    perebor_status status;
    uint64_t capacity = generated_chunk_capacity(generation->generator);
    uint64_t n = generation->end - generation->first;
    const perebor_sequence chunks = {.n_items = n / capacity + (n % capacity != 0),
                                     .n_threads = generation->options->n_threads,
                                     .context = generation,
                                     .make = make_item,
                                     .hand_over = write_item};
    if (generation->options->part == 0) {
        PEREBOR_TRY(done, generated_chunk_begin(&generation->chunks[0], error));
        PEREBOR_TRY(done, write_chunk(generation, &generation->chunks[0], error));
    }
    PEREBOR_TRY(done, perebor_sequence_run(&chunks, error));
    if (!is_part(generation->options)) {
        PEREBOR_TRY(done, generated_file_write(&generation->faults, "]\n", 2, error));
    }
done:
    return status;
}

static perebor_status finish_files(generation *generation, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done,
                generated_file_finish(&generation->truth, error)); // the others are known by it
    for (size_t i = 0; i < generation->generator->n_tables; i++) {
        if (has_table(generation, i)) {
            PEREBOR_TRY(done, generated_file_finish(&generation->tables[i], error));
            generation->summary.n_tables++;
        }
    }
    PEREBOR_TRY(done, generated_file_finish(&generation->faults, error));
    generation->summary.n_rows = generation->end - generation->first;
    if (is_part(generation->options)) {
        PEREBOR_TRY(done, generated_part_record(generation->generator, generation->options,
                                                &generation->summary, error));
    }
done:
    return status;
}

/** Makes what a generation needs in memory. */
static perebor_status prepare(generation *generation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = generation->generator;
    const perebor_generate_options *options = generation->options;
    size_t n_threads = (size_t)options->n_threads;
    generation->chunks = calloc(n_threads, sizeof *generation->chunks);
    generation->tables = calloc(generator->n_tables + 1, sizeof *generation->tables);
    if (generation->chunks == NULL || generation->tables == NULL) {
        return perebor_no_memory(error, "for %zu threads", n_threads);
    }
    for (size_t i = 0; i < n_threads; i++) {
        PEREBOR_TRY(done,
                    generated_chunk_create(&generation->chunks[i], generator, options, error));
    }
    if (options->scenario == PEREBOR_SCENARIO_LEAK_ID) {
        PEREBOR_TRY(done, class_order_create(&generation->order, generator, options->seed,
                                             options->n_rows, options->n_threads, error));
    }
done:
    return status;
}

static void release(generation *generation) {
    for (int i = 0; generation->chunks != NULL && i < generation->options->n_threads; i++) {
        if (generation->chunks[i].generator != NULL) {
            generated_chunk_release(&generation->chunks[i]);
        }
    }
    for (size_t i = 0; generation->tables != NULL && i < generation->generator->n_tables; i++) {
        generated_file_release(&generation->tables[i]);
    }
    free(generation->chunks);
    free(generation->tables);
    generated_file_release(&generation->truth);
    generated_file_release(&generation->faults);
    class_order_release(&generation->order);
}

bool perebor_generator_knows(const perebor_generator *generator, perebor_scenario scenario) {
    switch (scenario) {
    case PEREBOR_SCENARIO_LOGIT:
        return generator->logit.n_terms > 0;
    case PEREBOR_SCENARIO_DRIFT:
        return generator->drift.n_moves > 0;
    case PEREBOR_SCENARIO_CAMPAIGN:
        return generator->campaign.effect.n_terms > 0;
    case PEREBOR_SCENARIO_DIRT_EXTREME:
        return generator->dirt_extreme.n_cells + generator->dirt_extreme.n_rows > 0;
    case PEREBOR_SCENARIO_RETAIL:
    case PEREBOR_SCENARIO_NULL:
    case PEREBOR_SCENARIO_LEAK_ID:
        break;
    }
    return true;
}

perebor_status perebor_generate(const perebor_generator *generator,
                                const perebor_generate_options *options,
                                perebor_generate_summary *summary, perebor_error *error) {
    perebor_status status;
    generation generation = {.generator = generator, .options = options};
    PEREBOR_TRY(done, check_ids(generator, options, error));
    choose_customers(&generation);
    PEREBOR_TRY(done, prepare(&generation, error));
    PEREBOR_TRY(done, open_files(&generation, error));
    PEREBOR_TRY(done, write_all(&generation, error));
    PEREBOR_TRY(done, finish_files(&generation, error));
    *summary = generation.summary;
done:
    release(&generation);
    return status;
}
