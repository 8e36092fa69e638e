// SPDX-License-Identifier: MIT
#include "model/logreg_kernel.h"

#include <math.h>

#include "base/arithmetic.h"

PEREBOR_INLINE v8d larger(v8d a, v8d b) {
    return v8d_select(a > b, a, b);
}

static double largest_lane(v8d lanes) {
    double largest = lanes[0];
    for (size_t lane = 1; lane < PEREBOR_LANES; lane++) {
        largest = lanes[lane] > largest ? lanes[lane] : largest;
    }
    return largest;
}

static double mean(const double *column, const double *signs, size_t n_rows, size_t stride,
                   bool *constant) {
    v8d first = v8d_set(column[0]);
    v8d sum = v8d_set(0.0);
    v8i differs = (v8i){0};
    for (size_t row = 0; row < stride; row += PEREBOR_LANES) {
        v8d x = v8d_load(column + row);
        v8d sign = v8d_load(signs + row);
        differs |= (x != first) & (sign != v8d_set(0.0));
        sum += x * sign * sign;
    }
    int64_t any = 0;
    for (size_t lane = 0; lane < PEREBOR_LANES; lane++) {
        any |= differs[lane];
    }
    *constant = any == 0;
    return v8d_sum(sum) / (double)n_rows;
}

static double standardise(double *standard, const double *column, const double *signs,
                          size_t n_rows, size_t stride, double centre) {
    const double too_small = 1e-150; // its square would vanish
    v8d largest = v8d_set(0.0);
    for (size_t row = 0; row < stride; row += PEREBOR_LANES) {
        v8d deviation = (v8d_load(column + row) - v8d_set(centre)) * v8d_load(signs + row);
        largest = larger(v8d_abs(deviation), largest);
        v8d_store(standard + row, deviation);
    }
    double bound = largest_lane(largest);
    if (!(bound > too_small)) {
        memset(standard, 0, stride * sizeof *standard);
        return 0.0;
    }
    v8d squares = v8d_set(0.0);
    v8d unit = v8d_set(1.0 / bound);
    for (size_t row = 0; row < stride; row += PEREBOR_LANES) {
        v8d deviation = v8d_load(standard + row) * unit;
        squares += deviation * deviation;
    }
    double scale = bound * sqrt(v8d_sum(squares) / (double)n_rows);
    unit = v8d_set(1.0 / scale);
    for (size_t row = 0; row < stride; row += PEREBOR_LANES) {
        v8d_store(standard + row, v8d_load(standard + row) * unit);
    }
    return scale;
}

/** Sums of max(0, -margin), and products of 1 + exp(-|margin|), for the rows of one class. */
typedef struct class_loss {
    v8d hinge, product;
    double logs;
} class_loss;

PEREBOR_INLINE void add_to_loss(class_loss *loss, v8i member, v8d hinge, v8d factor) {
    loss->hinge += v8d_select(member, hinge, v8d_set(0.0));
    loss->product *= v8d_select(member, factor, v8d_set(1.0));
}

/** Takes one logarithm of up to LOGREG_BLOCK factors of at most 2: their product is finite. */
PEREBOR_INLINE void take_logarithm(class_loss *loss) {
    v8d p = loss->product;
    double product = ((p[0] * p[4]) * (p[2] * p[6])) * ((p[1] * p[5]) * (p[3] * p[7]));
    loss->logs += perebor_log(product);
    loss->product = v8d_set(1.0);
}

