// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "store/profile_tree.h"
#include "store/struct_columns.h"

/** Features, or those of one role, one after the other. */
struct selection {
    const perebor_profile_column **columns;
    size_t n;
};

static struct selection select_numeric(const perebor_profile *profile, store_tree *tree) {
    struct selection selection = {.columns =
                                      perebor_arena_allocate(&tree->arena, profile->n_columns + 1,
                                                             sizeof(perebor_profile_column *))};
    tree->failed |= selection.columns == NULL;
    for (size_t i = 0; !tree->failed && i < profile->n_columns; i++) {
        if (profile->columns[i].role == PEREBOR_ROLE_NUMERIC) {
            selection.columns[selection.n++] = &profile->columns[i];
        }
    }
    return selection;
}

static void describe(store_tree *tree, store_node *node, const char *units, const char *meaning) {
    store_set_text(tree, node, "units", units);
    store_set_text(tree, node, "long_name", meaning);
}

static void add_target(const perebor_profile *profile, store_tree *tree) {
    store_node *group = store_add_group(tree, tree->root, "target");
    store_set_text(tree, group, "name", profile->dataset->target_name);
    store_set_text(tree, group, "positive", profile->dataset->positive_name);
    store_set_text(tree, group, "negative", profile->dataset->negative_name);
    store_set_unsigned(tree, group, "n_rows", profile->dataset->n_rows);
    store_set_unsigned(tree, group, "n_positive", profile->n_positive);
}

/** A figure that every feature has, or NaN. */
struct figure {
    const char *name, *units, *meaning;
    size_t offset;
};

#define FIGURE(member, units, meaning)                                                             \
    { #member, units, meaning, offsetof(perebor_profile_column, member) }

static const struct figure figures[] = {
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
    FIGURE(vif, "1", "variance inflation factor among numeric, ordinal and boolean features"),
    FIGURE(global_phik, "1", "phi_k with all other features together"),
};

static void add_features(const perebor_profile *profile, store_tree *tree) {
    store_node *group = store_add_group(tree, tree->root, "features");
    const perebor_profile_column *columns = profile->columns;
    size_t n = profile->n_columns;
    store_add_member_texts(tree, group, "feature", columns, n, sizeof *columns,
                           offsetof(perebor_profile_column, name));
    store_node *role = store_add_dataset(tree, group, "role", STORE_INT8, 1, n, 0);
    for (size_t i = 0; role != NULL && i < n; i++) {
        ((int8_t *)role->array.data)[i] = (int8_t)columns[i].role;
    }
    store_set_flags(tree, role, "numeric ordinal boolean nominal");
    describe(
        tree,
        STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_profile_column, columns, n, n_gaps),
        "1", "rows without a value");
    describe(tree,
             STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_profile_column, columns, n,
                               n_distinct),
             "1", "distinct values");
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        store_node *node = store_add_member_numbers(tree, group, figures[i].name, STORE_DOUBLE,
                                                    columns, n, sizeof *columns, figures[i].offset);
        describe(tree, node, figures[i].units, figures[i].meaning);
    }
    store_node *strength =
        STORE_ADD_TEXTS(tree, group, perebor_profile_column, columns, n, strength);
    store_set_text(tree, strength, "long_name", "Chaddock's word for phi_k: .1 .3 .5 .7 .9");
    for (store_node *node = group == NULL ? NULL : group->children; node != NULL;
         node = node->next) {
        node->scales[0] = "feature";
    }
    profile_add_table(tree, group, "features", NULL);
}

/** A dataset of [feature][n_places], or of [feature] if @p place is NULL. */
static store_node *add_by_feature(store_tree *tree, store_node *group, const char *name,
                                  store_kind kind, const char *place, size_t n_features,
                                  size_t n_places) {
    store_node *node =
        store_add_dataset(tree, group, name, kind, place == NULL ? 1 : 2, n_features, n_places);
    if (node != NULL) {
        node->scales[0] = "feature";
        node->scales[1] = place;
    }
    return node;
}

