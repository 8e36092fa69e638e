// SPDX-License-Identifier: MIT
/**
 * @file story.h
 * What result files have to say, as a document that can be written in any form: chapters in the
 * order in which people ask, figures of columns, findings with codes.
 *
 * A story is a pure function of the files that it was made from: no clock, no machine, no table.
 * HTML, JSON and Markdown (the room `render`) are three ways to write the same story. A figure is a
 * table of columns whose title is its finding; a chart is one way to look at these columns, and
 * says which. Rows of the user's tables are never in it but as what a stage made of them.
 *
 * Every text is in all languages at once, so that a page can change from one to the other. Names
 * and values of the user's stay as they are.
 *
 * Adding remembers the first failure of an allocation and then does nothing, so that a story is
 * built without a check on every line and asked once: story_check().
 */
#ifndef PEREBOR_STORY_STORY_H
#define PEREBOR_STORY_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/status.h"

/** Places in story_language_names. */
typedef enum story_language { STORY_ENGLISH = 0, STORY_RUSSIAN = 1 } story_language;

enum { STORY_N_LANGUAGES = 2 };

/** "en", "ru", NULL. */
extern const char *const story_language_names[];

/** A text in every language; never NULL. */
typedef struct story_text {
    const char *in[STORY_N_LANGUAGES];
} story_text;

typedef enum story_kind {
    STORY_WHOLE, /**< Whole numbers, as reals. */
    STORY_REAL,
    STORY_TERM, /**< Texts of the user's or the field's: the same in every language. */
    STORY_WORD, /**< Texts of ours. */
} story_kind;

/** "whole", "real", "term", "word". */
extern const char *const story_kind_names[];

/** One column of a figure. */
typedef struct story_column {
    const char *name;   /**< For programs and charts; unique in its figure. */
    story_text label;   /**< For people. */
    const char *role;   /**< What a chart does with it ("x", "y", "low" …); "" if nothing. */
    story_kind kind;    /**< Says which of the following is there. */
    int places;         /**< Digits behind the point that are shown of reals; -1: four in all. */
    double *numbers;    /**< [n_rows] NaN where there is none. */
    const char **terms; /**< [n_rows] NULL where there is none. */
    story_text *words;  /**< [n_rows] */
} story_column;

enum { STORY_MOST_COLUMNS = 160 };

/** A member of a chart's own settings. */
typedef struct story_option {
    const char *name, *text; /**< text is NULL if it is a number. */
    double number;
    struct story_option *next;
} story_option;

typedef struct story_figure {
    const char *id;    /**< Unique in the story: "search-history". */
    const char *chart; /**< How the page draws it; "" for a table alone. */
    story_text title;  /**< What it shows, as a sentence. */
    story_text note;   /**< How many it is made of, and how. */
    story_option *options, *last_option;
    size_t n_rows, n_columns;
    story_column columns[STORY_MOST_COLUMNS];
    struct story_figure *next;
} story_figure;

/** Whether what a chapter tells is in the file. */
typedef enum story_state {
    STORY_PRESENT,
    STORY_ABSENT, /**< No stage. */
    STORY_STALE,  /**< There is one, of another search or model than the file has now. */
} story_state;

/** "present", "absent", "stale". */
extern const char *const story_state_names[];

/** A command for people to paste, and what it brings. */
typedef struct story_command {
    const char *line;
    story_text what;
    struct story_command *next;
} story_command;

typedef struct story_paragraph {
    story_text text;
    struct story_paragraph *next;
} story_paragraph;

typedef struct story_chapter {
    const char *id; /**< "search" */
    story_text title;
    story_state state;
    story_paragraph *paragraphs, *last_paragraph;
    story_figure *figures, *last_figure;
    story_command *commands, *last_command; /**< That reproduce it, or would add what is missing. */
    struct story_chapter *next;
} story_chapter;

/** How grave a finding is. */
typedef enum story_severity {
    STORY_SERIOUS = 0, /**< A conclusion may be wrong. */
    STORY_WARNING = 1, /**< To be known before one acts. */
    STORY_NOTE = 2,
} story_severity;

/** "serious", "warning", "note". */
extern const char *const story_severity_names[];

typedef struct story_finding {
    unsigned code; /**< 14 is PRB014: finding_codes.h. */
    story_severity severity;
    story_text sentence;
    const char *chapter; /**< The id of the chapter that says more. */
    const char *remedy;  /**< A command; "" if none helps. */
    struct story_finding *next;
} story_finding;

/** Starts as {0}; ended with story_release(). */
typedef struct story {
    perebor_arena arena;
    bool failed;         /**< An allocation failed. */
    const char *title;   /**< The experiment's. */
    const char *made_by; /**< The version of the program that tells it. */
    story_text headline; /**< The verdict. */
    story_chapter *chapters, *last_chapter;
    story_finding *findings; /**< The gravest first, by code among equals. */
    const char *ignored;     /**< "PRB001 PRB016": findings that were made and that the experiment
                                  does not want to hear of. "" if none. */
    const char *unknown;     /**< Codes that the experiment ignores and that there are not; "". */
    const char *unwanted;    /**< JSON array of the codes that the experiment ignores, or NULL. */
    const char *positive;    /**< What the experiment calls the positive class. */
} story;

void story_release(story *story);

/** PEREBOR_ERR_MEMORY if anything could not be added. */
PEREBOR_MUST_CHECK perebor_status story_check(const story *story, perebor_error *error);

/** Zeroed memory that lives as long as the story; NULL, remembered, if memory is short. */
void *story_allocate(story *story, size_t n, size_t size);

/** A copy of a text; "" for NULL, or, remembered, if memory is short. */
const char *story_keep(story *story, const char *text);

/** A copy of at most so many bytes, whole characters, with "…" if that is not all. */
const char *story_cut(story *story, const char *text, size_t most);

/** A text made as printf makes it. */
const char *story_format(story *story, const char *format, ...) PEREBOR_PRINTF_LIKE(2, 3);

story_chapter *story_add_chapter(story *story, const char *id, story_text title);

/** Adding to a chapter that is NULL does nothing, and so for a figure. */
void story_add_paragraph(story *story, story_chapter *chapter, story_text text);
void story_add_command(story *story, story_chapter *chapter, const char *line, story_text what);

/** @param[in] n_rows  Of every column that is added. */
story_figure *story_add_figure(story *story, story_chapter *chapter, const char *id,
                               const char *chart, size_t n_rows);

/** Settings of a figure's chart. */
void story_set_text(story *story, story_figure *figure, const char *name, const char *text);
void story_set_number(story *story, story_figure *figure, const char *name, double number);

/**
 * Adds a column for the caller to fill: numbers are NaN, terms NULL.
 *
 * @return NULL if memory is short or there is no figure; story->failed then says so.
 */
double *story_add_numbers(story *story, story_figure *figure, const char *name, const char *role,
                          story_text label, story_kind kind, int places);
const char **story_add_terms(story *story, story_figure *figure, const char *name, const char *role,
                             story_text label);
story_text *story_add_words(story *story, story_figure *figure, const char *name, const char *role,
                            story_text label);

/** Adds a finding in its place. What the experiment ignores is counted and not told. */
void story_add_finding(story *story, unsigned code, story_severity severity, const char *chapter,
                       const char *remedy, story_text sentence);

#endif
