// SPDX-License-Identifier: MIT
/**
 * @file leak_warnings.h
 * What gives the target away, said before a search learns it.
 */
#ifndef PEREBOR_CLI_LEAK_WARNINGS_H
#define PEREBOR_CLI_LEAK_WARNINGS_H

#include "perebor/study.h"

/** Prints a line for each leak on standard error. */
void leak_warnings_print(const perebor_study *study);

#endif
