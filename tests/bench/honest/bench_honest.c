// SPDX-License-Identifier: MIT
/*
 * How often what is said of scores is true: simulations with known truth, as tables in Markdown.
 *
 * usage: bench_honest delong|folds|selection|ensembles|learners|searches|draws|budgets|time
 * [REPLICATES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "draw.h"
#include "metric/corrected_selection.h"
#include "simulated_ensembles.h"
#include "simulated_pairs.h"
#include "simulated_scores.h"

static void print_delong(size_t n_replicates) {
    static const size_t sizes[][2] = {{20, 20}, {10, 90},   {5, 95},  {100, 100},
                                      {38, 62}, {380, 620}, {50, 950}};
    static const double areas[] = {0.5, 0.75, 0.9, 0.97};
    (void)puts(
        "| positives | negatives | true AUC | interval holds it | no interval | mean width | equal "
        "AUCs called different at 5 % | by t: interval holds it | by t: called different "
        "|\n|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < sizeof areas / sizeof *areas; j++) {
            const delong_setting setting = {sizes[i][0], sizes[i][1], areas[j], 0.5};
            delong_rates rates = simulate_delong(&setting, n_replicates, 1000 + 10 * i + j);
            (void)printf(
                "| %zu | %zu | %.2f | %.1f %% | %.1f %% | %.3f | %.1f %% | %.1f %% | %.1f %% "
                "|\n",
                setting.n_positive, setting.n_negative, setting.auc, 100.0 * rates.coverage,
                100.0 * rates.undefined, rates.width, 100.0 * rates.rejected,
                100.0 * rates.few_coverage, 100.0 * rates.few_rejected);
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

static void print_ensembles(size_t n_searches) {
    static const ensemble_setting settings[] = {
        // trials, rows, folds, resamples, positives, AUCs, correlation; candidates, rounds
        {{50, 300, 5, 50, 0.38, 0.5, 0.5, 0.0}, 50, 20},
        {{50, 300, 5, 50, 0.38, 0.5, 0.5, 0.8}, 50, 20},
        {{50, 300, 5, 50, 0.1, 0.5, 0.5, 0.0}, 50, 20},
        {{50, 1000, 5, 50, 0.38, 0.5, 0.5, 0.8}, 50, 20},
        {{50, 300, 5, 50, 0.38, 0.8, 0.92, 0.8}, 50, 20},
        {{50, 1000, 5, 50, 0.38, 0.8, 0.92, 0.8}, 50, 20},
        {{50, 1000, 5, 50, 0.38, 0.9, 0.9, 0.8}, 50, 20},
        {{500, 300, 5, 50, 0.38, 0.5, 0.5, 0.8}, 50, 20},
        {{500, 300, 5, 50, 0.38, 0.8, 0.92, 0.8}, 50, 20},
        {{500, 300, 5, 50, 0.38, 0.5, 0.5, 0.0}, 50, 20},
    };
    (void)puts(
        "| trials | candidates | rows | positives | true AUCs | correlation | members | true AUC "
        "of "
        "the ensemble | its own score, too high by | corrected score, too high by | sd of that | "
        "corrected interval holds the truth | its mean width | ensemble's own interval holds the "
        "truth | true gain over the best trial | corrected gain, too high by "
        "|\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const search_setting *s = &settings[i].search;
        ensemble_rates rates = simulate_ensembles(&settings[i], n_searches, 8000 + 1000 * i);
        double gain = rates.truth - rates.single_truth;
        (void)printf("| %zu | %zu | %zu | %.0f %% | %.2f to %.2f | %.2f | %.1f | %.4f | %+.4f | "
                     "%+.4f | %.4f | %.1f %% | %.3f | %.1f %% | %+.4f | %+.4f |\n",
                     s->n_trials, settings[i].n_candidates, s->n_rows, 100.0 * s->positive_share,
                     s->low_auc, s->high_auc, s->correlation, rates.n_members, rates.truth,
                     rates.naive - rates.truth, rates.corrected - rates.truth, rates.corrected_sd,
                     100.0 * rates.covered, rates.width, 100.0 * rates.naive_covered, gain,
                     rates.corrected - rates.single_corrected - gain);
        (void)fflush(stdout);
    }
}

static void print_learners(size_t n_replicates) {
    static const char *const names[] = {"means", "one column", "nearest row"};
    static const learners_setting settings[] = {
        // learner, rows, columns, of both, folds, repeats, shift
        {LEARNER_MEANS, 100, 10, 0, 5, 1, 0.2},        {LEARNER_MEANS, 100, 10, 0, 5, 10, 0.2},
        {LEARNER_MEANS, 200, 10, 0, 10, 1, 0.2},       {LEARNER_MEANS, 200, 10, 0, 10, 10, 0.2},
        {LEARNER_MEANS, 1000, 10, 0, 5, 1, 0.2},       {LEARNER_MEANS, 1000, 10, 0, 5, 4, 0.2},
        {LEARNER_MEANS, 200, 40, 0, 5, 1, 0.05},       {LEARNER_MEANS, 200, 40, 0, 5, 10, 0.05},
        {LEARNER_MEANS, 200, 40, 0, 5, 10, 0.0},       {LEARNER_MEANS, 200, 40, 0, 10, 10, 0.05},
        {LEARNER_MEANS, 198, 40, 0, 3, 1, 0.05},       {LEARNER_MEANS, 198, 40, 0, 3, 10, 0.05},
        {LEARNER_MEANS, 200, 20, 15, 5, 10, 0.1},      {LEARNER_ONE_COLUMN, 200, 10, 0, 5, 1, 0.1},
        {LEARNER_ONE_COLUMN, 200, 10, 0, 5, 10, 0.1},  {LEARNER_ONE_COLUMN, 200, 10, 0, 10, 1, 0.2},
        {LEARNER_ONE_COLUMN, 200, 10, 0, 10, 10, 0.2}, {LEARNER_ONE_COLUMN, 200, 10, 0, 20, 5, 0.2},
        {LEARNER_ONE_COLUMN, 500, 10, 0, 10, 5, 0.2},  {LEARNER_NEAREST, 100, 10, 0, 5, 1, 0.2},
        {LEARNER_NEAREST, 100, 10, 0, 5, 10, 0.2},
    };
    (void)puts("| learner | rows | columns | of both | folds | repeats | told apart by the usual "
               "corrected t at 5 % | by that of verdicts | ROPE: one better by more than .005, "
               "above .975 | ROPE: no difference, above .95 | mean half of the interval "
               "|\n|---|---|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const learners_setting *s = &settings[i];
        learners_rates rates = simulate_equal_learners(s, n_replicates, 4000 + i);
        (void)printf("| %s | %zu | %zu | %zu | %zu | %zu | %.1f %% | %.1f %% | %.1f %% | %.1f %% | "
                     "%.3f |\n",
                     names[s->learner], s->n_rows, s->n_columns, s->n_shared, s->n_folds,
                     s->n_repeats, 100.0 * rates.usual, 100.0 * rates.rejected, 100.0 * rates.rope,
                     100.0 * rates.equivalent, rates.width);
        (void)fflush(stdout);
    }
}

static void print_searches(size_t n_replicates) {
    static const searches_setting settings[] = {
        // trials of each, rows, folds, AUC, correlation
        {{1, 1}, 300, 5, 0.8, 0.8},    {{50, 50}, 300, 5, 0.8, 0.8},  {{50, 50}, 300, 10, 0.8, 0.8},
        {{50, 50}, 300, 5, 0.8, 0.0},  {{10, 100}, 300, 5, 0.8, 0.8}, {{5, 200}, 300, 5, 0.8, 0.8},
        {{5, 200}, 300, 10, 0.8, 0.8}, {{5, 200}, 300, 5, 0.8, 0.0},  {{1, 200}, 300, 10, 0.8, 0.0},
    };
    (void)puts(
        "| trials of A | trials of B | rows | folds | correlation | as if as lucky: A called "
        "better | B called better | by verdicts: A called better | B called better "
        "|\n|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const searches_setting *s = &settings[i];
        searches_rates rates = simulate_equal_searches(s, n_replicates, 5000 + i);
        (void)printf("| %zu | %zu | %zu | %zu | %.1f | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n",
                     s->n_trials[0], s->n_trials[1], s->n_rows, s->n_folds, s->correlation,
                     100.0 * rates.uncorrected[0], 100.0 * rates.uncorrected[1],
                     100.0 * rates.better[0], 100.0 * rates.better[1]);
        (void)fflush(stdout);
    }
}

static void print_draws(size_t n_replicates) {
    static const size_t sizes[][3] = {{5, 5, 0},    {5, 100, 0}, {10, 10, 0},   {20, 20, 0},
                                      {10, 100, 0}, {50, 50, 0}, {200, 200, 0}, {60, 600, 0},
                                      {10, 100, 5}, {50, 50, 5}, {200, 200, 5}};
    (void)puts("| trials of A | trials of B | different scores | told apart at 5 % by DeLong's "
               "interval | by t |\n|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        draws_rates rates =
            simulate_equal_draws(sizes[i][0], sizes[i][1], sizes[i][2], n_replicates, 6000 + i);
        char values[32] = "any";
        if (sizes[i][2] > 0) {
            (void)snprintf(values, sizeof values, "%zu", sizes[i][2]);
        }
        (void)printf("| %zu | %zu | %s | %.1f %% | %.1f %% |\n", sizes[i][0], sizes[i][1], values,
                     100.0 * rates.by_normal, 100.0 * rates.rejected);
        (void)fflush(stdout);
    }
}

static void print_budgets(size_t n_replicates) {
    static const struct {
        size_t n_trials[2];
        double n_draws[2];
    } settings[] = {{{50, 50}, {1, 1}},     {{50, 50}, {12, 12}},     {{50, 50}, {50, 50}},
                    {{200, 200}, {16, 16}}, {{200, 200}, {200, 200}}, {{50, 500}, {12, 12}},
                    {{50, 500}, {50, 50}}};
    (void)puts("| trials of A | trials of B | best of | told apart at 5 % |\n|---|---|---|---|");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        double rate = simulate_equal_budgets(settings[i].n_trials, settings[i].n_draws,
                                             n_replicates, 7000 + i);
        (void)printf("| %zu | %zu | %.0f | %.1f %% |\n", settings[i].n_trials[0],
                     settings[i].n_trials[1], settings[i].n_draws[0], 100.0 * rate);
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
    } else if (strcmp(what, "ensembles") == 0) {
        print_ensembles(n > 0 ? n : 200);
    } else if (strcmp(what, "learners") == 0) {
        print_learners(n > 0 ? n : 4000);
    } else if (strcmp(what, "searches") == 0) {
        print_searches(n > 0 ? n : 4000);
    } else if (strcmp(what, "draws") == 0) {
        print_draws(n > 0 ? n : 20000);
    } else if (strcmp(what, "budgets") == 0) {
        print_budgets(n > 0 ? n : 4000);
    } else if (strcmp(what, "time") == 0) {
        print_time();
    } else {
        (void)fputs("usage: bench_honest "
                    "delong|folds|selection|ensembles|learners|searches|draws|budgets|time "
                    "[REPLICATES]\n",
                    stderr);
        return 2;
    }
    return 0;
}
