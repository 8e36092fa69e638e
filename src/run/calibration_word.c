// SPDX-License-Identifier: MIT
#include "run/calibration_word.h"

#include <string.h>

static const char *const names[] = {"auto", "sigmoid", "isotonic", "beta", "none"};

const char *calibration_word_name(calibration_word word) {
    return names[word];
}

perebor_status calibration_word_method(perebor_calibration_method *method, calibration_word word,
                                       const perebor_learner *learner, perebor_error *error) {
    static const perebor_calibration_method methods[] = {
        [CALIBRATION_AUTO] = PEREBOR_CALIBRATE_BEST,
        [CALIBRATION_SIGMOID] = PEREBOR_CALIBRATE_SIGMOID,
        [CALIBRATION_ISOTONIC] = PEREBOR_CALIBRATE_ISOTONIC,
        [CALIBRATION_BETA] = PEREBOR_CALIBRATE_BETA,
        [CALIBRATION_NONE] = PEREBOR_CALIBRATE_USUALLY,
    };
    if (word == CALIBRATION_NONE && perebor_calibration_needed(learner)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "scores of %s are margins, which are no probabilities by themselves: "
                            "calibrate by auto, sigmoid, isotonic or beta",
                            learner->name);
    }
    if (word == CALIBRATION_SIGMOID && learner->score_kind == PEREBOR_SCORE_SHARE) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "scores of %s are shares, which no sigmoid calibrates: calibrate by "
                            "auto, isotonic, beta or none",
                            learner->name);
    }
    *method = methods[word];
    return PEREBOR_OK;
}

const char *calibration_word_of(const perebor_calibration *calibration,
                                const perebor_learner *learner) {
    switch (calibration->kind) {
    case PEREBOR_CALIBRATION_ISOTONIC:
        return names[CALIBRATION_ISOTONIC];
    case PEREBOR_CALIBRATION_BETA:
        return names[CALIBRATION_BETA];
    case PEREBOR_CALIBRATION_SIGMOID:
        break;
    }
    bool own = learner->score_kind == PEREBOR_SCORE_SHARE ||
               (!perebor_calibration_needed(learner) && calibration->slope == -1.0 &&
                calibration->offset == 0.0);
    return names[own ? CALIBRATION_NONE : CALIBRATION_SIGMOID];
}

bool calibration_word_find(const char *name, calibration_word *word) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *word = (calibration_word)i;
            return true;
        }
    }
    return false;
}
