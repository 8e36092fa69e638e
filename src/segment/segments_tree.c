// SPDX-License-Identifier: MIT
#include "segment/segments_tree.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "segment/columns.h"
#include "segment/findings_tree.h"

static void put_reals(h5_tree *tree, h5_node *group, const char *name, const double *values,
                      size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, n, 0);
    if (node != NULL && n > 0) {
        memcpy(node->array.data, values, n * sizeof *values);
    }
}

/** The band of every row: 0, 1, …, -1 for none; an attribute says what they are called. */
static void put_bands(h5_tree *tree, h5_node *group, const char *name, const uint8_t *bands,
                      size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT8, 1, n, 0);
    for (size_t row = 0; node != NULL && row < n; row++) {
        ((int8_t *)node->array.data)[row] =
            bands[row] == SEGMENT_NO_BAND ? (int8_t)-1 : (int8_t)bands[row];
    }
}

/** The segment of every row among those of a kind; 0: in none. */
static void put_numbers(h5_tree *tree, h5_node *group, const char *name, const uint32_t *numbers,
                        size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT32, 1, n, 0);
    for (size_t row = 0; node != NULL && row < n; row++) {
        ((int32_t *)node->array.data)[row] = (int32_t)numbers[row];
    }
}

static void put_customers(const segmentation *made, h5_tree *tree, h5_node *parent) {
    const segment_rows *rows = made->rows;
    const segment_worth *worth = &made->worth;
    size_t n = made->n_rows;
    h5_node *group = h5_add_group(tree, parent, "customers");
    if (rows->dataset->ids != NULL) {
        (void)h5_add_texts(tree, group, "id", rows->dataset->ids, n);
    }
    put_reals(tree, group, "probability", rows->probabilities, n);
    put_reals(tree, group, "probability_lower", rows->lower, n);
    put_reals(tree, group, "probability_upper", rows->upper, n);
    put_reals(tree, group, "value", worth->value, n);
    put_reals(tree, group, "value_at_risk", worth->at_risk, n);
    put_bands(tree, group, "risk", worth->risk, n);
    put_bands(tree, group, "worth", worth->worth, n);
    put_numbers(tree, group, "cell", made->cell, n);
    put_numbers(tree, group, "cluster", made->cluster, n);
    put_numbers(tree, group, "driver", made->driver, n);
    h5_node *rank = h5_add_dataset(tree, group, "rank", H5_INT64, 1, n, 0);
    h5_node *target = h5_add_dataset(tree, group, "target", H5_INT8, 1, n, 0);
    for (size_t row = 0; target != NULL && row < n; row++) {
        ((int64_t *)rank->array.data)[row] = worth->rank[row];
        ((int8_t *)target->array.data)[row] =
            rows->dataset->labels == NULL ? (int8_t)-1 : (int8_t)rows->dataset->labels[row];
    }
}

/** A number of every segment. */
static void put_figures(const segmentation *made, h5_tree *tree, h5_node *group, const char *name,
                        size_t offset) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, made->n_segments, 0);
    for (size_t i = 0; node != NULL && i < made->n_segments; i++) {
        const char *profile = (const char *)&made->segments[i].profile;
        memcpy((double *)node->array.data + i, profile + offset, sizeof(double));
    }
}

static void put_counts(const segmentation *made, h5_tree *tree, h5_node *group, const char *name,
                       size_t offset) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT64, 1, made->n_segments, 0);
    for (size_t i = 0; node != NULL && i < made->n_segments; i++) {
        size_t count;
        memcpy(&count, (const char *)&made->segments[i].profile + offset, sizeof count);
        ((int64_t *)node->array.data)[i] = (int64_t)count;
    }
}

