// SPDX-License-Identifier: MIT
#include "campaign/uplift_curve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "base/try.h"
#include "statistics/quantile.h"
#include "statistics/value_order.h"

/** Customers by score, the highest first; those of one score are a block. */
typedef struct ordered_rows {
    size_t n;
    uint8_t *cell;      /**< [n] 2 treated + outcome */
    bool *ends_block;   /**< [n] the last of its score */
    uint32_t *of_group; /**< [n] places of the untreated, then of the treated */
    size_t n_untreated;
} ordered_rows;

/** Sums over those who come first: by cell, see ordered_rows. */
typedef struct cell_sums {
    double n[4];
} cell_sums;

/** One pass over the customers. */
typedef struct curve_pass {
    const double *shares;
    size_t n_shares;
    double *uplift; /**< [n_shares] */
    double *gain;   /**< [UPLIFT_POINTS] or NULL */
    double qini;
} curve_pass;

static double total(const cell_sums *sums) {
    return sums->n[0] + sums->n[1] + sums->n[2] + sums->n[3];
}

/** Share positive of the treated less that of the untreated; NaN where one of them is nobody. */
static double uplift_of(const cell_sums *sums) {
    double untreated = sums->n[0] + sums->n[1], treated = sums->n[2] + sums->n[3];
    return untreated > 0.0 && treated > 0.0 ? sums->n[3] / treated - sums->n[1] / untreated
                                            : (double)NAN;
}

/** φ uplift; 0 where there is nobody to compare with yet. */
static double gain_of(const cell_sums *sums, double n) {
    double uplift = uplift_of(sums);
    return isnan(uplift) ? 0.0 : total(sums) / n * uplift;
}

/** The sums when a part of a block has been added. */
static cell_sums between(const cell_sums *before, const cell_sums *after, double part) {
    cell_sums sums;
    for (size_t c = 0; c < 4; c++) {
        sums.n[c] = before->n[c] + part * (after->n[c] - before->n[c]);
    }
    return sums;
}

/**
 * Goes down the customers, each counted so many times.
 *
 * @param[in] times  [n]; NULL: once.
 */
static void go_down(curve_pass *pass, const ordered_rows *rows, const uint16_t *times) {
    cell_sums before = {0}, after = {0};
    size_t next_share = 0, next_point = 1;
    double area = 0.0, n = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        n += times == NULL ? 1.0 : times[i];
    }
    for (size_t i = 0; i < rows->n; i++) {
        after.n[rows->cell[i]] += times == NULL ? 1.0 : times[i];
        if (!rows->ends_block[i]) {
            continue;
        }
        double from = total(&before) / n, to = total(&after) / n;
        double end = i + 1 == rows->n ? 2.0 : to; // what rounds to above 1 belongs to the last
        area += 0.5 * (gain_of(&before, n) + gain_of(&after, n)) * (to - from);
        for (; next_share < pass->n_shares && pass->shares[next_share] <= end; next_share++) {
            double part = to > from ? (pass->shares[next_share] - from) / (to - from) : 1.0;
            cell_sums here = between(&before, &after, part < 1.0 ? part : 1.0);
            pass->uplift[next_share] = uplift_of(&here);
        }
        for (; pass->gain != NULL && next_point < UPLIFT_POINTS &&
               (double)next_point / (UPLIFT_POINTS - 1) <= end;
             next_point++) {
            double share = (double)next_point / (UPLIFT_POINTS - 1);
            double part = to > from ? (share - from) / (to - from) : 1.0;
            cell_sums here = between(&before, &after, part < 1.0 ? part : 1.0);
            pass->gain[next_point] = gain_of(&here, n);
        }
        before = after;
    }
    pass->qini = area - 0.5 * gain_of(&after, n);
}

static perebor_status order(ordered_rows *ordered, const campaign_rows *rows,
                            perebor_error *error) {
    size_t n = rows->n, n_untreated = 0, n_treated = 0;
    metric_placed *placed = metric_order_values(rows->score, n);
    *ordered = (ordered_rows){.n = n,
                              .cell = calloc(n + 1, 1),
                              .ends_block = calloc(n + 1, sizeof(bool)),
                              .of_group = malloc((n + 1) * sizeof(uint32_t))};
    if (placed == NULL || ordered->cell == NULL || ordered->ends_block == NULL ||
        ordered->of_group == NULL) {
        free(placed);
        return perebor_no_memory(error, "for %zu customers of a campaign", n);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t row = placed[n - 1 - i].place;
        ordered->cell[i] = (uint8_t)(2 * rows->treated[row] + rows->outcome[row]);
        ordered->ends_block[i] = i + 1 == n || placed[n - 2 - i].value != placed[n - 1 - i].value;
        ordered->n_untreated += rows->treated[row] == 0 ? 1 : 0;
    }
    for (size_t i = 0; i < n; i++) {
        bool treated = ordered->cell[i] >= 2;
        size_t at = treated ? ordered->n_untreated + n_treated++ : n_untreated++;
        ordered->of_group[at] = (uint32_t)i;
    }
    free(placed);
    return PEREBOR_OK;
}

