// SPDX-License-Identifier: MIT
/**
 * @file story_json.h
 * A story as a JSON document, for programs and for the page.
 */
#ifndef PEREBOR_RENDER_STORY_JSON_H
#define PEREBOR_RENDER_STORY_JSON_H

#include "base/json.h"
#include "story/story.h"

/** Who writes it, and how texts and columns are written. */
typedef struct story_json {
    perebor_json json;
    const story *story;
    int language; /**< A story_language; -1: arrays of all. */
    /** Writes the value of the key "values"; NULL: as an array. */
    void (*put_values)(struct story_json *writing, const story_column *column, size_t n_rows);
    void *context;
} story_json;

/** Writes the document, from the opening to the closing brace. */
void story_json_write(story_json *writing);

/** Writes a text in the language, or in all. */
void story_json_text(story_json *writing, story_text text);

/** Writes the values of a column as an array. */
void story_json_values(story_json *writing, const story_column *column, size_t n_rows);

#endif
