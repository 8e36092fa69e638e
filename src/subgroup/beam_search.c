// SPDX-License-Identifier: MIT
#include "subgroup/beam_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "subgroup/row_set.h"

void beam_release(beam *beam) {
    subgroup_conditions_release(&beam->conditions);
    free(beam->sets);
    free(beam->positive);
    free(beam->room);
    free(beam->items);
    *beam = (struct beam){0};
}

static perebor_status make_sets(beam *beam, const subgroup_rows *rows, perebor_error *error) {
    size_t n = beam->conditions.n, n_words = row_set_words(rows->n_rows);
    beam->n_rows = rows->n_rows;
    beam->n_words = n_words;
    beam->sets = calloc(n * n_words + 1, sizeof(uint64_t));
    beam->positive = calloc(n_words + 1, sizeof(uint64_t));
    beam->room = calloc(n_words + 1, sizeof(uint64_t));
    if (beam->sets == NULL || beam->positive == NULL || beam->room == NULL) {
        return perebor_no_memory(error, "for %zu conditions upon %zu rows", n, rows->n_rows);
    }
    for (size_t i = 0; i < n; i++) {
        const subgroup_condition *condition = &beam->conditions.items[i];
        const double *values = rows->columns[condition->column]->values;
        for (size_t row = 0; row < rows->n_rows; row++) {
            if (subgroup_condition_holds(condition, values[rows->rows[row]])) {
                row_set_add(beam->sets + i * n_words, row);
            }
        }
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (rows->labels[rows->rows[row]] == 1) {
            row_set_add(beam->positive, row);
            beam->n_positive++;
        }
    }
    return PEREBOR_OK;
}

size_t beam_rows(const beam *beam, uint64_t *set, const uint32_t *conditions, size_t n_conditions) {
    const uint64_t *first = beam->sets + conditions[0] * beam->n_words;
    size_t n = row_set_meet(set, first, first, beam->n_words);
    for (size_t i = 1; i < n_conditions; i++) {
        n = row_set_meet(set, set, beam->sets + conditions[i] * beam->n_words, beam->n_words);
    }
    return n;
}

int candidate_compare(const void *left, const void *right) {
    const candidate *a = left, *b = right;
    if (a->quality != b->quality) {
        return a->quality > b->quality ? -1 : 1;
    }
    if (a->n_conditions != b->n_conditions) {
        return a->n_conditions < b->n_conditions ? -1 : 1;
    }
    for (size_t i = 0; i < a->n_conditions; i++) {
        if (a->conditions[i] != b->conditions[i]) {
            return a->conditions[i] < b->conditions[i] ? -1 : 1;
        }
    }
    return 0;
}

/** WRAcc = n/N (n₊/n - N₊/N) = (n₊ - n N₊/N) / N. */
static double quality_of(const beam *beam, size_t n, size_t n_positive) {
    double all = (double)beam->n_rows;
    return ((double)n_positive - (double)n * (double)beam->n_positive / all) / all;
}

static perebor_status add(beam *beam, const candidate *candidate, perebor_error *error) {
    if (beam->n == beam->capacity) {
        size_t capacity = 2 * beam->capacity + 256;
        struct candidate *items = realloc(beam->items, capacity * sizeof *items);
        if (items == NULL) {
            return perebor_no_memory(error, "for %zu descriptions", capacity);
        }
        beam->items = items;
        beam->capacity = capacity;
    }
    beam->items[beam->n++] = *candidate;
    return PEREBOR_OK;
}

/** A description with one condition more; n_conditions is 0 if it cannot have this one. */
static candidate join(const beam *beam, const candidate *shorter, uint32_t condition) {
    candidate longer = *shorter;
    const subgroup_condition *items = beam->conditions.items;
    size_t place = shorter->n_conditions;
    for (size_t i = 0; i < shorter->n_conditions; i++) {
        uint32_t other = shorter->conditions[i];
        if (other == condition || !subgroup_conditions_combine(&items[other], &items[condition])) {
            return (candidate){0};
        }
        place = other > condition && i < place ? i : place;
    }
    memmove(longer.conditions + place + 1, longer.conditions + place,
            (shorter->n_conditions - place) * sizeof *longer.conditions);
    longer.conditions[place] = condition;
    longer.n_conditions++;
    return longer;
}

static int by_conditions(const void *left, const void *right) {
    const candidate *a = left, *b = right;
    return memcmp(a->conditions, b->conditions, sizeof a->conditions);
}

/** Counts descriptions that were put together, each once, and keeps those of enough rows. */
static perebor_status count(beam *beam, candidate *joined, size_t n, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double least = beam->terms->support * (double)beam->n_rows;
    qsort(joined, n, sizeof *joined, by_conditions);
    for (size_t i = 0; i < n; i++) {
        candidate *one = &joined[i];
        if (i > 0 && by_conditions(one, &joined[i - 1]) == 0) {
            continue;
        }
        one->n = beam_rows(beam, beam->room, one->conditions, one->n_conditions);
        if (one->n == 0 || (double)one->n < least) {
            continue;
        }
        one->n_positive = row_set_meet(NULL, beam->room, beam->positive, beam->n_words);
        one->quality = quality_of(beam, one->n, one->n_positive);
        PEREBOR_TRY(done, add(beam, one, error));
    }
done:
    return status;
}

/** All descriptions of one condition more than those from @p first on, of the best of these. */
static perebor_status deepen(beam *beam, size_t first, perebor_error *error) {
    perebor_status status;
    static const candidate nothing = {0};
    size_t n_built = beam->n - first, n = 0;
    bool begins = beam->n == 0;
    if (!begins) {
        qsort(beam->items + first, n_built, sizeof *beam->items, candidate_compare);
    }
    n_built = n_built < beam->terms->beam ? n_built : beam->terms->beam;
    size_t n_from = begins ? 1 : n_built;
    candidate *joined = calloc(n_from * beam->conditions.n + 1, sizeof *joined);
    if (joined == NULL) {
        return perebor_no_memory(error, "for descriptions");
    }
    for (size_t i = 0; i < n_from; i++) {
        for (uint32_t condition = 0; condition < beam->conditions.n; condition++) {
            joined[n] = join(beam, begins ? &nothing : &beam->items[first + i], condition);
            n += joined[n].n_conditions > 0;
        }
    }
    status = count(beam, joined, n, error);
    free(joined);
    return status;
}

perebor_status beam_search(beam *beam, const subgroup_rows *rows, const subgroup_terms *terms,
                           perebor_error *error) {
    perebor_status status;
    size_t first = 0;
    beam->terms = terms;
    PEREBOR_TRY(done, subgroup_conditions_make(&beam->conditions, rows->columns, rows->n_columns,
                                               rows->rows, rows->n_rows, terms->n_bins, error));
    subgroup_descriptions_count(beam->n_descriptions, terms->depth, &beam->conditions);
    PEREBOR_TRY(done, make_sets(beam, rows, error));
    for (size_t depth = 0; depth < terms->depth; depth++) {
        size_t n = beam->n;
        if (depth > 0 && n == first) {
            break; // nothing to build upon
        }
        PEREBOR_TRY(done, deepen(beam, first, error));
        first = n;
    }
done:
    return status;
}
