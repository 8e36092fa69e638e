// SPDX-License-Identifier: MIT
#include "simulated_pairs.h"

#include <stdbool.h>
#include <string.h>

#include "metric/delong.h"
#include "metric/roc_auc.h"
#include "simulation.h"
#include "statistics/correlated_t.h"
#include "statistics/expected_best.h"
#include "statistics/false_discovery.h"
#include "statistics/quantile.h"

static const double rope = 0.005;

/** Rows with the columns of both learners, side by side; labels row % 2. */
typedef struct shared_rows {
    const learners_setting *setting;
    size_t width;
    double *values; /* [n_rows][width] */
    uint8_t *labels;
    size_t *fold_of;
    double *direction; /* [n_columns] */
    double *scores;    /* [n_rows] of a fold */
    uint8_t *fold_labels;
    uint64_t random;
    perebor_workspace workspace;
} shared_rows;

static void draw_rows(shared_rows *of) {
    size_t width = of->width;
    for (size_t row = 0; row < of->setting->n_rows; row++) {
        of->labels[row] = row % 2;
        for (size_t column = 0; column < width; column++) {
            double shift = of->labels[row] ? of->setting->shift : -of->setting->shift;
            of->values[row * width + column] = simulation_normal(&of->random) + shift;
        }
    }
}

/** Stratified folds: the rows of each class shuffled and dealt. */
static void deal_folds(shared_rows *of) {
    size_t n = of->setting->n_rows / 2;
    for (size_t label = 0; label < 2; label++) {
        for (size_t i = 0; i < n; i++) {
            of->fold_of[2 * i + label] = i % of->setting->n_folds;
        }
        for (size_t i = n - 1; i > 0; i--) {
            size_t other = (size_t)(draw_uniform(&of->random) * (double)(i + 1));
            size_t kept = of->fold_of[2 * i + label];
            of->fold_of[2 * i + label] = of->fold_of[2 * other + label];
            of->fold_of[2 * other + label] = kept;
        }
    }
}

/** The columns of a learner in a row: its own, and those that both have. */
static const double *columns_of(const shared_rows *of, size_t learner, size_t row) {
    return of->values + row * of->width +
           learner * (of->setting->n_columns - of->setting->n_shared);
}

/** The difference of the class means outside the fold; or only the greatest of them, as a sign. */
static void fit_direction(shared_rows *of, size_t learner, size_t fold) {
    size_t n_columns = of->setting->n_columns;
    memset(of->direction, 0, n_columns * sizeof *of->direction);
    for (size_t row = 0; row < of->setting->n_rows; row++) {
        const double *values = columns_of(of, learner, row);
        for (size_t column = 0; of->fold_of[row] != fold && column < n_columns; column++) {
            of->direction[column] += of->labels[row] ? values[column] : -values[column];
        }
    }
    size_t greatest = 0;
    for (size_t column = 1; column < n_columns; column++) {
        greatest = fabs(of->direction[column]) > fabs(of->direction[greatest]) ? column : greatest;
    }
    for (size_t column = 0; of->setting->learner == LEARNER_ONE_COLUMN && column < n_columns;
         column++) {
        of->direction[column] = column == greatest ? copysign(1.0, of->direction[column]) : 0.0;
    }
}

/** How much nearer the nearest positive row outside the fold is than the nearest negative one. */
static double score_by_nearest(const shared_rows *of, size_t learner, size_t fold, size_t row) {
    const double *values = columns_of(of, learner, row);
    double nearest[2] = {INFINITY, INFINITY};
    for (size_t other = 0; other < of->setting->n_rows; other++) {
        const double *others = columns_of(of, learner, other);
        double square = 0.0;
        for (size_t i = 0; of->fold_of[other] != fold && i < of->setting->n_columns; i++) {
            square += (values[i] - others[i]) * (values[i] - others[i]);
        }
        double *least = &nearest[of->labels[other]];
        *least = of->fold_of[other] != fold && square < *least ? square : *least;
    }
    return nearest[0] - nearest[1];
}

static double score_by_direction(const shared_rows *of, size_t learner, size_t row) {
    const double *values = columns_of(of, learner, row);
    double score = 0.0;
    for (size_t column = 0; column < of->setting->n_columns; column++) {
        score += of->direction[column] * values[column];
    }
    return score;
}