/** Draws each group anew, two customers from 64 bits. @param[out] times [n] */
static void resample(uint16_t *times, const ordered_rows *rows, perebor_stream stream,
                     uint64_t number) {
    const size_t first[] = {0, rows->n_untreated, rows->n};
    uint64_t draw = 0;
    memset(times, 0, rows->n * sizeof *times);
    for (size_t group = 0; group < 2; group++) {
        uint64_t n = first[group + 1] - first[group];
        for (uint64_t i = 0; i < n; i += 2) {
            uint64_t bits = perebor_stream_bits(stream, number, draw++);
            for (uint64_t half = 0; half < 2 && i + half < n; half++) {
                uint64_t drawn = ((bits >> (32 * half)) & UINT32_MAX) * n >> 32;
                times[rows->of_group[first[group] + drawn]] += 1;
            }
        }
    }
}

/** The percentiles 2.5 and 97.5 of those that are numbers. @param[in,out] values, spare [n] */
static void bound(campaign_estimate *estimate, double *values, double *spare, size_t n) {
    size_t n_known = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(values[i])) {
            values[n_known++] = values[i];
        }
    }
    estimate->low = estimate->high = (double)NAN;
    if (n_known > 0) {
        perebor_values_sort(values, spare, n_known);
        estimate->low = perebor_quantile(values, n_known, 0.025);
        estimate->high = perebor_quantile(values, n_known, 0.975);
    }
}

/** Intervals from passes over resamples. */
static perebor_status resample_all(uplift_curve *curve, const ordered_rows *rows,
                                   const double *shares, size_t n_shares, size_t n_resamples,
                                   uint64_t seed, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_stream stream = perebor_stream_make(seed, "campaign bootstrap");
    uint16_t *times = calloc(rows->n + 1, sizeof *times);
    double *uplift = calloc(n_shares + 1, sizeof *uplift);
    double *values = calloc((n_shares + 2) * (n_resamples + 1), sizeof *values);
    if (times == NULL || uplift == NULL || values == NULL) {
        status = perebor_no_memory(error, "for %zu resamples", n_resamples);
        goto done;
    }
    for (size_t r = 0; r < n_resamples; r++) {
        curve_pass pass = {shares, n_shares, uplift, NULL, 0.0};
        for (size_t k = 0; k < n_shares; k++) {
            uplift[k] = (double)NAN;
        }
        resample(times, rows, stream, r);
        go_down(&pass, rows, times);
        values[r] = pass.qini;
        for (size_t k = 0; k < n_shares; k++) {
            values[(k + 1) * n_resamples + r] = uplift[k];
        }
    }
    double *spare = values + (n_shares + 1) * n_resamples;
    bound(&curve->qini, values, spare, n_resamples);
    for (size_t k = 0; k < n_shares; k++) {
        bound(&curve->uplift[k], values + (k + 1) * n_resamples, spare, n_resamples);
    }
done:
    free(times);
    free(uplift);
    free(values);
    return status;
}

perebor_status uplift_curve_measure(uplift_curve *curve, const campaign_rows *rows,
                                    const double *shares, size_t n_shares, size_t n_resamples,
                                    uint64_t seed, perebor_error *error) {
    perebor_status status;
    ordered_rows ordered = {0};
    double uplift[32] = {0};
    curve_pass pass = {shares, n_shares, uplift, curve->gain, 0.0};
    curve->uplift = calloc(n_shares + 1, sizeof *curve->uplift);
    if (curve->uplift == NULL || n_shares > sizeof uplift / sizeof *uplift) {
        return perebor_no_memory(error, "for %zu shares", n_shares);
    }
    PEREBOR_TRY(done, order(&ordered, rows, error));
    go_down(&pass, &ordered, NULL);
    curve->qini = (campaign_estimate){pass.qini, (double)NAN, (double)NAN};
    for (size_t k = 0; k < n_shares; k++) {
        curve->uplift[k] = (campaign_estimate){uplift[k], (double)NAN, (double)NAN};
    }
    if (n_resamples > 0) {
        PEREBOR_TRY(done,
                    resample_all(curve, &ordered, shares, n_shares, n_resamples, seed, error));
    }
done:
    free(ordered.cell);
    free(ordered.ends_block);
    free(ordered.of_group);
    return status;
}

void uplift_curve_release(uplift_curve *curve) {
    free(curve->uplift);
    *curve = (uplift_curve){0};
}
