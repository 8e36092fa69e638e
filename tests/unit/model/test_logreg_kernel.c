// SPDX-License-Identifier: MIT
/* The passes of logistic regression over the rows, against plain loops. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/logreg/logreg_kernel.h"
#include "model/logreg/logreg_single.h"
#include "model/logreg/logreg_view.h"

enum { most_rows = 1040, most_columns = 11, ld = 16, n_rounds = 40 };

/** Columns as the solver has them: the column of signs first, padding zero. */
typedef struct passes {
    size_t n_rows, stride, n_columns;
    _Alignas(64) double columns[most_columns * most_rows];
    _Alignas(64) double margins[most_rows], direction[most_rows], pull[most_rows], root[most_rows];
} passes;

static const logreg_kernels *kernels(void) {
    return PEREBOR_KERNEL_PICK(logreg_kernels);
}

static double *column_of(passes *passes, size_t column) {
    return passes->columns + column * passes->stride;
}

/** Some tables end inside a block of rows, some beyond one or two. */
static void draw_passes(passes *passes, uint64_t *state) {
    memset(passes, 0, sizeof *passes);
    passes->n_rows = 1 + draw_bits(state) % (draw_bits(state) % 2 ? 40 : most_rows);
    passes->stride = (passes->n_rows + 7) / 8 * 8;
    passes->n_columns = 1 + draw_bits(state) % most_columns;
    for (size_t row = 0; row < passes->n_rows; row++) {
        column_of(passes, 0)[row] = draw_bits(state) % 3 == 0 ? 1.0 : -1.0;
        for (size_t column = 1; column < passes->n_columns; column++) {
            column_of(passes, column)[row] = draw_normal(state);
        }
        passes->margins[row] = 3.0 * draw_normal(state);
        passes->direction[row] = draw_normal(state);
    }
}

static void near(double found, double expected, double size) {
    if (!(fabs(found - expected) <= 1e-12 * (1.0 + size))) {
        fail_msg("%.17g instead of %.17g", found, expected);
    }
}

static void means_are_of_real_rows_alone(void **state) {
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        bool constant;
        draw_passes(&passes, &random);
        double *column = passes.pull;
        double sum = 0.0;
        for (size_t row = 0; row < passes.stride; row++) {
            column[row] = row < passes.n_rows ? 5.0 + draw_normal(&random) : 0.0;
            sum += column[row];
        }
        double mean =
            kernels()->mean(column, column_of(&passes, 0), passes.n_rows, passes.stride, &constant);
        near(mean, sum / (double)passes.n_rows, 10.0);
        assert_int_equal(constant, passes.n_rows == 1);
        for (size_t row = 0; row < passes.n_rows; row++) {
            column[row] = -2.25;
        }
        mean =
            kernels()->mean(column, column_of(&passes, 0), passes.n_rows, passes.stride, &constant);
        assert_true(constant && mean == -2.25);
        if (passes.n_rows > 1) { // the last row alone differs
            column[passes.n_rows - 1] = -2.0;
            (void)kernels()->mean(column, column_of(&passes, 0), passes.n_rows, passes.stride,
                                  &constant);
            assert_false(constant);
        }
    }
}

/** Holds for values of any size, as long as they are no smaller than 1e-150. */
static void columns_are_brought_to_a_root_mean_square_of_one(void **state) {
    (void)state;
    const double sizes[] = {1e-149, 1e-120, 1e-3, 1.0, 1e9, 1e110, 1e200};
    uint64_t random = 2;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        draw_passes(&passes, &random);
        double size = sizes[(size_t)round % (sizeof sizes / sizeof *sizes)];
        double centre = 0.25 * size;
        double squares = 0.0;
        for (size_t row = 0; row < passes.n_rows; row++) {
            passes.pull[row] = size * (1.0 + draw_uniform(&random));
            squares += pow((passes.pull[row] - centre) / size, 2.0);
        }
        const double *signs = column_of(&passes, 0);
        double scale = kernels()->standardise(passes.root, passes.pull, signs, passes.n_rows,
                                              passes.stride, centre);
        double expected = sqrt(squares / (double)passes.n_rows);
        near(scale / size, expected, 1.0);
        for (size_t row = 0; row < passes.stride; row++) {
            double value = row < passes.n_rows
                               ? (passes.pull[row] - centre) / size / expected * signs[row]
                               : 0.0;
            near(passes.root[row], value, 1.0);
        }
    }
}

