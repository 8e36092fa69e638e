// SPDX-License-Identifier: MIT
#include "segment/findings_tree.h"

#include <stddef.h>
#include <string.h>

static double *add_reals(h5_tree *tree, h5_node *group, const char *name, size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, n, 0);
    return node == NULL ? NULL : node->array.data;
}

static double *add_matrix(h5_tree *tree, h5_node *group, const char *name, size_t n_rows,
                          size_t n_columns) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 2, n_rows, n_columns);
    return node == NULL ? NULL : node->array.data;
}

/** One axis: its columns with what they are weighed by, its bands and where these begin. */
static void put_axis(const segment_axis *axis, const segment_axis_cuts *cuts, h5_tree *tree,
                     h5_node *parent, const char *name) {
    size_t n = axis->n_columns;
    h5_node *group = h5_add_group(tree, parent, name);
    h5_set_text(tree, group, "name", axis->name);
    (void)h5_add_texts(tree, group, "column", axis->columns, n);
    double *weight = add_reals(tree, group, "weight", n);
    double *center = add_reals(tree, group, "center", n);
    double *scale = add_reals(tree, group, "scale", n);
    (void)h5_add_texts(tree, group, "band", axis->bands.names, axis->bands.n);
    double *from = add_reals(tree, group, "from", axis->bands.n - 1);
    if (weight == NULL || center == NULL || scale == NULL || from == NULL) {
        return;
    }
    memcpy(weight, axis->weights, n * sizeof *weight);
    memcpy(center, cuts->center, n * sizeof *center);
    memcpy(scale, cuts->scale, n * sizeof *scale);
    memcpy(from, cuts->from, (axis->bands.n - 1) * sizeof *from);
    if (axis->at_valley) {
        h5_set_real(tree, group, "valley", cuts->valley.at);
        h5_set_real(tree, group, "depth", cuts->valley.depth);
        h5_set_real(tree, group, "lower_mode", cuts->valley.lower);
        h5_set_real(tree, group, "upper_mode", cuts->valley.upper);
        h5_set_real(tree, group, "bandwidth", cuts->valley.bandwidth);
    }
}

static void put_portrait(const segmentation *made, h5_tree *tree, h5_node *parent) {
    const segment_settings *settings = made->settings;
    h5_node *group = h5_add_group(tree, parent, "portrait");
    const char **names = perebor_arena_allocate(&tree->arena, settings->n_axes + 1, sizeof *names);
    if (names == NULL) {
        tree->failed = true;
        return;
    }
    for (size_t i = 0; i < settings->n_axes; i++) {
        const char *name = perebor_arena_format(&tree->arena, "axis_%zu", i + 1);
        names[i] = settings->axes[i].name;
        tree->failed = tree->failed || name == NULL;
        if (name != NULL) {
            put_axis(&settings->axes[i], &made->portrait.axes[i], tree, group, name);
        }
    }
    (void)h5_add_texts(tree, group, "axis", names, settings->n_axes);
    h5_node *node = h5_add_dataset(tree, group, "band", H5_INT8, 2, made->n_rows, settings->n_axes);
    for (size_t row = 0; node != NULL && row < made->n_rows; row++) {
        for (size_t i = 0; i < settings->n_axes; i++) {
            uint8_t band = made->portrait.bands[i * made->n_rows + row];
            ((int8_t *)node->array.data)[row * settings->n_axes + i] =
                band == SEGMENT_NO_BAND ? (int8_t)-1 : (int8_t)band;
        }
    }
}

static void put_drivers(const segmentation *made, h5_tree *tree, h5_node *parent) {
    const segment_reasons *reasons = made->rows->reasons;
    size_t n = reasons->n_columns;
    h5_node *group = h5_add_group(tree, parent, "drivers");
    (void)h5_add_texts(tree, group, "column", reasons->columns, n);
    double *mean = add_matrix(tree, group, "mean", made->n_segments, n);
    double *error = add_matrix(tree, group, "standard_error", made->n_segments, n);
    for (size_t i = 0; mean != NULL && error != NULL && i < made->n_segments; i++) {
        memcpy(mean + i * n, made->segments[i].profile.driver_mean, n * sizeof *mean);
        memcpy(error + i * n, made->segments[i].profile.driver_error, n * sizeof *error);
    }
}

static void put_attempts(const cluster_choice *choice, h5_tree *tree, h5_node *parent) {
    size_t n = choice->n_attempts;
    h5_node *group = h5_add_group(tree, parent, "attempt");
    h5_node *k = h5_add_dataset(tree, group, "k", H5_INT64, 1, n, 0);
    double *inertia = add_reals(tree, group, "inertia", n);
    double *silhouette = add_reals(tree, group, "silhouette", n);
    double *bic = add_reals(tree, group, "bic", n);
    for (size_t i = 0; k != NULL && inertia != NULL && silhouette != NULL && bic != NULL && i < n;
         i++) {
        const cluster_attempt *attempt = &choice->attempts[i];
        ((int64_t *)k->array.data)[i] = (int64_t)attempt->k;
        inertia[i] = attempt->inertia;
        silhouette[i] = attempt->silhouette;
        bic[i] = attempt->bic;
    }
}

