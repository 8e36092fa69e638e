// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "h5/row_scale.h"
#include "h5/struct_columns.h"
#include "profile/profile_tree.h"

/** Features, or those of one role, one after the other. */
typedef struct selection {
    const perebor_profile_column **columns;
    size_t n;
} selection;

static selection select_numeric(const perebor_profile *profile, h5_tree *tree) {
    selection selection = {.columns = perebor_arena_allocate(&tree->arena, profile->n_columns + 1,
                                                             sizeof(perebor_profile_column *))};
    tree->failed |= selection.columns == NULL;
    for (size_t i = 0; !tree->failed && i < profile->n_columns; i++) {
        if (profile->columns[i].role == PEREBOR_ROLE_NUMERIC) {
            selection.columns[selection.n++] = &profile->columns[i];
        }
    }
    return selection;
}

static void describe(h5_tree *tree, h5_node *node, const char *units, const char *meaning) {
    h5_set_text(tree, node, "units", units);
    h5_set_text(tree, node, "long_name", meaning);
}

static void add_target(const perebor_profile *profile, h5_tree *tree) {
    h5_node *group = h5_add_group(tree, tree->root, "target");
    h5_set_text(tree, group, "name", profile->dataset->target_name);
    h5_set_text(tree, group, "positive", profile->dataset->positive_name);
    h5_set_text(tree, group, "negative", profile->dataset->negative_name);
    h5_set_unsigned(tree, group, "n_rows", profile->dataset->n_rows);
    h5_set_unsigned(tree, group, "n_positive", profile->n_positive);
}

/** A figure that every feature has, or NaN. */
typedef struct figure {
    const char *name, *units, *meaning;
    size_t offset;
} figure;

#define FIGURE(member, units, meaning)                                                             \
    { #member, units, meaning, offsetof(perebor_profile_column, member) }

static const figure figures[] = {
    FIGURE(auc, "1", "area under the curve of the column as it is, as a score for the target"),
    FIGURE(mann_whitney_u, "1", "Mann and Whitney's U of the positive class"),
    FIGURE(mann_whitney_p, "1", "its probability, both sides, corrected for ties and continuity"),
    FIGURE(p_adjusted, "1",
           "the same (nominal columns: that of the table of counts) by Benjamini and Hochberg"),
    FIGURE(welch_t, "1", "Welch's t, positive if the positive class has the greater mean"),
    FIGURE(welch_p, "1", "its probability, both sides"),
    FIGURE(anova_f, "1", "F of the one-way analysis of variance between the classes"),
    FIGURE(anova_p, "1", "its probability"),
    FIGURE(chi2, "1", "chi squared of the column's sums by class, as scikit-learn's chi2"),
    FIGURE(chi2_p, "1", "its probability"),
    FIGURE(ks_d, "1", "Kolmogorov and Smirnov's greatest distance between the classes"),
    FIGURE(pearson, "1", "Pearson's coefficient with the target as 0 and 1 (point-biserial)"),
    FIGURE(spearman, "1", "Spearman's coefficient with the target"),
    FIGURE(phik, "1", "phi_k with the target, as PhiK 0.12 computes it"),
    FIGURE(phik_z, "standard deviations", "significance of the dependence with the target"),
    FIGURE(cramers_v, "1", "Cramer's V with the target, of levels and of 10 equal bins"),
    FIGURE(mutual_information, "nat", "mutual information with the target"),
    FIGURE(vif, "1",
           "variance inflation factor among numeric, ordinal and boolean features of the matrices, "
           "on the rows where all have a value"),
    FIGURE(global_phik, "1",
           "phi_k with all other features of the matrices together, if their matrix has an "
           "inverse"),
};

static void add_features(const perebor_profile *profile, h5_tree *tree) {
    h5_node *group = h5_add_group(tree, tree->root, "features");
    const perebor_profile_column *columns = profile->columns;
    size_t n = profile->n_columns;
    h5_add_member_texts(tree, group, "feature", columns, n, sizeof *columns,
                        offsetof(perebor_profile_column, name));
    h5_node *role = h5_add_dataset(tree, group, "role", H5_INT8, 1, n, 0);
    for (size_t i = 0; role != NULL && i < n; i++) {
        ((int8_t *)role->array.data)[i] = (int8_t)columns[i].role;
    }
    h5_set_flags(tree, role, perebor_role_names);
    describe(tree,
             H5_ADD_NUMBERS_AS("n_gaps", tree, group, H5_UINT64, perebor_profile_column, columns, n,
                               n_missing),
             "1", "rows without a value");
    describe(tree,
             H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_profile_column, columns, n, n_distinct),
             "1", "distinct values");
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        h5_node *node = h5_add_member_numbers(tree, group, figures[i].name, H5_DOUBLE, columns, n,
                                              sizeof *columns, figures[i].offset);
        describe(tree, node, figures[i].units, figures[i].meaning);
    }
    h5_node *strength = H5_ADD_TEXTS(tree, group, perebor_profile_column, columns, n, strength);
    h5_set_text(tree, strength, "long_name", "Chaddock's word for phi_k: .1 .3 .5 .7 .9");
    for (h5_node *node = group == NULL ? NULL : group->children; node != NULL; node = node->next) {
        node->scales[0] = "feature";
    }
    (void)h5_add_table_of(tree, group, "features", NULL);
}

