// SPDX-License-Identifier: MIT
#include "run/distribute.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "run/record.h"

/** What rank 0 tells the others of an experiment: texts, each with its zero behind it, and last the
 * experiment's own: its name, the number of overrides, their keys and values. */
typedef struct packed_experiment {
    char *bytes;
    size_t size;
} packed_experiment;

static void put_text(packed_experiment *packed, const char *text, size_t length) {
    if (packed->bytes != NULL) {
        memcpy(packed->bytes + packed->size, text, length);
        packed->bytes[packed->size + length] = '\0';
    }
    packed->size += length + 1;
}

/** Measures where there are no bytes to write to. */
static void put_experiment(packed_experiment *packed, const perebor_experiment *experiment) {
    char count[32];
    int length = snprintf(count, sizeof count, "%zu", experiment->n_overrides);
    packed->size = 0;
    put_text(packed, experiment->file, strlen(experiment->file));
    put_text(packed, count, (size_t)length);
    for (size_t i = 0; i < experiment->n_overrides; i++) {
        put_text(packed, experiment->overrides[i].key, strlen(experiment->overrides[i].key));
        put_text(packed, experiment->overrides[i].value, strlen(experiment->overrides[i].value));
    }
    put_text(packed, experiment->text, experiment->text_size);
}

static const char *take_text(const char **at) {
    const char *text = *at;
    *at += strlen(text) + 1;
    return text;
}

/** Reads the experiment of rank 0. */
static perebor_status unpack(perebor_experiment **experiment, const packed_experiment *packed,
                             perebor_error *error) {
    assert(packed->bytes != NULL);
    const char *at = packed->bytes;
    const char *end = packed->bytes + packed->size;
    const char *file = take_text(&at);
    size_t n = strtoul(take_text(&at), NULL, 10);
    perebor_override *overrides = calloc(n + 1, sizeof *overrides);
    if (overrides == NULL) {
        return perebor_no_memory(error, "for the experiment");
    }
    for (size_t i = 0; i < n; i++) {
        overrides[i].key = take_text(&at);
        overrides[i].value = take_text(&at);
    }
    perebor_status status =
        perebor_experiment_parse(experiment, file, at, (size_t)(end - at) - 1, overrides, n, error);
    free(overrides);
    return status;
}

/** Gives every rank the bytes that rank 0 has. */
static perebor_status share_experiment(perebor_ranks *ranks, const perebor_study *study,
                                       packed_experiment *packed, perebor_error *error) {
    perebor_status status;
    if (ranks->rank == 0) {
        assert(study != NULL);
        put_experiment(packed, study->experiment);
    }
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &packed->size, sizeof packed->size, error));
    packed->bytes = malloc(packed->size + 1);
    status = packed->bytes != NULL ? PEREBOR_OK : perebor_no_memory(error, "for the experiment");
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    if (ranks->rank == 0) {
        assert(study != NULL);
        put_experiment(packed, study->experiment);
    }
    status = perebor_ranks_broadcast(ranks, packed->bytes, packed->size, error);
done:
    return status;
}

/** Has rank 0 read the shared dataset too, in place of the one that it loaded. */
static perebor_status move_in(perebor_study *study, const void *image, size_t image_size,
                              perebor_error *error) {
    perebor_dataset *dataset = NULL;
    perebor_status status = perebor_dataset_unpack(&dataset, image, image_size, error);
    if (status == PEREBOR_OK) {
        perebor_study_move_dataset(study, dataset);
    }
    return status;
}

/** Makes the study of a rank that did not load it. */
static perebor_status adopt(perebor_study **study, const packed_experiment *packed,
                            const void *image, size_t image_size, bool share,
                            perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    perebor_dataset *dataset = NULL;
    PEREBOR_TRY(done, unpack(&experiment, packed, error));
    PEREBOR_TRY(done, perebor_dataset_unpack(&dataset, image, image_size, error));
    status = perebor_study_create(study, experiment, dataset,
                                  perebor_study_shares(experiment, share), error);
    experiment = NULL; // both taken over
    dataset = NULL;
done:
    perebor_experiment_free(experiment);
    perebor_dataset_free(dataset);
    return status;
}

