// SPDX-License-Identifier: MIT
#include "model/forest/forest_work.h"

#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"

/** Sizes of nodes: each is that of the one before by this. So many are a root of 10^13 rows. */
static const double size_ratio = 1.5;
static const double log_size_ratio = 0.4054651081081644;
enum { most_sizes = 76 };

/** What nodes divide into, as measured on trees of 600 to 100 000 rows. */
typedef struct division {
    double share; /**< Share of the rows in the smaller child, where a dense column is split. */
    double mixed; /**< h of 10 000 rows, 20 columns (a nominal one is one) and one look, which falls
                     with looks: */
    double more_looks;   /**< by this power of them, */
    double level_counts; /**< of which one at a level counts so much; */
    double more_rows;    /**< by this one of rows; and rises, as fewer columns tell the classes, */
    double more_columns; /**< by this one of columns. */
    double mixed_of_level; /**< How many of the rows of a level differ in class, beside any rows. */
} division;

static const division between = {.share = 0.23,
                                 .mixed = 0.25,
                                 .more_looks = 0.15,
                                 .level_counts = 0.0,
                                 .more_rows = 0.12,
                                 .more_columns = 0.0,
                                 .mixed_of_level = 0.51};
static const division drawn = {.share = 0.153,
                               .mixed = 0.495,
                               .more_looks = 0.508,
                               .level_counts = 0.002,
                               .more_rows = 0.163,
                               .more_columns = 0.515,
                               .mixed_of_level = 1.0};

/** What is foretold, and with what. */
typedef struct foresight {
    double sizes[most_sizes + 1];  /**< Rows. */
    double nodes[most_sizes + 1];  /**< That arrive with about so many rows, */
    double depths[most_sizes + 1]; /**< and the sum of their depths. */
    size_t n_sizes;
    double n_columns, share_of_levels,
        rows_of_levels; /**< Columns; rows over levels, at the root. */
    double n_nominal;
    double max_features, min_leaf, min_split, max_depth;
    double h;
    double down[2]; /**< Steps to the smaller and to the larger child of a dense column's split. */
    const division *division;
} foresight;

static double power(double base, double exponent) {
    return base > 0.0 ? perebor_exp(exponent * perebor_log(base)) : exponent == 0.0 ? 1.0 : 0.0;
}

static double least_of(double a, double b) {
    return a < b ? a : b;
}

static double most_of(double a, double b) {
    return a > b ? a : b;
}

/** About the normal distribution's share below z. */
static double normal_share(double z) {
    return 1.0 / (1.0 + perebor_exp(-1.7 * z));
}

/** Probability that not all of so many rows are of one class. */
static double mixed(const foresight *foresight, double rows) {
    const double other = rows > 1.0 ? foresight->h * (rows - 1.0) : 0.0;
    return other / (1.0 + other);
}

/** Where in the series a number of rows is, from a larger one on. */
static double steps_down(double from, double rows) {
    return perebor_log(from / rows) / log_size_ratio;
}

/** Lets nodes, all at one depth, arrive at a place in the series: between two sizes, at both. */
static void arrive(foresight *foresight, double place, double n_nodes, double depth) {
    const size_t i = (size_t)place;
    const double beyond = place - (double)i;
    if (i >= foresight->n_sizes) {
        return; // fewer rows than can be divided
    }
    foresight->nodes[i] += n_nodes * (1.0 - beyond);
    foresight->depths[i] += n_nodes * (1.0 - beyond) * depth;
    foresight->nodes[i + 1] += n_nodes * beyond;
    foresight->depths[i + 1] += n_nodes * beyond * depth;
}

/** A node of one size. */
typedef struct typical_node {
    double rows, looks;
    double by_dense, by_level; /**< Probability that such a column divides it. */
    double level_rows;         /**< Then, of the level. */
} typical_node;

static typical_node look_at_columns(const foresight *foresight, double rows) {
    const double levels = foresight->share_of_levels;
    const double dense = 1.0 - levels;
    typical_node node = {
        .rows = rows, .looks = foresight->max_features, .by_dense = 1.0, .level_rows = 1.0};
    if (!(levels > 0.0)) {
        return node;
    }
    // Rows of a level in the node, on average, and whether there are any.
    const double a_level = foresight->rows_of_levels * rows / foresight->sizes[0];
    const double varies = 1.0 - perebor_exp(-a_level);
    const double useful = dense + levels * varies;
    const double none = power(levels * (1.0 - varies), foresight->max_features);
    node.looks += least_of(none / useful, foresight->n_columns - foresight->max_features);
    node.by_dense = 1.0 - power(levels, foresight->max_features) + none * dense / useful;
    node.by_level = 1.0 - node.by_dense;
    if (foresight->min_leaf > 1.0) { // some level has to have enough rows
        const double beyond = a_level - foresight->min_leaf + 0.5;
        const double enough = normal_share(beyond / sqrt(a_level));
        node.by_level *= 1.0 - power(1.0 - enough, node.looks * levels);
    }
    node.level_rows = most_of(a_level / varies, foresight->min_leaf);
    return node;
}

