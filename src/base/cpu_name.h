// SPDX-License-Identifier: MIT
/**
 * @file cpu_name.h
 * What the processor of this machine calls itself.
 */
#ifndef PEREBOR_BASE_CPU_NAME_H
#define PEREBOR_BASE_CPU_NAME_H

#include <stddef.h>

/**
 * Such as "AMD EPYC 7763 64-Core Processor", from /proc/cpuinfo; the architecture, such as
 * "aarch64", where the kernel gives no name.
 */
void perebor_cpu_name(char *name, size_t size);

/** The same from another file than /proc/cpuinfo. */
void perebor_cpu_name_from(const char *path, char *name, size_t size);

#endif
