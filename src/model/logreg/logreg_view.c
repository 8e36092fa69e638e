// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_view.h"

#include <math.h>

#include "base/deadline.h"
#include "model/logreg/logreg_advance.h"
#include "model/logreg/logreg_run.h"
#include "model/logreg/logreg_single.h"

/** Columns that are read side by side, and those ahead of them that are fetched meanwhile: of many
 * columns too little is read in one piece for the machine to foresee them. */
enum { group = LOGREG_RUN_COLUMNS, columns_ahead = 8 };

/** z' of a register of rows. */
PEREBOR_INLINE vnd standard(const double *values, vnd centre, vnd inverse) {
    return (vnd_load(values) - centre) * inverse;
}

static double largest_deviation(const double *column, const double *signs, size_t stride,
                                double centre) {
    const vnd zero = vnd_set(0.0);
    const vnd middle = vnd_set(centre);
    vnd largest = zero;
    for (size_t row = 0; row < stride; row += PEREBOR_NATIVE_LANES) {
        vnd value = (vnd_load(column + row) - middle) * vnd_load(signs + row);
        value = vnd_select(value < zero, -value, value);
        largest = vnd_select(value > largest, value, largest);
    }
    return logreg_largest_lane(largest);
}

static double measure(const double *column, const double *signs, size_t n_rows, size_t stride,
                      double centre, double *unit, double *most) {
    const double too_small = 1e-150; // its square would vanish
    const double largest = largest_deviation(column, signs, stride, centre);
    *unit = 1.0;
    *most = largest;
    if (!(largest > too_small)) {
        return 0.0;
    }
    if (largest > 1e100 || largest < 1e-100) { // squares must not leave the range
        *unit = largest;
        *most = 1.0;
    }
    const vnd middle = vnd_set(centre);
    const vnd factor = vnd_set(1.0 / *unit); // 1 changes nothing
    double lanes[PEREBOR_LANES];
    for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
        vnd sum = vnd_set(0.0);
        for (size_t row = part; row < stride; row += PEREBOR_LANES) {
            const vnd value = (vnd_load(column + row) - middle) * vnd_load(signs + row) * factor;
            sum += value * value;
        }
        vnd_store(lanes + part, sum);
    }
    return sqrt(v8d_sum(v8d_load(lanes)) / (double)n_rows);
}

static void write(double *to, const logreg_view *view, const double *signs, size_t start,
                  size_t n_rows) {
    const vnd centre = vnd_set(view->centre);
    const vnd inverse = vnd_set(view->inverse);
    const double *values = view->values + start;
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd_store(to + row,
                  standard(values + row, centre, inverse) * vnd_load(signs + start + row));
    }
}

/** lanes[k] += sums over the rows [start, end) of pull * sign * z', for @p n columns. */
PEREBOR_INLINE void sum_pulls(double (*lanes)[PEREBOR_LANES], const logreg_view *views,
                              const double *signs, size_t start, size_t end, const double *pull,
                              size_t n) {
    const double *values[group];
    vnd centres[group], inverses[group];
    for (size_t k = 0; k < n; k++) {
        values[k] = views[k].values;
        centres[k] = vnd_set(views[k].centre);
        inverses[k] = vnd_set(views[k].inverse);
    }
    for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
        vnd sums[group];
        for (size_t k = 0; k < n; k++) {
            sums[k] = vnd_load(lanes[k] + part);
        }
        for (size_t row = start + part; row < end; row += PEREBOR_LANES) {
            const vnd factor = vnd_load(pull + row) * vnd_load(signs + row);
            for (size_t k = 0; k < n; k++) {
                sums[k] += factor * standard(values[k] + row, centres[k], inverses[k]);
            }
        }
        for (size_t k = 0; k < n; k++) {
            vnd_store(lanes[k] + part, sums[k]);
        }
    }
}

static void sum_all_pulls(double (*lanes)[PEREBOR_LANES], const logreg_view *views,
                          const double *signs, size_t start, size_t end, const double *pull,
                          size_t n_views) {
    size_t column = 0;
    for (; column + group <= n_views; column += group) {
        sum_pulls(lanes + column, views + column, signs, start, end, pull, group);
    }
    for (; column < n_views; column++) {
        sum_pulls(lanes + column, views + column, signs, start, end, pull, 1);
    }
}

static void gradient(double *gradient_out, const logreg_view *views, const double *signs,
                     size_t stride, size_t n_views, const double *pull) {
    size_t worked = 0;
    for (size_t column = 0; column < n_views; column += group) {
        const size_t n = n_views - column < group ? n_views - column : group;
        double lanes[group][PEREBOR_LANES] = {{0.0}};
        if (perebor_deadline_passed_after(&worked, n * stride)) {
            return;
        }
        sum_all_pulls(lanes, views + column, signs, 0, stride, pull, n);
        for (size_t k = 0; k < n; k++) {
            gradient_out[column + k] = -v8d_sum(v8d_load(lanes[k]));
        }
    }
}