static double advance(double *margins, const double *direction, double alpha, const double *signs,
                      size_t stride, logreg_class_weights weights, double *pull, double *root) {
    const v8d zero = v8d_set(0.0);
    const v8d one = v8d_set(1.0);
    const v8d step = v8d_set(alpha);
    const v8d weight_of_positive = v8d_set(weights.positive);
    const v8d weight_of_negative = v8d_set(weights.negative);
    const v8d root_of_positive = v8d_set(sqrt(weights.positive));
    const v8d root_of_negative = v8d_set(sqrt(weights.negative));
    class_loss positive = {zero, one, 0.0};
    class_loss negative = {zero, one, 0.0};
    for (size_t start = 0; start < stride; start += LOGREG_BLOCK) {
        size_t end = start + LOGREG_BLOCK < stride ? start + LOGREG_BLOCK : stride;
        for (size_t row = start; row < end; row += PEREBOR_LANES) {
            v8d sign = v8d_load(signs + row);
            v8i is_positive = sign > zero;
            v8i is_negative = sign < zero;
            v8d margin = v8d_load(margins + row) + step * v8d_load(direction + row);
            v8d_store(margins + row, margin);
            // exp(-|m|/2), whose square is exp(-|m|): the root of p(1-p) comes without a root
            v8d half = v8d_exp(v8d_abs(margin) * v8d_set(-0.5));
            v8d factor = one + half * half;
            v8d likely = one / factor;
            v8d other = v8d_select(margin > zero, half * half * likely, likely);
            v8d weight = v8d_select(is_positive, weight_of_positive,
                                    v8d_select(is_negative, weight_of_negative, zero));
            v8d weight_root = v8d_select(is_positive, root_of_positive,
                                         v8d_select(is_negative, root_of_negative, zero));
            v8d_store(pull + row, weight * other);
            v8d_store(root + row, weight_root * (half * likely));
            v8d hinge = v8d_select(margin < zero, -margin, zero);
            add_to_loss(&positive, is_positive, hinge, factor);
            add_to_loss(&negative, is_negative, hinge, factor);
        }
        take_logarithm(&positive);
        take_logarithm(&negative);
    }
    return weights.positive * (v8d_sum(positive.hinge) + positive.logs) +
           weights.negative * (v8d_sum(negative.hinge) + negative.logs);
}

static void gradient(double *gradient_out, const double *columns, size_t stride, size_t n_columns,
                     const double *pull) {
    size_t column = 0;
    for (; column + LOGREG_TILE <= n_columns; column += LOGREG_TILE) {
        const double *first = columns + column * stride;
        v8d sums[LOGREG_TILE] = {v8d_set(0.0), v8d_set(0.0), v8d_set(0.0), v8d_set(0.0)};
        for (size_t row = 0; row < stride; row += PEREBOR_LANES) {
            v8d p = v8d_load(pull + row);
            for (size_t k = 0; k < LOGREG_TILE; k++) {
                sums[k] += p * v8d_load(first + k * stride + row);
            }
        }
        for (size_t k = 0; k < LOGREG_TILE; k++) {
            gradient_out[column + k] = -v8d_sum(sums[k]);
        }
    }
    for (; column < n_columns; column++) {
        v8d sum = v8d_set(0.0);
        for (size_t row = 0; row < stride; row += PEREBOR_LANES) {
            sum += v8d_load(pull + row) * v8d_load(columns + column * stride + row);
        }
        gradient_out[column] = -v8d_sum(sum);
    }
}

// Registers decide how many sums run at once; each sum's order is the same however many do.
#if defined(__AVX512F__)
enum { TILE_ROWS = 4, TILE_COLUMNS = 4 };
#else
enum { TILE_ROWS = 2, TILE_COLUMNS = 1 };
#endif

/** Adds the products of two groups of panel columns to their place in the Gram matrix. */
PEREBOR_INLINE void add_tile(double *gram, size_t ld, const double *rows, const double *columns,
                             size_t length) {
    v8d sums[TILE_ROWS][TILE_COLUMNS];
    for (size_t a = 0; a < TILE_ROWS; a++) {
        for (size_t b = 0; b < TILE_COLUMNS; b++) {
            sums[a][b] = v8d_set(0.0);
        }
    }
    for (size_t row = 0; row < length; row += PEREBOR_LANES) {
        v8d right[TILE_COLUMNS];
        for (size_t b = 0; b < TILE_COLUMNS; b++) {
            right[b] = v8d_load(columns + b * LOGREG_BLOCK + row);
        }
        for (size_t a = 0; a < TILE_ROWS; a++) {
            v8d left = v8d_load(rows + a * LOGREG_BLOCK + row);
            for (size_t b = 0; b < TILE_COLUMNS; b++) {
                sums[a][b] += left * right[b];
            }
        }
    }
    for (size_t a = 0; a < TILE_ROWS; a++) {
        for (size_t b = 0; b < TILE_COLUMNS; b++) {
            gram[a * ld + b] += v8d_sum(sums[a][b]);
        }
    }
}

