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
    generated_text text; /**< What is about to be written. */
    fault_list found;    /**< Faults of the header or of the block. */
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

static generated_rows rows_of(generation *running, size_t table) {
    return (generated_rows){.generator = running->generator,
                            .table = table,
                            .seed = running->options->seed,
                            .clean = running->options->clean,
                            .extreme = !running->options->clean &&
                                       running->options->scenario == PEREBOR_SCENARIO_DIRT_EXTREME,
                            .faults = &running->found};
}

/** Whether a table is written in this scenario. */
static bool is_written(const generation *running, size_t table) {
    const perebor_generated_table *of = &running->generator->tables[table];
    return !of->only_in_one || of->only == running->options->scenario;
}

/** Hands over what is about to be written. That the disk is full shows when the file is finished.
 */
static perebor_status flush_text(generation *running, FILE *stream, perebor_error *error) {
    if (running->text.failed) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the lines of a table");
    }
    if (running->text.length > 0) {
        (void)fwrite(running->text.bytes, 1, running->text.length, stream);
    }
    running->text.length = 0;
    return PEREBOR_OK;
}

/** Appends the faults found so far to their file. */
static perebor_status flush_faults(generation *running, perebor_error *error) {
    perebor_json_end_array(&running->found.json);
    char *text = perebor_json_take(&running->found.json);
    if (text == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the list of faults");
    }
    size_t length = strlen(text);
    if (length > 2) {
        fputs(running->first_fault ? "" : ",\n", running->faults.stream);
        (void)fwrite(text + 1, 1, length - 2, running->faults.stream); // without its brackets
        running->first_fault = false;
    }
    free(text);
    return PEREBOR_OK;
}

static perebor_status open_files(generation *running, perebor_error *error) {
    perebor_status status;
    const perebor_generator *generator = running->generator;
    const char *folder = running->options->folder;
    bool overwrite = running->options->overwrite;
    PEREBOR_TRY(done, make_folder(folder, error));
    perebor_json_begin_array(&running->found.json);
    for (size_t i = 0; i < generator->n_tables; i++) {
        if (is_written(running, i)) {
            PEREBOR_TRY(done, generated_file_open(&running->tables[i], folder,
                                                  generator->tables[i].file, overwrite, error));
            generated_rows rows = rows_of(running, i);
            generated_rows_header(&rows, &running->text);
            PEREBOR_TRY(done, flush_text(running, running->tables[i].stream, error));
        }
    }
    PEREBOR_TRY(done, generated_file_open(&running->truth, folder, "truth.csv", overwrite, error));
    PEREBOR_TRY(done, generated_file_open(&running->faults, folder, "dirt.json", overwrite, error));
    fputs("id,component,y,p_true", running->truth.stream);
    bool campaign = running->options->scenario == PEREBOR_SCENARIO_CAMPAIGN;
    fputs(campaign ? ",treated,p_untreated,p_treated\n" : "\n", running->truth.stream);
    fputs("[", running->faults.stream);
    running->first_fault = true;
    PEREBOR_TRY(done, flush_faults(running, error));
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

/** A probability; nothing if it is not known. */
static void append_probability(generated_text *text, double p) {
    char digits[32];
    if (!isnan(p)) {
        int length = snprintf(digits, sizeof digits, "%.12g", p);
        generated_text_append(text, digits, (size_t)length);
    }
}

static void append_truth(generation *running, uint64_t id, const customer *of) {
    generated_text *text = &running->text;
    generated_text_append_unsigned(text, id);
    generated_text_append(text, ",", 1);
    size_t start = text->length;
    generated_text_append_string(text, running->generator->components[of->component].name);
    generated_text_quote(text, start, ',');
    generated_text_append_string(text, of->target != 0 ? ",1," : ",0,");
    append_probability(text, of->p_true);
    if (running->options->scenario == PEREBOR_SCENARIO_CAMPAIGN) {
        generated_text_append_string(text, of->treated != 0 ? ",1," : ",0,");
        append_probability(text, of->p_untreated);
        generated_text_append(text, ",", 1);
        append_probability(text, of->p_treated);
    }
    generated_text_append(text, "\n", 1);
    running->summary.n_positive += of->target;
}

static perebor_status write_block(generation *running, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = running->generator;
    perebor_json_begin_array(&running->found.json);
    if (!running->options->clean && generator->dirt.block > 0) {
        PEREBOR_TRY(done, customer_block_soil(&running->block, generator, running->options->seed,
                                              &running->found, error));
    }
    for (size_t i = 0; i < generator->n_tables; i++) {
        if (is_written(running, i)) {
            generated_rows rows = rows_of(running, i);
            generated_rows_write(&rows, &running->block, &running->text);
            PEREBOR_TRY(done, flush_text(running, running->tables[i].stream, error));
        }
    }
    for (size_t i = 0; i < running->block.n; i++) {
        append_truth(running, generator->id_start + running->block.first + i,
                     &running->block.customers[i]);
    }
    PEREBOR_TRY(done, flush_text(running, running->truth.stream, error));
    PEREBOR_TRY(done, flush_faults(running, error));
done:
    return status;
}

static perebor_status finish_files(generation *running, perebor_error *error) {
    perebor_status status;
    fputs("]\n", running->faults.stream);
    for (size_t i = 0; i < running->generator->n_tables; i++) {
        if (is_written(running, i)) {
            PEREBOR_TRY(done, generated_file_finish(&running->tables[i], error));
            running->summary.n_tables++;
        }
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
    generated_text_release(&running->text);
    perebor_json_release(&running->found.json);
    generated_file_release(&running->truth);
    generated_file_release(&running->faults);
    customer_block_release(&running->block);
    if (running->drawn.generator != NULL) {
        population_release(&running->drawn);
    }
}

const char *const perebor_scenario_names[] = {"retail", "null",     "logit",        "leak_id",
                                              "drift",  "campaign", "dirt_extreme", NULL};

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
    running.summary.n_faults = running.found.n;
    *summary = running.summary;
done:
    release(&running);
    return status;
}
