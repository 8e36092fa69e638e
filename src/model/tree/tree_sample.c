// SPDX-License-Identifier: MIT
#include "model/tree/tree_sample.h"

#include <math.h>

#include "base/try.h"

/** Squares and cubes of sums up to this stay finite. */
static const double largest_sum = 1e75;

/** Sums of whole numbers below this are exact. */
static const double exact_below = 9007199254740992.0;

void tree_sample_of_labels(tree_sample *sample, const tree_columns *columns) {
    uint32_t n_of[2] = {columns->n_rows - columns->n_ones, columns->n_ones};
    *sample = (tree_sample){
        .n_present = columns->n_rows,
        .total = tree_sums_of((const double[2]){(double)n_of[0], (double)n_of[1]}, columns->n_rows),
        .n_of_class = {n_of[0], n_of[1]},
        .exact = true};
}

static perebor_status allocate(double (**terms)[2], const tree_columns *columns,
                               perebor_workspace *workspace, perebor_error *error) {
    *terms = perebor_workspace_take(workspace, columns->n_rows, sizeof **terms);
    if (*terms == NULL) {
        return perebor_no_memory(error, "for the weights of %u rows", (unsigned)columns->n_rows);
    }
    return PEREBOR_OK;
}

static perebor_status check_weights(const double *weights, const char *name, size_t n,
                                    perebor_error *error) {
    for (size_t row = 0; row < n; row++) {
        if (!(weights[row] >= 0.0) || isinf(weights[row])) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "the %s of row %zu is %.17g; it must be finite and at least 0",
                                name, row, weights[row]);
        }
    }
    return PEREBOR_OK;
}

/** Counts rows and adds up all of them. */
static perebor_status finish(tree_sample *sample, const tree_columns *columns,
                             perebor_error *error) {
    const tree_entry *rows = columns->entries + (size_t)columns->n_sorted * columns->n_rows;
    double sizes[2] = {0.0, 0.0};
    uint64_t n_counted = 0;
    sample->n_present = 0;
    for (uint32_t row = 0; row < columns->n_rows; row++) {
        bool has = tree_sample_has(sample, row);
        sample->n_present += has;
        n_counted += !has ? 0 : sample->counts == NULL ? 1 : sample->counts[row];
        sizes[0] += fabs(sample->terms[row][0]);
        sizes[1] += fabs(sample->terms[row][1]);
    }
    if (sample->n_present == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "all of the %u rows weigh nothing; a tree needs one that does",
                            (unsigned)columns->n_rows);
    }
    if (n_counted >= (uint64_t)1 << 31) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a tree takes fewer than 2^31 rows, and these count %llu times",
                            (unsigned long long)n_counted);
    }
    if (!(sizes[0] <= largest_sum && sizes[1] <= largest_sum)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "what rows weigh and tend to adds up to %.3g and %.3g; scale them so "
                            "that neither is above %.0e",
                            sizes[0], sizes[1], largest_sum);
    }
    sample->exact = sample->exact && sizes[0] + sizes[1] < exact_below;
    tree_sums sides[2];
    tree_sample_add(sample, rows, columns->n_rows, NULL, sides);
    sample->total = sides[0];
    sample->total.n_rows = (uint32_t)n_counted;
    return PEREBOR_OK;
}

perebor_status tree_sample_of_counts(tree_sample *sample, const tree_columns *columns,
                                     const uint32_t *counts, perebor_workspace *workspace,
                                     perebor_error *error) {
    perebor_status status;
    double(*terms)[2] = NULL;
    tree_sample result = {.counts = counts, .exact = true};
    PEREBOR_TRY(done, allocate(&terms, columns, workspace, error));
    for (uint32_t row = 0; row < columns->n_rows; row++) {
        uint8_t label = columns->labels[row];
        terms[row][label] = (double)counts[row];
        terms[row][1 - label] = 0.0;
        result.n_of_class[label] += counts[row];
    }
    result.terms = (const double(*)[2])terms;
    PEREBOR_TRY(done, finish(&result, columns, error));
    *sample = result;
done:
    return status;
}

