// SPDX-License-Identifier: MIT
/**
 * Intervals of campaigns whose effect is known: of the generator's scenario campaign, with the
 * probability of everybody's outcome, treated and not.
 *
 *     test_campaign_coverage [LOGS [ROWS]]
 *
 * Every log is of other customers, treatments and outcomes (another seed), so that what intervals
 * are to cover is the mean over the population: that of a million other customers. Scores are the
 * probability without treatment, as a good model would say it, and the number of pages alone, as a
 * poor one would. With the arguments it prints the table of docs/how-to/offer-and-measure.md.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/stream.h"
#include "campaign/uplift_curve.h"
#include "config/generator_file.h"
#include "scratch.h"
#include "table/lone_table.h"

#define SHOP PEREBOR_SOURCE_DIR "/experiments/one_click/generator.yaml"

static const double shares[] = {0.1, 0.3, 0.5};
enum { n_shares = 3, n_resamples = 400, n_intervals = 4 + n_shares, n_population = 1000000 };
static const char *const interval_names[n_intervals] = {"difference (Newcombe)",
                                                        "adjusted (Lin, HC2)",
                                                        "ratio (Katz)",
                                                        "Qini",
                                                        "uplift of the first 10 %",
                                                        "uplift of the first 30 %",
                                                        "uplift of the first 50 %"};

static size_t n_logs = 30, n_rows = 1000;
static bool prints;
static perebor_generator *shop;
static char folder[SCRATCH_SIZE];

/** Customers of a log, or of the population. */
typedef struct customers {
    size_t n;
    double *score, *untreated, *effect; /**< [n] */
    uint8_t *treated, *outcome;         /**< [n] */
} customers;

static int set_up(void **state) {
    (void)state;
    perebor_error error = {0};
    return scratch_create(folder) == NULL ||
           perebor_generator_read(&shop, SHOP, &error) != PEREBOR_OK;
}

