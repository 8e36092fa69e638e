// SPDX-License-Identifier: MIT
#include "profile/profile_matrices.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "profile/column_levels.h"
#include "statistics/contingency.h"
#include "statistics/correlation.h"
#include "statistics/false_discovery.h"
#include "statistics/phik.h"
#include "statistics/tail_probability.h"

void profile_tell(const perebor_profile_watch *watch, const char *what, size_t n_done, size_t n) {
    if (watch != NULL) {
        watch->progress(watch->context, what, n_done, n);
    }
}

/** What the matrices are made from: the target and some columns, as levels and as numbers. */
typedef struct relations {
    perebor_profile *profile;
    const perebor_column **columns; /**< [n_matrix] the target last */
    size_t n_rows, n_matrix;
    perebor_column target;
    uint32_t *levels;  /**< [n_matrix][n_rows] */
    size_t *n_levels;  /**< [n_matrix] */
    double *ranks;     /**< [n_matrix][n_rows] average ranks of columns without missing values */
    bool *has_missing; /**< [n_matrix] */
    double *target_numbers;     /**< [n_rows] */
    double *pair;               /**< [2][n_rows] scratch */
    perebor_spread *spreads[2]; /**< [n_matrix] values and ranks of columns that are complete */
    double *row[2]; /**< [n_matrix] Pearson and Spearman of one column with later ones */
    perebor_phik_curves curves;
} relations;

/** How two columns go together as levels. */
typedef struct association {
    double phik, phik_z, cramers_v, mutual_information;
    double chi2_p; /**< That of the table of counts. */
} association;

/** A table of more cells is not even counted: two columns of thousands of levels each. */
static const double most_counted = 4e6;

static bool has_order(const perebor_column *column) {
    return column->role != PEREBOR_ROLE_NOMINAL;
}

/** Relates two columns of levels. phi_k and Z are left out where levels are too many for them. */
static perebor_status associate(association *own_association, perebor_phik_curves *curves,
                                const uint32_t *one, size_t n_one, const uint32_t *other,
                                size_t n_other, size_t n_rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_contingency table = {0};
    *own_association = (association){
        .phik = NAN, .phik_z = NAN, .cramers_v = NAN, .mutual_information = NAN, .chi2_p = NAN};
    if ((double)n_one * (double)n_other > most_counted) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, perebor_contingency_count(&table, one, n_one, other, n_other, n_rows, error));
    double dof = perebor_contingency_dof(&table);
    own_association->cramers_v = perebor_cramers_v(&table);
    own_association->mutual_information = perebor_mutual_information(&table);
    if (dof > 0.0) {
        own_association->chi2_p = perebor_chi_squared_tail(perebor_chi_squared(&table, true), dof);
    }
    if (table.n_rows * table.n_columns <= PEREBOR_PROFILE_CELLS) {
        PEREBOR_TRY(done, perebor_phik_by_curve(&own_association->phik, &table, curves, error));
        own_association->phik_z = perebor_association_z(&table);
    }
done:
    perebor_contingency_release(&table);
    return status;
}

/** Every column against the target, whether it will be in the matrices or not. */
static perebor_status relate_to_target(perebor_profile *profile, perebor_phik_curves *curves,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = profile->dataset;
    size_t n_rows = dataset->n_rows;
    uint32_t *levels = calloc(2 * n_rows + 1, sizeof *levels);
    if (levels == NULL) {
        return perebor_no_memory(error, "to relate columns");
    }
    profile_label_levels(levels + n_rows, dataset->labels, n_rows);
    for (size_t i = 0; i < profile->n_columns; i++) {
        perebor_profile_column *column = &profile->columns[i];
        association association;
        size_t n_levels = profile_column_levels(levels, &dataset->columns[i], n_rows);
        PEREBOR_TRY(done, associate(&association, curves, levels, n_levels, levels + n_rows, 2,
                                    n_rows, error));
        column->phik = association.phik;
        column->phik_z = association.phik_z;
        column->cramers_v = association.cramers_v;
        column->strength = perebor_chaddock(association.phik);
        column->p_adjusted =
            has_order(&dataset->columns[i]) ? column->mann_whitney_p : association.chi2_p;
    }
done:
    free(levels);
    return status;
}

static perebor_status adjust_probabilities(perebor_profile *profile, perebor_error *error) {
    size_t n = profile->n_columns;
    double *p = calloc(2 * n + 1, sizeof *p);
    if (p == NULL) {
        return perebor_no_memory(error, "to relate columns");
    }
    for (size_t i = 0; i < n; i++) {
        p[i] = profile->columns[i].p_adjusted;
    }
    perebor_status status = perebor_false_discovery_adjust(p + n, p, n, error);
    for (size_t i = 0; status == PEREBOR_OK && i < n; i++) {
        profile->columns[i].p_adjusted = p[n + i];
    }
    free(p);
    return status;
}

