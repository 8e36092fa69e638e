// SPDX-License-Identifier: MIT
// Where the dataset of every rank lies once a study is distributed: run under mpiexec by the tests
// of this folder.
//
//   distributed PREFIX      writes PREFIX.csv and PREFIX.yaml first
//
// Exit codes: 0 as it should be; 1 an error of the library; 70 a promise of the library is broken.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "launch/shim.h"
#include "run/distribute.h"

enum { n_rows = 20000, n_columns = 20, EXIT_BROKEN = 70, path_size = 4096 };

static const char experiment_text[] = "version: 1\n"
                                      "name: wide\n"
                                      "data:\n"
                                      "  tables: {wide: {path: %s.csv}}\n"
                                      "  target: {column: y, positive: \"1\"}\n"
                                      "  features: {numeric: \"*\"}\n"
                                      "split: {test_size: 0.25}\n"
                                      "cv: {n_splits: 3}\n"
                                      "search:\n"
                                      "  run_cap: 4\n"
                                      "  parameters: {model: {values: [tree]}}\n";

/** Writes the table and the experiment; false if the disk refuses. */
static bool write_files(const char *prefix) {
    char path[path_size];
    (void)snprintf(path, sizeof path, "%s.csv", prefix);
    FILE *table = fopen(path, "w");
    (void)snprintf(path, sizeof path, "%s.yaml", prefix);
    FILE *experiment = fopen(path, "w");
    bool good = table != NULL && experiment != NULL;
    for (int column = 0; good && column < n_columns; column++) {
        (void)fprintf(table, "x%d,", column);
    }
    for (uint64_t row = 0; good && row <= n_rows; row++) {
        (void)fprintf(table, row == 0 ? "y\n" : "%d\n", (int)(row % 2));
        for (uint64_t column = 0; column < n_columns && row < n_rows; column++) {
            uint64_t drawn = perebor_mix(row * n_columns + column + PEREBOR_MIX_STEP);
            (void)fprintf(table, "%.6f,", (double)(drawn >> 40) / 1e6);
        }
    }
    if (good) {
        const char *slash = strrchr(prefix, '/');
        (void)fprintf(experiment, experiment_text, slash != NULL ? slash + 1 : prefix);
    }
    good &= table == NULL || fclose(table) == 0;
    good &= experiment == NULL || fclose(experiment) == 0;
    return good;
}

/** Bytes that malloc() has given out; 0 where it does not say. */
static size_t bytes_in_use(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    struct mallinfo2 use = mallinfo2();
    return use.uordblks + use.hblkhd;
#else
    return 0;
#endif
}

/** Complains of a dataset that is not where it should be; true if nothing is wrong. */
static bool check_place(const perebor_ranks *ranks, const perebor_study *study, size_t taken) {
    const size_t values = sizeof(double) * n_rows * n_columns;
    const perebor_dataset *dataset = study->dataset;
    bool is_view = dataset->block == NULL;
    if (is_view != (ranks->size > 1)) {
        (void)fprintf(stderr, "rank %d of %d: the dataset is %s\n", ranks->rank, ranks->size,
                      is_view ? "a view" : "its own");
        return false;
    }
    if (is_view && taken > values) {
        (void)fprintf(stderr, "rank %d: %zu bytes are in use beside the shared %zu\n", ranks->rank,
                      taken, values);
        return false;
    }
    return dataset->n_rows == n_rows && dataset->n_columns == n_columns;
}

/** Whether all ranks have rank 0's dataset, and as much of it in their evaluator. */
static perebor_status check_content(perebor_ranks *ranks, const perebor_study *study, bool *good,
                                    perebor_error *error) {
    uint8_t own[32], first[32];
    perebor_dataset_fingerprint(study->dataset, own);
    memcpy(first, own, sizeof first);
    perebor_status status = perebor_ranks_broadcast(ranks, first, sizeof first, error);
    *good &= memcmp(own, first, sizeof own) == 0;
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    *good &= shape.n_columns == n_columns;
    return status;
}

static perebor_status run(perebor_ranks *ranks, const char *prefix, bool *good,
                          perebor_error *error) {
    char experiment[path_size], output_path[path_size];
    perebor_study *study = NULL;
    char *output = NULL;
    perebor_status status = PEREBOR_OK;
    if (ranks->rank == 0 && !write_files(prefix)) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot be written", prefix);
    }
    status = perebor_ranks_agree(ranks, status, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    (void)snprintf(experiment, sizeof experiment, "%s.yaml", prefix);
    (void)snprintf(output_path, sizeof output_path, "%s.h5", prefix);
    perebor_search_options options = {
        .experiment = experiment, .output = output_path, .share = true};
    perebor_search_previous previous = {0};
    size_t before = bytes_in_use();
    status = distribute_study(ranks, &options, &previous, &study, &output, error);
    if (status == PEREBOR_OK) {
        *good = check_place(ranks, study, bytes_in_use() - before);
        status = check_content(ranks, study, good, error);
    }
    perebor_study_free(study);
    free(output);
    return status;
}

int main(int n, char **arguments) {
    perebor_shim_start();
    perebor_error error = {.status = PEREBOR_OK};
    perebor_ranks *ranks = NULL;
    bool good = true;
    if (n != 2) {
        (void)fputs("usage: distributed PREFIX\n", stderr);
        return 64;
    }
    perebor_status status = perebor_ranks_open(&ranks, &error);
    bool speaks = perebor_ranks_speaks(ranks);
    if (status == PEREBOR_OK) {
        status = run(ranks, arguments[1], &good, &error);
    }
    if (status == PEREBOR_OK && !good) {
        status = perebor_fail(&error, PEREBOR_ERR_NUMERIC, "rank %d: not as promised", ranks->rank);
    }
    if (ranks != NULL) {
        status = perebor_ranks_agree(ranks, status, &error);
    }
    if (status != PEREBOR_OK && speaks) {
        (void)fprintf(stderr, "error: %s\n", error.message);
    }
    return perebor_ranks_close(ranks,
                               status == PEREBOR_ERR_NUMERIC ? EXIT_BROKEN : status != PEREBOR_OK);
}
