// SPDX-License-Identifier: MIT
#include "model/svc_rows.h"

#include <assert.h>
#include <stdlib.h>

#include "base/try.h"
#include "model/svc_steps.h"

enum { FEWEST_SLOTS = 2 * SVC_BATCH };

size_t svc_padded(size_t n) {
    return (n + SVC_PAD - 1) / SVC_PAD * SVC_PAD;
}

perebor_status svc_gram_create(svc_gram *gram, const svc_points *points, const svc_kernel *kernel,
                               const svc_limits *limits, perebor_error *error) {
    size_t n_rows = points->rows.n_rows;
    svc_gram made = {.points = points, .kernel = *kernel, .length = svc_padded(n_rows)};
    bool fits = n_rows <= limits->gram_bytes / sizeof *made.entries / made.length;
    made.diagonal = svc_array(made.length, sizeof *made.diagonal);
    made.scratch = svc_array(points->rows.n_columns * SVC_BATCH, sizeof *made.scratch);
    made.zeros = svc_array(made.length, sizeof *made.zeros);
    if (fits) {
        made.present = calloc(n_rows, sizeof *made.present);
        made.entries = aligned_alloc(64, n_rows * made.length * sizeof *made.entries);
    }
    if (made.diagonal == NULL || made.scratch == NULL || made.zeros == NULL ||
        (fits && (made.present == NULL || made.entries == NULL))) {
        svc_gram_release(&made);
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for kernel values of %zu rows",
                            n_rows);
    }
    svc_points_diagonal(points, kernel, made.diagonal);
    for (size_t pad = n_rows; pad < made.length; pad++) {
        made.diagonal[pad] = 1.0;
    }
    *gram = made;
    return PEREBOR_OK;
}

void svc_gram_release(svc_gram *gram) {
    free(gram->diagonal);
    free(gram->scratch);
    free(gram->zeros);
    free(gram->entries);
    free(gram->present);
    *gram = (svc_gram){0};
}

static bool is_whole(const svc_rows *rows) {
    return rows->n_active == rows->gram->points->rows.n_rows;
}

static void forget_slots(svc_rows *rows) {
    size_t n_rows = rows->gram->points->rows.n_rows;
    for (size_t i = 0; i < n_rows; i++) {
        rows->slot_of[i] = SIZE_MAX;
        rows->position_of[i] = SIZE_MAX;
        rows->used[i] = false;
    }
    rows->hand = 0;
}

/** Lays slots of the present length over the room there is. */
static void divide_room(svc_rows *rows) {
    size_t n_rows = rows->gram->points->rows.n_rows;
    assert(rows->length > 0);
    size_t n_slots = rows->room / rows->length;
    rows->n_slots = n_slots < n_rows ? n_slots : n_rows;
}

static perebor_status make_room(svc_rows *rows, size_t floats, perebor_error *error) {
    if (floats <= rows->room) {
        return PEREBOR_OK;
    }
    float *slots = aligned_alloc(64, floats * sizeof *slots);
    if (slots == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu kernel values", floats);
    }
    free(rows->slots);
    rows->slots = slots;
    rows->room = floats;
    return PEREBOR_OK;
}

void svc_rows_widen(svc_rows *rows) {
    size_t n_rows = rows->gram->points->rows.n_rows;
    rows->n_active = n_rows;
    rows->length = rows->gram->length;
    for (size_t i = 0; i < n_rows; i++) {
        rows->points[i] = i;
    }
    svc_points_release(&rows->narrowed);
    perebor_matrix_release(&rows->copy);
    forget_slots(rows);
    divide_room(rows);
}

perebor_status svc_rows_create(svc_rows *rows, svc_gram *gram, const svc_limits *limits,
                               perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = gram->points->rows.n_rows;
    svc_rows made = {.gram = gram};
    made.points = svc_array(n_rows, sizeof *made.points);
    made.slot_of = svc_array(n_rows, sizeof *made.slot_of);
    made.position_of = svc_array(n_rows, sizeof *made.position_of);
    made.used = svc_array(n_rows, sizeof *made.used);
    if (made.points == NULL || made.slot_of == NULL || made.position_of == NULL ||
        made.used == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu active points", n_rows);
        goto failed;
    }
    if (gram->entries == NULL) {
        size_t n_slots = limits->gram_bytes / sizeof(float) / gram->length;
        n_slots = n_slots < FEWEST_SLOTS ? FEWEST_SLOTS : n_slots;
        PEREBOR_TRY(failed, make_room(&made, n_slots * gram->length, error));
    }
    svc_rows_widen(&made);
    *rows = made;
    return PEREBOR_OK;
failed:
    svc_rows_release(&made);
    return status;
}

