// SPDX-License-Identifier: MIT
#include "run/predict_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"
#include "run/predicting.h"
#include "run/prediction_notes.h"
#include "run/stored_study.h"

static void release(predicting *predicting) {
    for (int i = 0; predicting->scratch != NULL && i < predicting->n_threads; i++) {
        prediction_scratch_release(&predicting->scratch[i]);
        bytes_release(&predicting->made[i]);
    }
    free(predicting->scratch);
    free(predicting->made);
    free(predicting->taken);
    column_counts_release(&predicting->counts);
    frozen_parts_free(predicting->parts);
    perebor_dataset_free(predicting->dataset);
    perebor_tables_report_release(&predicting->report);
    moved_sources_release(&predicting->moved);
    perebor_scratch_release(&predicting->piped);
    perebor_experiment_free(predicting->experiment);
    predictor_release(&predicting->predictor);
}

/** Whether data comes once and in one direction. */
static bool is_stream(const char *data) {
    struct stat about;
    return data != NULL &&
           (strcmp(data, "-") == 0 || (stat(data, &about) == 0 && S_ISFIFO(about.st_mode)));
}

/** Copies a pipe to the end. */
static perebor_status drain(perebor_scratch *scratch, int from, const char *name,
                            perebor_error *error) {
    enum { copy_bytes = 1 << 18, max_interruptions = 10000 };
    perebor_status status = PEREBOR_OK;
    char *bytes = malloc(copy_bytes);
    ssize_t n = 1;
    int n_interruptions = 0;
    while (bytes != NULL && n != 0) {
        n = read(from, bytes, copy_bytes);
        if (n < 0 && errno == EINTR && n_interruptions++ < max_interruptions) {
            continue;
        }
        if (n < 0) {
            status =
                perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot read: %s", name, strerror(errno));
            goto done;
        }
        PEREBOR_TRY(done, perebor_scratch_append(scratch, bytes, (size_t)n, error));
    }
    status = bytes == NULL ? perebor_no_memory(error, "to read %s", name)
                           : perebor_scratch_spill(scratch, error);
done:
    free(bytes);
    return status;
}

/** Puts what comes through a pipe where it can be read twice. @param[out] path  [32] of it. */
static perebor_status keep_stream(predicting *predicting, const char *data, char *path,
                                  perebor_error *error) {
    perebor_status status;
    bool is_input = strcmp(data, "-") == 0;
    int from = is_input ? STDIN_FILENO : perebor_file_open(data, O_RDONLY, 0);
    if (from < 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot open: %s", data, strerror(errno));
    }
    PEREBOR_TRY(done,
                perebor_scratch_begin(&predicting->piped, predicting->request->beside, error));
    PEREBOR_TRY(done, drain(&predicting->piped, from, is_input ? "standard input" : data, error));
    (void)snprintf(path, 32, "/dev/fd/%d", predicting->piped.file);
done:
    if (!is_input) {
        (void)close(from);
    }
    return status;
}

static perebor_status fail_reading(const predict_request *request, perebor_status status,
                                   const perebor_error *reason, perebor_error *error) {
    return perebor_fail(error, status, "%s%s", reason->message,
                        request->data == NULL && status == PEREBOR_ERR_IO
                            ? "; name other tables with --data, or with --folder where the "
                              "experiment's folder is now"
                            : "");
}

/** What to read: the tables of the experiment, or others. */
static perebor_status find_tables(predicting *predicting, perebor_error *error) {
    perebor_status status;
    const predict_request *request = predicting->request;
    const char *data = request->data;
    char path[32];
    PEREBOR_TRY(done, stored_experiment_read(&predicting->experiment, request->result,
                                             request->file, request->folder, error));
    predicting->spec = predicting->experiment->tables;
    if (is_stream(data)) {
        PEREBOR_TRY(done, keep_stream(predicting, data, path, error));
        data = path;
    }
    if (data != NULL) {
        PEREBOR_TRY(done, moved_sources_find(&predicting->moved, &predicting->spec, data, error));
        predicting->spec.sources = predicting->moved.sources;
        predicting->spec.n_sources = predicting->moved.n;
    }
done:
    return status;
}