static void put_segments(const segmentation *made, h5_tree *tree, h5_node *parent) {
    size_t n = made->n_segments;
    h5_node *group = h5_add_group(tree, parent, "segment");
    h5_node *name = h5_add_dataset(tree, group, "name", H5_TEXT, 1, n, 0);
    h5_node *note = h5_add_dataset(tree, group, "note", H5_TEXT, 1, n, 0);
    h5_node *where = h5_add_dataset(tree, group, "where", H5_TEXT, 1, n, 0);
    h5_node *kind = h5_add_dataset(tree, group, "kind", H5_INT8, 1, n, 0);
    if (kind != NULL) {
        h5_set_flags(tree, kind, segment_kind_names);
    }
    for (size_t i = 0; kind != NULL && i < n; i++) {
        ((const char **)name->array.data)[i] = h5_keep_text(tree, made->segments[i].name);
        ((const char **)note->array.data)[i] = h5_keep_text(tree, made->segments[i].note);
        ((const char **)where->array.data)[i] = h5_keep_text(tree, made->segments[i].where);
        ((int8_t *)kind->array.data)[i] = (int8_t)made->segments[i].kind;
    }
#define FIGURE(member) put_figures(made, tree, group, #member, offsetof(segment_profile, member))
#define COUNTED(member) put_counts(made, tree, group, #member, offsetof(segment_profile, member))
    COUNTED(n);
    COUNTED(n_positive);
    COUNTED(n_test);
    COUNTED(n_test_positive);
    FIGURE(observed);
    FIGURE(observed_low);
    FIGURE(observed_high);
    FIGURE(predicted);
    FIGURE(mean_value);
    FIGURE(value_at_risk);
    FIGURE(consent);
#undef FIGURE
#undef COUNTED
}

static void put_contrasts(const segmentation *made, h5_tree *tree, h5_node *group, const char *name,
                          size_t offset) {
    h5_node *node =
        h5_add_dataset(tree, group, name, H5_DOUBLE, 2, made->n_segments, made->n_traits);
    for (size_t i = 0; node != NULL && i < made->n_segments; i++) {
        for (size_t j = 0; j < made->n_traits; j++) {
            const char *from = (const char *)&made->segments[i].profile.contrasts[j];
            memcpy((double *)node->array.data + i * made->n_traits + j, from + offset,
                   sizeof(double));
        }
    }
}

static void put_traits(const segmentation *made, h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "traits");
    h5_node *column = h5_add_dataset(tree, group, "column", H5_TEXT, 1, made->n_traits, 0);
    h5_node *level = h5_add_dataset(tree, group, "level", H5_TEXT, 1, made->n_traits, 0);
    for (size_t j = 0; level != NULL && j < made->n_traits; j++) {
        ((const char **)column->array.data)[j] = h5_keep_text(tree, made->traits[j].column->name);
        ((const char **)level->array.data)[j] = h5_keep_text(tree, made->traits[j].level);
    }
    put_contrasts(made, tree, parent, "mean_in", offsetof(segment_contrast, mean_in));
    put_contrasts(made, tree, parent, "mean_out", offsetof(segment_contrast, mean_out));
    put_contrasts(made, tree, parent, "effect", offsetof(segment_contrast, effect));
    put_contrasts(made, tree, parent, "p_adjusted", offsetof(segment_contrast, p_adjusted));
}

/** Names of bands and where each but the first begins. */
static void put_band_names(h5_tree *tree, h5_node *parent, const char *name,
                           const segment_bands *bands, const double *from) {
    h5_node *group = h5_add_group(tree, parent, name);
    (void)h5_add_texts(tree, group, "name", bands->names, bands->n);
    put_reals(tree, group, "from", from, bands->n == 0 ? 0 : bands->n - 1);
}

void segments_to_tree(const segmentation *made, h5_tree *tree, h5_node *group) {
    const segment_settings *settings = made->settings;
    h5_set_integer(tree, group, "version", SEGMENTS_VERSION);
    h5_set_text(tree, group, "value", settings->value);
    h5_set_real(tree, group, "horizon", settings->horizon);
    h5_set_real(tree, group, "share_lost", settings->share_lost);
    h5_set_text(tree, group, "consent", settings->consent);
    h5_set_unsigned(tree, group, "seed", made->rows->seed);
    put_band_names(tree, group, "risk", &settings->risk, settings->risk.from);
    put_band_names(tree, group, "worth", &settings->worth, made->worth.worth_from);
    put_customers(made, tree, group);
    put_segments(made, tree, group);
    put_traits(made, tree, group);
    h5_node *members =
        h5_add_dataset(tree, group, "members", H5_INT8, 2, made->n_segments, made->n_rows);
    if (members != NULL) {
        memcpy(members->array.data, made->members, made->n_segments * made->n_rows);
    }
    segment_findings_to_tree(made, tree, group);
}
