/* Scores rows with a saved pipeline, such as search_arrays writes.
 *
 *   score_rows MODEL.h5 VALUE...      a value for every column, row after row
 */
#include <stdio.h>
#include <stdlib.h>

#include <perebor/fitted_pipeline.h>

/* The rows of the command line under the columns of the model; all must be numeric here. */
static int score(const perebor_fitted_pipeline *pipeline, char **texts, size_t n_rows) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    size_t n_columns = schema->n_columns;
    perebor_error error = {PEREBOR_OK, ""};
    perebor_workspace workspace = {0};
    perebor_dataset rows = *schema;
    perebor_column *columns = (perebor_column *)calloc(n_columns, sizeof *columns);
    double *values = (double *)calloc(n_columns * n_rows, sizeof *values);
    double *scores = (double *)calloc(n_rows, sizeof *scores);
    uint32_t *numbers = (uint32_t *)calloc(n_rows, sizeof *numbers);
    int code = EXIT_FAILURE;
    if (columns == NULL || values == NULL || scores == NULL || numbers == NULL) {
        fprintf(stderr, "score_rows: out of memory\n");
        goto done;
    }
    for (size_t column = 0; column < n_columns; column++) {
        columns[column] = schema->columns[column];
        columns[column].values = values + column * n_rows;
        for (size_t row = 0; row < n_rows; row++) {
            values[column * n_rows + row] = strtod(texts[row * n_columns + column], NULL);
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        numbers[row] = (uint32_t)row;
    }
    rows.n_rows = n_rows;
    rows.columns = columns;
    if (perebor_fitted_pipeline_score(pipeline, &rows, numbers, n_rows, &workspace, scores,
                                      &error) != PEREBOR_OK) {
        fprintf(stderr, "score_rows: %s\n", error.message);
        goto done;
    }
    for (size_t row = 0; row < n_rows; row++) {
        printf("%.17g\n", scores[row]);
    }
    code = EXIT_SUCCESS;
done:
    perebor_workspace_release(&workspace);
    free(numbers);
    free(scores);
    free(values);
    free(columns);
    return code;
}

int main(int argc, char **argv) {
    perebor_error error = {PEREBOR_OK, ""};
    perebor_fitted_pipeline *pipeline = NULL;
    size_t n_columns;
    int code;
    if (argc < 3) {
        fprintf(stderr, "usage: score_rows MODEL.h5 VALUE...\n");
        return EXIT_FAILURE;
    }
    if (perebor_fitted_pipeline_load(&pipeline, argv[1], &error) != PEREBOR_OK) {
        fprintf(stderr, "score_rows: %s\n", error.message);
        return EXIT_FAILURE;
    }
    n_columns = perebor_fitted_pipeline_schema(pipeline)->n_columns;
    if (n_columns == 0 || (size_t)(argc - 2) % n_columns != 0) {
        fprintf(stderr, "score_rows: a row has %zu values\n", n_columns);
        code = EXIT_FAILURE;
    } else {
        code = score(pipeline, argv + 2, (size_t)(argc - 2) / n_columns);
    }
    perebor_fitted_pipeline_free(pipeline);
    return code;
}
