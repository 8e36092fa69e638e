// SPDX-License-Identifier: MIT
/**
 * @file binding.h
 * From the name of a parameter to what it sets, and whether that takes every value that the
 * parameter can have.
 */
#ifndef PEREBOR_PIPELINE_BINDING_H
#define PEREBOR_PIPELINE_BINDING_H

#include "perebor/pipeline.h"

/** What a parameter or a preset sets. */
typedef struct binding {
    const perebor_setting *setting;
    const perebor_preparation_step *step; /**< The step of preparation, or NULL. */
    size_t learner;                       /**< Index of the learner, if it is not preparation's. */
    size_t index;                         /**< Which of the learner's settings. */
    bool model;                           /**< Chooses the learner. */
} binding;

/** Where a name comes from, for messages. */
typedef struct binding_origin {
    const char *file, *name;
    unsigned line, column;
    const char *source; /**< What stands in for the file: "--set search.parameters.model"; NULL. */
} binding_origin;

/** Fails with a message that begins with the place and the name. */
perebor_status binding_refuse(perebor_error *error, const binding_origin *from, const char *reason);

/** Finds what a name sets. */
PEREBOR_MUST_CHECK perebor_status binding_find(binding *binding, const binding_origin *from,
                                               perebor_error *error);

/** The learner that other tools know by a word ("svm", "LogisticRegression"), or NULL. */
const char *binding_synonym(const char *word);

/** The learner most like a method that is known by a word ("RandomForest") and is not there; NULL
 * if it is there, or no such method is known. */
const char *binding_nearest(const char *word);

/**
 * What is to be said of a setting that a step or learner does not have, from what others call
 * theirs.
 *
 * @param[out] hint  Continues the sentence, if true is returned.
 */
bool binding_setting_hint(const char *word, const perebor_setting *settings, size_t n_settings,
                          char *hint, size_t size);

/** Index of a learner, or SIZE_MAX. */
size_t binding_find_learner(const char *name, size_t length);

/** The learner that a value of `model` names. */
PEREBOR_MUST_CHECK perebor_status binding_accept_model(perebor_value value, size_t *learner,
                                                       const binding_origin *from,
                                                       perebor_error *error);

/** Checks one value. */
PEREBOR_MUST_CHECK perebor_status binding_check_value(const binding *binding, perebor_value value,
                                                      const binding_origin *from,
                                                      perebor_error *error);

/** Checks every value that a parameter can have. */
PEREBOR_MUST_CHECK perebor_status binding_check_parameter(const binding *binding,
                                                          const perebor_parameter *parameter,
                                                          const binding_origin *from,
                                                          perebor_error *error);

#endif
