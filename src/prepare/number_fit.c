// SPDX-License-Identifier: MIT
/* Fitting of everything that is a number already: eight columns at a time, in panels. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "base/deadline.h"
#include "base/try.h"
#include "prepare/f_ranking.h"
#include "prepare/fitted.h"
#include "prepare/order_statistic.h"
#include "prepare/panel.h"

/** What panels are worked on with. */
typedef struct bench {
    perebor_workspace *workspace;
    const prepare_panel_kernels *kernels;
    double *panel;  /* [n_rows][8] */
    double *column; /* [n_rows] */
    order_keys keys;
} bench;

/** The panel at hand: lanes from n_lanes on repeat the last column and are ignored. */
typedef struct panel {
    size_t first; /* prepared column of lane 0 */
    size_t n_lanes;
    size_t sources[PANEL_COLUMNS];
} panel;

static perebor_status set_up(bench *work, size_t n_rows, perebor_workspace *workspace,
                             perebor_error *error) {
    *work = (bench){.workspace = workspace, .kernels = PEREBOR_KERNEL_PICK(prepare_panel_kernels)};
    work->panel = perebor_workspace_take(workspace, n_rows, (PANEL_COLUMNS + 3) * sizeof(double));
    if (work->panel == NULL) {
        return perebor_no_memory(error, "to prepare %zu rows", n_rows);
    }
    work->column = work->panel + n_rows * PANEL_COLUMNS;
    work->keys.keys = (void *)(work->column + n_rows);
    work->keys.scratch = work->keys.keys + n_rows;
    return PEREBOR_OK;
}

static panel panel_at(const prepare_fitted *fitted, size_t first) {
    panel panel = {.first = first};
    size_t left = fitted->n_numbers - first;
    panel.n_lanes = left < PANEL_COLUMNS ? left : PANEL_COLUMNS;
    for (size_t lane = 0; lane < PANEL_COLUMNS; lane++) {
        size_t column = first + (lane < panel.n_lanes ? lane : panel.n_lanes - 1);
        panel.sources[lane] = fitted->columns[column].source;
    }
    return panel;
}

/** Gathers the panel's columns and fills their missing values. */
static perebor_status gather_filled(prepare_fitted *fitted, const bench *work, const panel *panel,
                                    perebor_error *error) {
    const double *columns[PANEL_COLUMNS];
    double fills[PANEL_COLUMNS] = {0};
    int64_t n_missing[PANEL_COLUMNS];
    int64_t any_missing = 0;
    perebor_status status = PEREBOR_OK;
    for (size_t lane = 0; lane < PANEL_COLUMNS; lane++) {
        columns[lane] = fitted->dataset->columns[panel->sources[lane]].values;
    }
    work->kernels->gather(work->panel, columns, fitted->rows, fitted->n_rows, n_missing);
    for (size_t lane = 0; lane < panel->n_lanes; lane++) {
        prepare_source *source = &fitted->sources[panel->sources[lane]];
        if (n_missing[lane] == 0) {
            continue;
        }
        any_missing = 1;
        PEREBOR_TRY(done, prepare_find_fill(&source->fill, fitted, panel->sources[lane],
                                            work->workspace, error));
        source->fill_known = true;
        fills[lane] = source->fill;
    }
    if (any_missing) {
        work->kernels->fill(work->panel, fitted->n_rows, fills);
    }
done:
    return status;
}

/** At the deadline any scaling will do: the caller looks before it goes on. */
static scaling fit_robust(const bench *work, size_t lane, size_t n_rows) {
    order_keys keys = work->keys;
    if (perebor_deadline_passed()) {
        return (scaling){SCALING_NONE, 0.0, 1.0};
    }
    for (size_t i = 0; i < n_rows; i++) {
        work->column[i] = work->panel[i * PANEL_COLUMNS + lane];
    }
    order_keys_set(&keys, work->column, n_rows);
    order_quartiles quartiles = order_find_quartiles(&keys);
    return scaling_robust(quartiles.median, quartiles.lower, quartiles.upper);
}

/** Fits the scaler to each lane, numeric or not. */
static void fit_scalings(scaling scalings[PANEL_COLUMNS], const bench *work, size_t n_lanes,
                         size_t n_rows, perebor_scaler scaler) {
    double first[PANEL_COLUMNS];
    double second[PANEL_COLUMNS];
    if (scaler == PEREBOR_SCALE_STANDARD) {
        work->kernels->moments(work->panel, n_rows, first, second);
    } else if (scaler == PEREBOR_SCALE_MINMAX || scaler == PEREBOR_SCALE_MAXABS) {
        work->kernels->extremes(work->panel, n_rows, first, second);
    }
    for (size_t lane = 0; lane < n_lanes; lane++) {
        switch (scaler) {
        case PEREBOR_SCALE_NONE:
            scalings[lane] = (scaling){SCALING_NONE, 0.0, 1.0};
            break;
        case PEREBOR_SCALE_STANDARD:
            scalings[lane] = scaling_standard(first[lane], second[lane], n_rows);
            break;
        case PEREBOR_SCALE_MINMAX:
            scalings[lane] = scaling_minmax(first[lane], second[lane]);
            break;
        case PEREBOR_SCALE_ROBUST:
            scalings[lane] = fit_robust(work, lane, n_rows);
            break;
        case PEREBOR_SCALE_MAXABS:
            scalings[lane] = scaling_maxabs(first[lane], second[lane]);
            break;
        }
    }
}