/** A dataset of [feature][n_places], or of [feature] if @p place is NULL. */
static h5_node *add_by_feature(h5_tree *tree, h5_node *group, const char *name, h5_kind kind,
                               const char *place, size_t n_features, size_t n_places) {
    h5_node *node =
        h5_add_dataset(tree, group, name, kind, place == NULL ? 1 : 2, n_features, n_places);
    if (node != NULL) {
        node->scales[0] = "feature";
        node->scales[1] = place;
    }
    return node;
}

/** A scale of whole numbers from 0. */
static void add_places(h5_tree *tree, h5_node *group, const char *name, size_t n) {
    h5_node *scale = h5_add_dataset(tree, group, name, H5_INT64, 1, n, 0);
    for (size_t i = 0; scale != NULL && i < n; i++) {
        ((int64_t *)scale->array.data)[i] = (int64_t)i;
    }
    if (scale != NULL) {
        scale->scales[0] = scale->name;
    }
}

static void add_moments(const selection *selection, int which, h5_tree *tree, h5_node *group) {
    static const struct {
        const char *name, *meaning;
        size_t offset;
    } members[] = {
        {"mean", "mean", offsetof(perebor_moments, mean)},
        {"sd", "standard deviation, ddof 1", offsetof(perebor_moments, sd)},
        {"minimum", "least value", offsetof(perebor_moments, minimum)},
        {"maximum", "greatest value", offsetof(perebor_moments, maximum)},
        {"skewness", "m3 / m2^1.5", offsetof(perebor_moments, skewness)},
        {"excess_kurtosis", "m4 / m2^2 - 3", offsetof(perebor_moments, excess_kurtosis)},
    };
    h5_node *count = add_by_feature(tree, group, "n", H5_UINT64, NULL, selection->n, 0);
    for (size_t i = 0; count != NULL && i < selection->n; i++) {
        ((uint64_t *)count->array.data)[i] = selection->columns[i]->groups[which].moments.n;
    }
    h5_set_text(tree, count, "long_name", "rows that have a value");
    for (size_t j = 0; j < sizeof members / sizeof *members; j++) {
        h5_node *node =
            add_by_feature(tree, group, members[j].name, H5_DOUBLE, NULL, selection->n, 0);
        for (size_t i = 0; node != NULL && i < selection->n; i++) {
            memcpy((double *)node->array.data + i,
                   (const char *)&selection->columns[i]->groups[which].moments + members[j].offset,
                   sizeof(double));
        }
        h5_set_text(tree, node, "long_name", members[j].meaning);
    }
}

static void add_quantiles(const selection *selection, int which, h5_tree *tree, h5_node *group) {
    h5_node *share =
        h5_add_dataset(tree, group, "share", H5_DOUBLE, 1, PEREBOR_PROFILE_QUANTILES, 0);
    h5_node *node = add_by_feature(tree, group, "quantiles", H5_DOUBLE, "share", selection->n,
                                   PEREBOR_PROFILE_QUANTILES);
    if (share == NULL || node == NULL) {
        return;
    }
    share->scales[0] = share->name;
    memcpy(share->array.data, perebor_profile_shares, sizeof perebor_profile_shares);
    for (size_t i = 0; i < selection->n; i++) {
        memcpy((double *)node->array.data + i * PEREBOR_PROFILE_QUANTILES,
               selection->columns[i]->groups[which].quantiles,
               PEREBOR_PROFILE_QUANTILES * sizeof(double));
    }
    h5_set_text(tree, node, "long_name", "linear between values, at share * (n - 1)");
}

