// SPDX-License-Identifier: MIT
#include "model/svc/svc_rows.h"

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_copies.h"
#include "model/svc/svc_low_rank.h"

/** Rows are computed as they are asked for of more than SVC_FEW_POINTS, and up to so many columns.
 */
enum { few_columns = 48 };

enum { level_columns = 3 }; /**< What a block of levels costs, in dense columns. */

/** Rows and columns of the Gram matrix that are filled before going on: few pages at a time. */
enum { strip_size = 4 * SVC_PAD, chunk_size = 16 * SVC_PAD };

/** Slots that are looked at before another page of memory is. */
enum { looked_at = 8 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/** SVC_PAD rows from @p row on, and the columns from @p begin to @p end. */
static void fill_tile(svc_gram *gram, size_t row, size_t begin, size_t end) {
    size_t n_rows = gram->points.n_rows;
    for (size_t first = row; first < least(row + SVC_PAD, n_rows); first += SVC_POINTS) {
        const size_t wanted[SVC_POINTS] = {first, first + 1, first + 2, first + 3};
        float *to = gram->entries + first * gram->length;
        float *const entries[SVC_POINTS] = {to, to + gram->length, to + 2 * gram->length,
                                            to + 3 * gram->length};
        svc_points_entries(&gram->points, &gram->kernel, wanted, least(SVC_POINTS, n_rows - first),
                           begin, end, entries);
    }
    size_t beyond = begin > row ? begin : row + SVC_PAD;
    if (beyond < least(end, n_rows)) {
        PEREBOR_KERNEL_PICK(svc_copies)
            ->mirror(gram->entries, gram->length, row, beyond, least(end, n_rows));
    }
}

/** The upper half in tiles, each with its mirror image; breaks off at the deadline. */
static void fill(svc_gram *gram) {
    for (size_t strip = 0; strip < gram->length; strip += strip_size) {
        for (size_t chunk = strip; chunk < gram->length; chunk += chunk_size) {
            size_t end = least(chunk + chunk_size, gram->length);
            for (size_t row = strip; row < least(strip + strip_size, gram->length);
                 row += SVC_PAD) {
                if (perebor_deadline_passed()) {
                    return;
                }
                fill_tile(gram, row, chunk > row ? chunk : row, end);
            }
        }
    }
}

/**
 * Half of all kernel values and its mirror image, or whole rows of the points that a solver asks
 * for: its support vectors and few others. With few points, the mirror image is in cache; with
 * many columns, a kernel value takes longer than anything else; and several solvers ask for more.
 */
static bool is_wanted_whole(const perebor_matrix *rows, size_t n_solvers) {
    size_t passes = perebor_matrix_n_dense(rows) + level_columns * rows->n_indicators;
    return n_solvers > 1 || rows->n_rows <= SVC_FEW_POINTS || passes > few_columns;
}

perebor_status svc_gram_create(svc_gram *gram, const perebor_matrix *rows, const svc_kernel *kernel,
                               size_t n_solvers, size_t max_bytes, perebor_workspace *workspace,
                               perebor_error *error) {
    size_t n_rows = rows->n_rows;
    size_t n_padded = (n_rows + SVC_POINTS - 1) / SVC_POINTS * SVC_POINTS;
    svc_gram result = {.kernel = *kernel, .length = svc_padded(n_rows), .max_bytes = max_bytes};
    bool whole = is_wanted_whole(rows, n_solvers) &&
                 n_padded <= max_bytes / sizeof *result.entries / result.length;
    result.diagonal =
        perebor_workspace_take_zeroed(workspace, result.length, sizeof *result.diagonal);
    result.rounded =
        perebor_workspace_take_zeroed(workspace, result.length, sizeof *result.rounded);
    result.waste = perebor_workspace_take(workspace, result.length, sizeof *result.waste);
    result.entries =
        whole ? perebor_workspace_take(workspace, n_padded * result.length, sizeof *result.entries)
              : NULL;
    if (result.diagonal == NULL || result.rounded == NULL || result.waste == NULL ||
        (whole && result.entries == NULL)) {
        return perebor_no_memory(error, "for kernel values of %zu rows", n_rows);
    }
    perebor_workspace_mark made = perebor_workspace_here(workspace);
    perebor_status status = svc_points_create(&result.points, rows, kernel->kind, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    svc_points_diagonal(&result.points, kernel, result.diagonal);
    for (size_t row = 0; row < result.length; row++) {
        result.rounded[row] = (float)result.diagonal[row];
    }
    if (whole) {
        fill(&result);
    }
    if (whole && kernel->kind == SVC_RBF && result.points.singles.n_columns >= SVC_MOST_RANK) {
        perebor_workspace_return(workspace, made); // nobody reads the rows again
        result.points.singles.values = NULL;
    }
    *gram = result;
    return perebor_deadline_check(error);
}

/** Where the points lie among those of the larger matrix, as bits. @return whether there was memory
 */
static bool note_masks(svc_gram *part, perebor_workspace *workspace) {
    size_t n_masks = part->larger->length / SVC_MASK_BITS;
    part->masks = perebor_workspace_take_zeroed(workspace, n_masks, sizeof *part->masks);
    for (size_t i = 0; i < part->points.n_rows && part->masks != NULL; i++) {
        size_t point = part->which[i];
        part->masks[point / SVC_MASK_BITS] |= (uint16_t)(1u << point % SVC_MASK_BITS);
    }
    return part->masks != NULL;
}

perebor_status svc_gram_pick(svc_gram *part, const svc_gram *gram, const size_t *which, size_t n,
                             size_t max_bytes, perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    svc_gram result = {.kernel = gram->kernel,
                       .larger = gram->entries != NULL ? gram : NULL,
                       .which = which,
                       .length = svc_padded(n),
                       .max_bytes = max_bytes};
    if (result.larger == NULL || perebor_matrix_n_dense(&gram->points.rows) < SVC_MOST_RANK) {
        PEREBOR_TRY(done, svc_points_pick(&result.points, &gram->points, gram->kernel.kind, which,
                                          n, workspace, error));
    } else {
        result.points = gram->points; // values are there, and nobody reads the rows again
        result.points.n_rows = n;
        result.points.length = result.length;
    }
    result.diagonal = perebor_workspace_take(workspace, result.length, sizeof *result.diagonal);
    result.rounded = perebor_workspace_take(workspace, result.length, sizeof *result.rounded);
    result.waste = perebor_workspace_take(workspace, result.length, sizeof *result.waste);
    if (result.diagonal == NULL || result.rounded == NULL || result.waste == NULL ||
        (result.larger != NULL && !note_masks(&result, workspace))) {
        status = perebor_no_memory(error, "for kernel values of %zu rows", n);
        goto done;
    }
    for (size_t i = 0; i < result.length; i++) {
        result.diagonal[i] = i < n ? gram->diagonal[which[i]] : 1.0;
        result.rounded[i] = (float)result.diagonal[i];
    }
    *part = result;
done:
    return status;
}

void svc_gram_rows(const svc_gram *gram, const size_t *points, size_t n, float *const *rows) {
    const svc_gram *larger = gram->larger;
    if (perebor_deadline_passed()) {
        return;
    }
    if (larger == NULL) {
        float *to[SVC_POINTS] = {gram->waste, gram->waste, gram->waste, gram->waste};
        memcpy(to, rows, n * sizeof *to);
        svc_points_entries(&gram->points, &gram->kernel, points, n, 0, gram->length, to);
        return;
    }
    size_t n_rows = gram->points.n_rows;
    for (size_t i = 0; i < n; i++) {
        PEREBOR_KERNEL_PICK(svc_copies)
            ->pick(larger->entries + gram->which[points[i]] * larger->length, gram->which, n_rows,
                   gram->masks, larger->length / SVC_MASK_BITS, rows[i]);
        memset(rows[i] + n_rows, 0, (gram->length - n_rows) * sizeof *rows[i]);
    }
}

perebor_status svc_rows_create(svc_rows *rows, const svc_gram *gram, perebor_workspace *workspace,
                               perebor_error *error) {
    svc_rows result = {.gram = gram};
    if (gram->entries != NULL) {
        *rows = result;
        return PEREBOR_OK;
    }
    size_t n_rows = gram->points.n_rows;
    result.n_slots = gram->max_bytes / sizeof *result.slots / gram->length;
    result.n_slots = result.n_slots < SVC_BLOCK ? SVC_BLOCK : least(result.n_slots, n_rows);
    result.slots =
        perebor_workspace_take(workspace, result.n_slots * gram->length, sizeof *result.slots);
    result.slot_of = perebor_workspace_take_zeroed(workspace, n_rows, sizeof *result.slot_of);
    result.point_of =
        perebor_workspace_take_zeroed(workspace, result.n_slots, sizeof *result.point_of);
    result.resting = perebor_workspace_take_zeroed(workspace, n_rows, sizeof *result.resting);
    result.used = perebor_workspace_take_zeroed(workspace, result.n_slots, sizeof *result.used);
    result.wanted = perebor_workspace_take_zeroed(workspace, result.n_slots, sizeof *result.wanted);
    if (result.slots == NULL || result.slot_of == NULL || result.point_of == NULL ||
        result.used == NULL || result.wanted == NULL || result.resting == NULL) {
        return perebor_no_memory(error, "for %zu rows of kernel values", result.n_slots);
    }
    for (size_t point = 0; point < n_rows; point++) {
        result.slot_of[point] = SIZE_MAX;
    }
    for (size_t slot = 0; slot < result.n_slots; slot++) {
        result.point_of[slot] = SIZE_MAX;
    }
    *rows = result;
    return PEREBOR_OK;
}

/** Points on, and back at the first. */
static size_t advance(svc_rows *rows) {
    size_t slot = rows->hand;
    rows->hand = slot + 1 >= rows->n_taken ? 0 : slot + 1;
    return slot;
}

static size_t vacate(svc_rows *rows, size_t slot) {
    rows->slot_of[rows->point_of[slot]] = SIZE_MAX;
    return slot;
}

/**
 * A slot to overwrite. While there are some that were never used, and so no memory has been touched
 * for, the next that holds a resting point; otherwise by second chance: what was used since the
 * hand passed stays once more.
 */
static size_t take_slot(svc_rows *rows) {
    for (size_t i = 0; i < looked_at && i < rows->n_taken && rows->n_taken < rows->n_slots; i++) {
        size_t slot = advance(rows);
        if (!rows->wanted[slot] && rows->resting[rows->point_of[slot]]) {
            return vacate(rows, slot);
        }
    }
    if (rows->n_taken < rows->n_slots) {
        return rows->n_taken++;
    }
    for (;;) {
        size_t slot = advance(rows);
        if (!rows->wanted[slot] && !rows->used[slot]) {
            return vacate(rows, slot);
        }
        rows->used[slot] = rows->used[slot] && rows->wanted[slot];
    }
}

static float *slot_row(const svc_rows *rows, size_t slot) {
    return rows->slots + slot * rows->gram->length;
}

/** Computes rows of points that have slots. */
static void compute(svc_rows *rows, const size_t *points, size_t n) {
    float *to[SVC_POINTS];
    for (size_t i = 0; i < n; i++) {
        to[i] = slot_row(rows, rows->slot_of[points[i]]);
    }
    svc_gram_rows(rows->gram, points, n, to);
}

/** Gives slots to points that have none, and computes their rows. */
static void settle(svc_rows *rows, const size_t *points, size_t n) {
    size_t missing[SVC_POINTS];
    size_t n_missing = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows->slot_of[points[i]] == SIZE_MAX) {
            size_t slot = take_slot(rows);
            rows->slot_of[points[i]] = slot;
            rows->point_of[slot] = points[i];
            rows->wanted[slot] = true;
            missing[n_missing++] = points[i];
        }
        if (n_missing == SVC_POINTS || (n_missing > 0 && i + 1 == n)) {
            compute(rows, missing, n_missing);
            n_missing = 0;
        }
    }
}

void svc_rows_get(svc_rows *rows, const size_t *points, size_t n, const float **entries) {
    if (rows->slots == NULL) {
        for (size_t i = 0; i < n; i++) {
            entries[i] = rows->gram->entries + points[i] * rows->gram->length;
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (rows->slot_of[points[i]] != SIZE_MAX) {
            rows->wanted[rows->slot_of[points[i]]] = true;
        }
    }
    settle(rows, points, n);
    for (size_t i = 0; i < n; i++) {
        size_t slot = rows->slot_of[points[i]];
        rows->wanted[slot] = false;
        rows->used[slot] = true;
        entries[i] = slot_row(rows, slot);
    }
}
