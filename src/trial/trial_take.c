// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "base/try.h"
#include "perebor/trials.h"

/** Numbers that two tables both have: first … last - 1. */
typedef struct overlap {
    uint64_t first, last;
} overlap;

static overlap find_overlap(const perebor_trials *a, const perebor_trials *b) {
    uint64_t end_a = a->first_trial + a->n_trials, end_b = b->first_trial + b->n_trials;
    return (overlap){
        .first = a->first_trial > b->first_trial ? a->first_trial : b->first_trial,
        .last = end_a < end_b ? end_a : end_b,
    };
}

/** The place of a parameter of @p from in @p to, or n_parameters. */
static size_t find_parameter(const perebor_trials *to, const perebor_trials *from,
                             size_t parameter) {
    size_t found = 0;
    while (found < to->n_parameters &&
           strcmp(to->parameter_names[found], from->parameter_names[parameter]) != 0) {
        found++;
    }
    return found;
}

/** One parameter of every trial that is to be taken must have one value in both tables. */
static perebor_status check_parameter(const perebor_trials *to, const perebor_trials *from,
                                      size_t parameter, perebor_error *error) {
    overlap both = find_overlap(to, from);
    size_t here = find_parameter(to, from, parameter);
    for (uint64_t number = both.first; number < both.last; number++) {
        size_t trial = (size_t)(number - from->first_trial);
        perebor_value theirs = from->values[trial * from->n_parameters + parameter];
        size_t row = (size_t)(number - to->first_trial) * to->n_parameters;
        perebor_value ours = here < to->n_parameters ? to->values[row + here]
                                                     : (perebor_value){.kind = PEREBOR_VALUE_NONE};
        if (perebor_trials_finished(from, trial) && !perebor_value_equal(ours, theirs)) {
            char left[100], right[100];
            (void)perebor_value_format(ours, left, sizeof left);
            (void)perebor_value_format(theirs, right, sizeof right);
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "trial %" PRIu64 " is another here: %s is %s, there it is %s",
                                number, from->parameter_names[parameter], left, right);
        }
    }
    return PEREBOR_OK;
}

static perebor_status check_points(const perebor_trials *to, const perebor_trials *from,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (to->n_folds != from->n_folds) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT, "trials of %zu folds and of %zu",
                            to->n_folds, from->n_folds);
    }
    if (!perebor_trials_same_metrics(to, from)) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "trials by other metrics: %zu of them, selected by %s, and %zu, by %s",
                            to->n_metrics, to->metric_names[0], from->n_metrics,
                            from->metric_names[0]);
    }
    for (size_t parameter = 0; parameter < from->n_parameters; parameter++) {
        PEREBOR_TRY(done, check_parameter(to, from, parameter, error));
    }
    for (size_t parameter = 0; parameter < to->n_parameters; parameter++) {
        PEREBOR_TRY(done, check_parameter(from, to, parameter, error));
    }
done:
    return status;
}

perebor_status perebor_trials_take(perebor_trials *trials, const perebor_trials *from,
                                   uint64_t *n_taken, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint64_t n = 0;
    overlap both = find_overlap(trials, from);
    PEREBOR_TRY(done, check_points(trials, from, error));
    for (uint64_t number = both.first; number < both.last; number++) {
        size_t row = (size_t)(number - trials->first_trial);
        size_t trial = (size_t)(number - from->first_trial);
        if (perebor_trials_finished(from, trial) && !perebor_trials_finished(trials, row)) {
            PEREBOR_TRY(done, perebor_trials_copy(trials, row, from, trial, error));
            n++;
        }
    }
    if (n_taken != NULL) {
        *n_taken = n;
    }
done:
    return status;
}