static void deviations_too_small_to_square_are_none(void **state) {
    (void)state;
    static passes passes;
    uint64_t random = 3;
    draw_passes(&passes, &random);
    for (size_t row = 0; row < passes.n_rows; row++) {
        passes.pull[row] = row % 2 == 0 ? 1e-150 : 0.0;
        passes.root[row] = 77.0;
    }
    assert_true(kernels()->standardise(passes.root, passes.pull, column_of(&passes, 0),
                                       passes.n_rows, passes.stride, 0.0) == 0.0);
    for (size_t row = 0; row < passes.stride; row++) {
        assert_true(passes.root[row] == 0.0);
    }
}

static void an_advance_has_loss_and_derivatives_of_where_it_ends(void **state) {
    (void)state;
    uint64_t random = 4;
    const logreg_class_weights weights = {.positive = 2.5, .negative = 0.6};
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        double margins[most_rows];
        double alpha = round % 4 == 0 ? 0.0 : draw_normal(&random);
        draw_passes(&passes, &random);
        memcpy(margins, passes.margins, sizeof margins);
        double found =
            kernels()->advance(passes.margins, passes.direction, alpha, column_of(&passes, 0),
                               passes.stride, weights, passes.pull, passes.root);
        double loss = 0.0;
        for (size_t row = 0; row < passes.n_rows; row++) {
            double margin = margins[row] + alpha * passes.direction[row];
            double weight = column_of(&passes, 0)[row] > 0.0 ? weights.positive : weights.negative;
            double other = 1.0 / (1.0 + exp(margin));
            loss += weight * log1p(exp(-margin));
            near(passes.margins[row], margin, 1.0);
            near(passes.pull[row], weight * other, 1.0);
            near(passes.root[row], sqrt(weight * other * (1.0 - other)), 1.0);
        }
        near(found, loss, loss);
        for (size_t row = passes.n_rows; row < passes.stride; row++) {
            assert_true(passes.pull[row] == 0.0 && passes.root[row] == 0.0);
        }
    }
}

/** exp(800) is no double: the loss is the margin, the chance of the other class 0 or 1. */
static void margins_beyond_what_exp_can_hold_are_finite(void **state) {
    (void)state;
    _Alignas(64) double margins[8] = {800.0, -800.0, 1e6, -1e6};
    _Alignas(64) double signs[8] = {1.0, 1.0, -1.0, -1.0};
    _Alignas(64) double none[8] = {0.0}, pull[8], root[8];
    double loss = kernels()->advance(margins, none, 1.0, signs, 8, (logreg_class_weights){1.0, 2.0},
                                     pull, root);
    assert_true(loss == 800.0 + 2.0 * 1e6);
    assert_true(pull[0] == 0.0 || pull[0] < 1e-300);
    assert_true(pull[1] == 1.0 && pull[3] == 2.0);
    assert_true(root[0] < 1e-150 && root[1] < 1e-150);
}

static void gradients_are_minus_the_products_with_the_pull(void **state) {
    (void)state;
    uint64_t random = 5;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        double gradient[most_columns];
        draw_passes(&passes, &random);
        kernels()->gradient(gradient, passes.columns, passes.stride, passes.n_columns,
                            passes.margins);
        for (size_t column = 0; column < passes.n_columns; column++) {
            double sum = 0.0;
            for (size_t row = 0; row < passes.n_rows; row++) {
                sum -= column_of(&passes, column)[row] * passes.margins[row];
            }
            near(gradient[column], sum, 3e3);
        }
    }
}

/** A list that leaves columns out, as a working set does. */
static size_t draw_list(size_t *list, size_t n_columns, uint64_t *state) {
    size_t n = 0;
    for (size_t column = 0; column < n_columns; column++) {
        if (draw_bits(state) % 3 != 0) {
            list[n++] = column;
        }
    }
    return n;
}

