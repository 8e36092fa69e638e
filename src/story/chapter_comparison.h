// SPDX-License-Identifier: MIT
/**
 * @file chapter_comparison.h
 * Several searches beside the first of them, as the room `compare` found them.
 */
#ifndef PEREBOR_STORY_CHAPTER_COMPARISON_H
#define PEREBOR_STORY_CHAPTER_COMPARISON_H

#include "compare/comparison.h"
#include "story/story.h"

/** Adds the chapters and findings of a comparison. */
void tell_comparison(story *story, const comparison *compared);

/** Whether a pair's files agree on columns, segments and offers. */
void tell_compared_stages(story *story, story_chapter *chapter, const comparison *compared,
                          const comparison_pair *pair);

#endif