perebor_status tree_sample_of_weights(tree_sample *sample, const tree_columns *columns,
                                      const double *weights, perebor_workspace *workspace,
                                      perebor_error *error) {
    perebor_status status;
    double(*terms)[2] = NULL;
    tree_sample result = {.exact = true};
    PEREBOR_TRY(done, check_weights(weights, "weight", columns->n_rows, error));
    PEREBOR_TRY(done, allocate(&terms, columns, workspace, error));
    for (uint32_t row = 0; row < columns->n_rows; row++) {
        uint8_t label = columns->labels[row];
        terms[row][label] = weights[row];
        terms[row][1 - label] = 0.0;
        result.n_of_class[label] += weights[row] > 0.0;
        result.exact = result.exact && weights[row] == floor(weights[row]);
    }
    result.terms = (const double(*)[2])terms;
    PEREBOR_TRY(done, finish(&result, columns, error));
    *sample = result;
done:
    return status;
}

perebor_status tree_sample_of_targets(tree_sample *sample, const tree_columns *columns,
                                      const double *targets, const double *weights,
                                      perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    double(*terms)[2] = NULL;
    tree_sample result = {.targets = targets};
    if (weights != NULL) {
        PEREBOR_TRY(done, check_weights(weights, "weight", columns->n_rows, error));
    }
    PEREBOR_TRY(done, allocate(&terms, columns, workspace, error));
    for (uint32_t row = 0; row < columns->n_rows; row++) {
        double weight = weights == NULL ? 1.0 : weights[row];
        terms[row][0] = weight;
        terms[row][1] = weight > 0.0 ? weight * targets[row] : 0.0;
    }
    result.terms = (const double(*)[2])terms;
    PEREBOR_TRY(done, finish(&result, columns, error));
    *sample = result;
done:
    return status;
}

perebor_status tree_sample_of_gradients(tree_sample *sample, const tree_columns *columns,
                                        const double *gradients, const double *hessians,
                                        perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    double(*terms)[2] = NULL;
    tree_sample result = {0};
    PEREBOR_TRY(done, check_weights(hessians, "hessian", columns->n_rows, error));
    PEREBOR_TRY(done, allocate(&terms, columns, workspace, error));
    for (uint32_t row = 0; row < columns->n_rows; row++) {
        terms[row][0] = hessians[row];
        terms[row][1] = -gradients[row];
    }
    result.terms = (const double(*)[2])terms;
    PEREBOR_TRY(done, finish(&result, columns, error));
    *sample = result;
done:
    return status;
}

void tree_sample_add(const tree_sample *sample, const tree_entry *entries, size_t n,
                     const uint8_t *goes_left, tree_sums sides[2]) {
    const double(*terms)[2] = sample->terms;
    double first[2] = {0.0, 0.0};
    bool labels = sample->n_of_class[0] + sample->n_of_class[1] > 0;
    sides[0] = sides[1] = (tree_sums){.pure = sample->targets != NULL};
    for (size_t i = 0; i < n; i++) {
        uint32_t row = tree_entry_row(entries[i]);
        size_t side = goes_left == NULL || goes_left[row] != 0 ? 0 : 1;
        tree_sums *sums = &sides[side];
        if (sample->targets != NULL && tree_sample_has(sample, row)) {
            first[side] = sums->n_rows == 0 ? sample->targets[row] : first[side];
            sums->pure = sums->pure && sample->targets[row] == first[side];
        }
        sums->of[0] += terms[row][0];
        sums->of[1] += terms[row][1];
        sums->n_rows += sample->counts == NULL ? tree_sample_has(sample, row) : sample->counts[row];
    }
    for (size_t side = 0; side < 2 && labels; side++) {
        sides[side] = tree_sums_of(sides[side].of, sides[side].n_rows);
    }
}