static void gram_matrices_are_of_the_listed_columns_and_symmetric(void **state) {
    (void)state;
    static double panel[ld * LOGREG_BLOCK], gram[ld * ld];
    uint64_t random = 6;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        size_t list[most_columns];
        draw_passes(&passes, &random);
        size_t n = draw_list(list, passes.n_columns, &random);
        const logreg_gram_columns columns = {passes.columns, NULL, passes.stride};
        kernels()->gram(gram, ld, &columns, list, n, passes.margins, 0, passes.stride, panel);
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                double sum = 0.0;
                for (size_t row = 0; row < passes.n_rows; row++) {
                    double root = passes.margins[row];
                    sum += root * root * column_of(&passes, list[a])[row] *
                           column_of(&passes, list[b])[row];
                }
                near(gram[a * ld + b], sum, 1e4);
                assert_true(gram[a * ld + b] == gram[b * ld + a]);
            }
        }
    }
}

/** What an element is defined as: sums of blocks of rows, each over eight lanes in one order. */
static double gram_by_lanes(passes *passes, size_t a, size_t b) {
    double sum = 0.0;
    for (size_t start = 0; start < passes->stride; start += LOGREG_BLOCK) {
        double lanes[PEREBOR_LANES] = {0.0};
        for (size_t row = start; row < start + LOGREG_BLOCK && row < passes->stride; row++) {
            const double root = passes->margins[row];
            lanes[row % PEREBOR_LANES] +=
                (root * column_of(passes, a)[row]) * (root * column_of(passes, b)[row]);
        }
        sum += v8d_sum(v8d_load(lanes));
    }
    return sum;
}

/** The same in single precision: sixteen lanes a block, which are added up in double precision. */
static double gram_by_single_lanes(passes *passes, size_t a, size_t b) {
    double sum = 0.0;
    for (size_t start = 0; start < passes->stride; start += LOGREG_SINGLE_BLOCK) {
        float lanes[LOGREG_SINGLE_LANES] = {0.0F};
        double wide[PEREBOR_LANES];
        for (size_t row = start; row < start + LOGREG_SINGLE_BLOCK && row < passes->stride; row++) {
            const double root = passes->margins[row];
            lanes[row % LOGREG_SINGLE_LANES] += (float)(root * column_of(passes, a)[row]) *
                                                (float)(root * column_of(passes, b)[row]);
        }
        for (size_t lane = 0; lane < PEREBOR_LANES; lane++) {
            wide[lane] = (double)lanes[lane] + (double)lanes[lane + PEREBOR_LANES];
        }
        sum += v8d_sum(v8d_load(wide));
    }
    return sum;
}

static void gram_matrices_have_the_bits_of_their_definition(void **state) {
    (void)state;
    static double panel[ld * LOGREG_BLOCK], gram[ld * ld], rough[ld * ld];
    static float rough_panel[ld * LOGREG_SINGLE_BLOCK];
    uint64_t random = 16;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        size_t list[most_columns];
        draw_passes(&passes, &random);
        size_t n = draw_list(list, passes.n_columns, &random);
        const logreg_gram_columns columns = {passes.columns, NULL, passes.stride};
        kernels()->gram(gram, ld, &columns, list, n, passes.margins, 0, passes.stride, panel);
        PEREBOR_KERNEL_PICK(logreg_single_kernels)
            ->gram(rough, ld, &columns, list, n, passes.margins, 0, passes.stride, rough_panel);
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                const size_t at = a * ld + b;
                const double size = sqrt(gram[a * (ld + 1)] * gram[b * (ld + 1)]);
                assert_true(gram[at] == gram_by_lanes(&passes, list[a], list[b]));
                assert_true(rough[at] == gram_by_single_lanes(&passes, list[a], list[b]));
                assert_true(fabs(rough[at] - gram[at]) <= 2e-6 * size);
            }
        }
    }
}

