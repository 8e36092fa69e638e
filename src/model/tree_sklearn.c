// SPDX-License-Identifier: MIT
/*
 * scikit-learn's DecisionTreeClassifier (release 1.2.1, splitter="best"), node for node.
 *
 * It ends up with one of many trees of equal merit, decided by the order in which columns are
 * visited (a stream of random numbers that runs through the whole growth, depth first) and by the
 * rounding of its sums. To get the same tree, everything it rounds is computed here in its order:
 * values in single precision, neighbours closer than 1e-7 taken for equal, sums of weights in the
 * order its unstable sort leaves the rows in, from the nearer end.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "model/tree.h"
#include "model/tree_sklearn_sort.h"

enum { RANDOM_MAX = 0x7fffffff };

/** Neighbouring values closer than this are no place for a split. */
static const float closest = 1e-7F;

/** Sums of weights by class in a node, and on the left of a place in it. */
struct criterion {
    tree_criterion kind;
    double total[2], left[2], right[2];
    double n_total, n_left, n_right;
    size_t position;
};

/** A split as the search keeps it. */
struct choice {
    size_t column;
    size_t position;
    double threshold;
    double impurity[2]; /**< Of the two sides. */
};

/** A node that waits to be grown. */
struct waiting {
    size_t start, end, depth;
    size_t n_constant; /**< Columns known to be constant. */
    double impurity;
    uint32_t node;
};

struct sklearn {
    const perebor_training *training;
    const tree_options *options;
    tree_nodes *tree;
    float *values;      /**< [n_columns][n_rows] */
    uint32_t *samples;  /**< [n_rows] rows, by node. */
    float *sorted;      /**< [n_rows] values of the node's rows in the column at hand. */
    uint32_t *columns;  /**< [n_columns] in the order of the draw so far. */
    uint32_t *constant; /**< [n_columns] those found constant on the way to the node. */
    double weights[2];
    double weight_of_all;
    uint32_t random;
    struct waiting *stack;
    size_t n_stack, room;
};

/* Random numbers. */

/**
 * numpy.random.RandomState(seed).randint(0, 2^31 - 1): the first outputs of the Mersenne Twister
 * (Matsumoto and Nishimura, 1998) cut to 31 bits, the first that is in range.
 */
static uint32_t first_of_random_state(uint32_t seed) {
    enum { WORDS = 624, AHEAD = 397 };
    uint32_t state[WORDS];
    state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++) {
        state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }
    uint32_t drawn = RANDOM_MAX;
    for (uint32_t i = 0; drawn == RANDOM_MAX && i + AHEAD < WORDS; i++) {
        uint32_t joined = (state[i] & 0x80000000u) | (state[i + 1] & 0x7fffffffu);
        uint32_t y = state[i + AHEAD] ^ (joined >> 1) ^ ((joined & 1) != 0 ? 0x9908b0dfu : 0);
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        drawn = (y ^ (y >> 18)) & RANDOM_MAX;
    }
    return drawn;
}

/** A number in [low, high) from the tree's own xorshift generator. */
static size_t draw(struct sklearn *grower, size_t low, size_t high) {
    uint32_t x = grower->random == 0 ? 1 : grower->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    grower->random = x;
    return low + (x & RANDOM_MAX) % (high - low);
}

/* The criterion. */

static double side_impurity(tree_criterion kind, const double sums[2], double n) {
    if (kind == TREE_GINI) {
        return 1.0 - (sums[0] * sums[0] + sums[1] * sums[1]) / (n * n);
    }
    double entropy = 0.0;
    for (int k = 0; k < 2; k++) {
        if (sums[k] > 0.0) {
            double share = sums[k] / n;
            entropy -= share * perebor_log2(share);
        }
    }
    return entropy;
}

static void criterion_reset(struct criterion *criterion, size_t start) {
    criterion->position = start;
    criterion->n_left = 0.0;
    criterion->n_right = criterion->n_total;
    for (int k = 0; k < 2; k++) {
        criterion->left[k] = 0.0;
        criterion->right[k] = criterion->total[k];
    }
}

