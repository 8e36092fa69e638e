// SPDX-License-Identifier: MIT
/**
 * @file campaign_text.h
 * What a campaign did, on the terminal.
 */
#ifndef PEREBOR_CLI_CAMPAIGN_TEXT_H
#define PEREBOR_CLI_CAMPAIGN_TEXT_H

#include "cli/language.h"
#include "run/campaign_stage.h"

/** Prints the measures. */
void campaign_text_print(const campaign_stage *stage, const campaign_settings *settings,
                         language language);

/** One line: what a campaign measured, of the catalogue's uplifts if the outcome is what offers are
 * to prevent. */
void campaign_text_print_measured(const campaign_effect *all, bool wanted, language language);

#endif
