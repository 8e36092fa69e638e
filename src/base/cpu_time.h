// SPDX-License-Identifier: MIT
/**
 * @file cpu_time.h
 * What work cost, for reports; nothing that bears on a score looks at a clock.
 */
#ifndef PEREBOR_BASE_CPU_TIME_H
#define PEREBOR_BASE_CPU_TIME_H

/** CPU time of the calling thread so far. */
double perebor_cpu_seconds(void);

#endif