/** The AUC on a fold of a learner fitted outside it. */
static double score_learner(shared_rows *of, size_t learner, size_t fold) {
    bool by_nearest = of->setting->learner == LEARNER_NEAREST;
    size_t n = 0;
    if (!by_nearest) {
        fit_direction(of, learner, fold);
    }
    for (size_t row = 0; row < of->setting->n_rows; row++) {
        if (of->fold_of[row] == fold) {
            of->fold_labels[n] = of->labels[row];
            of->scores[n++] = by_nearest ? score_by_nearest(of, learner, fold, row)
                                         : score_by_direction(of, learner, row);
        }
    }
    return perebor_roc_auc(of->fold_labels, of->scores, n, &of->workspace);
}

static void count_learners(learners_rates *sums, const double *differences,
                           const learners_setting *setting) {
    size_t n = setting->n_folds * setting->n_repeats;
    double ratio = 1.0 / ((double)setting->n_folds - 1.0);
    perebor_resampled_mean usual = perebor_resampled_t(differences, n, ratio, simulation_level);
    perebor_resampled_mean mean =
        perebor_conservative_t(differences, n, setting->n_folds, simulation_level);
    perebor_rope_shares shares = perebor_correlated_t(&mean, rope);
    sums->usual += usual.p < 1.0 - simulation_level;
    sums->rejected += mean.p < 1.0 - simulation_level;
    sums->rope += shares.above > 0.975 || shares.below > 0.975;
    sums->equivalent += shares.within > 0.95;
    sums->width += 0.5 * (mean.high - mean.low);
}

learners_rates simulate_equal_learners(const learners_setting *setting, size_t n_replicates,
                                       uint64_t seed) {
    learners_rates sums = {0};
    size_t n = setting->n_rows, width = 2 * setting->n_columns - setting->n_shared;
    shared_rows of = {.setting = setting,
                      .width = width,
                      .values = simulation_allocate(n * width, sizeof(double)),
                      .labels = simulation_allocate(n, 1),
                      .fold_of = simulation_allocate(n, sizeof(size_t)),
                      .direction = simulation_allocate(setting->n_columns, sizeof(double)),
                      .scores = simulation_allocate(n, sizeof(double)),
                      .fold_labels = simulation_allocate(n, 1),
                      .random = seed};
    double *differences =
        simulation_allocate(setting->n_folds * setting->n_repeats, sizeof *differences);
    for (size_t replicate = 0; replicate < n_replicates; replicate++) {
        draw_rows(&of);
        for (size_t i = 0; i < setting->n_repeats * setting->n_folds; i++) {
            if (i % setting->n_folds == 0) {
                deal_folds(&of);
            }
            differences[i] = score_learner(&of, 1, i % setting->n_folds) -
                             score_learner(&of, 0, i % setting->n_folds);
        }
        count_learners(&sums, differences, setting);
    }
    perebor_workspace_release(&of.workspace);
    free(of.values);
    free(of.labels);
    free(of.fold_of);
    free(of.direction);
    free(of.scores);
    free(of.fold_labels);
    free(differences);
    double all = (double)n_replicates;
    return (learners_rates){sums.usual / all, sums.rejected / all, sums.rope / all,
                            sums.equivalent / all, sums.width / all};
}

/** Rows in the order of their folds, each fold half of each class. */
typedef struct trial_rows {
    const searches_setting *setting;
    uint8_t *labels;
    double *common, *scores; /* [n_rows] */
    double *folds[2];        /* [n_folds] of the best of each search, and of the trial at hand */
    double *trial;
    uint64_t random;
    perebor_workspace workspace;
} trial_rows;

/** The mean over the folds of a new trial, whose folds are left in of->trial. */
static double draw_trial(trial_rows *of) {
    const searches_setting *setting = of->setting;
    double distance = simulation_distance(setting->auc);
    double own = sqrt(1.0 - setting->correlation);
    size_t size = setting->n_rows / setting->n_folds;
    double sum = 0.0;
    for (size_t row = 0; row < setting->n_rows; row++) {
        of->scores[row] =
            distance * of->labels[row] + of->common[row] + own * simulation_normal(&of->random);
    }
    for (size_t fold = 0; fold < setting->n_folds; fold++) {
        of->trial[fold] = perebor_roc_auc(of->labels + fold * size, of->scores + fold * size, size,
                                          &of->workspace);
        sum += of->trial[fold];
    }
    return sum;
}

/** Keeps the folds of the best of so many trials. */
static void search_best(trial_rows *of, size_t search) {
    double best = -INFINITY;
    for (size_t trial = 0; trial < of->setting->n_trials[search]; trial++) {
        double sum = draw_trial(of);
        if (sum > best) {
            best = sum;
            memcpy(of->folds[search], of->trial, of->setting->n_folds * sizeof(double));
        }
    }
}