static void combinations_are_of_the_listed_columns_and_say_how_far(void **state) {
    (void)state;
    uint64_t random = 7;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        size_t list[most_columns];
        double steps[most_columns];
        draw_passes(&passes, &random);
        size_t n = draw_list(list, passes.n_columns, &random);
        for (size_t a = 0; a < n; a++) {
            steps[a] = draw_normal(&random);
        }
        double largest =
            kernels()->combine(passes.direction, passes.columns, passes.stride, list, steps, n);
        double most = 0.0;
        for (size_t row = 0; row < passes.stride; row++) {
            double sum = 0.0;
            for (size_t a = 0; a < n; a++) {
                sum += steps[a] * column_of(&passes, list[a])[row];
            }
            near(passes.direction[row], sum, 10.0);
            most = fmax(most, fabs(passes.direction[row]));
        }
        assert_true(largest == most);
    }
}

static void scores_end_where_the_rows_do(void **state) {
    (void)state;
    uint64_t random = 8;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        double coefficients[most_columns];
        static double scores[most_rows + 1];
        draw_passes(&passes, &random);
        for (size_t column = 0; column < passes.n_columns; column++) {
            coefficients[column] = draw_normal(&random);
        }
        scores[passes.n_rows] = 77.0;
        kernels()->score(scores, passes.columns, passes.n_rows, passes.stride, coefficients,
                         passes.n_columns, -0.75);
        for (size_t row = 0; row < passes.n_rows; row++) {
            double sum = -0.75;
            for (size_t column = 0; column < passes.n_columns; column++) {
                sum += coefficients[column] * column_of(&passes, column)[row];
            }
            assert_true(scores[row] == sum); // column by column: one order, one set of bits
        }
        assert_true(scores[passes.n_rows] == 77.0);
    }
}

/** Views whose columns, signs included, are those of the passes. */
static void view_passes(logreg_view *views, passes *passes) {
    static double raw[most_columns * most_rows];
    for (size_t column = 0; column < passes->n_columns; column++) {
        double *values = raw + column * passes->stride;
        for (size_t row = 0; row < passes->stride; row++) {
            values[row] = column_of(passes, column)[row] * column_of(passes, 0)[row];
        }
        views[column] = (logreg_view){.values = values, .centre = 0.0, .inverse = 1.0};
    }
}

/** Replaces the columns of passes by standardised ones, of which views are made. */
static void view_standardised(logreg_view *views, double *raw, passes *passes, uint64_t *random) {
    const logreg_view_kernels *view = PEREBOR_KERNEL_PICK(logreg_view_kernels);
    const double *signs = column_of(passes, 0);
    for (size_t column = 1; column < passes->n_columns; column++) {
        double *values = raw + column * passes->stride;
        const double size = column % 3 == 0 ? 1e-3 : 1e3;
        memset(values, 0, passes->stride * sizeof *values);
        for (size_t row = 0; row < passes->n_rows; row++) {
            values[row] = size * (3.0 + draw_normal(random));
        }
        const double centre = 2.5 * size;
        double unit, largest;
        const double root =
            view->measure(values, signs, passes->n_rows, passes->stride, centre, &unit, &largest);
        const double scale = kernels()->standardise(column_of(passes, column), values, signs,
                                                    passes->n_rows, passes->stride, centre);
        assert_true(unit == 1.0 && root == scale);
        views[column] = (logreg_view){.values = values, .centre = centre, .inverse = 1.0 / root};
    }
}

