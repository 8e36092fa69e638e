// SPDX-License-Identifier: MIT
#include "base/cpu_time.h"

#include <time.h>

double perebor_cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