/** Scales the panel's numeric columns; for the others either form maps every x to x. */
static void scale_panel(prepare_fitted *fitted, const bench *work, const panel *panel) {
    scaling scalings[PANEL_COLUMNS];
    double shifts[PANEL_COLUMNS] = {0};
    double factors[PANEL_COLUMNS];
    scaling_form form = SCALING_NONE;
    fit_scalings(scalings, work, panel->n_lanes, fitted->n_rows,
                 (perebor_scaler)fitted->settings.scale);
    for (size_t lane = 0; lane < PANEL_COLUMNS; lane++) {
        size_t source = panel->sources[lane];
        factors[lane] = 1.0;
        if (lane < panel->n_lanes &&
            fitted->dataset->columns[source].role == PEREBOR_ROLE_NUMERIC) {
            fitted->sources[source].scaling = scalings[lane];
            form = scalings[lane].form;
            shifts[lane] = scalings[lane].shift;
            factors[lane] = scalings[lane].factor;
        }
    }
    if (form == SCALING_CENTRE) {
        work->kernels->centre(work->panel, fitted->n_rows, shifts, factors);
    } else if (form == SCALING_STRETCH) {
        work->kernels->stretch(work->panel, fitted->n_rows, shifts, factors);
    }
}

/**
 * Whether the gathered values of a column differ by no more than their own rounding: nothing can be
 * told from it. Looked at before scaling, which makes rounding as large as one.
 */
static void find_constants(const bench *work, size_t n_rows, bool constant[PANEL_COLUMNS]) {
    double min[PANEL_COLUMNS];
    double max[PANEL_COLUMNS];
    work->kernels->extremes(work->panel, n_rows, min, max);
    for (size_t lane = 0; lane < PANEL_COLUMNS; lane++) {
        double largest = fmax(fabs(min[lane]), fabs(max[lane]));
        constant[lane] = max[lane] - min[lane] <= 4.0 * DBL_EPSILON * largest;
    }
}

/**
 * Sums by class of a column about its mean, for a column whose squares are so much larger than
 * their deviations that the deviations would be lost. F does not mind what is taken off.
 */
static void sum_deviations(const bench *work, size_t lane, size_t n_rows, const uint8_t *labels,
                           f_sums *sums) {
    double mean = (sums->sum[0] + sums->sum[1]) / (double)n_rows;
    for (size_t label = 0; label < 2; label++) {
        sums->sum[label] = sums->square[label] = 0.0;
    }
    for (size_t row = 0; row < n_rows; row++) {
        double deviation = work->panel[row * PANEL_COLUMNS + lane] - mean;
        sums->sum[labels[row]] += deviation;
        sums->square[labels[row]] += deviation * deviation;
    }
}

/** Whether the sum of squared deviations keeps fewer than about ten digits. */
static bool cancels(const f_sums *sums, size_t n_rows) {
    double all = sums->sum[0] + sums->sum[1];
    double squares = sums->square[0] + sums->square[1];
    return !(squares - all * all / (double)n_rows > 1e-6 * squares);
}

static perebor_status judge_panel(prepare_fitted *fitted, const bench *work, const panel *panel,
                                  const bool *constant, const uint8_t *labels,
                                  perebor_error *error) {
    panel_class_sums sums;
    work->kernels->class_sums(work->panel, labels, fitted->n_rows, &sums);
    for (size_t lane = 0; lane < panel->n_lanes; lane++) {
        if (!isfinite(sums.sum[0][lane]) || !isfinite(sums.sum[1][lane])) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "column \"%s\" has values too large to scale or to add up",
                                fitted->dataset->columns[panel->sources[lane]].name);
        }
        f_sums judged = {
            .n_rows = {(double)(fitted->n_rows - fitted->n_positive), (double)fitted->n_positive},
            .sum = {sums.sum[0][lane], sums.sum[1][lane]},
            .square = {sums.square[0][lane], sums.square[1][lane]},
        };
        if (cancels(&judged, fitted->n_rows)) {
            sum_deviations(work, lane, fitted->n_rows, labels, &judged);
        }
        fitted->f_values[panel->first + lane] = constant[lane] ? NAN : f_statistic(&judged);
    }
    return PEREBOR_OK;
}

perebor_status prepare_fit_numbers(prepare_fitted *fitted, const uint8_t *labels,
                                   perebor_workspace *workspace, perebor_error *error) {
    bench work;
    perebor_status status;
    PEREBOR_TRY(done, set_up(&work, fitted->n_rows, workspace, error));
    for (size_t first = 0; first < fitted->n_numbers; first += PANEL_COLUMNS) {
        const panel panel = panel_at(fitted, first);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, gather_filled(fitted, &work, &panel, error));
        bool constant[PANEL_COLUMNS];
        find_constants(&work, fitted->n_rows, constant);
        scale_panel(fitted, &work, &panel);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, judge_panel(fitted, &work, &panel, constant, labels, error));
    }
done:
    return status;
}
