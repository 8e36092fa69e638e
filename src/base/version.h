// SPDX-License-Identifier: MIT
/**
 * @file version.h
 * What this build calls itself.
 */
#ifndef PEREBOR_BASE_VERSION_H
#define PEREBOR_BASE_VERSION_H

/** Version and commit, such as "0.1.0-g1a2b3c4". */
const char *perebor_version(void);

/** Compiler, kind of build and architecture, for the record. */
const char *perebor_build(void);

/** Such as "GNU 12.2.0". */
const char *perebor_compiler(void);

/** Its flags, but for warnings and what the kernels of an instruction set add. */
const char *perebor_compiler_flags(void);

#endif
