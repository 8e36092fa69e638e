// SPDX-License-Identifier: MIT
/**
 * @file try.h
 * The one way this library leaves a function early.
 */
#ifndef PEREBOR_BASE_TRY_H
#define PEREBOR_BASE_TRY_H

#include "perebor/status.h"

/** Jumps to @p label if @p call fails. Needs a local `perebor_status status`. */
#define PEREBOR_TRY(label, call)                                                                   \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != PEREBOR_OK) {                                                                \
            goto label;                                                                            \
        }                                                                                          \
    } while (0)

#endif