/** Nodes that arrive at a size and are searched: large enough, and not too deep. Depths of
 * nodes of one size have about half their mean as their variance. */
static double searched(const foresight *foresight, size_t size, double depth) {
    double nodes = foresight->nodes[size];
    if (foresight->min_split > 2.0) {
        const double beyond = foresight->sizes[size] - foresight->min_split + 0.5;
        nodes *= normal_share(beyond / sqrt(foresight->min_split));
    }
    const double left = foresight->max_depth - 0.5 - depth;
    return left > 1e6 ? nodes
                      : nodes * normal_share(left / sqrt(0.5 * most_of(depth - 1.0, 0.0) + 0.02));
}

/**
 * Counts the nodes of a size, those included that come of one another without becoming a size
 * smaller: by a level that few rows have, or as the larger child. Lets their children arrive.
 */
static void divide(foresight *foresight, size_t size, forest_work *work) {
    const double rows = foresight->sizes[size];
    const double depth = foresight->depths[size] / foresight->nodes[size];
    const typical_node node = look_at_columns(foresight, rows);
    const double shrinks = least_of(node.level_rows / rows / log_size_ratio, 1.0);
    const double small = most_of(foresight->division->share * rows, 1.0);
    const double large = most_of(rows - small, 1.0);
    const bool at_share = small > 1.0; // then both are as far down from any size
    const double down = at_share ? foresight->down[1] : steps_down(rows, large);
    const double leaves = least_of(down, 1.0);
    const double stays =
        node.by_dense * (1.0 - leaves) * mixed(foresight, large) + node.by_level * (1.0 - shrinks);
    const double follow =
        least_of(1.0 / most_of(1.0 - stays, 1e-6), most_of(foresight->max_depth - depth, 1.0));
    const double nodes = searched(foresight, size, depth) * follow;
    const double shares[2] = {1.0 - foresight->share_of_levels, foresight->share_of_levels};
    work->nodes += nodes;
    work->rows += nodes * rows;
    for (size_t kind = 0; kind < 2; kind++) {
        work->looks[kind] += nodes * node.looks * shares[kind];
        work->looked_at[kind] += nodes * node.looks * shares[kind] * rows;
    }
    if (foresight->n_nominal > 0.0) {
        const double looks = node.looks * foresight->share_of_levels / foresight->n_nominal;
        work->counted += nodes * rows * foresight->n_nominal * (1.0 - perebor_exp(-looks));
    }
    const double next = rows / size_ratio;
    const double below = depth + follow;
    const double by_dense = nodes * node.by_dense;
    const double here = (double)size;
    if (at_share) {
        arrive(foresight, here + foresight->down[0], by_dense * mixed(foresight, small), below);
    }
    arrive(foresight, here + most_of(down, 1.0), by_dense * leaves * mixed(foresight, large),
           below);
    if (node.by_level > 0.0) {
        const double by_level = nodes * node.by_level;
        const double of_level = 1.0 - perebor_exp(-0.7 * (node.level_rows - 1.0));
        arrive(foresight, here + most_of(steps_down(rows, node.level_rows), 1.0),
               by_level * foresight->division->mixed_of_level * of_level, below);
        arrive(foresight, here + 1.0, by_level * shrinks * mixed(foresight, next), below);
    }
}

/** Distinct rows of a bootstrap of so many draws. */
static double rows_at_root(const forest_options *options, double n) {
    return options->bootstrap ? n * (1.0 - perebor_exp(-(double)options->n_draws / n)) : n;
}

