// SPDX-License-Identifier: MIT
/**
 * @file stored.h
 * What a stage holds, asked for by name. What is not there, or is of another shape, is NULL, 0 or
 * NaN: a chapter leaves out what it cannot show. NULL for a group is one without anything.
 */
#ifndef PEREBOR_STORY_STORED_H
#define PEREBOR_STORY_STORED_H

#include <stddef.h>
#include <stdint.h>

#include "h5/file_tree.h"
#include "story/story.h"

/** Length of a row; 0 if there is none. */
size_t stored_length(const h5_node *group, const char *name);

/** Rows of exactly @p n elements. */
const double *stored_reals(const h5_node *group, const char *name, size_t n);
const int64_t *stored_integers(story *story, const h5_node *group, const char *name, size_t n);
const char *const *stored_texts(const h5_node *group, const char *name, size_t n);

/** A matrix of reals [n_rows][n_columns]. */
const double *stored_matrix(const h5_node *group, const char *name, size_t n_rows,
                            size_t n_columns);

/** A matrix of whole numbers [n_rows][n_columns]. */
const int64_t *stored_counts(story *story, const h5_node *group, const char *name, size_t n_rows,
                             size_t n_columns);

/** A scalar attribute that is a number; NaN without one. */
double stored_number(const h5_node *group, const char *name);

/** A scalar attribute that is a text; "" without one. */
const char *stored_text(const h5_node *group, const char *name);

#endif
