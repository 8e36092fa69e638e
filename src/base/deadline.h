// SPDX-License-Identifier: MIT
/**
 * @file deadline.h
 * How a long computation learns that nobody waits for it any more.
 *
 * Who watches over a thread lends it a flag. What the thread computes looks at the flag now and
 * then in its outer loops, a thousand times a second or so, and ends with PEREBOR_ERR_STOPPED once
 * it is up. A result never depends on the flag: there is all of it, or none. A thread that was lent
 * no flag is never stopped.
 */
#ifndef PEREBOR_BASE_DEADLINE_H
#define PEREBOR_BASE_DEADLINE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "perebor/status.h"

/** Lends this thread a flag, which must outlive the loan; NULL ends it. */
void perebor_deadline_heed(const atomic_bool *flag);

/** Whether the flag of this thread is up. */
bool perebor_deadline_passed(void);

/** @retval PEREBOR_ERR_STOPPED  The flag of this thread is up. */
PEREBOR_MUST_CHECK perebor_status perebor_deadline_check(perebor_error *error);

#endif
