/* Searches hyperparameters over arrays in memory, then fits the best trial and saves it.
 *
 *   search_arrays MODEL.h5
 */
#include <stdio.h>
#include <stdlib.h>

#include <perebor/array_search.h>
#include <perebor/fitted_pipeline.h>

enum { row_count = 240, column_count = 3, trial_count = 40 };

static double values[column_count][row_count];
static uint8_t labels[row_count];
static uint32_t source_rows[row_count];
static char id_texts[row_count][8];
static const char *ids[row_count];

/* Three columns of a small generator; the first two tell something of the label. */
static void fill_arrays(void) {
    uint32_t state = 1;
    for (uint32_t row = 0; row < row_count; row++) {
        labels[row] = (uint8_t)(row % 3 == 0);
        for (int column = 0; column < column_count; column++) {
            state = state * 1664525u + 1013904223u;
            values[column][row] = (double)(state >> 8) / 16777216.0;
        }
        values[0][row] += 0.5 * labels[row];
        values[1][row] -= 0.3 * labels[row];
        source_rows[row] = row;
        snprintf(id_texts[row], sizeof id_texts[row], "r%u", (unsigned)row);
        ids[row] = id_texts[row];
    }
}

static perebor_value text(const char *name) {
    perebor_value value;
    value.kind = PEREBOR_VALUE_TEXT;
    value.as.text = name;
    return value;
}

/* model: logreg or knn, and a setting of each. */
static perebor_status make_space(perebor_space **space, perebor_error *error) {
    const perebor_value models[] = {text("logreg"), text("knn")};
    perebor_parameter parameters[3] = {0};
    parameters[0].name = "model";
    parameters[0].distribution = PEREBOR_CATEGORICAL;
    parameters[0].values = models;
    parameters[0].n_values = 2;
    parameters[1].name = "logreg__C";
    parameters[1].distribution = PEREBOR_LOG_UNIFORM_VALUES;
    parameters[1].min = 0.01;
    parameters[1].max = 100.0;
    parameters[2].name = "knn__n_neighbors";
    parameters[2].distribution = PEREBOR_INT_UNIFORM;
    parameters[2].min = 1;
    parameters[2].max = 40;
    return perebor_space_create(space, "search_arrays", parameters, 3, NULL, 0,
                                PEREBOR_SEARCH_RANDOM, 42, error);
}

static size_t best_of(const perebor_trials *trials) {
    size_t best = 0;
    for (size_t trial = 1; trial < trials->n_trials; trial++) {
        if (perebor_trials_mean_test_score(trials, trial) >
            perebor_trials_mean_test_score(trials, best)) {
            best = trial;
        }
    }
    return best;
}

int main(int argc, char **argv) {
    static const char *const names[column_count] = {"a", "b", "c"};
    perebor_error error = {PEREBOR_OK, ""};
    perebor_column columns[column_count] = {0};
    perebor_dataset dataset = {0};
    perebor_array_search search = {0};
    perebor_space *space = NULL;
    perebor_trials *trials = NULL;
    perebor_fitted_pipeline *pipeline = NULL;
    int code = EXIT_FAILURE;
    if (argc != 2) {
        fprintf(stderr, "usage: search_arrays MODEL.h5\n");
        return EXIT_FAILURE;
    }
    fill_arrays();
    for (int column = 0; column < column_count; column++) {
        columns[column].name = names[column];
        columns[column].role = PEREBOR_ROLE_NUMERIC;
        columns[column].values = values[column];
    }
    dataset.n_rows = row_count;
    dataset.n_columns = column_count;
    dataset.columns = columns;
    dataset.labels = labels;
    dataset.target_name = "label";
    dataset.positive_name = "1";
    dataset.negative_name = "0";
    dataset.id_name = "id";
    dataset.ids = ids;
    dataset.source_rows = source_rows;

    if (make_space(&space, &error) != PEREBOR_OK) {
        goto done;
    }
    search.dataset = &dataset;
    search.space = space;
    search.split.test_size = 0.25;
    search.split.stratify = true;
    search.split.seed = 42;
    search.folds.method = PEREBOR_STRATIFIED_KFOLD;
    search.folds.n_splits = 5;
    search.folds.n_repeats = 1;
    search.n_trials = trial_count;
    search.n_threads = 2;
    if (perebor_array_search_run(&search, &trials, &error) == PEREBOR_OK) {
        size_t best = best_of(trials);
        char *params = perebor_trials_params_json(trials, best);
        printf("best of %d: trial %zu, ROC-AUC %.6f, %s\n", trial_count, best,
               perebor_trials_mean_test_score(trials, best), params == NULL ? "" : params);
        free(params);
        if (perebor_array_search_fit(&search, trials, best, &pipeline, &error) == PEREBOR_OK &&
            perebor_fitted_pipeline_save(pipeline, argv[1], true, &error) == PEREBOR_OK) {
            code = EXIT_SUCCESS;
        }
    }
done:
    if (code != EXIT_SUCCESS) {
        fprintf(stderr, "search_arrays: %s\n", error.message);
    }
    perebor_fitted_pipeline_free(pipeline);
    perebor_trials_free(trials);
    perebor_space_free(space);
    return code;
}
