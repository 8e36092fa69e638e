// SPDX-License-Identifier: MIT
/**
 * @file data_warnings.h
 * What a person should know about the data before a search learns them: what was guessed in reading
 * the tables, columns that a slip made nominal, columns of very many levels, and what gives the
 * target away.
 */
#ifndef PEREBOR_CLI_DATA_WARNINGS_H
#define PEREBOR_CLI_DATA_WARNINGS_H

#include <stddef.h>

#include "run/study.h"

/** Prints what was guessed in reading the tables on standard error. @return How many there are. */
size_t data_warnings_of_tables(const perebor_tables_report *report);

/** Prints which columns are nominal for the way in which their numbers or days are written, and the
 * steps that make numbers of them, on standard error. @return How many there are. */
size_t data_warnings_of_numbers(const perebor_tables_report *report, const char *experiment);

/** Prints these, and a line for each of the others. @return How many there are. */
size_t data_warnings_print(const perebor_study *study);

#endif