static perebor_status open_parts(predicting *predicting, perebor_error *error) {
    perebor_error reason = {0};
    perebor_status status =
        frozen_parts_open(&predicting->parts, &predicting->prediction->whole, &predicting->spec,
                          predicting_schema(predicting), predicting->request->beside, &reason);
    if (status == PEREBOR_OK && predicting->parts != NULL) {
        predicting->n_items = frozen_parts_count(predicting->parts);
    }
    return status == PEREBOR_OK ? PEREBOR_OK
                                : fail_reading(predicting->request, status, &reason, error);
}

static perebor_status load_whole(predicting *predicting, perebor_error *error) {
    perebor_error reason = {0};
    perebor_status status =
        perebor_tables_load_frozen(&predicting->dataset, &predicting->report, &predicting->spec,
                                   predicting_schema(predicting), &reason);
    if (status != PEREBOR_OK) {
        return fail_reading(predicting->request, status, &reason, error);
    }
    predicting->n_items =
        (predicting->dataset->n_rows + PREDICTING_BLOCK_ROWS - 1) / PREDICTING_BLOCK_ROWS;
    return PEREBOR_OK;
}

static perebor_status make_scratch(predicting *predicting, perebor_error *error) {
    predicting->n_threads = predicting->request->n_threads;
    size_t n = (size_t)predicting->n_threads;
    predicting->scratch = calloc(n, sizeof *predicting->scratch);
    predicting->made = calloc(n, sizeof *predicting->made);
    if (predicting->scratch == NULL || predicting->made == NULL) {
        free(predicting->scratch);
        free(predicting->made);
        predicting->scratch = NULL;
        predicting->made = NULL;
        return perebor_no_memory(error, "for predictions");
    }
    return PEREBOR_OK;
}

/** Whether all ranks can work: each finds the same parts in the file. */
static perebor_status share_parts(predicting *predicting, bool *shared, perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = predicting->request->ranks;
    struct {
        uint64_t hash, is_shared;
    } mine = {0}, first;
    if (predicting->parts != NULL) {
        mine.hash = frozen_parts_hash(predicting->parts);
        mine.is_shared = frozen_parts_are_shared(predicting->parts);
    }
    first = mine;
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &first, sizeof first, error));
    *shared = first.is_shared != 0;
    status = *shared && mine.hash != first.hash
                 ? perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "the table is not the same on all ranks, or changes meanwhile")
                 : PEREBOR_OK;
    status = perebor_ranks_agree(ranks, status, error);
done:
    return status;
}

/** Opens what there is to score. @param[out] alone  Whether this rank works alone. */
static perebor_status open_tables(predicting *predicting, bool *alone, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_ranks *ranks = predicting->request->ranks;
    bool shared = false, once = is_stream(predicting->request->data);
    bool first = ranks == NULL || ranks->rank == 0;
    if (first || !once) {
        status = find_tables(predicting, error);
        status = status == PEREBOR_OK ? open_parts(predicting, error) : status;
    }
    *alone = true;
    if (ranks != NULL && ranks->size > 1) {
        PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
        PEREBOR_TRY(done, share_parts(predicting, &shared, error));
        *alone = !shared;
    }
done:
    return status;
}

static perebor_status compare_keys(const void *context, const size_t part[2], const size_t key[2],
                                   perebor_error *error) {
    return frozen_parts_compare(context, part, key, error);
}

