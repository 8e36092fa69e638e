// SPDX-License-Identifier: MIT
/*
 * The longest units go first, so that the last ones are short, and threads and ranks end together.
 * Where there are more layouts of folds than are kept, that is done by the order of magnitude
 * alone: within it units follow one another that read the same layout, which is then still there.
 */
#include <math.h>
#include <stdlib.h>

#include "trial/plan_state.h"

/** A unit in the order to hand out. */
typedef struct ordered_unit {
    double seconds;
    int magnitude;   /**< The power of two below which these are. */
    uint32_t layout; /**< That of its first family that shares one, or 0. */
    uint32_t fold, unit;
} ordered_unit;

static int compare_numbers(uint32_t a, uint32_t b) {
    return (a > b) - (a < b);
}

/** The longer first; of about the same length those that read one layout of a fold together. */
static int compare_units(const void *a, const void *b) {
    const ordered_unit *left = a;
    const ordered_unit *right = b;
    if (left->magnitude != right->magnitude) {
        return left->magnitude > right->magnitude ? -1 : 1;
    }
    int order = compare_numbers(left->layout, right->layout);
    order = order == 0 && left->layout != 0 ? compare_numbers(left->fold, right->fold) : order;
    if (order == 0 && left->seconds != right->seconds) {
        return left->seconds > right->seconds ? -1 : 1;
    }
    return order != 0 ? order : compare_numbers(left->unit, right->unit);
}

/** The layout of a bundle's first family that shares one, or 0. */
static uint32_t layout_of(const perebor_plan *plan, const perebor_bundle *bundle) {
    uint32_t layout = 0;
    for (size_t f = 0; f < bundle->n_families && layout == 0; f++) {
        layout = plan->families[bundle->first_family + f].layout;
    }
    return layout;
}

/** The first unit of a bundle, or the end of all. */
static size_t first_unit_of(const perebor_plan *plan, size_t bundle) {
    return bundle < plan->n_bundles ? plan->bundles[bundle].first_unit : plan->n_units;
}

perebor_status perebor_plan_order(const perebor_plan *plan, uint32_t *order, double *seconds,
                                  perebor_error *error) {
    size_t n_units = perebor_plan_n_units(plan);
    ordered_unit *units = calloc(n_units + 1, sizeof *units);
    if (units == NULL) {
        return perebor_no_memory(error, "to order %zu units", n_units);
    }
    const bool crowded = plan->savings.layout_bytes > (double)PEREBOR_LAYOUT_ROOM;
    for (size_t b = 0; b < plan->n_bundles; b++) {
        const perebor_bundle *bundle = &plan->bundles[b];
        const uint32_t layout = crowded ? layout_of(plan, bundle) : 0;
        const size_t end = bundle->first_unit + bundle->n_parts * plan->n_folds;
        for (size_t unit = bundle->first_unit; unit < end; unit++) {
            seconds[unit] = perebor_bundle_unit_seconds(bundle);
            const size_t fold = (unit - bundle->first_unit) / bundle->n_parts;
            units[unit] = (ordered_unit){.seconds = seconds[unit],
                                         .layout = layout,
                                         .fold = (uint32_t)fold,
                                         .unit = (uint32_t)unit};
            (void)frexp(seconds[unit], &units[unit].magnitude);
        }
    }
    for (size_t window = 0; window < plan->n_windows; window++) {
        size_t first = first_unit_of(plan, plan->window_bundle[window]);
        size_t end = first_unit_of(plan, plan->window_bundle[window + 1]);
        qsort(units + first, end - first, sizeof *units, compare_units);
    }
    for (size_t i = 0; i < n_units; i++) {
        order[i] = units[i].unit;
    }
    free(units);
    return PEREBOR_OK;
}