/** A scale of whole numbers from 0. */
static void add_places(store_tree *tree, store_node *group, const char *name, size_t n) {
    store_node *scale = store_add_dataset(tree, group, name, STORE_INT64, 1, n, 0);
    for (size_t i = 0; scale != NULL && i < n; i++) {
        ((int64_t *)scale->array.data)[i] = (int64_t)i;
    }
    if (scale != NULL) {
        scale->scales[0] = scale->name;
    }
}

static void add_moments(const struct selection *selection, int which, store_tree *tree,
                        store_node *group) {
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
    store_node *count = add_by_feature(tree, group, "n", STORE_UINT64, NULL, selection->n, 0);
    for (size_t i = 0; count != NULL && i < selection->n; i++) {
        ((uint64_t *)count->array.data)[i] = selection->columns[i]->groups[which].moments.n;
    }
    store_set_text(tree, count, "long_name", "rows that have a value");
    for (size_t j = 0; j < sizeof members / sizeof *members; j++) {
        store_node *node =
            add_by_feature(tree, group, members[j].name, STORE_DOUBLE, NULL, selection->n, 0);
        for (size_t i = 0; node != NULL && i < selection->n; i++) {
            memcpy((double *)node->array.data + i,
                   (const char *)&selection->columns[i]->groups[which].moments + members[j].offset,
                   sizeof(double));
        }
        store_set_text(tree, node, "long_name", members[j].meaning);
    }
}