/** Scores all rows; on rank 0 they are in the prediction then. */
static perebor_status score_all(predicting *predicting, bool alone, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_ranks *ranks = predicting->request->ranks;
    bool whole = predicting->parts == NULL;
    if (alone && ranks != NULL && ranks->rank > 0) {
        return PEREBOR_OK;
    }
    if (!whole) {
        PEREBOR_TRY(done, alone ? predicting_run_here(predicting, error)
                                : predicting_run_on_ranks(predicting, error));
        whole = predicting->bad == PART_DOUBTFUL || predicting->prediction->n_rows == 0;
        if (ranks != NULL && ranks->rank > 0) {
            goto done;
        }
        if (predicting->first_bad < predicting->n_items && predicting->bad == PART_FAILED) {
            return perebor_fail(error, predicting->reason.status, "%s", predicting->reason.message);
        }
        predicting->prediction->whole = whole ? "only all of it tells how it is written" : NULL;
    }
    if (whole) {
        frozen_parts_free(predicting->parts);
        predicting->parts = NULL;
        PEREBOR_TRY(done, load_whole(predicting, error));
        PEREBOR_TRY(done, predicting_run_here(predicting, error));
    } else {
        PEREBOR_TRY(done, prediction_lines_check(predicting->prediction->lines, compare_keys,
                                                 predicting->parts, error));
    }
    if (predicting->first_bad < predicting->n_items) {
        status = perebor_fail(error, predicting->reason.status, "%s", predicting->reason.message);
    }
done:
    return status;
}

/** Copies texts of the columns or the tables. */
static perebor_status copy_text(char **copy, const char *text, perebor_error *error) {
    *copy = strdup(text);
    return *copy != NULL ? PEREBOR_OK : perebor_no_memory(error, "for predictions");
}

static perebor_status describe(predicting *predicting, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    prediction *prediction = predicting->prediction;
    const perebor_dataset *schema = predicting_schema(predicting);
    const perebor_tables_spec *spec = &predicting->spec;
    size_t n_warnings = 0;
    prediction->n_threads = predicting->n_threads;
    prediction->has_id = schema->id_name[0] != '\0';
    prediction->names = calloc(schema->n_columns + 1, sizeof *prediction->names);
    prediction->drifts = calloc(schema->n_columns + 1, sizeof *prediction->drifts);
    prediction->paths = calloc(spec->n_sources + 1, sizeof *prediction->paths);
    if (prediction->names == NULL || prediction->drifts == NULL || prediction->paths == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t i = 0; i < schema->n_columns; i++) {
        PEREBOR_TRY(done, copy_text(&prediction->names[i], schema->columns[i].name, error));
        prediction->n_columns = i + 1;
    }
    for (size_t i = 0; i < spec->n_sources; i++) {
        PEREBOR_TRY(done, copy_text(&prediction->paths[i], spec->sources[i].path, error));
        prediction->n_paths = i + 1;
    }
    if (predicting->parts != NULL) {
        const char *const *warnings = frozen_parts_warnings(predicting->parts, &n_warnings);
        for (size_t i = 0; i < n_warnings; i++) {
            PEREBOR_TRY(done, prediction_notes_warn(prediction, (uint32_t)i, warnings[i], error));
        }
    }
    column_counts_compare(&predicting->counts, prediction->drifts);
    prediction_notes_sort(prediction);
    status = prediction_lines_order(prediction->lines, error);
done:
    return status;
}

perebor_status predict_tables(prediction *prediction, const predict_request *request,
                              perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = request->ranks;
    predicting predicting = {.request = request, .prediction = prediction};
    bool alone = true;
    status = predictor_begin(&predicting.predictor, request->result, request->file, error);
    status = status == PEREBOR_OK ? make_scratch(&predicting, error) : status;
    if (ranks != NULL && ranks->size > 1) {
        PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    }
    PEREBOR_TRY(done, status);
    PEREBOR_TRY(done, open_tables(&predicting, &alone, error));
    PEREBOR_TRY(done, score_all(&predicting, alone, error));
    if (ranks == NULL || ranks->rank == 0) {
        status = describe(&predicting, error);
    }
done:
    release(&predicting);
    return status;
}

static void free_texts(char **texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        free(texts[i]);
    }
    free((void *)texts);
}

void predict_release(prediction *prediction) {
    prediction_notes_release(prediction);
    prediction_lines_free(prediction->lines);
    free_texts(prediction->names, prediction->n_columns);
    free_texts(prediction->paths, prediction->n_paths);
    free(prediction->drifts);
    *prediction = (struct prediction){0};
}
