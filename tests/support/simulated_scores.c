// SPDX-License-Identifier: MIT
#include "simulated_scores.h"

#include <stdbool.h>
#include <string.h>

#include "metric/corrected_selection.h"
#include "metric/delong.h"
#include "metric/roc_auc.h"
#include "simulated_search.h"
#include "simulation.h"
#include "statistics/resampled_t.h"

static bool holds(double low, double high, double truth) {
    return low <= truth && truth <= high;
}

delong_rates simulate_delong(const delong_setting *setting, size_t n_replicates, uint64_t seed) {
    delong_rates sums = {0};
    size_t n = setting->n_positive + setting->n_negative;
    uint8_t *labels = simulation_allocate(n, sizeof *labels);
    double *scores[2] = {simulation_allocate(n, sizeof(double)),
                         simulation_allocate(n, sizeof(double))};
    double distance = simulation_distance(setting->auc);
    double shared = sqrt(setting->correlation);
    double own = sqrt(1.0 - setting->correlation);
    uint64_t random = seed;
    memset(labels, 1, setting->n_positive);
    for (size_t replicate = 0; replicate < n_replicates; replicate++) {
        perebor_error error = {0};
        perebor_auc_interval interval;
        perebor_auc_comparison comparison;
        for (size_t row = 0; row < n; row++) {
            double both = distance * labels[row] + shared * simulation_normal(&random);
            scores[0][row] = both + own * simulation_normal(&random);
            scores[1][row] = both + own * simulation_normal(&random);
        }
        simulation_insist(perebor_delong(&interval, labels, scores[0], n, simulation_level, &error),
                          &error);
        simulation_insist(perebor_delong_compare(&comparison, labels, (const double *const *)scores,
                                                 n, simulation_level, &error),
                          &error);
        sums.coverage += holds(interval.low, interval.high, setting->auc);
        sums.undefined += isnan(interval.low);
        sums.width += isnan(interval.low) ? 0.0 : interval.high - interval.low;
        sums.rejected += comparison.p < 1.0 - simulation_level;
        perebor_few_rows few = perebor_auc_of_few(&interval, simulation_level);
        sums.few_coverage += holds(few.low, few.high, setting->auc);
        sums.few_rejected +=
            perebor_auc_difference_of_few(&comparison, simulation_level).p < 1.0 - simulation_level;
    }
    free(labels);
    free(scores[0]);
    free(scores[1]);
    double all = (double)n_replicates;
    return (delong_rates){
        sums.coverage / all, sums.undefined / all,    sums.width / (all - sums.undefined),
        sums.rejected / all, sums.few_coverage / all, sums.few_rejected / all};
}

/** Rows of two clouds, row-major, with their folds: label row % 2. */
typedef struct clouds {
    const folds_setting *setting;
    double *rows; /* [n_rows][n_columns] */
    uint8_t *labels;
    size_t *fold_of;
    double *direction; /* [n_columns] */
    uint64_t random;
} clouds;

static void draw_clouds(clouds *c) {
    const folds_setting *setting = c->setting;
    for (size_t row = 0; row < setting->n_rows; row++) {
        c->labels[row] = row % 2;
        for (size_t column = 0; column < setting->n_columns; column++) {
            c->rows[row * setting->n_columns + column] =
                simulation_normal(&c->random) + (c->labels[row] ? setting->shift : -setting->shift);
        }
    }
}

/** Stratified folds: the rows of each class shuffled and dealt. */
static void cut_folds(clouds *c) {
    size_t n = c->setting->n_rows / 2;
    for (size_t label = 0; label < 2; label++) {
        for (size_t i = 0; i < n; i++) {
            c->fold_of[2 * i + label] = i % c->setting->n_folds;
        }
        for (size_t i = n - 1; i > 0; i--) {
            size_t other = (size_t)(draw_uniform(&c->random) * (double)(i + 1));
            size_t kept = c->fold_of[2 * i + label];
            c->fold_of[2 * i + label] = c->fold_of[2 * other + label];
            c->fold_of[2 * other + label] = kept;
        }
    }
}

/** The difference of the class means outside the fold. */
static void fit_direction(clouds *c, size_t fold) {
    size_t n_columns = c->setting->n_columns;
    memset(c->direction, 0, n_columns * sizeof *c->direction);
    for (size_t row = 0; row < c->setting->n_rows; row++) {
        for (size_t column = 0; c->fold_of[row] != fold && column < n_columns; column++) {
            double value = c->rows[row * n_columns + column];
            c->direction[column] += c->labels[row] ? value : -value;
        }
    }
}

static double score_fold(const clouds *c, size_t fold, perebor_workspace *workspace) {
    size_t n_columns = c->setting->n_columns;
    size_t n = 0;
    double *scores = simulation_allocate(c->setting->n_rows, sizeof *scores);
    uint8_t *labels = simulation_allocate(c->setting->n_rows, sizeof *labels);
    for (size_t row = 0; row < c->setting->n_rows; row++) {
        if (c->fold_of[row] == fold) {
            labels[n] = c->labels[row];
            for (size_t column = 0; column < n_columns; column++) {
                scores[n] += c->direction[column] * c->rows[row * n_columns + column];
            }
            n++;
        }
    }
    double auc = perebor_roc_auc(labels, scores, n, workspace);
    free(scores);
    free(labels);
    return auc;
}

