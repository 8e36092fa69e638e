// SPDX-License-Identifier: MIT
/*
 * Families of one learner whose rows are prepared alike, and whose settings agree in what its
 * layout depends on, share it on every fold: whichever bundles they are in.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "trial/plan_state.h"

/** A family of a learner that has layouts. */
typedef struct laid_out {
    uint64_t key;
    const perebor_learner *learner;
    perebor_preparation_settings preparation;
    size_t family, bundle;
} laid_out;

/** By what the layout depends on: 0 if it is the same. */
static int compare_layouts(const laid_out *a, const laid_out *b) {
    int order = (a->key > b->key) - (a->key < b->key);
    if (order == 0 && a->learner != b->learner) {
        order = strcmp(a->learner->name, b->learner->name);
    }
    return order != 0 ? order
                      : perebor_preparation_settings_compare(&a->preparation, &b->preparation);
}

/** Those of one layout together, and in their order. */
static int compare_laid_out(const void *left, const void *right) {
    const laid_out *a = left;
    const laid_out *b = right;
    int order = compare_layouts(a, b);
    return order != 0 ? order : (a->family > b->family) - (a->family < b->family);
}

/** Lists the families of learners that have layouts. @return How many. */
static size_t list_families(const perebor_plan *plan, laid_out *list) {
    size_t n = 0;
    for (size_t b = 0; b < plan->n_bundles; b++) {
        const perebor_bundle *bundle = &plan->bundles[b];
        for (size_t f = bundle->first_family; f < bundle->first_family + bundle->n_families; f++) {
            const perebor_family_range *family = &plan->families[f];
            if (family->learner->layout == NULL) {
                continue;
            }
            list[n] = (laid_out){
                .key = family->learner->layout->key(plan->members[family->first_member].settings),
                .learner = family->learner,
                .preparation = bundle->preparation,
                .family = f,
                .bundle = b};
            list[n++].preparation.select_k = family->select_k;
        }
    }
    return n;
}

/** Bytes that a layout takes of a value, at most: columns in order have a place and a code. */
static const double bytes_of_value = 16.0;

/** Counts the layout of a family, which others share. */
static void count_layout(perebor_plan *plan, const laid_out *one, const perebor_fold_shape *shape) {
    const perebor_table_shape prepared = plan_prepared_shape(&one->preparation, shape);
    const double n_values = (double)(shape->n_training + shape->n_validation) *
                            (double)perebor_table_shape_n_passes(&prepared);
    const double bytes = bytes_of_value * n_values;
    plan->savings.n_layouts++;
    plan->savings.layout_bytes += bytes * (double)plan->n_folds;
    plan->savings.largest_layout_bytes = fmax(plan->savings.largest_layout_bytes, bytes);
}

/** Predicted seconds of making the layout of a family, by the first member that is not refused; 0
 * if all are. */
static double layout_seconds(const perebor_plan *plan, const laid_out *one,
                             const perebor_fold_shape *shape) {
    const perebor_table_shape prepared = plan_prepared_shape(&one->preparation, shape);
    const perebor_family_range *family = &plan->families[one->family];
    double seconds = 0.0;
    for (size_t m = 0; m < family->n_members && seconds == 0.0; m++) {
        seconds =
            one->learner->layout->cost(plan->members[family->first_member + m].settings, &prepared);
    }
    return seconds;
}

/** Takes what a family finds made off what it takes. Parts are left as they are: those on other
 * ranks each make the layout. */
static void take_off(perebor_plan *plan, const laid_out *one, double seconds) {
    perebor_bundle *bundle = &plan->bundles[one->bundle];
    if (bundle->n_parts == 1) {
        bundle->seconds -= seconds;
        plan_savings_of(plan, one->learner)->seconds -= seconds * (double)plan->n_folds;
    }
}

/** Numbers the layout of families, and leaves its cost with the first that is not refused. */
static void share_layout(perebor_plan *plan, const laid_out *list, size_t n,
                         const perebor_fold_shape *shape) {
    bool made = false;
    count_layout(plan, list, shape);
    for (size_t i = 0; i < n; i++) {
        const double seconds = layout_seconds(plan, &list[i], shape);
        plan->families[list[i].family].layout = (uint32_t)plan->savings.n_layouts;
        if (made) {
            take_off(plan, &list[i], seconds);
        }
        made = made || seconds > 0.0;
    }
}

perebor_status plan_share_layouts(perebor_plan *plan, const perebor_fold_shape *shape,
                                  perebor_error *error) {
    laid_out *list = malloc((plan->n_families + 1) * sizeof *list);
    if (list == NULL) {
        return perebor_no_memory(error, "to plan %zu families", plan->n_families);
    }
    const size_t n = list_families(plan, list);
    if (n > 1) {
        qsort(list, n, sizeof *list, compare_laid_out);
    }
    for (size_t first = 0, last; first < n; first = last) {
        for (last = first + 1; last < n && compare_layouts(&list[first], &list[last]) == 0;) {
            last++;
        }
        if (last - first > 1 || plan->bundles[list[first].bundle].n_parts > 1) {
            share_layout(plan, &list[first], last - first, shape);
        }
    }
    free(list);
    return PEREBOR_OK;
}
