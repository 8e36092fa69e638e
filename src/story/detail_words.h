// SPDX-License-Identifier: MIT
/**
 * @file detail_words.h
 * What cleaning steps did and what is the matter with tables, in both languages.
 *
 * Result files have the details of steps and findings as English sentences (table_log(),
 * quality_note_finding()). Here each of their forms stands beside its translation: a sentence is
 * taken apart by its form, and its numbers, names and values are put into the other one.
 */
#ifndef PEREBOR_STORY_DETAIL_WORDS_H
#define PEREBOR_STORY_DETAIL_WORDS_H

#include "story/story.h"

/**
 * A detail in both languages; of no known form it stays as it is.
 *
 * @param[in] kind  Of the finding, or the step.
 */
story_text detail_words(story *story, const char *kind, const char *english);

/** A kind of findings or a step: "outliers". One that is not known stays as it is. */
story_text detail_kind(const char *kind);

#endif
