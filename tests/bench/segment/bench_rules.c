// SPDX-License-Identifier: MIT
/*
 * How often rules are found where there are none, and where there is one: tables in Markdown.
 *
 * usage: bench_rules null|planted|clusters [REPLICATES]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/stability.h"
#include "draw.h"
#include "statistics/fisher_exact.h"
#include "subgroup/beam_search.h"
#include "subgroup/subgroup.h"

enum { most_rows = 5000, most_columns = 40, n_levels = 6 };

/** A made-up table: columns that go along with each other, some of them of levels. */
typedef struct made_table {
    size_t n_rows, n_numbers, n_nominal;
    double share;  /**< Of positives. */
    double shared; /**< Of each number's variance, with all others. */
} made_table;

static double values[most_columns][most_rows];
static perebor_column columns[most_columns];
static const perebor_column *searched[most_columns];
static uint8_t labels[most_rows];
static uint32_t all_rows[most_rows];
static const char *const levels[n_levels] = {"a", "b", "c", "d", "e", "f"};

static subgroup_rows draw_table(const made_table *made, uint64_t *seed) {
    size_t n_columns = made->n_numbers + made->n_nominal;
    for (uint32_t row = 0; row < made->n_rows; row++) {
        double shared = draw_normal(seed);
        all_rows[row] = row;
        for (size_t j = 0; j < n_columns; j++) {
            // Every third number is a count; of levels the first is the most frequent.
            double value =
                sqrt(made->shared) * shared + sqrt(1.0 - made->shared) * draw_normal(seed);
            double u = draw_uniform(seed);
            values[j][row] = j >= made->n_numbers ? floor(n_levels * u * u)
                             : j % 3 == 2         ? floor(fabs(2.0 * value))
                                                  : value;
        }
        labels[row] = draw_uniform(seed) < made->share;
    }
    for (size_t j = 0; j < n_columns; j++) {
        bool is_number = j < made->n_numbers;
        columns[j] =
            (perebor_column){.name = "column",
                             .role = is_number ? PEREBOR_ROLE_NUMERIC : PEREBOR_ROLE_NOMINAL,
                             .values = values[j],
                             .levels = is_number ? NULL : levels,
                             .n_levels = is_number ? 0 : n_levels};
        searched[j] = &columns[j];
    }
    return (subgroup_rows){searched, n_columns, labels, all_rows, made->n_rows};
}

static const subgroup_terms terms = {
    .depth = 3, .n_bins = 5, .beam = 50, .support = 0.05, .level = 0.05, .overlap = 0.5, .most = 8};

static void stop_at(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        (void)fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
}

/** The least Fisher p of all that a search looked at. */
static double least_p(const subgroup_rows *rows) {
    beam beam = {0};
    perebor_error error = {0};
    double least = 1.0;
    stop_at(beam_search(&beam, rows, &terms, &error), &error);
    for (size_t i = 0; i < beam.n; i++) {
        double p = perebor_fisher_greater(beam.items[i].n_positive, beam.items[i].n,
                                          beam.n_positive, beam.n_rows);
        least = fmin(least, p);
    }
    beam_release(&beam);
    return least;
}

static void print_null(size_t n_replicates) {
    static const made_table tables[] = {{200, 8, 2, 0.4, 0.3},    {1000, 8, 2, 0.4, 0.3},
                                        {1000, 16, 4, 0.4, 0.3},  {1000, 16, 4, 0.1, 0.3},
                                        {1000, 30, 10, 0.4, 0.3}, {5000, 16, 4, 0.4, 0.3}};
    (void)puts("| rows | columns | positive | descriptions | a rule is found | a plain p below .05 "
               "is found |\n|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        uint64_t seed = 7000 + i;
        size_t n_found = 0, n_naive = 0;
        double n_descriptions = 0.0;
        for (size_t replicate = 0; replicate < n_replicates; replicate++) {
            subgroups found = {0};
            perebor_error error = {0};
            const subgroup_rows rows = draw_table(&tables[i], &seed);
            stop_at(subgroups_search(&found, &rows, &terms, &error), &error);
            n_found += found.n > 0;
            n_naive += least_p(&rows) < 0.05;
            n_descriptions = found.n_descriptions;
            subgroups_release(&found);
        }
        (void)printf("| %zu | %zu | %.0f %% | %.0f | %.1f %% | %.1f %% |\n", tables[i].n_rows,
                     tables[i].n_numbers + tables[i].n_nominal, 100.0 * tables[i].share,
                     n_descriptions, 100.0 * (double)n_found / (double)n_replicates,
                     100.0 * (double)n_naive / (double)n_replicates);
        (void)fflush(stdout);
    }
}

/** How many conditions of a rule are upon the two columns that matter. */
static size_t count_true(const subgroup *rule) {
    size_t n = 0;
    for (size_t i = 0; i < rule->n_conditions; i++) {
        n += rule->conditions[i].column <= 1;
    }
    return n;
}