/** Gives every rank what the paths of a stored search came to. */
static perebor_status share_paths(perebor_ranks *ranks, perebor_study *study,
                                  perebor_error *error) {
    perebor_status status;
    path_choices *paths = &study->paths;
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &paths->n, sizeof paths->n, error));
    if (paths->n == 0) {
        return PEREBOR_OK;
    }
    if (ranks->rank != 0) {
        paths->items = calloc(paths->n, sizeof *paths->items);
    }
    status =
        paths->items != NULL ? PEREBOR_OK : perebor_no_memory(error, "for %zu trials", paths->n);
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    status = perebor_ranks_broadcast(ranks, paths->items, paths->n * sizeof *paths->items, error);
done:
    return status;
}

perebor_status distribute_to_others(perebor_ranks *ranks, bool share, perebor_study **study,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    packed_experiment packed = {0};
    void *image = NULL;
    size_t image_size = 0;
    const void *shared = NULL;
    size_t shared_size = 0;
    if (ranks->size == 1) {
        return PEREBOR_OK; // a rank alone keeps the one copy that it loaded
    }
    if (ranks->rank == 0) {
        assert(*study != NULL);
        status = perebor_dataset_pack((*study)->dataset, &image, &image_size, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    PEREBOR_TRY(done, share_experiment(ranks, *study, &packed, error));
    PEREBOR_TRY(done, perebor_ranks_share(ranks, image, image_size, &shared, &shared_size, error));
    free(image);
    image = NULL;
    status = ranks->rank == 0 ? move_in(*study, shared, shared_size, error)
                              : adopt(study, &packed, shared, shared_size, share, error);
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    assert(*study != NULL);
    status = share_paths(ranks, *study, error);
done:
    free(packed.bytes);
    free(image);
    return status;
}

perebor_status distribute_loaded(perebor_ranks *ranks, perebor_status loaded, bool share,
                                 perebor_study **study, perebor_error *error) {
    perebor_status status = ranks->size == 1 ? loaded : perebor_ranks_agree(ranks, loaded, error);
    if (status == PEREBOR_OK) {
        status = distribute_to_others(ranks, share, study, error);
    }
    if (status != PEREBOR_OK) {
        perebor_study_free(*study);
        *study = NULL;
    }
    return status;
}

/** Rank 0 reads the experiment and loads the tables. */
static perebor_status load(const perebor_search_options *options,
                           const perebor_search_previous *previous, perebor_study **study,
                           char **output, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    PEREBOR_TRY(done, perebor_experiment_read(&experiment, options->experiment, options->overrides,
                                              options->n_overrides, error));
    PEREBOR_TRY(done, record_choose_output(experiment, options->output, previous->overwrite,
                                           previous->resume, output, error));
    // Why the file to be resumed could not be read, if so.
    status = previous->status;
    if (status != PEREBOR_OK && error != NULL) {
        *error = previous->error;
    }
    PEREBOR_TRY(done, status);
    status = perebor_study_load(study, experiment, perebor_study_shares(experiment, options->share),
                                error);
    experiment = NULL; // taken over
    if (status == PEREBOR_OK && options->loaded != NULL) {
        options->loaded(options->progress_context, *study);
    }
done:
    perebor_experiment_free(experiment);
    return status;
}

perebor_status distribute_study(perebor_ranks *ranks, const perebor_search_options *options,
                                const perebor_search_previous *previous, perebor_study **study,
                                char **output, perebor_error *error) {
    perebor_study *made = NULL;
    char *path = NULL;
    perebor_status status = PEREBOR_OK;
    if (ranks->rank == 0) {
        status = load(options, previous, &made, &path, error);
    }
    status = distribute_loaded(ranks, status, options->share, &made, error);
    if (status != PEREBOR_OK) {
        free(path);
        return status;
    }
    *study = made;
    *output = path;
    return PEREBOR_OK;
}