static void weighted_squares(double *squares, const logreg_view *views, size_t stride,
                             size_t n_views, const double *weights) {
    size_t worked = 0;
    for (size_t column = 0; column < n_views; column++) {
        if (perebor_deadline_passed_after(&worked, stride)) {
            return;
        }
        const double *values = views[column].values;
        const vnd centre = vnd_set(views[column].centre);
        const vnd inverse = vnd_set(views[column].inverse);
        double lanes[PEREBOR_LANES];
        for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
            vnd sum = vnd_set(0.0);
            for (size_t row = part; row < stride; row += PEREBOR_LANES) {
                const vnd value = standard(values + row, centre, inverse);
                sum += vnd_load(weights + row) * (value * value);
            }
            vnd_store(lanes + part, sum);
        }
        squares[column] = v8d_sum(v8d_load(lanes));
    }
}

/** sums += z' times factors, for @p n columns, one after the other. */
PEREBOR_INLINE void add_views(double *sums, const logreg_view *const *views, size_t start,
                              const double *factors, size_t n_rows, size_t n,
                              const logreg_view *ahead) {
    const double *values[group];
    vnd centres[group], inverses[group], by[group];
    for (size_t k = 0; k < n; k++) {
        values[k] = views[k]->values + start;
        centres[k] = vnd_set(views[k]->centre);
        inverses[k] = vnd_set(views[k]->inverse);
        by[k] = vnd_set(factors[k]);
    }
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd sum = vnd_load(sums + row);
        for (size_t k = 0; ahead != NULL && k < n; k++) {
            __builtin_prefetch(ahead[k].values + start + row);
        }
        for (size_t k = 0; k < n; k++) {
            sum += by[k] * standard(values[k] + row, centres[k], inverses[k]);
        }
        vnd_store(sums + row, sum);
    }
}

/** One run of rows: columns that add nothing are passed over, as logreg_combine_run() does. */
static void combine_run(double *sums, const logreg_view *views, const double *steps, size_t n_views,
                        size_t start, size_t n_rows) {
    const logreg_view *chosen[group];
    double factors[group];
    size_t n_chosen = 0;
    memset(sums, 0, n_rows * sizeof *sums);
    for (size_t column = 0; column < n_views; column++) {
        if (steps[column] == 0.0) {
            continue;
        }
        chosen[n_chosen] = &views[column];
        factors[n_chosen++] = steps[column];
        if (n_chosen == group) {
            const bool any_ahead = column + columns_ahead + group < n_views;
            add_views(sums, chosen, start, factors, n_rows, group,
                      any_ahead ? views + column + columns_ahead : NULL);
            n_chosen = 0;
        }
    }
    for (size_t k = 0; k < n_chosen; k++) {
        add_views(sums, chosen + k, start, factors + k, n_rows, 1, NULL);
    }
}

PEREBOR_INLINE void put_signs(double *rows, const double *signs, size_t n_rows) {
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd_store(rows + row, vnd_load(rows + row) * vnd_load(signs + row));
    }
}

static double combine(double *direction, const logreg_view *views, const double *signs,
                      size_t stride, const double *steps, size_t n_views) {
    size_t worked = 0;
    for (size_t start = 0; start < stride; start += LOGREG_RUN_ROWS) {
        const size_t n_rows = stride - start < LOGREG_RUN_ROWS ? stride - start : LOGREG_RUN_ROWS;
        if (perebor_deadline_passed_after(&worked, n_rows * n_views)) {
            return 0.0;
        }
        double *sums = direction + start;
        combine_run(sums, views, steps, n_views, start, n_rows);
        put_signs(sums, signs + start, n_rows);
    }
    return logreg_largest_magnitude(direction, stride);
}

/** Rows of which so many columns stay in the second-level cache: a divisor of LOGREG_BLOCK. */
static size_t rows_of_a_block(size_t n_columns) {
    enum { most_values = 1 << 17, fewest_rows = 64 };
    size_t n_rows = LOGREG_BLOCK;
    while (n_rows > fewest_rows && n_rows * n_columns > most_values) {
        n_rows /= 2;
    }
    return n_rows;
}

