// SPDX-License-Identifier: MIT
/*
 * Times a learner on a table, for the scripts beside scikit-learn's:
 *
 *     bench_learner LEARNER TABLE TRIALS share|alone
 *
 * TABLE holds four little-endian 64-bit numbers (training rows, validation rows, columns, 0), then
 * the training columns, the validation columns (doubles) and the training labels (bytes). TRIALS
 * has a line a trial: the learner's settings in their order. Prints CPU seconds and the sum of all
 * scores.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perebor/learners.h"
#include "perebor/pipeline.h"

static perebor_workspace workspace;

enum { most_trials = 20000, word_size = 16 };

typedef struct table {
    perebor_training training;
    perebor_matrix validation;
} table;

/** Ends the program with a word on what went wrong. */
static void die(const char *what) {
    (void)fprintf(stderr, "bench_learner: %s\n", what);
    exit(EXIT_FAILURE);
}

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void read_columns(FILE *file, perebor_matrix *matrix) {
    for (size_t column = 0; column < matrix->n_columns; column++) {
        double *values = perebor_matrix_column(matrix, column);
        if (fread(values, sizeof *values, matrix->n_rows, file) != matrix->n_rows) {
            die("the table is cut short");
        }
    }
}

static void read_table(const char *path, table *table) {
    uint64_t sizes[4];
    perebor_error error;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(sizes, sizeof *sizes, 4, file) != 4) {
        die("no table");
    }
    if (perebor_matrix_create(&table->training.rows, sizes[0], sizes[2], &workspace, &error) !=
            PEREBOR_OK ||
        perebor_matrix_create(&table->validation, sizes[1], sizes[2], &workspace, &error) !=
            PEREBOR_OK) {
        die(error.message);
    }
    read_columns(file, &table->training.rows);
    read_columns(file, &table->validation);
    uint8_t *labels = malloc(sizes[0]);
    if (labels == NULL || fread(labels, 1, sizes[0], file) != sizes[0]) {
        die("the table has no labels");
    }
    table->training.labels = labels;
    (void)fclose(file);
}

static perebor_value read_value(const char *word) {
    char *end;
    if (strcmp(word, "null") == 0) {
        return (perebor_value){.kind = PEREBOR_VALUE_NONE};
    }
    long long whole = strtoll(word, &end, 10);
    if (*end == '\0') {
        return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = whole};
    }
    double number = strtod(word, &end);
    if (*end == '\0') {
        return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = number};
    }
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = word};
}

static size_t read_trials(const char *path, const perebor_learner *learner,
                          perebor_value (*trials)[PEREBOR_MAX_SETTINGS]) {
    static char words[most_trials][PEREBOR_MAX_SETTINGS][word_size];
    perebor_error error;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        die("no trials");
    }
    size_t n = 0;
    for (; n < most_trials && fscanf(file, "%15s", words[n][0]) == 1; n++) {
        for (size_t s = 0; s < learner->n_settings; s++) {
            if (s > 0 && fscanf(file, "%15s", words[n][s]) != 1) {
                die("a trial is cut short");
            }
            if (perebor_setting_accept(&learner->settings[s], read_value(words[n][s]),
                                       &trials[n][s], &error) != PEREBOR_OK) {
                die(error.message);
            }
        }
    }
    (void)fclose(file);
    return n;
}

typedef struct sum {
    size_t n_rows;
    double scores;
} sum;

static void add_scores(void *context, size_t member, perebor_status status, const char *message,
                       const double *validation_scores, const double *training_scores,
                       const perebor_fit_report *report) {
    (void)member;
    (void)training_scores;
    (void)report;
    sum *sum = context;
    if (status != PEREBOR_OK) {
        die(message);
    }
    for (size_t row = 0; row < sum->n_rows; row++) {
        sum->scores += validation_scores[row];
    }
}

/** Scores the trials that have one share key with the first that is left, and takes them out. */
static size_t score_first_family(const perebor_learner *learner, const table *table,
                                 const perebor_value **left, size_t n_left, bool share, sum *sum) {
    static const perebor_value *members[most_trials];
    uint64_t key = learner->share_key(left[0]);
    size_t n_members = 0;
    size_t n_others = 0;
    for (size_t trial = 0; trial < n_left; trial++) {
        if (learner->share_key(left[trial]) == key) {
            members[n_members++] = left[trial];
        } else {
            left[n_others++] = left[trial];
        }
    }
    perebor_family family = {.training = &table->training,
                             .validation = &table->validation,
                             .settings = members,
                             .n_members = n_members,
                             .workspace = &workspace};
    perebor_error error;
    if (perebor_learner_score_family(learner, &family, share, add_scores, sum, &error) !=
        PEREBOR_OK) {
        die(error.message);
    }
    return n_others;
}

int main(int argc, char **argv) {
    static perebor_value trials[most_trials][PEREBOR_MAX_SETTINGS];
    static const perebor_value *left[most_trials];
    table table;
    const perebor_learner *learner = argc == 5 ? perebor_learner_find(argv[1]) : NULL;
    if (learner == NULL || learner->share_key == NULL) {
        die("usage: bench_learner LEARNER TABLE TRIALS share|alone");
    }
    read_table(argv[2], &table);
    size_t n_left = read_trials(argv[3], learner, trials);
    for (size_t trial = 0; trial < n_left; trial++) {
        left[trial] = trials[trial];
    }
    sum sum = {.n_rows = table.validation.n_rows};
    double start = cpu_seconds();
    while (n_left > 0) {
        n_left =
            score_first_family(learner, &table, left, n_left, strcmp(argv[4], "share") == 0, &sum);
    }
    printf("%.9f %.17g\n", cpu_seconds() - start, sum.scores);
    return EXIT_SUCCESS;
}
