// SPDX-License-Identifier: MIT
#include "run/explained_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "explain/row_explainer.h"
#include "h5/file_tree.h"
#include "store/stage.h"

/** What the stage was made with. */
typedef struct stage_terms {
    row_explainer_options options;
    uint32_t *background; /**< [n] rows of the study */
    size_t n;
} stage_terms;

/** The place of a word in a list that NULL ends; false if it is not in it. */
static bool find_word(const char *const *words, const char *word, size_t *place) {
    for (*place = 0; words[*place] != NULL; *place += 1) {
        if (word != NULL && strcmp(words[*place], word) == 0) {
            return true;
        }
    }
    return false;
}

/** An attribute that is a whole number. */
static bool find_whole(const h5_node *group, const char *name, uint64_t *value) {
    const h5_attribute *found = h5_find_attribute(group, name);
    bool whole = found != NULL && found->value.n_dimensions == 0 &&
                 (found->value.kind == H5_UINT64 || found->value.kind == H5_INT64);
    *value = whole ? *(const uint64_t *)found->value.data : 0;
    return whole;
}

static bool read_options(row_explainer_options *options, const h5_node *group) {
    size_t game = 0, scale = 0;
    uint64_t most = 0, seed = 0;
    const h5_attribute *error = h5_find_attribute(group, "standard_error_asked");
    bool whole = find_word(explain_game_names, h5_find_text(group, "game"), &game) &&
                 find_word(explain_scale_names, h5_find_text(group, "scale"), &scale) &&
                 find_whole(group, "most_rounds", &most) && find_whole(group, "seed", &seed) &&
                 error != NULL && error->value.kind == H5_DOUBLE && error->value.n_dimensions == 0;
    *options =
        (row_explainer_options){.game = (explain_game)game,
                                .scale = (explain_scale)scale,
                                .standard_error = whole ? *(const double *)error->value.data : 0.0,
                                .most_rounds = (size_t)most,
                                .seed = seed};
    return whole;
}

static perebor_status read_terms(stage_terms *terms, const h5_node *group, size_t n_rows,
                                 const char *file, perebor_error *error) {
    const h5_node *background = h5_find(group, "background");
    size_t n =
        background == NULL || background->type != H5_DATASET || background->array.n_dimensions != 1
            ? 0
            : background->array.dimensions[0];
    const int64_t *rows = h5_row(group, "background", H5_INT64, n);
    bool whole = n > 0 && rows != NULL && read_options(&terms->options, group);
    terms->background = calloc(n + 1, sizeof *terms->background);
    if (terms->background == NULL) {
        return perebor_no_memory(error, "to explain rows");
    }
    for (size_t i = 0; whole && i < n; i++) {
        whole = rows[i] >= 0 && (uint64_t)rows[i] < n_rows;
        terms->background[i] = (uint32_t)rows[i];
    }
    terms->n = n;
    if (whole && terms->options.game == EXPLAIN_RETRAINED) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "%s: /explain is of models that were retrained without columns, which "
                            "other tables' rows cannot be explained by: run 'perebor explain' with "
                            "another --game before",
                            file);
    }
    return whole ? PEREBOR_OK
                 : perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "%s: /explain is not whole: run 'perebor explain' again", file);
}

/** Values of every row. */
static perebor_status explain_rows(explained_tables *explained, const row_explainer *explainer,
                                   size_t n_rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace workspace = {0};
    size_t n = explained->reasons.n_columns;
    double *errors = calloc(EXPLAIN_BLOCK * n + 1, sizeof *errors);
    if (errors == NULL) {
        return perebor_no_memory(error, "to explain rows");
    }
    for (size_t first = 0; first < n_rows; first += EXPLAIN_BLOCK) {
        row_explanation rows[EXPLAIN_BLOCK];
        uint32_t numbers[EXPLAIN_BLOCK];
        size_t count = n_rows - first < EXPLAIN_BLOCK ? n_rows - first : EXPLAIN_BLOCK;
        for (size_t i = 0; i < count; i++) {
            numbers[i] = (uint32_t)(first + i);
            rows[i] = (row_explanation){.shapley = {.values = explained->values + (first + i) * n,
                                                    .standard_error = errors + i * n}};
        }
        PEREBOR_TRY(done, row_explainer_rows(explainer, numbers, count, &workspace, rows, error));
    }
done:
    free(errors);
    perebor_workspace_release(&workspace);
    return status;
}

static perebor_status make_room(explained_tables *explained, const row_explainer *explainer,
                                const perebor_dataset *dataset, perebor_error *error) {
    const explain_players *players = row_explainer_players(explainer);
    size_t n = players->n_players;
    explained->columns = calloc(n + 1, sizeof *explained->columns);
    explained->values = calloc(dataset->n_rows * n + 1, sizeof *explained->values);
    if (explained->columns == NULL || explained->values == NULL) {
        return perebor_no_memory(error, "to explain %zu rows", dataset->n_rows);
    }
    for (size_t i = 0; i < n; i++) {
        explained->columns[i] = dataset->columns[players->sources[i]].name;
    }
    explained->reasons = (segment_reasons){n, explained->columns, explained->values};
    return PEREBOR_OK;
}

perebor_status explained_tables_make(explained_tables *explained, const perebor_result *result,
                                     const perebor_study *study,
                                     const perebor_fitted_pipeline *pipeline,
                                     const perebor_dataset *dataset, const char *file,
                                     perebor_error *error) {
    perebor_status status;
    const h5_node *group = NULL;
    stage_terms terms = {0};
    row_explainer *explainer = NULL;
    PEREBOR_TRY(done, stage_require(result, "explain", file, &group, error));
    PEREBOR_TRY(done, read_terms(&terms, group, study->dataset->n_rows, file, error));
    PEREBOR_TRY(done, row_explainer_create(&explainer, pipeline, study->dataset, terms.background,
                                           terms.n, &terms.options, error));
    row_explainer_turn_to(explainer, dataset);
    PEREBOR_TRY(done, make_room(explained, explainer, dataset, error));
    status = explain_rows(explained, explainer, dataset->n_rows, error);
done:
    row_explainer_free(explainer);
    free(terms.background);
    return status;
}

void explained_tables_release(explained_tables *explained) {
    free((void *)explained->columns);
    free(explained->values);
    *explained = (explained_tables){0};
}
