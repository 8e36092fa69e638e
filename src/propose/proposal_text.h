// SPDX-License-Identifier: MIT
/**
 * @file proposal_text.h
 * The sections of a proposed experiment below `data`.
 */
#ifndef PEREBOR_PROPOSE_PROPOSAL_TEXT_H
#define PEREBOR_PROPOSE_PROPOSAL_TEXT_H

#include "inspect/quality_notes.h"
#include "propose/proposal.h"

/** Appends `split`, `cv` and `search`, as fit the size of the table. */
void proposal_add_search(const perebor_proposal *proposal, quality_notes *notes,
                         quality_list *text);

#endif
