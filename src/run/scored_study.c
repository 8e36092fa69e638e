// SPDX-License-Identifier: MIT
#include "run/scored_study.h"

#include <assert.h>
#include <stdlib.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "metric/venn_abers.h"
#include "store/stage.h"

static perebor_status allocate(scored_study *scored, size_t n_rows, perebor_error *error) {
    scored->n_rows = n_rows;
    scored->probabilities = calloc(n_rows + 1, sizeof *scored->probabilities);
    scored->lower = calloc(n_rows + 1, sizeof *scored->lower);
    scored->upper = calloc(n_rows + 1, sizeof *scored->upper);
    return scored->probabilities == NULL || scored->lower == NULL || scored->upper == NULL
               ? perebor_no_memory(error, "for the scores of a search's rows")
               : PEREBOR_OK;
}

/** What /model has of the rows of one part. */
typedef struct kept_rows {
    size_t n;
    const int8_t *labels;
    const double *scores, *probabilities;
} kept_rows;

/**
 * Finds them in a group of /model.
 *
 * @param[in] part  [n] the rows that must be there, in this order.
 */
static perebor_status find_kept(kept_rows *kept, const h5_node *model, const char *name,
                                const uint32_t *part, size_t n, const char *file,
                                perebor_error *error) {
    const h5_node *group = h5_find(model, name);
    const int64_t *rows = group == NULL ? NULL : h5_row(group, "row", H5_INT64, n);
    *kept = (kept_rows){.n = n};
    if (group != NULL) {
        kept->labels = h5_row(group, "target", H5_INT8, n);
        kept->scores = h5_row(group, "score", H5_DOUBLE, n);
        kept->probabilities = h5_row(group, "probability", H5_DOUBLE, n);
    }
    bool whole =
        rows != NULL && kept->labels != NULL && kept->scores != NULL && kept->probabilities != NULL;
    for (size_t i = 0; whole && i < n; i++) {
        double probability = kept->probabilities[i];
        whole = rows[i] == (int64_t)part[i] && (kept->labels[i] == 0 || kept->labels[i] == 1) &&
                probability >= 0.0 && probability <= 1.0;
    }
    return whole
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s: /model/%s is not whole: run 'perebor refit' again", file, name);
}

/** Puts scores and probabilities where their rows are. @param[out] scores [n_rows] */
static void place(scored_study *scored, double *scores, const kept_rows *kept,
                  const uint32_t *part) {
    assert(kept->n == 0 || (kept->scores != NULL && kept->probabilities != NULL));
    for (size_t i = 0; i < kept->n; i++) {
        scores[part[i]] = kept->scores[i];
        scored->probabilities[part[i]] = kept->probabilities[i];
    }
}

/** The interval of Venn and Abers, widened to the probability. */
static perebor_status bound(scored_study *scored, const double *scores, const kept_rows *known,
                            perebor_error *error) {
    venn_abers *bounds = NULL;
    perebor_status status =
        venn_abers_create(&bounds, known->scores, (const uint8_t *)known->labels, known->n, error);
    for (size_t row = 0; status == PEREBOR_OK && row < scored->n_rows; row++) {
        double lower, upper, probability = scored->probabilities[row];
        venn_abers_interval(bounds, scores[row], &lower, &upper);
        scored->lower[row] = lower < probability ? lower : probability;
        scored->upper[row] = upper > probability ? upper : probability;
    }
    venn_abers_free(bounds);
    return status;
}

perebor_status scored_study_make(scored_study *scored, const perebor_study *study,
                                 const perebor_result *result, const char *file,
                                 perebor_error *error) {
    perebor_status status;
    const h5_node *model = NULL;
    const perebor_split *split = &study->split;
    kept_rows trained, tested = {0};
    double *scores = calloc(study->dataset->n_rows + 1, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for the scores of a search's rows");
    }
    PEREBOR_TRY(done, stage_require(result, "model", file, &model, error));
    PEREBOR_TRY(
        done, find_kept(&trained, model, "out_of_fold", split->train, split->n_train, file, error));
    if (split->n_test > 0) {
        PEREBOR_TRY(
            done, find_kept(&tested, model, "test_part", split->test, split->n_test, file, error));
    }
    PEREBOR_TRY(done, allocate(scored, study->dataset->n_rows, error));
    place(scored, scores, &trained, split->train);
    place(scored, scores, &tested, split->test);
    PEREBOR_TRY(done, bound(scored, scores, &trained, error));
done:
    free(scores);
    return status;
}

void scored_study_release(scored_study *scored) {
    free(scored->probabilities);
    free(scored->lower);
    free(scored->upper);
    *scored = (scored_study){0};
}
