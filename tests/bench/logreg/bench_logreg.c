// SPDX-License-Identifier: MIT
/*
 * Logistic regression against LIBLINEAR, side by side in one run.
 *
 *     bench_logreg [ROWS [COLUMNS]]     medians of interleaved fits and their ratio
 *     bench_logreg --batch < TASKS      fits what compare_sklearn.py wrote, prints CPU seconds
 *
 * LIBLINEAR stops at eps 1e-4 and penalises the intercept; ours goes to the optimum and is asked to
 * penalise it too, so that the objective is the same.
 */
#include <linear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perebor/learners.h"

static perebor_workspace workspace;

enum { repeat_count = 9, n_settings = 5 };

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void require(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "bench_logreg: %s\n", what);
        exit(1);
    }
}

static void set_values(perebor_value *values, const char *penalty, double strength, double ratio,
                       const char *intercept) {
    values[0] = (perebor_value){PEREBOR_VALUE_TEXT, {.text = penalty}};
    values[1] = (perebor_value){PEREBOR_VALUE_REAL, {.real = strength}};
    values[2] = (perebor_value){PEREBOR_VALUE_REAL, {.real = ratio}};
    values[3] = (perebor_value){PEREBOR_VALUE_TEXT, {.text = intercept}};
    values[4] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
}

/** CPU seconds of one fit. */
static double time_fit(const perebor_training *training, const perebor_value *values,
                       double *scores) {
    const perebor_learner *learner = perebor_learner_find("logreg");
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error;
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    double started = cpu_seconds();
    require(learner->fit(&model, training, values, &workspace, &report, &error) == PEREBOR_OK,
            "fit failed");
    double elapsed = cpu_seconds() - started;
    require(learner->score(model, &training->rows, &workspace, scores, &error) == PEREBOR_OK,
            "score failed");
    perebor_workspace_return(&workspace, begin);
    return elapsed;
}