static double go(logreg_way *way, const logreg_view *views) {
    const logreg_rows *rows = &way->rows;
    const size_t block = rows_of_a_block(way->n_columns);
    double(*lanes)[PEREBOR_LANES] = (double(*)[PEREBOR_LANES])way->lanes;
    // What a row takes: two readings, and where curvatures are formed all pairs of columns.
    const size_t a_row =
        way->n_columns * (2 + (way->arrived != NULL ? (way->n_columns + 1) / 2 : 0));
    logreg_loss loss = logreg_loss_begin(way->weights);
    size_t worked = 0;
    memset(lanes, 0, way->n_columns * sizeof *lanes);
    for (size_t start = 0; start < way->stride; start += block) {
        const size_t n_rows = way->stride - start < block ? way->stride - start : block;
        const size_t end = start + n_rows;
        if (perebor_deadline_passed_after(&worked, n_rows * a_row)) {
            return 0.0;
        }
        double *sums = way->direction + start;
        combine_run(sums, views, way->steps, way->n_columns, start, n_rows);
        put_signs(sums, rows->signs + start, n_rows);
        logreg_advance_rows(&loss, rows, way->direction, 1.0, start, end);
        if (end % LOGREG_BLOCK == 0 || end == way->stride) {
            logreg_loss_settle(&loss);
        }
        sum_all_pulls(lanes, views, rows->signs, start, end, rows->pull, way->n_columns);
        if (way->arrived != NULL && (end % LOGREG_SINGLE_BLOCK == 0 || end == way->stride)) {
            way->arrived(way->context, (end - 1) / LOGREG_SINGLE_BLOCK * LOGREG_SINGLE_BLOCK, end);
        }
    }
    for (size_t column = 0; column < way->n_columns; column++) {
        way->gradient[column] = -v8d_sum(v8d_load(lanes[column]));
    }
    way->loss = logreg_loss_end(&loss);
    return logreg_largest_magnitude(way->direction, way->stride);
}

static void curve(double *products, const logreg_view *views, const double *signs, size_t stride,
                  size_t n_views, const double *factors, const double *weights, double *moves,
                  double *drag, double *lanes_out) {
    const size_t block = rows_of_a_block(n_views);
    double(*lanes)[PEREBOR_LANES] = (double(*)[PEREBOR_LANES])lanes_out;
    size_t worked = 0;
    memset(lanes, 0, n_views * sizeof *lanes);
    for (size_t start = 0; start < stride; start += block) {
        const size_t n_rows = stride - start < block ? stride - start : block;
        if (perebor_deadline_passed_after(&worked, 2 * n_rows * n_views)) {
            return;
        }
        combine_run(moves + start, views, factors, n_views, start, n_rows);
        put_signs(moves + start, signs + start, n_rows);
        for (size_t row = start; row < start + n_rows; row += PEREBOR_NATIVE_LANES) {
            vnd_store(drag + row, vnd_load(weights + row) * vnd_load(moves + row));
        }
        sum_all_pulls(lanes, views, signs, start, start + n_rows, drag, n_views);
    }
    for (size_t column = 0; column < n_views; column++) {
        products[column] = v8d_sum(v8d_load(lanes[column]));
    }
}

static double largest(const double *values, size_t n) {
    const vnd zero = vnd_set(0.0);
    vnd most = zero;
    for (size_t row = 0; row < n; row += PEREBOR_NATIVE_LANES) {
        const vnd value = vnd_load(values + row);
        const vnd size = vnd_select(value < zero, -value, value);
        const vni is_number = (vni)(value <= zero) | (vni)(value > zero);
        most = vnd_select((vni)(size > most) | ~is_number, size, most);
    }
    double result = most[0];
    for (size_t lane = 1; lane < PEREBOR_NATIVE_LANES; lane++) {
        result = most[lane] > result || isnan(most[lane]) ? most[lane] : result;
    }
    return result;
}

static void drag(double *rows, const logreg_view *view, const double *signs, size_t stride,
                 double by, const double *weights) {
    const vnd centre = vnd_set(view->centre);
    const vnd inverse = vnd_set(view->inverse);
    const vnd factor = vnd_set(by);
    for (size_t row = 0; row < stride; row += PEREBOR_NATIVE_LANES) {
        const vnd value = standard(view->values + row, centre, inverse) * vnd_load(signs + row);
        vnd_store(rows + row, vnd_load(rows + row) + factor * (vnd_load(weights + row) * value));
    }
}

static void pack(double *packed, const logreg_view *views, const double *signs, size_t stride,
                 size_t n_views) {
    const size_t block = logreg_block_rows(n_views);
    size_t worked = 0;
    for (size_t start = 0; start < stride; start += block) {
        const size_t n_rows = stride - start < block ? stride - start : block;
        if (perebor_deadline_passed_after(&worked, n_rows * n_views)) {
            return;
        }
        for (size_t column = 0; column < n_views; column++) {
            write(packed + start * n_views + column * n_rows, &views[column], signs, start, n_rows);
        }
    }
}