void svc_rows_release(svc_rows *rows) {
    free(rows->points);
    free(rows->slot_of);
    free(rows->position_of);
    free(rows->used);
    free(rows->slots);
    svc_points_release(&rows->narrowed);
    perebor_matrix_release(&rows->copy);
    *rows = (svc_rows){0};
}

/** A slot to overwrite, by second chance: what was used since the hand passed stays once more. */
static size_t take_slot(svc_rows *rows, size_t other) {
    for (;;) {
        size_t slot = rows->hand;
        rows->hand = slot + 1 == rows->n_slots ? 0 : slot + 1;
        size_t position = rows->position_of[slot];
        if (position == SIZE_MAX) {
            return slot;
        }
        if (position != other && !rows->used[slot]) {
            rows->slot_of[position] = SIZE_MAX;
            return slot;
        }
        rows->used[slot] = false;
    }
}

/** Gives a position a slot. */
static float *settle(svc_rows *rows, size_t position, size_t other) {
    size_t slot = take_slot(rows, other);
    rows->slot_of[position] = slot;
    rows->position_of[slot] = position;
    rows->used[slot] = true;
    return rows->slots + slot * rows->length;
}

bool svc_rows_holds(const svc_rows *rows, size_t position) {
    const svc_gram *gram = rows->gram;
    return gram->entries != NULL ? gram->present[rows->points[position]]
                                 : rows->slot_of[position] != SIZE_MAX;
}

void svc_rows_compute(svc_rows *rows, const size_t *positions, size_t n_positions, size_t other) {
    svc_gram *gram = rows->gram;
    const svc_points *points = gram->points;
    size_t wanted[SVC_BATCH] = {0};
    float *to[SVC_BATCH] = {NULL};
    size_t length = gram->length;
    for (size_t i = 0; i < n_positions; i++) {
        wanted[i] = rows->points[positions[i]];
        if (gram->entries != NULL) {
            to[i] = gram->entries + wanted[i] * length;
            gram->present[wanted[i]] = true;
        } else {
            to[i] = settle(rows, positions[i], other);
        }
    }
    if (gram->entries == NULL) {
        length = rows->length;
        if (!is_whole(rows)) {
            points = &rows->narrowed;
            memcpy(wanted, positions, n_positions * sizeof *wanted);
        }
    }
    svc_points_entries(points, &gram->kernel, &points->rows, points->norms, wanted, n_positions,
                       gram->scratch, to);
    size_t n_rows = points->rows.n_rows;
    for (size_t i = 0; i < n_positions; i++) {
        memset(to[i] + n_rows, 0, (length - n_rows) * sizeof **to);
    }
}

const float *svc_rows_get(svc_rows *rows, size_t position, size_t other) {
    const svc_gram *gram = rows->gram;
    const float *whole =
        gram->entries == NULL ? NULL : gram->entries + rows->points[position] * gram->length;
    if (whole != NULL && is_whole(rows)) {
        return whole;
    }
    size_t slot = rows->slot_of[position];
    if (slot == SIZE_MAX) { // held as a whole row, not yet narrowed
        assert(whole != NULL);
        float *to = settle(rows, position, other);
        for (size_t i = 0; i < rows->n_active; i++) {
            to[i] = whole[rows->points[i]];
        }
        memset(to + rows->n_active, 0, (rows->length - rows->n_active) * sizeof *to);
        return to;
    }
    rows->used[slot] = true;
    return rows->slots + slot * rows->length;
}

/** Some of the rows alone, so that kernel values of the others need not be computed. */
static perebor_status points_of(svc_points *points, perebor_matrix *copy, const svc_rows *rows,
                                const size_t *chosen, size_t n_chosen, perebor_error *error) {
    const svc_limits no_dots = {0};
    const perebor_matrix *from = &rows->gram->points->rows;
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, perebor_matrix_create(copy, n_chosen, from->n_columns, error));
    for (size_t column = 0; column < from->n_columns; column++) {
        const double *values = perebor_matrix_column(from, column);
        double *to = perebor_matrix_column(copy, column);
        for (size_t i = 0; i < n_chosen; i++) {
            to[i] = values[chosen[i]];
        }
    }
    PEREBOR_TRY(done, svc_points_create(points, copy, &no_dots, error));
done:
    return status;
}