static void criterion_start(struct criterion *criterion, const struct sklearn *grower, size_t start,
                            size_t end) {
    *criterion = (struct criterion){.kind = grower->options->criterion};
    for (size_t i = start; i < end; i++) {
        uint8_t label = grower->training->labels[grower->samples[i]];
        criterion->total[label] += grower->weights[label];
        criterion->n_total += grower->weights[label];
    }
    criterion_reset(criterion, start);
}

/** Moves the place up to @p position, counting from the nearer of the old place and the end. */
static void criterion_move(struct criterion *criterion, const struct sklearn *grower,
                           size_t position, size_t end) {
    const uint8_t *labels = grower->training->labels;
    if (position - criterion->position <= end - position) {
        for (size_t i = criterion->position; i < position; i++) {
            uint8_t label = labels[grower->samples[i]];
            criterion->left[label] += grower->weights[label];
            criterion->n_left += grower->weights[label];
        }
    } else {
        criterion->left[0] = criterion->total[0];
        criterion->left[1] = criterion->total[1];
        criterion->n_left = criterion->n_total;
        for (size_t i = end; i-- > position;) {
            uint8_t label = labels[grower->samples[i]];
            criterion->left[label] -= grower->weights[label];
            criterion->n_left -= grower->weights[label];
        }
    }
    criterion->n_right = criterion->n_total - criterion->n_left;
    criterion->right[0] = criterion->total[0] - criterion->left[0];
    criterion->right[1] = criterion->total[1] - criterion->left[1];
    criterion->position = position;
}

static void side_impurities(const struct criterion *criterion, double impurity[2]) {
    impurity[0] = side_impurity(criterion->kind, criterion->left, criterion->n_left);
    impurity[1] = side_impurity(criterion->kind, criterion->right, criterion->n_right);
}

/** What splits are compared by: the improvement but for what is the same for all. */
static double merit(const struct criterion *criterion) {
    double impurity[2];
    side_impurities(criterion, impurity);
    return -criterion->n_right * impurity[1] - criterion->n_left * impurity[0];
}

/* The split of a node. */

static void sort_samples(struct sklearn *grower, const struct waiting *node, size_t column) {
    const float *values = grower->values + column * grower->training->rows.n_rows;
    for (size_t i = node->start; i < node->end; i++) {
        grower->sorted[i] = values[grower->samples[i]];
    }
    tree_sklearn_sort(grower->sorted + node->start, grower->samples + node->start,
                      node->end - node->start);
}

static double threshold_at(const float *sorted, size_t position) {
    double below = (double)sorted[position - 1];
    double above = (double)sorted[position];
    double threshold = below / 2.0 + above / 2.0;
    return threshold == above ? below : threshold;
}

/** Looks at every split of a sorted column. */
static void search_column(const struct sklearn *grower, const struct waiting *node,
                          struct criterion *criterion, size_t column, double *best_merit,
                          struct choice *choice) {
    const float *sorted = grower->sorted;
    size_t min_leaf = grower->options->min_leaf;
    criterion_reset(criterion, node->start);
    for (size_t i = node->start; i < node->end;) {
        while (i + 1 < node->end && sorted[i + 1] <= sorted[i] + closest) {
            i++;
        }
        i++;
        if (i >= node->end || i - node->start < min_leaf || node->end - i < min_leaf) {
            continue;
        }
        criterion_move(criterion, grower, i, node->end);
        double reached = merit(criterion);
        if (reached > *best_merit) {
            *best_merit = reached;
            choice->column = column;
            choice->position = i;
            choice->threshold = threshold_at(sorted, i);
        }
    }
}

static void swap(uint32_t *columns, size_t a, size_t b) {
    uint32_t column = columns[a];
    columns[a] = columns[b];
    columns[b] = column;
}

/**
 * Draws columns without replacement (Fisher and Yates) and searches them. columns[] holds, in this
 * order: constant ones drawn; known constant ones; ones found constant here; not drawn; drawn.
 * Updates node->n_constant to what its children know.
 */
