// SPDX-License-Identifier: MIT
/**
 * @file story_make.h
 * Reads result files and tells them: one file by itself, several beside each other.
 */
#ifndef PEREBOR_STORY_STORY_MAKE_H
#define PEREBOR_STORY_STORY_MAKE_H

#include "perebor/status.h"
#include "story/story.h"

typedef struct story_options {
    size_t n_customers; /**< Rows of the user's that are explained one by one, the likeliest first:
                             identifiers and Shapley values of no more than these are in it. */
} story_options;

/** So many unless asked otherwise: who reads a report looks a few up. */
enum { STORY_USUAL_CUSTOMERS = 100 };

/**
 * @param[out] story  Ended with story_release().
 * @param[in]  paths  [n] Of several, the first is what the others are compared with, and may be
 *                    what comparison_make() reads.
 *
 * @retval others  A file cannot be read. Forks (result_file.h).
 */
PEREBOR_MUST_CHECK perebor_status story_make(story *story, const char *const *paths, size_t n,
                                             const story_options *options, perebor_error *error);

#endif