/**
 * The expected AUC of a direction w fitted to n rows of each class: w ~ N(2 shift 1, 2 / n I), and
 * its AUC is Phi(sqrt(2) shift w1 / |w|), as w x has means +-shift w1 and variance |w|^2.
 */
static double expected_auc(const folds_setting *setting, uint64_t seed) {
    enum { n_draws = 400000 };
    uint64_t random = seed;
    double n = (double)(setting->n_rows / 2 * (setting->n_folds - 1) / setting->n_folds);
    double sum = 0.0;
    for (size_t draw = 0; draw < n_draws; draw++) {
        double along = 0.0;
        double square = 0.0;
        for (size_t column = 0; column < setting->n_columns; column++) {
            double w = 2.0 * setting->shift + sqrt(2.0 / n) * simulation_normal(&random);
            along += w;
            square += w * w;
        }
        sum += perebor_normal_cdf(sqrt(2.0) * setting->shift * along / sqrt(square));
    }
    return sum / n_draws;
}

static void count_intervals(folds_rates *sums, const double *scores, const folds_setting *setting) {
    size_t n = setting->n_folds * setting->n_repeats;
    double ratio = 1.0 / ((double)setting->n_folds - 1.0);
    perebor_resampled_mean corrected = perebor_resampled_t(scores, n, ratio, simulation_level);
    perebor_resampled_mean naive = perebor_resampled_t(scores, n, 0.0, simulation_level);
    sums->mean += corrected.mean;
    sums->corrected += holds(corrected.low, corrected.high, sums->truth);
    sums->naive += holds(naive.low, naive.high, sums->truth);
    sums->corrected_width += corrected.high - corrected.low;
}

folds_rates simulate_folds(const folds_setting *setting, size_t n_replicates, uint64_t seed) {
    folds_rates sums = {.truth = expected_auc(setting, seed ^ 1)};
    clouds c = {.setting = setting,
                .rows = simulation_allocate(setting->n_rows * setting->n_columns, sizeof(double)),
                .labels = simulation_allocate(setting->n_rows, 1),
                .fold_of = simulation_allocate(setting->n_rows, sizeof(size_t)),
                .direction = simulation_allocate(setting->n_columns, sizeof(double)),
                .random = seed};
    double *scores = simulation_allocate(setting->n_folds * setting->n_repeats, sizeof *scores);
    perebor_workspace workspace = {0};
    for (size_t replicate = 0; replicate < n_replicates; replicate++) {
        draw_clouds(&c);
        for (size_t repeat = 0; repeat < setting->n_repeats; repeat++) {
            cut_folds(&c);
            for (size_t fold = 0; fold < setting->n_folds; fold++) {
                fit_direction(&c, fold);
                scores[repeat * setting->n_folds + fold] = score_fold(&c, fold, &workspace);
            }
        }
        count_intervals(&sums, scores, setting);
    }
    perebor_workspace_release(&workspace);
    free(c.rows);
    free(c.labels);
    free(c.fold_of);
    free(c.direction);
    free(scores);
    double all = (double)n_replicates;
    return (folds_rates){sums.truth, sums.mean / all, sums.corrected / all, sums.naive / all,
                         sums.corrected_width / all};
}

static void count_search(search_rates *sums, const simulated_search *of, uint64_t seed) {
    const search_setting *setting = of->setting;
    perebor_error error = {0};
    perebor_corrected_score score;
    perebor_auc_interval naive;
    const perebor_search_scores scores = simulated_search_scores(of);
    simulation_insist(perebor_corrected_selection(&scores, setting->n_resamples, seed,
                                                  simulation_level, &score, &error),
                      &error);
    simulation_insist(perebor_delong(&naive, of->labels, of->rows_of[score.trial], setting->n_rows,
                                     simulation_level, &error),
                      &error);
    double truth = simulated_search_auc(setting, score.trial);
    double off = score.corrected - truth;
    sums->truth += truth;
    sums->naive += score.naive;
    sums->corrected += score.corrected;
    sums->corrected_sd += off * off;
    sums->covered += holds(score.low, score.high, truth);
    sums->naive_covered += holds(naive.low, naive.high, truth);
    sums->width += score.high - score.low;
    sums->naive_width += naive.high - naive.low;
}

search_rates simulate_search(const search_setting *setting, size_t n_searches, uint64_t seed) {
    search_rates sums = {0};
    simulated_search of = simulated_search_create(setting);
    uint64_t random = seed;
    for (size_t search = 0; search < n_searches; search++) {
        simulated_search_draw(&of, &random);
        count_search(&sums, &of, seed + search);
    }
    simulated_search_free(&of);
    double all = (double)n_searches;
    double bias = (sums.corrected - sums.truth) / all;
    return (search_rates){
        .truth = sums.truth / all,
        .naive = sums.naive / all,
        .corrected = sums.corrected / all,
        .corrected_sd = sqrt(fmax(0.0, sums.corrected_sd / all - bias * bias)),
        .covered = sums.covered / all,
        .naive_covered = sums.naive_covered / all,
        .width = sums.width / all,
        .naive_width = sums.naive_width / all,
    };
}
