// SPDX-License-Identifier: MIT
/*
 * How often what is said of scores is true: simulations with known truth, as tables in Markdown.
 *
 * usage: bench_honest delong|folds|selection|time [REPLICATES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "draw.h"
#include "metric/corrected_selection.h"
#include "simulated_scores.h"

static void print_delong(size_t n_replicates) {
    static const size_t sizes[][2] = {{20, 20}, {10, 90},   {100, 100},
                                      {38, 62}, {380, 620}, {50, 950}};
    static const double areas[] = {0.5, 0.75, 0.9, 0.97};
    (void)puts(
        "| positives | negatives | true AUC | interval holds it | no interval | mean width | equal "
        "AUCs called different at 5 % |\n|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < sizeof areas / sizeof *areas; j++) {
            const delong_setting setting = {sizes[i][0], sizes[i][1], areas[j], 0.5};
            delong_rates rates = simulate_delong(&setting, n_replicates, 1000 + 10 * i + j);
            (void)printf("| %zu | %zu | %.2f | %.1f %% | %.1f %% | %.3f | %.1f %% |\n",
                         setting.n_positive, setting.n_negative, setting.auc,
                         100.0 * rates.coverage, 100.0 * rates.undefined, rates.width,
                         100.0 * rates.rejected);
            (void)fflush(stdout);
        }
    }
}

static void print_folds(size_t n_replicates) {
    static const folds_setting settings[] = {
        {100, 10, 5, 1, 0.2},  {100, 10, 5, 10, 0.2},  {200, 10, 5, 1, 0.2},  {200, 10, 5, 10, 0.2},
        {200, 10, 10, 1, 0.2}, {200, 10, 10, 10, 0.2}, {1000, 10, 5, 1, 0.2}, {1000, 10, 5, 4, 0.2},
        {200, 40, 5, 1, 0.05}, {200, 40, 5, 10, 0.05},
    };
    (void)puts(
        "| rows | columns | folds | repeats | true AUC | mean AUC | corrected interval holds it | "
        "its mean width | plain t interval holds it |\n|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const folds_setting *setting = &settings[i];
        folds_rates rates = simulate_folds(setting, n_replicates, 2000 + i);
        (void)printf("| %zu | %zu | %zu | %zu | %.4f | %.4f | %.1f %% | %.3f | %.1f %% |\n",
                     setting->n_rows, setting->n_columns, setting->n_folds, setting->n_repeats,
                     rates.truth, rates.mean, 100.0 * rates.corrected, rates.corrected_width,
                     100.0 * rates.naive);
        (void)fflush(stdout);
    }
}

static void print_selection(size_t n_searches) {
    static const search_setting settings[] = {
        // trials, rows, folds, resamples, positives, AUCs, correlation
        {500, 300, 5, 200, 0.38, 0.5, 0.5, 0.0},   {500, 1000, 5, 200, 0.38, 0.5, 0.5, 0.0},
        {500, 300, 5, 200, 0.38, 0.5, 0.5, 0.8},   {500, 300, 5, 200, 0.1, 0.5, 0.5, 0.0},
        {500, 1000, 5, 200, 0.38, 0.9, 0.9, 0.8},  {500, 1000, 5, 200, 0.38, 0.7, 0.8, 0.0},
        {500, 1000, 5, 200, 0.38, 0.8, 0.92, 0.8}, {500, 300, 5, 200, 0.38, 0.8, 0.92, 0.8},
    };
    (void)puts(
        "| trials | rows | positives | true AUCs | correlation | true AUC of the winner | its "
        "own score, too high by | corrected score, too high by | sd of that | corrected interval "
        "holds the truth | its mean width | winner's own interval holds the truth | its mean "
        "width |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const search_setting *s = &settings[i];
        search_rates rates = simulate_search(s, n_searches, 3000 + 1000 * i);
        (void)printf(
            "| %zu | %zu | %.0f %% | %.2f to %.2f | %.1f | %.4f | %+.4f | %+.4f | %.4f | %.1f %% "
            "| %.3f | %.1f %% | %.3f |\n",
            s->n_trials, s->n_rows, 100.0 * s->positive_share, s->low_auc, s->high_auc,
            s->correlation, rates.truth, rates.naive - rates.truth, rates.corrected - rates.truth,
            rates.corrected_sd, 100.0 * rates.covered, rates.width, 100.0 * rates.naive_covered,
            rates.naive_width);
        (void)fflush(stdout);
    }
}

/** 200 trials, 1000 rows, 1000 resamples, on this thread, in processor time. */
static void print_time(void) {
    const search_setting setting = {200, 1000, 5, 1000, 0.38, 0.8, 0.92, 0.8};
    clock_t begin = clock();
    (void)simulate_search(&setting, 1, 1);
    (void)printf("%.2f s of processor time\n", (double)(clock() - begin) / (double)CLOCKS_PER_SEC);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (strcmp(what, "delong") == 0) {
        print_delong(n > 0 ? n : 20000);
    } else if (strcmp(what, "folds") == 0) {
        print_folds(n > 0 ? n : 4000);
    } else if (strcmp(what, "selection") == 0) {
        print_selection(n > 0 ? n : 400);
    } else if (strcmp(what, "time") == 0) {
        print_time();
    } else {
        (void)fputs("usage: bench_honest delong|folds|selection|time [REPLICATES]\n", stderr);
        return 2;
    }
    return 0;
}