static void views_have_the_bits_of_columns_that_are_kept(void **state) {
    (void)state;
    static double raw[most_columns * most_rows], packed[most_columns * most_rows];
    static double written[most_rows], other[most_rows];
    const logreg_view_kernels *view = PEREBOR_KERNEL_PICK(logreg_view_kernels);
    uint64_t random = 31;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        logreg_view views[most_columns];
        size_t every[most_columns];
        double found[most_columns], kept[most_columns], steps[most_columns];
        draw_passes(&passes, &random);
        const double *signs = column_of(&passes, 0);
        const size_t stride = passes.stride;
        view_passes(views, &passes);
        view_standardised(views, raw, &passes, &random);
        for (size_t column = 0; column < passes.n_columns; column++) {
            view->write(written, &views[column], signs, 0, stride);
            assert_memory_equal(written, column_of(&passes, column), stride * sizeof *written);
            steps[column] = column % 4 == 2 ? 0.0 : draw_normal(&random);
            every[column] = column;
        }
        for (size_t row = 0; row < stride; row++) {
            passes.pull[row] = row < passes.n_rows ? draw_uniform(&random) : 0.0;
        }
        kernels()->gradient(kept, passes.columns, stride, passes.n_columns, passes.pull);
        view->gradient(found, views, signs, stride, passes.n_columns, passes.pull);
        assert_memory_equal(found, kept, passes.n_columns * sizeof *found);
        double largest = kernels()->combine(passes.direction, passes.columns, stride, every, steps,
                                            passes.n_columns);
        assert_true(largest == view->combine(other, views, signs, stride, steps, passes.n_columns));
        view->weighted_squares(found, views, stride, passes.n_columns, passes.pull);
        view->pack(packed, views, signs, stride, passes.n_columns);
        for (size_t row = 0; row < stride; row++) {
            assert_true(other[row] == passes.direction[row]);
        }
        passes.direction[0] = NAN;
        assert_true(isnan(view->largest(passes.direction, stride)));
        passes.direction[0] = 0.0;
        for (size_t column = 0; column < passes.n_columns; column++) {
            double sum = 0.0;
            memcpy(written, passes.direction, stride * sizeof *written);
            memcpy(other, passes.direction, stride * sizeof *other);
            for (size_t row = 0; row < stride; row++) {
                const double value = column_of(&passes, column)[row];
                passes.margins[row] = written[row] + 0.7 * (passes.pull[row] * value);
                sum += passes.pull[row] * (value * value);
            }
            near(found[column], sum, sum);
            view->drag(written, &views[column], signs, stride, 0.7, passes.pull);
            view->packed_drag(other, packed, stride, passes.n_columns, column, 0.7, passes.pull);
            assert_memory_equal(written, passes.margins, stride * sizeof *written);
            assert_memory_equal(other, passes.margins, stride * sizeof *other);
            passes.direction[stride - 1] = column == 0 ? -99.0 : passes.direction[stride - 1];
            assert_true(view->largest(passes.direction, stride) == 99.0);
            assert_true(-kept[column] == view->packed_product(packed, stride, passes.n_columns,
                                                              column, passes.pull));
        }
    }
}

static void matrices_of_views_have_the_bits_of_columns_that_are_kept(void **state) {
    (void)state;
    static double raw[most_columns * most_rows], panel[ld * LOGREG_BLOCK];
    static double kept[ld * ld], found[ld * ld];
    const logreg_single_kernels *singles = PEREBOR_KERNEL_PICK(logreg_single_kernels);
    uint64_t random = 32;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        logreg_view views[most_columns];
        size_t list[most_columns];
        draw_passes(&passes, &random);
        view_passes(views, &passes);
        view_standardised(views, raw, &passes, &random);
        const logreg_gram_columns columns = {passes.columns, NULL, passes.stride};
        const logreg_gram_columns viewed = {passes.columns, views, passes.stride};
        const size_t n = draw_list(list, passes.n_columns, &random);
        const size_t size = (n + LOGREG_TILE - 1) / LOGREG_TILE * LOGREG_TILE * ld * sizeof *kept;
        memset(found, 0, sizeof found);
        memset(kept, 0, sizeof kept);
        kernels()->gram(kept, ld, &columns, list, n, passes.margins, 0, passes.stride, panel);
        kernels()->gram(found, ld, &viewed, list, n, passes.margins, 0, passes.stride, panel);
        assert_memory_equal(found, kept, size);
        singles->gram(kept, ld, &columns, list, n, passes.margins, 0, passes.stride,
                      (float *)panel);
        singles->gram(found, ld, &viewed, list, n, passes.margins, 0, passes.stride,
                      (float *)panel);
        assert_memory_equal(found, kept, size);
    }
}

