// SPDX-License-Identifier: MIT
/**
 * @file version.h
 * What this build calls itself.
 */
#ifndef PEREBOR_BASE_VERSION_H
#define PEREBOR_BASE_VERSION_H

/** Version and commit, such as "0.1.0-g1a2b3c4". */
const char *perebor_version(void);

/** Compiler and flags, for the record. */
const char *perebor_build(void);

#endif
