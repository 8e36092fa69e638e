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
#include "run/stored_study.h"
#include "store/stage.h"

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
    perebor_tables_spec spec = experiment->tables;
    moved_sources moved = {0};
    if (data != NULL) {
        PEREBOR_TRY(done, move_sources(&moved, &spec, data, error));
        spec.sources = moved.sources;
        spec.n_sources = moved.n;
    }
    status =
        perebor_tables_load_frozen(&prediction->dataset, &prediction->tables, &spec,
                                   perebor_fitted_pipeline_schema(prediction->pipeline), error);
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

static const void *column_of(const h5_node *group, const char *name, h5_kind kind, size_t n) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->type == H5_DATASET && node->array.kind == kind &&
                   node->array.n_dimensions == 1 && node->array.dimensions[0] == n
               ? node->array.data
               : NULL;
}

static perebor_status find_trained(trained_rows *trained, const h5_node *model, const char *file,
                                   perebor_error *error) {
    const h5_node *group = h5_find(model, "out_of_fold");
    const h5_node *score = group == NULL ? NULL : h5_find(group, "score");
    if (score != NULL && score->type == H5_DATASET && score->array.n_dimensions == 1) {
        size_t n = score->array.dimensions[0];
        *trained = (trained_rows){.n = n,
                                  .ids = column_of(group, "id", H5_TEXT, n),
                                  .labels = column_of(group, "target", H5_INT8, n),
                                  .scores = column_of(group, "score", H5_DOUBLE, n),
                                  .probabilities = column_of(group, "probability", H5_DOUBLE, n),
                                  .hashes = column_of(group, "hash", H5_UINT64, n)};
    }
    if (trained->labels == NULL || trained->scores == NULL || trained->probabilities == NULL ||
        trained->hashes == NULL) {
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
    return strcmp(a->id, b->id);
}

/** Rows that the model was fitted on get what it said of them before it had seen them. */
static perebor_status recognise(prediction *prediction, const trained_rows *trained,
                                perebor_error *error) {
    const perebor_dataset *dataset = prediction->dataset;
    if (dataset->ids == NULL || trained->ids == NULL) {
        return PEREBOR_OK;
    }
    named_row *known = calloc(trained->n + 1, sizeof *known);
    if (known == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t i = 0; i < trained->n; i++) {
        known[i] = (named_row){trained->ids[i], (uint32_t)i};
    }
    qsort(known, trained->n, sizeof *known, by_id);
    for (size_t row = 0; row < dataset->n_rows; row++) {
        named_row key = {.id = dataset->ids[row]};
        const named_row *found = bsearch(&key, known, trained->n, sizeof *known, by_id);
        if (found == NULL) {
            continue;
        }
        if (trained->hashes[found->row] != predict_row_hash(dataset, row)) {
            prediction->seen[row] = PREDICTION_CHANGED;
            prediction->n_changed++;
            continue;
        }
        prediction->seen[row] = PREDICTION_TRAINED;
        prediction->n_trained++;
        prediction->scores[row] = trained->scores[found->row];
        prediction->probabilities[row] = trained->probabilities[found->row];
    }
    free(known);
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

static perebor_status score(prediction *prediction, perebor_error *error) {
    perebor_status status;
    perebor_workspace workspace = {0};
    size_t n = prediction->dataset->n_rows;
    uint32_t *rows = calloc(n + 1, sizeof *rows);
    if (rows == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t row = 0; row < n; row++) {
        rows[row] = (uint32_t)row;
    }
    PEREBOR_TRY(done, perebor_fitted_pipeline_score(prediction->pipeline, prediction->dataset, rows,
                                                    n, &workspace, prediction->scores, error));
    status = perebor_fitted_pipeline_predict(prediction->pipeline, prediction->dataset, rows, n,
                                             &workspace, prediction->probabilities, error);
done:
    perebor_workspace_release(&workspace);
    free(rows);
    return status;
}

perebor_status predict_tables(prediction *prediction, const perebor_result *result,
                              const char *file, const char *data, const char *folder,
                              perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    const h5_node *model = NULL;
    trained_rows trained = {0};
    PEREBOR_TRY(done, stage_require(result, "model", file, "refit", &model, error));
    PEREBOR_TRY(done, find_trained(&trained, model, file, error));
    PEREBOR_TRY(done, stored_experiment_read(&experiment, result, file, folder, error));
    PEREBOR_TRY(done, perebor_fitted_pipeline_load(&prediction->pipeline, file, error));
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
