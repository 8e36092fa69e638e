// SPDX-License-Identifier: MIT
/*
 * phi_k (Baak and others, 2020, section 4). The table O of r x c levels and n observations has
 *
 *     chi2 = sum_ij (O_ij - E_ij)^2 / E_ij,   E_ij = O_i. O_.j / n   (2 x 2: Yates's correction).
 *
 * A bivariate normal distribution of correlation rho, on a grid of r x c equal bins over [-5, 5]^2
 * with cells P_ij(rho), would show, for each observation,
 *
 *     F(rho) = sum_ij (P_ij(rho) - P_ij(0))^2 / P_ij(0),
 *
 * from F(0) = 0 to F(1). Chance alone makes chi2 what its degrees of freedom are, the pedestal
 * d = (r - 1)(c - 1), and a table cannot make it more than n (min(r, c) - 1). Between the two the
 * curve is scaled to fit, and phi_k is the rho of 0 <= rho <= 1 at which it shows what was seen:
 *
 *     d + (n (min(r, c) - 1) - d) F(rho) / F(1) = chi2
 *     F(rho) = F(1) (chi2 - d) / (n (min(r, c) - 1) - d).
 */
#include "statistics/phik.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "statistics/bivariate_normal.h"
#include "statistics/effective_dof.h"
#include "statistics/tail_probability.h"

enum { most_steps = 60 };

/** Values that are binned together: they stay in the first cache from edge to edge. */
enum { values_at_once = 1024 };

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

/** Bin k is (start + k step, start + (k + 1) step], start = least - 1e-14: numpy's linspace. */
void perebor_phik_bin(uint32_t *levels, const double *values, size_t n, size_t n_bins) {
    double least;
    double greatest;
    find_range(values, n, &least, &greatest);
    double start = least - 1e-14;
    double step = (greatest - start) / (double)n_bins;
    // A value's bin is how many edges it is above. NaN is above none, and not above the start.
    for (size_t first = 0; first < n; first += values_at_once) {
        size_t end = first + values_at_once < n ? first + values_at_once : n;
        for (size_t i = first; i < end; i++) {
            levels[i] = values[i] > start ? 0 : PEREBOR_NO_LEVEL;
        }
        for (size_t bin = 1; bin < n_bins; bin++) {
            double edge = (double)bin * step + start;
            for (size_t i = first; i < end; i++) {
                levels[i] += values[i] > edge ? 1 : 0;
            }
        }
    }
}

/** Probabilities of the cells of a grid of equal bins; corners are kept between evaluations. */
typedef struct grid {
    size_t n_rows, n_columns;
    double *corners;     /**< [n_rows + 1][n_columns + 1] P(X < x, Y < y) */
    double *independent; /**< [n_rows][n_columns] cells at correlation 0 */
} grid;

/** -5 + 10 place / n_bins */
static double edge(size_t place, size_t n_bins) {
    return -half_width + 2.0 * half_width * (double)place / (double)n_bins;
}

/** P(x < X < x', y < Y < y') = Phi(x', y') - Phi(x', y) - Phi(x, y') + Phi(x, y) */
static double cell(const grid *grid, size_t row, size_t column) {
    const double *low = grid->corners + row * (grid->n_columns + 1) + column;
    const double *high = low + grid->n_columns + 1;
    return high[1] - high[0] - low[1] + low[0];
}

/** Phi(x, y; rho) at every corner of the grid: bivariate_normal.h. */
static void fill_corners(grid *grid, double rho) {
    double *corner = grid->corners;
    assert(corner != NULL);
    for (size_t row = 0; row <= grid->n_rows; row++) {
        for (size_t column = 0; column <= grid->n_columns; column++) {
            *corner++ = perebor_bivariate_normal(edge(row, grid->n_rows),
                                                 edge(column, grid->n_columns), rho);
        }
    }
}

/** P(x < X < x') = Q(x) - Q(x'), Q the upper tail. */
static double edge_mass(size_t place, size_t n_bins) {
    return perebor_normal_tail(edge(place, n_bins)) - perebor_normal_tail(edge(place + 1, n_bins));
}

/** P_ij(0) = P(x_i < X < x_i+1) P(y_j < Y < y_j+1) */
static void fill_independent(grid *grid) {
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t column = 0; column < grid->n_columns; column++) {
            grid->independent[row * grid->n_columns + column] =
                edge_mass(row, grid->n_rows) * edge_mass(column, grid->n_columns);
        }
    }
}

