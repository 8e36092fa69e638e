// SPDX-License-Identifier: MIT
/**
 * @file column_words.h
 * What is said of columns, a table for each language: column_words_en.c, column_words_ru.c.
 */
#ifndef PEREBOR_REPORT_COLUMN_WORDS_H
#define PEREBOR_REPORT_COLUMN_WORDS_H

/** Sentences as words_write() takes them; their gaps are in the comments. */
typedef struct column_words {
    const char *importance;                             /**< {metric} */
    const char *column, *share, *explained, *direction; /**< Headings. */
    const char *kinds[4];                               /**< Headings, by importance_kind. */
    const char *in_words[4];                            /**< "by permutation" … */
    const char *more_raises, *more_lowers, *both_ways, *by_level;
    const char *strong, *weak;      /**< {columns} */
    const char *none;               /**< For {columns} */
    const char *cluster;            /**< {columns} {spearman} */
    const char *cluster_kind;       /**< {kind} {figure} */
    const char *and;                /**< Between the last two columns of a cluster. */
    const char *warning;            /**< {column} {explained} {partner} */
    const char *conditional;        /**< {permutation} {conditional} {partner} */
    const char *agreement;          /**< {one} {other} {value} */
    const char *dispute;            /**< {column} {rank_more} {kind_more} {rank_less} {kind_less} */
    const char *others_know;        /**< {explained} {partner}: behind a dispute. */
    const char *order_stays;        /**< Behind a dispute: scores move, their order hardly. */
    const char *shapes;             /**< {scale} {rows} */
    const char *shape;              /**< {column} {low} {low_value} {high} {high_value} */
    const char *shape_level;        /**< The same, of a column with levels without order. */
    const char *flat;               /**< {column} */
    const char *pairs;              /**< {scale} {rows} */
    const char *pair;               /**< {rank} {one} {other} {strength} {h} */
    const char *pair_shapley;       /**< Behind it, of trees: {value} */
    const char *scale[2];           /**< By explain_scale. */
    const char *changes;            /**< {needless} {found} {none} {threshold} */
    const char *by_model, *by_fold; /**< For {model}. */
    const char *change_needless;    /**< {p} {threshold} {model} */
    const char *change_found;       /**< {before} {after} {threshold} {model} */
    const char *change_of;          /**< {column} {from} {to} */
    const char *change_none;        /**< {p} {threshold} {model} */
    const char *exact, *searched, *none_exact, *none_searched;
} column_words;

extern const column_words column_words_en, column_words_ru;

/** The words of a language of explain_languages, by its place. */
const column_words *column_words_of(unsigned place);

#endif