static void print_planted(size_t n_replicates) {
    static const double shares[] = {0.45, 0.5, 0.6, 0.8};
    static const size_t sizes[] = {300, 1000, 5000};
    (void)puts(
        "| rows | positive in the rule, elsewhere 30 % | a rule is found | the first names "
        "the two columns alone | rules found | of them with another column too | with neither of "
        "the two |\n|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
            const made_table table = {sizes[i], 16, 4, 0.0, 0.0};
            uint64_t seed = 8000 + 10 * i + k;
            size_t n_found = 0, n_first = 0, n_rules = 0, n_mixed = 0, n_false = 0;
            for (size_t replicate = 0; replicate < n_replicates; replicate++) {
                subgroups found = {0};
                perebor_error error = {0};
                const subgroup_rows rows = draw_table(&table, &seed);
                for (size_t row = 0; row < table.n_rows; row++) {
                    bool is_in = values[0][row] < 0.0 && values[1][row] > 0.0;
                    labels[row] = draw_uniform(&seed) < (is_in ? shares[k] : 0.3);
                }
                stop_at(subgroups_search(&found, &rows, &terms, &error), &error);
                n_found += found.n > 0;
                n_first +=
                    found.n > 0 && count_true(&found.items[0]) == found.items[0].n_conditions;
                n_rules += found.n;
                for (size_t j = 0; j < found.n; j++) {
                    size_t n_true = count_true(&found.items[j]);
                    n_false += n_true == 0;
                    n_mixed += n_true > 0 && n_true < found.items[j].n_conditions;
                }
                subgroups_release(&found);
            }
            double n_any = n_rules == 0 ? 1.0 : (double)n_rules;
            (void)printf("| %zu | %.0f %% | %.1f %% | %.1f %% | %.2f | %.1f %% | %.1f %% |\n",
                         sizes[i], 100.0 * shares[k],
                         100.0 * (double)n_found / (double)n_replicates,
                         100.0 * (double)n_first / (double)n_replicates,
                         (double)n_rules / (double)n_replicates, 100.0 * (double)n_mixed / n_any,
                         100.0 * (double)n_false / n_any);
            (void)fflush(stdout);
        }
    }
}

/** Points in heaps whose centers are that many standard deviations apart, pair by pair. */
static cluster_points draw_heaps(double *points, size_t n_points, size_t n_dimensions,
                                 size_t n_heaps, double apart, uint64_t *seed) {
    for (size_t i = 0; i < n_points; i++) {
        for (size_t j = 0; j < n_dimensions; j++) {
            double center = j == i % n_heaps && n_heaps > 1 ? apart / sqrt(2.0) : 0.0;
            points[i * n_dimensions + j] = center + draw_normal(seed);
        }
    }
    return (cluster_points){points, n_points, n_dimensions};
}

static void print_clusters(size_t n_replicates) {
    enum { n_points = 400, n_dimensions = 6, most = 6 };
    static const struct {
        size_t n_heaps;
        double apart;
    } settings[] = {{1, 0.0}, {3, 3.0}, {3, 4.0}, {3, 6.0}, {5, 4.0}, {5, 6.0}};
    (void)puts("| heaps | sd apart | method | so many are found | silhouette | called weak | mean "
               "Jaccard | adjusted Rand |\n|---|---|---|---|---|---|---|---|");
    static double points[n_points * n_dimensions];
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        for (int method = CLUSTER_KMEANS; method <= CLUSTER_MIXTURE; method++) {
            uint64_t seed = 9000 + i;
            size_t n_right = 0, n_weak = 0;
            double silhouette = 0.0, jaccard = 0.0, rand = 0.0;
            for (size_t replicate = 0; replicate < n_replicates; replicate++) {
                cluster_choice choice = {0};
                cluster_stability stability;
                perebor_error error = {0};
                const cluster_points drawn = draw_heaps(
                    points, n_points, n_dimensions, settings[i].n_heaps, settings[i].apart, &seed);
                stop_at(cluster_choose(&choice, &drawn, (cluster_method)method, 2, most,
                                       perebor_stream_make(replicate, "choose"), &error),
                        &error);
                stop_at(cluster_stability_measure(&stability, &drawn, &choice, 20,
                                                  perebor_stream_make(replicate, "resample"),
                                                  &error),
                        &error);
                n_right += choice.k == settings[i].n_heaps;
                n_weak += choice.silhouette < 0.25;
                silhouette += choice.silhouette / (double)n_replicates;
                rand += stability.adjusted_rand / (double)n_replicates;
                for (size_t c = 0; c < choice.k; c++) {
                    jaccard += stability.jaccard[c] / (double)(choice.k * n_replicates);
                }
                cluster_choice_release(&choice);
            }
            (void)printf("| %zu | %.0f | %s | %.0f %% | %.2f | %.0f %% | %.2f | %.2f |\n",
                         settings[i].n_heaps, settings[i].apart, cluster_method_names[method],
                         100.0 * (double)n_right / (double)n_replicates, silhouette,
                         100.0 * (double)n_weak / (double)n_replicates, jaccard, rand);
            (void)fflush(stdout);
        }
    }
}

int main(int argc, char **argv) {
    size_t n = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 0;
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "null") == 0) {
        print_null(n > 0 ? n : 500);
    } else if (strcmp(what, "planted") == 0) {
        print_planted(n > 0 ? n : 100);
    } else if (strcmp(what, "clusters") == 0) {
        print_clusters(n > 0 ? n : 30);
    } else {
        (void)fputs("usage: bench_rules null|planted|clusters [REPLICATES]\n", stderr);
        return 1;
    }
    return 0;
}
