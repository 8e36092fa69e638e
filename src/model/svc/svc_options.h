// SPDX-License-Identifier: MIT
/**
 * @file svc_options.h
 * What may be set of a support vector machine, and what it comes to on given rows.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_OPTIONS_H
#define PEREBOR_MODEL_SVC_SVC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/svc/svc_rows.h"
#include "perebor/learner.h"

/** The settings by their places in svc_settings. */
enum {
    SVC_KERNEL,
    SVC_C,
    SVC_GAMMA,
    SVC_DEGREE,
    SVC_COEF0,
    SVC_CLASS_WEIGHT,
    SVC_MAX_ITER,
    SVC_N_SETTINGS
};

enum { svc_max_moves = 10000000 }; /**< Moves of the solver, unless a cap is set. */

extern const perebor_setting svc_settings[SVC_N_SETTINGS];

/** The kernel that settings name. */
svc_kernel_kind svc_kernel_kind_read(const perebor_value *settings);

/** The settings, read from their values and completed by what they leave to the data. */
typedef struct svc_options {
    svc_kernel kernel;
    double bounds[2];        /**< C times the weight of each class. */
    double mean_square;      /**< Mean product of a row with itself; for poly. */
    uint64_t max_iterations; /**< The most that the solver takes. */
    bool capped;             /**< max_iterations was set, and is not the default. */
} svc_options;

/** Reads settings in the order of svc_settings. */
void svc_options_read(svc_options *options, const perebor_training *training,
                      const perebor_value *settings);

#endif
