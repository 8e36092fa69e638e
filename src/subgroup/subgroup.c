// SPDX-License-Identifier: MIT
#include "subgroup/subgroup.h"

#include <stdlib.h>

#include "base/try.h"
#include "subgroup/beam_search.h"
#include "subgroup/row_set.h"
#include "subgroup/testing.h"

void subgroups_release(subgroups *found) {
    free(found->items);
    *found = (subgroups){0};
}

bool subgroup_has(const subgroup *subgroup, const perebor_column *const *columns, size_t row) {
    for (size_t i = 0; i < subgroup->n_conditions; i++) {
        const subgroup_condition *condition = &subgroup->conditions[i];
        if (!subgroup_condition_holds(condition, columns[condition->column]->values[row])) {
            return false;
        }
    }
    return true;
}

/** Whether it shares more with one that is kept than two may. */
static bool overlaps(const beam *beam, const uint64_t *kept, const subgroups *found,
                     const uint64_t *set, size_t n) {
    for (size_t i = 0; i < found->n; i++) {
        size_t both = row_set_meet(NULL, kept + i * beam->n_words, set, beam->n_words);
        // |A and B| > overlap · |A or B|
        double either = (double)(found->items[i].n + n - both);
        if ((double)both > beam->terms->overlap * either) {
            return true;
        }
    }
    return false;
}

static void keep(const beam *beam, subgroups *found, const candidate *candidate) {
    subgroup *kept = &found->items[found->n++];
    *kept = (subgroup){.n_conditions = candidate->n_conditions,
                       .n = candidate->n,
                       .n_positive = candidate->n_positive,
                       .quality = candidate->quality,
                       .p = candidate->p,
                       .p_adjusted = candidate->p_adjusted};
    for (size_t i = 0; i < candidate->n_conditions; i++) {
        kept->conditions[i] = beam->conditions.items[candidate->conditions[i]];
    }
}

/** Chooses, from the best down, among what is believed what says something of its own. */
static perebor_status choose(beam *beam, subgroups *found, perebor_error *error) {
    const subgroup_terms *terms = beam->terms;
    size_t n_words = beam->n_words;
    uint64_t *sets = calloc((terms->most + 2) * n_words + 1, sizeof *sets);
    found->items = calloc(terms->most + 1, sizeof *found->items);
    if (sets == NULL || found->items == NULL) {
        free(sets);
        return perebor_no_memory(error, "for subgroups");
    }
    uint64_t *left = sets + (terms->most + 1) * n_words;
    for (size_t row = 0; row < beam->n_rows; row++) {
        row_set_add(left, row);
    }
    if (beam->n > 0) {
        qsort(beam->items, beam->n, sizeof *beam->items, candidate_compare);
    }
    for (size_t i = 0; i < beam->n && beam->items[i].quality > 0.0; i++) {
        const candidate *one = &beam->items[i];
        if (!(one->p_adjusted <= terms->level)) {
            continue;
        }
        found->n_believed++;
        if (found->n == terms->most || !testing_is_productive(beam, one)) {
            continue;
        }
        uint64_t *set = sets + found->n * n_words;
        size_t n = beam_rows(beam, set, one->conditions, one->n_conditions);
        if (overlaps(beam, sets, found, set, n) || !testing_is_news(beam, one, left)) {
            continue;
        }
        keep(beam, found, one);
        for (size_t word = 0; word < n_words; word++) {
            left[word] &= ~set[word];
        }
    }
    free(sets);
    return PEREBOR_OK;
}

perebor_status subgroups_search(subgroups *found, const subgroup_rows *rows,
                                const subgroup_terms *terms, perebor_error *error) {
    perebor_status status;
    beam beam = {0};
    subgroups own = {0};
    if (terms->depth < 1 || terms->depth > SUBGROUP_MOST_CONDITIONS || terms->n_bins < 2 ||
        terms->beam < 1) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "subgroups: 1 to %d conditions, at least 2 bins, a beam of at least 1",
                            SUBGROUP_MOST_CONDITIONS);
    }
    PEREBOR_TRY(done, beam_search(&beam, rows, terms, error));
    PEREBOR_TRY(done, testing_adjust(&beam, error));
    own.n_rows = beam.n_rows;
    own.n_positive = beam.n_positive;
    own.n_searched = beam.n;
    for (size_t i = 0; i < terms->depth; i++) {
        own.n_descriptions += beam.n_descriptions[i];
    }
    PEREBOR_TRY(done, choose(&beam, &own, error));
    *found = own;
    own = (subgroups){0};
done:
    subgroups_release(&own);
    beam_release(&beam);
    return status;
}
