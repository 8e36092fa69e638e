// SPDX-License-Identifier: MIT
/*
 * Times a learner on a table, for the scripts beside scikit-learn's:
 *
 *     bench_learner LEARNER TABLE TRIALS share|alone|restored [SCORES]
 *
 * TABLE holds four little-endian 64-bit numbers (training rows, validation rows, dense columns,
 * nominal columns) and the number of levels of each nominal column; then the dense training
 * columns, the dense validation columns (doubles), the training and the validation codes of each
 * nominal column (32 bits each; the number of levels stands for none) and the training labels
 * (bytes). TRIALS has a line a trial: the learner's settings in their order, of which the last may
 * be left out. With `restored` each trial is fitted and its model restored from its form, as
 * `predict` does, and its scoring alone is timed. Prints CPU seconds, the sum of all scores, the
 * kibibytes of memory that the process took beside the table, the seconds that the learner
 * foretells for one fold and its shared work, and the pace of the machine by which these are to be
 * multiplied, measured just before. SCORES is written: the scores of the validation rows
 * (doubles), trial by trial.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perebor/learners.h"
#include "perebor/pipeline.h"
#include "trial/machine_pace.h"

static perebor_workspace workspace;

enum { most_trials = 20000, word_size = 32 };

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

static void read_all(FILE *file, void *to, size_t n, size_t size) {
    if (fread(to, size, n, file) != n) {
        die("the table is cut short");
    }
}

static void read_columns(FILE *file, perebor_matrix *matrix) {
    for (size_t column = 0; column < perebor_matrix_n_dense(matrix); column++) {
        read_all(file, perebor_matrix_column(matrix, column), matrix->n_rows, sizeof(double));
    }
}

static void read_codes(FILE *file, perebor_matrix *matrix) {
    for (size_t k = 0; k < matrix->n_indicators; k++) {
        read_all(file, matrix->indicators[k].codes, matrix->n_rows, sizeof(uint32_t));
    }
}

static void create_matrix(perebor_matrix *matrix, size_t n_rows, size_t n_dense,
                          const uint64_t *levels, size_t n_nominal) {
    perebor_error error;
    if (perebor_matrix_create_coded(matrix, n_rows, n_dense, n_nominal, &workspace, &error) !=
        PEREBOR_OK) {
        die(error.message);
    }
    for (size_t k = 0; k < n_nominal; k++) {
        perebor_matrix_add_levels(matrix, levels[k]);
    }
}

static void read_table(const char *path, table *table) {
    enum { most_nominal = 1000 };
    uint64_t sizes[4];
    uint64_t levels[most_nominal];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        die("no table");
    }
    read_all(file, sizes, 4, sizeof *sizes);
    if (sizes[3] > most_nominal) {
        die("too many nominal columns");
    }
    read_all(file, levels, sizes[3], sizeof *levels);
    create_matrix(&table->training.rows, sizes[0], sizes[2], levels, sizes[3]);
    create_matrix(&table->validation, sizes[1], sizes[2], levels, sizes[3]);
    read_columns(file, &table->training.rows);
    read_columns(file, &table->validation);
    read_codes(file, &table->training.rows);
    read_codes(file, &table->validation);
    uint8_t *labels = malloc(sizes[0]);
    if (labels == NULL) {
        die("no memory");
    }
    read_all(file, labels, sizes[0], 1);
    table->training.labels = labels;
    (void)fclose(file);
}

/** The largest resident set so far, in kibibytes; getrusage() would count the parent's before exec.
 */
static long peak_memory(void) {
    char line[256];
    long kibibytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "VmHWM: %ld", &kibibytes) == 1) {
            break;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kibibytes;
}

/** What the learner foretells for trials that share their work, or do not. */
static double foretell(const perebor_learner *learner, const table *table,
                       perebor_value (*trials)[PEREBOR_MAX_SETTINGS], size_t n, bool share) {
    const perebor_matrix *rows = &table->training.rows;
    const perebor_table_shape shape = {.n_rows = rows->n_rows,
                                       .n_scored = table->validation.n_rows,
                                       .n_columns = rows->n_columns,
                                       .n_nominal = rows->n_indicators,
                                       .n_levels = rows->n_columns - perebor_matrix_n_dense(rows)};
    double seconds = 0.0;
    for (size_t trial = 0; trial < n; trial++) {
        bool further = share && trial > 0 && learner->marginal_cost != NULL;
        seconds += further ? learner->marginal_cost(trials[trial], &shape)
                           : learner->cost(trials[trial], &shape);
    }
    return seconds;
}