static void add_histogram(const selection *selection, int which, h5_tree *tree, h5_node *group) {
    enum { EDGES = PEREBOR_PROFILE_BINS + 1 };
    add_places(tree, group, "bin", PEREBOR_PROFILE_BINS);
    add_places(tree, group, "edge", EDGES);
    h5_node *counts = add_by_feature(tree, group, "histogram", H5_UINT64, "bin", selection->n,
                                     PEREBOR_PROFILE_BINS);
    h5_node *edges =
        add_by_feature(tree, group, "histogram_edges", H5_DOUBLE, "edge", selection->n, EDGES);
    for (size_t i = 0; counts != NULL && edges != NULL && i < selection->n; i++) {
        const perebor_profile_column *column = selection->columns[i];
        memcpy((uint64_t *)counts->array.data + i * PEREBOR_PROFILE_BINS,
               column->groups[which].histogram, PEREBOR_PROFILE_BINS * sizeof(uint64_t));
        double *edge = (double *)edges->array.data + i * EDGES;
        for (size_t place = 0; place < EDGES; place++) {
            edge[place] = perebor_profile_edge(column, place);
        }
    }
    h5_set_text(
        tree, counts, "long_name",
        "rows in equal bins, each with its lower edge, the last with both; of whole numbers "
        "bins have whole edges, and those beyond the greatest are empty");
    h5_set_text(tree, edges, "long_name", "edges of the bins, the same for all three groups");
}

static void add_density(const selection *selection, int which, h5_tree *tree, h5_node *group) {
    add_places(tree, group, "point", PEREBOR_PROFILE_POINTS);
    h5_node *density = add_by_feature(tree, group, "density", H5_DOUBLE, "point", selection->n,
                                      PEREBOR_PROFILE_POINTS);
    h5_node *at = add_by_feature(tree, group, "density_at", H5_DOUBLE, "point", selection->n,
                                 PEREBOR_PROFILE_POINTS);
    for (size_t i = 0; density != NULL && at != NULL && i < selection->n; i++) {
        const perebor_profile_column *column = selection->columns[i];
        memcpy((double *)density->array.data + i * PEREBOR_PROFILE_POINTS,
               column->groups[which].density, PEREBOR_PROFILE_POINTS * sizeof(double));
        double *value = (double *)at->array.data + i * PEREBOR_PROFILE_POINTS;
        for (size_t place = 0; place < PEREBOR_PROFILE_POINTS; place++) {
            value[place] = perebor_profile_point(column, place);
        }
    }
    h5_set_text(tree, density, "long_name",
                "Gaussian kernel, Silverman's bandwidth; 1 / unit of the column");
    h5_set_text(tree, at, "long_name", "where the density is taken, in units of the column");
}

static void add_numeric(const perebor_profile *profile, h5_tree *tree) {
    static const char *const names[PEREBOR_GROUPS] = {"all", "negative", "positive"};
    h5_node *parent = h5_add_group(tree, tree->root, "numeric");
    selection selection = select_numeric(profile, tree);
    h5_set_text(tree, parent, "gaps", "left out");
    for (int which = 0; which < PEREBOR_GROUPS; which++) {
        h5_node *group = h5_add_group(tree, parent, names[which]);
        h5_node *scale = h5_add_dataset(tree, group, "feature", H5_TEXT, 1, selection.n, 0);
        for (size_t i = 0; scale != NULL && i < selection.n; i++) {
            ((const char **)scale->array.data)[i] = h5_keep_text(tree, selection.columns[i]->name);
        }
        if (scale != NULL) {
            scale->scales[0] = scale->name;
        }
        add_moments(&selection, which, tree, group);
        add_quantiles(&selection, which, tree, group);
        add_histogram(&selection, which, tree, group);
        add_density(&selection, which, tree, group);
    }
}

