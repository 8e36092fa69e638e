// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_kernel.h"

#include <math.h>

#include "base/deadline.h"
#include "model/logreg/logreg_advance.h"
#include "model/logreg/logreg_run.h"

// Sums are over eight lanes, whose order is fixed; but a register of the level may hold fewer, and
// gcc lowers wider vectors poorly. So where it matters, the lanes are summed a register's worth at
// a time: the outermost loop is over these parts of the eight.
enum { n_parts = PEREBOR_LANES / PEREBOR_NATIVE_LANES };

/** The sum of a * b. */
PEREBOR_INLINE double sum_of_products(const double *a, const double *b, size_t n) {
    double lanes[PEREBOR_LANES];
    for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
        vnd sum = vnd_set(0.0);
        for (size_t row = part; row < n; row += PEREBOR_LANES) {
            sum += vnd_load(a + row) * vnd_load(b + row);
        }
        vnd_store(lanes + part, sum);
    }
    return v8d_sum(v8d_load(lanes));
}

static double mean(const double *column, const double *signs, size_t n_rows, size_t stride,
                   bool *constant) {
    size_t row = 1;
    while (row < n_rows && column[row] == column[0]) {
        row++;
    }
    *constant = row >= n_rows;
    double lanes[PEREBOR_LANES];
    for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
        vnd sum = vnd_set(0.0);
        for (row = part; row < stride; row += PEREBOR_LANES) {
            vnd sign = vnd_load(signs + row);
            sum += vnd_load(column + row) * sign * sign;
        }
        vnd_store(lanes + part, sum);
    }
    return v8d_sum(v8d_load(lanes)) / (double)n_rows;
}

static void multiply(double *values, double factor, size_t n) {
    vnd factors = vnd_set(factor);
    for (size_t row = 0; row < n; row += PEREBOR_NATIVE_LANES) {
        vnd_store(values + row, vnd_load(values + row) * factors);
    }
}

static double standardise(double *standard, const double *column, const double *signs,
                          size_t n_rows, size_t stride, double centre) {
    const double too_small = 1e-150; // its square would vanish
    for (size_t row = 0; row < stride; row += PEREBOR_NATIVE_LANES) {
        vnd_store(standard + row,
                  (vnd_load(column + row) - vnd_set(centre)) * vnd_load(signs + row));
    }
    double largest = logreg_largest_magnitude(standard, stride);
    if (!(largest > too_small)) {
        memset(standard, 0, stride * sizeof *standard);
        return 0.0;
    }
    if (largest > 1e100 || largest < 1e-100) { // squares must not leave the range
        multiply(standard, 1.0 / largest, stride);
    } else {
        largest = 1.0;
    }
    double scale = sqrt(sum_of_products(standard, standard, stride) / (double)n_rows);
    multiply(standard, 1.0 / scale, stride);
    return largest * scale;
}

static double advance(double *margins, const double *direction, double alpha, const double *signs,
                      size_t stride, logreg_class_weights weights, double *pull, double *root) {
    logreg_rows rows = {.signs = signs};
    rows.margins = margins;
    rows.pull = pull;
    rows.root = root;
    logreg_loss loss = logreg_loss_begin(weights);
    for (size_t start = 0; start < stride; start += LOGREG_BLOCK) {
        const size_t end = start + LOGREG_BLOCK < stride ? start + LOGREG_BLOCK : stride;
        logreg_advance_rows(&loss, &rows, direction, alpha, start, end);
        logreg_loss_settle(&loss);
    }
    return logreg_loss_end(&loss);
}

