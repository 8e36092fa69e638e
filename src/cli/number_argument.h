// SPDX-License-Identifier: MIT
/**
 * @file number_argument.h
 * Numbers as options spell them: a count, or the trials that --trials names.
 */
#ifndef PEREBOR_CLI_NUMBER_ARGUMENT_H
#define PEREBOR_CLI_NUMBER_ARGUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "perebor/search.h"

/** Reads a whole number from 0 to 2^63 - 1 that ends at @p end; false if it is none. */
bool number_argument_count(const char *text, const char *end, uint64_t *count);

/** Reads "500" or "500:1000" into the options; false if it is neither. */
bool number_argument_trials(const char *text, perebor_search_options *search);

#endif
