// SPDX-License-Identifier: MIT
#include "base/deadline.h"

#include <stddef.h>

static _Thread_local const atomic_bool *heeded;

void perebor_deadline_heed(const atomic_bool *flag) {
    heeded = flag;
}

bool perebor_deadline_passed(void) {
    return heeded != NULL && atomic_load_explicit(heeded, memory_order_relaxed);
}

perebor_status perebor_deadline_check(perebor_error *error) {
    return perebor_deadline_passed() ? perebor_fail(error, PEREBOR_ERR_STOPPED, "out of time")
                                     : PEREBOR_OK;
}
