// SPDX-License-Identifier: MIT
/**
 * @file calibration_word.h
 * How probabilities are to be made, as a word: what refit and assess take, and what their stages
 * say of it.
 */
#ifndef PEREBOR_RUN_CALIBRATION_WORD_H
#define PEREBOR_RUN_CALIBRATION_WORD_H

#include <stdbool.h>

#include "perebor/calibration.h"
#include "perebor/learner.h"
#include "perebor/status.h"

/** In this order. */
#define CALIBRATION_WORDS "auto|sigmoid|isotonic|beta|none"

typedef enum calibration_word {
    CALIBRATION_AUTO = 0, /**< The one that loses least on rows that it was not fitted to. */
    CALIBRATION_SIGMOID,
    CALIBRATION_ISOTONIC,
    CALIBRATION_BETA,
    CALIBRATION_NONE, /**< What the learner says: log-odds by their sigmoid, shares as they are. */
} calibration_word;

const char *calibration_word_name(calibration_word word);

/**
 * The method of a word.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The learner's scores cannot be taken so: none, of margins; sigmoid,
 *                               of shares.
 */
PEREBOR_MUST_CHECK perebor_status calibration_word_method(perebor_calibration_method *method,
                                                          calibration_word word,
                                                          const perebor_learner *learner,
                                                          perebor_error *error);

/** What a map is, in a word or two: "isotonic", "none". */
const char *calibration_word_of(const perebor_calibration *calibration,
                                const perebor_learner *learner);

/**
 * The word of a name.
 *
 * @return Whether there is one.
 */
bool calibration_word_find(const char *name, calibration_word *word);

#endif