/** More columns than a block of all rows has room for, of which blocks are shorter. */
static void a_step_in_one_reading_has_the_bits_of_many(void **state) {
    (void)state;
    enum { many = 1100 };
    static double raw[most_columns * most_rows], lanes[many * PEREBOR_LANES];
    static double margins[most_rows], direction[most_rows], pull[most_rows], root[most_rows];
    static double steps[many], kept[many], found[many];
    static logreg_view views[many];
    const logreg_view_kernels *view = PEREBOR_KERNEL_PICK(logreg_view_kernels);
    const logreg_class_weights weights = {0.7, 1.9};
    uint64_t random = 33;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        draw_passes(&passes, &random);
        view_passes(views, &passes);
        view_standardised(views, raw, &passes, &random);
        const size_t n = round % 3 == 0 ? many : passes.n_columns;
        for (size_t column = 0; column < n; column++) {
            views[column] = views[column % passes.n_columns];
            steps[column] = column % 4 == 2 ? 0.0 : 0.1 * draw_normal(&random);
        }
        const double *signs = column_of(&passes, 0);
        memcpy(margins, passes.margins, sizeof margins);
        logreg_way way = {.rows = {margins, signs, pull, root},
                          .direction = direction,
                          .stride = passes.stride,
                          .n_columns = n,
                          .steps = steps,
                          .weights = weights,
                          .gradient = found,
                          .lanes = lanes};
        const double largest = view->go(&way, views);
        assert_true(largest ==
                    view->combine(passes.direction, views, signs, passes.stride, steps, n));
        assert_true(way.loss == kernels()->advance(passes.margins, passes.direction, 1.0, signs,
                                                   passes.stride, weights, passes.pull,
                                                   passes.root));
        view->gradient(kept, views, signs, passes.stride, n, passes.pull);
        const size_t size = passes.stride * sizeof(double);
        assert_memory_equal(direction, passes.direction, size);
        assert_memory_equal(margins, passes.margins, size);
        assert_memory_equal(pull, passes.pull, size);
        assert_memory_equal(root, passes.root, size);
        assert_memory_equal(found, kept, n * sizeof *found);
    }
}

/** Products in single precision, whatever the units; of every instruction set the same bits. */
static void products_in_single_precision_are_near(void **state) {
    (void)state;
    uint64_t random = 12;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        static float packed[most_columns * (most_rows + LOGREG_SINGLE_ROWS)];
        static double packed_double[most_columns * most_rows];
        float lanes[most_columns * (LOGREG_SINGLE_LANES + 1)];
        double lanes_double[most_columns * PEREBOR_LANES];
        const logreg_packed singles = {.singles = packed};
        double factors[most_columns];
        static double weights[most_rows], rough_rows[most_rows], rows[most_rows],
            base_rows[most_rows];
        double rough[most_columns], exact[most_columns], base[most_columns];
        double listed[most_columns], sizes[most_columns] = {0};
        static double listed_rows[most_rows];
        size_t every[most_columns], used[most_columns], n_used = 0;
        draw_passes(&passes, &random);
        const double unit = round % 3 == 0 ? 1e-60 : round % 3 == 1 ? 1.0 : 1e60;
        for (size_t column = 0; column < passes.n_columns; column++) {
            bool is_used = column == 0 || draw_bits(&random) % 3 > 0;
            factors[column] = is_used ? unit * draw_normal(&random) : 0.0;
            every[column] = column;
            used[n_used] = column;
            n_used += is_used;
        }
        for (size_t row = 0; row < passes.stride; row++) {
            weights[row] = row < passes.n_rows ? draw_uniform(&random) : 0.0;
            rough_rows[row] = base_rows[row] = listed_rows[row] = rows[row] =
                unit * draw_normal(&random);
        }
        const logreg_single_kernels *single = PEREBOR_KERNEL_PICK(logreg_single_kernels);
        const logreg_view_kernels *view = PEREBOR_KERNEL_PICK(logreg_view_kernels);
        const double *signs = column_of(&passes, 0);
        logreg_view views[most_columns];
        view_passes(views, &passes);
        view->pack_singles(packed, views, signs, passes.stride, every, passes.n_columns);
        single->curve(rough, rough_rows, &singles, passes.stride, every, passes.n_columns, factors,
                      weights, lanes);
        logreg_single_kernels_baseline.curve(base, base_rows, &singles, passes.stride, every,
                                             passes.n_columns, factors, weights, lanes);
        view->pack_singles(packed, views, signs, passes.stride, used, n_used);
        single->curve(listed, listed_rows, &singles, passes.stride, used, n_used, factors, weights,
                      lanes);
        assert_memory_equal(listed_rows, rough_rows, passes.stride * sizeof *rough_rows);
        for (size_t k = 0; k < n_used; k++) { // columns that add nothing need not be read
            assert_true(listed[used[k]] == rough[used[k]]);
        }
        assert_memory_equal(rough, base, passes.n_columns * sizeof *rough);
        assert_memory_equal(rough_rows, base_rows, passes.stride * sizeof *rough_rows);
        view->pack(packed_double, views, signs, passes.stride, passes.n_columns);
        kernels()->curve(exact, rows, packed_double, passes.stride, passes.n_columns, factors,
                         weights, lanes_double);
        for (size_t column = 0; column < passes.n_columns; column++) {
            for (size_t row = 0; row < passes.n_rows; row++) {
                sizes[column] += fabs(column_of(&passes, column)[row]) * weights[row] * 10.0;
            }
            assert_true(fabs(rough[column] - exact[column]) <= 1e-6 * unit * sizes[column]);
        }
    }
}

