// SPDX-License-Identifier: MIT
/**
 * Members of a club with everything that a segmentation may be asked for: visits and spending in
 * two heaps, consent, a plan, probabilities, a test part, and what columns add to scores.
 */
#ifndef TESTS_UNIT_SEGMENT_CLUB_ROWS_H
#define TESTS_UNIT_SEGMENT_CLUB_ROWS_H

#include "segment/segmentation.h"

enum { CLUB_ROWS = 600 };

extern const perebor_dataset club_dataset;
extern segment_rows club_rows;
extern const segment_settings club_settings;

/** Fills them: the same every time. A set-up of cmocka's. */
int make_club(void **state);

#endif
