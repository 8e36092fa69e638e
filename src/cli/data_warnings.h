// SPDX-License-Identifier: MIT
/**
 * @file data_warnings.h
 * What a person should know about the data before a search runs on them.
 */
#ifndef PEREBOR_CLI_DATA_WARNINGS_H
#define PEREBOR_CLI_DATA_WARNINGS_H

#include "perebor/study.h"

/** Prints what was guessed in reading the tables, each as a warning, to stderr. */
void data_warnings_of_tables(const perebor_tables_report *report);

/** Prints these, and columns that may give the target away. */
void data_warnings_print(const perebor_study *study);

#endif
