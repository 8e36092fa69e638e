// SPDX-License-Identifier: MIT
#include "generate/generated_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_write.h"
#include "base/try.h"
#include "generate/generated_chunk.h"
#include "generate/generated_file.h"
#include "generate/own_file.h"

static const char RECORD[] = "generation";
enum { record_size = 512 };

void generated_part_suffix(const perebor_generate_options *options, uint32_t part,
                           char suffix[PART_SUFFIX_SIZE]) {
    suffix[0] = '\0';
    if (options->n_parts > 1) {
        (void)snprintf(suffix, PART_SUFFIX_SIZE, ".part-%04" PRIu32 "-of-%04" PRIu32, part + 1,
                       options->n_parts);
    }
}

/** The first line of a record: what all parts have in common. */
static void describe(const perebor_generator *generator, const perebor_generate_options *options,
                     char text[record_size]) {
    (void)snprintf(
        text, record_size, "%.200s: rows %" PRIu64 ", seed %" PRIu64 ", scenario %s%s, file %s\n",
        generator->name, options->n_rows, options->seed, perebor_scenario_names[options->scenario],
        options->clean ? ", clean" : "", generator->sha256);
}

perebor_status generated_part_record(const perebor_generator *generator,
                                     const perebor_generate_options *options,
                                     const perebor_generate_summary *summary,
                                     perebor_error *error) {
    char suffix[PART_SUFFIX_SIZE];
    char text[2 * record_size];
    describe(generator, options, text);
    size_t length = strlen(text);
    (void)snprintf(text + length, sizeof text - length,
                   "%" PRIu64 " customers, %" PRIu64 " positive, %" PRIu64 " faults\n",
                   summary->n_rows, summary->n_positive, summary->n_faults);
    generated_part_suffix(options, options->part, suffix);
    char *path = generated_file_path(options->folder, RECORD, suffix);
    if (path == NULL) {
        return perebor_no_memory(error, "for the record of a part");
    }
    perebor_status status = perebor_file_write(path, text, strlen(text), true, error);
    free(path);
    return status;
}

/** Adds up what the records say, and sees that all are there and of this generation. */
static perebor_status read_record(const perebor_generator *generator,
                                  const perebor_generate_options *options, uint32_t part,
                                  perebor_generate_summary *summary, perebor_error *error) {
    perebor_status status;
    char suffix[PART_SUFFIX_SIZE];
    char wanted[record_size];
    char *text = NULL;
    size_t size = 0;
    perebor_generate_summary of_part = {0};
    describe(generator, options, wanted);
    generated_part_suffix(options, part, suffix);
    char *path = generated_file_path(options->folder, RECORD, suffix);
    if (path == NULL) {
        return perebor_no_memory(error, "for the record of a part");
    }
    PEREBOR_TRY(done, perebor_file_read(path, 2 * record_size, &text, &size, error));
    size_t length = strlen(wanted);
    if (strncmp(text, wanted, length) != 0) {
        text[strcspn(text, "\n")] = '\0';
        status =
            perebor_fail(error, PEREBOR_ERR_CONFLICT,
                         "%s is a part of something else (%.100s): write it again", path, text);
        goto done;
    }
    if (sscanf(text + length, "%" SCNu64 " customers, %" SCNu64 " positive, %" SCNu64,
               &of_part.n_rows, &of_part.n_positive, &of_part.n_faults) != 3) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "%s is not the record of a part", path);
        goto done;
    }
    summary->n_rows += of_part.n_rows;
    summary->n_positive += of_part.n_positive;
    summary->n_faults += of_part.n_faults;
done:
    free(text);
    free(path);
    return status;
}

/** A file of a generation, and how its parts become one. */
typedef struct framing {
    const char *name;
    const char *before, *between, *after;
    size_t table; /**< n_tables: none. */
} framing;

/**
 * The files that are written in a scenario, one after another; false after the last. The truth
 * comes first: it is what the others are known by.
 *
 * @param[in,out] number  0 before the first.
 */