/** Counts of the levels of all columns that have them, one row a level. */
static void add_levels(const perebor_profile *profile, h5_tree *tree) {
    static const char *const names[PEREBOR_GROUPS] = {"n_all", "n_negative", "n_positive"};
    size_t n = 0;
    for (size_t i = 0; i < profile->n_columns; i++) {
        n += profile->columns[i].n_levels;
    }
    h5_node *group = h5_add_group(tree, tree->root, "levels");
    h5_node *feature = h5_add_dataset(tree, group, "feature", H5_TEXT, 1, n, 0);
    h5_node *level = h5_add_dataset(tree, group, "level", H5_TEXT, 1, n, 0);
    h5_node *counts[PEREBOR_GROUPS];
    for (int which = 0; which < PEREBOR_GROUPS; which++) {
        counts[which] = h5_add_dataset(tree, group, names[which], H5_UINT64, 1, n, 0);
    }
    if (tree->failed || feature == NULL || level == NULL) {
        return;
    }
    for (size_t i = 0, row = 0; i < profile->n_columns; i++) {
        const perebor_profile_column *column = &profile->columns[i];
        for (size_t j = 0; j < column->n_levels; j++, row++) {
            ((const char **)feature->array.data)[row] = h5_keep_text(tree, column->name);
            ((const char **)level->array.data)[row] = h5_keep_text(tree, column->levels[j]);
            for (int which = 0; which < PEREBOR_GROUPS; which++) {
                ((uint64_t *)counts[which]->array.data)[row] =
                    column->groups[which].level_counts[j];
            }
        }
    }
    h5_number_rows(tree, group, "row", n);
}

static void add_matrix_scale(const perebor_profile *profile, h5_tree *tree, h5_node *group,
                             const char *name) {
    h5_node *scale = h5_add_dataset(tree, group, name, H5_TEXT, 1, profile->n_matrix, 0);
    if (scale == NULL) {
        return;
    }
    const char **names = scale->array.data;
    size_t last = profile->n_matrix - 1;
    for (size_t i = 0; i < last; i++) {
        names[i] = h5_keep_text(tree, profile->columns[profile->matrix_features[i]].name);
    }
    names[last] = h5_keep_text(tree, profile->dataset->target_name);
    scale->scales[0] = scale->name;
}

static void add_matrices(const perebor_profile *profile, h5_tree *tree) {
    const struct {
        const char *name, *units, *meaning;
        const double *values;
    } matrices[] = {
        {"pearson", "1", "Pearson's coefficient; NaN for nominal columns", profile->pearson},
        {"spearman", "1", "Spearman's coefficient; NaN for nominal columns", profile->spearman},
        {"phik", "1", "phi_k, as PhiK 0.12 computes it", profile->phik},
        {"phik_z", "standard deviations", "significance of the dependence", profile->phik_z},
        {"cramers_v", "1", "Cramer's V of levels and of 10 equal bins", profile->cramers_v},
        {"mutual_information", "nat", "mutual information of levels and of 10 equal bins",
         profile->mutual_information},
    };
    h5_node *group = h5_add_group(tree, tree->root, "matrices");
    h5_set_text(tree, group, "gaps", "left out pair by pair");
    h5_set_text(tree, group, "order",
                "features in the order of /features, at most 512 of them, the target last");
    add_matrix_scale(profile, tree, group, "row");
    add_matrix_scale(profile, tree, group, "column");
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        h5_node *node = h5_add_dataset(tree, group, matrices[i].name, H5_DOUBLE, 2,
                                       profile->n_matrix, profile->n_matrix);
        if (node != NULL) {
            memcpy(node->array.data, matrices[i].values,
                   profile->n_matrix * profile->n_matrix * sizeof(double));
            node->scales[0] = "row";
            node->scales[1] = "column";
        }
        describe(tree, node, matrices[i].units, matrices[i].meaning);
    }
}

void exploration_to_tree(const perebor_profile *profile, h5_tree *tree) {
    add_target(profile, tree);
    add_features(profile, tree);
    add_numeric(profile, tree);
    add_levels(profile, tree);
    add_matrices(profile, tree);
}
