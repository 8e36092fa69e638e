// SPDX-License-Identifier: MIT
/**
 * @file forecast.h
 * What a search will take, said before it begins.
 */
#ifndef PEREBOR_CLI_FORECAST_H
#define PEREBOR_CLI_FORECAST_H

#include "perebor/search.h"
#include "run/study.h"

/** Prints a line on standard error if it is seconds, a warning if it is many minutes. */
void forecast_print(const perebor_study *study, const perebor_search_options *options);

#endif
