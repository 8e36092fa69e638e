// SPDX-License-Identifier: MIT
/** A handful of scored rows with a number, a level, a profit, and identifiers. */
#ifndef TESTS_UNIT_SEGMENT_SHOP_ROWS_H
#define TESTS_UNIT_SEGMENT_SHOP_ROWS_H

#include "segment/segmentation.h"

enum { SHOP_ROWS = 8 };

extern const perebor_dataset shop_dataset;
extern const double shop_probabilities[SHOP_ROWS];

/** risk: low, mid from .3, high from .7; worth: small, large from the median. No rules. */
extern const segment_settings shop_settings;

#endif
