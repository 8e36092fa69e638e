// SPDX-License-Identifier: MIT
/**
 * @file deadline.h
 * How a long computation learns that nobody waits for it any more.
 *
 * Who watches over a thread lends it a flag. What the thread computes looks at the flag now and
 * then, between any two looks at no more than some millions of values, and ends with
 * PEREBOR_ERR_STOPPED once it is up: within 100 ms, whatever the table. A flag that is up stays up
 * until the computation has ended, so a loop that returns nothing may just break off, if whoever
 * called it checks the flag before it uses what the loop was to make. A result never depends on the
 * flag: there is all of it, or none. A thread that was lent no flag is never stopped.
 */
#ifndef PEREBOR_BASE_DEADLINE_H
#define PEREBOR_BASE_DEADLINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

/** Lends this thread a flag, which must outlive the loan; NULL ends it. */
void perebor_deadline_heed(const atomic_bool *flag);

/** Whether the flag of this thread is up. */
bool perebor_deadline_passed(void);

/** Values that a loop of short turns works on between two looks. */
enum { PEREBOR_DEADLINE_VALUES = 1 << 17 };

/**
 * For loops whose turns may be as short as a look: counts what they work on, and looks when that
 * was enough.
 *
 * @param[in,out] worked  Values since the last look; 0 before the first.
 * @param[in]     values  That the turn works on, about.
 * @return Whether the flag of this thread was seen up.
 */
static inline bool perebor_deadline_passed_after(size_t *worked, size_t values) {
    *worked += values;
    if (*worked < PEREBOR_DEADLINE_VALUES) {
        return false;
    }
    *worked = 0;
    return perebor_deadline_passed();
}

/** @retval PEREBOR_ERR_STOPPED  The flag of this thread is up. */
PEREBOR_MUST_CHECK perebor_status perebor_deadline_check(perebor_error *error);

#endif
