// SPDX-License-Identifier: MIT
#include "segment/told.h"

#include <math.h>

/** Puts a thing among those told, if it is larger than one of them. @return How many are told. */
static size_t tell(size_t *told, double *sizes, size_t n_told, size_t most, size_t thing,
                   double size) {
    size_t place = n_told;
    while (place > 0 && sizes[place - 1] < size) {
        place--;
    }
    if (place == most) {
        return n_told;
    }
    n_told += n_told < most;
    for (size_t i = n_told; i-- > place + 1;) {
        told[i] = told[i - 1];
        sizes[i] = sizes[i - 1];
    }
    told[place] = thing;
    sizes[place] = size;
    return n_told;
}

size_t segment_traits_rank(const segmentation *made, const segment *segment, size_t *traits,
                           size_t n) {
    double sizes[SEGMENT_MOST_TOLD];
    size_t n_told = 0;
    n = n < SEGMENT_MOST_TOLD ? n : SEGMENT_MOST_TOLD;
    for (size_t j = 0; j < made->n_traits; j++) {
        const segment_contrast *contrast = &segment->profile.contrasts[j];
        if (contrast->p_adjusted <= 0.05 && !isnan(contrast->effect)) {
            n_told = tell(traits, sizes, n_told, n, j, fabs(contrast->effect));
        }
    }
    return n_told;
}

size_t segment_drivers_rank(const segmentation *made, const segment *segment, size_t *columns,
                            size_t n) {
    double sizes[SEGMENT_MOST_TOLD];
    size_t n_told = 0;
    n = n < SEGMENT_MOST_TOLD ? n : SEGMENT_MOST_TOLD;
    for (size_t j = 0; made->rows->reasons != NULL && segment->profile.n > 0 &&
                       j < made->rows->reasons->n_columns;
         j++) {
        n_told = tell(columns, sizes, n_told, n, j, fabs(segment->profile.driver_mean[j]));
    }
    return n_told;
}

const char *segment_cluster_describe(segmentation *made, size_t cluster) {
    enum { n_most = 3 };
    const perebor_texts *columns = &made->settings->clusters->columns;
    const double *center = made->clustering.choice.centers + cluster * columns->n;
    const char *text = "";
    size_t told[n_most], n = 0;
    double sizes[n_most];
    for (size_t i = 0; i < columns->n; i++) {
        n = tell(told, sizes, n, n_most, i, fabs(center[i]));
    }
    for (size_t i = 0; text != NULL && i < n; i++) {
        text = perebor_arena_format(&made->arena, "%s%s%s %+.1f", text, i == 0 ? "" : ", ",
                                    columns->items[told[i]], center[told[i]]);
    }
    return text == NULL ? NULL : perebor_arena_format(&made->arena, "%s sd", text);
}
