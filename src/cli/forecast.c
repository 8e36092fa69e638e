// SPDX-License-Identifier: MIT
#include "cli/forecast.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/progress.h"
#include "cli/setting_warnings.h"
#include "trial/machine_pace.h"
#include "trial/plan.h"

static const double worth_saying = 5.0; /* Seconds of one core. */
static const double worth_warning = 600.0;
static const double worth_measuring = 0.5; /* Less is worth saying where it takes ten times as
                                              long, or more. No such machine is looked for. */

/** Seconds that a plan takes here; of what is short, as it predicts, unless a pace is given. */
static double seconds_here(const perebor_plan *plan) {
    const double seconds = perebor_plan_predict(plan).seconds;
    perebor_pace pace;
    if (!perebor_pace_given(&pace)) {
        if (seconds < worth_measuring) {
            return seconds;
        }
        pace = perebor_pace_here();
    }
    return perebor_pace_apply(&pace, plan).seconds;
}

double forecast_print(const perebor_study *study, const perebor_search_options *options) {
    uint64_t available = perebor_space_n_trials(study->experiment->space);
    uint64_t first = options->trials_given ? options->first_trial : 0;
    uint64_t end = perebor_study_n_trials(study);
    if (options->trials_given) {
        end = options->end_trial < available ? options->end_trial : available;
    }
    perebor_plan *plan = NULL;
    perebor_fold_shape shape = perebor_study_shape(study);
    if (end <= first || perebor_plan_create(&plan, study->pipeline, study->experiment->space, first,
                                            (size_t)(end - first), NULL, options->share,
                                            study->folds.n_folds, &shape, NULL) != PEREBOR_OK) {
        return 1.0; // the search itself will say what is wrong
    }
    const double predicted = perebor_plan_predict(plan).seconds;
    const double seconds = seconds_here(plan);
    char text[32];
    perebor_progress_duration(seconds, text, sizeof text);
    if (seconds >= worth_saying) {
        fprintf(stderr, "perebor: %s%" PRIu64 " trial%s will take about %s of one core%s%s%s\n",
                seconds >= worth_warning ? "warning: " : "", end - first,
                end - first == 1 ? "" : "s", text,
                seconds >= worth_warning ? "; 'perebor check " : "",
                seconds >= worth_warning ? options->experiment : "",
                seconds >= worth_warning ? "' says what of" : "");
    }
    (void)setting_warnings_print(plan, &shape, first);
    perebor_plan_free(plan);
    return predicted > 0.0 ? seconds / predicted : 1.0;
}
