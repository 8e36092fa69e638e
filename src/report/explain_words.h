// SPDX-License-Identifier: MIT
/**
 * @file explain_words.h
 * What explanations say, a table for each language: explain_words_en.c, explain_words_ru.c.
 */
#ifndef PEREBOR_REPORT_EXPLAIN_WORDS_H
#define PEREBOR_REPORT_EXPLAIN_WORDS_H

#include "explain/game.h"

/** Sentences as words_write() takes them; their gaps are in the comments. */
typedef struct explain_words {
    const char *language; /**< As --lang has it. */
    const char *stage;    /**< {rows} {columns} */
    const char *game[3];  /**< By explain_game: {background} {training} */
    const char *scale[2]; /**< By explain_scale. */
    const char *votes;    /**< The scale of an ensemble. */
    const char *exact;
    const char *drawn;    /**< {error} */
    const char *baseline; /**< {baseline} {p} {positive} {gap} */
    const char *rounded;  /**< {grain} */
    const char *heading_column, *heading_effect, *heading_direction;
    const char *more_raises, *more_lowers, *both_ways, *by_level;
    const char *unused;          /**< {columns} */
    const char *row;             /**< {name} {id} {positive} {after} {before} */
    const char *no_id;           /**< For {name}, where rows have numbers only. */
    const char *raises, *lowers; /**< {rank} {column} {value} {usual} {size} {error} */
    const char *no_effect;       /**< {column} {value} */
    const char *sum;             /**< {before} {values} {after} */
    const char *missing;         /**< A value that is not there. */
} explain_words;

extern const explain_words explain_words_en, explain_words_ru;

/** "en", "ru", NULL. */
extern const char *const explain_languages[];

/** The words of a language of the list, by its place. */
const explain_words *explain_words_of(unsigned place);

#endif
