// SPDX-License-Identifier: MIT
/**
 * @file summary.h
 * What is said at the end of a search.
 */
#ifndef PEREBOR_CLI_SUMMARY_H
#define PEREBOR_CLI_SUMMARY_H

#include "perebor/search.h"

/** Prints trials, time, best, file and digest on standard output. */
void summary_print(const perebor_search_summary *summary, int n_ranks);

#endif