static bool next_file(const perebor_generator *generator, const perebor_generate_options *options,
                      size_t *number, framing *frame) {
    size_t n_tables = generator->n_tables;
    while (*number >= 1 && *number <= n_tables &&
           !generated_chunk_has_table(generator, options->scenario, *number - 1)) {
        ++*number;
    }
    if (*number == 0) {
        *frame = (framing){GENERATED_TRUTH, "", "", "", n_tables};
    } else if (*number <= n_tables) {
        *frame = (framing){generator->tables[*number - 1].file, "", "", "", *number - 1};
    } else {
        *frame = (framing){GENERATED_FAULTS, "[", ",\n", "]\n", n_tables};
    }
    return (*number)++ < n_tables + 2;
}

static perebor_status append_part(generated_file *file, const perebor_generate_options *options,
                                  const framing *framing, uint32_t part, bool *anything,
                                  perebor_error *error) {
    char suffix[PART_SUFFIX_SIZE];
    uint64_t size = 0;
    generated_part_suffix(options, part, suffix);
    char *path = generated_file_path(options->folder, framing->name, suffix);
    if (path == NULL) {
        return perebor_no_memory(error, "for %s", framing->name);
    }
    perebor_status status =
        generated_file_append(file, path, *anything ? framing->between : "", &size, error);
    *anything = *anything || size > 0;
    free(path);
    return status;
}

static perebor_status join_file(const perebor_generate_options *options, const framing *framing,
                                perebor_error *error) {
    perebor_status status;
    generated_file file = {0};
    bool anything = false;
    PEREBOR_TRY(done, generated_file_open(&file, options->folder, framing->name, "", error));
    PEREBOR_TRY(done, generated_file_write(&file, framing->before, strlen(framing->before), error));
    for (uint32_t part = 0; part < options->n_parts; part++) {
        PEREBOR_TRY(done, append_part(&file, options, framing, part, &anything, error));
    }
    PEREBOR_TRY(done, generated_file_write(&file, framing->after, strlen(framing->after), error));
    PEREBOR_TRY(done, generated_file_finish(&file, error));
done:
    generated_file_release(&file);
    return status;
}

/** Deletes what has been joined. A part that stays does no harm. */
static void delete_parts(const perebor_generate_options *options, const char *name, char *path,
                         size_t path_size) {
    char suffix[PART_SUFFIX_SIZE];
    for (uint32_t part = 0; part < options->n_parts; part++) {
        generated_part_suffix(options, part, suffix);
        (void)snprintf(path, path_size, "%s/%s%s", options->folder, name, suffix);
        (void)unlink(path);
    }
}

/** All records first, then all files, so that nothing is written if anything is amiss. */
static perebor_status check_parts(const perebor_generator *generator,
                                  const perebor_generate_options *options,
                                  perebor_generate_summary *summary, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    framing framing;
    for (uint32_t part = 0; part < options->n_parts; part++) {
        PEREBOR_TRY(done, read_record(generator, options, part, summary, error));
    }
    for (size_t i = 0; next_file(generator, options, &i, &framing);) {
        PEREBOR_TRY(done, own_file_check(generator, options, framing.table, framing.name, error));
    }
done:
    return status;
}

/** Length of the longest of the files' names. */
static size_t longest_name(const perebor_generator *generator,
                           const perebor_generate_options *options) {
    framing framing;
    size_t longest = strlen(RECORD);
    for (size_t i = 0; next_file(generator, options, &i, &framing);) {
        size_t length = strlen(framing.name);
        longest = length > longest ? length : longest;
    }
    return longest;
}

perebor_status perebor_generate_join(const perebor_generator *generator,
                                     const perebor_generate_options *options,
                                     perebor_generate_summary *summary, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_generate_summary joined = {0};
    framing framing;
    size_t size = strlen(options->folder) + longest_name(generator, options) + PART_SUFFIX_SIZE + 2;
    char *path = malloc(size); // before anything is joined: deleting must not fail
    if (path == NULL) {
        return perebor_no_memory(error, "to join the parts");
    }
    PEREBOR_TRY(done, check_parts(generator, options, &joined, error));
    for (size_t i = 0; next_file(generator, options, &i, &framing);) {
        PEREBOR_TRY(done, join_file(options, &framing, error));
        joined.n_tables += framing.table < generator->n_tables;
    }
    // Now that no part can be needed again.
    for (size_t i = 0; next_file(generator, options, &i, &framing);) {
        delete_parts(options, framing.name, path, size);
    }
    delete_parts(options, RECORD, path, size);
    *summary = joined;
done:
    free(path);
    return status;
}
