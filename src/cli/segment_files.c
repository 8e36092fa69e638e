// SPDX-License-Identifier: MIT
#include "cli/segment_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/try.h"
#include "cli/output_file.h"
#include "report/csv_fields.h"

#define CUSTOMERS "id,probability,probability_lower,probability_upper,rank,value,value_at_risk,"
#define SEGMENTS "segment,kind,n,share,observed,observed_lower,observed_upper,predicted,"

static const perebor_output_kind customers_kind = {.name = "a table of customers",
                                                   .beginning = "id,probability,probability_lower"};
static const perebor_output_kind segments_kind = {.name = "a table of segments",
                                                  .beginning = "segment,kind,n,share,"};

/** What a writer needs. */
typedef struct written {
    const segment_stage *stage;
    const segment_settings *settings;
    bool mark;
} written;

static void write_mark(const written *written, FILE *stream) {
    if (written->mark) {
        fputs("\xef\xbb\xbf", stream);
    }
}

static void write_band(FILE *stream, const segment_bands *bands, uint8_t band) {
    fputc(',', stream);
    if (band != SEGMENT_NO_BAND) {
        csv_write_harmless(stream, bands->names[band]);
    }
}

/** The rules that a row is in, with semicolons between them. NULL if memory is short. */
static char *list_rules(const segmentation *made, size_t row) {
    char *list = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&list, &size);
    if (stream == NULL) {
        return NULL;
    }
    const char *separator = "";
    for (size_t i = 0; i < made->n_segments; i++) {
        if (made->segments[i].kind == SEGMENT_RULE && made->members[i * made->n_rows + row] != 0) {
            fprintf(stream, "%s%s", separator, made->segments[i].name);
            separator = "; ";
        }
    }
    return fclose(stream) == 0 ? list : NULL;
}

static perebor_status write_customers(const void *context, FILE *stream, perebor_error *error) {
    const written *written = context;
    const segment_rows *rows = &written->stage->rows;
    const segmentation *made = &written->stage->segmentation;
    write_mark(written, stream);
    fputs(CUSTOMERS "risk,worth,segment,rules\n", stream);
    for (size_t row = 0; row < made->n_rows; row++) {
        char *rules = list_rules(made, row);
        if (rules == NULL) {
            return perebor_no_memory(error, "to write customers.csv");
        }
        if (rows->dataset->ids != NULL) {
            csv_write_harmless(stream, rows->dataset->ids[row]);
        } else {
            fprintf(stream, "%zu", row);
        }
        csv_write_real(stream, rows->probabilities[row]);
        csv_write_real(stream, rows->lower[row]);
        csv_write_real(stream, rows->upper[row]);
        fprintf(stream, ",%" PRIu32, made->worth.rank[row]);
        csv_write_real(stream, made->worth.value[row]);
        csv_write_real(stream, made->worth.at_risk[row]);
        write_band(stream, &written->settings->risk, made->worth.risk[row]);
        write_band(stream, &written->settings->worth, made->worth.worth[row]);
        fputc(',', stream);
        if (made->cell[row] > 0) {
            csv_write_harmless(stream, made->segments[made->cell[row]].name);
        }
        fputc(',', stream);
        csv_write_harmless(stream, rules);
        fputc('\n', stream);
        free(rules);
    }
    return PEREBOR_OK;
}

static perebor_status write_segments(const void *context, FILE *stream, perebor_error *error) {
    const written *written = context;
    const segmentation *made = &written->stage->segmentation;
    (void)error;
    write_mark(written, stream);
    fputs(SEGMENTS "mean_value,value_at_risk,note\n", stream);
    for (size_t i = 0; i < made->n_segments; i++) {
        const segment *segment = &made->segments[i];
        const segment_profile *profile = &segment->profile;
        csv_write_harmless(stream, segment->name);
        fprintf(stream, ",%s,%zu", segment_kind_names[segment->kind], profile->n);
        csv_write_real(stream, (double)profile->n / (double)made->n_rows);
        csv_write_real(stream, profile->observed);
        csv_write_real(stream, profile->observed_low);
        csv_write_real(stream, profile->observed_high);
        csv_write_real(stream, profile->predicted);
        csv_write_real(stream, profile->mean_value);
        csv_write_real(stream, profile->value_at_risk);
        fputc(',', stream);
        csv_write_harmless(stream, segment->note);
        fputc('\n', stream);
    }
    return PEREBOR_OK;
}

/** The files of the folder. */
static const struct {
    const char *name;
    const perebor_output_kind *kind;
    output_file_write *write;
} tables[] = {{"customers.csv", &customers_kind, write_customers},
              {"segments.csv", &segments_kind, write_segments}};
enum { n_tables = sizeof tables / sizeof *tables };

/** folder/name, to be freed; NULL if memory is short. */
static char *join(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, name);
    }
    return path;
}

/** Decides about a table, and writes it if there is something to write. */
static perebor_status handle(const segment_files *files, size_t table, const written *written,
                             const perebor_input *inputs, size_t n_inputs, perebor_error *error) {
    perebor_status status;
    perebor_file_identity found = {0};
    char *path = join(files->folder, tables[table].name);
    if (path == NULL) {
        return perebor_no_memory(error, "to write segments");
    }
    PEREBOR_TRY(done, perebor_output_check(path, tables[table].kind, files->overwrite, inputs,
                                           n_inputs, &found, error));
    if (written != NULL) {
        status = output_file_replace(path, &found, tables[table].write, written, error);
    }
done:
    free(path);
    return status;
}

perebor_status segment_files_check(const segment_files *files, const perebor_input *inputs,
                                   size_t n_inputs, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < n_tables; i++) {
        PEREBOR_TRY(done, handle(files, i, NULL, inputs, n_inputs, error));
    }
done:
    return status;
}

perebor_status segment_files_write(const segment_files *files, const segment_stage *stage,
                                   const segment_settings *settings, const perebor_input *inputs,
                                   size_t n_inputs, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const written written = {stage, settings, files->mark};
    if (mkdir(files->folder, 0777) != 0 && errno != EEXIST) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot make the folder %s: %s", files->folder,
                            strerror(errno));
    }
    for (size_t i = 0; i < n_tables; i++) {
        PEREBOR_TRY(done, handle(files, i, &written, inputs, n_inputs, error));
    }
done:
    return status;
}
