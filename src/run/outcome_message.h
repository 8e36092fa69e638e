// SPDX-License-Identifier: MIT
/**
 * @file outcome_message.h
 * What a unit's result says, as bytes: when it ran, what each member came to, and why some failed.
 *
 * Ranks of one run are one program on like machines, so numbers travel as they lie in memory.
 */
#ifndef PEREBOR_RUN_OUTCOME_MESSAGE_H
#define PEREBOR_RUN_OUTCOME_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "exec/job.h"
#include "perebor/status.h"
#include "trial/evaluate.h"
#include "trial/outcome_collector.h"

/** Appends header and outcomes to a result. */
PEREBOR_MUST_CHECK perebor_status outcome_message_write(perebor_unit_result *result,
                                                        const outcome_header *header,
                                                        const perebor_member_outcome *outcomes,
                                                        perebor_error *error);

/**
 * Reads a result back.
 *
 * @param[in]  n_further  Metrics beside the selecting one that the outcomes must have.
 * @param[out] outcomes   [n_expected] Released with perebor_member_outcomes_release(); nothing to
 *                        release where this fails.
 * @retval PEREBOR_ERR_FORMAT  Not such a message, or not of so many members or metrics.
 */
PEREBOR_MUST_CHECK perebor_status outcome_message_read(const void *bytes, size_t size,
                                                       size_t n_expected, size_t n_further,
                                                       outcome_header *header,
                                                       perebor_member_outcome *outcomes,
                                                       perebor_error *error);

/** The same for a part of a unit: before its outcomes the addends of scores and curves. */
PEREBOR_MUST_CHECK perebor_status part_message_write(perebor_unit_result *result,
                                                     const outcome_header *header,
                                                     const perebor_part_scores *scores,
                                                     perebor_error *error);

/** Reads the result of a part back. @param[in,out] scores  As perebor_part_scores_create() makes
 * them. */
PEREBOR_MUST_CHECK perebor_status part_message_read(const void *bytes, size_t size,
                                                    size_t n_further, outcome_header *header,
                                                    perebor_part_scores *scores,
                                                    perebor_error *error);

#endif
