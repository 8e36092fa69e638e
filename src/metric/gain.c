// SPDX-License-Identifier: MIT
#include "metric/gain.h"

#include <math.h>
#include <stdlib.h>

#include "statistics/value_order.h"

/** A walk down the scores, tie by tie. */
typedef struct descent {
    const metric_placed *sorted; /* [n] ascending */
    const uint8_t *labels;
    size_t n;
    size_t begin, end; /* The tie at hand, in rows from the top. */
    double above;      /* Positives above it, */
    double within;     /* and in it. */
} descent;

static double score_at(const descent *d, size_t from_top) {
    return d->sorted[d->n - 1 - from_top].value;
}

static void next_tie(descent *d) {
    d->above += d->within;
    d->within = 0.0;
    d->begin = d->end;
    for (; d->end < d->n && score_at(d, d->end) == score_at(d, d->begin); d->end++) {
        d->within += d->labels[d->sorted[d->n - 1 - d->end].place] ? 1.0 : 0.0;
    }
}

/** The positives expected in the first rows from the top, walking on to there. */
static double positives_until(descent *d, size_t row) {
    while (d->end < row) {
        next_tie(d);
    }
    double share = d->end > d->begin ? (double)(row - d->begin) / (double)(d->end - d->begin) : 0.0;
    return d->above + share * d->within;
}

static void cut(perebor_gain_part *parts, size_t n_parts, descent *d, double n_positive) {
    double overall = n_positive / (double)d->n;
    double before = 0.0;
    size_t begin = 0;
    for (size_t k = 0; k < n_parts; k++) {
        size_t end = (size_t)((uint64_t)(k + 1) * d->n / n_parts);
        double until = positives_until(d, end);
        perebor_gain_part *part = &parts[k];
        part->n = end - begin;
        part->lowest_score = part->n > 0 ? score_at(d, end - 1) : (double)NAN;
        part->n_positive = until - before;
        part->positive_share = part->n_positive / (double)part->n; // 0 / 0 is NaN
        part->lift = part->positive_share / overall;
        part->gain = until / n_positive;
        part->cumulative_lift = until / (double)end / overall;
        before = until;
        begin = end;
    }
}

perebor_status perebor_gain(perebor_gain_part *parts, size_t n_parts, const uint8_t *labels,
                            const double *scores, size_t n_rows, perebor_error *error) {
    double n_positive = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        n_positive += labels[row] ? 1.0 : 0.0;
    }
    if (n_parts == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "rows are cut into no parts: have 10");
    }
    if (n_positive == 0.0) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "none of %zu rows is positive: there is nothing to gain", n_rows);
    }
    metric_placed *sorted = metric_order_values(scores, n_rows);
    if (sorted == NULL) {
        return perebor_no_memory(error, "to sort %zu scores", n_rows);
    }
    descent d = {.sorted = sorted, .labels = labels, .n = n_rows};
    cut(parts, n_parts, &d, n_positive);
    free(sorted);
    return PEREBOR_OK;
}