/** A feature and how well it goes with the target. */
typedef struct ranked_feature {
    double phik;
    size_t place;
} ranked_feature;

static int compare_strength(const void *left, const void *right) {
    const ranked_feature *a = left;
    const ranked_feature *b = right;
    if (a->phik != b->phik) {
        return a->phik > b->phik ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static int compare_places(const void *left, const void *right) {
    const ranked_feature *a = left;
    const ranked_feature *b = right;
    return (a->place > b->place) - (a->place < b->place);
}

/** All features, or those that go best with the target, in the order of the dataset. */
static perebor_status choose_features(perebor_profile *profile, perebor_error *error) {
    size_t n = profile->n_columns;
    size_t n_chosen = n < PEREBOR_PROFILE_MATRIX ? n : PEREBOR_PROFILE_MATRIX;
    ranked_feature *ranked = calloc(n + 1, sizeof *ranked);
    profile->matrix_features = calloc(n_chosen + 1, sizeof *profile->matrix_features);
    if (ranked == NULL || profile->matrix_features == NULL) {
        free(ranked);
        return perebor_no_memory(error, "to relate columns");
    }
    for (size_t i = 0; i < n; i++) {
        double phik = profile->columns[i].phik;
        ranked[i] = (ranked_feature){.phik = isnan(phik) ? -1.0 : phik, .place = i};
        profile->columns[i].vif = profile->columns[i].global_phik = NAN;
    }
    qsort(ranked, n, sizeof *ranked, compare_strength);
    qsort(ranked, n_chosen, sizeof *ranked, compare_places);
    for (size_t i = 0; i < n_chosen; i++) {
        profile->matrix_features[i] = ranked[i].place;
    }
    profile->n_matrix = n_chosen + 1;
    free(ranked);
    return PEREBOR_OK;
}

static perebor_status allocate(relations *relations, perebor_error *error) {
    perebor_profile *profile = relations->profile;
    size_t n_rows = relations->n_rows;
    size_t n = relations->n_matrix = profile->n_matrix;
    enum { n_matrices = 6 };
    double **matrices[n_matrices] = {&profile->pearson,   &profile->spearman,
                                     &profile->phik,      &profile->phik_z,
                                     &profile->cramers_v, &profile->mutual_information};
    bool complete = true;
    for (size_t i = 0; i < n_matrices; i++) {
        *matrices[i] = calloc(n * n, sizeof(double));
        complete = complete && *matrices[i] != NULL;
    }
    relations->columns = calloc(n, sizeof(const perebor_column *));
    relations->levels = calloc(n * n_rows + 1, sizeof *relations->levels);
    relations->n_levels = calloc(n, sizeof *relations->n_levels);
    relations->ranks = calloc(n * n_rows + 1, sizeof *relations->ranks);
    relations->has_missing = calloc(n, sizeof *relations->has_missing);
    relations->target_numbers = calloc(n_rows + 1, sizeof *relations->target_numbers);
    relations->pair = calloc(2 * n_rows + 1, sizeof *relations->pair);
    for (size_t kind = 0; kind < 2; kind++) {
        relations->spreads[kind] = calloc(n, sizeof(perebor_spread));
        relations->row[kind] = calloc(n, sizeof(double));
        complete = complete && relations->spreads[kind] != NULL && relations->row[kind] != NULL;
    }
    complete = complete && relations->columns != NULL && relations->levels != NULL &&
               relations->n_levels != NULL && relations->ranks != NULL &&
               relations->has_missing != NULL && relations->target_numbers != NULL &&
               relations->pair != NULL;
    return complete ? PEREBOR_OK : perebor_no_memory(error, "to relate columns");
}

static void release(relations *relations) {
    free(relations->columns);
    free(relations->levels);
    free(relations->n_levels);
    free(relations->ranks);
    free(relations->has_missing);
    free(relations->target_numbers);
    free(relations->pair);
    for (size_t kind = 0; kind < 2; kind++) {
        free(relations->spreads[kind]);
        free(relations->row[kind]);
    }
}

static bool is_complete(const relations *relations, size_t i) {
    return has_order(relations->columns[i]) && !relations->has_missing[i];
}

/** Turns the chosen columns and the target into levels and ranks. */
static perebor_status prepare(relations *relations, perebor_error *error) {
    perebor_status status;
    perebor_profile *profile = relations->profile;
    const perebor_dataset *dataset = profile->dataset;
    size_t n_rows = relations->n_rows;
    PEREBOR_TRY(done, allocate(relations, error));
    size_t last = relations->n_matrix - 1;
    for (size_t row = 0; row < n_rows; row++) {
        relations->target_numbers[row] = dataset->labels[row];
    }
    relations->target =
        (perebor_column){.role = PEREBOR_ROLE_BOOLEAN, .values = relations->target_numbers};
    for (size_t i = 0; i < last; i++) {
        size_t feature = profile->matrix_features[i];
        relations->columns[i] = &dataset->columns[feature];
        relations->has_missing[i] = profile->columns[feature].n_missing > 0;
        relations->n_levels[i] =
            profile_column_levels(relations->levels + i * n_rows, relations->columns[i], n_rows);
    }
    relations->columns[last] = &relations->target;
    profile_label_levels(relations->levels + last * n_rows, dataset->labels, n_rows);
    relations->n_levels[last] = 2;
    for (size_t i = 0; i <= last; i++) {
        double *ranks = relations->ranks + i * n_rows;
        if (is_complete(relations, i)) {
            const double *values = relations->columns[i]->values;
            PEREBOR_TRY(done, perebor_average_ranks(ranks, values, n_rows, error));
            relations->spreads[0][i] = perebor_spread_of(values, n_rows);
            relations->spreads[1][i] = perebor_spread_of(ranks, n_rows);
        }
    }
done:
    return status;
}

/** Pearson and Spearman of a complete column with the complete ones from it on, run by run. */
static void correlate_row(relations *relations, size_t i) {
    size_t n = relations->n_matrix;
    for (size_t first = i, end; first < n; first = end + 1) {
        for (end = first; end < n && is_complete(relations, end);) {
            end++;
        }
        for (size_t kind = 0; kind < 2; kind++) {
            perebor_pearson_each(&relations->spreads[kind][i], relations->spreads[kind] + first,
                                 end - first, relations->n_rows, relations->row[kind] + first);
        }
    }
}

/** Pearson and Spearman of two columns with an order; correlate_row() was called for the first. */
static perebor_status correlate(relations *relations, size_t i, size_t j, double *pearson,
                                double *spearman, perebor_error *error) {
    const double *x = relations->columns[i]->values;
    const double *y = relations->columns[j]->values;
    size_t n_rows = relations->n_rows;
    if (!relations->has_missing[i] && !relations->has_missing[j]) {
        *pearson = relations->row[0][j];
        *spearman = relations->row[1][j];
        return PEREBOR_OK;
    }
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(x[row]) && !isnan(y[row])) {
            relations->pair[n] = x[row];
            relations->pair[n_rows + n++] = y[row];
        }
    }
    *pearson = perebor_pearson(relations->pair, relations->pair + n_rows, n);
    return perebor_spearman(spearman, relations->pair, relations->pair + n_rows, n, error);
}

