// SPDX-License-Identifier: MIT
/**
 * @file trial_texts.h
 * The texts of a table of trials: each kept once, at an address that never moves.
 *
 * A search of 100 000 trials has a handful of different texts among its values; an open-addressing
 * table of pointers finds them again.
 */
#ifndef PEREBOR_TRIAL_TRIAL_TEXTS_H
#define PEREBOR_TRIAL_TRIAL_TEXTS_H

typedef struct trial_texts trial_texts;

/** NULL if memory is short. */
trial_texts *trial_texts_create(void);

void trial_texts_free(trial_texts *texts);

/** The kept copy of @p text, made if it is new; NULL if memory is short. */
const char *trial_texts_keep(trial_texts *texts, const char *text);

#endif
