// SPDX-License-Identifier: MIT
/**
 * @file nearest_file.h
 * "Did you mean …" of a file that is not there.
 */
#ifndef PEREBOR_BASE_NEAREST_FILE_H
#define PEREBOR_BASE_NEAREST_FILE_H

#include <stddef.h>

/** What a hint takes: a name of a file, and the words around it. */
enum { NEAREST_FILE_SIZE = 288 };

/**
 * Writes ` (did you mean "NAME"?)`, of the name in the folder of @p path that is nearest to its
 * last part, or nothing if none is near. Hidden files are nobody's mistake. Where both have the
 * same ending, what is before it must be near: "b.h5" is no mistake for "a.h5". The order in which
 * the folder has its names does not matter.
 *
 * @param[out] hint  [NEAREST_FILE_SIZE]
 */
void perebor_nearest_file(const char *path, char hint[NEAREST_FILE_SIZE]);

#endif
