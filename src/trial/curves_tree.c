// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/try.h"
#include "h5/file_tree_reader.h"
#include "h5/tree_copy.h"
#include "perebor/learning_curve.h"
#include "trial/trials_tree.h"

enum { max_path = 64 };

/** Where the curves lie. */
static const char group_name[] = "curves";

/** The trials that have curves. */
typedef struct curve_rows {
    const perebor_trials *trials;
    size_t n, n_points; /**< How many, and of how many points the longest is. */
} curve_rows;

static curve_rows find_rows(const perebor_trials *trials) {
    curve_rows rows = {.trials = trials};
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        const perebor_trial_curve *curve = trials->curves[trial];
        if (curve != NULL) {
            rows.n++;
            rows.n_points = curve->n_points > rows.n_points ? curve->n_points : rows.n_points;
        }
    }
    return rows;
}

static void name_split(char name[max_path], size_t fold) {
    (void)snprintf(name, max_path, "split%zu_test_score", fold);
}

/** Which trials, and where the points are. */
static void add_scales(h5_tree *tree, h5_node *group, const curve_rows *rows) {
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_INT64, 1, rows->n, 0);
    h5_node *n_estimators =
        h5_add_dataset(tree, group, "n_estimators", H5_INT64, 1, rows->n_points, 0);
    h5_node *n_points = h5_add_dataset(tree, group, "n_points", H5_INT32, 1, rows->n, 0);
    if (n_points == NULL) {
        return;
    }
    trial->scales[0] = n_points->scales[0] = "trial";
    n_estimators->scales[0] = "n_estimators";
    for (size_t point = 0; point < rows->n_points; point++) {
        ((int64_t *)n_estimators->array.data)[point] = (int64_t)perebor_curve_n_estimators(point);
    }
    size_t row = 0;
    for (size_t i = 0; i < rows->trials->n_trials; i++) {
        if (rows->trials->curves[i] != NULL) {
            ((int64_t *)trial->array.data)[row] = (int64_t)(rows->trials->first_trial + i);
            ((int32_t *)n_points->array.data)[row++] = (int32_t)rows->trials->curves[i]->n_points;
        }
    }
    h5_set_text(tree, trial, "long_name", "number of the trial in the search");
    h5_set_text(tree, n_estimators, "long_name", "how many estimators of the trial, the first");
    h5_set_text(tree, n_points, "long_name", "how many points the trial's curve has");
}

typedef double curve_value(const perebor_trials *trials, size_t trial, size_t fold, size_t point);

static double mean_score(const perebor_trials *trials, size_t trial, size_t fold, size_t point) {
    (void)fold;
    return perebor_trials_mean_curve(trials, trial, point);
}

static double split_score(const perebor_trials *trials, size_t trial, size_t fold, size_t point) {
    const perebor_trial_curve *curve = trials->curves[trial];
    return curve->scores[fold * curve->n_points + point];
}

/** Curves of one length, NaN where a trial has fewer points. */
static void add_curves(h5_tree *tree, h5_node *group, const curve_rows *rows, const char *name,
                       curve_value *value, size_t fold) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 2, rows->n, rows->n_points);
    double *values = node == NULL ? NULL : node->array.data;
    for (size_t trial = 0; values != NULL && trial < rows->trials->n_trials; trial++) {
        const perebor_trial_curve *curve = rows->trials->curves[trial];
        for (size_t point = 0; curve != NULL && point < rows->n_points; point++) {
            *values++ =
                point < curve->n_points ? value(rows->trials, trial, fold, point) : (double)NAN;
        }
    }
    if (node != NULL) {
        node->scales[0] = "trial";
        node->scales[1] = "n_estimators";
    }
}

void curves_to_tree(const perebor_trials *trials, h5_tree *tree) {
    char name[max_path];
    curve_rows rows = find_rows(trials);
    if (rows.n == 0) {
        return;
    }
    h5_node *group = h5_add_group(tree, tree->root, group_name);
    if (group != NULL) {
        h5_set_text(tree, group, "metric", trials->metric_names[0]);
    }
    add_scales(tree, group, &rows);
    add_curves(tree, group, &rows, "mean_test_score", mean_score, 0);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        name_split(name, fold);
        add_curves(tree, group, &rows, name, split_score, fold);
    }
}