/** What is left out of a product is 0 (factors), 1 (weights), or not wanted (products). */
static void products_in_single_precision_may_lack_parts(void **state) {
    (void)state;
    const logreg_single_kernels *single = PEREBOR_KERNEL_PICK(logreg_single_kernels);
    uint64_t random = 13;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        static float packed[most_columns * (most_rows + LOGREG_SINGLE_ROWS)];
        static double ones[most_rows], rows[3][most_rows], pull[2][most_rows];
        float lanes[most_columns * (LOGREG_SINGLE_LANES + 1)];
        const logreg_packed singles = {.singles = packed};
        double factors[most_columns], products[3][most_columns];
        const double zeros[most_columns] = {0.0};
        size_t every[most_columns];
        logreg_view views[most_columns];
        draw_passes(&passes, &random);
        const size_t n = passes.n_columns, stride = passes.stride;
        for (size_t column = 0; column < n; column++) {
            factors[column] = draw_normal(&random);
            every[column] = column;
        }
        for (size_t row = 0; row < stride; row++) {
            ones[row] = 1.0;
            rows[0][row] = rows[1][row] = rows[2][row] = draw_normal(&random);
            pull[0][row] = pull[1][row] = draw_uniform(&random);
        }
        view_passes(views, &passes);
        PEREBOR_KERNEL_PICK(logreg_view_kernels)
            ->pack_singles(packed, views, column_of(&passes, 0), stride, every, n);
        single->curve(products[0], rows[0], &singles, stride, every, n, factors, ones, lanes);
        single->curve(products[1], rows[1], &singles, stride, every, n, factors, NULL, lanes);
        single->curve(NULL, rows[2], &singles, stride, every, n, factors, NULL, lanes);
        assert_memory_equal(products[1], products[0], n * sizeof(double));
        assert_memory_equal(rows[1], rows[0], stride * sizeof(double));
        assert_memory_equal(rows[2], rows[0], stride * sizeof(double));
        single->curve(products[1], pull[0], &singles, stride, every, n, zeros, ones, lanes);
        single->curve(products[2], pull[1], &singles, stride, every, n, NULL, NULL, lanes);
        assert_memory_equal(products[2], products[1], n * sizeof(double));
        assert_memory_equal(pull[1], pull[0], stride * sizeof(double));
    }
}

/** Columns in whole numbers of a unit: each to the nearest, and products as of the same numbers in
 * single precision. */