/** panel = root * column, for the columns listed and one block of rows; zeros up to n_padded. */
static void fill_panel(double *panel, size_t n_padded, const double *columns, size_t stride,
                       const size_t *list, size_t n_listed, const double *root, size_t length) {
    for (size_t a = 0; a < n_listed; a++) {
        const double *column = columns + list[a] * stride;
        for (size_t row = 0; row < length; row += PEREBOR_LANES) {
            v8d_store(panel + a * LOGREG_BLOCK + row,
                      v8d_load(root + row) * v8d_load(column + row));
        }
    }
    memset(panel + n_listed * LOGREG_BLOCK, 0,
           (n_padded - n_listed) * LOGREG_BLOCK * sizeof *panel);
}

static void gram(double *gram_out, size_t ld, const double *columns, size_t stride,
                 const size_t *list, size_t n_listed, const double *root, double *panel) {
    size_t n_padded = (n_listed + LOGREG_TILE - 1) / LOGREG_TILE * LOGREG_TILE;
    for (size_t a = 0; a < n_padded; a++) {
        memset(gram_out + a * ld, 0, n_padded * sizeof *gram_out);
    }
    for (size_t start = 0; start < stride; start += LOGREG_BLOCK) {
        size_t length = start + LOGREG_BLOCK < stride ? LOGREG_BLOCK : stride - start;
        fill_panel(panel, n_padded, columns + start, stride, list, n_listed, root + start, length);
        for (size_t a = 0; a < n_padded; a += TILE_ROWS) {
            for (size_t b = 0; b < a + TILE_ROWS; b += TILE_COLUMNS) {
                add_tile(gram_out + a * ld + b, ld, panel + a * LOGREG_BLOCK,
                         panel + b * LOGREG_BLOCK, length);
            }
        }
    }
    for (size_t a = 0; a < n_listed; a++) {
        for (size_t b = a + 1; b < n_listed; b++) {
            gram_out[a * ld + b] = gram_out[b * ld + a];
        }
    }
}

static double combine(double *direction, const double *columns, size_t stride, const size_t *list,
                      const double *steps, size_t n_listed) {
    enum { GROUP = 4 * PEREBOR_LANES };
    v8d largest = v8d_set(0.0);
    size_t row = 0;
    for (; row + GROUP <= stride; row += GROUP) {
        v8d sums[4] = {v8d_set(0.0), v8d_set(0.0), v8d_set(0.0), v8d_set(0.0)};
        for (size_t a = 0; a < n_listed; a++) {
            const double *column = columns + list[a] * stride + row;
            v8d step = v8d_set(steps[a]);
            for (size_t k = 0; k < 4; k++) {
                sums[k] += step * v8d_load(column + k * PEREBOR_LANES);
            }
        }
        for (size_t k = 0; k < 4; k++) {
            v8d_store(direction + row + k * PEREBOR_LANES, sums[k]);
            largest = larger(v8d_abs(sums[k]), largest);
        }
    }
    for (; row < stride; row += PEREBOR_LANES) {
        v8d sum = v8d_set(0.0);
        for (size_t a = 0; a < n_listed; a++) {
            sum += v8d_set(steps[a]) * v8d_load(columns + list[a] * stride + row);
        }
        v8d_store(direction + row, sum);
        largest = larger(v8d_abs(sum), largest);
    }
    return largest_lane(largest);
}

static void score(double *scores, const double *values, size_t n_rows, size_t stride,
                  const double *coefficients, size_t n_columns, double intercept) {
    for (size_t row = 0; row < n_rows; row += PEREBOR_LANES) {
        v8d sum = v8d_set(intercept);
        for (size_t column = 0; column < n_columns; column++) {
            if (coefficients[column] != 0.0) {
                sum += v8d_set(coefficients[column]) * v8d_load(values + column * stride + row);
            }
        }
        size_t n_left = n_rows - row < PEREBOR_LANES ? n_rows - row : PEREBOR_LANES;
        memcpy(scores + row, &sum, n_left * sizeof *scores);
    }
}

const logreg_kernels PEREBOR_KERNEL(logreg_kernels) = {
    .mean = mean,
    .standardise = standardise,
    .advance = advance,
    .gradient = gradient,
    .gram = gram,
    .combine = combine,
    .score = score,
};
