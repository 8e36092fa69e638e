// SPDX-License-Identifier: MIT
/**
 * @file forecast.h
 * What a search will take, said before it begins.
 */
#ifndef PEREBOR_CLI_FORECAST_H
#define PEREBOR_CLI_FORECAST_H

#include "perebor/search.h"
#include "run/study.h"

/**
 * Prints a line on standard error if it is seconds, a warning if it is many minutes.
 *
 * @return How many times as long as predicted the search takes here; 1 if that is not known.
 */
double forecast_print(const perebor_study *study, const perebor_search_options *options);

#endif
