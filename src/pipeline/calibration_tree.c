// SPDX-License-Identifier: MIT
#include "pipeline/calibration_tree.h"

#include <math.h>
#include <string.h>

enum { n_parameters = 6 };

/** The paths of a calibration. */
typedef struct calibration_paths {
    char own[READER_PATH], parameters[READER_PATH], knots[READER_PATH], values[READER_PATH];
} calibration_paths;

static void find_paths(calibration_paths *paths, const char *group) {
    (void)reader_path(paths->own, group, "calibration");
    (void)reader_path(paths->parameters, group, "calibration/parameters");
    (void)reader_path(paths->knots, group, "calibration/knot");
    (void)reader_path(paths->values, group, "calibration/probability");
}

static const char *const kind_names[] = {
    [PEREBOR_CALIBRATION_SIGMOID] = "sigmoid",
    [PEREBOR_CALIBRATION_BETA] = "beta",
    [PEREBOR_CALIBRATION_ISOTONIC] = "isotonic",
};
enum { n_kinds = sizeof kind_names / sizeof *kind_names };

bool calibration_is_of_version_2(const perebor_fitted_pipeline *pipeline) {
    const perebor_calibration *map = &pipeline->calibration;
    if (!pipeline->calibrated) {
        return false;
    }
    return map->kind != PEREBOR_CALIBRATION_SIGMOID ||
           (!perebor_calibration_needed(pipeline->learner) &&
            !(map->slope == -1.0 && map->offset == 0.0));
}

static void add_reals(h5_tree *tree, h5_node *group, const char *name, const double *values,
                      size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, n, 0);
    if (node != NULL) {
        memcpy(node->array.data, values, n * sizeof *values);
    }
}

void calibration_to_tree(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group) {
    const perebor_calibration *map = &pipeline->calibration;
    const double parameters[n_parameters] = {map->slope, map->offset, map->a,
                                             map->b,     map->c,      map->floor};
    if (!calibration_is_of_version_2(pipeline)) {
        if (pipeline->calibrated && perebor_calibration_needed(pipeline->learner)) {
            add_reals(tree, group, "calibration", parameters, 2);
        }
        return;
    }
    h5_node *own = h5_add_group(tree, group, "calibration");
    h5_set_text(tree, own, "kind", kind_names[map->kind]);
    add_reals(tree, own, "parameters", parameters, n_parameters);
    if (map->kind == PEREBOR_CALIBRATION_ISOTONIC) {
        add_reals(tree, own, "knot", map->knots, map->n_knots);
        add_reals(tree, own, "probability", map->values, map->n_knots);
    }
}

static bool all_finite(const double *values, size_t n) {
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        finite = finite && isfinite(values[i]);
    }
    return finite;
}

/** Margins without one are left uncalibrated: they cannot be predicted, but scored. */
static void read_version_1(h5_reader *reader, const char *path, perebor_fitted_pipeline *fitted) {
    bool own = perebor_calibration_needed(fitted->learner);
    bool given = h5_find(reader->root, path) != NULL;
    if (!given) {
        fitted->calibrated = !own;
        fitted->calibration = (perebor_calibration){.slope = -1.0};
        return;
    }
    const h5_array *array = reader_array(reader, path, H5_DOUBLE, 1, 2, 0);
    const double *values = array != NULL ? array->data : NULL;
    if (!own) {
        reader_fail(reader, path, "is there, but the scores of the learner are no margins");
    } else if (values != NULL && !all_finite(values, 2)) {
        reader_fail(reader, path, "is not finite");
    } else if (values != NULL) {
        fitted->calibrated = true;
        fitted->calibration = (perebor_calibration){.slope = values[0], .offset = values[1]};
    }
}

static perebor_calibration_kind read_kind(h5_reader *reader, const char *path) {
    const char *name = reader_text_attribute(reader, path, "kind");
    for (int kind = 0; name != NULL && kind < n_kinds; kind++) {
        if (strcmp(name, kind_names[kind]) == 0) {
            return (perebor_calibration_kind)kind;
        }
    }
    reader_fail(reader, path, "is of no kind of this version of perebor");
    return PEREBOR_CALIBRATION_SIGMOID;
}

static void read_parameters(h5_reader *reader, const calibration_paths *paths,
                            perebor_calibration *map, bool of_shares) {
    const h5_array *array = reader_array(reader, paths->parameters, H5_DOUBLE, 1, n_parameters, 0);
    if (array == NULL) {
        return;
    }
    const double *values = array->data;
    if (!all_finite(values, n_parameters)) {
        reader_fail(reader, paths->parameters, "are not finite");
        return;
    }
    map->slope = values[0];
    map->offset = values[1];
    map->a = values[2];
    map->b = values[3];
    map->c = values[4];
    map->floor = values[5];
    bool floored = map->floor > 0.0 && map->floor < 0.5;
    if (map->kind == PEREBOR_CALIBRATION_BETA &&
        (map->a < 0.0 || map->b < 0.0 || (of_shares && !floored))) {
        reader_fail(reader, paths->parameters, "are of no map that rises");
    }
    if (map->kind == PEREBOR_CALIBRATION_SIGMOID && of_shares) {
        reader_fail(reader, paths->own, "is a sigmoid, which shares do not take");
    }
}

/** Scores rise from knot to knot, probabilities do not fall. */
static bool knots_are_right(const double *knots, const double *values, size_t n) {
    bool right = all_finite(knots, n) && all_finite(values, n);
    for (size_t i = 0; i < n; i++) {
        right = right && values[i] >= 0.0 && values[i] <= 1.0 &&
                (i == 0 || (knots[i] > knots[i - 1] && values[i] >= values[i - 1]));
    }
    return right;
}

static void read_knots(h5_reader *reader, const calibration_paths *paths,
                       perebor_fitted_pipeline *fitted, perebor_calibration *map) {
    size_t n = reader_length(reader, paths->knots);
    const h5_array *knots = reader_array(reader, paths->knots, H5_DOUBLE, 1, n, 0);
    const h5_array *values = reader_array(reader, paths->values, H5_DOUBLE, 1, n, 0);
    double *kept = perebor_workspace_take(&fitted->workspace, n, 2 * sizeof *kept);
    if (kept == NULL) {
        reader_fail_memory(reader);
    }
    if (knots == NULL || values == NULL || kept == NULL) {
        return;
    }
    if (n == 0 || !knots_are_right(knots->data, values->data, n)) {
        reader_fail(reader, paths->knots, "and probabilities are no map that rises");
        return;
    }
    memcpy(kept, knots->data, n * sizeof *kept);
    memcpy(kept + n, values->data, n * sizeof *kept);
    map->knots = kept;
    map->values = kept + n;
    map->n_knots = n;
}

void calibration_from_tree(h5_reader *reader, const char *group, bool version_2,
                           perebor_fitted_pipeline *fitted) {
    calibration_paths paths;
    find_paths(&paths, group);
    if (!version_2) {
        read_version_1(reader, paths.own, fitted);
        return;
    }
    perebor_calibration map = {.kind = read_kind(reader, paths.own)};
    read_parameters(reader, &paths, &map, fitted->learner->score_kind == PEREBOR_SCORE_SHARE);
    if (map.kind == PEREBOR_CALIBRATION_ISOTONIC) {
        read_knots(reader, &paths, fitted, &map);
    }
    fitted->calibrated = true;
    fitted->calibration = map;
}
