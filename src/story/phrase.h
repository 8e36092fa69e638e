// SPDX-License-Identifier: MIT
/**
 * @file phrase.h
 * Sentences with gaps, each beside its translation, so that whoever changes one sees the other.
 *
 *     PHRASE(story, "{n} {n:trial|trials} of {model}", "{n} {n:испытание|испытания|испытаний} "
 *            "{model}", GAP_WHOLE("n", 3), GAP_TERM("model", "knn"))
 *
 * {name} is the gap's text; {name:one|few|many} is the word that goes with the gap's number:
 * English has one and many (which take the second place), Russian 1, 2 to 4 and 5 or more.
 */
#ifndef PEREBOR_STORY_PHRASE_H
#define PEREBOR_STORY_PHRASE_H

#include "story/story.h"

typedef enum phrase_gap_kind {
    PHRASE_END,
    PHRASE_TERM,
    PHRASE_WORD,
    PHRASE_NUMBER
} phrase_gap_kind;

/** What goes into a gap. */
typedef struct phrase_gap {
    phrase_gap_kind kind;
    const char *name;
    const char *term;
    story_text word;
    double number;
    int places; /**< As of a column. */
} phrase_gap;

#define GAP_TERM(gap, value)                                                                       \
    { .kind = PHRASE_TERM, .name = (gap), .term = (value) }
#define GAP_WORD(gap, value)                                                                       \
    { .kind = PHRASE_WORD, .name = (gap), .word = (value) }
#define GAP_REAL(gap, value, digits)                                                               \
    { .kind = PHRASE_NUMBER, .name = (gap), .number = (value), .places = (digits) }
#define GAP_WHOLE(gap, value) GAP_REAL(gap, (double)(value), 0)

/** A text as it stands in both languages: story_text. */
#define WORDS(english, russian) ((story_text){{(english), (russian)}})

/** A sentence whose gaps are filled. */
#define PHRASE(story, english, russian, ...)                                                       \
    phrase_fill((story), WORDS(english, russian),                                                  \
                (const phrase_gap[]){__VA_ARGS__, {.kind = PHRASE_END}})

/** The same text in every language: a name. */
#define NAME(text) ((story_text){{(text), (text)}})

story_text phrase_fill(story *story, story_text phrase, const phrase_gap *gaps);

/** A number as a language writes it: 0.934 and 0,934, a dash for NaN. @param[out] text  [48] */
void phrase_number(char text[48], double number, int places, story_language language);

#endif
