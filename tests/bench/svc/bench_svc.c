// SPDX-License-Identifier: MIT
/*
 * Support vector machines beside LIBSVM's: the same data, one fold, training and scoring, CPU time.
 * LIBSVM runs at its own tolerance of 1e-3, ours always at 1e-6. Each figure is the median of
 * interleaved runs; the last column is the ratio of LIBSVM's total to ours.
 *
 *     bench_svc [ROWS [COLUMNS [RUNS [KERNEL]]]]        by default 777 22 7
 */
#include <libsvm/svm.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perebor/learners.h"

static perebor_workspace workspace;

/** One fold: the same rows for both sides. */
typedef struct fold {
    perebor_training training;
    perebor_matrix validation;
    uint8_t *labels;
    uint8_t *validation_labels;
    struct svm_node *nodes; /**< [n_rows + n_validation][n_columns + 1] */
    struct svm_problem problem;
    size_t n_columns;
} fold;

typedef struct machine {
    const char *kernel;
    double C, gamma, coef0;
    int degree;
} machine;

/** Seconds of training and of scoring, and the area under the ROC curve. */
typedef struct outcome {
    double fit, score, auc;
} outcome;

static uint64_t draw(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static double normal(uint64_t *state) {
    double sum = -6.0;
    for (int i = 0; i < 12; i++) {
        sum += (double)(draw(state) >> 11) * 0x1p-53;
    }
    return sum;
}

static void *must(void *memory) {
    if (memory == NULL) {
        fputs("bench_svc: no memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void check(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        fprintf(stderr, "bench_svc: %s\n", error->message);
        exit(1);
    }
}

/** Classes that overlap, apart along a curved surface, columns of unit variance. */
static void fill(fold *fold, perebor_matrix *rows, uint8_t *labels, uint64_t *state) {
    for (size_t row = 0; row < rows->n_rows; row++) {
        double score = 1.2 * normal(state) - 0.4;
        for (size_t column = 0; column < fold->n_columns; column++) {
            double value = normal(state);
            perebor_matrix_column(rows, column)[row] = value;
            if (column < 8) {
                score += column % 3 == 2 ? 0.4 * (value * value - 1.0) : 0.7 * value;
            }
        }
        labels[row] = score > 0.0;
    }
}

static struct svm_node *node_row(struct svm_node *at, const perebor_matrix *rows, size_t row) {
    for (size_t column = 0; column < rows->n_columns; column++, at++) {
        *at = (struct svm_node){(int)column + 1, perebor_matrix_column(rows, column)[row]};
    }
    at->index = -1;
    return at + 1;
}

static void fold_create(fold *fold, size_t n_rows, size_t n_columns) {
    size_t n_validation = n_rows / 4;
    uint64_t state = 11;
    perebor_error error;
    fold->n_columns = n_columns;
    check(perebor_matrix_create(&fold->training.rows, n_rows, n_columns, &workspace, &error),
          &error);
    check(perebor_matrix_create(&fold->validation, n_validation, n_columns, &workspace, &error),
          &error);
    fold->labels = must(calloc(n_rows, 1));
    fold->validation_labels = must(calloc(n_validation, 1));
    fold->nodes = must(calloc((n_rows + n_validation) * (n_columns + 1), sizeof *fold->nodes));
    fold->problem.x = must(calloc(n_rows, sizeof *fold->problem.x));
    fold->problem.y = must(calloc(n_rows, sizeof *fold->problem.y));
    fold->problem.l = (int)n_rows;
    fill(fold, &fold->training.rows, fold->labels, &state);
    fill(fold, &fold->validation, fold->validation_labels, &state);
    fold->training.labels = fold->labels;
    struct svm_node *at = fold->nodes;
    for (size_t row = 0; row < n_rows; row++) {
        fold->problem.x[row] = at;
        fold->problem.y[row] = fold->labels[row];
        at = node_row(at, &fold->training.rows, row);
    }
    for (size_t row = 0; row < n_validation; row++) {
        at = node_row(at, &fold->validation, row);
    }
}

static void fold_release(fold *fold) {
    free(fold->labels);
    free(fold->validation_labels);
    free(fold->nodes);
    free(fold->problem.x);
    free(fold->problem.y);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double area(const fold *fold, const double *scores) {
    double pairs = 0.0;
    double won = 0.0;
    for (size_t i = 0; i < fold->validation.n_rows; i++) {
        for (size_t j = 0; j < fold->validation.n_rows && fold->validation_labels[i] != 0; j++) {
            if (fold->validation_labels[j] == 0) {
                pairs += 1.0;
                won += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
            }
        }
    }
    return won / pairs;
}

static void quiet(const char *text) {
    (void)text;
}

static int libsvm_kernel(const char *name) {
    return strcmp(name, "linear") == 0 ? LINEAR
           : strcmp(name, "rbf") == 0  ? RBF
           : strcmp(name, "poly") == 0 ? POLY
                                       : SIGMOID;
}

static outcome run_libsvm(const fold *fold, const machine *machine, double *scores) {
    struct svm_parameter parameter = {.svm_type = C_SVC,
                                      .kernel_type = libsvm_kernel(machine->kernel),
                                      .degree = machine->degree,
                                      .gamma = machine->gamma,
                                      .coef0 = machine->coef0,
                                      .cache_size = 200.0,
                                      .eps = 1e-3,
                                      .C = machine->C,
                                      .shrinking = 1};
    double start = seconds();
    struct svm_model *model = svm_train(&fold->problem, &parameter);
    double fitted = seconds();
    const struct svm_node *row = fold->nodes + fold->training.rows.n_rows * (fold->n_columns + 1);
    int first[2];
    svm_get_labels(model, first);
    for (size_t i = 0; i < fold->validation.n_rows; i++, row += fold->n_columns + 1) {
        (void)svm_predict_values(model, row, &scores[i]);
        scores[i] = first[0] == 1 ? scores[i] : -scores[i];
    }
    outcome outcome = {fitted - start, seconds() - fitted, area(fold, scores)};
    svm_free_and_destroy_model(&model);
    return outcome;
}

static void settings_of(const machine *machine, perebor_value settings[7]) {
    settings[0] = (perebor_value){PEREBOR_VALUE_TEXT, {.text = machine->kernel}};
    settings[1] = (perebor_value){PEREBOR_VALUE_REAL, {.real = machine->C}};
    settings[2] = (perebor_value){PEREBOR_VALUE_REAL, {.real = machine->gamma}};
    settings[3] = (perebor_value){PEREBOR_VALUE_INTEGER, {.integer = machine->degree}};
    settings[4] = (perebor_value){PEREBOR_VALUE_REAL, {.real = machine->coef0}};
    settings[5] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
    settings[6] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
}

static outcome run_ours(const fold *fold, const machine *machine, double *scores) {
    const perebor_learner *learner = perebor_learner_find("svc");
    perebor_value settings[7];
    perebor_fit_report report = {.converged = true};
    perebor_model *model = NULL;
    perebor_error error;
    settings_of(machine, settings);
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    double start = seconds();
    check(learner->fit(&model, &fold->training, settings, &workspace, &report, &error), &error);
    double fitted = seconds();
    check(learner->score(model, &fold->validation, &workspace, scores, &error), &error);
    outcome outcome = {fitted - start, seconds() - fitted, area(fold, scores)};
    perebor_workspace_return(&workspace, begin);
    return outcome;
}

static void ignore(void *context, size_t member, perebor_status status, const char *message,
                   const double *validation_scores, const double *training_scores,
                   const perebor_fit_report *report) {
    (void)context, (void)member, (void)status, (void)message, (void)validation_scores;
    (void)training_scores, (void)report;
}

/** Seconds that one more member takes in a family whose kernels all differ. */
static double run_shared(const fold *fold, const machine *machine) {
    enum { MEMBERS = 9 };
    perebor_value settings[MEMBERS][7];
    const perebor_value *members[MEMBERS];
    perebor_error error;
    for (size_t member = 0; member < MEMBERS; member++) {
        settings_of(machine, settings[member]);
        settings[member][2].as.real *= 1.0 + 1e-3 * (double)member;
        members[member] = settings[member];
    }
    perebor_family family = {.training = &fold->training,
                             .validation = &fold->validation,
                             .settings = members,
                             .n_members = MEMBERS,
                             .workspace = &workspace};
    const perebor_learner *learner = perebor_learner_find("svc");
    double start = seconds();
    check(perebor_learner_score_family(learner, &family, true, ignore, NULL, &error), &error);
    double all = seconds() - start;
    family.n_members = 1;
    start = seconds();
    check(perebor_learner_score_family(learner, &family, true, ignore, NULL, &error), &error);
    return (all - (seconds() - start)) / (MEMBERS - 1);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n) {
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

static void compare(const fold *fold, const machine *machine, size_t runs) {
    double times[5][32];
    outcome theirs = {0};
    outcome ours = {0};
    double *scores = must(calloc(fold->validation.n_rows, sizeof *scores));
    for (size_t run = 0; run < runs; run++) {
        theirs = run_libsvm(fold, machine, scores);
        ours = run_ours(fold, machine, scores);
        times[0][run] = theirs.fit;
        times[1][run] = theirs.score;
        times[2][run] = ours.fit;
        times[3][run] = ours.score;
        times[4][run] = fold->training.rows.n_rows > 3000 ? NAN : run_shared(fold, machine);
    }
    double ms[5];
    for (size_t i = 0; i < 5; i++) {
        ms[i] = 1e3 * median(times[i], runs);
    }
    printf("%-8s %7g %7g %9.2f %8.2f %9.3f %8.3f %9.3f   %.6f %.6f %7.1f %7.1f\n", machine->kernel,
           machine->C, machine->gamma, ms[0], ms[1], ms[2], ms[3], ms[4], theirs.auc, ours.auc,
           (ms[0] + ms[1]) / (ms[2] + ms[3]), (ms[0] + ms[1]) / ms[4]);
    fflush(stdout);
    free(scores);
}

int main(int argc, char **argv) {
    static const machine machines[] = {
        {"rbf", 1.0, 0.05, 0.0, 3},     {"rbf", 10.0, 0.05, 0.0, 3},  {"poly", 1.0, 0.05, 1.0, 3},
        {"sigmoid", 1.0, 0.01, 1.0, 3}, {"linear", 1.0, 1.0, 0.0, 3}, {"linear", 10.0, 1.0, 0.0, 3},
    };
    size_t n_rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 777;
    size_t n_columns = argc > 2 ? strtoul(argv[2], NULL, 10) : 22;
    size_t runs = argc > 3 ? strtoul(argv[3], NULL, 10) : 7;
    fold fold = {.n_columns = 0};
    if (n_rows < 8 || n_columns < 1 || runs < 1 || runs > 32) {
        fputs("usage: bench_svc [ROWS [COLUMNS [RUNS up to 32 [KERNEL]]]]\n", stderr);
        return 64;
    }
    svm_set_print_string_function(quiet);
    fold_create(&fold, n_rows, n_columns);
    printf("%zu rows, %zu columns, %zu validation rows; milliseconds of CPU time\n", n_rows,
           n_columns, fold.validation.n_rows);
    printf("%-8s %7s %7s %9s %8s %9s %8s %9s   %-8s %-8s %7s %7s\n", "kernel", "C", "gamma",
           "LIBSVM", "scoring", "ours", "scoring", "shared", "AUC", "ours", "ratio", "shared");
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (argc <= 4 || strcmp(argv[4], machines[i].kernel) == 0) {
            compare(&fold, &machines[i], runs);
        }
    }
    fold_release(&fold);
    return 0;
}