static void search_columns(struct sklearn *grower, struct waiting *node,
                           struct criterion *criterion, struct choice *choice) {
    uint32_t *columns = grower->columns;
    size_t n_known = node->n_constant;
    size_t n_drawn = 0;
    size_t n_found = 0;
    size_t n_visited = 0;
    size_t end = grower->training->rows.n_columns;
    double best_merit = -INFINITY;
    while (end > n_known + n_found &&
           (n_visited < grower->options->max_features || n_visited <= n_found + n_drawn)) {
        n_visited++;
        size_t at = draw(grower, n_drawn, end - n_found);
        if (at < n_known) {
            swap(columns, n_drawn++, at);
            continue;
        }
        at += n_found;
        uint32_t column = columns[at];
        sort_samples(grower, node, column);
        if (grower->sorted[node->end - 1] <= grower->sorted[node->start] + closest) {
            swap(columns, at, n_known + n_found++);
            continue;
        }
        swap(columns, --end, at);
        search_column(grower, node, criterion, column, &best_merit, choice);
    }
    // Children rely on the order in which constant columns were found.
    memcpy(columns, grower->constant, n_known * sizeof *columns);
    memcpy(grower->constant + n_known, columns + n_known, n_found * sizeof *columns);
    node->n_constant = n_known + n_found;
}

/** Puts the rows that go left before the others, in scikit-learn's order. */
static void part_samples(struct sklearn *grower, const struct waiting *node,
                         const struct choice *choice) {
    const float *values = grower->values + choice->column * grower->training->rows.n_rows;
    uint32_t *samples = grower->samples;
    size_t i = node->start;
    size_t end = node->end;
    while (i < end) {
        if ((double)values[samples[i]] <= choice->threshold) {
            i++;
        } else {
            uint32_t sample = samples[--end];
            samples[end] = samples[i];
            samples[i] = sample;
        }
    }
}

/** Whether a split was found that does not make things worse than rounding explains. */
static bool split_samples(struct sklearn *grower, struct waiting *node, struct criterion *criterion,
                          struct choice *choice) {
    choice->position = node->end;
    search_columns(grower, node, criterion, choice);
    if (choice->position >= node->end) {
        return false;
    }
    part_samples(grower, node, choice);
    criterion_reset(criterion, node->start);
    criterion_move(criterion, grower, choice->position, node->end);
    side_impurities(criterion, choice->impurity);
    double n = criterion->n_total;
    double improvement = n / grower->weight_of_all *
                         (node->impurity - criterion->n_right / n * choice->impurity[1] -
                          criterion->n_left / n * choice->impurity[0]);
    return !(improvement + DBL_EPSILON < 0.0);
}

/* The tree. */

static perebor_status push(struct sklearn *grower, struct waiting node, perebor_error *error) {
    if (grower->n_stack == grower->room) {
        size_t room = grower->room == 0 ? 64 : 2 * grower->room;
        struct waiting *stack = realloc(grower->stack, room * sizeof *stack);
        if (stack == NULL) {
            return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to grow a tree");
        }
        grower->stack = stack;
        grower->room = room;
    }
    grower->stack[grower->n_stack++] = node;
    return PEREBOR_OK;
}

/** Splits a node and pushes its children, the right one first, so that the left one grows first. */
static perebor_status grow_children(struct sklearn *grower, const struct waiting *node,
                                    const struct choice *choice, perebor_error *error) {
    perebor_status status;
    uint32_t left;
    PEREBOR_TRY(done, tree_nodes_add(grower->tree, 2, &left, error));
    tree_node *parent = &grower->tree->nodes[node->node];
    parent->column = (uint32_t)choice->column;
    parent->threshold = choice->threshold;
    parent->left = left;
    struct waiting child = *node;
    child.depth++;
    child.start = choice->position;
    child.node = left + 1;
    child.impurity = choice->impurity[1];
    PEREBOR_TRY(done, push(grower, child, error));
    child.start = node->start;
    child.end = choice->position;
    child.node = left;
    child.impurity = choice->impurity[0];
    PEREBOR_TRY(done, push(grower, child, error));
done:
    return status;
}