static void set_both(double *matrix, size_t n, size_t i, size_t j, double value) {
    matrix[i * n + j] = matrix[j * n + i] = value;
}

static perebor_status fill_pair(relations *relations, size_t i, size_t j, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_profile *profile = relations->profile;
    size_t n = relations->n_matrix;
    size_t n_rows = relations->n_rows;
    double pearson = NAN;
    double spearman = NAN;
    association association;
    if (has_order(relations->columns[i]) && has_order(relations->columns[j])) {
        PEREBOR_TRY(done, correlate(relations, i, j, &pearson, &spearman, error));
    }
    PEREBOR_TRY(done, associate(&association, &relations->curves, relations->levels + i * n_rows,
                                relations->n_levels[i], relations->levels + j * n_rows,
                                relations->n_levels[j], n_rows, error));
    // A column goes wholly with itself, which Yates' correction of two levels would not see.
    bool whole = i == j && !isnan(association.phik);
    set_both(profile->pearson, n, i, j, pearson);
    set_both(profile->spearman, n, i, j, spearman);
    set_both(profile->phik, n, i, j, whole ? 1.0 : association.phik);
    set_both(profile->phik_z, n, i, j, association.phik_z);
    set_both(profile->cramers_v, n, i, j, association.cramers_v);
    set_both(profile->mutual_information, n, i, j, association.mutual_information);
done:
    return status;
}

static perebor_status fill_pairs(relations *relations, const perebor_profile_watch *watch,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = relations->n_matrix;
    size_t n_done = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_complete(relations, i)) {
            correlate_row(relations, i);
        }
        for (size_t j = i; j < n; j++) {
            profile_tell(watch, "pairs of columns", n_done++, n * (n + 1) / 2);
            PEREBOR_TRY(done, fill_pair(relations, i, j, error));
        }
    }
done:
    return status;
}

perebor_status profile_matrices_fill(perebor_profile *profile, const perebor_profile_watch *watch,
                                     perebor_error *error) {
    perebor_status status;
    relations relations = {.profile = profile, .n_rows = profile->dataset->n_rows};
    PEREBOR_TRY(done, relate_to_target(profile, &relations.curves, error));
    PEREBOR_TRY(done, adjust_probabilities(profile, error));
    PEREBOR_TRY(done, choose_features(profile, error));
    PEREBOR_TRY(done, prepare(&relations, error));
    PEREBOR_TRY(done, fill_pairs(&relations, watch, error));
    PEREBOR_TRY(done, profile_inflate(profile, error));
done:
    perebor_phik_curves_release(&relations.curves);
    release(&relations);
    return status;
}
