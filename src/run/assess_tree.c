// SPDX-License-Identifier: MIT
#include "run/assess_tree.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "store/stage.h"

/** Out-of-fold scores: one dataset [trial][row] a repeat, score, score_1, score_2 … */
static void add_scores(const assessment *assessment, const assess_arrays *arrays, h5_tree *tree,
                       h5_node *group) {
    size_t n = assessment->n_rows;
    for (size_t repeat = 0; repeat < arrays->study->folds.n_repeats; repeat++) {
        char name[32] = "score";
        if (repeat > 0) {
            (void)snprintf(name, sizeof name, "score_%zu", repeat);
        }
        h5_node *score = h5_add_dataset(tree, group, name, H5_DOUBLE, 2, assessment->n_trials, n);
        for (size_t i = 0; score != NULL && i < assessment->n_trials; i++) {
            memcpy((double *)score->array.data + i * n, arrays->scores[i] + repeat * n,
                   n * sizeof(double));
        }
    }
}

static void add_rows(const assessment *assessment, const assess_arrays *arrays, h5_tree *tree,
                     h5_node *group) {
    const perebor_study *study = arrays->study;
    size_t n = assessment->n_rows;
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, n, 0);
    h5_node *target = h5_add_dataset(tree, group, "target", H5_INT8, 1, n, 0);
    h5_node *probability = h5_add_dataset(tree, group, "probability", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; probability != NULL && target != NULL && i < n; i++) {
        uint32_t at = study->split.train[i];
        ((int64_t *)row->array.data)[i] = at;
        ((int8_t *)target->array.data)[i] = (int8_t)study->dataset->labels[at];
        ((double *)probability->array.data)[i] = arrays->probability[i];
    }
    h5_set_text(tree, probability, "long_name", "of the best trial, out of fold");
}

static void add_trials(const assessment *assessment, h5_tree *tree, h5_node *group) {
    size_t n = assessment->n_trials;
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_UINT64, 1, n, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_test_score", H5_DOUBLE, 1, n, 0);
    h5_node *low = h5_add_dataset(tree, group, "mean_test_score_low", H5_DOUBLE, 1, n, 0);
    h5_node *high = h5_add_dataset(tree, group, "mean_test_score_high", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; high != NULL && low != NULL && mean != NULL && i < n; i++) {
        ((uint64_t *)trial->array.data)[i] = assessment->trials[i];
        ((double *)mean->array.data)[i] = assessment->means[i].mean;
        ((double *)low->array.data)[i] = assessment->means[i].low;
        ((double *)high->array.data)[i] = assessment->means[i].high;
    }
}

static void add_figures(const assessment *assessment, const assess_options *options, h5_tree *tree,
                        h5_node *group) {
    const perebor_corrected_score *corrected = &assessment->corrected;
    const perebor_calibration_measures *calibration = &assessment->calibration;
    h5_set_integer(tree, group, "n_resamples", (int64_t)options->n_resamples);
    h5_set_real(tree, group, "naive", corrected->naive);
    h5_set_real(tree, group, "corrected", corrected->corrected);
    h5_set_real(tree, group, "corrected_low", corrected->low);
    h5_set_real(tree, group, "corrected_high", corrected->high);
    h5_set_real(tree, group, "same_winner", corrected->same_winner);
    h5_set_real(tree, group, "pooled_auc", assessment->pooled.auc);
    h5_set_real(tree, group, "pooled_auc_low", assessment->pooled.low);
    h5_set_real(tree, group, "pooled_auc_high", assessment->pooled.high);
    h5_set_real(tree, group, "average_precision", assessment->average_precision);
    h5_set_text(tree, group, "calibrate", calibration_word_name(options->calibrate));
    h5_set_real(tree, group, "brier", calibration->brier);
    h5_set_real(tree, group, "log_loss", calibration->log_loss);
    h5_set_real(tree, group, "expected_calibration_error", calibration->expected_error);
    h5_set_real(tree, group, "spiegelhalter_z", calibration->z);
    h5_set_real(tree, group, "spiegelhalter_p", calibration->p);
}

