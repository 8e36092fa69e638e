// SPDX-License-Identifier: MIT
/**
 * @file render.h
 * A story written down: as a page for people, as JSON for programs, as Markdown for both.
 *
 * All three are functions of the story and the language alone, byte for byte.
 */
#ifndef PEREBOR_RENDER_RENDER_H
#define PEREBOR_RENDER_RENDER_H

#include <stdio.h>

#include "perebor/status.h"
#include "story/story.h"

/** What JSON and pages say that they are. */
#define RENDER_FORMAT "perebor-report"
#define RENDER_FORMAT_VERSION "1.0"

/** The first bytes of each form: what tells a report from other files. */
extern const char render_html_beginning[], render_json_beginning[], render_markdown_beginning[];

/**
 * One JSON object: format, format_version, language, title, verdict, findings, sections; every
 * number as the shortest text that reads back as the same. Ends with a line feed.
 */
PEREBOR_MUST_CHECK perebor_status render_json(const story *story, story_language language,
                                              FILE *stream, perebor_error *error);

/** Markdown with a YAML head that Quarto reads; of long tables the first rows, and how many more
 * there are. */
PEREBOR_MUST_CHECK perebor_status render_markdown(const story *story, story_language language,
                                                  FILE *stream, perebor_error *error);

/**
 * One HTML file that needs nothing else: the built page with the story in it, in all languages.
 *
 * @param[in] language  That it opens in.
 */
PEREBOR_MUST_CHECK perebor_status render_html(const story *story, story_language language,
                                              FILE *stream, perebor_error *error);

#endif