static perebor_status grow_node(struct sklearn *grower, struct waiting *node,
                                perebor_error *error) {
    struct criterion criterion;
    struct choice choice = {0};
    criterion_start(&criterion, grower, node->start, node->end);
    if (node->node == 0) {
        node->impurity = side_impurity(criterion.kind, criterion.total, criterion.n_total);
    }
    tree_node *described = &grower->tree->nodes[node->node];
    described->impurity = node->impurity;
    described->weight = criterion.n_total;
    described->share = criterion.total[1] / (criterion.total[0] + criterion.total[1]);
    size_t n = node->end - node->start;
    if (node->depth < grower->options->max_depth && n >= grower->options->min_split &&
        node->impurity > DBL_EPSILON && split_samples(grower, node, &criterion, &choice)) {
        return grow_children(grower, node, &choice, error);
    }
    return PEREBOR_OK;
}

/** Rounds the columns to single precision. */
static perebor_status round_values(struct sklearn *grower, perebor_error *error) {
    const perebor_matrix *rows = &grower->training->rows;
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *values = perebor_matrix_column(rows, column);
        float *rounded = grower->values + column * rows->n_rows;
        for (size_t row = 0; row < rows->n_rows; row++) {
            if (fabs(values[row]) > (double)FLT_MAX) {
                return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                    "column %zu holds %.17g, and scikit-learn's tree takes single "
                                    "precision, at most %.9g; scale the column or leave out "
                                    "random_state",
                                    column, values[row], (double)FLT_MAX);
            }
            rounded[row] = (float)values[row];
        }
    }
    return PEREBOR_OK;
}

static perebor_status start(struct sklearn *grower, perebor_error *error) {
    perebor_status status;
    const perebor_matrix *rows = &grower->training->rows;
    grower->values = malloc((rows->n_columns * rows->n_rows + 1) * sizeof *grower->values);
    grower->samples = malloc(rows->n_rows * sizeof *grower->samples);
    grower->sorted = malloc(rows->n_rows * sizeof *grower->sorted);
    grower->columns = malloc((rows->n_columns + 1) * sizeof *grower->columns);
    grower->constant = malloc((rows->n_columns + 1) * sizeof *grower->constant);
    if (grower->values == NULL || grower->samples == NULL || grower->sorted == NULL ||
        grower->columns == NULL || grower->constant == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to grow a tree on %zu rows",
                            rows->n_rows);
    }
    PEREBOR_TRY(done, round_values(grower, error));
    double n_of[2] = {0.0, 0.0};
    for (size_t row = 0; row < rows->n_rows; row++) {
        grower->samples[row] = (uint32_t)row;
        n_of[grower->training->labels[row]] += 1.0;
    }
    for (size_t column = 0; column < rows->n_columns; column++) {
        grower->columns[column] = (uint32_t)column;
    }
    for (int k = 0; k < 2; k++) {
        grower->weights[k] = grower->options->balanced ? (double)rows->n_rows / (2.0 * n_of[k]) : 1;
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        grower->weight_of_all += grower->weights[grower->training->labels[row]];
    }
    grower->random = first_of_random_state(grower->options->random_state);
done:
    return status;
}

perebor_status tree_sklearn_grow(tree_nodes *tree, const perebor_training *training,
                                 const tree_options *options, perebor_error *error) {
    perebor_status status;
    struct sklearn grower = {.training = training, .options = options, .tree = tree};
    struct waiting root = {.end = training->rows.n_rows};
    PEREBOR_TRY(done, start(&grower, error));
    PEREBOR_TRY(done, tree_nodes_add(tree, 1, &root.node, error));
    tree->rounds = true;
    PEREBOR_TRY(done, push(&grower, root, error));
    while (grower.n_stack > 0) {
        struct waiting node = grower.stack[--grower.n_stack];
        PEREBOR_TRY(done, grow_node(&grower, &node, error));
    }
done:
    free(grower.values);
    free(grower.samples);
    free(grower.sorted);
    free(grower.columns);
    free(grower.constant);
    free(grower.stack);
    return status;
}