/** The calibration curve and the gains: a row a bin. */
static void add_bins(const assessment *assessment, h5_tree *tree, h5_node *parent) {
    h5_node *curve = h5_add_group(tree, parent, "calibration");
    h5_node *said = h5_add_dataset(tree, curve, "mean_probability", H5_DOUBLE, 1, ASSESS_BINS, 0);
    h5_node *was = h5_add_dataset(tree, curve, "positive_share", H5_DOUBLE, 1, ASSESS_BINS, 0);
    h5_node *n = h5_add_dataset(tree, curve, "n", H5_INT64, 1, ASSESS_BINS, 0);
    h5_node *gains = h5_add_group(tree, parent, "gain");
    h5_node *lift = h5_add_dataset(tree, gains, "lift", H5_DOUBLE, 1, ASSESS_BINS, 0);
    h5_node *gain = h5_add_dataset(tree, gains, "gain", H5_DOUBLE, 1, ASSESS_BINS, 0);
    h5_node *together =
        h5_add_dataset(tree, gains, "cumulative_lift", H5_DOUBLE, 1, ASSESS_BINS, 0);
    for (size_t i = 0; together != NULL && gain != NULL && lift != NULL && n != NULL &&
                       was != NULL && said != NULL && i < ASSESS_BINS;
         i++) {
        ((double *)said->array.data)[i] = assessment->bins[i].mean_probability;
        ((double *)was->array.data)[i] = assessment->bins[i].positive_share;
        ((int64_t *)n->array.data)[i] = (int64_t)assessment->bins[i].n;
        ((double *)lift->array.data)[i] = assessment->gains[i].lift;
        ((double *)gain->array.data)[i] = assessment->gains[i].gain;
        ((double *)together->array.data)[i] = assessment->gains[i].cumulative_lift;
    }
}

/** A number for each rule of what its threshold does. */
static void add_rates(const assessment *assessment, h5_tree *tree, h5_node *group) {
    static const struct {
        const char *name;
        size_t at;
    } rates[] = {
        {"threshold", offsetof(perebor_threshold, threshold)},
        {"precision", offsetof(perebor_threshold, precision)},
        {"recall", offsetof(perebor_threshold, recall)},
        {"specificity", offsetof(perebor_threshold, specificity)},
        {"f1", offsetof(perebor_threshold, f1)},
        {"cost", offsetof(perebor_threshold, cost)},
    };
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        h5_node *rate =
            h5_add_dataset(tree, group, rates[k].name, H5_DOUBLE, 1, PEREBOR_THRESHOLD_RULES, 0);
        for (size_t i = 0; rate != NULL && i < PEREBOR_THRESHOLD_RULES; i++) {
            memcpy((double *)rate->array.data + i,
                   (const char *)&assessment->thresholds[i] + rates[k].at, sizeof(double));
        }
    }
}

/** The confusion matrix of each rule. */
static void add_confusion(const assessment *assessment, h5_tree *tree, h5_node *group) {
    static const struct {
        const char *name;
        size_t at;
    } counts[] = {
        {"true_positive", offsetof(perebor_threshold, n_true_positive)},
        {"false_positive", offsetof(perebor_threshold, n_false_positive)},
        {"true_negative", offsetof(perebor_threshold, n_true_negative)},
        {"false_negative", offsetof(perebor_threshold, n_false_negative)},
    };
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        h5_node *count =
            h5_add_dataset(tree, group, counts[k].name, H5_INT64, 1, PEREBOR_THRESHOLD_RULES, 0);
        for (size_t i = 0; count != NULL && i < PEREBOR_THRESHOLD_RULES; i++) {
            size_t n;
            memcpy(&n, (const char *)&assessment->thresholds[i] + counts[k].at, sizeof n);
            ((int64_t *)count->array.data)[i] = (int64_t)n;
        }
    }
}

static void add_thresholds(const assessment *assessment, h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "thresholds");
    h5_node *rule = h5_add_dataset(tree, group, "rule", H5_TEXT, 1, PEREBOR_THRESHOLD_RULES, 0);
    for (size_t i = 0; rule != NULL && i < PEREBOR_THRESHOLD_RULES; i++) {
        ((const char **)rule->array.data)[i] =
            perebor_threshold_rule_name((perebor_threshold_rule)i);
    }
    add_rates(assessment, tree, group);
    add_confusion(assessment, tree, group);
}

perebor_status assess_put(perebor_result *result, const assessment *assessment,
                          const assess_arrays *arrays, const assess_options *options,
                          perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for the predictions");
    }
    h5_node *group = h5_add_group(tree, tree->root, "predictions");
    h5_set_text(tree, group, "scales", "trial row");
    add_trials(assessment, tree, group);
    add_rows(assessment, arrays, tree, group);
    add_scores(assessment, arrays, tree, group);
    add_figures(assessment, options, tree, group);
    add_bins(assessment, tree, group);
    add_thresholds(assessment, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "predictions", error));
    status = stage_put(result, group, error);
done:
    h5_tree_free(tree);
    return status;
}
