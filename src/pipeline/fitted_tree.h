// SPDX-License-Identifier: MIT
/**
 * @file fitted_tree.h
 * A fitted pipeline as the group /model of a file and back.
 */
#ifndef PEREBOR_PIPELINE_FITTED_TREE_H
#define PEREBOR_PIPELINE_FITTED_TREE_H

#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "perebor/fitted_pipeline.h"

/** Adds a pipeline to a group, which is called model. */
void fitted_to_tree(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group);

/**
 * Makes the pipeline of the group /model; what is wrong is remembered by the reader.
 *
 * @return NULL if anything was wrong.
 */
perebor_fitted_pipeline *fitted_from_tree(h5_reader *reader);

#endif