static void put_clusters(const segmentation *made, h5_tree *tree, h5_node *parent) {
    const segment_clustering *clustering = &made->clustering;
    const cluster_choice *choice = &clustering->choice;
    size_t k = choice->k, d = choice->n_dimensions;
    h5_node *group = h5_add_group(tree, parent, "clusters");
    h5_set_text(tree, group, "method", cluster_method_names[choice->method]);
    h5_set_real(tree, group, "silhouette", choice->silhouette);
    h5_set_integer(tree, group, "n_silhouette", (int64_t)choice->n_silhouette);
    h5_set_integer(tree, group, "n_clustered", (int64_t)clustering->n_clustered);
    h5_set_integer(tree, group, "n_fitted", (int64_t)clustering->n_fitted);
    h5_set_integer(tree, group, "n_filled", (int64_t)clustering->n_filled);
    h5_set_integer(tree, group, "n_resamples", (int64_t)clustering->stability.n_resamples);
    h5_set_real(tree, group, "adjusted_rand", clustering->stability.adjusted_rand);
    (void)h5_add_texts(tree, group, "column", made->settings->clusters->columns.items, d);
    double *mean = add_reals(tree, group, "mean", d);
    double *sd = add_reals(tree, group, "sd", d);
    double *centers = add_matrix(tree, group, "center", k, d);
    double *jaccard = add_reals(tree, group, "jaccard", k);
    if (mean == NULL || sd == NULL || centers == NULL || jaccard == NULL) {
        return;
    }
    memcpy(mean, clustering->center, d * sizeof *mean);
    memcpy(sd, clustering->scale, d * sizeof *sd);
    memcpy(centers, choice->centers, k * d * sizeof *centers);
    memcpy(jaccard, clustering->stability.jaccard, k * sizeof *jaccard);
    if (choice->variances != NULL && choice->weights != NULL) {
        double *variances = add_matrix(tree, group, "variance", k, d);
        double *weights = add_reals(tree, group, "weight", k);
        if (variances != NULL && weights != NULL) {
            memcpy(variances, choice->variances, k * d * sizeof *variances);
            memcpy(weights, choice->weights, k * sizeof *weights);
        }
    }
    put_attempts(choice, tree, group);
}

/** A number of every rule. */
static void put_counts(const subgroups *found, h5_tree *tree, h5_node *group, const char *name,
                       size_t offset) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT64, 1, found->n, 0);
    for (size_t i = 0; node != NULL && i < found->n; i++) {
        size_t count;
        memcpy(&count, (const char *)&found->items[i] + offset, sizeof count);
        ((int64_t *)node->array.data)[i] = (int64_t)count;
    }
}

static void put_discovered(const segmentation *made, h5_tree *tree, h5_node *parent) {
    const segment_discoveries *discoveries = &made->discoveries;
    const subgroups *found = &discoveries->found;
    size_t n = found->n;
    h5_node *group = h5_add_group(tree, parent, "discovered");
    h5_set_integer(tree, group, "n_rows", (int64_t)found->n_rows);
    h5_set_integer(tree, group, "n_positive", (int64_t)found->n_positive);
    h5_set_real(tree, group, "n_descriptions", found->n_descriptions);
    h5_set_integer(tree, group, "n_searched", (int64_t)found->n_searched);
    h5_set_integer(tree, group, "n_believed", (int64_t)found->n_believed);
    h5_node *words = h5_add_dataset(tree, group, "words", H5_TEXT, 1, n, 0);
    h5_node *where = h5_add_dataset(tree, group, "where", H5_TEXT, 1, n, 0);
    double *quality = add_reals(tree, group, "quality", n);
    double *p = add_reals(tree, group, "p", n);
    double *adjusted = add_reals(tree, group, "p_adjusted", n);
    for (size_t i = 0; words != NULL && where != NULL && quality != NULL && p != NULL &&
                       adjusted != NULL && i < n;
         i++) {
        ((const char **)words->array.data)[i] = h5_keep_text(tree, discoveries->items[i].words);
        ((const char **)where->array.data)[i] = h5_keep_text(tree, discoveries->items[i].where);
        quality[i] = found->items[i].quality;
        p[i] = found->items[i].p;
        adjusted[i] = found->items[i].p_adjusted;
    }
    put_counts(found, tree, group, "n", offsetof(subgroup, n));
    put_counts(found, tree, group, "n_positive", offsetof(subgroup, n_positive));
}

void segment_findings_to_tree(const segmentation *made, h5_tree *tree, h5_node *group) {
    if (made->settings->n_axes > 0) {
        put_portrait(made, tree, group);
    }
    if (made->rows->reasons != NULL) {
        put_drivers(made, tree, group);
    }
    if (made->settings->clusters != NULL) {
        put_clusters(made, tree, group);
    }
    if (made->settings->discovery != NULL) {
        put_discovered(made, tree, group);
    }
}