static void gradient(double *gradient_out, const double *columns, size_t stride, size_t n_columns,
                     const double *pull) {
    size_t column = 0;
    size_t worked = 0;
    for (; column + LOGREG_TILE <= n_columns; column += LOGREG_TILE) {
        if (perebor_deadline_passed_after(&worked, LOGREG_TILE * stride)) {
            return;
        }
        const double *first = columns + column * stride;
        double lanes[LOGREG_TILE][PEREBOR_LANES];
        for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
            vnd sums[LOGREG_TILE];
            for (size_t k = 0; k < LOGREG_TILE; k++) {
                sums[k] = vnd_set(0.0);
            }
            for (size_t row = part; row < stride; row += PEREBOR_LANES) {
                vnd p = vnd_load(pull + row);
                for (size_t k = 0; k < LOGREG_TILE; k++) {
                    sums[k] += p * vnd_load(first + k * stride + row);
                }
            }
            for (size_t k = 0; k < LOGREG_TILE; k++) {
                vnd_store(lanes[k] + part, sums[k]);
            }
        }
        for (size_t k = 0; k < LOGREG_TILE; k++) {
            gradient_out[column + k] = -v8d_sum(v8d_load(lanes[k]));
        }
    }
    for (; column < n_columns; column++) {
        gradient_out[column] = -sum_of_products(pull, columns + column * stride, stride);
    }
}

/* The matrix of curvature in double precision. */
typedef double gram_value;
typedef vnd gram_vector;
enum {
    gram_lanes = PEREBOR_LANES,
    gram_native = PEREBOR_NATIVE_LANES,
    gram_block = LOGREG_BLOCK,
};

PEREBOR_INLINE vnd gram_zero(void) {
    return vnd_set(0.0);
}

PEREBOR_INLINE vnd gram_load(const double *from) {
    return vnd_load(from);
}

PEREBOR_INLINE void gram_store(double *to, vnd sums) {
    vnd_store(to, sums);
}

PEREBOR_INLINE void gram_narrow(double *to, vnd terms) {
    vnd_store(to, terms);
}

#include "model/logreg/logreg_gram.h"

/** How many registers of rows are combined at a time. */
enum { group_size = 4, group_rows = group_size * PEREBOR_NATIVE_LANES };

/** start + the columns times factors, for @p n_vectors registers of rows; all columns if no list.
 */
PEREBOR_INLINE void combine_rows(double *sums_out, const double *columns, size_t stride,
                                 const size_t *list, const double *factors, size_t n_listed,
                                 double start, size_t n_vectors) {
    vnd sums[PEREBOR_LANES];
    for (size_t k = 0; k < n_vectors; k++) {
        sums[k] = vnd_set(start);
    }
    for (size_t a = 0; a < n_listed; a++) {
        const double *column = columns + (list != NULL ? list[a] : a) * stride;
        vnd factor = vnd_set(factors[a]);
        for (size_t k = 0; k < n_vectors; k++) {
            sums[k] += factor * vnd_load(column + k * PEREBOR_NATIVE_LANES);
        }
    }
    for (size_t k = 0; k < n_vectors; k++) {
        vnd_store(sums_out + k * PEREBOR_NATIVE_LANES, sums[k]);
    }
}

/** Columns beyond which rows are combined in long runs, which read memory as it lies. */
enum { many_columns = 64 };

static double combine_runs(double *direction, const double *columns, size_t stride,
                           const size_t *list, const double *steps, size_t n_listed) {
    size_t worked = 0;
    for (size_t row = 0; row < stride; row += LOGREG_RUN_ROWS) {
        size_t n_rows = stride - row < LOGREG_RUN_ROWS ? stride - row : LOGREG_RUN_ROWS;
        if (perebor_deadline_passed_after(&worked, n_rows * n_listed)) {
            return 0.0;
        }
        logreg_combine_run(direction + row, columns + row, stride, list, steps, n_listed, 0.0,
                           n_rows);
    }
    return logreg_largest_magnitude(direction, stride);
}

/** lanes[j] += column j times rows, lane by lane. */
static void add_to_lanes(double *lanes, const double *columns, size_t stride, size_t n_columns,
                         const double *rows, size_t n_rows) {
    for (size_t column = 0; column < n_columns; column++) {
        const double *values = columns + column * stride;
        for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
            vnd sum = vnd_load(lanes + column * PEREBOR_LANES + part);
            for (size_t row = part; row < n_rows; row += PEREBOR_LANES) {
                sum += vnd_load(values + row) * vnd_load(rows + row);
            }
            vnd_store(lanes + column * PEREBOR_LANES + part, sum);
        }
    }
}

