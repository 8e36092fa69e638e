// SPDX-License-Identifier: MIT
#include "run/distribute.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "run/record.h"

/** What one rank has to go by, and what it gets. */
typedef struct distribution {
    perebor_ranks *ranks;
    const perebor_search_options *options;
    const perebor_search_previous *previous;
    perebor_study *study;
    char *output; /**< Rank 0. */
} distribution;

/** Why the file to be resumed could not be read, if so. */
static perebor_status report_previous(const distribution *distribution, perebor_error *error) {
    if (distribution->previous->status != PEREBOR_OK && error != NULL) {
        *error = distribution->previous->error;
    }
    return distribution->previous->status;
}

/** Rank 0 reads the experiment and loads the tables. */
static perebor_status load(distribution *distribution, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    PEREBOR_TRY(done, perebor_experiment_read(&experiment, distribution->options->experiment,
                                              distribution->options->overrides,
                                              distribution->options->n_overrides, error));
    PEREBOR_TRY(done,
                record_choose_output(experiment, distribution->options->output,
                                     distribution->previous->overwrite,
                                     distribution->previous->resume, &distribution->output, error));
    PEREBOR_TRY(done, report_previous(distribution, error));
    status =
        perebor_study_load(&distribution->study, experiment,
                           perebor_study_shares(experiment, distribution->options->share), error);
    experiment = NULL; // taken over
done:
    perebor_experiment_free(experiment);
    return status;
}

/** What rank 0 tells the others, beside the image of the dataset. */
typedef struct announcement {
    size_t text_size;
} announcement;

/** Sends the experiment's text and returns this rank's copy of it. */
static perebor_status share_text(distribution *distribution, char **text, size_t *size,
                                 perebor_error *error) {
    perebor_status status;
    announcement announcement = {0};
    char *copy = NULL;
    if (distribution->ranks->rank == 0) {
        assert(distribution->study != NULL);
        announcement.text_size = distribution->study->experiment->text_size;
    }
    PEREBOR_TRY(done, perebor_ranks_broadcast(distribution->ranks, &announcement,
                                              sizeof announcement, error));
    copy = calloc(announcement.text_size + 1, 1);
    status = copy != NULL ? PEREBOR_OK : perebor_no_memory(error, "for the experiment");
    PEREBOR_TRY(done, perebor_ranks_agree(distribution->ranks, status, error));
    if (distribution->ranks->rank == 0) {
        assert(copy != NULL && distribution->study != NULL);
        memcpy(copy, distribution->study->experiment->text, announcement.text_size);
    }
    PEREBOR_TRY(done,
                perebor_ranks_broadcast(distribution->ranks, copy, announcement.text_size, error));
    *text = copy;
    *size = announcement.text_size;
    copy = NULL;
done:
    free(copy);
    return status;
}

/** Has rank 0 read the shared dataset too, in place of the one that it loaded. */
static perebor_status move_in(distribution *distribution, const void *image, size_t image_size,
                              perebor_error *error) {
    perebor_dataset *dataset = NULL;
    perebor_status status = perebor_dataset_unpack(&dataset, image, image_size, error);
    if (status == PEREBOR_OK) {
        perebor_study_move_dataset(distribution->study, dataset);
    }
    return status;
}

/** Makes the study of a rank that did not load it. */
static perebor_status adopt(distribution *distribution, const char *text, size_t text_size,
                            const void *image, size_t image_size, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    perebor_dataset *dataset = NULL;
    const perebor_search_options *options = distribution->options;
    PEREBOR_TRY(done, perebor_experiment_parse(&experiment, options->experiment, text, text_size,
                                               options->overrides, options->n_overrides, error));
    PEREBOR_TRY(done, perebor_dataset_unpack(&dataset, image, image_size, error));
    status = perebor_study_create(&distribution->study, experiment, dataset,
                                  perebor_study_shares(experiment, options->share), error);
    experiment = NULL; // both taken over
    dataset = NULL;
done:
    perebor_experiment_free(experiment);
    perebor_dataset_free(dataset);
    return status;
}

/** Loads, and lets the caller of the search say what it thinks of the data. */
static perebor_status load_and_tell(distribution *distribution, perebor_error *error) {
    const perebor_search_options *options = distribution->options;
    perebor_status status = load(distribution, error);
    if (status == PEREBOR_OK && options->loaded != NULL) {
        options->loaded(options->progress_context, distribution->study);
    }
    return status;
}

/** Gives every rank the experiment and the dataset. */
static perebor_status share(distribution *distribution, perebor_error *error) {
    perebor_status status;
    char *text = NULL;
    size_t text_size = 0;
    void *image = NULL;
    size_t image_size = 0;
    const void *shared = NULL;
    size_t shared_size = 0;
    status = PEREBOR_OK;
    if (distribution->ranks->rank == 0) {
        status = load_and_tell(distribution, error);
        if (status == PEREBOR_OK) {
            status = perebor_dataset_pack(distribution->study->dataset, &image, &image_size, error);
        }
    }
    PEREBOR_TRY(done, perebor_ranks_agree(distribution->ranks, status, error));
    PEREBOR_TRY(done, share_text(distribution, &text, &text_size, error));
    PEREBOR_TRY(done, perebor_ranks_share(distribution->ranks, image, image_size, &shared,
                                          &shared_size, error));
    free(image);
    image = NULL;
    status = distribution->ranks->rank == 0
                 ? move_in(distribution, shared, shared_size, error)
                 : adopt(distribution, text, text_size, shared, shared_size, error);
    status = perebor_ranks_agree(distribution->ranks, status, error);
done:
    free(text);
    free(image);
    return status;
}

perebor_status distribute_study(perebor_ranks *ranks, const perebor_search_options *options,
                                const perebor_search_previous *previous, perebor_study **study,
                                char **output, perebor_error *error) {
    distribution distribution = {.ranks = ranks, .options = options, .previous = previous};
    // A rank alone has nobody to share with: it keeps the one copy that it loaded.
    perebor_status status =
        ranks->size == 1 ? load_and_tell(&distribution, error) : share(&distribution, error);
    if (status == PEREBOR_OK) {
        *study = distribution.study;
        *output = distribution.output;
        return PEREBOR_OK;
    }
    perebor_study_free(distribution.study);
    free(distribution.output);
    return status;
}
