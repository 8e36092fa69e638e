// SPDX-License-Identifier: MIT
#include "model/svc/svc_block.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_conjugate.h"

/** Fewer free points than these are left to moves of pairs. */
enum { few_free = 32 };

/** Products of the matrix and a vector that are taken one after another, at most. */
enum { most_products = 64 };

perebor_status svc_block_create(svc_block *block, svc_rows *source, svc_block_size size,
                                perebor_workspace *workspace, perebor_error *error) {
    size_t length = source->gram->length;
    svc_block result = {.source = source,
                        .most = size.most,
                        .capacity = size.capacity,
                        .most_free = size.most_free};
    result.points = perebor_workspace_take_zeroed(workspace, length, sizeof *result.points);
    result.present = perebor_workspace_take_zeroed(workspace, length, sizeof *result.present);
    result.masks = perebor_workspace_take(workspace, length / SVC_MASK_BITS, sizeof *result.masks);
    result.entries =
        perebor_workspace_take(workspace, size.capacity * size.capacity, sizeof *result.entries);
    result.errors = perebor_workspace_take_zeroed(workspace, 4 * length, sizeof *result.errors);
    result.coefficients =
        perebor_workspace_take_zeroed(workspace, 4 * length, sizeof *result.coefficients);
    perebor_status status =
        svc_low_rank_create(&result.low, source->gram, size.most_free, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    size_t rank = result.low.most_rank;
    result.free = perebor_workspace_take(workspace, size.most_free, sizeof *result.free);
    result.root = perebor_workspace_take(workspace, rank * (rank + 1), sizeof *result.root);
    result.arrays = perebor_workspace_take(workspace, SVC_CONJUGATE_ARRAYS * size.most_free,
                                           sizeof *result.arrays);
    if (result.points == NULL || result.present == NULL || result.masks == NULL ||
        result.entries == NULL || result.errors == NULL || result.coefficients == NULL ||
        result.free == NULL || result.root == NULL || result.arrays == NULL) {
        return perebor_no_memory(error, "to solve for %zu points", source->gram->points.n_rows);
    }
    result.ceilings = result.errors + length;
    result.floors = result.errors + 2 * length;
    result.rounded = result.errors + 3 * length;
    result.highest = result.coefficients + length;
    result.lowest = result.coefficients + 2 * length;
    result.diagonal = result.coefficients + 3 * length;
    *block = result;
    return PEREBOR_OK;
}

/** The middle is taken off errors before they are rounded: their differences alone matter. */
static void gather_point(svc_block *block, const svc_pairs *all, double middle, size_t i) {
    size_t point = block->points[i];
    block->errors[i] = (float)(all->errors[point] - middle);
    block->ceilings[i] = (float)all->ceilings[point];
    block->floors[i] = (float)all->floors[point];
    block->rounded[i] = all->rounded[point];
    block->diagonal[i] = all->diagonal[point];
    block->coefficients[i] = all->coefficients[point];
    block->highest[i] = all->highest[point];
    block->lowest[i] = all->lowest[point];
}

/** Points beyond the last, which may not move. */
static void pad(svc_block *block) {
    for (size_t i = block->n_points; i < block->n; i++) {
        block->errors[i] = 0.0f;
        block->ceilings[i] = -INFINITY;
        block->floors[i] = INFINITY;
        block->rounded[i] = 1.0f;
        block->diagonal[i] = 1.0;
    }
}

static void note_masks(svc_block *block) {
    memset(block->masks, 0, block->source->gram->length / SVC_MASK_BITS * sizeof *block->masks);
    for (size_t i = 0; i < block->n_points; i++) {
        size_t point = block->points[i];
        block->masks[point / SVC_MASK_BITS] |= (uint16_t)(1u << point % SVC_MASK_BITS);
    }
}

/** Takes all points if nearly all are chosen, and finds where their rows will be. @return whether
 * those of the last time are there */
static bool settle_rows(svc_block *block, bool again, bool first) {
    const svc_gram *gram = block->source->gram;
    size_t n_rows = gram->points.n_rows;
    bool nearly_all = block->n_points > block->most;
    bool had_all = block->complete;
    if (nearly_all) {
        block->n_points = n_rows;
        for (size_t i = 0; i < n_rows; i++) {
            block->points[i] = i;
        }
    }
    block->whole = nearly_all && (first || block->capacity < n_rows);
    block->complete = !block->whole && gram->entries == NULL && block->n_points == n_rows;
    bool in_place = gram->entries != NULL && block->most_free >= n_rows;
    block->there = !block->whole || (!first && in_place);
    block->early = !block->there && n_rows > SVC_FEW_POINTS;
    block->n = svc_padded(block->n_points);
    return again || (had_all && block->complete);
}

void svc_block_gather(svc_block *block, svc_pairs *all, double middle, bool again, bool first) {
    block->all = all;
    if (!settle_rows(block, again, first)) {
        memset(block->present, 0, block->n_points * sizeof *block->present);
        note_masks(block);
    }
    for (size_t i = 0; i < block->n_points; i++) {
        gather_point(block, all, middle, i);
    }
    pad(block);
}

/** Copies what belongs to the block out of a row of all points. */
static void pick(const svc_block *block, const float *row, float *to) {
    if (block->n_points > SVC_BLOCK) {
        PEREBOR_KERNEL_PICK(svc_copies)
            ->pick(row, block->points, block->n_points, block->masks,
                   block->source->gram->length / SVC_MASK_BITS, to);
        return;
    }
    for (size_t i = 0; i < block->n_points; i++) {
        to[i] = row[block->points[i]];
    }
}

/** Fetches rows of some points, SVC_POINTS at most, that are not there yet: where the block has all
 * points they are computed in their places. */
static void fetch(svc_block *block, const size_t *points, size_t n) {
    size_t wanted[SVC_POINTS];
    const float *rows[SVC_POINTS];
    float *to[SVC_POINTS];
    for (size_t k = 0; k < n; k++) {
        wanted[k] = block->points[points[k]];
        to[k] = block->entries + points[k] * block->n;
        block->present[points[k]] = true;
    }
    if (block->complete) {
        svc_gram_rows(block->source->gram, wanted, n, to);
    } else {
        svc_rows_get(block->source, wanted, n, rows);
    }
    for (size_t k = 0; k < n; k++) {
        if (!block->complete) {
            pick(block, rows[k], to[k]);
        }
        memset(to[k] + block->n_points, 0, (block->n - block->n_points) * sizeof *to[k]);
    }
}

/** The kernel values of a point with the block; those of @p other stay valid. */
static const float *row_of(svc_block *block, size_t point, size_t other) {
    if (block->whole) {
        const float *rows[2];
        const size_t wanted[2] = {point, other};
        svc_rows_get(block->source, wanted, point == other ? 1 : 2, rows);
        return rows[0];
    }
    if (!block->present[point]) {
        fetch(block, &point, 1);
    }
    return block->entries + point * block->n;
}

void svc_block_rows(const svc_block *block, const size_t *points, size_t n, const float **rows) {
    if (!block->complete) {
        svc_rows_get(block->source, points, n, rows);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        rows[k] = block->entries + points[k] * block->n;
    }
}

/** Fetches the rows of free points, as many together as are computed together. */
static void fetch_free(svc_block *block, const svc_quadratic *quadratic) {
    size_t missing[SVC_POINTS];
    size_t n = 0;
    for (size_t k = 0; k < quadratic->n_free; k++) {
        if (!block->present[quadratic->free[k]]) {
            missing[n++] = quadratic->free[k];
        }
        if (n == SVC_POINTS) {
            fetch(block, missing, n);
            n = 0;
        }
    }
    if (n > 0) {
        fetch(block, missing, n);
    }
}

static bool is_at_bound(const svc_block *block, size_t point) {
    return block->ceilings[point] != 0.0f || block->floors[point] != 0.0f;
}

static void bar(svc_block *block, size_t point) {
    double coefficient = block->coefficients[point];
    block->ceilings[point] = coefficient < block->highest[point] ? 0.0f : -INFINITY;
    block->floors[point] = coefficient > block->lowest[point] ? 0.0f : INFINITY;
    if (block->source->resting != NULL) {
        bool known = !block->early || coefficient == block->all->coefficients[block->points[point]];
        block->source->resting[block->points[point]] = known && is_at_bound(block, point);
    }
}

/** e_t -= db_i K_it of the points that wait, for all points t: their rows are still there. */
static void take_off_waiting(svc_block *block) {
    svc_pairs *all = block->all;
    const float *rows[SVC_POINTS];
    double steps[SVC_POINTS];
    svc_rows_get(block->source, block->waiting, block->n_waiting, rows);
    for (size_t k = 0; k < block->n_waiting; k++) {
        size_t point = block->waiting[k];
        steps[k] = block->coefficients[point] - all->coefficients[point];
        all->coefficients[point] = block->coefficients[point];
        svc_pairs_bar(all, point);
        bar(block, point);
    }
    PEREBOR_KERNEL_PICK(svc_steps)->subtract(steps, rows, block->n_waiting, all->n, all->errors);
    block->n_waiting = 0;
}

/** Notes a point of a whole block that has reached a bound. */
static void note(svc_block *block, size_t point) {
    bool is_noted = false;
    for (size_t k = 0; k < block->n_waiting; k++) {
        is_noted = is_noted || block->waiting[k] == point;
    }
    if (is_noted || !is_at_bound(block, point) ||
        block->coefficients[point] == block->all->coefficients[point]) {
        return;
    }
    block->waiting[block->n_waiting++] = point;
    if (block->n_waiting == SVC_POINTS) {
        take_off_waiting(block);
    }
}

/** A bound itself if a coefficient is as near to it as its rounding. */
static double snap(double coefficient, double lowest, double highest) {
    double near = 0x1p-40 * (highest - lowest);
    return coefficient <= lowest + near    ? lowest
           : coefficient >= highest - near ? highest
                                           : coefficient;
}

/** Directions add up to 0 as single precision has it: what is left goes to the point that has most
 * room. */
static void restore_sum(svc_block *block, const svc_quadratic *quadratic, double before) {
    double after = 0.0;
    double most = 0.0;
    size_t freest = SIZE_MAX;
    for (size_t i = 0; i < block->n_points; i++) {
        after += block->coefficients[i];
    }
    for (size_t k = 0; k < quadratic->n_free; k++) {
        size_t i = quadratic->free[k];
        double room = fmin(block->highest[i] - block->coefficients[i],
                           block->coefficients[i] - block->lowest[i]);
        freest = room > most ? i : freest;
        most = room > most ? room : most;
    }
    if (freest != SIZE_MAX && fabs(after - before) <= most) {
        block->coefficients[freest] = snap(block->coefficients[freest] - (after - before),
                                           block->lowest[freest], block->highest[freest]);
    }
}

uint64_t svc_block_solve_free(svc_block *block, double tolerance, uint64_t max_moves) {
    if (!block->there) {
        return 0;
    }
    svc_quadratic quadratic = {.n = block->n,
                               .entries =
                                   block->whole ? block->source->gram->entries : block->entries,
                               .errors = block->errors,
                               .coefficients = block->coefficients,
                               .highest = block->highest,
                               .lowest = block->lowest,
                               .free = block->free,
                               .factors = block->low.factors,
                               .rests = block->low.rests,
                               .root = block->root,
                               .arrays = block->arrays};
    double before = 0.0;
    for (size_t i = 0; i < block->n_points; i++) {
        before += block->coefficients[i];
        if (block->ceilings[i] == 0.0f && block->floors[i] == 0.0f) {
            quadratic.free[quadratic.n_free++] = i;
        }
    }
    if (quadratic.n_free < few_free) {
        return 0;
    }
    if (!block->whole) {
        fetch_free(block, &quadratic);
    }
    svc_low_rank_gather(&block->low, block->points, block->n_points, block->n, quadratic.n_free);
    quadratic.rank = block->low.rank;
    // a product reads the rows of half of the points, a move two
    uint64_t moves_a_product = quadratic.n_free / 4 + 1;
    uint64_t most = max_moves / moves_a_product;
    size_t n =
        PEREBOR_KERNEL_PICK(svc_conjugates)
            ->descend(&quadratic, tolerance, most < most_products ? (size_t)most : most_products);
    restore_sum(block, &quadratic, before);
    for (size_t i = 0; i < block->n_points; i++) {
        bar(block, i);
    }
    return n * moves_a_product;
}

/** Moves one pair: the coefficient of the one rises by what that of the other falls. */
static void move(svc_block *block, const svc_steps *vector, svc_extremes *extremes) {
    double *coefficients = block->coefficients;
    // i of e_i = m(b), the greatest of those that may go up;  j of the greatest (m - e_j)^2 / q_ij
    // among those that may go down
    size_t i = extremes->at;
    const float *row_i = row_of(block, i, i);
    size_t j = vector->single_partner(extremes, row_i, block->rounded[i], block->rounded,
                                      block->errors, block->floors, block->n);
    const float *row_j = row_of(block, j, i);
    // q_ij = K_ii + K_jj - 2 K_ij;  s = (e_i - e_j) / q_ij, as far as both bounds allow: svc_smo.c
    double entry = (double)row_i[j];
    double curvature = (block->diagonal[i] + block->diagonal[j]) - (entry + entry);
    double gap = extremes->highest - (double)block->errors[j];
    double step = gap / (curvature > 0.0 ? curvature : SVC_TAU);
    double room_i = block->highest[i] - coefficients[i];
    double room_j = coefficients[j] - block->lowest[j];
    double room = room_i < room_j ? room_i : room_j;
    step = step < room ? step : room;
    // b_i += s and b_j -= s, in double precision; a bound that is reached is taken as it is
    coefficients[i] = step == room_i ? block->highest[i] : coefficients[i] + step;
    coefficients[j] = step == room_j ? block->lowest[j] : coefficients[j] - step;
    bar(block, i);
    bar(block, j);
    // e_t -= s (K_it - K_jt), in single precision, and the next m and M
    vector->single_move((float)step, row_i, row_j, block->ceilings, block->floors, block->n,
                        block->errors, extremes);
    if (block->early) {
        note(block, i);
        note(block, j);
    }
}

uint64_t svc_block_descend(svc_block *block, double tolerance, uint64_t max_moves, bool one) {
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    const float *any = row_of(block, 0, 0);
    svc_extremes extremes;
    vector->single_move(0.0f, any, any, block->ceilings, block->floors, block->n, block->errors,
                        &extremes);
    uint64_t moves = 0;
    while (moves < max_moves &&
           ((one && moves == 0) || extremes.highest - extremes.lowest > tolerance) &&
           isfinite(extremes.highest) && isfinite(extremes.lowest) &&
           (moves % 256 != 255 || !perebor_deadline_passed())) {
        move(block, vector, &extremes);
        moves++;
    }
    take_off_waiting(block);
    return moves;
}