perebor_status curves_digest(const perebor_trials *trials, const char *file, uint8_t digest[32],
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for learning curves");
    }
    curves_to_tree(trials, tree);
    PEREBOR_TRY(done, h5_tree_check(tree, "learning curves", error));
    const h5_node *group = h5_find(tree->root, group_name);
    status = group == NULL
                 ? perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s has no learning curves: no trial of it has a learner with "
                                "n_estimators, or it was written before there were curves",
                                file)
                 : h5_digest(group, digest, error);
done:
    h5_tree_free(tree);
    return status;
}

/** The columns of /curves. */
typedef struct curve_columns {
    const h5_array *trial, *n_points;
    size_t n, most; /**< Curves, and points of the longest. */
} curve_columns;

static const char trial_path[] = "curves/trial", points_path[] = "curves/n_points",
                  scale_path[] = "curves/n_estimators";

/** Finds them, and checks that points are where curves have theirs. */
static curve_columns find_columns(h5_reader *reader) {
    curve_columns columns = {.n = reader_length(reader, trial_path),
                             .most = reader_length(reader, scale_path)};
    columns.trial = reader_array(reader, trial_path, H5_INT64, 1, columns.n, 0);
    columns.n_points = reader_array(reader, points_path, H5_INT64, 1, columns.n, 0);
    const h5_array *scale = reader_array(reader, scale_path, H5_INT64, 1, columns.most, 0);
    if (columns.most > PEREBOR_CURVE_MAX_POINTS) {
        reader_fail(reader, scale_path, "has more points than curves have");
        return columns;
    }
    for (size_t point = 0; scale != NULL && point < columns.most; point++) {
        int64_t expected = (int64_t)perebor_curve_n_estimators(point);
        (void)reader_integer_at(reader, scale_path, scale, point, expected, expected);
    }
    return columns;
}

/** Puts a fold's curves into the table. */
static perebor_status take_fold(h5_reader *reader, const curve_columns *columns,
                                perebor_trials *trials, size_t fold) {
    perebor_status status = PEREBOR_OK;
    char name[max_path], path[2 * max_path];
    name_split(name, fold);
    (void)snprintf(path, sizeof path, "%s/%s", group_name, name);
    const h5_array *scores = reader_array(reader, path, H5_DOUBLE, 2, columns->n, columns->most);
    int64_t first = (int64_t)trials->first_trial;
    for (size_t row = 0; scores != NULL && row < columns->n; row++) {
        int64_t trial = reader_integer_at(reader, trial_path, columns->trial, row, first,
                                          (int64_t)(trials->first_trial + trials->n_trials) - 1);
        int64_t n_points = reader_integer_at(reader, points_path, columns->n_points, row, 1,
                                             (int64_t)columns->most);
        PEREBOR_TRY(done, reader->status);
        first = trial + 1; // ascending, hence each once
        status = perebor_trials_set_curve(trials, (size_t)(trial - (int64_t)trials->first_trial),
                                          fold, (const double *)scores->data + row * columns->most,
                                          (uint32_t)n_points, NULL);
        if (status != PEREBOR_OK) {
            reader_fail_memory(reader);
            goto done;
        }
    }
done:
    return status;
}

void curves_from_tree(h5_reader *reader, perebor_trials *trials) {
    if (reader->status != PEREBOR_OK || h5_find(reader->root, group_name) == NULL) {
        return; // a file of before, or of learners without curves
    }
    curve_columns columns = find_columns(reader);
    for (size_t fold = 0; fold < trials->n_folds && reader->status == PEREBOR_OK; fold++) {
        if (take_fold(reader, &columns, trials, fold) != PEREBOR_OK) {
            return;
        }
    }
}
