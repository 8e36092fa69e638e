/* Scores a table with a saved pipeline, such as search_arrays writes.
 *
 *   score_rows MODEL.h5 TABLE.csv      columns by name, as the model was fitted on them
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <perebor/fitted_pipeline.h>
#include <perebor/tables.h>

/* What the table has not, or has that the model does not know. */
static void say_what_differs(const perebor_frozen_report *report) {
    size_t i;
    for (i = 0; i < report->n_missing; i++) {
        fprintf(stderr, "score_rows: no column \"%s\": all its values are missing\n",
                report->missing[i]);
    }
    for (i = 0; i < report->n_unknown; i++) {
        fprintf(stderr, "score_rows: column \"%s\" has unknown values in %" PRIu64 " rows: \"%s\"\n",
                report->unknown[i].column, report->unknown[i].n_rows,
                report->unknown[i].examples[0]);
    }
}

/* The score of every row, in the order of the table. */
static int score(const perebor_fitted_pipeline *pipeline, const perebor_dataset *table) {
    size_t n_rows = table->n_rows;
    perebor_error error = {PEREBOR_OK, ""};
    perebor_workspace workspace = {0};
    double *scores = (double *)calloc(n_rows, sizeof *scores);
    uint32_t *rows = (uint32_t *)calloc(n_rows, sizeof *rows);
    int code = EXIT_FAILURE;
    size_t i;
    if (scores == NULL || rows == NULL) {
        fprintf(stderr, "score_rows: no memory\n");
        goto done;
    }
    for (i = 0; i < n_rows; i++) {
        rows[i] = (uint32_t)i;
    }
    if (perebor_fitted_pipeline_score(pipeline, table, rows, n_rows, &workspace, scores, &error) !=
        PEREBOR_OK) {
        fprintf(stderr, "score_rows: %s\n", error.message);
        goto done;
    }
    for (i = 0; i < n_rows; i++) {
        printf("%s %.17g\n", table->ids[i], scores[i]);
    }
    code = EXIT_SUCCESS;
done:
    perebor_workspace_release(&workspace);
    free(rows);
    free(scores);
    return code;
}

int main(int argc, char **argv) {
    perebor_error error = {PEREBOR_OK, ""};
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_dataset *table = NULL;
    perebor_tables_report report;
    perebor_table_source source = {0};
    perebor_tables_spec spec = {0};
    int code = EXIT_FAILURE;
    if (argc != 3) {
        fprintf(stderr, "usage: score_rows MODEL.h5 TABLE.csv\n");
        return EXIT_FAILURE;
    }
    source.name = "rows";
    source.path = argv[2];
    spec.file = argv[0];
    spec.sources = &source;
    spec.n_sources = 1;
    if (perebor_fitted_pipeline_load(&pipeline, argv[1], &error) != PEREBOR_OK ||
        perebor_tables_load_frozen(&table, &report, &spec, perebor_fitted_pipeline_schema(pipeline),
                                   &error) != PEREBOR_OK) {
        fprintf(stderr, "score_rows: %s\n", error.message);
    } else {
        say_what_differs(report.frozen);
        code = score(pipeline, table);
        perebor_tables_report_release(&report);
    }
    perebor_dataset_free(table);
    perebor_fitted_pipeline_free(pipeline);
    return code;
}
