// SPDX-License-Identifier: MIT
#include "model/boost/boost_layout.h"

#include <stdlib.h>

#include "base/mix.h"
#include "base/try.h"

/** A row and what it drew. */
typedef struct drawn_row {
    uint64_t draw;
    uint32_t row;
} drawn_row;

static int compare_draws(const void *left, const void *right) {
    const drawn_row *a = left;
    const drawn_row *b = right;
    return a->draw != b->draw ? (a->draw > b->draw) - (a->draw < b->draw)
                              : (a->row > b->row) - (a->row < b->row);
}

/** How many of so many rows of a class are set aside. */
static size_t count_held(double share, size_t n) {
    const size_t wanted = (size_t)(share * (double)n + 0.5);
    if (n == 0) {
        return 0;
    }
    return wanted < 1 && n > 1 ? 1 : wanted >= n ? n - 1 : wanted;
}

/** Marks the rows of a class that are set aside. @param drawn  [n_rows] */
static void hold_class(boost_layout *layout, const boost_options *options,
                       const perebor_training *all, uint8_t label, drawn_row *drawn,
                       uint8_t *is_held) {
    // Another number than those that rows and columns of trees are drawn by.
    const uint64_t key = perebor_mix(options->seed ^ UINT64_C(0x73746f70));
    size_t n = 0;
    for (size_t row = 0; row < all->rows.n_rows; row++) {
        if (all->labels[row] == label) {
            drawn[n++] = (drawn_row){.draw = perebor_mix(key + (row + 1) * PEREBOR_MIX_STEP),
                                     .row = (uint32_t)row};
        }
    }
    qsort(drawn, n, sizeof *drawn, compare_draws);
    const size_t n_held = count_held(options->validation_share, n);
    for (size_t i = 0; i < n_held; i++) {
        is_held[drawn[i].row] = 1;
    }
    layout->n_held += n_held;
}

/** Puts rows and labels on their sides. @return How many rows are learnt from. */
static size_t divide(boost_layout *layout, const perebor_training *all, const uint8_t *is_held) {
    size_t n_learnt = 0;
    size_t n_held = 0;
    for (size_t row = 0; row < all->rows.n_rows; row++) {
        if (is_held[row] != 0) {
            layout->held_labels[n_held] = all->labels[row];
            layout->held[n_held++] = (uint32_t)row;
        } else {
            layout->labels[n_learnt] = all->labels[row];
            layout->learnt[n_learnt++] = (uint32_t)row;
        }
    }
    return n_learnt;
}

/** Sets rows aside. @param[out] rows, held  In @p scratch: what is learnt from, and what is not. */
static perebor_status set_aside(boost_layout *layout, const boost_options *options,
                                const perebor_training *all, perebor_matrix *rows,
                                perebor_matrix *held, perebor_workspace *workspace,
                                perebor_workspace *scratch, perebor_error *error) {
    perebor_status status;
    const size_t n = all->rows.n_rows;
    drawn_row *drawn = perebor_workspace_take(scratch, n, sizeof *drawn);
    uint8_t *is_held = perebor_workspace_take_zeroed(scratch, n, sizeof *is_held);
    layout->labels = perebor_workspace_take(workspace, n, sizeof *layout->labels);
    layout->learnt = perebor_workspace_take(workspace, n, sizeof *layout->learnt);
    layout->held = perebor_workspace_take(workspace, n, sizeof *layout->held);
    layout->held_labels = perebor_workspace_take(workspace, n, sizeof *layout->held_labels);
    if (drawn == NULL || is_held == NULL || layout->labels == NULL || layout->learnt == NULL ||
        layout->held == NULL || layout->held_labels == NULL) {
        return perebor_no_memory(error, "to set rows of %zu aside", n);
    }
    hold_class(layout, options, all, 0, drawn, is_held);
    hold_class(layout, options, all, 1, drawn, is_held);
    const size_t n_learnt = divide(layout, all, is_held);
    PEREBOR_TRY(done,
                perebor_matrix_pick(rows, &all->rows, layout->learnt, n_learnt, scratch, error));
    PEREBOR_TRY(
        done, perebor_matrix_pick(held, &all->rows, layout->held, layout->n_held, scratch, error));
done:
    return status;
}

perebor_status boost_layout_create(boost_layout *layout, const boost_options *options,
                                   const perebor_training *training,
                                   const perebor_matrix *validation, perebor_workspace *workspace,
                                   perebor_workspace *scratch, perebor_error *error) {
    perebor_status status;
    boost_layout made = {0};
    perebor_matrix rows = training->rows;
    perebor_matrix held = {0};
    if (options->early_stopping) {
        PEREBOR_TRY(done,
                    set_aside(&made, options, training, &rows, &held, workspace, scratch, error));
    }
    PEREBOR_TRY(done, boost_scheme_create(&made.scheme, &rows, options->max_bins,
                                          options->max_onehot, workspace, scratch, error));
    PEREBOR_TRY(done, boost_rows_create(&made.training, &made.scheme, &rows, workspace, error));
    if (options->early_stopping) {
        PEREBOR_TRY(done,
                    boost_rows_create(&made.held_rows, &made.scheme, &held, workspace, error));
    }
    if (validation != NULL) {
        PEREBOR_TRY(
            done, boost_rows_create(&made.validation, &made.scheme, validation, workspace, error));
    }
    *layout = made;
done:
    return status;
}

static perebor_status create(const void **layout, const perebor_training *training,
                             const perebor_matrix *validation, const perebor_value *settings,
                             perebor_workspace *workspace, perebor_workspace *scratch,
                             perebor_error *error) {
    perebor_status status;
    boost_options options;
    PEREBOR_TRY(done, boost_options_read(&options, settings, training->rows.n_rows, error));
    boost_layout *made = perebor_workspace_take(workspace, 1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "for bins");
    }
    PEREBOR_TRY(
        done, boost_layout_create(made, &options, training, validation, workspace, scratch, error));
    *layout = made;
done:
    return status;
}

const perebor_learner_layout boost_shared_layout = {.is_enough = true,
                                                    .key = boost_settings_layout_key,
                                                    .cost = boost_cost_of_layout,
                                                    .create = create};
