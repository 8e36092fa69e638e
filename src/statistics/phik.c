// SPDX-License-Identifier: MIT
#include "perebor/phik.h"

#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "perebor/bivariate_normal.h"
#include "perebor/effective_dof.h"
#include "perebor/tail_probability.h"

enum { MOST_STEPS = 60 };

static const double half_width = 5.0; /* The grid covers [-5, 5] in both directions. */
static const double tolerance = 1e-9;

static void find_range(const double *values, size_t n, double *least, double *greatest) {
    *least = INFINITY;
    *greatest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        *least = values[i] < *least ? values[i] : *least;
        *greatest = values[i] > *greatest ? values[i] : *greatest;
    }
}

void perebor_phik_bin(uint32_t *levels, const double *values, size_t n, size_t n_bins) {
    double least;
    double greatest;
    find_range(values, n, &least, &greatest);
    double start = least - 1e-14;
    double step = (greatest - start) / (double)n_bins;
    for (size_t i = 0; i < n; i++) {
        levels[i] = PEREBOR_NO_LEVEL;
        if (!(values[i] > start)) { // NaN too
            continue;
        }
        size_t bin = 0;
        while (bin + 1 < n_bins && values[i] > (double)(bin + 1) * step + start) {
            bin++;
        }
        levels[i] = (uint32_t)bin;
    }
}

/** Probabilities of the cells of a grid of equal bins; corners are kept between evaluations. */
struct grid {
    size_t n_rows, n_columns;
    double *corners;     /**< [n_rows + 1][n_columns + 1] P(X < x, Y < y) */
    double *independent; /**< [n_rows][n_columns] cells at correlation 0 */
};

static double edge(size_t place, size_t n_bins) {
    return -half_width + 2.0 * half_width * (double)place / (double)n_bins;
}

static double cell(const struct grid *grid, size_t row, size_t column) {
    const double *low = grid->corners + row * (grid->n_columns + 1) + column;
    const double *high = low + grid->n_columns + 1;
    return high[1] - high[0] - low[1] + low[0];
}

static void fill_corners(struct grid *grid, double rho) {
    double *corner = grid->corners;
    for (size_t row = 0; row <= grid->n_rows; row++) {
        for (size_t column = 0; column <= grid->n_columns; column++) {
            *corner++ = perebor_bivariate_normal(edge(row, grid->n_rows),
                                                 edge(column, grid->n_columns), rho);
        }
    }
}

static double edge_mass(size_t place, size_t n_bins) {
    return perebor_normal_tail(edge(place, n_bins)) - perebor_normal_tail(edge(place + 1, n_bins));
}

static void fill_independent(struct grid *grid) {
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t column = 0; column < grid->n_columns; column++) {
            grid->independent[row * grid->n_columns + column] =
                edge_mass(row, grid->n_rows) * edge_mass(column, grid->n_columns);
        }
    }
}

/** The chi squared per observation that the grid shows at a correlation. */
static double chi_squared_at(struct grid *grid, double rho) {
    fill_corners(grid, rho);
    double sum = 0.0;
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t column = 0; column < grid->n_columns; column++) {
            double expected = grid->independent[row * grid->n_columns + column];
            double difference = cell(grid, row, column) - expected;
            sum += difference * difference / expected;
        }
    }
    return sum;
}

/** Ridders' method (1979): the correlation at which the grid shows @p wanted, at 1 @p at_one. */
static double solve(struct grid *grid, double wanted, double at_one) {
    double low = 0.0;
    double high = 1.0;
    double below = -wanted;
    double above = at_one - wanted;
    double last = -1.0;
    for (int i = 0; i < MOST_STEPS; i++) {
        double middle = 0.5 * (low + high);
        double at_middle = chi_squared_at(grid, middle) - wanted;
        double root = sqrt(at_middle * at_middle - below * above);
        double guess = middle - (middle - low) * at_middle / root;
        if (fabs(guess - last) < tolerance) {
            return guess;
        }
        double at_guess = chi_squared_at(grid, guess) - wanted;
        *(at_middle < 0.0 ? &low : &high) = middle;
        *(at_middle < 0.0 ? &below : &above) = at_middle;
        *(at_guess < 0.0 ? &low : &high) = guess;
        *(at_guess < 0.0 ? &below : &above) = at_guess;
        last = guess;
    }
    return last;
}

perebor_status perebor_phik(double *phik, const perebor_contingency *table, bool with_noise,
                            perebor_error *error) {
    if (table->n_rows < 2 || table->n_columns < 2) {
        *phik = NAN;
        return PEREBOR_OK;
    }
    size_t least = table->n_rows < table->n_columns ? table->n_rows : table->n_columns;
    double most = table->total * (double)(least - 1);
    // No margin is empty, so every cell expects something: chance adds one for each freedom.
    double pedestal = with_noise ? perebor_contingency_dof(table) : 0.0;
    double observed = perebor_chi_squared(table, true);
    if (observed <= pedestal || observed >= most) {
        *phik = observed <= pedestal ? 0.0 : 1.0;
        return PEREBOR_OK;
    }
    struct grid grid = {.n_rows = table->n_rows, .n_columns = table->n_columns};
    size_t n_cells = grid.n_rows * grid.n_columns;
    double *block = calloc((grid.n_rows + 1) * (grid.n_columns + 1) + n_cells, sizeof *block);
    if (block == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a grid of %zu cells",
                            n_cells);
    }
    grid.independent = block;
    grid.corners = block + n_cells;
    fill_independent(&grid);
    double at_one = chi_squared_at(&grid, 1.0);
    *phik = solve(&grid, (observed - pedestal) / (most - pedestal) * at_one, at_one);
    free(block);
    return PEREBOR_OK;
}

double perebor_association_z(const perebor_contingency *table) {
    double dof = perebor_effective_dof(table);
    if (dof <= 0.0) {
        return NAN;
    }
    double g = perebor_g_statistic(table, true);
    double probability = perebor_chi_squared_tail(g, dof);
    if (probability > 1e-290) {
        return -perebor_normal_quantile(probability);
    }
    // The tail's leading term, as PhiK has it, and the normal tail's inverse to the same order.
    double ratio = g / dof;
    double u = -1.83787706640934548356 - dof * perebor_log(ratio) + dof * (ratio - 1.0);
    return sqrt(u - perebor_log(u));
}
