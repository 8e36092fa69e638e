// SPDX-License-Identifier: MIT
#include "run/predict_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mix.h"
#include "base/try.h"
#include "h5/file_tree.h"
#include "metric/venn_abers.h"
#include "perebor/calibration.h"
#include "run/refit_stage.h"
#include "run/stored_study.h"

const char *const prediction_seen_names[] = {
    [PREDICTION_NEW] = "no",
    [PREDICTION_TRAINED] = "same",
    [PREDICTION_CHANGED] = "changed",
    NULL,
};

uint64_t predict_row_hash(const perebor_dataset *dataset, size_t row) {
    uint64_t hash = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        double value = dataset->columns[i].values[row] + 0.0; // -0 is 0
        uint64_t bits = UINT64_C(0x7ff8000000000000);         // every NaN is one
        if (!isnan(value)) {
            memcpy(&bits, &value, sizeof bits);
        }
        hash = perebor_mix(hash + PEREBOR_MIX_STEP + bits);
    }
    return hash;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/** The experiment's tables with other paths. Frees its texts in release_sources(). */
typedef struct moved_sources {
    perebor_table_source *sources;
    char **paths;
    size_t n;
} moved_sources;

static void release_sources(moved_sources *moved) {
    for (size_t i = 0; i < moved->n; i++) {
        free(moved->paths[i]);
    }
    free((void *)moved->paths);
    free(moved->sources);
}

/** Whether rows can do without a table: only the one that others are joined to has them. */
static bool is_base(const perebor_tables_spec *spec, const perebor_table_source *source) {
    return spec->join.base == NULL ? source == spec->sources
                                   : strcmp(spec->join.base, source->name) == 0;
}

/** Takes each table of the folder that is there; the base table must be. */
static perebor_status move_to_folder(moved_sources *moved, const perebor_tables_spec *spec,
                                     const char *folder, perebor_error *error) {
    struct stat about;
    for (size_t i = 0; i < spec->n_sources; i++) {
        const char *name = base_name(spec->sources[i].path);
        size_t size = strlen(folder) + strlen(name) + 2;
        char *path = malloc(size);
        if (path == NULL) {
            return perebor_no_memory(error, "for predictions");
        }
        (void)snprintf(path, size, "%s/%s", folder, name);
        if (stat(path, &about) != 0 && !is_base(spec, &spec->sources[i])) {
            free(path); // the loader says what goes without it
            continue;
        }
        moved->sources[moved->n] = spec->sources[i];
        moved->sources[moved->n].path = path;
        moved->paths[moved->n++] = path;
    }
    return PEREBOR_OK;
}

static perebor_status move_sources(moved_sources *moved, const perebor_tables_spec *spec,
                                   const char *data, perebor_error *error) {
    struct stat about;
    moved->sources = calloc(spec->n_sources + 1, sizeof *moved->sources);
    moved->paths = calloc(spec->n_sources + 1, sizeof *moved->paths);
    if (moved->sources == NULL || moved->paths == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    if (stat(data, &about) == 0 && S_ISDIR(about.st_mode)) {
        return move_to_folder(moved, spec, data, error);
    }
    if (spec->n_sources != 1) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--data %s: the experiment has %zu tables; name the folder that has "
                            "them, under the names of the experiment",
                            data, spec->n_sources);
    }
    moved->sources[0] = spec->sources[0];
    moved->paths[0] = strdup(data);
    moved->sources[0].path = moved->paths[0];
    moved->n = 1;
    return moved->paths[0] != NULL ? PEREBOR_OK : perebor_no_memory(error, "for predictions");
}

static perebor_status load(prediction *prediction, const perebor_experiment *experiment,
                           const char *data, perebor_error *error) {
    perebor_status status;
    perebor_error reason = {0};
    perebor_tables_spec spec = experiment->tables;
    moved_sources moved = {0};
    if (data != NULL) {
        PEREBOR_TRY(done, move_sources(&moved, &spec, data, error));
        spec.sources = moved.sources;
        spec.n_sources = moved.n;
    }
    status =
        perebor_tables_load_frozen(&prediction->dataset, &prediction->tables, &spec,
                                   perebor_fitted_pipeline_schema(prediction->pipeline), &reason);
    if (status != PEREBOR_OK) {
        status = perebor_fail(error, status, "%s%s", reason.message,
                              data == NULL && status == PEREBOR_ERR_IO
                                  ? "; name other tables with --data, or with --folder where the "
                                    "experiment's folder is now"
                                  : "");
    }
done:
    release_sources(&moved);
    return status;
}

/** What /model/out_of_fold has of the rows of training. */
typedef struct trained_rows {
    size_t n;
    const char *const *ids; /**< NULL: they have none. */
    const int8_t *labels;
    const double *scores, *probabilities;
    const uint64_t *hashes;
} trained_rows;

