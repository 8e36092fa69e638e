// SPDX-License-Identifier: MIT
#include "cli/ensemble_text.h"

#include <inttypes.h>

#include "cli/resample_text.h"
#include "store/stage.h"

void ensemble_text_write_members(const ensemble *made, const perebor_trials *trials, FILE *stream) {
    fprintf(stream, "  %6s  %5s  %-11s  %s\n", "weight", "trial", "model", trials->metric_names[0]);
    for (size_t i = 0; i < made->n_members; i++) {
        const ensemble_member *member = &made->members[i];
        fprintf(stream, "  %6" PRIu32 "  %5" PRIu64 "  %-11s  %.4f\n", member->weight,
                member->trial,
                perebor_trials_model(trials, (size_t)(member->trial - trials->first_trial)),
                member->mean_test_score);
    }
}

void ensemble_text_write_scores(const ensemble *made, FILE *stream) {
    const perebor_corrected_ensemble *score = &made->score;
    fprintf(stream,
            "  naive      %.4f  the best trial by itself %.4f: both too good, for they were "
            "chosen\n",
            score->naive, made->best_score);
    fprintf(stream, "  corrected  %.4f  without that; 95 %% %.4f to %.4f; the best trial %.4f\n",
            score->corrected, score->low, score->high, score->single_corrected);
    fprintf(stream,
            "  better than the best trial in %.0f %% of %zu choice%s made again without a "
            "third of the rows, as good in %.0f %%\n",
            100.0 * score->better, score->n_used, score->n_used == 1 ? "" : "s",
            100.0 * score->equal);
    const resample_text sureness = {score->naive, score->corrected,      score->low,
                                    score->high,  score->standard_error, score->n_used};
    resample_text_write(&sureness, stream);
}

void ensemble_text_write_stage(const perebor_result *result, FILE *stream) {
    ensemble found = {0};
    if (stage_is_current(result, "ensemble") &&
        ensemble_stage_load(&found, result, "", NULL) == PEREBOR_OK) {
        fprintf(stream,
                "ensemble of %zu trial%s %.4f, without the luck of having been chosen %.4f (95 %% "
                "%.4f to %.4f; the best trial %.4f)\n",
                found.n_members, found.n_members == 1 ? "" : "s", found.score.naive,
                found.score.corrected, found.score.low, found.score.high,
                found.score.single_corrected);
    }
    ensemble_release(&found);
}
