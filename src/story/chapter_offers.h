// SPDX-License-Identifier: MIT
/**
 * @file chapter_offers.h
 * The part of the chapter of segments that tells of offers, and of the campaign that made them.
 */
#ifndef PEREBOR_STORY_CHAPTER_OFFERS_H
#define PEREBOR_STORY_CHAPTER_OFFERS_H

#include "story/telling.h"

/** The plan. @param[in] segments  The stage that it was made from. */
void tell_offers(telling *telling, story_chapter *chapter, const h5_node *segments);

/** What the campaign did, if one was measured. */
void tell_campaign(telling *telling, story_chapter *chapter);

#endif
