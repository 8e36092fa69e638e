// SPDX-License-Identifier: MIT
#include "run/time_limit.h"

#include <math.h>
#include <stdlib.h>

/** The file must be written before Slurm ends the job: units that run end within a second. */
static const double finishing_seconds = 60.0;
static const double finishing_share = 0.1; // The share of an allocation that is itself short.

/** Seconds to the end of the allocation, less those for finishing; infinite outside Slurm. */
static double allocation_seconds(double now) {
    const char *text = getenv("SLURM_JOB_END_TIME");
    char *after = NULL;
    double end = text != NULL ? strtod(text, &after) : 0.0;
    if (text == NULL || after == text || *after != '\0' || !(end > 0.0)) {
        return INFINITY;
    }
    double left = fmax(0.0, end - now);
    return left - fmin(finishing_seconds, finishing_share * left);
}

double time_limit_seconds(double max_seconds, double timeout_seconds, double now) {
    double limit = allocation_seconds(now);
    limit = max_seconds > 0.0 ? fmin(limit, max_seconds) : limit;
    return timeout_seconds > 0.0 ? fmin(limit, timeout_seconds) : limit;
}
