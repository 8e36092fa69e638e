// SPDX-License-Identifier: MIT
/**
 * @file generated_part.h
 * Parts of the files of one generation, written by several processes and joined by one.
 *
 * Part 2 of 4 of money.csv is money.csv.part-0002-of-0004: lines without what comes before or after
 * them in the whole file. Its record, generation.part-0002-of-0004, is written last; it says what
 * the part is of and what is in it, and that it is whole.
 */
#ifndef PEREBOR_GENERATE_GENERATED_PART_H
#define PEREBOR_GENERATE_GENERATED_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "generate/generator.h"

enum { PART_SUFFIX_SIZE = 32 };

/** What is appended to the names of a part's files; "" if there is one part only. */
void generated_part_suffix(const perebor_generate_options *options, uint32_t part,
                           char suffix[PART_SUFFIX_SIZE]);

/** Writes the record of options->part. */
PEREBOR_MUST_CHECK perebor_status generated_part_record(const perebor_generator *generator,
                                                        const perebor_generate_options *options,
                                                        const perebor_generate_summary *summary,
                                                        perebor_error *error);

#endif
