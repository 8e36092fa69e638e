// SPDX-License-Identifier: MIT
#include "flat_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mix.h"
#include "people_study.h"
#include "run/refit_stage.h"
#include "run/stored_study.h"

void flat_write_table(const char *path, size_t first, size_t n) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("id,x,kind,y\n", file);
    for (size_t i = first; i < first + n; i++) {
        uint64_t bits = perebor_mix(i + 1);
        double x = (double)(bits >> 40) / 1e6;
        fprintf(file, "n%zu,%.6f,%c,%d\n", i, x, "abc"[bits % 3],
                x + (double)(bits >> 8 & 255) / 32.0 > 12.0);
    }
    assert_int_equal(fclose(file), 0);
}

void flat_write_search(const char *path, bool with_id) {
    perebor_error error = {0};
    perebor_experiment *experiment = NULL;
    perebor_study *study = NULL;
    flat_write_table("t.csv", 0, FLAT_N_ROWS);
    FILE *file = fopen("e.yaml", "w");
    assert_non_null(file);
    fprintf(file,
            "version: 1\n"
            "data:\n"
            "  tables: {t: {path: t.csv}}\n"
            "%s"
            "  target: {column: y, positive: \"1\"}\n"
            "  features: {nominal: [kind], numeric: [x]%s}\n"
            "cv: {n_splits: 3}\n"
            "search: {parameters: {model: {values: [logreg, tree, knn, svc]}}}\n",
            with_id ? "  id: id\n" : "", with_id ? "" : ", drop: [id]");
    assert_int_equal(fclose(file), 0);
    if (perebor_experiment_read(&experiment, "e.yaml", NULL, 0, &error) != PEREBOR_OK ||
        perebor_study_load(&study, experiment, true, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_trials *trials = people_trials(study, 0, FLAT_N_TRIALS);
    for (size_t trial = 0; trial < FLAT_N_TRIALS; trial++) {
        people_finish(trials, trial, 0.5 + (double)trial / 16.0);
    }
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, path);
    perebor_trials_free(trials);
    perebor_study_free(study);
}

void flat_refit(const char *path, size_t row) {
    perebor_error error = {0};
    perebor_study *study = NULL;
    perebor_refit refit = {0};
    const refit_choice choice = {"number", CALIBRATION_AUTO};
    perebor_file_identity found = perebor_file_identify(path);
    perebor_result *result = people_read(path);
    if (stored_study_load(&study, result, path, NULL, &error) != PEREBOR_OK ||
        refit_stage_make(study, result, row, &choice, &refit, &error) != PEREBOR_OK ||
        perebor_result_replace(result, path, &found, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_refit_release(&refit);
    perebor_study_free(study);
    perebor_result_free(result);
}

void flat_remove(void) {
    (void)unlink("t.csv");
    (void)unlink("e.yaml");
}