static void products_of_rounded_columns_are_those_of_whole_numbers(void **state) {
    (void)state;
    enum { most_packed = most_columns * (most_rows + LOGREG_SINGLE_ROWS) };
    const logreg_single_kernels *single = PEREBOR_KERNEL_PICK(logreg_single_kernels);
    const logreg_view_kernels *view = PEREBOR_KERNEL_PICK(logreg_view_kernels);
    uint64_t random = 14;
    for (int round = 0; round < n_rounds; round++) {
        static passes passes;
        static int16_t shorts[most_packed];
        static float whole[most_packed];
        static double raw[most_columns * most_rows], rows[3][most_rows];
        float lanes[most_columns * (LOGREG_SINGLE_LANES + 1)];
        double factors[most_columns], scaled[most_columns], units[most_columns];
        double products[3][most_columns], ones[most_columns];
        size_t every[most_columns];
        logreg_view views[most_columns];
        draw_passes(&passes, &random);
        view_passes(views, &passes);
        view_standardised(views, raw, &passes, &random);
        const size_t n = passes.n_columns, stride = passes.stride;
        for (size_t column = 0; column < n; column++) {
            every[column] = column;
            factors[column] = draw_normal(&random);
            ones[column] = 1.0;
            views[column].largest = 0.0;
            for (size_t row = 0; row < stride; row++) {
                views[column].largest =
                    fmax(views[column].largest, fabs(column_of(&passes, column)[row]));
            }
        }
        view->pack_shorts(shorts, units, views, column_of(&passes, 0), stride, every, n);
        for (size_t column = 0; column < n; column++) {
            assert_true(units[column] * LOGREG_SHORT_MOST <= 1.0000001 * views[column].largest);
            scaled[column] = factors[column] * units[column];
        }
        const size_t n_filled =
            (stride + LOGREG_SINGLE_ROWS - 1) / LOGREG_SINGLE_ROWS * LOGREG_SINGLE_ROWS;
        for (size_t row = 0; row < n_filled; row++) {
            for (size_t column = 0; column < n; column++) {
                const size_t at = (row / LOGREG_SINGLE_ROWS * n + column) * LOGREG_SINGLE_ROWS +
                                  row % LOGREG_SINGLE_ROWS;
                const double value = row < stride ? column_of(&passes, column)[row] : 0.0;
                assert_true(fabs(shorts[at] * units[column] - value) <= 0.500001 * units[column]);
                whole[at] = (float)shorts[at];
            }
        }
        for (size_t row = 0; row < stride; row++) {
            rows[0][row] = rows[1][row] = rows[2][row] = draw_normal(&random);
        }
        const logreg_packed packed = {.shorts = shorts, .units = units};
        const logreg_packed of_one = {.shorts = shorts, .units = ones};
        const logreg_packed singles = {.singles = whole};
        single->curve(products[0], rows[0], &of_one, stride, every, n, scaled, NULL, lanes);
        single->curve(products[1], rows[1], &singles, stride, every, n, scaled, NULL, lanes);
        assert_memory_equal(products[1], products[0], n * sizeof(double));
        assert_memory_equal(rows[1], rows[0], stride * sizeof(double));
        single->curve(products[2], rows[2], &packed, stride, every, n, factors, NULL, lanes);
        for (size_t column = 0; column < n; column++) {
            const double size = 1e3 * LOGREG_SHORT_MOST * units[column];
            assert_true(fabs(products[2][column] - units[column] * products[0][column]) <=
                        1e-5 * size);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_of_views_have_the_bits_of_columns_that_are_kept),
        cmocka_unit_test(a_step_in_one_reading_has_the_bits_of_many),
        cmocka_unit_test(products_in_single_precision_are_near),
        cmocka_unit_test(products_in_single_precision_may_lack_parts),
        cmocka_unit_test(products_of_rounded_columns_are_those_of_whole_numbers),
        cmocka_unit_test(views_have_the_bits_of_columns_that_are_kept),
        cmocka_unit_test(means_are_of_real_rows_alone),
        cmocka_unit_test(columns_are_brought_to_a_root_mean_square_of_one),
        cmocka_unit_test(deviations_too_small_to_square_are_none),
        cmocka_unit_test(an_advance_has_loss_and_derivatives_of_where_it_ends),
        cmocka_unit_test(margins_beyond_what_exp_can_hold_are_finite),
        cmocka_unit_test(gradients_are_minus_the_products_with_the_pull),
        cmocka_unit_test(gram_matrices_have_the_bits_of_their_definition),
        cmocka_unit_test(gram_matrices_are_of_the_listed_columns_and_symmetric),
        cmocka_unit_test(combinations_are_of_the_listed_columns_and_say_how_far),
        cmocka_unit_test(scores_end_where_the_rows_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
