// SPDX-License-Identifier: MIT
/**
 * @file flat_study.h
 * An experiment of one made-up table in a folder of the test's own, its search made up and one of
 * its trials refitted: for what later commands do with a result file.
 */
#ifndef TESTS_SUPPORT_FLAT_STUDY_H
#define TESTS_SUPPORT_FLAT_STUDY_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/result_file.h"

enum { FLAT_N_ROWS = 80, FLAT_N_TRIALS = 4 };

/** Writes rows first … first + n - 1 of an endless table: id, x, kind, y. */
void flat_write_table(const char *path, size_t first, size_t n);

/**
 * Writes t.csv and e.yaml into the working folder, and a result file whose trials are finished.
 *
 * @param[in] with_id  Whether the experiment names the identifier.
 */
void flat_write_search(const char *path, bool with_id);

/** Refits a trial of a file and writes it back. */
void flat_refit(const char *path, size_t row);

/** Deletes t.csv and e.yaml. */
void flat_remove(void);

#endif