static void curve(double *products, double *rows, const double *packed, size_t stride,
                  size_t n_columns, const double *factors, const double *weights, double *lanes) {
    size_t block = logreg_block_rows(n_columns);
    size_t worked = 0;
    memset(lanes, 0, n_columns * PEREBOR_LANES * sizeof *lanes);
    for (size_t start = 0; start < stride; start += block) {
        size_t n_rows = stride - start < block ? stride - start : block;
        if (perebor_deadline_passed_after(&worked, 2 * n_rows * n_columns)) {
            return;
        }
        double sums[LOGREG_RUN_ROWS];
        const double *columns = packed + start * n_columns;
        logreg_combine_run(sums, columns, n_rows, NULL, factors, n_columns, 0.0, n_rows);
        for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
            vnd sum = vnd_load(rows + start + row) + vnd_load(sums + row);
            vnd_store(rows + start + row, sum * vnd_load(weights + start + row));
        }
        add_to_lanes(lanes, columns, n_rows, n_columns, rows + start, n_rows);
    }
    for (size_t column = 0; column < n_columns; column++) {
        products[column] = v8d_sum(v8d_load(lanes + column * PEREBOR_LANES));
    }
}

static double combine(double *direction, const double *columns, size_t stride, const size_t *list,
                      const double *steps, size_t n_listed) {
    if (n_listed > many_columns) {
        return combine_runs(direction, columns, stride, list, steps, n_listed);
    }
    size_t row = 0;
    size_t worked = 0;
    for (; row + group_rows <= stride; row += group_rows) {
        if (perebor_deadline_passed_after(&worked, group_rows * n_listed)) {
            return 0.0;
        }
        combine_rows(direction + row, columns + row, stride, list, steps, n_listed, 0.0,
                     group_size);
    }
    for (; row < stride; row += PEREBOR_LANES) {
        combine_rows(direction + row, columns + row, stride, list, steps, n_listed, 0.0, n_parts);
    }
    return logreg_largest_magnitude(direction, stride);
}

/** Rows up to a whole run may be read: columns are padded to whole vectors. */
static void score_runs(double *scores, const double *values, size_t n_rows, size_t stride,
                       const double *coefficients, size_t n_columns, double intercept) {
    double sums[LOGREG_RUN_ROWS];
    size_t worked = 0;
    for (size_t row = 0; row < n_rows; row += LOGREG_RUN_ROWS) {
        size_t n_left = n_rows - row < LOGREG_RUN_ROWS ? n_rows - row : LOGREG_RUN_ROWS;
        if (perebor_deadline_passed_after(&worked, n_left * n_columns)) {
            return;
        }
        size_t n_padded = (n_left + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
        logreg_combine_run(sums, values + row, stride, NULL, coefficients, n_columns, intercept,
                           n_padded);
        memcpy(scores + row, sums, n_left * sizeof *scores);
    }
}

static void score(double *scores, const double *values, size_t n_rows, size_t stride,
                  const double *coefficients, size_t n_columns, double intercept) {
    if (n_columns > many_columns) {
        score_runs(scores, values, n_rows, stride, coefficients, n_columns, intercept);
        return;
    }
    size_t row = 0;
    size_t worked = 0;
    for (; row + group_rows <= n_rows; row += group_rows) {
        if (perebor_deadline_passed_after(&worked, group_rows * n_columns)) {
            return;
        }
        combine_rows(scores + row, values + row, stride, NULL, coefficients, n_columns, intercept,
                     group_size);
    }
    for (; row < n_rows; row += PEREBOR_LANES) {
        double sums[PEREBOR_LANES];
        combine_rows(sums, values + row, stride, NULL, coefficients, n_columns, intercept, n_parts);
        size_t n_left = n_rows - row < PEREBOR_LANES ? n_rows - row : PEREBOR_LANES;
        memcpy(scores + row, sums, n_left * sizeof *scores);
    }
}

static void score_levels(double *scores, const uint32_t *codes, size_t n_rows,
                         const double *coefficients, size_t n_levels) {
    for (size_t row = 0; row < n_rows; row++) {
        if (codes[row] < n_levels) {
            scores[row] += coefficients[codes[row]];
        }
    }
}

const logreg_kernels PEREBOR_KERNEL(logreg_kernels) = {
    .mean = mean,
    .standardise = standardise,
    .advance = advance,
    .gradient = gradient,
    .curve = curve,
    .gram = gram,
    .combine = combine,
    .score = score,
    .score_levels = score_levels,
};
