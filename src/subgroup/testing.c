// SPDX-License-Identifier: MIT
#include "subgroup/testing.h"

#include <math.h>
#include <stdlib.h>

#include "statistics/fisher_exact.h"
#include "subgroup/row_set.h"

/** A p by its candidate. */
typedef struct placed_p {
    double p;
    size_t place;
} placed_p;

static int by_p(const void *left, const void *right) {
    const placed_p *a = left, *b = right;
    return a->p != b->p ? (a->p < b->p ? -1 : 1) : (a->place > b->place) - (a->place < b->place);
}

/** D M_d: what a p is multiplied by where any mistake at all is meant to be rare. */
static double count_tests(const beam *beam, const candidate *candidate) {
    return (double)beam->terms->depth * beam->n_descriptions[candidate->n_conditions - 1];
}

/**
 * Benjamini and Hochberg with weights (Genovese, Roeder and Wasserman, Biometrika 93, 2006). With M
 * descriptions in all, M_d of d conditions and D lengths, each has the weight M / (D M_d), their
 * mean being 1, and the i-th smallest p / weight the adjusted value
 *
 *     min over j >= i of M (p / weight)_(j) / j = D M_d p / j.
 *
 * Those that were not looked at come last, with p = 1.
 */
perebor_status testing_adjust(beam *beam, perebor_error *error) {
    placed_p *placed = calloc(beam->n + 1, sizeof *placed);
    if (placed == NULL) {
        return perebor_no_memory(error, "to test %zu descriptions", beam->n);
    }
    for (size_t i = 0; i < beam->n; i++) {
        candidate *one = &beam->items[i];
        one->p = perebor_fisher_greater(one->n_positive, one->n, beam->n_positive, beam->n_rows);
        placed[i] = (placed_p){one->p * count_tests(beam, one), i};
    }
    qsort(placed, beam->n, sizeof *placed, by_p);
    double least = 1.0;
    for (size_t i = beam->n; i-- > 0;) {
        least = fmin(least, placed[i].p / (double)(i + 1));
        beam->items[placed[i].place].p_adjusted = least;
    }
    free(placed);
    return PEREBOR_OK;
}

/** Among the rows without a condition, are those with it more often positive than the others? */
bool testing_is_productive(beam *beam, const candidate *candidate) {
    for (size_t left_out = 0; candidate->n_conditions > 1 && left_out < candidate->n_conditions;
         left_out++) {
        uint32_t shorter[SUBGROUP_MOST_CONDITIONS];
        size_t n = 0;
        for (size_t i = 0; i < candidate->n_conditions; i++) {
            if (i != left_out) {
                shorter[n++] = candidate->conditions[i];
            }
        }
        size_t n_rows = beam_rows(beam, beam->room, shorter, n);
        size_t n_positive = row_set_meet(NULL, beam->room, beam->positive, beam->n_words);
        if (perebor_fisher_greater(candidate->n_positive, candidate->n, n_positive, n_rows) >
            beam->terms->level) {
            return false;
        }
    }
    return true;
}

bool testing_is_news(beam *beam, const candidate *candidate, const uint64_t *left) {
    size_t n_words = beam->n_words;
    size_t n_rows = row_set_meet(NULL, left, left, n_words);
    size_t n_marked = row_set_meet(NULL, left, beam->positive, n_words);
    (void)beam_rows(beam, beam->room, candidate->conditions, candidate->n_conditions);
    size_t n = row_set_meet(beam->room, beam->room, left, n_words);
    size_t n_positive = row_set_meet(NULL, beam->room, beam->positive, n_words);
    double p = perebor_fisher_greater(n_positive, n, n_marked, n_rows);
    return p * count_tests(beam, candidate) <= beam->terms->level;
}
