// SPDX-License-Identifier: MIT
/**
 * @file actionable.h
 * Columns that somebody can act upon: explain.actionable of an experiment file.
 */
#ifndef PEREBOR_ACTIONABLE_H
#define PEREBOR_ACTIONABLE_H

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Which way a column may be changed. */
typedef enum perebor_change_direction {
    PEREBOR_CHANGE_ANY = 0,
    PEREBOR_CHANGE_INCREASE = 1,
    PEREBOR_CHANGE_DECREASE = 2,
} perebor_change_direction;

/** "any", "increase", "decrease", NULL: what files and command lines call a direction. */
extern const char *const perebor_change_direction_names[];

/** One column. */
typedef struct perebor_actionable {
    const char *column;
    perebor_change_direction direction;
    unsigned line, at_column; /**< Where the experiment file names it; 0 if nowhere. */
    const char *source;       /**< Where line is 0: what names it instead; may be NULL. */
} perebor_actionable;

PEREBOR_END_DECLS

#endif
