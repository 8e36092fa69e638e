// SPDX-License-Identifier: MIT
#include "simulated_search.h"

#include "simulation.h"

simulated_search simulated_search_create(const search_setting *setting) {
    return (simulated_search){
        .setting = setting,
        .labels = simulation_allocate(setting->n_rows, 1),
        .fold_of = simulation_allocate(setting->n_rows, sizeof(uint32_t)),
        .common = simulation_allocate(setting->n_rows, sizeof(double)),
        .scores = simulation_allocate(setting->n_trials * setting->n_rows, sizeof(double)),
        .rows_of = simulation_allocate(setting->n_trials, sizeof(double *)),
    };
}

void simulated_search_free(simulated_search *search) {
    free(search->labels);
    free(search->fold_of);
    free(search->common);
    free(search->scores);
    free(search->rows_of);
}

double simulated_search_auc(const search_setting *setting, size_t trial) {
    double share = setting->n_trials > 1 ? (double)trial / (double)(setting->n_trials - 1) : 0.0;
    return setting->low_auc + share * (setting->high_auc - setting->low_auc);
}

void simulated_search_draw(simulated_search *search, uint64_t *random) {
    const search_setting *setting = search->setting;
    double shared = sqrt(setting->correlation);
    double own = sqrt(1.0 - setting->correlation);
    size_t n_positive = (size_t)(setting->positive_share * (double)setting->n_rows);
    for (size_t row = 0; row < setting->n_rows; row++) {
        search->labels[row] = row < n_positive;
        search->fold_of[row] = (uint32_t)(row % setting->n_folds);
        search->common[row] = shared * simulation_normal(random);
    }
    for (size_t trial = 0; trial < setting->n_trials; trial++) {
        double distance = simulation_distance(simulated_search_auc(setting, trial));
        double *scores = search->scores + trial * setting->n_rows;
        for (size_t row = 0; row < setting->n_rows; row++) {
            scores[row] = distance * search->labels[row] + search->common[row] +
                          own * simulation_normal(random);
        }
        search->rows_of[trial] = scores;
    }
}

perebor_search_scores simulated_search_scores(const simulated_search *search) {
    return (perebor_search_scores){.n_trials = search->setting->n_trials,
                                   .n_rows = search->setting->n_rows,
                                   .n_repeats = 1,
                                   .n_folds = search->setting->n_folds,
                                   .labels = search->labels,
                                   .fold_of = search->fold_of,
                                   .scores = search->rows_of};
}
