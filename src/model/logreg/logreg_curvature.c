// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_curvature.h"

#include <string.h>

#include "base/deadline.h"
#include "model/logreg/logreg_single.h"

/** Where a matrix is being formed. */
typedef struct forming {
    const logreg_problem *problem;
    double *curvature;
    size_t ld;
    const size_t *list;
    size_t n_listed, n_dense; /**< The first n_dense of the list are dense. */
    double *squares;          /**< [stride] r_i^2 */
    double *pulls;            /**< [stride] r_i^2 s_i */
    double *totals;           /**< [n_columns] W_j of levels, by the problem's column */
    double *pairs;            /**< N_jk of two blocks */
    double total;             /**< W */
    size_t worked;
} forming;

static size_t round_up(size_t n, size_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

/** Doubles of N_jk, of any two blocks. */
static size_t most_pairs(const logreg_problem *problem) {
    size_t most = 0;
    for (size_t a = 0; a < problem->n_blocks; a++) {
        for (size_t b = a + 1; b < problem->n_blocks; b++) {
            const size_t n = (problem->blocks[a].n + 1) * (problem->blocks[b].n + 1);
            most = n > most ? n : most;
        }
    }
    return most;
}

size_t logreg_curvature_scratch(const logreg_problem *problem, size_t most_listed) {
    const size_t panel = round_up(most_listed, LOGREG_TILE) * LOGREG_BLOCK;
    return problem->n_blocks == 0
               ? panel
               : panel + 2 * problem->stride + problem->n_columns + most_pairs(problem);
}

static void set(forming *f, size_t a, size_t b, double value) {
    f->curvature[a * f->ld + b] = value;
    f->curvature[b * f->ld + a] = value;
}

/** The part of the list that a block's columns are: [*from, *to). */
static void find_listed(const forming *f, const logreg_levels *block, size_t *from, size_t *to) {
    *from = f->n_dense;
    while (*from < f->n_listed && f->list[*from] < block->first) {
        ++*from;
    }
    *to = *from;
    while (*to < f->n_listed && f->list[*to] < block->first + block->n) {
        ++*to;
    }
}

/** H_aj of one dense column, whose sums over the rows of each level are known. */
static void set_dense(forming *f, const logreg_levels *block, size_t from, size_t to, size_t a,
                      const double *sums) {
    const logreg_problem *p = f->problem;
    double total = 0.0;
    for (size_t level = 0; level <= block->n; level++) {
        total += sums[level];
    }
    for (size_t j = from; j < to; j++) {
        const size_t column = f->list[j];
        set(f, a, j,
            (sums[column - block->first] - p->centres[column] * total) / p->scales[column]);
    }
}

/** H_aj of every dense column that is listed; the last few sums may be of one column twice. */
static void add_dense(forming *f, const logreg_levels *block, size_t from, size_t to) {
    enum { side_by_side = LOGREG_LEVELS_COLUMNS };
    const logreg_problem *p = f->problem;
    double sums[side_by_side * (LOGREG_MOST_LEVELS + 1)];
    for (size_t first = 0; first < f->n_dense; first += side_by_side) {
        const double *columns[side_by_side];
        const size_t left = f->n_dense - first;
        const size_t n = left < side_by_side ? left : side_by_side;
        if (perebor_deadline_passed_after(&f->worked, n * block->n_rows)) {
            return;
        }
        for (size_t k = 0; k < side_by_side; k++) {
            columns[k] = p->columns + f->list[first + (k < n ? k : 0)] * p->stride;
        }
        logreg_levels_sum_columns(block, sums, columns, f->pulls);
        for (size_t k = 0; k < n; k++) {
            set_dense(f, block, from, to, first + k, sums + k * (block->n + 1));
        }
    }
}

/** H_jk of two levels, N_jk given. */
static double of_levels(const forming *f, size_t j, size_t k, double together) {
    const logreg_problem *p = f->problem;
    const double c[2] = {p->centres[j], p->centres[k]};
    const double sum =
        together - c[0] * f->totals[k] - c[1] * f->totals[j] + c[0] * c[1] * f->total;
    return sum / (p->scales[j] * p->scales[k]);
}

static double own_of_level(const logreg_problem *p, size_t column, double of_level, double total) {
    const double c = p->centres[column];
    const double q = p->scales[column];
    return ((1.0 - c) * (1.0 - c) * of_level + c * c * (total - of_level)) / (q * q);
}

static void add_block(forming *f, size_t from, size_t to) {
    for (size_t j = from; j < to; j++) {
        const size_t column = f->list[j];
        set(f, j, j, own_of_level(f->problem, column, f->totals[column], f->total));
        for (size_t k = j + 1; k < to; k++) {
            set(f, j, k, of_levels(f, column, f->list[k], 0.0));
        }
    }
}

static void add_two_blocks(forming *f, const logreg_levels *a, size_t from, size_t to,
                           const logreg_levels *b) {
    size_t other_from, other_to;
    find_listed(f, b, &other_from, &other_to);
    if (other_from == other_to || perebor_deadline_passed_after(&f->worked, a->n_rows)) {
        return;
    }
    logreg_levels_sum_pairs(a, b, f->pairs, f->squares);
    for (size_t j = from; j < to; j++) {
        const double *together = f->pairs + (f->list[j] - a->first) * (b->n + 1);
        for (size_t k = other_from; k < other_to; k++) {
            set(f, j, k, of_levels(f, f->list[j], f->list[k], together[f->list[k] - b->first]));
        }
    }
}

/** W_j of a block, and W. */
static void add_up(forming *f, const logreg_levels *block) {
    double sums[LOGREG_MOST_LEVELS + 1];
    logreg_levels_sum(block, sums, f->problem->columns, f->pulls); // s_i^2 = 1
    f->total = 0.0;
    for (size_t level = 0; level <= block->n; level++) {
        f->total += sums[level];
    }
    memcpy(f->totals + block->first, sums, block->n * sizeof *sums);
}

static void add_levels(forming *f) {
    const logreg_problem *p = f->problem;
    for (size_t a = 0; a < p->n_blocks; a++) {
        add_up(f, &p->blocks[a]);
    }
    for (size_t a = 0; a < p->n_blocks; a++) {
        const logreg_levels *block = &p->blocks[a];
        size_t from, to;
        find_listed(f, block, &from, &to);
        if (from == to) {
            continue;
        }
        add_dense(f, block, from, to);
        add_block(f, from, to);
        for (size_t b = a + 1; b < p->n_blocks; b++) {
            add_two_blocks(f, block, from, to, &p->blocks[b]);
        }
    }
}

void logreg_curvature_add(const logreg_problem *problem, double *curvature, size_t ld,
                          const size_t *list, size_t n_dense, const double *root, bool roughly,
                          size_t from, size_t to, double *scratch) {
    const logreg_gram_columns columns = {problem->columns, problem->views, problem->stride};
    if (roughly) {
        PEREBOR_KERNEL_PICK(logreg_single_kernels)
            ->gram(curvature, ld, &columns, list, n_dense, root, from, to, (float *)scratch);
    } else {
        problem->kernels->gram(curvature, ld, &columns, list, n_dense, root, from, to, scratch);
    }
}

void logreg_curvature_form(const logreg_problem *problem, double *curvature, size_t ld,
                           const size_t *list, size_t n_listed, const double *root, bool roughly,
                           double *scratch) {
    size_t n_dense = 0;
    while (n_dense < n_listed && list[n_dense] < problem->n_dense) {
        n_dense++;
    }
    logreg_curvature_add(problem, curvature, ld, list, n_dense, root, roughly, 0, problem->stride,
                         scratch);
    if (n_dense == n_listed) {
        return;
    }
    double *rows = scratch + round_up(n_listed, LOGREG_TILE) * LOGREG_BLOCK;
    forming f = {.problem = problem,
                 .curvature = curvature,
                 .ld = ld,
                 .list = list,
                 .n_listed = n_listed,
                 .n_dense = n_dense,
                 .squares = rows,
                 .pulls = rows + problem->stride,
                 .totals = rows + 2 * problem->stride};
    f.pairs = f.totals + problem->n_columns;
    for (size_t row = 0; row < problem->stride; row++) {
        f.squares[row] = root[row] * root[row];
        f.pulls[row] = f.squares[row] * problem->columns[row];
    }
    add_levels(&f);
}