/** Whether all of it is there, and is what refitting writes. */
static bool is_whole(const trained_rows *trained) {
    bool whole = trained->labels != NULL && trained->scores != NULL &&
                 trained->probabilities != NULL && trained->hashes != NULL;
    for (size_t i = 0; whole && i < trained->n; i++) {
        double probability = trained->probabilities[i];
        whole = (trained->labels[i] == 0 || trained->labels[i] == 1) &&
                isfinite(trained->scores[i]) && probability >= 0.0 && probability <= 1.0;
    }
    return whole;
}

static perebor_status find_trained(trained_rows *trained, const h5_node *model, const char *file,
                                   perebor_error *error) {
    const h5_node *group = h5_find(model, "out_of_fold");
    const h5_node *score = group == NULL ? NULL : h5_find(group, "score");
    if (score != NULL && score->type == H5_DATASET && score->array.n_dimensions == 1) {
        size_t n = score->array.dimensions[0];
        *trained = (trained_rows){.n = n,
                                  .ids = h5_row(group, "id", H5_TEXT, n),
                                  .labels = h5_row(group, "target", H5_INT8, n),
                                  .scores = h5_row(group, "score", H5_DOUBLE, n),
                                  .probabilities = h5_row(group, "probability", H5_DOUBLE, n),
                                  .hashes = h5_row(group, "hash", H5_UINT64, n)};
    }
    if (!is_whole(trained)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: /model/out_of_fold is not whole", file);
    }
    return PEREBOR_OK;
}

/** An identifier and whose it is. */
typedef struct named_row {
    const char *id;
    uint32_t row;
} named_row;

static int by_id(const void *left, const void *right) {
    const named_row *a = left, *b = right;
    int sign = strcmp(a->id, b->id);
    return sign != 0 ? sign : (a->row > b->row) - (a->row < b->row);
}

/** The rows of training, by identifier. */
typedef struct known_rows {
    const trained_rows *trained;
    named_row *named; /**< [trained->n] by identifier, then by row. */
} known_rows;

