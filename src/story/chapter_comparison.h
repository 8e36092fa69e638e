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

#endif