/** F(rho) = sum_ij (P_ij(rho) - P_ij(0))^2 / P_ij(0) */
static double chi_squared_at(grid *grid, double rho) {
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

/** The chi squared per observation at a correlation, of a grid or of its curve. */
typedef double shown_at(void *of, double rho);

static double shown_by_grid(void *of, double rho) {
    return chi_squared_at(of, rho);
}

/**
 * The correlation at which @p wanted is shown, F(rho) = wanted, where F(0) = 0 and F(1) = at_one,
 * by Ridders' method (IEEE Trans. Circuits Syst. 26, 1979). With h = F - wanted and m midway
 * between a, where h(a) < 0, and b, where h(b) > 0, the exponential that turns the three points of
 * h into a line gives that line's root,
 *
 *     x = m - (m - a) h(m) / sqrt(h(m)^2 - h(a) h(b)),
 *
 * always between a and b. m and x take the place of the ends whose signs they have.
 */
static double solve(shown_at *shown, void *of, double wanted, double at_one) {
    double low = 0.0;
    double high = 1.0;
    double below = -wanted;
    double above = at_one - wanted;
    double last = -1.0;
    for (int i = 0; i < most_steps; i++) {
        double middle = 0.5 * (low + high);
        double at_middle = shown(of, middle) - wanted;
        double root = sqrt(at_middle * at_middle - below * above);
        double guess = middle - (middle - low) * at_middle / root;
        if (fabs(guess - last) < tolerance) {
            return guess;
        }
        double at_guess = shown(of, guess) - wanted;
        *(at_middle < 0.0 ? &low : &high) = middle;
        *(at_middle < 0.0 ? &below : &above) = at_middle;
        *(at_guess < 0.0 ? &low : &high) = guess;
        *(at_guess < 0.0 ? &below : &above) = at_guess;
        last = guess;
    }
    return last;
}

/** What chi squared is when nothing, and when everything, goes together. */
typedef struct scale {
    double observed, pedestal, most;
} scale;

static scale scale_of(const perebor_contingency *table, bool with_noise) {
    size_t least = table->n_rows < table->n_columns ? table->n_rows : table->n_columns;
    // No margin is empty, so every cell expects something: chance adds one for each freedom.
    return (scale){.observed = perebor_chi_squared(table, true),
                   .pedestal = with_noise ? perebor_contingency_dof(table) : 0.0,
                   .most = table->total * (double)(least - 1)};
}

/** Whether no curve need be looked at: no association to see, or nothing but that. */
static bool is_extreme(const perebor_contingency *table, const scale *scale, double *phik) {
    if (table->n_rows < 2 || table->n_columns < 2) {
        *phik = NAN;
        return true;
    }
    *phik = scale->observed <= scale->pedestal ? 0.0 : 1.0;
    return scale->observed <= scale->pedestal || scale->observed >= scale->most;
}

/** (chi2 - d) / (n (min(r, c) - 1) - d) */
static double share_of(const scale *scale) {
    return (scale->observed - scale->pedestal) / (scale->most - scale->pedestal);
}

/** Makes the grid of a shape; the caller frees @p block. */
static perebor_status grid_create(grid *own_grid, double **block, size_t n_rows, size_t n_columns,
                                  perebor_error *error) {
    size_t n_cells = n_rows * n_columns;
    *block = calloc((n_rows + 1) * (n_columns + 1) + n_cells, sizeof **block);
    if (*block == NULL) {
        return perebor_no_memory(error, "for a grid of %zu cells", n_cells);
    }
    *own_grid = (grid){.n_rows = n_rows,
                       .n_columns = n_columns,
                       .independent = *block,
                       .corners = *block + n_cells};
    fill_independent(own_grid);
    return PEREBOR_OK;
}

perebor_status perebor_phik(double *phik, const perebor_contingency *table, bool with_noise,
                            perebor_error *error) {
    scale scale = scale_of(table, with_noise);
    grid grid = {0};
    double *block;
    if (is_extreme(table, &scale, phik)) {
        return PEREBOR_OK;
    }
    perebor_status status = grid_create(&grid, &block, table->n_rows, table->n_columns, error);
    if (status == PEREBOR_OK) {
        double at_one = chi_squared_at(&grid, 1.0);
        *phik = solve(shown_by_grid, &grid, share_of(&scale) * at_one, at_one);
        free(block);
    }
    return status;
}

/*
 * The chi squared of a grid is a smooth function of u = sqrt(1 - rho), at u = 0 too, and is kept as
 * its values at Chebyshev's points u_k = (1 - cos(pi k / n)) / 2, between which the barycentric
 * formula (Berrut and Trefethen, 2004) interpolates:
 *   f(u) = sum w_k f_k / (u - u_k) / sum w_k / (u - u_k),   w_k = (-1)^k, halved at both ends.
 */
enum { curve_steps = 128, halvings = 6 /* of pi / 2 down to pi / 128 */ };

/** One curve being made or looked at. */
typedef struct curve {
    double points[curve_steps + 1];
    const double *values; /**< [curve_steps + 1] */
} curve;

/** cos((k + 1) x) = 2 cos x cos(k x) - cos((k - 1) x), from cos(x / 2) = sqrt((1 + cos x) / 2). */
static void place_points(curve *curve) {
    double step = 0.0;
    for (int i = 0; i < halvings; i++) {
        step = sqrt(0.5 * (1.0 + step));
    }
    double before = step;
    double cosine = 1.0;
    for (int k = 0; k <= curve_steps; k++) {
        curve->points[k] = 0.5 * (1.0 - cosine);
        double next = 2.0 * step * cosine - before;
        before = cosine;
        cosine = next;
    }
}

static double shown_by_curve(void *of, double rho) {
    const curve *curve = of;
    double u = sqrt(1.0 - rho);
    double above = 0.0;
    double below = 0.0;
    for (int k = 0; k <= curve_steps; k++) {
        double distance = u - curve->points[k];
        if (distance == 0.0) {
            return curve->values[k];
        }
        double weight = (k % 2 == 0 ? 1.0 : -1.0) * (k == 0 || k == curve_steps ? 0.5 : 1.0);
        above += weight / distance * curve->values[k];
        below += weight / distance;
    }
    return above / below;
}

static perebor_status make_curve(double **values, const curve *curve, size_t n_rows,
                                 size_t n_columns, perebor_error *error) {
    grid grid = {0};
    double *block = NULL;
    double *heights = calloc(curve_steps + 1, sizeof *heights);
    if (heights == NULL) {
        return perebor_no_memory(error, "for a curve of phi_k");
    }
    perebor_status status = grid_create(&grid, &block, n_rows, n_columns, error);
    for (int k = 0; status == PEREBOR_OK && k <= curve_steps; k++) {
        heights[k] = chi_squared_at(&grid, 1.0 - curve->points[k] * curve->points[k]);
    }
    free(block);
    if (status != PEREBOR_OK) {
        free(heights);
        return status;
    }
    *values = heights;
    return PEREBOR_OK;
}

perebor_status perebor_phik_by_curve(double *phik, const perebor_contingency *table,
                                     perebor_phik_curves *curves, perebor_error *error) {
    if (table->n_rows > PEREBOR_PHIK_BINS || table->n_columns > PEREBOR_PHIK_BINS) {
        return perebor_phik(phik, table, true, error);
    }
    scale scale = scale_of(table, true);
    if (is_extreme(table, &scale, phik)) {
        return PEREBOR_OK;
    }
    curve curve;
    place_points(&curve);
    double **values = &curves->values[table->n_rows][table->n_columns];
    perebor_status status = *values == NULL
                                ? make_curve(values, &curve, table->n_rows, table->n_columns, error)
                                : PEREBOR_OK;
    if (status == PEREBOR_OK) {
        assert(*values != NULL);
        curve.values = *values;
        *phik = solve(shown_by_curve, &curve, share_of(&scale) * curve.values[0], curve.values[0]);
    }
    return status;
}

void perebor_phik_curves_release(perebor_phik_curves *curves) {
    for (size_t i = 0; i <= PEREBOR_PHIK_BINS; i++) {
        for (size_t j = 0; j <= PEREBOR_PHIK_BINS; j++) {
            free(curves->values[i][j]);
        }
    }
    *curves = (perebor_phik_curves){0};
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
    // The tail's leading term, as PhiK has it, and the normal tail's inverse to the same order:
    // Q(z) ~ exp(-z^2 / 2) / (z sqrt(2 pi)), so with u = -2 log p - log(2 pi), z^2 = u - log(z^2),
    // z^2 ~ u - log u. For p, u = -log(2 pi) - k log(g / k) + k (g / k - 1), k the dof.
    double ratio = g / dof;
    double u = -1.83787706640934548356 - dof * perebor_log(ratio) + dof * (ratio - 1.0);
    return sqrt(u - perebor_log(u));
}
