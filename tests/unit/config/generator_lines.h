// SPDX-License-Identifier: MIT
/**
 * @file generator_lines.h
 * A generator file of which a test replaces one line.
 */
#ifndef PEREBOR_TEST_GENERATOR_LINES_H
#define PEREBOR_TEST_GENERATOR_LINES_H

#include <stddef.h>

enum { N_GENERATOR_LINES = 16, GENERATOR_FILE_SIZE = 8192 };

typedef struct generator_line {
    const char *key, *value;
} generator_line;

/** A generator, a key a line. */
extern const generator_line generator_lines[N_GENERATOR_LINES];

/** Writes the file with one value replaced; NULL leaves its line out. @return The length. */
size_t write_generator(char text[GENERATOR_FILE_SIZE], const char *key, const char *value);

/** One value that is refused with this message. */
typedef struct generator_fault {
    const char *key, *value, *message;
} generator_fault;

void check_generator_faults(const generator_fault *faults, size_t n);

#define CHECK_GENERATOR_FAULTS(faults)                                                             \
    check_generator_faults(faults, sizeof(faults) / sizeof *(faults))

#endif