/** Moves the rows that stay, and of each the values that stay, to the front of the room. */
static void compact_slots(svc_rows *rows, const size_t *positions, size_t n_positions,
                          size_t length) {
    for (size_t i = 0; i < n_positions; i++) {
        rows->points[i] = rows->points[positions[i]];
    }
    for (size_t i = 0; i < n_positions; i++) {
        // positions[i] >= i, so no entry is read after it was written.
        size_t slot = rows->slot_of[positions[i]];
        rows->slot_of[positions[i]] = SIZE_MAX;
        rows->slot_of[i] = slot;
        if (slot != SIZE_MAX) {
            rows->position_of[slot] = i;
        }
    }
    for (size_t slot = 0; slot < rows->n_slots; slot++) {
        size_t position = rows->position_of[slot];
        if (position >= n_positions || rows->slot_of[position] != slot) {
            rows->position_of[slot] = SIZE_MAX; // its point is no longer active
            rows->used[slot] = false;
            continue;
        }
        const float *from = rows->slots + slot * rows->length;
        float *to = rows->slots + slot * length;
        for (size_t i = 0; i < n_positions; i++) {
            to[i] = from[positions[i]];
        }
        memset(to + n_positions, 0, (length - n_positions) * sizeof *to);
    }
}

perebor_status svc_rows_narrow(svc_rows *rows, const size_t *positions, size_t n_positions,
                               perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    svc_points narrowed = {0};
    perebor_matrix copy = {0};
    size_t length = svc_padded(n_positions);
    bool whole_fit = rows->gram->entries != NULL;
    if (whole_fit && is_whole(rows)) {
        PEREBOR_TRY(failed, make_room(rows, n_positions * length, error));
        rows->n_slots = 0;
    }
    compact_slots(rows, positions, n_positions, length);
    rows->n_active = n_positions;
    rows->length = length;
    divide_room(rows);
    if (!whole_fit) {
        PEREBOR_TRY(failed, points_of(&narrowed, &copy, rows, rows->points, n_positions, error));
        svc_points_release(&rows->narrowed);
        perebor_matrix_release(&rows->copy);
        rows->narrowed = narrowed;
        rows->copy = copy;
    }
    return PEREBOR_OK;
failed:
    perebor_matrix_release(&copy);
    return status;
}

/** The same, computing kernel values of the idle points alone. */
static perebor_status subtract_computed(const svc_rows *rows, const size_t *idle, size_t n_idle,
                                        const double *coefficients, double *values,
                                        perebor_error *error) {
    const struct svc_steps *steps = PEREBOR_KERNEL_PICK(svc_steps);
    const svc_gram *gram = rows->gram;
    const svc_points *all = gram->points;
    perebor_status status = PEREBOR_OK;
    svc_points points = {0};
    perebor_matrix copy = {0};
    size_t length = svc_padded(n_idle);
    double *sums = svc_array(length, sizeof *sums);
    float *entries = svc_array(SVC_BATCH * length, sizeof *entries);
    float *to[SVC_BATCH];
    if (sums == NULL || entries == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu idle points", n_idle);
        goto done;
    }
    PEREBOR_TRY(done, points_of(&points, &copy, rows, idle, n_idle, error));
    for (size_t i = 0; i < n_idle; i++) {
        sums[i] = values[idle[i]];
    }
    for (size_t i = 0; i < SVC_BATCH; i++) {
        to[i] = entries + i * length;
    }
    for (size_t next = 0; next < all->rows.n_rows;) {
        size_t wanted[SVC_BATCH];
        size_t n = 0;
        for (; next < all->rows.n_rows && n < SVC_BATCH; next++) {
            wanted[n] = next;
            n += coefficients[next] != 0.0 ? 1 : 0;
        }
        svc_points_entries(all, &gram->kernel, &copy, points.norms, wanted, n, gram->scratch, to);
        for (size_t i = 0; i < n; i++) {
            steps->subtract(coefficients[wanted[i]], to[i], length, sums);
        }
    }
    for (size_t i = 0; i < n_idle; i++) {
        values[idle[i]] = sums[i];
    }
done:
    svc_points_release(&points);
    perebor_matrix_release(&copy);
    free(sums);
    free(entries);
    return status;
}

perebor_status svc_rows_subtract_idle(const svc_rows *rows, const double *coefficients,
                                      double *values, perebor_error *error) {
    const struct svc_steps *steps = PEREBOR_KERNEL_PICK(svc_steps);
    const svc_gram *gram = rows->gram;
    size_t n_rows = gram->points->rows.n_rows;
    if (gram->entries != NULL) {
        for (size_t point = 0; point < n_rows; point++) {
            if (coefficients[point] != 0.0) {
                const float *row = gram->entries + point * gram->length;
                steps->subtract(coefficients[point], row, gram->length, values);
            }
        }
        return PEREBOR_OK;
    }
    size_t *idle = svc_array(n_rows, sizeof *idle);
    if (idle == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for idle points");
    }
    size_t n_idle = 0;
    for (size_t point = 0, active = 0; point < n_rows; point++) {
        if (active < rows->n_active && rows->points[active] == point) {
            active++;
        } else {
            idle[n_idle++] = point;
        }
    }
    perebor_status status = PEREBOR_OK;
    if (n_idle > 0) {
        status = subtract_computed(rows, idle, n_idle, coefficients, values, error);
    }
    free(idle);
    return status;
}
