// SPDX-License-Identifier: MIT
/**
 * @file clock.h
 * Seconds that only go forward.
 */
#ifndef PEREBOR_BASE_CLOCK_H
#define PEREBOR_BASE_CLOCK_H

#include <time.h>

/** Seconds since some moment before this process began. */
static inline double clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/** The moment so many seconds from now. */
static inline struct timespec clock_after(double seconds) {
    double then = clock_now() + seconds;
    time_t whole = (time_t)then;
    return (struct timespec){.tv_sec = whole, .tv_nsec = (long)(1e9 * (then - (double)whole))};
}

/** Sleeps; may wake early for a signal. */
static inline void clock_sleep(double seconds) {
    time_t whole = (time_t)seconds;
    struct timespec pause = {.tv_sec = whole, .tv_nsec = (long)(1e9 * (seconds - (double)whole))};
    nanosleep(&pause, NULL);
}

#endif