static perebor_value read_value(const char *word) {
    char *end;
    if (strcmp(word, "null") == 0) {
        return (perebor_value){.kind = PEREBOR_VALUE_NONE};
    }
    if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
        return (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = *word == 't'};
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
    char line[2 * PEREBOR_MAX_SETTINGS * word_size];
    size_t n = 0;
    for (; n < most_trials && fgets(line, sizeof line, file) != NULL; n++) {
        char *rest = line;
        for (size_t s = 0; s < learner->n_settings; s++) {
            const char *word = strtok_r(rest, " \n", &rest);
            if (word == NULL) {
                trials[n][s] = learner->settings[s].default_value;
                continue;
            }
            (void)snprintf(words[n][s], word_size, "%s", word);
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
    const perebor_value **members; /**< Of the family. */
    const perebor_value *trials;   /**< The first of all. */
    double *kept;                  /**< [trials][n_rows], or NULL */
} sum;

static void add_scores(void *context, size_t member, perebor_status status, const char *message,
                       const double *validation_scores, const double *training_scores,
                       const perebor_fit_report *report) {
    (void)training_scores;
    (void)report;
    sum *sum = context;
    if (status != PEREBOR_OK) {
        die(message);
    }
    for (size_t row = 0; row < sum->n_rows; row++) {
        sum->scores += validation_scores[row];
    }
    if (sum->kept != NULL) {
        size_t trial = (size_t)(sum->members[member] - sum->trials) / PEREBOR_MAX_SETTINGS;
        memcpy(sum->kept + trial * sum->n_rows, validation_scores, sum->n_rows * sizeof *sum->kept);
    }
}

/** Scores the trials that have one share key with the first that is left, and takes them out. */
static size_t score_first_family(const perebor_learner *learner, const table *table,
                                 const perebor_value **left, size_t n_left, bool share, sum *sum) {
    static const perebor_value *members[most_trials];
    uint64_t key = learner->share_key == NULL ? 0 : learner->share_key(left[0]);
    size_t n_members = 0;
    size_t n_others = 0;
    for (size_t trial = 0; trial < n_left; trial++) {
        if (learner->share_key == NULL || learner->share_key(left[trial]) == key) {
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
    sum->members = members;
    if (perebor_learner_score_family(learner, &family, share, add_scores, sum, &error) !=
        PEREBOR_OK) {
        die(error.message);
    }
    return n_others;
}

/** Scores by a restored model of a trial. @return CPU seconds of that. */
static double score_restored(const perebor_learner *learner, const table *table,
                             const perebor_value *trial, sum *sum) {
    perebor_model *model = NULL;
    perebor_model *restored = NULL;
    perebor_fit_report report;
    perebor_model_form form;
    perebor_error error;
    double *scores = malloc((sum->n_rows + 1) * sizeof *scores);
    if (scores == NULL) {
        die("no memory");
    }
    if (learner->fit(&model, &table->training, trial, &workspace, &report, &error) != PEREBOR_OK ||
        learner->describe(model, &workspace, &form, &error) != PEREBOR_OK ||
        learner->restore(&restored, &form, &workspace, &error) != PEREBOR_OK) {
        die(error.message);
    }
    const double start = cpu_seconds();
    if (learner->score(restored, &table->validation, &workspace, scores, &error) != PEREBOR_OK) {
        die(error.message);
    }
    const double seconds = cpu_seconds() - start;
    sum->members = &trial;
    add_scores(sum, 0, PEREBOR_OK, "", scores, NULL, &report);
    free(scores);
    return seconds;
}

int main(int argc, char **argv) {
    static perebor_value trials[most_trials][PEREBOR_MAX_SETTINGS];
    static const perebor_value *left[most_trials];
    table table = {0};
    const perebor_learner *learner = argc >= 5 ? perebor_learner_find(argv[1]) : NULL;
    if (learner == NULL) {
        die("usage: bench_learner LEARNER TABLE TRIALS share|alone|restored [SCORES]");
    }
    read_table(argv[2], &table);
    size_t n_left = read_trials(argv[3], learner, trials);
    for (size_t trial = 0; trial < n_left; trial++) {
        left[trial] = trials[trial];
    }
    size_t n_trials = n_left;
    sum sum = {.n_rows = table.validation.n_rows, .trials = trials[0]};
    if (argc > 5) {
        sum.kept = calloc(n_trials * sum.n_rows + 1, sizeof *sum.kept);
        if (sum.kept == NULL) {
            die("no memory");
        }
    }
    const bool share = strcmp(argv[4], "share") == 0;
    const bool restored = strcmp(argv[4], "restored") == 0;
    double foretold = foretell(learner, &table, trials, n_left, share);
    const perebor_pace pace = perebor_pace_here();
    long before = peak_memory();
    double start = cpu_seconds();
    while (n_left > 0 && !restored) {
        n_left = score_first_family(learner, &table, left, n_left, share, &sum);
    }
    double seconds = cpu_seconds() - start;
    for (size_t trial = 0; restored && trial < n_trials; trial++) {
        seconds =
            (trial == 0 ? 0.0 : seconds) + score_restored(learner, &table, trials[trial], &sum);
    }
    FILE *file = argc > 5 ? fopen(argv[5], "wb") : NULL;
    if (argc > 5 && (file == NULL ||
                     fwrite(sum.kept, sum.n_rows * sizeof *sum.kept, n_trials, file) != n_trials ||
                     fclose(file) != 0)) {
        die("the scores cannot be written");
    }
    free(sum.kept);
    printf("%.9f %.17g %ld %.9f %.4f\n", seconds, sum.scores, peak_memory() - before, foretold,
           pace.of[learner->work]);
    return EXIT_SUCCESS;
}
