// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "cli/shown_trial.h"
#include "perebor/learning_curve.h"

static void print_parameters(const shown_trial *shown_trial) {
    const perebor_trials *trials = shown_trial->trials;
    const perebor_value *values = trials->values + shown_trial->row * trials->n_parameters;
    size_t width = 22;
    for (size_t i = 0; i < trials->n_parameters; i++) {
        size_t length = strlen(trials->parameter_names[i]);
        width = values[i].kind != PEREBOR_VALUE_NONE && length > width ? length : width;
    }
    for (size_t i = 0; i < trials->n_parameters; i++) {
        perebor_value value = values[i];
        if (value.kind != PEREBOR_VALUE_NONE) {
            char text[256];
            (void)perebor_value_format(value, text, sizeof text);
            printf("  %-*s %s\n", (int)width, trials->parameter_names[i], text);
        }
    }
}

/** What a fold scored by the metrics beside the selecting one, under their names. */
static void print_further(const perebor_trials *trials, size_t row, size_t fold, const char *gap) {
    for (size_t metric = 1; metric < trials->n_metrics; metric++) {
        int width = (int)strlen(trials->metric_names[metric]);
        printf("%s  %*.6f", metric == 1 ? gap : "", width > 9 ? width : 9,
               perebor_trials_score(trials, row, fold, metric, PEREBOR_TEST));
    }
}

static void print_folds(const shown_trial *shown_trial) {
    const perebor_trials *trials = shown_trial->trials;
    printf("  %4s  %9s  %9s  %9s  %10s  %s", "fold", "test", "train", "fit ms", "iterations",
           "converged");
    for (size_t metric = 1; metric < trials->n_metrics; metric++) {
        printf("  %9s", trials->metric_names[metric]);
    }
    putchar('\n');
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        const perebor_fold_outcome *outcome =
            &trials->folds[shown_trial->row * trials->n_folds + fold];
        printf("  %4zu  %9.6f  ", fold, outcome->test_score);
        if (isnan(outcome->train_score)) {
            printf("%9s", "-");
        } else {
            printf("%9.6f", outcome->train_score);
        }
        printf("  %9.3f  %10" PRIu32 "  %s", 1e3 * outcome->fit_seconds, outcome->iterations,
               outcome->converged ? "yes" : "no");
        print_further(trials, shown_trial->row, fold, outcome->converged ? "      " : "       ");
        putchar('\n');
    }
}

/** The scores of one part; of further metrics with their names. */
static void print_refit_part(const perebor_trials *trials, const char *part, double score,
                             const double *further) {
    printf("  %-5s %.6f\n", part, score);
    for (size_t metric = 1; metric < trials->n_metrics; metric++) {
        printf("  %-5s %.6f %s\n", part, further[metric - 1], trials->metric_names[metric]);
    }
}

static void print_refit(const perebor_trials *trials, const perebor_refit *refit) {
    printf("refit on the training part\n");
    print_refit_part(trials, "train", refit->train_score, refit->further.train);
    if (!isnan(refit->test_score)) {
        print_refit_part(trials, "test", refit->test_score, refit->further.test);
    }
    printf("  %zu columns:", refit->n_columns);
    for (size_t i = 0; i < refit->n_columns; i++) {
        printf("%s %s", i > 0 ? "," : "", refit->columns[i]);
    }
    putchar('\n');
}

/** Mean and standard deviation by every metric under its own name. */
static void print_means(const perebor_trials *trials, size_t row) {
    size_t n_named = perebor_trials_have_default_metric(trials) ? 0 : trials->n_metrics;
    for (size_t metric = 0; metric < n_named; metric++) {
        const char *name = trials->metric_names[metric];
        printf("mean_test_%s %.6f, std_test_%s %.6f\n", name,
               perebor_trials_mean(trials, row, metric, PEREBOR_TEST), name,
               perebor_trials_std(trials, row, metric));
    }
}

enum { shown_points = 8 };

/** Adds the point that a path came to, if it is one of the curve, to @p n ascending points. Returns
 * how many there are then. */
static size_t add_point_of_path(uint32_t n_estimators, size_t *points, size_t n) {
    size_t n_below = 0, n_up_to = perebor_curve_n_points(n_estimators);
    if (n_up_to == 0 || perebor_curve_n_estimators(n_up_to - 1) != n_estimators) {
        return n;
    }
    while (n_below < n && points[n_below] < n_up_to - 1) {
        n_below++;
    }
    if (n_below < n && points[n_below] == n_up_to - 1) {
        return n;
    }
    memmove(&points[n_below + 1], &points[n_below], (n - n_below) * sizeof *points);
    points[n_below] = n_up_to - 1;
    return n + 1;
}

