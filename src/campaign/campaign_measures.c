// SPDX-License-Identifier: MIT
#include "campaign/campaign_measures.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Gain is of outcomes that there were not, where the treatment is to prevent them. */
static void count_prevented(uplift_curve *curve) {
    curve->qini = (campaign_estimate){-curve->qini.value, -curve->qini.high, -curve->qini.low};
    for (size_t i = 0; i < UPLIFT_POINTS; i++) {
        curve->gain[i] = 0.0 - curve->gain[i];
    }
}

perebor_status campaign_measure(campaign_measures *measures, const campaign_log *log,
                                const campaign_settings *settings, uint64_t seed,
                                perebor_error *error) {
    perebor_status status;
    uint8_t *chosen = calloc(log->rows.n + 1, 1);
    measures->offers = calloc(log->n_offers + 1, sizeof *measures->offers);
    if (chosen == NULL || measures->offers == NULL) {
        status = perebor_no_memory(error, "for the measures of a campaign");
        goto done;
    }
    measures->all = campaign_effect_measure(&log->rows, NULL);
    for (size_t o = 0; o < log->n_offers; o++) {
        for (size_t i = 0; i < log->rows.n; i++) {
            chosen[i] = log->offer[i] == o ? 1 : 0;
        }
        measures->offers[o] = campaign_effect_measure(&log->rows, chosen);
    }
    PEREBOR_TRY(done, uplift_curve_measure(&measures->curve, &log->rows, settings->shares,
                                           settings->n_shares, settings->n_resamples, seed, error));
    if (!settings->wanted) {
        count_prevented(&measures->curve);
    }
done:
    free(chosen);
    return status;
}

/** The members of an effect that a file has, by name. */
#define MEMBER(member)                                                                             \
    { #member, offsetof(campaign_effect, member) }
static const struct {
    const char *name;
    size_t offset;
} counts[] = {MEMBER(n_treated), MEMBER(n_untreated), MEMBER(positive_treated),
              MEMBER(positive_untreated)},
  estimates[] = {MEMBER(difference), MEMBER(adjusted), MEMBER(ratio)};
#undef MEMBER
enum {
    n_counts = sizeof counts / sizeof *counts,
    n_estimates = sizeof estimates / sizeof *estimates
};
_Static_assert(sizeof(campaign_estimate) == 3 * sizeof(double), "an estimate is three numbers");

/** Effects as columns: counts, and estimates as rows of value, low and high. */
static void put_effects(const campaign_effect *effects, size_t n, h5_tree *tree, h5_node *group) {
    for (size_t j = 0; j < n_counts; j++) {
        h5_node *node = h5_add_dataset(tree, group, counts[j].name, H5_INT64, 1, n, 0);
        for (size_t i = 0; node != NULL && i < n; i++) {
            size_t count;
            memcpy(&count, (const char *)&effects[i] + counts[j].offset, sizeof count);
            ((int64_t *)node->array.data)[i] = (int64_t)count;
        }
    }
    for (size_t j = 0; j < n_estimates; j++) {
        h5_node *node = h5_add_dataset(tree, group, estimates[j].name, H5_DOUBLE, 2, n, 3);
        for (size_t i = 0; node != NULL && i < n; i++) {
            memcpy((double *)node->array.data + 3 * i,
                   (const char *)&effects[i] + estimates[j].offset, sizeof(campaign_estimate));
        }
    }
    h5_node *node = h5_add_dataset(tree, group, "imbalance", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        ((double *)node->array.data)[i] = effects[i].imbalance;
    }
}

static void put_curve(const campaign_measures *measures, const campaign_settings *settings,
                      h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "curve");
    h5_node *share = h5_add_dataset(tree, group, "share", H5_DOUBLE, 1, settings->n_shares, 0);
    h5_node *uplift = h5_add_dataset(tree, group, "uplift", H5_DOUBLE, 2, settings->n_shares, 3);
    h5_node *gain = h5_add_dataset(tree, group, "gain", H5_DOUBLE, 1, UPLIFT_POINTS, 0);
    h5_node *qini = h5_add_dataset(tree, group, "qini", H5_DOUBLE, 1, 3, 0);
    if (qini == NULL) {
        return;
    }
    memcpy(share->array.data, settings->shares, settings->n_shares * sizeof(double));
    memcpy(uplift->array.data, measures->curve.uplift,
           settings->n_shares * sizeof(campaign_estimate));
    memcpy(gain->array.data, measures->curve.gain, sizeof measures->curve.gain);
    memcpy(qini->array.data, &measures->curve.qini, sizeof measures->curve.qini);
}

void campaign_to_tree(const campaign_measures *measures, const campaign_log *log,
                      const campaign_settings *settings, h5_tree *tree, h5_node *group) {
    h5_set_integer(tree, group, "version", CAMPAIGN_VERSION);
    h5_set_text(tree, group, "log", log->sha256);
    h5_set_text(tree, group, "treated", settings->treated.column);
    h5_set_text(tree, group, "outcome", settings->outcome.column);
    h5_set_text(tree, group, "positive", settings->outcome.positive);
    h5_set_integer(tree, group, "wanted", settings->wanted ? 1 : 0);
    h5_set_integer(tree, group, "n_resamples", (int64_t)settings->n_resamples);
    h5_set_integer(tree, group, "n_unknown", (int64_t)log->n_unknown);
    h5_set_integer(tree, group, "n_undecided", (int64_t)log->n_undecided);
    put_effects(&measures->all, 1, tree, h5_add_group(tree, group, "all"));
    h5_node *offer = h5_add_group(tree, group, "offer");
    (void)h5_add_texts(tree, offer, "name", log->offers, log->n_offers);
    put_effects(measures->offers, log->n_offers, tree, offer);
    put_curve(measures, settings, tree, group);
}

bool campaign_from_tree(const h5_node *group, campaign_effect *all, bool *wanted) {
    const h5_node *of_all = h5_find(group, "all");
    const h5_attribute *attribute = h5_find_attribute(group, "wanted");
    bool whole = of_all != NULL && attribute != NULL && attribute->value.kind == H5_INT64;
    *all = (campaign_effect){0};
    for (size_t j = 0; whole && j < n_counts; j++) {
        const int64_t *count = h5_row(of_all, counts[j].name, H5_INT64, 1);
        whole = count != NULL && *count >= 0;
        if (whole) {
            size_t value = (size_t)*count;
            memcpy((char *)all + counts[j].offset, &value, sizeof value);
        }
    }
    for (size_t j = 0; whole && j < n_estimates; j++) {
        const h5_node *node = h5_find(of_all, estimates[j].name);
        whole = node != NULL && node->type == H5_DATASET && node->array.kind == H5_DOUBLE &&
                h5_array_length(&node->array) == 3;
        if (whole) {
            memcpy((char *)all + estimates[j].offset, node->array.data, sizeof(campaign_estimate));
        }
    }
    *wanted = whole && *(const int64_t *)attribute->value.data != 0;
    return whole;
}

void campaign_measures_release(campaign_measures *measures) {
    free(measures->offers);
    uplift_curve_release(&measures->curve);
    *measures = (campaign_measures){0};
}