forest_work forest_work_foresee(const forest_options *options, const perebor_table_shape *shape) {
    forest_work work = {0};
    const double rows = most_of(rows_at_root(options, (double)shape->n_rows), 2.0);
    const double n_columns = (double)shape->n_columns;
    const double levels = (double)shape->n_levels;
    foresight foresight = {.n_columns = n_columns,
                           .share_of_levels = levels / n_columns,
                           .rows_of_levels =
                               levels > 0.0 ? rows * (double)shape->n_nominal / levels : 0.0,
                           .n_nominal = (double)shape->n_nominal,
                           .max_features = (double)options->max_features,
                           .min_leaf = (double)options->min_leaf,
                           .min_split = (double)options->min_split,
                           .max_depth = (double)options->max_depth,
                           .division = options->random ? &drawn : &between};
    const division *division = foresight.division;
    const double looks =
        foresight.max_features * (1.0 - foresight.share_of_levels * (1.0 - division->level_counts));
    foresight.h =
        division->mixed * power(most_of(looks, 1.0), -division->more_looks) *
        power(rows / 1e4, -division->more_rows) *
        power((n_columns - levels + (double)shape->n_nominal) / 20.0, division->more_columns) *
        (options->criterion == FOREST_ENTROPY ? 0.85 : 1.0); // whose leaves are purer
    foresight.down[0] = steps_down(1.0, division->share);
    foresight.down[1] = steps_down(1.0, 1.0 - division->share);
    double size = rows;
    while (foresight.n_sizes < most_sizes && size >= 1.5) {
        foresight.sizes[foresight.n_sizes++] = size;
        size /= size_ratio;
    }
    foresight.nodes[0] = 1.0;
    for (size_t i = 0; i < foresight.n_sizes; i++) {
        if (foresight.nodes[i] > 1e-9) {
            divide(&foresight, i, &work);
        }
    }
    return work;
}

/** 0 of so few that a cache holds them, 1 of 2^doublings times as many. */
static double far(double n, double near, double doublings) {
    return least_of(most_of(perebor_log2(n / near) / doublings, 0.0), 1.0);
}

/** Whether a node counts the rows of all levels at once: if it looks at three of a column on
 * average, as forest_search_create() has it of each column. */
static bool counts_levels(const forest_options *options, const perebor_table_shape *shape) {
    return shape->n_nominal > 0 && (double)options->max_features * (double)shape->n_levels >=
                                       3.0 * (double)shape->n_columns * (double)shape->n_nominal;
}

/* Constants were fitted to 216 settings and shapes of 600 to 100 000 rows, relative to what each
 * took. */

double forest_seconds_of_tree(const forest_options *options, const perebor_table_shape *shape) {
    const forest_work work = forest_work_foresee(options, shape);
    const double n = (double)shape->n_rows;
    const double dense = (double)(shape->n_columns - shape->n_levels);
    const double far_rows = far(n + 1.0, 4000.0, 4.5);
    const double far_values = far(n * dense + 1.0, 1.5e5, 3.0);
    const bool counts = counts_levels(options, shape);
    if (options->random) {
        return 1.99e-6 + (options->bootstrap ? 1.49e-8 * n : 0.0) +
               work.nodes * (3.29e-7 + 4.02e-7 * far_rows) + work.rows * 3.7e-10 * far_rows +
               work.looks[0] * (1.85e-8 + 6.23e-9 * far_values) + work.looked_at[0] * 5.53e-10 +
               (counts ? work.nodes * 7.24e-8 + work.looks[1] * (1.16e-8 + 5.19e-9 * far_rows) +
                             work.counted * (1.8e-9 + 9.98e-10 * far_rows)
                       : work.looks[1] * (4.53e-8 + 6.4e-8 * far_rows));
    }
    return 3.9e-6 + work.nodes * (2.02e-7 + 3.76e-7 * far_rows) + work.rows * 2.46e-9 +
           work.looks[0] * (5.38e-8 + 2.94e-8 * far_values) + work.looked_at[0] * 2.34e-9 +
           (counts ? work.nodes * 1.12e-7 + work.looks[1] * (3.88e-9 + 5.76e-9 * far_rows) +
                         work.counted * (2.54e-9 + 1.67e-9 * far_rows)
                   : work.looks[1] * 2.41e-8 + work.looked_at[1] * 6.1e-10);
}

double forest_seconds_of_columns(const forest_options *options, const perebor_table_shape *shape) {
    const double n = (double)shape->n_rows;
    const double dense = (double)(shape->n_columns - shape->n_levels);
    const double levels = (double)shape->n_levels;
    return options->random ? 7.46e-8 * n + 5.37e-9 * n * dense + 3.87e-8 * levels
                           : 2.45e-8 * n * dense + 1.04e-7 * levels;
}