searches_rates simulate_equal_searches(const searches_setting *setting, size_t n_replicates,
                                       uint64_t seed) {
    searches_rates sums = {0};
    size_t n = setting->n_folds;
    trial_rows of = {
        .setting = setting,
        .labels = simulation_allocate(setting->n_rows, 1),
        .common = simulation_allocate(setting->n_rows, sizeof(double)),
        .scores = simulation_allocate(setting->n_rows, sizeof(double)),
        .folds = {simulation_allocate(n, sizeof(double)), simulation_allocate(n, sizeof(double))},
        .trial = simulation_allocate(n, sizeof(double)),
        .random = seed};
    for (size_t replicate = 0; replicate < n_replicates; replicate++) {
        for (size_t row = 0; row < setting->n_rows; row++) {
            of.labels[row] = row % 2;
            of.common[row] = sqrt(setting->correlation) * simulation_normal(&of.random);
        }
        search_best(&of, 0);
        search_best(&of, 1);
        for (size_t fold = 0; fold < n; fold++) {
            of.trial[fold] = of.folds[1][fold] - of.folds[0][fold];
        }
        perebor_resampled_mean mean = perebor_conservative_t(of.trial, n, n, simulation_level);
        size_t ahead = mean.mean > 0.0;
        double p = perebor_p_of_more_trials(mean.p, setting->n_trials[ahead],
                                            setting->n_trials[1 - ahead]);
        sums.uncorrected[ahead] += mean.p < 1.0 - simulation_level;
        sums.better[ahead] += p < 1.0 - simulation_level;
    }
    perebor_workspace_release(&of.workspace);
    free(of.labels);
    free(of.common);
    free(of.scores);
    free(of.folds[0]);
    free(of.folds[1]);
    free(of.trial);
    double all = (double)n_replicates;
    return (searches_rates){{sums.uncorrected[0] / all, sums.uncorrected[1] / all},
                            {sums.better[0] / all, sums.better[1] / all}};
}

draws_rates simulate_equal_draws(size_t n_a, size_t n_b, size_t n_values, size_t n_replicates,
                                 uint64_t seed) {
    size_t n = n_a + n_b;
    draws_rates sums = {0};
    uint64_t random = seed;
    uint8_t *of_b = simulation_allocate(n, 1);
    double *scores = simulation_allocate(n, sizeof *scores);
    memset(of_b + n_a, 1, n_b);
    for (size_t replicate = 0; replicate < n_replicates; replicate++) {
        perebor_error error = {0};
        perebor_auc_interval interval;
        for (size_t i = 0; i < n; i++) {
            double drawn = draw_uniform(&random);
            scores[i] = n_values > 0 ? floor(drawn * (double)n_values) : drawn;
        }
        simulation_insist(perebor_delong(&interval, of_b, scores, n, simulation_level, &error),
                          &error);
        sums.by_normal += interval.low > 0.5 || interval.high < 0.5;
        sums.rejected += perebor_auc_of_few(&interval, simulation_level).p < 1.0 - simulation_level;
    }
    free(of_b);
    free(scores);
    double all = (double)n_replicates;
    return (draws_rates){sums.by_normal / all, sums.rejected / all};
}

double simulate_equal_budgets(const size_t n_trials[2], const double n_draws[2],
                              size_t n_replicates, uint64_t seed) {
    enum { n_permutations = 199 };
    size_t n_rejected = 0;
    uint64_t random = seed;
    size_t most = n_trials[0] > n_trials[1] ? n_trials[0] : n_trials[1];
    double *scores[2] = {simulation_allocate(most, sizeof(double)),
                         simulation_allocate(most, sizeof(double))};
    double *spare = simulation_allocate(most, sizeof *spare);
    for (size_t replicate = 0; replicate < n_replicates; replicate++) {
        perebor_error error = {0};
        double p = 1.0;
        for (size_t side = 0; side < 2; side++) {
            for (size_t i = 0; i < n_trials[side]; i++) {
                scores[side][i] = perebor_log(1.0 - draw_uniform(&random)); // skewed to the left
            }
            perebor_values_sort(scores[side], spare, n_trials[side]);
        }
        const perebor_best_pair pair = {.sorted = {scores[0], scores[1]},
                                        .n_scores = {n_trials[0], n_trials[1]},
                                        .n_draws = {n_draws[0], n_draws[1]}};
        simulation_insist(perebor_best_test(&pair, n_permutations, replicate, &p, &error), &error);
        n_rejected += p < 1.0 - simulation_level + 1e-9;
    }
    free(scores[0]);
    free(scores[1]);
    free(spare);
    return (double)n_rejected / (double)n_replicates;
}
