// SPDX-License-Identifier: MIT
/**
 * @file small_experiment.h
 * Made-up rows with missing values, ties and something to learn; a space with every step and the
 * learners that are one model, and one with those that are many.
 */
#ifndef TESTS_SUPPORT_SMALL_EXPERIMENT_H
#define TESTS_SUPPORT_SMALL_EXPERIMENT_H

#include "perebor/dataset.h"
#include "perebor/space.h"

enum { SMALL_N_ROWS = 180, SMALL_N_NUMERIC = 5 };

/** The rows; the last column is nominal. Stays where it is: the dataset points into it. */
typedef struct small_experiment {
    double values[SMALL_N_NUMERIC + 1][SMALL_N_ROWS];
    uint8_t labels[SMALL_N_ROWS];
    char id_texts[SMALL_N_ROWS][8];
    const char *ids[SMALL_N_ROWS];
    perebor_column columns[SMALL_N_NUMERIC + 1];
    perebor_dataset dataset;
} small_experiment;

void small_experiment_fill(small_experiment *self);

/** A parameter over texts. @param[out] into  [as many]. @param[in] texts  Ends with NULL. */
perebor_parameter small_experiment_choice(const char *name, perebor_value *into,
                                          const char *const *texts);

/** @param[out] space  Freed with perebor_space_free(). */
PEREBOR_MUST_CHECK perebor_status small_experiment_space(perebor_space **space, uint64_t seed,
                                                         perebor_error *error);

/** Forests of every kind, and naive Bayes. @param[out] space  Freed with perebor_space_free(). */
PEREBOR_MUST_CHECK perebor_status small_experiment_forests(perebor_space **space, uint64_t seed,
                                                           perebor_error *error);

#endif
