// SPDX-License-Identifier: MIT
#include "run/interval_texts.h"

#include <stdlib.h>

/** How many bounds differ: they ascend with the places, so that equal ones are neighbours. */
static size_t count_bounds(const venn_abers *known) {
    double lower, upper, lower_before = -1.0, upper_before = -1.0;
    size_t n = 0;
    for (size_t place = 0; place < venn_abers_n_places(known); place++) {
        venn_abers_interval_at(known, place, &lower, &upper);
        n += lower != lower_before ? 1 : 0;
        n += upper != upper_before ? 1 : 0;
        lower_before = lower;
        upper_before = upper;
    }
    return n;
}

/** Adds a bound unless it is the one before. @return Its number. */
static uint32_t add_bound(interval_texts *texts, double value, uint32_t before, size_t place) {
    if (place > 0 && texts->bounds[before].value == value) {
        return before;
    }
    bound_text *bound = &texts->bounds[texts->n_bounds];
    bound->value = value;
    bound->length = (uint32_t)perebor_real_format(value, bound->text);
    return (uint32_t)texts->n_bounds++;
}

perebor_status interval_texts_create(interval_texts *texts, const venn_abers *known,
                                     perebor_error *error) {
    size_t n = venn_abers_n_places(known);
    *texts = (interval_texts){.n_places = n};
    texts->lower = calloc(n, sizeof *texts->lower);
    texts->upper = calloc(n, sizeof *texts->upper);
    texts->bounds = calloc(count_bounds(known) + 1, sizeof *texts->bounds);
    if (texts->lower == NULL || texts->upper == NULL || texts->bounds == NULL) {
        interval_texts_release(texts);
        return perebor_no_memory(error, "for the bounds of probabilities");
    }
    for (size_t place = 0; place < n; place++) {
        double lower, upper;
        size_t before = place == 0 ? 0 : place - 1;
        venn_abers_interval_at(known, place, &lower, &upper);
        texts->lower[place] = add_bound(texts, lower, texts->lower[before], place);
        texts->upper[place] = add_bound(texts, upper, texts->upper[before], place);
    }
    return PEREBOR_OK;
}

void interval_texts_release(interval_texts *texts) {
    free(texts->lower);
    free(texts->upper);
    free(texts->bounds);
    *texts = (interval_texts){0};
}
