// SPDX-License-Identifier: MIT
/**
 * @file offer_text.h
 * A plan of offers on the terminal.
 */
#ifndef PEREBOR_CLI_OFFER_TEXT_H
#define PEREBOR_CLI_OFFER_TEXT_H

#include "cli/language.h"
#include "run/offer_stage.h"

/** Prints what each offer and channel gets, what the plan brings, how far it is from the bound, and
 * what it rests upon. */
void offer_text_print(const offer_stage *stage, language language);

#endif
