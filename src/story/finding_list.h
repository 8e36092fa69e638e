// SPDX-License-Identifier: MIT
/**
 * @file finding_list.h
 * Which findings an experiment does not want to be told.
 */
#ifndef PEREBOR_STORY_FINDING_LIST_H
#define PEREBOR_STORY_FINDING_LIST_H

#include "story/story.h"

/** Takes a JSON array of codes, as the resolved experiment has it: ["PRB001"]. */
void finding_list_ignore(story *story, const char *list);

#endif