static double packed_product(const double *packed, size_t stride, size_t n_columns, size_t column,
                             const double *rows) {
    const size_t block = logreg_block_rows(n_columns);
    double lanes[PEREBOR_LANES];
    for (size_t part = 0; part < PEREBOR_LANES; part += PEREBOR_NATIVE_LANES) {
        vnd sum = vnd_set(0.0);
        for (size_t start = 0; start < stride; start += block) {
            const size_t n_rows = stride - start < block ? stride - start : block;
            const double *values = packed + start * n_columns + column * n_rows;
            for (size_t row = part; row < n_rows; row += PEREBOR_LANES) {
                sum += vnd_load(rows + start + row) * vnd_load(values + row);
            }
        }
        vnd_store(lanes + part, sum);
    }
    return v8d_sum(v8d_load(lanes));
}

static void packed_drag(double *rows, const double *packed, size_t stride, size_t n_columns,
                        size_t column, double by, const double *weights) {
    const size_t block = logreg_block_rows(n_columns);
    const vnd factor = vnd_set(by);
    for (size_t start = 0; start < stride; start += block) {
        const size_t n_rows = stride - start < block ? stride - start : block;
        const double *values = packed + start * n_columns + column * n_rows;
        for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
            double *at = rows + start + row;
            const vnd change = vnd_load(weights + start + row) * vnd_load(values + row);
            vnd_store(at, vnd_load(at) + factor * change);
        }
    }
}

static void pack_singles(float *packed, const logreg_view *views, const double *signs,
                         size_t stride, const size_t *list, size_t n_listed) {
    size_t worked = 0;
    for (size_t start = 0; start < stride; start += LOGREG_SINGLE_ROWS) {
        const size_t n_rows =
            stride - start < LOGREG_SINGLE_ROWS ? stride - start : LOGREG_SINGLE_ROWS;
        if (perebor_deadline_passed_after(&worked, LOGREG_SINGLE_ROWS * n_listed)) {
            return;
        }
        for (size_t column = 0; column < n_listed; column++, packed += LOGREG_SINGLE_ROWS) {
            double rows[LOGREG_SINGLE_ROWS];
            write(rows, &views[list[column]], signs, start, n_rows);
            for (size_t row = 0; row < n_rows; row++) {
                packed[row] = (float)rows[row];
            }
            for (size_t row = n_rows; row < LOGREG_SINGLE_ROWS; row++) {
                packed[row] = 0.0F;
            }
        }
    }
}

enum { blocks_together = 8 };

/** to = rows divided by a unit, to the nearest whole number. */
PEREBOR_INLINE void write_shorts(int16_t *to, const double *rows, double unit) {
    typedef int32_t whole __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));
    typedef int16_t half __attribute__((vector_size(2 * PEREBOR_NATIVE_LANES)));
    const vnd factor = vnd_set(1.0 / unit);
    const vnd rounding = vnd_set(0x1.8p52); // so large that only whole numbers are left beside it
    for (size_t row = 0; row < LOGREG_SINGLE_ROWS; row += PEREBOR_NATIVE_LANES) {
        const vnd nearest = (vnd_load(rows + row) * factor + rounding) - rounding;
        const half narrow = __builtin_convertvector(__builtin_convertvector(nearest, whole), half);
        memcpy(to + row, &narrow, sizeof narrow);
    }
}

static void pack_shorts(int16_t *packed, double *units, const logreg_view *views,
                        const double *signs, size_t stride, const size_t *list, size_t n_listed) {
    size_t worked = 0;
    for (size_t k = 0; k < n_listed; k++) {
        units[k] = views[list[k]].largest / LOGREG_SHORT_MOST;
    }
    // Several blocks of a column, which lie together in memory, go to as many blocks of all
    // columns.
    for (size_t first = 0; first < stride; first += blocks_together * LOGREG_SINGLE_ROWS) {
        if (perebor_deadline_passed_after(&worked,
                                          blocks_together * LOGREG_SINGLE_ROWS * n_listed)) {
            return;
        }
        for (size_t column = 0; column < n_listed; column++) {
            for (size_t start = first;
                 start < stride && start < first + blocks_together * LOGREG_SINGLE_ROWS;
                 start += LOGREG_SINGLE_ROWS) {
                const size_t n_rows =
                    stride - start < LOGREG_SINGLE_ROWS ? stride - start : LOGREG_SINGLE_ROWS;
                double rows[LOGREG_SINGLE_ROWS] = {0.0};
                write(rows, &views[list[column]], signs, start, n_rows);
                write_shorts(packed + start * n_listed + column * LOGREG_SINGLE_ROWS, rows,
                             units[column]);
            }
        }
    }
}

const logreg_view_kernels PEREBOR_KERNEL(logreg_view_kernels) = {
    .measure = measure,
    .write = write,
    .gradient = gradient,
    .weighted_squares = weighted_squares,
    .combine = combine,
    .go = go,
    .curve = curve,
    .largest = largest,
    .drag = drag,
    .pack = pack,
    .packed_product = packed_product,
    .packed_drag = packed_drag,
    .pack_singles = pack_singles,
    .pack_shorts = pack_shorts,
};