static void add_quantiles(const struct selection *selection, int which, store_tree *tree,
                          store_node *group) {
    store_node *share =
        store_add_dataset(tree, group, "share", STORE_DOUBLE, 1, PEREBOR_PROFILE_QUANTILES, 0);
    store_node *node = add_by_feature(tree, group, "quantiles", STORE_DOUBLE, "share", selection->n,
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
    store_set_text(tree, node, "long_name", "linear between values, at share * (n - 1)");
}

static void add_histogram(const struct selection *selection, int which, store_tree *tree,
                          store_node *group) {
    enum { EDGES = PEREBOR_PROFILE_BINS + 1 };
    add_places(tree, group, "bin", PEREBOR_PROFILE_BINS);
    add_places(tree, group, "edge", EDGES);
    store_node *counts = add_by_feature(tree, group, "histogram", STORE_UINT64, "bin", selection->n,
                                        PEREBOR_PROFILE_BINS);
    store_node *edges =
        add_by_feature(tree, group, "histogram_edges", STORE_DOUBLE, "edge", selection->n, EDGES);
    for (size_t i = 0; counts != NULL && edges != NULL && i < selection->n; i++) {
        const perebor_profile_column *column = selection->columns[i];
        memcpy((uint64_t *)counts->array.data + i * PEREBOR_PROFILE_BINS,
               column->groups[which].histogram, PEREBOR_PROFILE_BINS * sizeof(uint64_t));
        double *edge = (double *)edges->array.data + i * EDGES;
        for (size_t place = 0; place < EDGES; place++) {
            edge[place] = perebor_profile_place(column, place, EDGES);
        }
    }
    store_set_text(tree, counts, "long_name",
                   "rows in equal bins, each with its lower edge, the last with both");
    store_set_text(tree, edges, "long_name", "edges of the bins, the same for all three groups");
}

static void add_density(const struct selection *selection, int which, store_tree *tree,
                        store_node *group) {
    add_places(tree, group, "point", PEREBOR_PROFILE_POINTS);
    store_node *density = add_by_feature(tree, group, "density", STORE_DOUBLE, "point",
                                         selection->n, PEREBOR_PROFILE_POINTS);
    store_node *at = add_by_feature(tree, group, "density_at", STORE_DOUBLE, "point", selection->n,
                                    PEREBOR_PROFILE_POINTS);
    for (size_t i = 0; density != NULL && at != NULL && i < selection->n; i++) {
        const perebor_profile_column *column = selection->columns[i];
        memcpy((double *)density->array.data + i * PEREBOR_PROFILE_POINTS,
               column->groups[which].density, PEREBOR_PROFILE_POINTS * sizeof(double));
        double *value = (double *)at->array.data + i * PEREBOR_PROFILE_POINTS;
        for (size_t place = 0; place < PEREBOR_PROFILE_POINTS; place++) {
            value[place] = perebor_profile_place(column, place, PEREBOR_PROFILE_POINTS);
        }
    }
    store_set_text(tree, density, "long_name",
                   "Gaussian kernel, Silverman's bandwidth; 1 / unit of the column");
    store_set_text(tree, at, "long_name", "where the density is taken, in units of the column");
}

static void add_numeric(const perebor_profile *profile, store_tree *tree) {
    static const char *const names[PEREBOR_GROUPS] = {"all", "negative", "positive"};
    store_node *parent = store_add_group(tree, tree->root, "numeric");
    struct selection selection = select_numeric(profile, tree);
    store_set_text(tree, parent, "gaps", "left out");
    for (int which = 0; which < PEREBOR_GROUPS; which++) {
        store_node *group = store_add_group(tree, parent, names[which]);
        store_node *scale =
            store_add_dataset(tree, group, "feature", STORE_TEXT, 1, selection.n, 0);
        for (size_t i = 0; scale != NULL && i < selection.n; i++) {
            ((const char **)scale->array.data)[i] =
                store_keep_text(tree, selection.columns[i]->name);
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
static void add_levels(const perebor_profile *profile, store_tree *tree) {
    static const char *const names[PEREBOR_GROUPS] = {"n_all", "n_negative", "n_positive"};
    size_t n = 0;
    for (size_t i = 0; i < profile->n_columns; i++) {
        n += profile->columns[i].n_levels;
    }
    store_node *group = store_add_group(tree, tree->root, "levels");
    store_node *feature = store_add_dataset(tree, group, "feature", STORE_TEXT, 1, n, 0);
    store_node *level = store_add_dataset(tree, group, "level", STORE_TEXT, 1, n, 0);
    store_node *counts[PEREBOR_GROUPS];
    for (int which = 0; which < PEREBOR_GROUPS; which++) {
        counts[which] = store_add_dataset(tree, group, names[which], STORE_UINT64, 1, n, 0);
    }
    if (tree->failed || feature == NULL || level == NULL) {
        return;
    }
    for (size_t i = 0, row = 0; i < profile->n_columns; i++) {
        const perebor_profile_column *column = &profile->columns[i];
        for (size_t j = 0; j < column->n_levels; j++, row++) {
            ((const char **)feature->array.data)[row] = store_keep_text(tree, column->name);
            ((const char **)level->array.data)[row] = store_keep_text(tree, column->levels[j]);
            for (int which = 0; which < PEREBOR_GROUPS; which++) {
                ((uint64_t *)counts[which]->array.data)[row] =
                    column->groups[which].level_counts[j];
            }
        }
    }
    profile_number_rows(tree, group, "row", n);
}

static void add_matrix_scale(const perebor_profile *profile, store_tree *tree, store_node *group,
                             const char *name) {
    store_node *scale = store_add_dataset(tree, group, name, STORE_TEXT, 1, profile->n_matrix, 0);
    if (scale == NULL) {
        return;
    }
    const char **names = scale->array.data;
    for (size_t i = 0; i < profile->n_columns; i++) {
        names[i] = store_keep_text(tree, profile->columns[i].name);
    }
    names[profile->n_columns] = store_keep_text(tree, profile->dataset->target_name);
    scale->scales[0] = scale->name;
}

static void add_matrices(const perebor_profile *profile, store_tree *tree) {
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
    store_node *group = store_add_group(tree, tree->root, "matrices");
    store_set_text(tree, group, "gaps", "left out pair by pair");
    store_set_text(tree, group, "order", "features in the order of /features, the target last");
    add_matrix_scale(profile, tree, group, "row");
    add_matrix_scale(profile, tree, group, "column");
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        store_node *node = store_add_dataset(tree, group, matrices[i].name, STORE_DOUBLE, 2,
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

void exploration_to_tree(const perebor_profile *profile, store_tree *tree) {
    add_target(profile, tree);
    add_features(profile, tree);
    add_numeric(profile, tree);
    add_levels(profile, tree);
    add_matrices(profile, tree);
}
