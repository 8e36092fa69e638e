// SPDX-License-Identifier: MIT
/**
 * @file time_limit.h
 * How long a search may hand out work.
 */
#ifndef PEREBOR_RUN_TIME_LIMIT_H
#define PEREBOR_RUN_TIME_LIMIT_H

/**
 * The nearest of three ends: what the command line allows, what the experiment allows, and the end
 * of the Slurm allocation (SLURM_JOB_END_TIME) less what finishing takes.
 *
 * @param[in] max_seconds, timeout_seconds  0: none.
 * @param[in] now                           Seconds since 1970.
 * @return Seconds from now, at least 0; infinity if there is no end.
 */
double time_limit_seconds(double max_seconds, double timeout_seconds, double now);

#endif
