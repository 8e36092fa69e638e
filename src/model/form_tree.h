// SPDX-License-Identifier: MIT
/**
 * @file form_tree.h
 * A model by its form as the content of a file and back: attributes for what is single, datasets
 * for what there are many of, all by the names of perebor/model_form.h.
 */
#ifndef PEREBOR_MODEL_FORM_TREE_H
#define PEREBOR_MODEL_FORM_TREE_H

#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "perebor/model_form.h"

/** Adds a form to a group. */
void form_to_tree(const perebor_model_form *form, h5_tree *tree, h5_node *group);

/**
 * Reads and checks the form that a group holds; what is wrong is remembered by the reader.
 *
 * @param[in]  path       Of the group.
 * @param[in]  n_columns  Of the prepared rows.
 * @param[out] form       Borrows from the reader's tree and the workspace; trees, which are large,
 *                        from the workspace and the pages alone, so that they last as long.
 * @param[out] pages      Held for the caller if trees borrow from them; else NULL.
 */
void form_from_tree(h5_reader *reader, const char *path, size_t n_columns,
                    perebor_workspace *workspace, perebor_model_form *form, h5_pages **pages);

#endif