static void remove_files(void) {
    static const char *const files[] = {"market_file.csv", "market_money.csv", "market_time.csv",
                                        "money.csv",       "campaign.csv",     "truth.csv",
                                        "dirt.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[SCRATCH_SIZE + 32];
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
}

static int tear_down(void **state) {
    (void)state;
    remove_files();
    perebor_generator_free(shop);
    return rmdir(folder);
}

static void read_table(lone_table *table, const char *name) {
    char path[SCRATCH_SIZE + 32];
    perebor_error error = {0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    const perebor_table_source source = {.name = name, .path = path};
    *table = (lone_table){0};
    if (lone_table_read(table, &source, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

static size_t find(const lone_table *table, const char *name) {
    size_t column = table_find_column(&table->table, name);
    assert_true(column != TABLE_NO_COLUMN);
    return column;
}

/** Generates a log and reads who is in it. */
static customers draw(uint64_t seed, size_t n, bool poor) {
    perebor_error error = {0};
    perebor_generate_summary summary;
    const perebor_generate_options options = {.n_rows = n,
                                              .seed = seed,
                                              .scenario = PEREBOR_SCENARIO_CAMPAIGN,
                                              .clean = true,
                                              .folder = folder,
                                              .overwrite = true,
                                              .n_threads = 1};
    if (perebor_generate(shop, &options, &summary, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    lone_table truth, log, file;
    read_table(&truth, "truth.csv");
    read_table(&log, "campaign.csv");
    read_table(&file, "market_file.csv");
    assert_int_equal(truth.table.n_rows, n);
    customers drawn = {n,
                       calloc(n, sizeof(double)),
                       calloc(n, sizeof(double)),
                       calloc(n, sizeof(double)),
                       calloc(n, 1),
                       calloc(n, 1)};
    size_t untreated = find(&truth, "p_untreated"), treated = find(&truth, "p_treated");
    size_t got = find(&log, "Получил предложение"), answered = find(&log, "Откликнулся");
    size_t pages = find(&file, "Страниц_за_визит");
    for (size_t i = 0; i < n; i++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        drawn.untreated[i] = lone_table_number(&truth, untreated, i);
        drawn.effect[i] = lone_table_number(&truth, treated, i) - drawn.untreated[i];
        drawn.score[i] = poor ? lone_table_number(&file, pages, i) : drawn.untreated[i];
        drawn.treated[i] = strcmp(lone_table_text(&log, got, i, buffer), "да") == 0;
        drawn.outcome[i] = strcmp(lone_table_text(&log, answered, i, buffer), "да") == 0;
    }
    lone_table_release(&truth);
    lone_table_release(&log);
    lone_table_release(&file);
    return drawn;
}

static void release(customers *drawn) {
    free(drawn->score);
    free(drawn->untreated);
    free(drawn->effect);
    free(drawn->treated);
    free(drawn->outcome);
}

/** A customer whose effect is known. */
typedef struct placed {
    double score, effect, untreated;
} placed;

/** The highest score first. */
static int by_score(const void *left, const void *right) {
    const placed *a = left, *b = right;
    return (a->score < b->score) - (a->score > b->score);
}

/**
 * What is to be covered, from probabilities instead of outcomes. Inside a block of equal scores the
 * gain goes up evenly.
 */
static void find_truth(double truth[n_intervals], const customers *population) {
    size_t n = population->n;
    placed *sorted = calloc(n, sizeof *sorted);
    assert_non_null(sorted);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (placed){population->score[i], population->effect[i], population->untreated[i]};
    }
    qsort(sorted, n, sizeof *sorted, by_score);
    double sum = 0.0, untreated = 0.0, area = 0.0, before_gain = 0.0, before = 0.0;
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        sum += sorted[i].effect;
        untreated += sorted[i].untreated;
        if (i + 1 < n && sorted[i].score == sorted[i + 1].score) {
            continue;
        }
        double share = (double)(i + 1) / (double)n, gain = sum / (double)n;
        for (; next < n_shares && shares[next] <= share; next++) {
            double part = (shares[next] - before) / (share - before);
            truth[4 + next] = (before_gain + part * (gain - before_gain)) / shares[next];
        }
        area += 0.5 * (gain + before_gain) * (share - before);
        before = share;
        before_gain = gain;
    }
    truth[0] = truth[1] = sum / (double)n;
    truth[2] = (sum + untreated) / untreated;
    truth[3] = area - 0.5 * truth[0];
    free(sorted);
}

static void count_covered(size_t covered[n_intervals], double widths[n_intervals],
                          const customers *drawn, const double truth[n_intervals], uint64_t seed) {
    perebor_error error = {0};
    const campaign_rows rows = {drawn->n, drawn->treated, drawn->outcome, drawn->score};
    campaign_effect effect = campaign_effect_measure(&rows, NULL);
    uplift_curve curve = {0};
    assert_int_equal(
        uplift_curve_measure(&curve, &rows, shares, n_shares, n_resamples, seed, &error),
        PEREBOR_OK);
    const campaign_estimate intervals[n_intervals] = {
        effect.difference, effect.adjusted, effect.ratio,   curve.qini,
        curve.uplift[0],   curve.uplift[1], curve.uplift[2]};
    for (size_t i = 0; i < n_intervals; i++) {
        covered[i] += intervals[i].low <= truth[i] && truth[i] <= intervals[i].high ? 1 : 0;
        widths[i] += intervals[i].high - intervals[i].low;
    }
    uplift_curve_release(&curve);
}

/** The share of logs whose interval holds the truth is within some standard errors of .95. */
static void check_score(bool poor) {
    double truth[n_intervals], widths[n_intervals] = {0};
    size_t covered[n_intervals] = {0};
    customers population = draw(1, prints ? n_population : n_population / 20, poor);
    find_truth(truth, &population);
    release(&population);
    for (uint64_t log = 0; log < n_logs; log++) {
        customers drawn = draw(1000 + log, n_rows, poor);
        count_covered(covered, widths, &drawn, truth, log);
        release(&drawn);
    }
    if (prints) {
        printf("score: %s\n", poor ? "pages alone" : "the probability without treatment");
    }
    double margin = n_logs >= 500 ? 0.02 : 3.5 * sqrt(0.95 * 0.05 / (double)n_logs);
    for (size_t i = 0; i < n_intervals; i++) {
        double share = (double)covered[i] / (double)n_logs;
        if (prints) {
            printf("| %s | %.4f | %.4f | %.1f %% |\n", interval_names[i], truth[i],
                   widths[i] / (double)n_logs, 100.0 * share);
        }
        if (!(share >= 0.95 - margin && share <= 0.95 + margin)) {
            fail_msg("%s: %.3f of the intervals cover %.4f", interval_names[i], share, truth[i]);
        }
    }
}

static void test_intervals_cover_with_a_good_score(void **state) {
    (void)state;
    check_score(false);
}

static void test_intervals_cover_with_a_poor_score(void **state) {
    (void)state;
    check_score(true);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_cover_with_a_good_score),
        cmocka_unit_test(test_intervals_cover_with_a_poor_score),
    };
    prints = argc > 1;
    n_logs = argc > 1 ? strtoul(argv[1], NULL, 10) : n_logs;
    n_rows = argc > 2 ? strtoul(argv[2], NULL, 10) : n_rows;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