/** The first of the known rows whose identifier is not before @p id. */
static size_t find_id(const known_rows *known, const char *id) {
    size_t low = 0, high = known->trained->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(known->named[middle].id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** What is known of a row. Several rows of training have one identifier where it is the group.
 * @param[out] found  Which of them has its values. */
static prediction_seen look_up(const known_rows *known, const char *id, uint64_t hash,
                               uint32_t *found) {
    prediction_seen seen = PREDICTION_NEW;
    for (size_t at = find_id(known, id);
         at < known->trained->n && strcmp(known->named[at].id, id) == 0; at++) {
        if (known->trained->hashes[known->named[at].row] == hash) {
            *found = known->named[at].row;
            return PREDICTION_TRAINED;
        }
        seen = PREDICTION_CHANGED;
    }
    return seen;
}

static void recognise_row(prediction *prediction, const known_rows *known, size_t row) {
    const perebor_dataset *dataset = prediction->dataset;
    uint32_t found = 0;
    prediction_seen seen =
        look_up(known, dataset->ids[row], predict_row_hash(dataset, row), &found);
    if (seen == PREDICTION_CHANGED && dataset->id_name[0] == '\0') {
        seen = PREDICTION_NEW; // another row of this number, not the same one with other values
    }
    prediction->seen[row] = (uint8_t)seen;
    prediction->n_changed += seen == PREDICTION_CHANGED;
    if (seen == PREDICTION_TRAINED) {
        prediction->n_trained++;
        prediction->scores[row] = known->trained->scores[found];
        prediction->probabilities[row] = known->trained->probabilities[found];
    }
}

/** Rows that the model was fitted on get what it said of them before it had seen them. */
static perebor_status recognise(prediction *prediction, const trained_rows *trained,
                                perebor_error *error) {
    const perebor_dataset *dataset = prediction->dataset;
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(prediction->pipeline);
    if (dataset->ids == NULL || trained->ids == NULL ||
        strcmp(dataset->id_name, schema->id_name) != 0) {
        return PEREBOR_OK; // the number of a row is no name of another
    }
    known_rows known = {trained, calloc(trained->n + 1, sizeof *known.named)};
    if (known.named == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t i = 0; i < trained->n; i++) {
        known.named[i] = (named_row){trained->ids[i], (uint32_t)i};
    }
    qsort(known.named, trained->n, sizeof *known.named, by_id);
    for (size_t row = 0; row < dataset->n_rows; row++) {
        recognise_row(prediction, &known, row);
    }
    free(known.named);
    return PEREBOR_OK;
}

static perebor_status bound(prediction *prediction, const trained_rows *trained,
                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    venn_abers *known = NULL;
    PEREBOR_TRY(done, venn_abers_create(&known, trained->scores, (const uint8_t *)trained->labels,
                                        trained->n, error));
    for (size_t row = 0; row < prediction->dataset->n_rows; row++) {
        double lower, upper, probability = prediction->probabilities[row];
        venn_abers_interval(known, prediction->scores[row], &lower, &upper);
        prediction->lower[row] = lower < probability ? lower : probability;
        prediction->upper[row] = upper > probability ? upper : probability;
    }
done:
    venn_abers_free(known);
    return status;
}

typedef struct placed_row {
    double probability;
    uint32_t row;
} placed_row;

static int by_probability(const void *left, const void *right) {
    const placed_row *a = left, *b = right;
    return a->probability != b->probability ? (a->probability > b->probability ? -1 : 1)
                                            : (a->row > b->row) - (a->row < b->row);
}

/** Ranks as scikit-learn's method "min"; tenths of the order of rows. */
static perebor_status rank(prediction *prediction, perebor_error *error) {
    size_t n = prediction->dataset->n_rows;
    placed_row *placed = calloc(n + 1, sizeof *placed);
    if (placed == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t row = 0; row < n; row++) {
        placed[row] = (placed_row){prediction->probabilities[row], (uint32_t)row};
    }
    qsort(placed, n, sizeof *placed, by_probability);
    for (size_t i = 0; i < n; i++) {
        bool tied = i > 0 && placed[i].probability == placed[i - 1].probability;
        prediction->ranks[placed[i].row] =
            tied ? prediction->ranks[placed[i - 1].row] : (uint32_t)i + 1;
        prediction->deciles[placed[i].row] = (uint8_t)(1 + 10 * i / n);
    }
    free(placed);
    return PEREBOR_OK;
}

static perebor_status allocate(prediction *prediction, perebor_error *error) {
    size_t n = prediction->dataset->n_rows + 1;
    prediction->scores = calloc(n, sizeof *prediction->scores);
    prediction->probabilities = calloc(n, sizeof *prediction->probabilities);
    prediction->lower = calloc(n, sizeof *prediction->lower);
    prediction->upper = calloc(n, sizeof *prediction->upper);
    prediction->ranks = calloc(n, sizeof *prediction->ranks);
    prediction->deciles = calloc(n, sizeof *prediction->deciles);
    prediction->seen = calloc(n, sizeof *prediction->seen);
    prediction->drifts = calloc(prediction->dataset->n_columns + 1, sizeof *prediction->drifts);
    return prediction->scores == NULL || prediction->probabilities == NULL ||
                   prediction->lower == NULL || prediction->upper == NULL ||
                   prediction->ranks == NULL || prediction->deciles == NULL ||
                   prediction->seen == NULL || prediction->drifts == NULL
               ? perebor_no_memory(error, "for predictions")
               : PEREBOR_OK;
}

/** Rows that are prepared at a time: all columns of a million rows would not fit into memory. */
enum { block_rows = 8192 };

static perebor_status score(prediction *prediction, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace workspace = {0};
    size_t n = prediction->dataset->n_rows;
    const perebor_calibration *calibration =
        perebor_fitted_pipeline_calibration(prediction->pipeline);
    if (calibration == NULL) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/model is not calibrated, as 'perebor refit' leaves it");
    }
    uint32_t rows[block_rows];
    for (size_t first = 0; first < n; first += block_rows) {
        size_t n_block = n - first < block_rows ? n - first : block_rows;
        for (size_t i = 0; i < n_block; i++) {
            rows[i] = (uint32_t)(first + i);
        }
        PEREBOR_TRY(done, perebor_fitted_pipeline_score(prediction->pipeline, prediction->dataset,
                                                        rows, n_block, &workspace,
                                                        prediction->scores + first, error));
    }
    perebor_calibration_apply(calibration, perebor_fitted_pipeline_learner(prediction->pipeline),
                              prediction->scores, n, prediction->probabilities);
done:
    perebor_workspace_release(&workspace);
    return status;
}

perebor_status predict_tables(prediction *prediction, const perebor_result *result,
                              const char *file, const char *data, const char *folder,
                              perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    const h5_node *model = NULL;
    trained_rows trained = {0};
    PEREBOR_TRY(done, refit_stage_load(&prediction->pipeline, &model, result, file, error));
    PEREBOR_TRY(done, find_trained(&trained, model, file, error));
    PEREBOR_TRY(done, stored_experiment_read(&experiment, result, file, folder, error));
    PEREBOR_TRY(done, load(prediction, experiment, data, error));
    PEREBOR_TRY(done, allocate(prediction, error));
    PEREBOR_TRY(done, score(prediction, error));
    PEREBOR_TRY(done, recognise(prediction, &trained, error));
    PEREBOR_TRY(done, bound(prediction, &trained, error));
    PEREBOR_TRY(done, rank(prediction, error));
    status = column_reference_compare(h5_find(model, "reference"),
                                      perebor_fitted_pipeline_schema(prediction->pipeline),
                                      prediction->dataset, prediction->drifts, error);
done:
    perebor_experiment_free(experiment);
    return status;
}

void predict_release(prediction *prediction) {
    free(prediction->scores);
    free(prediction->probabilities);
    free(prediction->lower);
    free(prediction->upper);
    free(prediction->ranks);
    free(prediction->deciles);
    free(prediction->seen);
    free(prediction->drifts);
    perebor_tables_report_release(&prediction->tables);
    perebor_dataset_free(prediction->dataset);
    perebor_fitted_pipeline_free(prediction->pipeline);
    *prediction = (struct prediction){0};
}
