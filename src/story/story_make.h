// SPDX-License-Identifier: MIT
/**
 * @file story_make.h
 * Reads result files and tells them: one file by itself, several beside each other.
 */
#ifndef PEREBOR_STORY_STORY_MAKE_H
#define PEREBOR_STORY_STORY_MAKE_H

#include "perebor/status.h"
#include "story/story.h"

/**
 * @param[out] story  Ended with story_release().
 * @param[in]  paths  [n] Of several, the first is what the others are compared with, and may be
 *                    what comparison_make() reads.
 *
 * @retval others  A file cannot be read. Forks (result_file.h).
 */
PEREBOR_MUST_CHECK perebor_status story_make(story *story, const char *const *paths, size_t n,
                                             perebor_error *error);

#endif