/** Some points of the learning curve, as far apart from one another as they can be, and that of the
 * trial's path. */
static void print_curve(const perebor_trials *trials, size_t row) {
    const perebor_trial_curve *curve = trials->curves[row];
    if (curve == NULL || trials->state[row] != PEREBOR_TRIAL_COMPLETE) {
        return;
    }
    size_t points[shown_points];
    size_t most = trials->n_estimators[row] > 0 ? shown_points - 1 : shown_points;
    size_t n = curve->n_points < most ? curve->n_points : most;
    for (size_t i = 0; i < n; i++) {
        points[i] = n == 1 ? 0 : i * (curve->n_points - 1) / (n - 1);
    }
    n = add_point_of_path(trials->n_estimators[row], points, n);
    printf("learning curve: n_estimators, mean_test_score\n ");
    for (size_t i = 0; i < n; i++) {
        printf(" %9zu", perebor_curve_n_estimators(points[i]));
    }
    printf("\n ");
    for (size_t i = 0; i < n; i++) {
        printf(" %9.6f", perebor_trials_mean_curve(trials, row, points[i]));
    }
    putchar('\n');
}

/** The scores out of bag: the mean, the folds', and how many rows they are without. */
static void print_oob(const perebor_trials *trials, size_t row) {
    const perebor_fold_outcome *folds = trials->folds + row * trials->n_folds;
    uint64_t lacking = 0;
    if (!perebor_trials_has_oob(trials, row, 0)) {
        return;
    }
    printf("mean_oob_score %.6f, of the folds", perebor_trials_mean_oob_score(trials, row));
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        printf(" %.6f", folds[fold].oob_score);
        lacking += folds[fold].oob_lacking;
    }
    if (lacking > 0) {
        printf("; rows that every tree learned from, not counted: ");
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            printf("%s%" PRIu32, fold == 0 ? "" : " ", folds[fold].oob_lacking);
        }
    }
    putchar('\n');
}

void shown_trial_print(const shown_trial *shown_trial) {
    const perebor_trials *trials = shown_trial->trials;
    uint8_t digest[32];
    char text[65];
    perebor_trials_digest_one(trials, shown_trial->row, digest);
    perebor_sha256_hex(digest, text);
    printf("trial %" PRIu64 "  %s\n", trials->first_trial + shown_trial->row,
           perebor_trial_state_name(trials->state[shown_trial->row]));
    print_parameters(shown_trial);
    if (trials->n_estimators[shown_trial->row] > 0) {
        printf("path: the first %" PRIu32 " estimators score best over the folds\n",
               trials->n_estimators[shown_trial->row]);
    }
    if (trials->state[shown_trial->row] == PEREBOR_TRIAL_COMPLETE) {
        printf("mean_test_score %.6f, std_test_score %.6f\n",
               perebor_trials_mean_test_score(trials, shown_trial->row),
               perebor_trials_std_test_score(trials, shown_trial->row));
        print_means(trials, shown_trial->row);
        double train = perebor_trials_mean_train_score(trials, shown_trial->row);
        if (!isnan(train)) {
            printf("mean_train_score %.6f\n", train);
        }
        print_oob(trials, shown_trial->row);
    }
    if (trials->error[shown_trial->row] != NULL) {
        printf("error: %s\n", trials->error[shown_trial->row]);
    }
    print_folds(shown_trial);
    print_curve(trials, shown_trial->row);
    if (trials->same_as[shown_trial->row] != trials->first_trial + shown_trial->row) {
        printf("the same parameters as trial %" PRIu64 ", the first that has them\n",
               trials->same_as[shown_trial->row]);
    }
    if (trials->host[shown_trial->row] != NULL) {
        printf("on %s, rank %d with %d thread%s, %.3f ms of CPU time\n",
               trials->host[shown_trial->row], (int)trials->mpi_rank[shown_trial->row],
               (int)trials->n_threads[shown_trial->row],
               trials->n_threads[shown_trial->row] == 1 ? "" : "s",
               1e3 * trials->duration[shown_trial->row]);
    }
    printf("digest %s\n", text);
    if (shown_trial->refit != NULL) {
        print_refit(trials, shown_trial->refit);
    }
}