static double next_uniform(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

/**
 * Standardised columns and labels that lean on five of them. Related: two columns of three follow
 * others closely, as a shop's months do.
 */
static perebor_training make_training(size_t n_rows, size_t n_columns, bool related) {
    perebor_error error;
    perebor_matrix rows;
    require(perebor_matrix_create(&rows, n_rows, n_columns, &workspace, &error) == PEREBOR_OK,
            "no memory");
    uint8_t *labels = calloc(n_rows, 1);
    require(labels != NULL, "no memory");
    uint64_t state = 1;
    for (size_t row = 0; row < n_rows; row++) {
        double odds = 0.0;
        for (size_t column = 0; column < n_columns; column++) {
            double value = sqrt(12.0) * (next_uniform(&state) - 0.5);
            if (related && column >= 2 && column % 3 != 0) {
                double other = perebor_matrix_column(&rows, column - 2)[row];
                value = 0.995 * other + 0.1 * value;
            }
            perebor_matrix_column(&rows, column)[row] = value;
            odds += column < 5 ? (column % 2 ? -0.8 : 0.6) * value : 0.0;
        }
        double u = next_uniform(&state);
        labels[row] = odds + log(u / (1.0 - u)) > 0.0;
    }
    return (perebor_training){.rows = rows, .labels = labels};
}

/** The same rows as LIBLINEAR wants them, with a feature of 1 for the intercept. */
static struct problem make_problem(const perebor_training *training) {
    size_t n_columns = training->rows.n_columns;
    size_t n_rows = training->rows.n_rows;
    struct problem problem = {.l = (int)n_rows, .n = (int)n_columns + 1, .bias = 1.0};
    problem.y = calloc(n_rows, sizeof *problem.y);
    problem.x = calloc(n_rows, sizeof(void *));
    struct feature_node *nodes = calloc(n_rows * (n_columns + 2), sizeof *nodes);
    require(problem.y != NULL && problem.x != NULL && nodes != NULL, "no memory");
    for (size_t row = 0; row < n_rows; row++) {
        struct feature_node *node = nodes + row * (n_columns + 2);
        problem.y[row] = training->labels[row] ? 1.0 : -1.0;
        problem.x[row] = node;
        for (size_t column = 0; column <= n_columns; column++) {
            node[column].index = (int)column + 1;
            node[column].value =
                column < n_columns ? perebor_matrix_column(&training->rows, column)[row] : 1.0;
        }
        node[n_columns + 1].index = -1;
    }
    return problem;
}

static void be_silent(const char *text) {
    (void)text;
}

static double time_liblinear(const struct problem *problem, int solver, double strength) {
    struct parameter parameter = {.solver_type = solver, .eps = 1e-4, .C = strength};
    double started = cpu_seconds();
    struct model *model = train(problem, &parameter);
    double elapsed = cpu_seconds() - started;
    free_and_destroy_model(&model);
    return elapsed;
}

static int ascending(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0.0 ? -1 : difference > 0.0;
}

static double median(double *values, size_t n) {
    qsort(values, n, sizeof *values, ascending);
    return values[n / 2];
}

static void against_liblinear(size_t n_rows, size_t n_columns, bool related) {
    static const struct {
        const char *penalty;
        double strength;
        int solver;
    } cases[] = {{"l2", 0.01, L2R_LR}, {"l2", 0.8, L2R_LR}, {"l2", 100.0, L2R_LR},
                 {"l1", 0.01, L1R_LR}, {"l1", 0.8, L1R_LR}, {"l1", 100.0, L1R_LR}};
    set_print_string_function(be_silent);
    perebor_training training = make_training(n_rows, n_columns, related);
    struct problem problem = make_problem(&training);
    double *scores = calloc(n_rows, sizeof *scores);
    require(scores != NULL, "no memory");
    printf("%zu rows, %zu %s columns, CPU ms of one fit\n", n_rows, n_columns,
           related ? "related" : "independent");
    printf("penalty      C   perebor  LIBLINEAR   ratio\n");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double ours[repeat_count];
        double theirs[repeat_count];
        perebor_value values[n_settings];
        set_values(values, cases[k].penalty, cases[k].strength, 0.5, "penalized");
        size_t n_repeats = n_rows > 4000 ? 3 : repeat_count;
        for (size_t repeat = 0; repeat < n_repeats; repeat++) {
            ours[repeat] = time_fit(&training, values, scores);
            theirs[repeat] = time_liblinear(&problem, cases[k].solver, cases[k].strength);
        }
        double us = 1e3 * median(ours, n_repeats);
        double them = 1e3 * median(theirs, n_repeats);
        printf("%-7s %6g %9.3f %10.3f %6.1fx\n", cases[k].penalty, cases[k].strength, us, them,
               them / us);
    }
    free(scores);
    free(problem.x[0]);
    free(problem.x);
    free(problem.y);
    free((void *)training.labels);
}

/** One task of compare_sklearn.py, after which come columns of doubles, then labels as bytes. */
typedef struct task {
    uint64_t n_rows, n_columns;
    char penalty[16], intercept[16];
    double strength, ratio;
} task;

static void fit_batch(void) {
    task task;
    while (fread(&task, sizeof task, 1, stdin) == 1) {
        perebor_error error;
        perebor_matrix rows;
        require(perebor_matrix_create(&rows, task.n_rows, task.n_columns, &workspace, &error) ==
                    PEREBOR_OK,
                "no memory");
        uint8_t *labels = calloc(task.n_rows, 1);
        double *scores = calloc(task.n_rows, sizeof *scores);
        require(labels != NULL && scores != NULL, "no memory");
        for (size_t column = 0; column < task.n_columns; column++) {
            double *values = perebor_matrix_column(&rows, column);
            require(fread(values, sizeof *values, task.n_rows, stdin) == task.n_rows, "cut short");
        }
        require(fread(labels, 1, task.n_rows, stdin) == task.n_rows, "cut short");
        perebor_training training = {.rows = rows, .labels = labels};
        perebor_value values[n_settings];
        set_values(values, task.penalty, task.strength, task.ratio, task.intercept);
        printf("%.9f\n", time_fit(&training, values, scores));
        free(labels);
        free(scores);
    }
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--batch") == 0) {
        fit_batch();
        return 0;
    }
    size_t n_columns = argc > 2 ? strtoull(argv[2], NULL, 10) : 23;
    for (int related = 0; related < 2; related++) {
        if (argc > 1) {
            against_liblinear(strtoull(argv[1], NULL, 10), n_columns, related);
        } else {
            against_liblinear(777, n_columns, related);
            against_liblinear(16000, n_columns, related);
        }
    }
    return 0;
}
